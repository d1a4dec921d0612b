/**
 * Keeps a chat from its first message to its last: content/chat.js walks through it, here what it
 * tells goes into the outbox screen by screen, with a picture of the window up to a bound. What is
 * there when a tab is closed or a worker dies is put together all the same.
 */

import { api, Refusal, within } from "./api.js";
import { sha256 } from "./crypto.js";
import * as outbox from "./outbox.js";
import * as shots from "./shots.js";

const FILES = ["natives", "text", "fields", "strips", "chat_list", "chat_rows", "chat_order", "chat"].map(
  (name) => `content/${name}.js`,
);
const MOST_MESSAGES = 5_000;
const PATIENCE = 15_000;
const UP_MILLISECONDS = 4 * 60_000;
const IN_ALL_MILLISECONDS = 10 * 60_000;
const AWAY_MILLISECONDS = 120_000;
/** Pictures of the first screens and of the last ones; a chat that is longer has none between. */
const FIRST_PICTURES = 10;
const LAST_PICTURES = 30;
const MOST_PICTURES = 60;
/** Messages that may come while all that are loaded are walked through. */
const DOWN_BEYOND = 1_000;
export const CHAT = "seen/chat";
export const STRIP = "seen/chat-strip";

/** Captures whose user wants no more of the chat. @type {Set<string>} */
const stopped = new Set();

/**
 * @typedef {import("./outbox.js").CaptureRecord} CaptureRecord
 * @typedef {import("./outbox.js").Part} Part
 * @typedef {{n: number, html: string | null}} Row
 * @typedef {{id: number, address: string, width: number, height: number, how: string,
 *   data: string | null}} Picture
 * @typedef {{head?: any, log?: any, rows?: Row[], pictures?: Picture[]}} Piece
 * @typedef {{from: number | null, to: number | null}} Place
 */

/** @param {string} uuid end a walk at the next screen; what there is stays */
export function stop(uuid) {
  stopped.add(uuid);
}

/** @param {string} uuid @returns {boolean} it was asked to end, and goes on to the next screen */
export function stopping(uuid) {
  return stopped.has(uuid);
}

/** Let the page put itself back. @param {number} tabId */
export function release(tabId) {
  return inPage(tabId, "finish");
}

/** @param {number | undefined} most messages @returns {outbox.ChatState} */
export function wanted(most) {
  const none = { rows: 0, screens: 0, pictures: 0, pieces: 0, first: 0, whole: false };
  return { ...none, most: most ?? MOST_MESSAGES, phase: "waiting", ended: null };
}

/**
 * @param {number} tabId @param {"begin" | "up" | "turn" | "down" | "place" | "touch" | "finish"} name
 * @param {...unknown} given @returns {Promise<any>}
 */
async function inPage(tabId, name, ...given) {
  const running = api.scripting.executeScript({
    target: { tabId },
    injectImmediately: true,
    args: [name, given],
    func: (/** @type {string} */ asked, /** @type {unknown[]} */ values) =>
      /** @type {any} */ (globalThis).kazhengChat?.[asked](...values) ?? null,
  });
  const [{ result }] = await within(running, PATIENCE, "page_busy");
  return result;
}

/**
 * Walk through the chat of a tab; all that is told is in the outbox when this ends.
 *
 * @param {CaptureRecord} record
 * @param {(part: Part, blob: Blob) => Promise<void>} keepPicture
 */
export async function walk(record, keepPicture) {
  const { uuid, tab } = record;
  /** @type {string | null} */
  let ended = null;
  try {
    const running = api.scripting.executeScript({
      target: { tabId: tab.id },
      injectImmediately: true,
      files: FILES,
    });
    await within(running, PATIENCE, "page_busy");
    const head = await inPage(tab.id, "begin");
    ended = head ? await through(record, head, keepPicture) : "chat_not_found";
  } catch (error) {
    ended = await shots.reasonOf(error, tab, "failed");
  } finally {
    stopped.delete(uuid);
  }
  const log = await inPage(tab.id, "finish").catch(() => null);
  const whole = Boolean(log) && !ended && !log.gaps && !log.late && !log.button;
  await store(record, { log }, (chat) => Object.assign(chat, { phase: "done", ended, whole }));
}

/**
 * @param {CaptureRecord} record @param {any} head what is known of the list
 * @param {(part: Part, blob: Blob) => Promise<void>} keepPicture
 * @returns {Promise<string | null>} why the chat is not whole
 */
