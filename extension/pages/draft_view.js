/** A draft: its sentences with their exhibits, what is missing, what to word otherwise, where to go. */
import { api } from "../background/api.js";
import { byId, h } from "./dom.js";
import { size, t } from "./i18n.js";
import { notice } from "./notices.js";

/** @param {any} draft @param {string | null} form address of the shop's complaint form, if known */
export function showDraft(draft, form) {
  byId("draft").hidden = false;
  byId("draft").dataset.draft = draft.draft_id;
  byId("draft-body").replaceChildren(
    h("h3", { id: "draft-title" }, draft.title),
    sentences(draft),
    copyButton(draft),
    ...remarks(draft),
    exhibits(draft),
  );
  byId("submit").hidden = false;
  byId("submit-body").replaceChildren(...submit(form));
}

/** @param {any} draft */
function sentences(draft) {
  return h(
    "ul.plain.draft-text",
    { id: "sentences" },
    ...draft.sentences.map((/** @type {any} */ one) =>
      h(
        "li",
        null,
        h("span", null, one.text),
        one.exhibits.length > 0 &&
          h(
            "span.row",
            null,
            ...one.exhibits.map((/** @type {number} */ number) => exhibitChip(draft, number)),
          ),
      ),
    ),
  );
}

/** @param {any} draft @param {number} number */
function exhibitChip(draft, number) {
  const exhibit = draft.exhibits.find((/** @type {any} */ one) => one.number === number);
  return h("span.chip.brand", { title: exhibit?.label }, t("exhibit", number));
}

/** @param {any} draft */
function copyButton(draft) {
  const button = h("button", { type: "button", id: "copy" }, t("copy_text"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(draft.text);
    button.textContent = t("copied");
    byId("live").textContent = t("copied");
  });
  return h("div.row", null, button, h("span.small.soft", null, t("characters", draft.text.length)));
}

/** @param {any} draft @returns {Node[]} */
function remarks(draft) {
  const parts = [];
  if (draft.gaps.length) {
    parts.push(
      h(
        "div.notice.warn",
        { id: "gaps" },
        h("strong", null, t("gaps")),
        h(
          "ul.plain.small",
          null,
          ...draft.gaps.map((/** @type {any} */ gap) => h("li", null, gap.text)),
        ),
      ),
    );
  }
  if (draft.lint.length) {
    parts.push(
      h(
        "div.notice.warn",
        { id: "lint" },
        h("strong", null, t("lint")),
        h(
          "ul.plain.small",
          null,
          ...draft.lint.map((/** @type {any} */ finding) =>
            h("li", null, h("mark", null, finding.text), t("colon"), finding.advice),
          ),
        ),
      ),
    );
  }
  if (draft.law.length) {
    parts.push(
      h(
        "p.small.soft",
        null,
        t("law"),
        t("colon"),
        draft.law.map((/** @type {any} */ one) => `${one.law} ${one.article}`).join(t("comma")),
      ),
    );
  }
  return parts;
}

/** @param {any} draft */
function exhibits(draft) {
  return h(
    "details.small",
    { open: true },
    h("summary", null, t("exhibits_count", draft.exhibits.length)),
    h(
      "ul.plain",
      null,
      ...draft.exhibits.map((/** @type {any} */ one) =>
        h("li", null, h("strong", null, one.label), h("span.soft", null, ` ${size(one.bytes)}`)),
      ),
    ),
  );
}

/** @param {string | null} form @returns {Node[]} */
function submit(form) {
  const steps = h(
    "ol.plain.small.soft",
    null,
    ...["submit_step_open", "submit_step_fill", "submit_step_send", "submit_step_receipt"].map(
      (key, index) => h("li", null, `${index + 1}. ${t(key)}`),
    ),
  );
  if (!safe(form)) return [steps, notice("plain", t("form_unknown"), t("form_unknown_next"))];
  return [
    steps,
    h(
      "button.primary.big",
      {
        type: "button",
        id: "open-form",
        onclick: () => api.tabs.create({ url: /** @type {string} */ (form) }),
      },
      t("open_form"),
    ),
    h("p.small.soft.mono", null, /** @type {string} */ (form)),
  ];
}

/** The address came from a page: only the web. */
const safe = (/** @type {string | null} */ address) =>
  Boolean(address && /^https?:\/\//.test(address));
