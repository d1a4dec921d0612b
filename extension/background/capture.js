/**
 * One click: freeze → outbox → helper (first commit) while the strips are still being taken →
 * last commit. The work goes on when the popup closes; what a dying worker leaves is finished by
 * the next one, or sent as it is with the reason why there is no more.
 */

import { api, queue, Refusal } from "./api.js";
import * as badge from "./badge.js";
import { CHAT, release, walk, wanted } from "./chat.js";
import { compose } from "./chat_record.js";
import { sha256 } from "./crypto.js";
import { documentOf, freeze, isAnother, seen, unfinished } from "./freeze.js";
import { contextPart, describe, sketch } from "./meta.js";
import * as outbox from "./outbox.js";
import { webOrigin } from "./session.js";
import * as shots from "./shots.js";
import { push, schedule } from "./uploader.js";

/** @typedef {import("./outbox.js").CaptureRecord} CaptureRecord */
/** @typedef {import("./freeze.js").Frozen} Frozen */
/** @typedef {{page_changes: shots.Change[] | null, missing: outbox.Missing[]}} Told */

/** Later than this (ms after the click) a freeze is not gone on with. */
const RESUMED_WITHIN = 120_000;
/** A freeze that begins within this time (ms) is of the moment of the click. */
const AT_ONCE = 1_000;

/** Captures that this worker is taking, and the last one of each tab: one at a time there. */
const working = new Set();
/** @type {Map<number, Promise<void>>} */
const tabs = new Map();
/** An alarm that wakes a worker asks for recovery beside the worker's own start. */
const recovering = queue();

/**
 * Begin a capture and return at once.
 *
 * @param {{tabId: number, chat?: {most?: number}} & import("./meta.js").Wishes} message
 *   `chat`: walk through the chat of the page, and keep all of it
 * @returns {Promise<{uuid: string}>}
 */
export async function capture({ tabId, chat, ...wishes }) {
  const clickedAt = Date.now();
  const tab = await api.tabs.get(tabId).catch(() => {
    throw new Refusal("tab_closed");
  });
  if (!webOrigin(tab.url)) throw new Refusal("not_capturable");
  const uuid = crypto.randomUUID();
  const { url = "", title = "", windowId, incognito } = tab;
  const { cookieStoreId: store } = /** @type {{cookieStoreId?: string}} */ (tab); // Firefox
  const reference = { id: tabId, window_id: windowId, url, title, incognito, store };
  const record = recordOf(uuid, clickedAt, reference, wishes);
  record.chat = chat ? wanted(chat.most) : null;
  const noted = outbox.begin(record);
  start(record, noted);
  await noted;
  void schedule();
  return { uuid };
}

/**
 * Note a page of a walk that was left before anything of it was kept.
 *
 * @param {outbox.TabRef} tab @param {number} at Unix ms when it came
 * @param {import("./meta.js").Wishes} wishes @param {string} reason
 * @returns {Promise<string>} its uuid
 */
export async function lost(tab, at, wishes, reason) {
  const record = recordOf(crypto.randomUUID(), at, tab, wishes);
  const { uuid } = record;
  working.add(uuid);
  try {
    await outbox.begin(record);
    await leave(record, new Refusal(reason));
  } finally {
    working.delete(uuid);
  }
  return uuid;
}

/**
 * @param {string} uuid @param {number} at Unix ms @param {outbox.TabRef} tab
 * @param {import("./meta.js").Wishes} wishes @returns {CaptureRecord}
 */
function recordOf(uuid, at, tab, wishes) {
  const record = outbox.fresh(uuid, at, tab, sketch(at, tab, wishes));
  return { ...record, walked: wishes.walked ?? null };
}

/** @param {CaptureRecord} record @param {Promise<unknown>} noted the click is in the outbox */
function start(record, noted) {
  const { uuid, tab } = record;
  working.add(uuid);
  const before = tabs.get(tab.id) ?? Promise.resolve();
  const work = before
    .then(() => take(record, noted))
    .catch((error) => stuck(record, error))
    .finally(() => {
      working.delete(uuid);
      if (tabs.get(tab.id) === work) tabs.delete(tab.id);
    });
  tabs.set(tab.id, work);
}

/**
 * What had to wait, for the capture before it in its tab or for a worker, counts for the moment it
 * is taken at; when it was asked for is said.
 *
 * @param {CaptureRecord} record @param {Promise<unknown>} noted @returns {Promise<CaptureRecord>}
 */
async function dated(record, noted) {
  const { uuid, parts, timings } = record;
  const now = Date.now();
  if (parts.length || now - timings.clicked_at < AT_ONCE) return record;
  await noted;
  return outbox.update(uuid, (kept) => {
    kept.timings = { asked_at: timings.clicked_at, ...kept.timings, clicked_at: now };
    kept.meta.clicked_at = new Date(now).toISOString();
  });
}

