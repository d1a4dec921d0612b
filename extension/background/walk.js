/**
 * A walk keeps each page of one site that the user comes to in one tab, as one numbered chain,
 * until they stop it or a bound is reached. It is begun by a click; the browser asks then for
 * this very site. Without that permission each page needs a click of its own and the chain goes on.
 *
 * The walk stands in `storage.local`, its pages in the outbox, so that it survives a worker that is
 * unloaded. `storage.session` names it too: where that is gone, browser or extension began anew,
 * which ends the walk. Tabs are listened to only while there is a walk: no ordinary page wakes
 * the worker.
 */

import { api, queue, Refusal, within } from "./api.js";
import * as badge from "./badge.js";
import { capture, idle, lost } from "./capture.js";
import * as outbox from "./outbox.js";
import { isLent, sitePattern, webOrigin } from "./session.js";

export const ALARM = "walk";
const LASTS_MINUTES = 60;
const MOST_STEPS = 60;
const QUIET_PATIENCE = 6_000;
const IN_FIREFOX = "getBrowserInfo" in api.runtime;

/**
 * @typedef {"stopped" | "hour" | "pages" | "restart" | "tab_closed" | "again"} Ending
 * @typedef {{step: number, uuid: string, url: string, title: string, at: string}} WalkStep
 * @typedef {{url: string, title: string, at: number, window_id: number}} Arrival a page that is
 *   on the screen and not kept yet; `at` in Unix ms
 *
 * @typedef {object} Walk
 * @property {string} session names the chain
 * @property {number} tab_id
 * @property {string} origin
 * @property {boolean} had the site is not to be given back: it was granted before, and not for its
 *   login, which may be lent no more until the end; or that is done
 * @property {number} started_at Unix ms
 * @property {number | null} ended_at
 * @property {Ending | null} why
 * @property {WalkStep[]} steps
 * @property {Arrival | null} arrival
 */

/** One change of the walk after another. */
const inTurn = queue((error) => console.error("kazheng", error));

/** @returns {Promise<Walk | null>} the last walk; one that a restart cut off is ended here */
async function read() {
  const [{ walk }, { walking }] = await Promise.all([
    api.storage.local.get({ walk: null }),
    api.storage.session.get({ walking: null }),
  ]);
  const found = /** @type {Walk | null} */ (walk);
  if (found && !found.ended_at && found.session !== walking) await end(found, "restart");
  return found;
}

/** @returns {Promise<Walk | null>} the walk that is going on */
async function current() {
  const walk = await read();
  return walk && !walk.ended_at ? walk : null;
}

/** @param {Walk} walk */
const save = (walk) => api.storage.local.set({ walk });

/**
 * Begin a walk with the page that is shown. The browser's question for the site is asked by the
 * popup, inside the click.
 *
 * @param {{tabId: number, had: boolean}} message `had`: the site was granted before
 * @returns {Promise<object>}
 */
export function start({ tabId, had }) {
  return inTurn(async () => {
    const tab = await api.tabs.get(tabId).catch(() => {
      throw new Refusal("tab_closed");
    });
    const origin = webOrigin(tab.url);
    if (!origin) throw new Refusal("not_capturable");
    const before = await read();
    if (before && !before.ended_at) await end(before, "again");
    const owed = before?.origin === origin && !before.had;
    /** @type {Walk} */
    const walk = {
      session: crypto.randomUUID(),
      tab_id: tabId,
      origin,
      had: Boolean(had) && !owed && !(await isLent(origin)),
      started_at: Date.now(),
      ended_at: null,
      why: null,
      steps: [],
      arrival: null,
    };
    await api.storage.session.set({ walking: walk.session });
    await save(walk);
    await api.alarms.create(ALARM, { delayInMinutes: LASTS_MINUTES });
    listen();
    await take(walk, tab, false);
    return view(walk);
  });
}

/** End the walk that is going on. @param {Ending} why */
export function stop(why) {
  return inTurn(async () => {
    const walk = await current();
    if (walk) await end(walk, why);
    return view(await read());
  });
}

/** Tell the last walk. @returns {Promise<object>} */
export function state() {
  return inTurn(async () => view(await read()));
}

/**
 * Keep a page that the user clicked on: as the next step where the walk goes on in its tab.
 *
 * @param {{tabId: number} & import("./meta.js").Wishes} message @returns {Promise<{uuid: string}>}
 */
export function keep(message) {
  return inTurn(async () => {
    const walk = await current();
    const tab = walk && (await api.tabs.get(message.tabId).catch(() => null));
    if (!walk || !tab || !walks(walk, tab)) return capture(message);
    walk.arrival = null;
    return { uuid: await take(walk, tab, false, message) };
  });
}

