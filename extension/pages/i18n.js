/** Texts of the pages: catalogue only, by the browser's language. */
import { api } from "../background/api.js";

/** @param {string} key @param {...(string | number)} values @returns {string} */
export function t(key, ...values) {
  return api.i18n.getMessage(key, values.map(String)) || key;
}

/** Say whether the catalogue has a text. */
export function has(/** @type {string} */ key) {
  return api.i18n.getMessage(key) !== "";
}

/** Text for `prefix_code`, or the code itself where the helper sent one we do not know. */
export function named(/** @type {string} */ prefix, /** @type {string} */ code) {
  const key = `${prefix}_${code.replace(/[^A-Za-z0-9]/g, "_")}`;
  return has(key) ? t(key) : code;
}

/** Fill `data-i18n` (text) and `data-i18n-<attribute>` of a page; set its language. */
export function applyTexts(/** @type {Document} */ page) {
  page.documentElement.lang = api.i18n.getUILanguage();
  for (const node of page.querySelectorAll("[data-i18n]"))
    node.textContent = t(/** @type {any} */ (node).dataset.i18n);
  for (const name of ["title", "placeholder", "aria-label"]) {
    for (const node of page.querySelectorAll(`[data-i18n-${name}]`))
      node.setAttribute(name, t(node.getAttribute(`data-i18n-${name}`) ?? ""));
  }
}

/**
 * Show a time that a page said, as the page said it: whatever zone this browser is in.
 *
 * @param {string | null | undefined} moment ISO 8601 @returns {string} `YYYY-MM-DD HH:MM:SS`
 */
export function asWritten(moment) {
  return (moment ?? "").slice(0, 19).replace("T", " ");
}

/** Show a time of our own. @param {string | null | undefined} moment ISO 8601 @returns {string} */
export function when(moment) {
  if (!moment) return "";
  return new Date(moment).toLocaleString(api.i18n.getUILanguage(), {
    dateStyle: "medium",
    timeStyle: "medium",
  });
}

/** @param {string} moment ISO 8601 @returns {string} how long ago: minutes, hours or days */
export function ago(moment) {
  const minutes = Math.round((Date.parse(moment) - Date.now()) / 60_000);
  const words = new Intl.RelativeTimeFormat(api.i18n.getUILanguage(), { numeric: "auto" });
  if (minutes > -60) return words.format(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours > -48 ? words.format(hours, "hour") : words.format(Math.round(hours / 24), "day");
}

/** @param {string | null | undefined} amount @param {string | null | undefined} currency @returns {string} */
export function money(amount, currency) {
  if (!amount) return "";
  return !currency || currency === "CNY" ? t("yuan", amount) : `${amount} ${currency}`;
}

/** @param {number} count bytes @returns {string} */
export function size(count) {
  return count < 1048576
    ? `${Math.ceil(count / 1024)} KB`
    : `${(count / 1048576).toFixed(1)} MB`;
}