/** @param {CaptureRecord} asked @param {Promise<unknown>} noted */
async function take(asked, noted) {
  const { uuid, tab } = asked;
  void badge.show(tab.id, "busy", asked.meta.walk?.step);
  try {
    const record = await dated(asked, noted);
    const frozen = await freeze(record, async ({ blobs, ...found }) => {
      await noted;
      await outbox.update(uuid, (kept) => Object.assign(kept, found), blobs);
    });
    if (!seen(frozen)) throw new Refusal(frozen.missing[0]?.reason ?? "not_capturable");
    await noted;
    const kept = await keep(record, frozen, true);
    void schedule();
    void push(uuid);
    if (kept.complete) return;
    if (kept.chat) await takeChat(kept, frozen.measure);
    else await takeStrips(kept, frozen.measure);
    await push(uuid);
  } catch (error) {
    await leave(asked, refused(error));
  }
}

/**
 * Not even what is the matter could be written (a full disk): it is said all the same.
 *
 * @param {CaptureRecord} record @param {unknown} error
 */
async function stuck({ uuid, tab, meta }, error) {
  console.error("kazheng", error);
  const told = outbox.fail(uuid, refused(error).explained());
  await told.catch((cause) => console.error("kazheng", cause));
  await badge.show(tab.id, "failed", meta.walk?.step);
}

/** @param {unknown} error @returns {Refusal} */
function refused(error) {
  return error instanceof Refusal ? error : new Refusal("internal", { reason: `${error}` });
}

/**
 * Put the frozen capture into the outbox. The raw picture is strip 0 if it shows the page's top.
 *
 * @param {CaptureRecord} record @param {Frozen} frozen @param {boolean} same the tab shows it still
 * @returns {Promise<CaptureRecord>}
 */
async function keep(record, frozen, same) {
  const { parts, blobs, shot, measure, summary, missing } = frozen;
  const viewport = parts.find(({ role }) => role === "seen/viewport");
  const viewer = missing.some(({ reason }) => reason === "pdf_viewer");
  const still = viewer || !viewport || !measure || !summary;
  if (still && record.chat) {
    const reason = viewer ? "pdf_viewer" : same ? "page_busy" : "interrupted";
    missing.push({ role: CHAT, reason });
  }
  const top = !viewer && viewport && shot && measure && measure.y === 0 && measure.x === 0;
  const first = top
    ? { ...viewport, role: "seen/strip", about: shots.about(0, measure, shot) }
    : null;
  const whole = top && measure.scroll_height <= measure.height + 1;
  const brief = Boolean(record.walked) && !record.chat;
  const told = viewer || missing.some(({ role }) => role === "seen/strip");
  // A walk does not scroll the page under the hands of who reads it.
  if (brief && !whole && !told) missing.push({ role: "seen/strip", reason: "walk" });
  const meta = await describe(record, frozen, same);
  const complete = still || brief || (Boolean(whole) && !record.chat);
  return outbox.update(
    record.uuid,
    (kept) => {
      Object.assign(kept, { meta, parts, held: first, freezing: null, error: null });
      kept.phase = "kept_here";
      kept.timings.frozen_at = Date.now();
      if (complete) end(kept);
    },
    blobs,
  );
}

/**
 * Say that no strip will come any more; the first one, announced last, carries what is known only
 * now.
 *
 * @param {CaptureRecord} record @param {Told} [told] @param {outbox.Part} [log] carries it instead
 */
function end(record, told = { page_changes: [], missing: [] }, log) {
  const { held } = record;
  if (held) record.parts.push({ ...held, about: { ...held.about, ...told } });
  else if (log) record.parts.push(log);
  record.held = null;
  record.complete = true;
}

/**
 * End the strips with what was changed for them, null if nobody can say that any more, and what is
 * missing. Where no first strip came, a part of its own tells it.
 *
 * @param {string} uuid @param {shots.Change[] | null} changes @param {outbox.Missing[]} missing
 */
async function endStrips(uuid, changes, missing) {
  const unknown = { role: "seen/strip", reason: "changes_unknown" };
  const told = { page_changes: changes, missing: changes ? missing : [...missing, unknown] };
  const record = await outbox.find(uuid);
  if (record?.held || (!told.missing.length && !changes?.length)) {
    await outbox.update(uuid, (kept) => end(kept, told));
    return;
  }
  const log = { format: "kazheng/strips/1", capture_id: uuid, ...told };
  const { part, blob } = await contextPart(log, told.missing);
  await outbox.update(uuid, (kept) => end(kept, told, part), [blob]);
}

/** @param {CaptureRecord} record @param {shots.Measure | null} measure */
async function takeStrips({ uuid, tab, held }, measure) {
  const { changes, missing } = await shots.strips(
    tab,
    held ? measure : null,
    async (about, shot) => {
      const hash = await sha256(await shot.blob.arrayBuffer());
      const part = {
        role: "seen/strip",
        sha256: hash,
        size: shot.blob.size,
        media_type: "image/png",
        about,
      };
      await outbox.update(
        uuid,
        (record) => {
          if (about.index === 0) record.held = part;
          else record.parts.push(part);
        },
        [{ sha256: hash, blob: shot.blob }],
      );
      if (about.index !== 0) void push(uuid);
    },
  );
  await endStrips(uuid, changes, missing);
}

