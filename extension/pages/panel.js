/** One case in a tab: check the order, choose issue and demand, make the draft, go and fill. */
import { byId, h, put } from "./dom.js";
import { listenChoice, showChoice } from "./choice_view.js";
import { applyTexts, named, t, when } from "./i18n.js";
import { errorNotice, helperNotice, notice } from "./notices.js";
import { showOrder } from "./order_view.js";
import { send } from "./talk.js";

const query = new URLSearchParams(location.search);

/** @param {string} caseId */
async function load(caseId) {
  const { case: one, suggestion } = await send("case", { case_id: caseId });
  byId("case").hidden = false;
  byId("case-title").textContent = one.title || caseId;
  document.title = `${one.order_no ?? caseId} · ${t("app_name")}`;
  byId("case-about").textContent = [
    one.order?.platform?.name ?? one.host,
    one.order_no && `${t("order_no")} ${one.order_no}`,
    t("captures_count", one.captures.length),
    when(one.created_at),
  ]
    .filter(Boolean)
    .join(" · ");
  showOrder(byId("order"), one, async () => {
    const { case: changed } = await reload(caseId);
    return changed;
  });
  showFilings(one);
  return { one, suggestion };
}

/** After a correction: the order anew, and the suggestion that follows from it unless the user chose. */
async function reload(/** @type {string} */ caseId) {
  const answer = await send("case", { case_id: caseId });
  if (!byId("choice").dataset.touched) showChoice(answer.suggestion);
  return answer;
}

/** @param {any} one */
function showFilings(one) {
  byId("filings").hidden = one.filings.length === 0;
  byId("filings-list").replaceChildren(
    ...one.filings.map((/** @type {any} */ filing) =>
      h(
        "li",
        null,
        `${named("channel", filing.channel)} · ${filing.number ?? t("no_number")} · ${when(filing.at)}`,
      ),
    ),
  );
}

/** All that was kept lately; the way in without a case. */
async function list() {
  const { captures } = await send("recent");
  const cases = new Map();
  for (const one of captures) {
    const key = one.case_id ?? one.uuid;
    if (!cases.has(key)) cases.set(key, []);
    cases.get(key).push(one);
  }
  const cards = [...cases.values()].map(listCard);
  put(
    byId("list"),
    h("h1", null, t("my_cases")),
    ...(cards.length ? cards : [notice("plain", t("no_cases"), t("no_cases_next"))]),
  );
}

/** @param {any[]} captures */
function listCard(captures) {
  const [newest] = captures;
  const title = newest.title || newest.url;
  return h(
    "article.card",
    null,
    h(
      "h2",
      null,
      newest.case_id
        ? h("a", { href: `panel.html?case=${encodeURIComponent(newest.case_id)}` }, title)
        : title,
    ),
    h(
      "p.small.soft",
      null,
      [
        newest.order_no && `${t("order_no")} ${newest.order_no}`,
        when(newest.at),
        t("captures_count", captures.length),
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    !newest.case_id && h("p.small", null, h("span.chip.warn", null, t(`phase_${newest.phase}`))),
  );
}

async function start() {
  send("status").then(
    (status) => put(byId("helper"), helperNotice(status)),
    (error) => put(byId("helper"), errorNotice(error)),
  );
  const caseId = query.get("case");
  if (!caseId) return list();
  const { suggestion } = await load(caseId);
  showChoice(suggestion);
  listenChoice(caseId, query.get("form"));
}

applyTexts(document);
start().catch((error) => put(byId("error"), errorNotice(error)));