/** Go on with what an earlier worker left. */
export function recover() {
  return inTurn(async () => {
    const walk = await read();
    if (!walk || walk.ended_at) {
      if (walk) giveBack(walk);
      return unlisten();
    }
    await adopt(walk);
    if (walk.ended_at) return;
    if (Date.now() - walk.started_at > LASTS_MINUTES * 60_000) return end(walk, "hour");
    const tab = await api.tabs.get(walk.tab_id).catch(() => null);
    if (!tab) return end(walk, "tab_closed");
    if (tab.status === "complete") void loaded(walk.tab_id);
  });
}

/** Take in what an earlier worker kept and could not note any more. @param {Walk} walk */
async function adopt(walk) {
  const noted = new Set(walk.steps.map(({ uuid }) => uuid));
  for (const { uuid, meta, tab, timings } of (await outbox.all()).reverse()) {
    if (meta.walk?.session !== walk.session || noted.has(uuid)) continue;
    if (walk.arrival?.url === tab.url) walk.arrival = null;
    await add(walk, { uuid, url: tab.url, title: tab.title, at: timings.clicked_at });
  }
}

/**
 * Chromium tells of a page that comes by `loading`; Firefox says that while the page before it is
 * still there, and tells of the page by its address, `complete` at once where the page changed it.
 *
 * @param {number} tabId @param {{status?: string, url?: string}} change @param {chrome.tabs.Tab} tab
 */
function updated(tabId, { status, url }, tab) {
  if (IN_FIREFOX ? url !== undefined : status === "loading") {
    void inTurn(async () => {
      const walk = await current();
      if (!walk) unlisten();
      else if (tabId === walk.tab_id) await arrive(walk, tab);
    });
  }
  if (status === "complete") void loaded(tabId);
}

/** @param {number} tabId */
function removed(tabId) {
  void inTurn(async () => {
    const walk = await current();
    if (walk?.tab_id === tabId) await end(walk, "tab_closed");
  });
}

/** Listen to tabs; at the top level of a worker, so that it is woken for them. */
export function listen() {
  api.tabs.onUpdated.addListener(updated);
  api.tabs.onRemoved.addListener(removed);
}

/** Be no longer woken: a listener that is taken away is forgotten by the browser too. */
function unlisten() {
  api.tabs.onUpdated.removeListener(updated);
  api.tabs.onRemoved.removeListener(removed);
}

/** @param {Walk} walk @param {chrome.tabs.Tab} tab @returns {boolean} a page that belongs to it */
function walks(walk, tab) {
  return tab.id === walk.tab_id && webOrigin(tab.url) === walk.origin;
}

/** Another page is shown; the one before is lost if it was not kept. */
/** @param {Walk} walk @param {chrome.tabs.Tab} tab */
async function arrive(walk, tab) {
  const before = walk.arrival;
  const { url = "", title = "", windowId } = tab;
  const allowed = walks(walk, tab) && (await allows(walk));
  const again = allowed && [before?.url, walk.steps.at(-1)?.url].includes(url);
  if (again && (await inPage(walk.tab_id, isReload))) return;
  walk.arrival = allowed ? { url, title, at: Date.now(), window_id: windowId } : null;
  if (before) await lose(walk, before, "left");
  else await save(walk);
  await badge.show(walk.tab_id, "walking", walk.steps.length);
}

/** Keep a page that has loaded, once it holds still. @param {number} tabId */
async function loaded(tabId) {
  const before = await inTurn(current);
  if (!before?.arrival || before.tab_id !== tabId) return;
  await inPage(tabId, quiet);
  await inTurn(async () => {
    const walk = await current();
    const tab = walk && (await api.tabs.get(tabId).catch(() => null));
    if (!walk?.arrival || walk.arrival.url !== tab?.url || tab.status !== "complete") return;
    walk.arrival = null;
    await take(walk, tab, true);
  });
}

/**
 * Keep the page as the next step.
 *
 * @param {Walk} walk @param {chrome.tabs.Tab} tab @param {boolean} brief the user did not click on
 *   this very page: it is not scrolled under their hands
 * @param {import("./meta.js").Wishes} [wishes] @returns {Promise<string>} its uuid
 */
async function take(walk, tab, brief, wishes = {}) {
  const { url = "", title = "" } = tab;
  const known = walk.steps.some((one) => one.url === url);
  const walked = brief ? { known } : null;
  const message = { tabId: walk.tab_id, ...wishes, walk: link(walk), walked };
  const { uuid } = await capture(message);
  await add(walk, { uuid, url, title, at: Date.now() });
  return uuid;
}