/**
 * Walk through the chat instead of taking strips of the page around it.
 *
 * @param {CaptureRecord} record @param {shots.Measure | null} measure
 */
async function takeChat(record, measure) {
  const { uuid } = record;
  await walk(record, async (part, blob) => {
    await outbox.update(uuid, (kept) => kept.parts.push(part), [{ sha256: part.sha256, blob }]);
    void push(uuid);
  });
  const fits = measure && measure.scroll_height <= measure.height + 1;
  await keepChat(uuid, null, fits ? [] : [{ role: "seen/page", reason: "chat_instead" }]);
}

/**
 * Put together what was told of a chat, and say that no more will come.
 *
 * @param {string} uuid @param {string | null} cut why it ended early, where the walk did not say it
 * @param {outbox.Missing[]} missing of the page around it
 */
async function keepChat(uuid, cut, missing) {
  const record = await outbox.find(uuid);
  if (!record) return;
  const { part, blob } = await compose(record, cut, missing);
  await outbox.update(
    uuid,
    (kept) => {
      kept.parts.push(part);
      end(kept);
    },
    [{ sha256: part.sha256, blob }],
  );
}

/**
 * Take no more of a capture: what there is of it is sent and says why there is no more; of one
 * that has nothing yet the reason is shown.
 *
 * @param {{uuid: string, tab: outbox.TabRef}} capture @param {Refusal} refusal
 * @param {shots.Change[] | null} [changes] made to the page for strips; null if nobody can say
 */
async function leave({ uuid, tab }, refusal, changes = null) {
  const record = await outbox.find(uuid);
  const left = record && (await sendable(record, refusal, changes));
  await badge.show(tab.id, left ? "waiting" : "failed", record?.meta.walk?.step);
  await schedule();
  if (left) void push(uuid);
}

/**
 * @param {CaptureRecord} record @param {Refusal} refusal @param {shots.Change[] | null} changes
 * @returns {Promise<boolean>}
 */
async function sendable(record, refusal, changes) {
  const { uuid, phase, complete } = record;
  if (phase !== "freezing") {
    if (complete) return true;
    if (record.chat) await keepChat(uuid, refusal.code, []);
    else await endStrips(uuid, changes, [{ role: "seen/strip", reason: refusal.code }]);
    return true;
  }
  // Of a page that a walk came by the reason alone is kept too: its step is not left out.
  if (!seen(record) && !record.meta.walk) {
    const error = refusal.explained();
    await outbox.update(uuid, (kept) => Object.assign(kept, { error, complete: true }));
    return false;
  }
  try {
    await keep(record, await unfinished(record, refusal.code), false);
    return true;
  } catch (error) {
    // Not even a few bytes more (a full disk): it is said, and the next worker tries once more.
    await outbox.fail(uuid, refused(error).explained());
    return false;
  }
}

/** Finish what an earlier worker left in the middle. */
export function recover() {
  return recovering(async () => {
    for (const record of (await outbox.all()).filter(isLeft)) {
      // One that cannot be finished (a full disk) must not hold up the others.
      await finish(record).catch((error) => stuck(record, error));
    }
  });
}

/** @param {CaptureRecord} record @returns {boolean} nobody works at it, and it is not whole */
function isLeft({ uuid, phase, complete, recording }) {
  // Of a recording, recording.js knows whether it goes on.
  return !working.has(uuid) && phase !== "sent" && !complete && !recording;
}

/** @param {CaptureRecord} record what an earlier worker left in the middle */
async function finish(record) {
  const { uuid, phase, tab, chat, timings } = record;
  const frozen = phase !== "freezing";
  const late = Date.now() - timings.clicked_at > RESUMED_WITHIN;
  const anew = isAnother(record.document, await documentOf(tab.id));
  if (!frozen && !late && !anew && !(await shots.left(tab))) return resume(uuid);
  const there = frozen && !anew;
  if (there && chat) await release(tab.id).catch(() => null);
  const changes = there && !chat ? await shots.putBack(tab.id) : null;
  return leave(record, new Refusal("interrupted"), changes);
}

/** Go on with the freeze of an earlier worker; when that was is said. @param {string} uuid */
async function resume(uuid) {
  const record = await outbox.update(uuid, (kept) => {
    kept.timings.resumed_at = Date.now();
    kept.error = null;
  });
  start(record, Promise.resolve());
}

/** Wait until nothing of a tab is being kept, nor was left in the middle. @param {number} tabId */
export async function idle(tabId) {
  await recover();
  await tabs.get(tabId);
}
