/** The lines of a preview: a field each, and what is left to the user. */
import { h } from "./dom.js";
import { named, t } from "./i18n.js";

/** From this confidence on a field is ticked. */
export const SURE = 0.6;

/**
 * @param {any} field @param {HTMLElement} box @param {{stranger: string | null, done: boolean}} about
 * `stranger`: the site that gets to know who the user is only by his tick; `done`: filled already,
 * maybe in a step of the form that is gone from sight
 */
export function previewRow(field, box, { stranger, done }) {
  const earlier = done && !field.found;
  const remarks = [
    stranger && field.found && t("fill_confirm", new URL(stranger).host),
    field.note && !earlier && t(`fill_note_${field.note}`),
    field.typed && field.current !== field.value && t("fill_typed", field.current),
  ].filter(Boolean);
  // A field the form does not have goes by its own name.
  const label = field.label === field.name ? named("draft_field", field.name) : field.label;
  return h(
    "tr",
    { "data-field": field.name },
    h("td", null, box),
    h("th", { scope: "row" }, label),
    h(
      "td",
      null,
      h("div.value", { tabindex: field.value.length > 90 ? "0" : null }, field.value),
      ...remarks.map((remark) => h("div.small.soft", null, remark)),
    ),
    h("td", null, earlier ? h("span.chip.good", null, t("fill_earlier")) : sureChip(field)),
  );
}

/** @param {any} field */
function sureChip(field) {
  if (!field.found) return h("span.chip", null, t("fill_not_found"));
  if (field.confidence >= 1) return h("span.chip.good", null, t("fill_sure_known"));
  const percent = `${Math.round(field.confidence * 100)}%`;
  return field.confidence >= SURE
    ? h("span.chip.good", null, percent)
    : h("span.chip.warn", null, t("fill_unsure", percent));
}

/** @param {any[]} left */
export function leftList(left) {
  if (left.length === 0) return null;
  return h(
    "div.notice.plain",
    null,
    h("strong", null, t("fill_left")),
    h(
      "ul.plain.small",
      null,
      ...left.map((one) =>
        h("li", null, one.label, one.reason && ` · ${t(`fill_note_${one.reason}`)}`),
      ),
    ),
  );
}