/** Note a page that was left too early: a step of which nothing is there but the reason. */
/** @param {Walk} walk @param {Arrival} arrival @param {string} reason */
async function lose(walk, { url, title, at, window_id }, reason) {
  const tab = { id: walk.tab_id, window_id, url, title };
  const uuid = await lost(tab, at, { walk: link(walk), walked: { known: true } }, reason);
  await add(walk, { uuid, url, title, at });
}

/** @param {Walk} walk the place of its next step, as the helper gets it */
function link({ session, steps }) {
  return { session, step: steps.length + 1, from_url: steps.at(-1)?.url ?? null };
}

/** @param {Walk} walk @param {{uuid: string, url: string, title: string, at: number}} page */
async function add(walk, { at, ...page }) {
  const step = walk.steps.length + 1;
  walk.steps.push({ step, ...page, at: new Date(at).toISOString() });
  await save(walk);
  if (!walk.ended_at && walk.steps.length >= MOST_STEPS) await end(walk, "pages");
}

/** @param {Walk} walk @param {Ending} why */
async function end(walk, why) {
  const { arrival } = walk;
  Object.assign(walk, { ended_at: Date.now(), why, arrival: null });
  await save(walk);
  if (arrival) await lose(walk, arrival, why === "tab_closed" ? "left" : "interrupted");
  unlisten();
  await Promise.allSettled([
    api.alarms.clear(ALARM),
    api.storage.session.remove("walking"),
    badge.clear(walk.tab_id),
  ]);
  giveBack(walk);
}

/** Give the site back once the pages are kept: the last one may still be read. @param {Walk} walk */
function giveBack(walk) {
  if (walk.had) return;
  const kept = idle(walk.tab_id).catch(() => null);
  void kept.then(() => inTurn(() => release(walk))).catch(() => null);
}

/** Give the site back that nothing but the walk needs. @param {Walk} walk which is over */
async function release({ origin, session }) {
  const last = await read();
  if (last?.origin === origin && !last.ended_at) return; // that one gives it back
  if (!(await isLent(origin))) {
    await api.permissions.remove({ origins: [sitePattern(origin)] });
  }
  if (last?.session === session) await save({ ...last, had: true });
}

/** @param {Walk} walk @returns {Promise<boolean>} pages may be kept without a click */
function allows({ origin }) {
  return api.permissions.contains({ origins: [sitePattern(origin)] });
}

/**
 * @param {number} tabId @param {() => unknown} func
 * @returns {Promise<unknown>} its result in the page, null from one that does not answer
 */
async function inPage(tabId, func) {
  try {
    const running = api.scripting.executeScript({ target: { tabId }, injectImmediately: true, func });
    const [{ result }] = await within(running, QUIET_PATIENCE, "page_busy");
    return result;
  } catch {
    return null;
  }
}

/** Runs in the page. @returns {boolean} it was loaded once more, not walked to */
function isReload() {
  const [entry] = /** @type {any[]} */ (performance.getEntriesByType("navigation"));
  return entry?.type === "reload";
}

/**
 * Runs in the page: wait until it has not changed for a moment, as many shops fill it in after it
 * has loaded.
 *
 * @returns {Promise<void>}
 */
function quiet() {
  const PAUSE = 350;
  const LONGEST = 2_500;
  return new Promise((resolve) => {
    const done = () => {
      observer.disconnect();
      resolve();
    };
    let timer = setTimeout(done, PAUSE);
    setTimeout(done, LONGEST);
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(done, PAUSE);
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true });
  });
}

/** @param {Walk | null} walk what the popup shows of it: each page kept, or why not */
async function view(walk) {
  if (!walk) return { walk: null };
  const { session, tab_id, origin, started_at, ended_at, why } = walk;
  const records = new Map((await outbox.all()).map((record) => [record.uuid, record]));
  const steps = walk.steps.map((step) => ({ ...step, ...outcome(records.get(step.uuid)) }));
  const granted = await allows(walk);
  return { walk: { session, tab_id, origin, started_at, ended_at, why, granted, steps } };
}

/** @param {outbox.CaptureRecord | undefined} record forgotten once it is long sent */
function outcome(record) {
  if (!record) return { phase: "sent", reason: null };
  const { phase, meta, parts, error } = record;
  const seen = parts.some(({ role }) => role !== "seen/context");
  const told = meta.missing?.find((/** @type {outbox.Missing} */ one) => one.role === "seen/html");
  const reason = phase === "freezing" ? error?.code : seen ? null : (told?.reason ?? "failed");
  return { phase, reason: reason ?? null };
}
