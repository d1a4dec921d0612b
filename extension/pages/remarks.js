/** Codes of the reader and of the second visit (`code` or `code: detail`), one sentence each. */
import { h } from "./dom.js";
import { has, named, t } from "./i18n.js";

/**
 * @param {string} prefix of the catalogue's keys @param {string} remark @returns {string} the
 *   sentence with the detail in it; a code without one as it is
 */
function sentence(prefix, remark) {
  const [code, ...rest] = remark.split(":");
  const detail = rest.join(":").trim();
  const key = `${prefix}_${code.replace(/\W/g, "_")}`;
  if (!has(key)) return remark;
  return t(key, named("field", detail));
}

/** What the reader was not sure of. @param {any} order @returns {HTMLElement | null} */
export function warningList(order) {
  const warnings = order?.warnings ?? [];
  if (warnings.length === 0) return null;
  return h(
    "ul.plain.small.soft.warnings",
    { "aria-label": t("warnings") },
    ...warnings.map((/** @type {string} */ one) => h("li", null, `⚠ ${sentence("warning", one)}`)),
  );
}

/** What happened during the second visit. @param {string[]} notes @returns {HTMLElement | null} */
export function noteList(notes) {
  if (notes.length === 0) return null;
  return h(
    "details.small",
    { id: "notes" },
    h("summary", null, t("notes_count", notes.length)),
    h("ul.plain", null, ...notes.map((one) => h("li", null, note(one)))),
  );
}

/** @param {string} remark @returns {string} with its detail, such as an address, behind it */
function note(remark) {
  const [code] = remark.split(":");
  const said = sentence("note", remark);
  const detail = remark.slice(code.length + 1).trim();
  return said === remark || !detail ? said : `${said} (${detail})`;
}
