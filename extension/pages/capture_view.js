/**
 * Progress and result of one capture, in words. `document.body.dataset` tells how it stands:
 * `capture` is its id; `state` is `working`, or one of the ends `done` (sealed), `waiting` (kept in
 * the browser, the helper lacks it) and `failed` (the notice says why it does not go on);
 * `case` is the case that it joined, once it is known.
 */
import { api } from "../background/api.js";
import { chatCard, walking } from "./chat_view.js";
import { byId, h, repaint } from "./dom.js";
import { asWritten, has, money, named, t, when } from "./i18n.js";
import { offerMhtml } from "./mhtml.js";
import { errorNotice, notice } from "./notices.js";
import { noteList, warningList } from "./remarks.js";
import { Explained, send } from "./talk.js";

const POLL_MS = 350;
/** Lines of differing text that the popup shows; the evidence has all. */
const MOST_LINES = 3;
/** A visit later than this saw the page at another time, which is then said. */
const LATER_SECONDS = 600;
/** Errors that say only that the helper is not there yet, not that something is wrong. */
const AWAY = ["helper_away", "helper_forbidden", "helper_unpaired"];

/**
 * @typedef {{again: () => void, receipt: boolean, tabId: number}} Context
 * @typedef {"done" | "active" | "waiting" | "lacking"} StepState
 */

/** What is known in the moment of the click. */
const BEGUN = { phase: "freezing", missing: [], error: null, complete: false };

/** Show that a capture has begun, before anybody has answered. @param {HTMLElement} place */
export function begun(place) {
  document.body.dataset.state = "working";
  repaint(place, stepList(progress(BEGUN, null), false));
}

/**
 * Show a capture until it is sealed or failed, or until the place shows something else; what is
 * shown changes only with the state, so that a button keeps its focus. Work goes on without this
 * page.
 * @param {string} uuid @param {HTMLElement} place @param {Context} context
 * @param {any} [known] the capture as the outbox has it, to be shown until the answer comes
 */
export async function follow(uuid, place, context, known = null) {
  Object.assign(document.body.dataset, { capture: uuid, state: "working" });
  if (known?.sealed) repaint(place, notice("good", t("sealed")));
  else if (known) repaint(place, stepList(progress(known, null), false));
  for (let shown = ""; ; ) {
    const state = await send("capture-state", { uuid });
    if (document.body.dataset.capture !== uuid) return;
    const now = JSON.stringify(state);
    if (now !== shown && (await show(uuid, state, place, context))) return;
    shown = now;
    await new Promise((done) => {
      setTimeout(done, POLL_MS);
    });
  }
}

/** @param {string} uuid @param {any} state @param {HTMLElement} place @param {Context} context @returns {Promise<boolean>} whether nothing more will come */
async function show(uuid, { local, view }, place, context) {
  const end = endOf(local, view);
  const sealed = end === "done";
  const nothing = end === "failed" && local.phase === "freezing";
  const steps = progress(local, view);
  byId("live").textContent = steps.find(([, now]) => now === "active")?.[0] ?? "";
  const filing = sealed && context.receipt ? await filingOf(view) : null;
  if (document.body.dataset.capture !== uuid) return true;
  document.body.dataset.state = end ?? "working";
  if (view?.case_id) document.body.dataset.case = view.case_id;
  const compared = sealed && !context.receipt ? corroborationLine(view) : null;
  // What could not be compared is no reason to wait with the complaint.
  const decided = ["agree", "differs"].includes(view?.corroboration?.verdict);
  repaint(
    place,
    chatCard(uuid, local),
    ...(sealed ? [sealedNotice(view, context.receipt, filing)] : end ? notices(local, view) : []),
    view?.order && orderCard(view.order),
    decided && compared,
    sealed && view.case_id && nextStep(view, context),
    !decided && compared,
    missingList(view ? view.missing : (local.missing ?? [])),
    noteList(view?.notes ?? []),
    !nothing && stepList(steps, sealed),
    end &&
      h(
        nothing ? "button.primary.big" : "button.quiet",
        { type: "button", id: "again", onclick: context.again },
        t("keep_again"),
      ),
  );
  // What went wrong is an alert of its own.
  const [said] = place.querySelectorAll(".notice:not(.bad) > strong");
  if (end && said) byId("live").textContent = said.textContent;
  if (end) await offerMhtml(byId("offer"), view ? view.missing : (local.missing ?? []));
  return end === "done" || end === "failed";
}

