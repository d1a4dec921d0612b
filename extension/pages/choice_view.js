/** Issue, demand and the questions that decide the wording; then the draft. */
import { byId, busy, h, put } from "./dom.js";
import { showDraft } from "./draft_view.js";
import { t } from "./i18n.js";
import { errorNotice } from "./notices.js";
import { send } from "./talk.js";

const CHANNEL = "merchant_platform";
const OWN = "own";
/** Questions that are answered in words; the others are yes or no. */
const IN_WORDS = new Set(["facts"]);

/**
 * @typedef {{key: string, name: string}} Named
 * @typedef {Named & {demands: Named[], questions: Named[]}} Issue
 * @typedef {{issue: string, reason_text: string, demand: string, choices: Issue[]}} Suggestion
 */

/** Show the helper's suggestion with its reason, and all that can be chosen instead. */
export function showChoice(/** @type {Suggestion} */ suggestion) {
  const issues = [...suggestion.choices].sort(
    (a, b) => Number(b.key === suggestion.issue) - Number(a.key === suggestion.issue),
  );
  byId("issue").replaceChildren(
    ...issues.map(({ key, name }) =>
      h("option", { value: key }, key === suggestion.issue ? t("issue_suggested", name) : name),
    ),
  );
  byId("issue").value = suggestion.issue;
  byId("issue").onchange = () => {
    byId("choice").dataset.touched = "yes";
    showIssue(suggestion);
  };
  byId("demand").onchange = showOwn;
  showIssue(suggestion);
}

/** @param {Suggestion} suggestion */
function showIssue(suggestion) {
  const key = byId("issue").value;
  const issue = suggestion.choices.find((one) => one.key === key);
  const demands = issue?.demands ?? [];
  put(
    byId("issue-reason"),
    key === suggestion.issue &&
      suggestion.reason_text &&
      t("suggested_because", suggestion.reason_text),
  );
  byId("demand").replaceChildren(
    ...demands.map((one) => h("option", { value: one.key }, one.name)),
    h("option", { value: OWN }, t("demand_own")),
  );
  byId("demand").value =
    key === suggestion.issue && suggestion.demand ? suggestion.demand : (demands[0]?.key ?? OWN);
  showOwn();
  const questions = issue?.questions ?? [];
  byId("questions").hidden = questions.length === 0;
  byId("answers").replaceChildren(...questions.map(question));
}

/** The user's own demand is written only if he wants one. */
function showOwn() {
  byId("own-row").hidden = byId("demand").value !== OWN;
  byId("own").required = byId("demand").value === OWN;
}

/** @param {Named} asked */
function question({ key, name }) {
  if (IN_WORDS.has(key))
    return h(
      "label",
      null,
      h("span", null, name),
      h("textarea", { rows: "2", "data-answer": key, maxlength: "500" }),
    );
  const options = [
    ["", "answer_blank"],
    ["yes", "answer_yes"],
    ["no", "answer_no"],
  ];
  return h(
    "label",
    null,
    h("span", null, name),
    h(
      "select",
      { "data-answer": key },
      ...options.map(([value, text]) => h("option", { value }, t(text))),
    ),
  );
}

/** @returns {Record<string, string | boolean>} */
function answers() {
  const fields = /** @type {any[]} */ ([...byId("answers").querySelectorAll("[data-answer]")]);
  const given = fields.filter((field) => field.value.trim());
  return Object.fromEntries(
    given.map((field) => [
      field.dataset.answer,
      field instanceof HTMLSelectElement ? field.value === "yes" : field.value.trim(),
    ]),
  );
}

/** Make the draft when asked to. @param {string} caseId @param {string | null} form address of the shop's form, if known */
export function listenChoice(caseId, form) {
  byId("choice").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    void busy(byId("make-draft"), async () => {
      put(byId("error"));
      try {
        const demand =
          byId("demand").value === OWN ? byId("own").value.trim() : byId("demand").value;
        const { draft } = await send("draft", {
          case_id: caseId,
          channel: CHANNEL,
          issue: byId("issue").value,
          demand,
          answers: answers(),
        });
        showDraft(draft, form);
        byId("make-draft").textContent = t("make_draft_again");
        byId("draft-heading").focus();
      } catch (error) {
        put(byId("error"), errorNotice(error));
        byId("error").scrollIntoView({ block: "nearest" });
      }
    });
  });
}
