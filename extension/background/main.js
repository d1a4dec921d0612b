/**
 * The background worker: listeners only, registered at the top level so that a worker that was
 * unloaded is woken for each of them. State lives in the outbox.
 *
 * The manifest names this file twice, as `service_worker` for Chromium and in `scripts` for
 * Firefox. Chromium bears both from 121 on and refuses the manifest before: hence
 * `minimum_chrome_version`. A package for one browser names it once (helper/capture/packed.py):
 * that works from Chromium 120.
 */

import { api, Refusal } from "./api.js";
import * as badge from "./badge.js";
import { recover } from "./capture.js";
import { DUE_ALARM, countDue, keepCounting } from "./due.js";
import { measureOwnFiles } from "./own_hash.js";
import * as recording from "./recording.js";
import { routes } from "./routes.js";
import { ALARM, resume } from "./uploader.js";
import * as walk from "./walk.js";

const MENU = "capture";

api.runtime.onInstalled.addListener(({ reason }) => {
  api.contextMenus.removeAll(() => {
    api.contextMenus.create({
      id: MENU,
      title: api.i18n.getMessage("menu_capture"),
      contexts: ["page", "frame", "selection", "link", "image"],
    });
  });
  keepCounting();
  if (reason === "install") {
    void api.tabs.create({ url: api.runtime.getURL("pages/welcome.html") });
  }
});

api.contextMenus.onClicked.addListener((info, tab) => {
  if (info.menuItemId === MENU) void byHand(tab);
});

api.commands.onCommand.addListener((command, tab) => {
  if (command === "capture") void byHand(tab);
});

api.alarms.onAlarm.addListener(({ name }) => {
  if (name === ALARM) void finish();
  if (name === DUE_ALARM) void countDue();
  if (name === walk.ALARM) void walk.stop("hour");
});

api.runtime.onStartup.addListener(() => {
  keepCounting();
  void finish();
});

api.runtime.onMessage.addListener((message, sender, answer) => {
  if (!fromOwnPage(sender)) return false;
  void handle(message).then(answer);
  return true;
});

/** Finish what an earlier worker or a page that is gone left, and send what waits. */
async function finish() {
  await Promise.all([recover(), recording.recover()]);
  await resume();
}

/** @param {chrome.runtime.MessageSender} sender @returns {boolean} not a content script or a site */
function fromOwnPage({ id, url }) {
  return id === api.runtime.id && Boolean(url?.startsWith(api.runtime.getURL("")));
}

/** @param {any} message @returns {Promise<object>} */
async function handle(message) {
  try {
    const route = Object.hasOwn(routes, message?.type) ? routes[message.type] : null;
    if (!route) throw new Refusal("unknown_message");
    return { ok: true, ...(await route.run(message)) };
  } catch (error) {
    return { ok: false, error: explain(error) };
  }
}

/** @param {unknown} error @returns {import("./api.js").Explained} */
function explain(error) {
  if (error instanceof Refusal) return error.explained();
  const { code } = /** @type {{code?: unknown}} */ (error ?? {});
  if (typeof code === "string") return { code };
  console.error("kazheng", error);
  return { code: "internal", reason: String(error) };
}

/** Capture from the shortcut or the menu, without popup. @param {chrome.tabs.Tab | undefined} tab */
async function byHand(tab) {
  if (tab?.id === undefined) return;
  const { id } = tab;
  await walk.keep({ tabId: id }).catch(() => badge.show(id, "failed"));
}

// A worker that starts finishes what the last one left.
walk.listen();
void walk.recover();
void finish();
void measureOwnFiles().catch((error) => console.error("kazheng", error));