/** @param {any} local @param {any} view @returns {"done" | "waiting" | "failed" | null} */
function endOf(local, view) {
  if (walking(local)) return null;
  if (view?.state === "sealed") return "done";
  if (view) return view.steps?.at(-1)?.step === "failed" ? "failed" : null;
  if (!local.error) return null;
  return local.phase !== "freezing" && AWAY.includes(local.error.code) ? "waiting" : "failed";
}

/** Once all is done the steps fold away: the next button has to be in sight. */
function stepList(/** @type {[string, StepState][]} */ steps, /** @type {boolean} */ sealed) {
  const list = h(
    "ol.steps.small",
    { id: "steps" },
    ...steps.map(([text, now]) =>
      h(
        `li.${now}`,
        { "aria-current": now === "active" ? "step" : null },
        text,
        now === "done" && h("span.visually-hidden", null, t("done")),
      ),
    ),
  );
  return sealed
    ? h("details.small", null, h("summary", null, t("progress")), list)
    : h("section.card", null, h("h2.visually-hidden", null, t("progress")), list);
}

/** @param {any} local @param {any} view @returns {[string, StepState][]} */
function progress(local, view) {
  const phases = ["freezing", "kept_here", "uploading", "sent"];
  const reached = phases.indexOf(local.phase);
  const seals = (view?.seals ?? []).map((/** @type {any} */ seal) => seal.stage);
  const step = (/** @type {string} */ name) =>
    (view?.steps ?? []).find((/** @type {any} */ one) => one.step === name);
  const witness = step("witness");
  const lacksWitness = view?.missing.some((/** @type {any} */ one) => one.role === "witness");
  const sealed = view?.state === "sealed";
  /** @type {[string, boolean, boolean][]} text, done, lacking */
  const list = [
    [t("step_freeze"), reached > 0, false],
    [t("step_here"), reached >= 1, false],
    [t("step_sent"), reached === 3, false],
    [t("step_s0"), seals.length > 0, false],
    [
      view?.order || !step("read") ? t("step_read") : t("step_read_none"),
      Boolean(view?.order || step("read")),
      Boolean(step("read")) && !view?.order,
    ],
    [
      lacksWitness ? t("step_witness_none") : t("step_witness"),
      Boolean(witness) || sealed,
      Boolean(lacksWitness),
    ],
    [t("step_s1"), sealed, false],
  ];
  let active = endOf(local, view) !== null;
  return list.map(([text, done, lacking]) => {
    if (done) return [text, lacking ? "lacking" : "done"];
    if (active) return [text, "waiting"];
    active = true;
    return [text, "active"];
  });
}

/** @param {any} view @param {boolean} receipt @param {any} filing */
function sealedNotice(view, receipt, filing) {
  if (!receipt) return notice("good", t("sealed"), view.order ? undefined : t("sealed_no_order"));
  return filing?.number
    ? notice("good", t("receipt_kept", filing.number))
    : notice("good", t("receipt_kept_no_number"), t("receipt_no_number_next"));
}

/** What is the matter, and that nothing is lost. @param {any} local @param {any} view */
function notices(local, view) {
  if (view) {
    const reason = view.steps.at(-1).detail ?? "internal";
    const said = has(`error_${reason}`) ? t(`error_${reason}`, reason) : reason;
    const own = `not_sealed_${reason}`;
    return [notice("warn", t("not_sealed"), has(own) ? t(own) : t("not_sealed_next", said))];
  }
  const { code } = local.error;
  if (local.phase === "freezing") return [errorNotice(new Explained(local.error))];
  const kept = local.phase === "sent" ? "kept_there" : "kept_here";
  const next = code === "helper_away" ? `${kept}_next` : `error_${code}_next`;
  if (AWAY.includes(code)) return [notice("good", t(kept), t(next))];
  return [errorNotice(new Explained(local.error)), notice("good", t(kept))];
}

