/** One case in a tab: what to do now, then one part after another. Without a case, the list of all. */
import { listenIssue, showQuestions } from "./questions_view.js";
import { showCases } from "./list_view.js";
import { Desk } from "./desk.js";
import { byId, h, put } from "./dom.js";
import { showDraft } from "./draft_view.js";
import { applyTexts, money, t } from "./i18n.js";
import { errorNotice, helperNotice, openConsole } from "./notices.js";
import { showNow } from "./now_view.js";
import { showOrder } from "./order_view.js";
import { showProof } from "./proof_view.js";
import { send } from "./talk.js";
import { listenTimeline, showTimeline } from "./timeline_view.js";
import { showTold } from "./told_view.js";
import { showWhere } from "./where_view.js";
import { listenChoice, showChoice } from "./choice_view.js";

const query = new URLSearchParams(location.search);

/** Show the whole case. @param {Desk} desk */
function show(desk) {
  const { one, advice } = desk;
  byId("case-title").textContent = one.title || desk.caseId;
  document.title = `${one.order_no ?? desk.caseId} · ${t("app_name")}`;
  byId("case-about").textContent = [
    one.order?.platform?.name ?? one.host,
    one.order_no && `${t("order_no")} ${one.order_no}`,
  ]
    .filter(Boolean)
    .join(" · ");
  showNow(byId("now-body"), desk);
  showOrder(byId("order"), one, () => desk.refresh());
  byId("order-state").textContent = money(one.order?.amount, one.order?.currency);
  showQuestions(desk);
  showProof(byId("proof"), desk);
  showWhere(byId("where"), desk);
  showChoice(desk);
  showTold(desk);
  void showTimeline(desk);
  byId("notice").textContent = advice?.notice ?? "";
}

/** The parts that need something are open at first; afterwards the person decides. @param {Desk} desk */
function openParts({ advice, kind, answers }) {
  byId("part-questions").open = kind.questions.some(
    (/** @type {any} */ one) => one.deciding && (answers[one.key] ?? null) === null,
  );
  byId("part-proof").open = Boolean(advice?.gaps.length);
}

/** @param {string} caseId */
async function open(caseId) {
  byId("loading").hidden = false;
  const desk = new Desk(caseId, query.get("form"));
  try {
    await desk.refresh();
  } finally {
    byId("loading").hidden = true;
  }
  show(desk);
  openParts(desk);
  desk.shown = show;
  byId("case").hidden = false;
  listenIssue(desk);
  listenChoice(desk);
  listenTimeline(desk);
  document.addEventListener("visibilitychange", () => backAgain(desk));
  const newest = desk.one.drafts.at(-1);
  if (!newest) return;
  const { draft } = await send("draft-show", { draft_id: newest });
  if (byId("draft").hidden) showDraft(draft, desk);
}

/**
 * A page may have been kept in another tab meanwhile; what is being corrected here is let be.
 * @param {Desk} desk
 */
function backAgain(desk) {
  if (document.hidden || byId("order").querySelector("form")) return;
  desk.refresh().catch(() => null);
}

/** Say how the helper is. @returns {Promise<HTMLElement | null>} what is said, if anything */
async function showHelper() {
  const said = await send("status").then(helperNotice, errorNotice);
  put(byId("helper"), said);
  return said;
}

async function start() {
  const caseId = query.get("case");
  await (caseId ? open(caseId) : showCases(byId("list")));
}

applyTexts(document);
byId("console").addEventListener("click", () => openConsole(byId("error"), query.get("case") ?? undefined));
const helper = showHelper();
start().catch(async (error) => {
  put(byId("list"), h("h1.visually-hidden", null, t("panel_title")));
  // That the helper is away is said once, with the button that helps.
  const said = String(error.code).startsWith("helper_") && (await helper);
  if (!said) put(byId("error"), errorNotice(error));
});
