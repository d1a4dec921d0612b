/** Ready replies to what the other side says: pick its words, read, copy. */
import { copyButton } from "./copying.js";
import { h, put, sentenceList } from "./dom.js";
import { t } from "./i18n.js";
import { errorNotice } from "./notices.js";
import { lawName } from "./proof_view.js";

/**
 * @param {import("./desk.js").Desk} desk @param {any[]} moves
 * @param {string[]} fitting keys that fit what the other side said last: they come first
 */
export function replyPicker(desk, moves, fitting) {
  const sorted = [...moves].sort((a, b) => Number(fitting.includes(b.key)) - Number(fitting.includes(a.key)));
  const shown = h("div.stack", { id: "reply", "aria-live": "polite", hidden: true });
  const select = /** @type {HTMLSelectElement} */ (
    h(
      "select",
      { id: "reply-move", onchange: () => show(desk, select.value, shown) },
      h("option", { value: "" }, t("reply_pick")),
      ...sorted.map((one) =>
        h("option", { value: one.key }, fitting.includes(one.key) ? t("suggested", one.name) : one.name),
      ),
    )
  );
  if (desk.move) {
    select.value = desk.move;
    void show(desk, desk.move, shown);
  }
  return h("div.stack", null, h("label", null, h("span", null, t("reply_said")), select), shown);
}

/** @param {import("./desk.js").Desk} desk @param {string} move @param {HTMLElement} place */
async function show(desk, move, place) {
  desk.move = move;
  if (!move) return put(place);
  try {
    const { reply } = await desk.ask("reply", { move });
    if (desk.move === move) put(place, ...parts(reply)); // else another one was picked meanwhile
  } catch (error) {
    if (desk.move === move) put(place, errorNotice(error));
  }
}

/** @param {any} reply @returns {(Node | string | false)[]} */
function parts(reply) {
  const meant = reply.sentences.some((/** @type {any} */ one) => one.meaning !== one.text);
  const law = reply.sentences.flatMap((/** @type {any} */ one) => one.law);
  const named = [...new Set(/** @type {string[]} */ (law.map(lawName)))];
  return [
    h("p.small.soft", null, reply.when),
    h("blockquote", { id: "reply-text", lang: "zh-CN" }, reply.text),
    copyButton("copy-reply", reply.text),
    meant &&
      h("div.small", null, h("strong", null, t("reply_means")), sentenceList(reply.sentences.map((/** @type {any} */ one) => one.meaning))),
    sentenceList(reply.remarks),
    h("p.small", null, h("strong", null, t("then")), reply.next_step),
    named.length > 0 && h("p.small.soft", null, t("law"), t("colon"), named.join(t("comma"))),
  ];
}
