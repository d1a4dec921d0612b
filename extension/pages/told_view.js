/** What happened outside the browser, told in small forms: each is kept in the case and can be undone. */
import { busy, byId, fold, h, openPart, put } from "./dom.js";
import { field, read } from "./told_fields.js";
import { t } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { send } from "./talk.js";

/**
 * @typedef {import("./told_fields.js").Field} Field
 * @typedef {{fields: Field[], more?: Field[]}} Form
 */

const AT = { name: "at", kind: "moment", required: true };
const PROMISED_BY = { name: "promised_by", kind: "day" };
const WAYS = ["chat", "phone", "ticket", "email", "letter", "sms", "in_person", "other"];
const SIDES = ["merchant", "platform", "payment", "authority", "association", "court", "police", "other"];
const OUTCOMES = ["accepted", "refused", "silent", "partial", "coupon", "resolved", "ended"];
const BY = ["message", "sms", "phone", "email", "letter", "page", "other"];
const ROLES = ["seller", "platform", "payee"];
const PLACES = ["user", "bill", "footer", "icp", "register", "platform_page"];

/** @type {Record<string, Form>} by the kind of dealing; `filed` is a complaint that was submitted */
const FORMS = {
  contact: {
    fields: [
      AT,
      { name: "way", kind: "choice", options: WAYS, required: true },
      { name: "said", kind: "words", required: true },
      { name: "promised", kind: "words" },
      PROMISED_BY,
      { name: "agent_no", kind: "text" },
    ],
    more: [
      { name: "side", kind: "choice", options: SIDES, required: true },
      { name: "who", kind: "text" },
    ],
  },
  filed: {
    fields: [{ name: "channel", kind: "channel", required: true }, { name: "number", kind: "text" }, AT],
  },
  answer: {
    fields: [
      { name: "channel", kind: "channel", required: true },
      { name: "outcome", kind: "choice", options: OUTCOMES, required: true },
      AT,
      { name: "said", kind: "words" },
      PROMISED_BY,
    ],
    more: [
      { name: "offered", kind: "money" },
      { name: "by", kind: "choice", options: BY, value: "other" },
      { name: "number", kind: "text" },
    ],
  },
  refund: { fields: [{ name: "amount", kind: "money", required: true }, AT] },
  party: {
    fields: [
      { name: "role", kind: "choice", options: ROLES, required: true },
      { name: "name", kind: "text", required: true },
      { name: "address", kind: "text" },
      { name: "code", kind: "text" },
      { name: "found_in", kind: "choice", options: PLACES, required: true },
    ],
    more: [
      { name: "phone", kind: "text" },
      { name: "registry", kind: "text" },
    ],
  },
};

/** The buttons that open the forms. @param {import("./desk.js").Desk} desk */
export function showTold(desk) {
  if (byId("told-buttons").children.length) return;
  byId("told-buttons").replaceChildren(
    ...Object.keys(FORMS).map((kind) =>
      h("button", { type: "button", id: `tell-${kind}`, onclick: () => openForm(desk, kind) }, t(`told_${kind}`)),
    ),
  );
}

/**
 * Open a form where it stands, with what is known already.
 * @param {import("./desk.js").Desk} desk @param {string} kind @param {Record<string, string>} [known]
 */
export function openForm(desk, kind, known = {}) {
  const { fields, more = [] } = FORMS[kind];
  const save = /** @type {HTMLButtonElement} */ (h("button.primary", { id: "told-save" }, t("save")));
  const problem = h("div", { hidden: true });
  const row = (/** @type {Field} */ one) => field(one, desk, known[one.name]);
  const form = /** @type {HTMLFormElement} */ (
    h(
      "form.stack.told",
      { "data-told": kind },
      h("h3", { id: "told-title", tabindex: "-1" }, t(`told_${kind}`)),
      ...fields.map(row),
      more.length > 0 && fold("more", t("more_fields"), ...more.map(row)),
      h("div.row", null, save, h("button", { type: "button", onclick: () => put(byId("told-form")) }, t("cancel"))),
      problem,
    )
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void busy(save, async () => {
      try {
        const given = { ...known, ...read(form, [...fields, ...more]) };
        const told = await tell(desk, kind, given);
        put(byId("told-form"));
        put(byId("told-done"), done(desk, told));
        await desk.refresh(told);
      } catch (error) {
        put(problem, errorNotice(error));
      }
    });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") put(byId("told-form"));
  });
  openPart("part-told");
  put(byId("told-done"));
  put(byId("told-form"), form);
  form.scrollIntoView({ block: "nearest" });
  /** @type {HTMLElement | null} */ (form.querySelector("input, select, textarea"))?.focus();
}

/** @param {import("./desk.js").Desk} desk @param {string} kind @param {Record<string, any>} given */
function tell(desk, kind, given) {
  if (kind !== "filed") return desk.tell(() => ({ kind, ...given }));
  const { channel, number = null, draft_id = "", at } = given;
  return desk.ask("file", { channel, number, draft_id, at });
}

/** @param {import("./desk.js").Desk} desk @param {any} told */
function done(desk, told) {
  const box = notice("good", t("told_kept"), told.warnings?.join(" "), {
    id: "told-undo",
    label: t("undo"),
    act: () => void undo(desk, told.entry_id, byId("told-done")),
  });
  return box;
}

/**
 * Take back what was told.
 * @param {import("./desk.js").Desk} desk @param {string} entryId @param {HTMLElement} place for an error
 */
export async function undo(desk, entryId, place) {
  try {
    const changed = await send("undo", { case_id: desk.caseId, entry_id: entryId });
    put(place);
    await desk.refresh(changed);
  } catch (error) {
    put(place, errorNotice(error));
  }
}
