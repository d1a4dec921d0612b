/** What is missing first; then what is proved: before, during, after, and who is responsible. */
import { actionFor } from "./actions.js";
import { byId, fold, h, repaint } from "./dom.js";
import { asWritten, t } from "./i18n.js";
import { notice } from "./notices.js";
import { walkChains } from "./walk_chain.js";

const MARKS = { proved: "✓", missing: "○", stated: "✎" };

/** @typedef {{key: string, name: string, state: "proved" | "missing" | "stated", text: string}} Link */

/** @param {HTMLElement} place @param {import("./desk.js").Desk} desk */
export function showProof(place, desk) {
  const { advice } = desk;
  byId("part-proof").hidden = !advice;
  if (!advice) return;
  const { gaps, chain } = advice;
  byId("proof-state").textContent = gaps.length ? t("lacking", gaps.length) : "";
  repaint(
    place,
    !chain && notice("plain", t("no_order_yet"), t("no_order_yet_next")),
    gaps.length > 0 && h("ol.plain.gaps", { id: "gaps" }, ...gaps.map((/** @type {any} */ one) => gap(desk, one))),
    ...(chain ? chainParts(chain) : []),
    ...walkChains(desk.one.captures),
  );
}

/** @param {import("./desk.js").Desk} desk @param {any} one */
function gap(desk, one) {
  return h(
    "li",
    { "data-gap": one.key },
    h("p", null, one.text),
    one.until && h("span.chip.warn", null, t("get_before", asWritten(one.until).slice(0, 16))),
    actionFor(desk, one),
    one.why && fold(`why-${one.key}`, t("why"), h("p", null, one.why)),
  );
}

/** @param {any} chain @returns {Node[]} */
function chainParts(chain) {
  return [
    h("h3", null, t("proof_triangle")),
    h("ul.plain.thirds", { id: "triangle" }, ...chain.triangle.map((/** @type {Link} */ one) => link(one))),
    h("h3", null, t("proof_chain")),
    h(
      "div.thirds",
      { id: "chain" },
      ...chain.phases.map((/** @type {any} */ phase) =>
        h("section", { "aria-label": phase.name }, h("h4", null, phase.name), h("ul.plain", null, ...phase.links.map(link))),
      ),
    ),
    fold(
      "exhibits",
      t("exhibits_count", chain.exhibits.length),
      ...chain.exhibits.map(exhibit),
    ),
    fold(
      "limits",
      t("proof_limits"),
      h("p", null, chain.note),
      h("ul.dots", null, ...chain.limits.map((/** @type {any} */ one) => h("li", null, one.text, one.law && h("span.soft", null, ` ${lawName(one.law)}`)))),
    ),
  ];
}

/** The state is said by mark and word, not by colour alone. @param {Link} one */
function link(one) {
  return h(
    `li.link.${one.state}`,
    { "data-link": one.key },
    h("span.mark", { "aria-hidden": "true" }, MARKS[one.state] ?? "·"),
    h(
      "div",
      null,
      h("strong", null, one.name),
      h("span.chip", null, t(`proof_${one.state}`)),
      h("p.small.soft", null, one.text),
    ),
  );
}

/** @param {any} one */
function exhibit(one) {
  return fold(
    `exhibit-${one.number}`,
    one.label,
    ...one.properties.map((/** @type {any} */ property) =>
      h(
        "div",
        null,
        h("strong", null, property.name),
        h(
          "ul.plain",
          null,
          ...property.stands.map((/** @type {string} */ text) => point("✓", t("proof_proved"), text)),
          ...property.open.map((/** @type {string} */ text) => point("○", t("proof_open"), text)),
        ),
      ),
    ),
  );
}

/** @param {string} mark @param {string} spoken @param {string} text */
function point(mark, spoken, text) {
  return h(
    "li.link",
    null,
    h("span.mark", { "aria-hidden": "true" }, mark),
    h("span", null, h("span.visually-hidden", null, `${spoken}${t("colon")}`), text),
  );
}

/** @param {{law: string, article: string}} one @returns {string} */
export function lawName(one) {
  return t("law_name", one.law, one.article);
}
