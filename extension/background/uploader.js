/**
 * Brings captures from the outbox to the helper: announce, send what it lacks, lend the session,
 * commit, compare the hashes. Every step may be repeated; a capture leaves the outbox only when
 * the helper's answer names the same hashes.
 */

import { api, Refusal } from "./api.js";
import * as badge from "./badge.js";
import { ask, hello, upload } from "./helper.js";
import * as outbox from "./outbox.js";
import { storageState } from "./session.js";

export const ALARM = "outbox";
const RETRY_MINUTES = 0.5;
const CHUNK = 4 * 1024 * 1024;
/** With these codes one capture waits as all others do: a port that is shut costs 20 s each time. */
const NOBODY = ["away", "unpaired", "stranger", "version"].map((state) => `helper_${state}`);
const WATCH_EVERY = 2_000;
const WATCH_FOR = 90_000;

/** Captures that are on their way in this worker, with the wish to look once more. */
/** @type {Map<string, {again: boolean, done: Promise<void>}>} */
const running = new Map();
/** Captures whose session was lent by this worker. @type {Set<string>} */
const lent = new Set();

/**
 * Send what the outbox has of a capture. Calls that come meanwhile are joined.
 *
 * @param {string} uuid @returns {Promise<void>} settles when it is sent or has to wait
 */
export function push(uuid) {
  const present = running.get(uuid);
  if (present) {
    present.again = true;
    return present.done;
  }
  const entry = { again: false, done: Promise.resolve() };
  running.set(uuid, entry);
  entry.done = (async () => {
    try {
      do {
        entry.again = false;
        await send(uuid);
      } while (entry.again);
    } catch (error) {
      if (error instanceof Refusal && error.code === "gone") await drop(uuid);
      else await wait(uuid, error);
    } finally {
      running.delete(uuid);
    }
  })();
  return entry.done;
}

/**
 * Send everything that waits; where no helper of ours answers, the first is asked for all.
 *
 * @returns {Promise<void>}
 */
export async function resume() {
  for (const { uuid } of await outbox.unsent()) {
    // One that cannot even be marked as waiting (a full disk) must not hold up the others.
    await push(uuid).catch((error) => console.error("kazheng", error));
    const code = (await outbox.find(uuid))?.error?.code;
    if (code && NOBODY.includes(code)) break;
  }
  await schedule();
}

/** Keep the alarm, which also wakes a worker that was stopped, as long as something is to be done. */
export async function schedule() {
  if (!(await outbox.busy())) await api.alarms.clear(ALARM);
  else if (!(await api.alarms.get(ALARM))) {
    await api.alarms.create(ALARM, { periodInMinutes: RETRY_MINUTES });
  }
}

/** @param {string} uuid @param {unknown} error note why the capture waits; it stays here */
async function wait(uuid, error) {
  const refusal =
    error instanceof Refusal ? error : new Refusal("internal", { reason: `${error}` });
  await outbox.fail(uuid, refusal.explained());
  await schedule();
  const record = await outbox.find(uuid);
  if (record) await badge.show(record.tab.id, "waiting", record.meta.walk?.step);
}

/** Forget a capture whose case the user deleted at the helper. @param {string} uuid */
async function drop(uuid) {
  const record = await outbox.find(uuid);
  await outbox.forget(uuid);
  await schedule();
  if (record) await badge.clear(record.tab.id);
}

