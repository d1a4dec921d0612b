/** Who is complained of: the one that is sure, else the candidates, and how to be surer. */
import { actionFor } from "./actions.js";
import { fold, h, sentenceList } from "./dom.js";
import { t } from "./i18n.js";
import { notice } from "./notices.js";
import { openForm } from "./told_view.js";

/** @param {import("./desk.js").Desk} desk @param {any} respondent */
export function respondentView(desk, { candidates, chosen, conflicts, steps, remarks }) {
  const others = candidates.filter((/** @type {any} */ one) => !same(one, chosen));
  const missing = steps.filter((/** @type {any} */ one) => one.state === "missing");
  const done = steps.filter((/** @type {any} */ one) => one.state === "done");
  return h(
    "div.stack",
    { id: "respondent" },
    chosen ? candidate(chosen, true) : h("p", null, t(others.length ? "respondent_unsure" : "respondent_unknown")),
    ...(chosen ? [] : others.map((/** @type {any} */ one) => candidate(one, false))),
    ...conflicts.map((/** @type {string} */ text) => notice("warn", text)),
    missing.length > 0 &&
      fold(
        "respondent-steps",
        t("respondent_steps", missing.length),
        h("ol.plain.gaps", null, ...missing.map((/** @type {any} */ one) => step(desk, one))),
        sentenceList(remarks),
      ),
    (done.length > 0 || (chosen && others.length > 0)) &&
      fold(
        "respondent-known",
        t("respondent_known"),
        sentenceList(done.map((/** @type {any} */ one) => `✓ ${one.text}`)),
        ...(chosen ? others.map((/** @type {any} */ one) => candidate(one, false)) : []),
      ),
    h("div.row", null, h("button", { type: "button", onclick: () => openForm(desk, "party") }, t("told_party"))),
  );
}

/** @param {any} one @param {any} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @param {any} one @param {boolean} sure */
function candidate(one, sure) {
  const facts = [one.code, one.address, one.phone].filter(Boolean);
  return h(
    "div.candidate",
    null,
    h(
      "div.row",
      null,
      h("strong", null, one.name),
      h("span.chip", null, t(`role_of_${one.role}`)),
      h(sure ? "span.chip.good" : "span.chip", null, t(`confidence_${one.confidence}`)),
    ),
    facts.length > 0 && h("p.small", null, facts.join(" · ")),
    h("p.small.soft", null, one.reason),
  );
}

/** @param {import("./desk.js").Desk} desk @param {any} one */
function step(desk, one) {
  return h("li", null, h("p", null, one.text), actionFor(desk, { key: `step-${one.key}`, action: one.action }));
}
