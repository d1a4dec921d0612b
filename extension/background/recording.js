/**
 * A recording of the window that the user chose, as it grows: each chunk goes into the outbox at
 * once, with its time and hash, and from there to the helper, which joins them when the recording
 * is over. The recorder page writes; it holds a lock as long as it records, so that a worker knows
 * whether a recording without an end still goes on or was cut off.
 */

import { sha256 } from "./crypto.js";
import { contextPart, sketch } from "./meta.js";
import * as outbox from "./outbox.js";

/** Most of one recording: minutes, and bytes. */
export const MOST_MINUTES = 30;
export const MOST_BYTES = 200 * 1024 * 1024;
/** A new recording within this time (ms) goes on with one that ended by itself. */
const GOES_ON_WITHIN = 60 * 60_000;
const GAPS_SHOWN = 20;

/**
 * @typedef {"stopped" | "share_ended" | "time" | "size" | "failed" | "cut"} Ending
 * @typedef {{from: string, to: string | null}} Span
 * @typedef {{session: string, segment: number, media_type: string, surface: any,
 *   started_at: string, ended_at: string | null, why: Ending | null, pauses: Span[],
 *   before: {uuid: string, until: string} | null, sent: number}} Recording
 * `session`: several segments, where one ended by itself; `before`: the segment before this one;
 * `sent`: how many chunks the helper has
 */

/** @param {string} uuid @returns {string} the lock that the page holds while it records */
const lockName = (uuid) => `recording-${uuid}`;

/**
 * Hold the lock of a recording until the promise settles.
 *
 * @param {string} uuid @param {Promise<unknown>} over @returns {Promise<void>} once it is held
 */
export function hold(uuid, over) {
  return new Promise((held) => {
    void navigator.locks.request(lockName(uuid), () => {
      held();
      return over;
    });
  });
}

/** @param {string} uuid @returns {Promise<boolean>} its page is still there */
async function isHeld(uuid) {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lockName(uuid));
}

/**
 * Begin a recording, whose lock is held.
 *
 * @param {string} uuid @param {outbox.TabRef} tab what was shown when it began @param {string | null} caseId
 * @param {string} mediaType @param {any} surface what the browser says of the chosen picture
 */
export async function begin(uuid, tab, caseId, mediaType, surface) {
  const now = Date.now();
  const before = await continued(now);
  const recording = {
    session: before?.recording?.session ?? crypto.randomUUID(),
    segment: (before?.recording?.segment ?? 0) + 1,
    media_type: mediaType,
    surface,
    started_at: new Date(now).toISOString(),
    ended_at: null,
    why: null,
    pauses: [],
    before: before ? { uuid: before.uuid, until: lastMoment(before) } : null,
    sent: 0,
  };
  const { session, segment } = recording;
  const meta = {
    ...sketch(now, tab, caseId ? { case_id: caseId } : {}),
    revisit: "recording",
    missing: [{ role: "seen", reason: "recording" }],
    extra: { recording: { session, segment } },
  };
  const fresh = outbox.fresh(uuid, now, tab, meta);
  const record = { ...fresh, recording, freezing: null, phase: /** @type {const} */ ("kept_here") };
  await outbox.begin(record);
}

/** @param {number} now @returns {Promise<outbox.CaptureRecord | undefined>} the segment before */
export async function continued(now) {
  const last = (await outbox.all()).find(({ recording }) => recording?.why);
  const byItself = ["share_ended", "failed", "cut"].includes(last?.recording?.why ?? "");
  const soon = last && now - Date.parse(lastMoment(last)) < GOES_ON_WITHIN;
  return byItself && soon ? last : undefined;
}

/** @param {outbox.CaptureRecord} record @returns {string} until when there are pictures */
function lastMoment({ parts, recording }) {
  const chunks = parts.filter(({ role }) => role === "seen/recording");
  return String(chunks.at(-1)?.about.at ?? recording?.started_at);
}

/**
 * Put the next chunk into the outbox.
 *
 * @param {string} uuid @param {Blob} blob @param {number} index @param {number} at Unix ms
 * @returns {Promise<number>} bytes so far
 */
