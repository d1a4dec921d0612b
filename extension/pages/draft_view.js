/** A draft: its sentences, what to word otherwise, its files, how it gets to where it belongs. */
import { api } from "../background/api.js";
import { copyButton } from "./copying.js";
import { byId, fold, h, put, repaint, sentenceList } from "./dom.js";
import { size, t } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { phoneFold } from "./phone_view.js";
import { lawName } from "./proof_view.js";
import { findingList, sentences } from "./sentence_view.js";
import { send } from "./talk.js";
import { openForm } from "./told_view.js";

/** The channel that is the shop itself. */
export const SHOP = "merchant_platform";

/** @param {any} draft @param {import("./desk.js").Desk} desk */
export function showDraft(draft, desk) {
  const step = desk.advice?.ladder.steps.find((/** @type {any} */ one) => one.channel === draft.channel);
  const draftPart = byId("draft");
  const another = draftPart.dataset.draft !== draft.draft_id;
  draftPart.hidden = false;
  draftPart.dataset.draft = draft.draft_id;
  desk.draft = draft;
  byId("draft-heading").textContent = draft.title;
  byId("draft-heading").lang = "zh-CN";
  byId("draft-state").textContent = draft.version > 1 ? t("draft_version", draft.version) : "";
  if (another) byId("draft-body").replaceChildren();
  repaint(
    byId("draft-body"),
    h("p.small.soft", null, [step?.name, draft.replaces && t("draft_replaces", draft.version)].filter(Boolean).join(" · ")),
    step?.public && notice("warn", t("draft_public"), t("draft_public_next")),
    sentenceList(draft.remarks ?? []),
    missing(draft),
    sentences(draft, (changed) => void showMade(changed, desk)),
    findingList(draft),
    h("div.row", null, copyButton("copy", draft.text), counter(draft)),
    ...sending(draft, step, desk),
    exhibits(draft),
    draft.law.length > 0 && fold("law", t("law"), sentenceList(draft.law.map(lawName))),
  );
  byId("make-draft").textContent = t("make_draft_again");
  byId("make-draft").classList.remove("primary");
}

/**
 * Show a draft just made or changed: with one the case did not have, something else comes next, also
 * where the helper no more says so.
 *
 * @param {any} draft @param {import("./desk.js").Desk} desk
 */
export async function showMade(draft, desk) {
  showDraft(draft, desk);
  if (desk.one.drafts.includes(draft.draft_id)) return;
  await desk.refresh().catch(() => {
    const { issue, ladder } = desk.advice ?? {};
    const { channel, document } = ladder?.next ?? {};
    if (draft.issue !== issue || draft.channel !== channel || draft.document !== document) return;
    desk.advice = { ...desk.advice, written: draft.draft_id, filled_at: null };
    desk.shown(desk);
  });
}

/** Go to a draft of the case. @param {import("./desk.js").Desk} desk @param {string} draft_id */
export async function openDraft(desk, draft_id) {
  try {
    if (desk.draft?.draft_id !== draft_id) showDraft((await send("draft-show", { draft_id })).draft, desk);
    put(byId("draft-error"));
    seeDraft();
  } catch (error) {
    byId("part-write").open = true;
    put(byId("draft-error"), errorNotice(error));
    byId("draft-error").scrollIntoView({ block: "nearest" });
  }
}

/** Go to the draft that is shown. */
export function seeDraft() {
  byId("part-write").open = true;
  byId("draft-heading").focus({ preventScroll: true });
  byId("draft-heading").scrollIntoView({ block: "start" });
}

/** @param {any} draft */
function counter({ text, limit }) {
  const length = [...text].length;
  if (!limit) return h("span.small.soft", { id: "length" }, t("characters", length));
  const kind = length > limit ? "span.chip.warn" : "span.small.soft";
  return h(kind, { id: "length" }, t("characters_of", length, limit));
}

/** @param {any} draft */
function missing({ gaps }) {
  return (
    gaps.length > 0 &&
    fold("draft-gaps", t("draft_gaps", gaps.length), sentenceList(gaps.map((/** @type {any} */ gap) => gap.text)))
  );
}

/** @param {any} draft */
function exhibits({ exhibits: all }) {
  return fold(
    "draft-exhibits",
    t("exhibits_count", all.length),
    h(
      "ul.plain",
      null,
      ...all.map((/** @type {any} */ one) =>
        h("li", null, h("strong", null, one.label), h("span.soft", null, ` ${size(one.bytes)}`)),
      ),
    ),
  );
}

/** How the draft gets to its channel, then that it was submitted. @param {any} draft @param {any} step @param {import("./desk.js").Desk} desk @returns {(Node | false)[]} */
function sending(draft, step, desk) {
  const sent = h(
    "button",
    {
      type: "button",
      id: "submitted",
      onclick: () => openForm(desk, "filed", { channel: draft.channel, draft_id: draft.draft_id }),
    },
    t("told_filed"),
  );
  const way = draft.channel === SHOP ? shopForm(desk.form) : elsewhere(draft, step);
  return [h("h3", null, t("panel_submit")), ...way, h("div.row", null, sent)];
}

/** @param {any} draft @param {any} step @returns {(Node | false)[]} */
function elsewhere(draft, step) {
  const phone = step?.lives?.includes("phone_app") ?? false;
  return [
    step?.where && h("p", null, step.where),
    h("p.small.soft", null, t("submit_yourself")),
    phoneFold(draft, phone),
  ];
}

/** @param {string | null} form @returns {Node[]} */
function shopForm(form) {
  const steps = h(
    "ol.plain.small.soft",
    null,
    ...["submit_step_open", "submit_step_fill", "submit_step_send", "submit_step_receipt"].map((key, index) =>
      h("li", null, `${index + 1}. ${t(key)}`),
    ),
  );
  if (!form || !/^https?:\/\//.test(form)) {
    return [steps, notice("plain", t("form_unknown"), t("form_unknown_next"))];
  }
  const open = () => api.tabs.create({ url: form });
  return [
    steps,
    h("button.primary.big", { type: "button", id: "open-form", onclick: open }, t("open_form")),
    h("p.small.soft.mono", null, form),
  ];
}
