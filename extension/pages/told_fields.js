/** The fields of the small forms: how each looks, and what its value becomes. */
import { h } from "./dom.js";
import { t } from "./i18n.js";

/**
 * `day` is a day with an hour if one was named. `channel` is chosen from the ladder's.
 * @typedef {{name: string, kind: string, required?: boolean, options?: string[], value?: string}} Field
 */

/** Shops and their buyers are in China: times are told in Beijing's, wherever this browser is. */
export const OFFSET = "+08:00";
const OFFSET_MS = 8 * 3_600_000;

/** @param {Field} one @param {import("./desk.js").Desk} desk @param {string} [known] */
export function field(one, desk, known) {
  const id = `told-${one.name}`;
  const control = controls(one, id, desk);
  const [input] = control;
  if (known) /** @type {any} */ (input).value = known;
  return h(
    "label",
    { for: id },
    h("span", null, t(`told_field_${one.name}`), !one.required && h("span.soft.small", null, t("optional"))),
    control.length > 1 ? h("span.pair", null, ...control) : input,
    one.kind === "moment" && h("span.small.soft", null, t("beijing_time")),
  );
}

/** @param {HTMLFormElement} form @param {Field[]} fields @returns {Record<string, string>} what was given */
export function read(form, fields) {
  /** @type {Record<string, string>} */
  const given = {};
  for (const { name, kind } of fields) {
    const value = valueOf(form, `told-${name}`);
    if (!value) continue;
    if (kind === "moment") given[name] = withOffset(value, OFFSET);
    else if (kind === "day") given[name] = `${value}T${valueOf(form, `told-${name}-hour`) || "00:00"}:00${OFFSET}`;
    else given[name] = value;
  }
  return given;
}

/** @param {HTMLFormElement} form @param {string} id @returns {string} */
function valueOf(form, id) {
  return /** @type {any} */ (form.querySelector(`#${id}`)).value.trim();
}

/** @param {Field} one @param {string} id @param {import("./desk.js").Desk} desk @returns {HTMLElement[]} */
function controls({ name, kind, required = false, options = [], value }, id, desk) {
  const common = { id, required };
  switch (kind) {
    case "moment": {
      // A form that stands open during a long call takes the time of its end too.
      const later = (/** @type {any} */ { target }) => target.setAttribute("max", now());
      // The browser's own picker offers nothing past the bound: it moves before that opens.
      const moves = { onfocus: later, onpointerdown: later, oninput: later };
      return [h("input", { ...common, type: "datetime-local", value: now(), max: now(), ...moves })];
    }
    case "day":
      return [
        h("input", { ...common, type: "date" }),
        h("input", { id: `${id}-hour`, type: "time", "aria-label": t("hour_if_named") }),
      ];
    case "money":
      return [h("input", { ...common, type: "text", inputmode: "decimal", pattern: "\\d+(\\.\\d{1,2})?" })];
    case "words":
      return [h("textarea", { ...common, rows: "2", maxlength: "5000" })];
    case "choice":
      return [select(common, options.map((key) => ({ key, name: t(`told_${name}_${key}`) })), value)];
    case "channel":
      return [select(common, channels(desk))];
    default:
      return [h("input", { ...common, type: "text", maxlength: "200" })];
  }
}

/** @param {Record<string, any>} common @param {{key: string, name: string}[]} options @param {string} [value] */
function select(common, options, value) {
  const control = h("select", common, ...options.map((one) => h("option", { value: one.key }, one.name)));
  if (value) /** @type {any} */ (control).value = value;
  return control;
}

/** Channels that take a complaint; one that was used comes first. @param {import("./desk.js").Desk} desk */
function channels({ advice, one }) {
  const filed = new Set(one.filings.map((/** @type {any} */ filing) => filing.channel));
  return (advice?.ladder.steps ?? [])
    .filter((/** @type {any} */ step) => step.kind === "draft")
    .map((/** @type {any} */ step) => ({ key: step.channel, name: step.name }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => Number(filed.has(b.key)) - Number(filed.has(a.key)));
}

/** @returns {string} Beijing's time now, for a `datetime-local` */
function now() {
  return new Date(Date.now() + OFFSET_MS).toISOString().slice(0, 16);
}

/** @param {string} given `YYYY-MM-DDTHH:MM[:SS]` @param {string} zone @returns {string} ISO 8601 */
export function withOffset(given, zone) {
  if (!given) return "";
  return `${given.length === 16 ? `${given}:00` : given}${zone}`;
}
