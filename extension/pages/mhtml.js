/** The permission for MHTML files, which makes a capture fuller and is not needed for one. */
import { api } from "../background/api.js";
import { h, put } from "./dom.js";
import { t } from "./i18n.js";
import { notice } from "./notices.js";

/** @type {chrome.permissions.Permissions} */
const MHTML = { permissions: ["pageCapture"] };

/**
 * Offer it once, where a capture has just gone without.
 *
 * @param {HTMLElement} place @param {{role: string, reason: string}[]} missing
 */
export async function offerMhtml(place, missing) {
  if (!missing.some(({ reason }) => reason === "mhtml_not_allowed")) return;
  const { mhtml_offered: before } = await api.storage.local.get({ mhtml_offered: false });
  if (before) return;
  await api.storage.local.set({ mhtml_offered: true });
  // Asked for inside the click, before anything is awaited.
  const allow = async () => {
    const granted = await api.permissions.request(MHTML).catch(() => false);
    put(place, notice("plain", t(granted ? "mhtml_allowed" : "mhtml_denied"), t("mhtml_later")));
  };
  put(
    place,
    h(
      "div.notice.plain",
      null,
      h("strong", null, t("mhtml_offer")),
      h("span.small", null, t("mhtml_reason")),
      h(
        "div.row",
        null,
        h("button", { type: "button", id: "mhtml-allow", onclick: allow }, t("mhtml_allow")),
        h(
          "button.quiet",
          { type: "button", id: "mhtml-no", onclick: () => put(place) },
          t("mhtml_no"),
        ),
      ),
    ),
  );
}

/** Let a box say whether it is allowed, and change that. @param {HTMLInputElement} box */
export async function listenMhtml(box) {
  const { optional_permissions: optional = [] } = api.runtime.getManifest();
  const row = /** @type {HTMLElement} */ (box.closest(".card"));
  row.hidden = !optional.includes("pageCapture");
  if (row.hidden) return;
  box.checked = await api.permissions.contains(MHTML);
  box.addEventListener("change", async () => {
    const changed = box.checked ? api.permissions.request(MHTML) : api.permissions.remove(MHTML);
    if (!(await changed.catch(() => false))) box.checked = !box.checked;
  });
}
