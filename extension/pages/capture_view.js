/** Progress and result of one capture, in words. */
import { api } from "../background/api.js";
import { complaintLink } from "./complaint_link.js";
import { byId, h, put } from "./dom.js";
import { money, named, t, when } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { send } from "./talk.js";

const POLL_MS = 350;

/**
 * @typedef {{again: () => void, receipt: boolean, tabId: number}} Context
 * @typedef {"done" | "active" | "waiting" | "lacking"} StepState
 */

/**
 * Show a capture until it is sealed or waits for the helper. Work goes on without this page.
 * @param {string} uuid @param {HTMLElement} place @param {Context} context
 */
export async function follow(uuid, place, context) {
  for (;;) {
    const state = await send("capture-state", { uuid });
    const ended = await show(uuid, state, place, context);
    if (ended) return;
    await new Promise((done) => {
      setTimeout(done, POLL_MS);
    });
  }
}

/** @param {string} uuid @param {any} state @param {HTMLElement} place @param {Context} context @returns {Promise<boolean>} */
async function show(uuid, { local, view }, place, context) {
  const sealed = view?.state === "sealed";
  const stopped = Boolean(local.error) && local.phase !== "sent";
  document.body.dataset.state = sealed ? "done" : stopped ? "waiting" : "working";
  document.body.dataset.capture = uuid;
  const steps = progress(local, view);
  byId("live").textContent =
    steps.find(([, now]) => now === "active")?.[0] ?? (sealed ? t("sealed") : "");
  const filing = sealed && context.receipt ? await filingOf(view) : null;
  put(
    place,
    sealed ? sealedNotice(view, context.receipt, filing) : stopped ? waitingNotice(local) : null,
    view?.order && orderCard(view.order),
    sealed && !context.receipt && corroborationLine(view),
    sealed && view.case_id && nextStep(view, context),
    missingList(view ? view.missing : (local.missing ?? [])),
    stepList(steps, sealed),
    (sealed || stopped) &&
      h("button.quiet", { type: "button", id: "again", onclick: context.again }, t("keep_again")),
  );
  return sealed || stopped;
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
  const stopped = Boolean(local.error) && local.phase !== "sent";
  let active = stopped;
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

/** @param {any} local */
function waitingNotice(local) {
  if (local.phase === "freezing") return errorNotice(Object.assign(new Error(), local.error));
  return notice("good", t("kept_here"), t("kept_here_next"));
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
    ["field_created_at", when(order.created_at)],
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
  );
}

/** @param {any} view */
function corroborationLine(view) {
  const found = view.corroboration;
  if (!found) return null;
  const differing = found.fields.filter((/** @type {any} */ one) => one.state === "differs");
  const tone = found.verdict === "agree" ? "good" : found.verdict === "differs" ? "bad" : "plain";
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
  );
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
    const link = await complaintLink(context.tabId).catch(() => null);
    if (link) query.set("form", link);
    await api.tabs.create({ url: api.runtime.getURL(`pages/panel.html?${query}`) });
  };
  return h(
    "button.primary.big",
    { type: "button", id: "write", onclick: act },
    t(context.receipt ? "open_case" : "write_complaint"),
  );
}