/** @param {any} view */
async function filingOf(view) {
  if (!view.case_id) return null;
  const { case: one } = await send("case", { case_id: view.case_id });
  return (
    one.filings.find((/** @type {any} */ filing) => filing.capture_id === view.capture_id) ?? null
  );
}

/** @param {any} order */
function orderCard(order) {
  const rows = [
    ["field_order_no", order.order_no],
    [
      "field_status",
      order.status_text ?? (order.status === "unknown" ? null : named("status", order.status)),
    ],
    ["field_items_0_title", order.items[0]?.title],
    ["field_amount", money(order.amount, order.currency)],
    ["field_created_at", asWritten(order.created_at)],
  ].filter(([, value]) => value);
  return h(
    "section.card",
    { id: "order" },
    h("h2", null, t("order_read")),
    h(
      "dl.facts.small",
      null,
      ...rows.flatMap(([key, value]) => [h("dt", null, t(key)), h("dd", null, value)]),
    ),
    warningList(order),
  );
}

/** @param {any} view */
function corroborationLine(view) {
  const found = view.corroboration;
  if (!found) return null;
  const differing = found.fields.filter((/** @type {any} */ one) => one.state === "differs");
  const text = textDifference(found);
  const tone =
    found.verdict === "agree"
      ? text
        ? "warn"
        : "good"
      : found.verdict === "differs"
        ? "bad"
        : "plain";
  const reason = found.reason ? named("corroboration_reason", found.reason) : "";
  return h(
    `div.notice.${tone}`,
    { id: "corroboration", "data-verdict": found.verdict },
    h("strong", null, t(`corroboration_${found.verdict}`)),
    reason && h("span.small", null, reason),
    differing.length > 0 &&
      h(
        "ul.plain.small",
        null,
        ...differing.map((/** @type {any} */ one) =>
          h(
            "li",
            null,
            t("differs_line", named("field", one.field), one.seen ?? "", one.witness ?? ""),
          ),
        ),
      ),
    text,
    Math.abs(found.seconds_later ?? 0) > LATER_SECONDS &&
      h("span.small", null, t("witness_time", when(found.witness_at))),
  );
}

/** Other text that differs, in few words; nothing where another page may have been answered. @param {any} found */
function textDifference(found) {
  const { text } = found;
  const comparable = ["agree", "differs", "no_order"].includes(found.verdict);
  if (text?.state !== "differs" || !comparable || found.session !== "lent") return null;
  const line = (/** @type {any} */ one) =>
    one.state === "changed"
      ? t("text_changed", short(one.seen), short(one.witness))
      : t(`text_${one.state}`, short(one.seen ?? one.witness));
  return h(
    "div.small.stack",
    { id: "text-difference" },
    h("span", null, t("text_differs_count", text.changed)),
    h(
      "ul.plain",
      null,
      ...text.changes
        .slice(0, MOST_LINES)
        .map((/** @type {any} */ one) => h("li.clamp", null, line(one))),
    ),
  );
}

/** @param {string | null} text @returns {string} */
function short(text) {
  const all = [...(text ?? "")];
  return all.length > 40 ? `${all.slice(0, 39).join("")}…` : all.join("");
}

/** @param {any[]} missing */
function missingList(missing) {
  if (missing.length === 0) return null;
  return h(
    "details.small",
    { id: "missing" },
    h("summary", null, t("missing_count", missing.length)),
    h(
      "ul.plain",
      null,
      ...missing.map((one) =>
        h(
          "li",
          null,
          h("strong", null, named("role", one.role)),
          t("colon"),
          named("missing_reason", one.reason),
        ),
      ),
    ),
  );
}

/** @param {any} view @param {Context} context */
function nextStep(view, context) {
  const act = async () => {
    const query = new URLSearchParams({ case: view.case_id });
    const page = await send("page", { tabId: context.tabId }).catch(() => null);
    if (page?.complaint_url) query.set("form", page.complaint_url);
    await api.tabs.create({ url: api.runtime.getURL(`pages/panel.html?${query}`) });
  };
  return h(
    "button.primary.big",
    { type: "button", id: "write", onclick: act },
    t(context.receipt ? "open_case" : "write_complaint"),
  );
}
