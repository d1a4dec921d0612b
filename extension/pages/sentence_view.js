/** The sentences of a draft with what each rests on; the user puts one into own words in place. */
import { busy, h, put } from "./dom.js";
import { t } from "./i18n.js";
import { errorNotice } from "./notices.js";
import { send } from "./talk.js";

/** @typedef {(draft: any) => void} Changed gets the draft after an edit */

/** @param {any} draft @param {Changed} changed */
export function sentences(draft, changed) {
  return h(
    "ul.plain.draft-text",
    { id: "sentences", lang: "zh-CN" },
    ...draft.sentences.map((/** @type {any} */ one, /** @type {number} */ index) =>
      sentence(draft, one, index, changed),
    ),
  );
}

/** Findings that belong to no sentence that is shown. @param {any} draft */
export function findingList({ lint, sentences: all }) {
  const keys = new Set(all.map((/** @type {any} */ one) => one.key).filter(Boolean));
  const rest = lint.filter((/** @type {any} */ one) => !one.place || !keys.has(one.place));
  if (rest.length === 0) return null;
  return h(
    "div.notice.warn",
    { id: "lint" },
    h("strong", null, t("lint")),
    h("ul.plain.small", null, ...rest.map((/** @type {any} */ one) => h("li", null, h("mark", null, one.text), t("colon"), one.advice))),
  );
}

/** @param {any} draft @param {any} one @param {number} index @param {Changed} changed */
function sentence(draft, one, index, changed) {
  const item = h("li", { "data-sentence": one.key || String(index), class: one.edited ? "edited" : null });
  const problem = h("div", { hidden: true });
  const keep = (/** @type {string | null} */ text) => edit(draft, one.key, text, changed, problem);
  const show = () => item.replaceChildren(...parts(draft, one, index, { keep, write }), problem);
  const write = () => {
    item.replaceChildren(editor(one, { keep, cancel: show }), problem);
    item.querySelector("textarea")?.focus();
  };
  show();
  return item;
}

/**
 * @param {any} draft @param {any} one @param {number} index
 * @param {{keep: (text: string | null) => Promise<void>, write: () => void}} how
 * @returns {HTMLElement[]}
 */
function parts(draft, one, index, { keep, write }) {
  const found = one.key ? draft.lint.filter((/** @type {any} */ finding) => finding.place === one.key) : [];
  const name = t("edit_of", index + 1);
  return [
    h("span", null, one.text),
    h(
      "span.row",
      null,
      ...one.exhibits.map((/** @type {number} */ number) => exhibitChip(draft, number)),
      one.stated && h("span.chip", null, t("proof_stated")),
      one.edited && h("span.chip.warn", null, t("edited")),
      one.key && h("button.quiet", { type: "button", id: `edit-${one.key}`, "aria-label": name, onclick: write }, t("correct")),
      one.edited &&
        h("button.quiet", { type: "button", onclick: act(() => keep(null)) }, t("undo_edit")),
    ),
    ...found.map((/** @type {any} */ finding) => remark(finding, one, keep)),
  ];
}

/** @param {any} finding @param {any} one @param {(text: string | null) => Promise<void>} keep */
function remark(finding, one, keep) {
  const { text, advice, better } = finding;
  const can = better !== null && better !== undefined && one.text.includes(text);
  return h(
    "div.notice.warn.small",
    { "data-rule": finding.rule },
    h("span", null, h("mark", null, text), t("colon"), advice),
    can &&
      h(
        "button",
        { type: "button", onclick: act(() => keep(reworded(one.text, text, better))) },
        better ? t("use_better", better) : t("leave_out"),
      ),
  );
}

/**
 * Put better words in place of others, in our own words before those of the page in “ ”.
 * @param {string} sentence @param {string} words @param {string} better @returns {string}
 */
function reworded(sentence, words, better) {
  const pieces = sentence.split(/(“[^”]*”)/);
  const own = pieces.findIndex((piece, index) => index % 2 === 0 && piece.includes(words));
  if (own < 0) return sentence.replace(words, () => better);
  pieces[own] = pieces[own].replace(words, () => better);
  return pieces.join("");
}

/** @param {any} one @param {{keep: (text: string | null) => Promise<void>, cancel: () => void}} how */
function editor(one, { keep, cancel }) {
  const area = /** @type {HTMLTextAreaElement} */ (
    h("textarea", { rows: "4", maxlength: "10000", required: true, value: one.text, "aria-label": t("own_words") })
  );
  const save = /** @type {HTMLButtonElement} */ (h("button.primary", null, t("save")));
  const form = h(
    "form.stack",
    null,
    area,
    h("div.row", null, save, h("button", { type: "button", onclick: cancel }, t("cancel"))),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (area.value.trim()) void busy(save, () => keep(area.value.trim()));
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
  });
  return form;
}

/** A click's work, once at a time. @param {() => Promise<void>} work @returns {(event: Event) => void} */
function act(work) {
  return ({ currentTarget }) => void busy(/** @type {HTMLButtonElement} */ (currentTarget), work);
}

/**
 * @param {any} draft @param {string} key @param {string | null} text null takes the own words back
 * @param {Changed} changed @param {HTMLElement} problem where an error is told
 */
async function edit(draft, key, text, changed, problem) {
  put(problem);
  try {
    changed((await send("edit", { draft_id: draft.draft_id, key, text })).draft);
    document.getElementById(`edit-${key}`)?.focus();
  } catch (error) {
    put(problem, errorNotice(error));
  }
}

/** @param {any} draft @param {number} number */
function exhibitChip(draft, number) {
  const exhibit = draft.exhibits.find((/** @type {any} */ one) => one.number === number);
  return h("span.chip.brand", { title: exhibit?.label }, t("exhibit", number));
}