/** @param {string} uuid */
async function send(uuid) {
  const record = await outbox.find(uuid);
  if (!record || record.phase === "freezing" || record.phase === "sent") return;
  const path = `/v1/captures/${uuid}`;
  const { meta, parts, complete, recording } = record;
  const growing = recording !== undefined && !complete;
  const told = growing ? parts.slice(recording.sent) : parts;
  const announced = await ask("POST", "/v1/captures", { uuid, meta, parts: told });
  /** @type {{sha256: string, size: number, received: number}[]} */
  const lacking = announced.parts.filter((/** @type {any} */ part) => part.received < part.size);
  if (record.phase !== "uploading") {
    await outbox.note(uuid, (kept) => {
      kept.phase = "uploading";
      kept.error = null;
    });
  }
  await Promise.all(lacking.map((part) => sendPart(uuid, path, part)));
  if (growing) {
    await outbox.update(uuid, (kept) => {
      if (kept.recording) kept.recording.sent = parts.length;
    });
    return;
  }
  const known = record.timings.s0_kept_at !== undefined;
  if (known && !complete) return;
  // What keeps the session from being lent keeps nothing else: the visit says it had none.
  if (meta.session === "lent" && !lent.has(uuid)) await lend(record).catch(unlent);
  const committed = await ask("POST", `${path}/commit`, { final: complete });
  compare(parts, committed.parts);
  await acknowledge(record);
}

/** @param {outbox.CaptureRecord} record whose commit the helper has confirmed */
async function acknowledge(record) {
  const { uuid, complete } = record;
  await outbox.note(uuid, (kept) => {
    kept.timings.s0_kept_at ??= Date.now();
    kept.error = null;
  });
  if (!complete) return;
  await outbox.settle(uuid);
  await outbox.prune();
  await badge.show(record.tab.id, "kept", record.meta.walk?.step);
  await schedule();
  if (record.meta.session === "lent") void watch(uuid);
}

/**
 * @param {string} uuid @param {string} path
 * @param {{sha256: string, size: number, received: number}} part
 */
async function sendPart(uuid, path, { sha256, size, received }) {
  const blob = await outbox.blob(uuid, sha256);
  let offset = received;
  let refused = 0;
  while (offset < size) {
    const chunk = new Uint8Array(await blob.slice(offset, offset + CHUNK).arrayBuffer());
    const address = `${path}/parts/${sha256}?offset=${offset}`;
    const { status, json } = await upload(address, chunk);
    const next = Number(json?.received);
    if (status !== 200 && (status !== 409 || ++refused > 3 || !Number.isInteger(next))) {
      const { code = "helper_failed", message, next_step } = json?.error ?? {};
      throw new Refusal(code, { message, next_step, status });
    }
    offset = next;
  }
}

/**
 * @param {outbox.Part[]} ours @param {{role: string, sha256: string, size: number}[]} theirs
 * @throws {Refusal} unless every part of ours is acknowledged with its hash and size
 */
function compare(ours, theirs) {
  const acknowledged = new Set(theirs.map((part) => `${part.role} ${part.sha256} ${part.size}`));
  if (!ours.every((part) => acknowledged.has(`${part.role} ${part.sha256} ${part.size}`))) {
    throw new Refusal("helper_hashes");
  }
}

/** @param {outbox.CaptureRecord} record lend the session for its visit; without one it goes on */
async function lend(record) {
  const state = await storageState(record.tab);
  if (!state) return;
  await ask("POST", `/v1/captures/${record.uuid}/session`, { storage_state: state });
  lent.add(record.uuid);
}

/** @param {unknown} error */
function unlent(error) {
  console.warn("kazheng: the session was not lent", error instanceof Refusal ? error.code : "");
}

/** Lend again if the helper lost the session. @param {string} uuid @returns {Promise<any>} view */
export async function attend(uuid) {
  const view = await ask("GET", `/v1/captures/${uuid}`);
  const record = await outbox.find(uuid);
  if (!record) return view;
  if (view.session_wanted && record.meta?.session === "lent") await lend(record).catch(unlent);
  if (view.state === "sealed" && !record.sealed) {
    await outbox.update(uuid, (kept) => {
      kept.sealed = true;
    });
  }
  return view;
}

/** Follow a capture until it is sealed: a restarted helper asks for the session again. */
/** @param {string} uuid */
async function watch(uuid) {
  const end = Date.now() + WATCH_FOR;
  while (Date.now() < end) {
    const view = await attend(uuid).catch(() => null);
    if (view?.state === "sealed") return;
    if (!view && (await hello()).state === "unpaired") return;
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY));
  }
}
