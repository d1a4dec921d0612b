/** The toolbar's count of deadlines that close soon; the badge of a tab's own capture goes first. */

import { api } from "./api.js";
import { ask } from "./helper.js";

export const DUE_ALARM = "due";
const EVERY_MINUTES = 30;
const COLOR = "#9a6700";

/** Count again from time to time, with or without a helper that answers. */
export function keepCounting() {
  api.alarms.create(DUE_ALARM, { delayInMinutes: 1, periodInMinutes: EVERY_MINUTES });
}

/** Ask the helper and show the number. While it is away, what was known last stays. */
export async function countDue() {
  const answer = await ask("GET", "/v1/due").catch(() => null);
  if (!answer) return;
  const count = answer.due.length;
  const words = count ? "due_soon_title" : "action_title";
  await Promise.all([
    api.action.setBadgeText({ text: count ? String(count) : "" }),
    api.action.setBadgeBackgroundColor({ color: COLOR }),
    api.action.setTitle({ title: api.i18n.getMessage(words, [String(count)]) }),
  ]);
}
