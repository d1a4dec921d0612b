/**
 * The other ways to keep, in one fold: a chat, page after page, a recording. The fold is closed
 * each time the popup opens, unless a walk or a recording is going on.
 */
import { api } from "../background/api.js";
import { bytesOf } from "../background/outbox.js";
import * as recording from "../background/recording.js";
import { byId, h } from "./dom.js";
import { ago, size, t } from "./i18n.js";
import { send } from "./talk.js";
import { offerWalk } from "./walk_view.js";

/**
 * @typedef {import("../background/outbox.js").CaptureRecord} CaptureRecord
 * @typedef {{tabId: number, url: string, walks: boolean, records: CaptureRecord[],
 *   keepChat: (caseId: string) => void, fail: (error: unknown) => void}} Ways
 * `walks`: a walk is going on; `records`: what the outbox has
 */

/** @param {Ways} given */
export async function offerWays(given) {
  const { keepChat, fail } = given;
  const going = await recording.going(given.records);
  byId("ways").addEventListener("toggle", () => void offerCases(given.tabId), { once: true });
  byId("ways").open = given.walks || Boolean(going);
  // What goes on stands first.
  if (going) byId("chat-way").before(byId("recorder-way"));
  if (given.walks) byId("chat-way").before(byId("walk"));
  byId("keep-chat").addEventListener("click", () => keepChat(byId("chat-case").value));
  offerRecorder(given, going);
  byId("ways").hidden = false;
  await offerWalk(byId("walk"), given.tabId, given.url).catch(fail);
}

/** A chat seldom names its order: the cases of this site are offered. @param {number} tabId */
async function offerCases(tabId) {
  const { captures } = await send("recent", { tabId }).catch(() => ({ captures: [] }));
  const known = captures.filter((/** @type {any} */ one) => one.case_id && one.order_no);
  const cases = new Map(known.reverse().map((/** @type {any} */ one) => [one.case_id, one.order_no]));
  const options = [...cases].reverse().map(([id, number]) => h("option", { value: id }, number));
  byId("chat-case").replaceChildren(...options, h("option", { value: "" }, t("chat_case_new")));
  byId("chat-case-row").hidden = options.length === 0;
}

/** @param {Ways} given @param {CaptureRecord | undefined} going */
function offerRecorder({ tabId, fail }, going) {
  byId("recorder-way").hidden = !navigator.mediaDevices?.getDisplayMedia;
  byId("recorder").textContent = t(going ? "recorder_show" : "recorder_open");
  byId("recorder-note").textContent = going
    ? t("recorder_going", ago(String(going.recording?.started_at)), size(bytesOf(going)))
    : t("recorder_what");
  byId("recorder").addEventListener("click", () =>
    going ? new BroadcastChannel("recorder").postMessage("show") : openRecorder(tabId).catch(fail),
  );
}

/**
 * Open the recorder in a small window of its own, so that its clock can stand beside the page. The
 * case that stands first for the chat is proposed there too.
 *
 * @param {number} tabId
 */
async function openRecorder(tabId) {
  const query = new URLSearchParams({ tab: String(tabId) });
  const known = byId("chat-case").value;
  if (known) query.set("case", known);
  const url = api.runtime.getURL(`pages/recorder.html?${query}`);
  await api.windows.create({ url, type: "popup", width: 420, height: 640 });
}
