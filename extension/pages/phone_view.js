/** For forms that live in the phone: texts to copy, and QR codes to scan from this screen. */
import { copyButton } from "./copying.js";
import { fold, h, put, sentenceList } from "./dom.js";
import { t } from "./i18n.js";
import { errorNotice } from "./notices.js";
import { send } from "./talk.js";

/**
 * A fold that asks for the packet when it is opened.
 * @param {any} draft @param {boolean} open at once
 */
export function phoneFold(draft, open) {
  const place = h("div.stack", { id: "packet" });
  const details = /** @type {HTMLDetailsElement} */ (
    fold("phone", t("to_phone"), h("p.soft", null, t("to_phone_note")), place)
  );
  details.addEventListener("toggle", () => {
    if (details.open && !place.querySelector(".block")) void show(draft, place);
  });
  details.open = open;
  return details;
}

/** @param {any} draft @param {HTMLElement} place */
async function show(draft, place) {
  place.setAttribute("aria-busy", "true");
  try {
    const { packet } = await send("packet", { draft_id: draft.draft_id });
    put(
      place,
      sentenceList(packet.remarks),
      ...packet.blocks.map((/** @type {any} */ one) => block(draft, one)),
      packet.files.length > 0 &&
        h("p", null, t("to_phone_pictures", packet.files.map((/** @type {any} */ one) => one.name).join(t("comma")))),
    );
  } catch (error) {
    put(place, errorNotice(error));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** @param {any} draft @param {any} one */
function block(draft, { key, name, text, parts }) {
  const codes = h("div.codes", { hidden: true });
  const button = /** @type {HTMLButtonElement} */ (
    h("button", { type: "button", "aria-expanded": "false" }, t("show_qr"))
  );
  button.addEventListener("click", () => {
    codes.hidden = !codes.hidden;
    button.setAttribute("aria-expanded", String(!codes.hidden));
    if (!codes.children.length || codes.querySelector(".notice")) {
      codes.replaceChildren(
        ...parts.map((/** @type {string} */ _, /** @type {number} */ index) => code(draft, key, index + 1, parts.length)),
      );
    }
  });
  return h(
    "section.block",
    { "data-block": key, "aria-label": name },
    h("strong", null, name),
    h("p.value", null, text),
    h("div.row", null, copyButton(`copy-${key}`, text), button),
    codes,
  );
}

/** @param {any} draft @param {string} key @param {number} part @param {number} all */
function code(draft, key, part, all) {
  const words = t("qr_part", part, all);
  const picture = h("img", { alt: words, width: "240", height: "240" });
  const place = h("figure", null, picture, h("figcaption.small", null, words));
  send("qr", { draft_id: draft.draft_id, block: key, part }).then(
    ({ url }) => picture.setAttribute("src", url),
    (error) => put(place, errorNotice(error)),
  );
  return place;
}
