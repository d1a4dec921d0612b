/** What the toolbar button says without a popup. */

import { api } from "./api.js";

const LOOKS = {
  busy: { text: "…", color: "#5b6470", key: "badge_busy" },
  kept: { text: "✓", color: "#1a7f37", key: "badge_kept" },
  waiting: { text: "↑", color: "#9a6700", key: "badge_waiting" },
  failed: { text: "!", color: "#cf222e", key: "badge_failed" },
};

/**
 * Show the state of the capture of a tab; a tab that was closed meanwhile is no error.
 *
 * @param {number} tabId @param {keyof typeof LOOKS} state
 */
export async function show(tabId, state) {
  const { text, color, key } = LOOKS[state];
  const title = api.i18n.getMessage(key) || api.i18n.getMessage("action_title");
  await Promise.allSettled([
    api.action.setBadgeText({ tabId, text }),
    api.action.setBadgeBackgroundColor({ tabId, color }),
    api.action.setTitle({ tabId, title }),
  ]);
}
