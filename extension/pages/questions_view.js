/** What kind of dispute it is, and the questions that decide it; answers are kept in the case. */
import { byId, fold, h, openPart, put, repaint } from "./dom.js";
import { t } from "./i18n.js";
import { errorNotice } from "./notices.js";

/**
 * @typedef {{key: string, name: string}} Named
 * @typedef {Named & {kind: string, why: string, deciding: boolean, only_if: string | null, choices: Named[]}} Question
 */

const TEXT_LENGTH = 500;

/** @param {import("./desk.js").Desk} desk */
export function showQuestions(desk) {
  const { kind, suggestion } = desk;
  showIssues(desk);
  put(
    byId("issue-reason"),
    kind.key === suggestion.issue &&
      suggestion.reason_text &&
      t("suggested_because", suggestion.reason_text),
  );
  const given = desk.answers;
  const asked = kind.questions.filter((/** @type {Question} */ one) => wanted(one, given));
  const first = asked.filter((/** @type {Question} */ one) => one.deciding);
  const others = asked.filter((/** @type {Question} */ one) => !one.deciding);
  const figures = (kind.figures ?? []).filter((/** @type {Question} */ one) => wanted(one, given));
  const row = (/** @type {Question} */ one) => question(desk, one, given[one.key]);
  repaint(
    byId("questions"),
    ...first.map(row),
    kinds(desk, given.kind),
    others.length > 0 && fold("others", t("more_questions", others.length), ...others.map(row)),
    figures.length > 0 &&
      fold("figures", t("ask_for_more"), h("p.soft", null, t("ask_for_more_note")), ...figures.map(row)),
  );
  const open = first.filter((/** @type {Question} */ one) => (given[one.key] ?? null) === null);
  byId("questions-state").textContent = open.length ? t("unanswered", open.length) : kind.name;
}

/** Ask again when the user picks another issue. @param {import("./desk.js").Desk} desk */
export function listenIssue(desk) {
  byId("issue").addEventListener("change", () => {
    desk.issue = byId("issue").value;
    void desk.refresh({ case: desk.one, suggestion: desk.suggestion });
  });
}

/** Bring a question into sight, in whichever fold it is. @param {string} key */
export function goToQuestion(key) {
  const part = openPart("part-questions");
  const row = part.querySelector(`[data-question="${CSS.escape(key)}"]`);
  const hidden = row?.closest("details[data-fold]");
  if (hidden) hidden.open = true;
  row?.scrollIntoView({ block: "center" });
  row?.querySelector("input, textarea, select")?.focus();
}

/** @param {import("./desk.js").Desk} desk */
function showIssues({ kind, suggestion }) {
  const issues = [...suggestion.choices].sort(
    (a, b) => Number(b.key === suggestion.issue) - Number(a.key === suggestion.issue),
  );
  byId("issue").replaceChildren(
    ...issues.map(({ key, name }) =>
      h("option", { value: key }, key === suggestion.issue ? t("suggested", name) : name),
    ),
  );
  byId("issue").value = kind.key;
}

/** @param {Question} one @param {Record<string, any>} given */
const wanted = (one, given) => !one.only_if || given[one.only_if] === true;

/** @param {import("./desk.js").Desk} desk @param {string | undefined} now */
function kinds(desk, now) {
  const { kind, suggestion } = desk;
  if (!kind.kinds?.length) return null;
  const likely = kind.key === suggestion.issue ? suggestion.kind : null;
  const options = kind.kinds.map((/** @type {Named} */ one) => ({
    key: one.key,
    name: one.key === likely ? t("suggested", one.name) : one.name,
  }));
  const known = options.some((/** @type {Named} */ one) => one.key === now);
  const select = choice(desk, "kind", options, known ? now : "");
  return h("label", { "data-question": "kind" }, h("span", null, t("which_kind")), select);
}

/** @param {import("./desk.js").Desk} desk @param {Question} one @param {any} now */
function question(desk, one, now) {
  if (one.kind === "yes_no" || !one.kind) return yesNo(desk, one, now);
  const field =
    one.kind === "choice" ? choice(desk, one.key, one.choices, now) : words(desk, one.key, now);
  return h(
    "label",
    { "data-question": one.key },
    h("span", null, one.name),
    one.why && h("span.small.soft", null, one.why),
    field,
  );
}

/** @param {import("./desk.js").Desk} desk @param {Question} one @param {any} now */
function yesNo(desk, { key, name, why }, now) {
  const options = /** @type {const} */ ([
    ["yes", true],
    ["no", false],
    ["unsure", null],
  ]);
  return h(
    "fieldset.choices",
    { "data-question": key },
    h("legend", null, name),
    why && h("p.small.soft", null, why),
    h(
      "div.row",
      null,
      ...options.map(([word, value]) =>
        h(
          "label.choice",
          null,
          h("input", {
            type: "radio",
            name: `answer-${key}`,
            id: `answer-${key}-${word}`,
            checked: (now ?? null) === value,
            onchange: () => keep(desk, key, value),
          }),
          t(`answer_${word}`),
        ),
      ),
    ),
  );
}

/** @param {import("./desk.js").Desk} desk @param {string} key @param {Named[]} options @param {any} now */
function choice(desk, key, options, now) {
  const select = /** @type {HTMLSelectElement} */ (
    h(
      "select",
      { id: `answer-${key}`, onchange: () => keep(desk, key, select.value || null) },
      h("option", { value: "" }, t("answer_unsure")),
      ...options.map((one) => h("option", { value: one.key }, one.name)),
    )
  );
  select.value = now ?? "";
  return select;
}

/** @param {import("./desk.js").Desk} desk @param {string} key @param {any} now */
function words(desk, key, now) {
  const field = /** @type {HTMLTextAreaElement} */ (
    h("textarea", {
      id: `answer-${key}`,
      rows: "2",
      maxlength: TEXT_LENGTH,
      value: now ?? "",
      onchange: () => keep(desk, key, field.value.trim() || null),
    })
  );
  return field;
}

/**
 * Keep one answer in the case, with those of this issue that are kept already: the newest entry of
 * an issue is what holds.
 * @param {import("./desk.js").Desk} desk @param {string} key @param {any} value null for not known
 */
async function keep(desk, key, value) {
  const own = desk.kind.key;
  put(byId("questions-error"));
  try {
    const told = await desk.tell(() => ({
      kind: "answers",
      issue: own,
      answers: { ...answersOf(desk.one, own), [key]: value },
    }));
    await desk.refresh(told);
  } catch (error) {
    put(byId("questions-error"), errorNotice(error));
  }
}

/** @param {any} one the case @param {string} issue @returns {Record<string, any>} */
function answersOf(one, issue) {
  const found = (one.entries ?? []).findLast(
    (/** @type {any} */ entry) => entry.what.kind === "answers" && entry.what.issue === issue,
  );
  return found?.what.answers ?? {};
}
