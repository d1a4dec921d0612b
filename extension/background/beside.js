/**
 * Opens the popup's page beside the web page, where a click into the page does not close it: side
 * panel of Chromium, sidebar of Firefox. Other browsers have neither and keep the popup.
 */
import { api } from "./api.js";

// Firefox's own; @types/chrome does not know it.
const { sidebarAction } = /** @type {any} */ (api);

/** @returns {boolean} whether this browser can show a page beside another one */
export function canStayBeside() {
  return typeof api.sidePanel?.open === "function" || Boolean(sidebarAction?.open);
}

/**
 * Open it for one tab and preview there. To be called inside a click and before anything is
 * awaited: the browsers ask for the hand of a person.
 *
 * @param {number} tabId @param {number | undefined} windowId of the tab
 * @returns {Promise<void>} rejects where the browser shows none all the same
 */
export async function openBeside(tabId, windowId) {
  // An address of its own each time: a panel that is open already then begins anew.
  const path = `pages/popup.html?tab=${tabId}&side=${Date.now()}`;
  if (typeof api.sidePanel?.open === "function") {
    const set = api.sidePanel.setOptions({ tabId, path, enabled: true });
    await Promise.all([set, api.sidePanel.open({ tabId })]);
  } else {
    // Of the window, not of the tab: Firefox would load it anew whenever the tab comes back.
    const set = sidebarAction.setPanel({ panel: api.runtime.getURL(path), windowId });
    await Promise.all([set, sidebarAction.open()]);
  }
}
