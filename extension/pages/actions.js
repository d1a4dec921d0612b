/** What closes a gap: a button where it can be done here, else how it is done, folded. */
import { api } from "../background/api.js";
import { fold, h } from "./dom.js";
import { has, named, t } from "./i18n.js";
import { goToField } from "./order_view.js";
import { goToQuestion } from "./questions_view.js";
import { openForm } from "./told_view.js";

/**
 * @param {import("./desk.js").Desk} desk @param {{key: string, action?: string | null}} gap
 * @returns {HTMLElement | null}
 */
export function actionFor(desk, { key, action }) {
  const [kind, ...rest] = (action ?? "").split(":");
  const what = rest.join(":");
  switch (kind) {
    case "capture":
      return fold(
        `how-${key}`,
        t("how_to_keep"),
        h("p", null, t("how_capture")),
        what === "order" && orderPage(desk),
      );
    case "attach":
      return fold(`how-${key}`, t("how_to_add"), h("p", null, t(attaching(what))));
    case "answer":
      return button(t("answer_now"), () => goToQuestion(what));
    case "correct":
      return button(t("correct_field", named("field", what)), () => goToField(what));
    case "contact":
      return button(t("told_contact"), () => openForm(desk, "contact"));
    case "party":
      return button(t("told_party"), () => openForm(desk, "party"));
    default:
      return null;
  }
}

/** @param {string} what @returns {string} */
function attaching(what) {
  return has(`how_attach_${what}`) ? `how_attach_${what}` : "how_attach";
}

/** @param {import("./desk.js").Desk} desk */
function orderPage({ one }) {
  const pages = one.captures.filter((/** @type {any} */ view) => view.order?.order_no);
  const url = pages.at(-1)?.meta?.url ?? "";
  return /^https?:\/\//.test(url) && button(t("open_order_page"), () => api.tabs.create({ url }));
}

/** @param {string} label @param {() => unknown} act */
function button(label, act) {
  return h("button", { type: "button", onclick: act }, label);
}
