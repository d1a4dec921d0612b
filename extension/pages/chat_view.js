/** How the walk through a chat goes, with the button that ends it. */
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { notice } from "./notices.js";
import { send } from "./talk.js";

/**
 * @param {string} uuid @param {any} local what the extension knows of the capture
 * @returns {HTMLElement | null} nothing where no chat was asked for
 */
export function chatCard(uuid, { chat, complete }) {
  if (!chat) return null;
  const { phase, rows, whole, stopping } = chat;
  const stop = () => send("chat-stop", { uuid });
  if (complete || phase === "done") {
    if (!rows) return null;
    return notice(whole ? "good" : "warn", t(whole ? "chat_whole" : "chat_cut", rows));
  }
  return h(
    "section.card.stack",
    { id: "chat", "data-phase": phase },
    h("p", null, t(`chat_${phase}`, rows)),
    stopping
      ? h("p", { id: "chat-stopping" }, t("chat_stopping"))
      : h("button", { type: "button", id: "chat-stop", onclick: stop }, t("chat_stop")),
  );
}

/** @param {any} local @returns {boolean} a chat is still being walked through */
export function walking({ chat, complete, error }) {
  return Boolean(chat) && !complete && !error;
}
