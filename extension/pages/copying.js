/** Copies a text, and says that it did. */
import { byId, h } from "./dom.js";
import { t } from "./i18n.js";

/** @param {string} id @param {string} text @param {string} [label] */
export function copyButton(id, text, label = t("copy_text")) {
  const button = h("button", { type: "button", id }, label);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = t("copied");
    byId("live").textContent = t("copied");
  });
  return button;
}
