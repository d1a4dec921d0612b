/** What the toolbar button says without a popup. */

import { api } from "./api.js";

const LOOKS = {
  busy: { text: "…", color: "#5b6470", key: "badge_busy" },
  kept: { text: "✓", color: "#1a7f37", key: "badge_kept" },
  waiting: { text: "↑", color: "#9a6700", key: "badge_waiting" },
  failed: { text: "!", color: "#cf222e", key: "badge_failed" },
  walking: { text: "●", color: "#1f5fbf", key: "badge_walking" },
};

/**
 * Show the state of the capture of a tab; a tab that was closed meanwhile is no error.
 *
 * @param {number} tabId @param {keyof typeof LOOKS} state
 * @param {number} [step] of a walk, shown in place of the sign as long as nothing failed
 */
export async function show(tabId, state, step) {
  if (tabId < 0) return; // a recording that began over no tab
  const { text, color, key } = LOOKS[state];
  const said = step === undefined ? key : "badge_walking";
  const title = api.i18n.getMessage(said, [String(step)]) || api.i18n.getMessage("action_title");
  await Promise.allSettled([
    api.action.setBadgeText({ tabId, text: step && state !== "failed" ? String(step) : text }),
    api.action.setBadgeBackgroundColor({ tabId, color }),
    api.action.setTitle({ tabId, title }),
  ]);
}

/** Take back what was shown of a tab. @param {number} tabId */
export async function clear(tabId) {
  await Promise.allSettled([
    api.action.setBadgeText({ tabId, text: "" }),
    api.action.setTitle({ tabId, title: "" }),
  ]);
}
