/** The popup's page beside the web page: it stays with its tab, whatever that shows. */
import { api } from "../background/api.js";
import { byId, put } from "./dom.js";
import { t } from "./i18n.js";
import { notice } from "./notices.js";

/**
 * Begin anew when the tab shows another page, or when a click has allowed to read it; say so while
 * another tab is in front, where nothing is filled.
 *
 * @param {number} tabId @param {string} url of what is shown, empty where it could not be read
 */
export function stayWith(tabId, url) {
  // What is being kept goes on and is told to its end.
  const renew = () => document.body.dataset.state !== "working" && location.reload();
  api.tabs.onRemoved.addListener((id) => {
    if (id === tabId) renew();
  });
  api.tabs.onUpdated.addListener((id, { status, url: to }) => {
    if (id !== tabId || !(to || status === "complete")) return;
    api.tabs.get(tabId).then((tab) => (tab.url ?? "") !== url && renew(), renew);
  });
  api.tabs.onActivated.addListener(async ({ tabId: front, windowId }) => {
    const tab = await api.tabs.get(tabId).catch(() => null);
    if (tab?.windowId === windowId) showFront(tabId, front === tabId);
  });
  // The popup asks for the page it was opened over: that click has allowed to read it.
  api.runtime.onMessage.addListener((message) => {
    if (message?.type === "page" && message.tabId === tabId && !url) renew();
  });
}

/** @param {number} tabId @param {boolean} mine whether this page's tab is the one in front */
function showFront(tabId, mine) {
  document.body.querySelector("main")?.toggleAttribute("inert", !mine);
  const act = () => void api.tabs.update(tabId, { active: true });
  const back = { label: t("side_back"), act, id: "side-back" };
  put(byId("elsewhere"), !mine && notice("warn", t("side_elsewhere"), t("side_note"), back));
}
