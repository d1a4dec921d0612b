/** Deadlines: those that matter now are seen, the others are folded. */
import { fold, h } from "./dom.js";
import { asWritten, t } from "./i18n.js";

const SEEN = 3;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What has more time than this is no matter of today. */
const FAR = 90 * DAY;
const ORDER = { due_soon: 0, running: 1, passed: 2 };

/** @typedef {{key: string, name: string, at: string | null, state: string, whose: string, source: string, todo: string}} Clock */

/** @param {Clock[]} clocks @returns {any} the one that ends first, of those that still run */
export function nearest(clocks) {
  return clocks.filter(open).sort((a, b) => left(a) - left(b))[0] ?? null;
}

/** @param {Clock[]} clocks */
export function clockList(clocks) {
  const near = clocks
    .filter((one) => one.state in ORDER && !(open(one) && left(one) > FAR))
    .sort((a, b) => rank(a) - rank(b) || left(a) - left(b));
  const seen = near.slice(0, SEEN);
  const others = clocks.filter((one) => !seen.includes(one));
  return h(
    "div.stack",
    { id: "clocks" },
    seen.length > 0 && list(seen),
    others.length > 0 && fold("clocks", t("other_clocks", others.length), list(others)),
  );
}

/** @param {Clock[]} clocks @returns {HTMLElement} each with the time that is left */
export function list(clocks) {
  return h("ul.plain.clocks", null, ...clocks.map(row));
}

/** @param {Clock} one */
function row(one) {
  return h(
    "li",
    { "data-clock": one.key },
    h(
      "div.row",
      null,
      h(one.state === "due_soon" ? "span.chip.warn" : "span.chip", null, words(one)),
      h("strong.small", null, one.name),
    ),
    h("p.small", null, one.todo),
    fold(
      `clock-${one.key}`,
      t("whose_rule", t(`whose_${one.whose}`)),
      h("p.soft", null, one.source),
      one.at && h("p.soft.mono", null, asWritten(one.at)),
    ),
  );
}

/** @param {Clock} one @returns {string} how much time is left, or that there is none */
function words(one) {
  if (!open(one) || !one.at) return t(`clock_${one.state}`);
  const rest = left(one);
  if (rest < 0) return t("clock_passed");
  return rest < 2 * DAY
    ? t("left_hours", Math.max(1, Math.floor(rest / HOUR)))
    : t("left_days", Math.floor(rest / DAY));
}

const open = (/** @type {Clock} */ one) =>
  (one.state === "due_soon" || one.state === "running") && one.at !== null;
const left = (/** @type {Clock} */ one) => Date.parse(one.at ?? "9999-12-31") - Date.now();
const rank = (/** @type {Clock} */ one) => /** @type {any} */ (ORDER)[one.state];