async function through(record, head, keepPicture) {
  await store(record, { head }, (chat) => (chat.phase = "up"));
  const start = Date.now();
  const up = await climb(record, start + UP_MILLISECONDS);
  const down = up === "chat_stopped" ? up : await descend(record, start, keepPicture);
  return [up, down].find((reason) => !["start", "end"].includes(reason)) ?? null;
}

/** @param {number} number @returns {string} under which a piece stands beside the parts */
export function pieceName(number) {
  return `chat:${number}`;
}

/**
 * @param {CaptureRecord} record @param {Piece} piece put beside the parts until all is told
 * @param {(chat: outbox.ChatState) => void} change
 */
async function store(record, piece, change) {
  const blob = new Blob([JSON.stringify(piece)]);
  const { chat } = record;
  if (!chat) return;
  const name = pieceName(chat.pieces);
  change(chat);
  chat.pieces += 1;
  await outbox.update(record.uuid, (kept) => (kept.chat = { ...chat }), [{ sha256: name, blob }]);
}

/** Wait until the tab is in front again; hidden pages show nothing new. */
/** @param {string} uuid @param {outbox.TabRef} tab */
async function inFront(uuid, tab) {
  const end = Date.now() + AWAY_MILLISECONDS;
  for (;;) {
    const moved = await shots.moved(tab);
    if (!moved) return;
    if (moved !== "tab_changed" || Date.now() > end || stopped.has(uuid)) throw new Refusal(moved);
    await inPage(tab.id, "touch");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** @param {CaptureRecord} record @param {number} until @returns {Promise<string>} why it ended */
async function climb(record, until) {
  const { uuid, tab } = record;
  for (;;) {
    await inFront(uuid, tab);
    const told = await inPage(tab.id, "up", record.chat?.most);
    if (!told) throw new Refusal("interrupted");
    const { rows, pictures, count, end } = told;
    await store(record, { rows, pictures }, (chat) => (chat.rows = count));
    if (end) return end;
    if (stopped.has(uuid)) return "chat_stopped";
    if (Date.now() > until) return "chat_time";
  }
}

/**
 * @param {CaptureRecord} record @param {number} start
 * @param {(part: Part, blob: Blob) => Promise<void>} keepPicture
 * @returns {Promise<string>} why it ended
 */
async function descend(record, start, keepPicture) {
  const { uuid, tab } = record;
  const most = (record.chat?.most ?? 0) + DOWN_BEYOND;
  let anew = await inPage(tab.id, "turn");
  let left = Number.POSITIVE_INFINITY;
  let before = 0;
  for (let taken = 0; ; ) {
    await inFront(uuid, tab);
    const due = taken < FIRST_PICTURES || (left < LAST_PICTURES && taken < MOST_PICTURES);
    const told = await inPage(tab.id, "down", most, due);
    if (!told) throw new Refusal("interrupted");
    const { rows, pictures, count, screens, end } = told;
    left = told.left;
    const news = screens > before;
    before = screens;
    if (due && news && (await pictured(tab, taken, told.place, keepPicture))) taken += 1;
    await store(record, { rows, pictures }, (chat) => {
      if (anew) chat.first = chat.pieces;
      Object.assign(chat, { rows: count, screens, pictures: taken, phase: "down" });
    });
    anew = false;
    if (end) return end;
    if (stopped.has(uuid)) return "chat_stopped";
    if (Date.now() - start > IN_ALL_MILLISECONDS) return "chat_time";
  }
}

/**
 * Picture the window as the walk left it; a list that moves meanwhile has no picture.
 *
 * @param {outbox.TabRef} tab @param {number} index @param {Place} place
 * @param {(part: Part, blob: Blob) => Promise<void>} keepPicture
 * @returns {Promise<boolean>}
 */
async function pictured(tab, index, place, keepPicture) {
  const at = new Date().toISOString();
  const shot = await shots.picture(tab).catch((error) => {
    if (error instanceof Refusal && error.code === "tab_closed") throw error;
    return null;
  });
  const after = shot && (await inPage(tab.id, "place"));
  if (!after || JSON.stringify(after) !== JSON.stringify(place)) return false;
  const hash = await sha256(await shot.blob.arrayBuffer());
  const about = { index, at, from: place.from, to: place.to };
  const { size } = shot.blob;
  await keepPicture({ role: STRIP, sha256: hash, size, media_type: "image/png", about }, shot.blob);
  return true;
}