export async function add(uuid, blob, index, at) {
  const hash = await sha256(await blob.arrayBuffer());
  const { parts } = await outbox.update(
    uuid,
    (record) => {
      record.parts.push({
        role: "seen/recording",
        sha256: hash,
        size: blob.size,
        media_type: record.recording?.media_type ?? blob.type,
        about: { index, at: new Date(at).toISOString() },
      });
    },
    [{ sha256: hash, blob }],
  );
  return parts.reduce((sum, { size }) => sum + size, 0);
}

/** Mark that it is paused, or goes on. @param {string} uuid @param {boolean} paused */
export function mark(uuid, paused) {
  const now = new Date().toISOString();
  return outbox.update(uuid, ({ recording }) => {
    const last = recording?.pauses.at(-1);
    if (paused) recording?.pauses.push({ from: now, to: null });
    else if (last) last.to = now;
  });
}

/**
 * End a recording: the last part says what it consists of and what is not in it. A second end
 * changes nothing.
 *
 * @param {string} uuid @param {Ending} why @param {number} [at] Unix ms; of one that was cut off
 * nobody knows
 */
export async function close(uuid, why, at) {
  const record = await outbox.find(uuid);
  if (!record?.recording || record.complete) return;
  const chunks = record.parts.map(({ sha256: hash, size, about }) => ({ ...about, size, sha256: hash }));
  const until = lastMoment(record);
  const ended = at ? new Date(at).toISOString() : until;
  const pauses = record.recording.pauses.map(({ from, to }) => ({ from, to: to ?? ended }));
  const recording = { ...record.recording, why, ended_at: ended, pauses };
  const { sent: _, ...told } = recording;
  const context = { format: "kazheng/recording/1", capture_id: uuid, ...told, chunks };
  const missing = lacking(recording, chunks.length, until);
  const { part, blob } = await contextPart(context, missing);
  await outbox.update(
    uuid,
    (kept) => {
      if (kept.complete) return;
      const empty = chunks.length === 0;
      Object.assign(kept, { recording, complete: true });
      kept.parts.push(part);
      kept.timings.frozen_at = Date.now();
      if (empty) Object.assign(kept, { phase: "freezing", error: { code: "recording_empty" } });
    },
    [blob],
  );
}

/**
 * @param {Recording} recording @param {number} count of chunks @param {string} until
 * @returns {outbox.Missing[]} each gap with its times; of a kind all in one row
 */
function lacking({ pauses, before, started_at, surface, why }, count, until) {
  const role = "seen/recording";
  const spans = pauses.slice(0, GAPS_SHOWN).map(({ from, to }) => `${from} – ${to}`);
  if (pauses.length > GAPS_SHOWN) spans.push(`… (${pauses.length})`);
  const rows = [
    pauses.length && { role, reason: "recording_paused", detail: spans.join("; ") },
    before && { role, reason: "recording_gap", detail: `${before.until} – ${started_at}` },
    (why === "cut" || why === "failed") && { role, reason: `recording_${why}`, detail: until },
    count === 0 && { role, reason: "recording_empty", detail: null },
    surface.displaySurface === "browser" && { role, reason: "recording_of_tab", detail: null },
    surface.displaySurface === "window" && { role, reason: "recording_of_window", detail: null },
  ];
  return /** @type {outbox.Missing[]} */ (rows.filter(Boolean));
}

/**
 * @param {outbox.CaptureRecord[]} records
 * @returns {Promise<outbox.CaptureRecord | undefined>} the recording that goes on, with its page
 */
export async function going(records) {
  for (const record of records) {
    if (record.recording && !record.complete && (await isHeld(record.uuid))) return record;
  }
  return undefined;
}

/** End what a page left behind that is gone: closed, crashed, or the browser with it. */
export async function recover() {
  for (const { uuid, recording, complete } of await outbox.all()) {
    if (recording && !complete && !(await isHeld(uuid))) await close(uuid, "cut");
  }
}
