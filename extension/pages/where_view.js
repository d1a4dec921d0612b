/** Where to go: whom to complain of, all channels with one marked, what to ask for, what to answer. */
import { byId, fold, h, repaint, sentenceList } from "./dom.js";
import { make } from "./choice_view.js";
import { t } from "./i18n.js";
import { replyPicker } from "./reply_view.js";
import { respondentView } from "./respondent_view.js";
import { sumsView } from "./sums_view.js";

/** Channels in these states are seen at once; what is not for this case is folded. */
const OPEN = new Set(["now", "possible", "later", "done"]);

/** @param {HTMLElement} place @param {import("./desk.js").Desk} desk */
export function showWhere(place, desk) {
  const { advice } = desk;
  byId("part-where").hidden = !advice;
  if (!advice) return;
  const { ladder, respondent, claims, total, replies } = advice;
  byId("where-state").textContent = ladder.next?.name ?? ladder.waiting?.name ?? "";
  repaint(
    place,
    h("h3", null, t("respondent")),
    respondentView(desk, respondent),
    h("h3", null, t("channels")),
    channelList(desk, ladder),
    sentenceList(ladder.hints),
    claims.length > 0 && h("h3", null, t("sums")),
    claims.length > 0 && sumsView(claims, total),
    h("h3", null, t("replies")),
    replyPicker(desk, replies, ladder.replies),
  );
}

/** @param {import("./desk.js").Desk} desk @param {any} ladder */
function channelList(desk, ladder) {
  const drafts = ladder.steps.filter((/** @type {any} */ one) => one.kind === "draft");
  const next = ladder.next?.channel;
  const usable = drafts
    .filter((/** @type {any} */ one) => OPEN.has(one.state))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => Number(b.channel === next) - Number(a.channel === next));
  const shut = drafts.filter((/** @type {any} */ one) => !OPEN.has(one.state));
  const aids = ladder.steps.filter((/** @type {any} */ one) => one.kind !== "draft");
  const row = (/** @type {any} */ one) => channel(desk, one, one.channel === next);
  return h(
    "div.stack",
    { id: "channels" },
    ...usable.map(row),
    shut.length > 0 && fold("shut", t("channels_shut", shut.length), ...shut.map(row)),
    aids.length > 0 && fold("aids", t("channels_aids", aids.length), ...aids.map(row)),
    ladder.branches.length > 0 && branches(ladder),
  );
}

/** @param {import("./desk.js").Desk} desk @param {any} one @param {boolean} next */
function channel(desk, one, next) {
  const details = fold(
    `channel-${one.channel}`,
    h(
      "span.row",
      null,
      h("strong", null, one.name),
      h(next ? "span.chip.brand" : "span.chip", null, t(next ? "channel_next" : `channel_${one.state}`)),
      one.public && h("span.chip.warn", null, t("channel_public")),
    ),
    h("p", null, one.why),
    h("p", null, h("strong", null, t("can")), one.can),
    h("p", null, h("strong", null, t("cannot")), one.cannot),
    one.where && h("p", null, h("strong", null, t("where")), one.where),
    sentenceList(one.remarks),
    one.documents.length > 0 && documents(desk, one),
  );
  details.dataset.channel = one.channel;
  if (next) details.setAttribute("aria-current", "step");
  return details;
}

/** @param {import("./desk.js").Desk} desk @param {any} one */
function documents(desk, one) {
  return h(
    "div.row",
    null,
    ...one.documents.map((/** @type {string} */ document) =>
      h(
        "button",
        { type: "button", onclick: () => make(desk, { channel: one.channel, document }) },
        t("write_document", one.document_names[document] ?? document),
      ),
    ),
  );
}

/** @param {any} ladder */
function branches({ branches: all, diagnosis }) {
  return fold(
    "branches",
    t("branches"),
    ...diagnosis.map((/** @type {any} */ one) => h("p", null, h("strong", null, one.text), " ", one.mend)),
    h(
      "dl.branches",
      null,
      ...all.flatMap((/** @type {any} */ one) => [h("dt", null, one.name), h("dd", null, one.text)]),
    ),
  );
}
