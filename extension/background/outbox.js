/**
 * Captures that the helper does not have yet, and the pairing key. The only module that knows
 * IndexedDB. Bytes leave it only after the helper has answered with the same hashes.
 */

import { Refusal } from "./api.js";

/** Sent captures that are remembered (without bytes) for the list of recent ones. */
const REMEMBERED = 50;

/**
 * @typedef {{role: string, sha256: string, size: number, media_type: string,
 *   about: Record<string, unknown>}} Part
 * @typedef {{role: string, reason: string, detail?: string | null}} Missing
 * @typedef {import("./api.js").Explained} Explained
 * @typedef {{id: number, window_id: number, url: string, title: string, incognito?: boolean,
 *   store?: string}} TabRef `store`: that of its cookies, where the browser told it with the tab
 * @typedef {"freezing" | "kept_here" | "uploading" | "sent"} Phase
 * @typedef {{missing: Missing[], summary: any}} Freezing what a freeze found so far besides parts
 * @typedef {{most: number, phase: "waiting" | "up" | "down" | "done", rows: number,
 *   screens: number, pictures: number, pieces: number, first: number, ended: string | null,
 *   whole: boolean}} ChatState
 *   `pieces` of it stand beside the parts, those before `first` are told anew; `ended`: why early
 *
 * @typedef {{known: boolean}} Walked `known`: an earlier step of the walk has the same address
 *
 * @typedef {object} CaptureRecord
 * @property {string} uuid made here, so that every repeated save is the same one
 * @property {any} meta CaptureMeta of the helper; fixed once it is no longer freezing
 * @property {Freezing | null} freezing for a freeze that a later worker has to end
 * @property {number | null} [document] tells the page that was clicked on from one loaded anew
 * @property {Part[]} parts as announced to the helper
 * @property {Part | null} held the first strip: announced last, with what the strips lack
 * @property {boolean} complete no more parts will come
 * @property {import("./recording.js").Recording} [recording] of one: `parts` are its chunks
 * @property {Walked | null} [walked] a page that a walk came by, without a click on it
 * @property {Phase} phase
 * @property {Explained | null} error why it does not go on, in a form for people
 * @property {Record<string, number>} timings Unix ms: clicked_at, frozen_at, s0_kept_at, kept_at,
 *   asked_at if what was clicked on had to wait until clicked_at,
 *   resumed_at if a later worker went on with the freeze
 * @property {TabRef} tab
 * @property {boolean} sealed seen as sealed at the helper
 * @property {ChatState | null} [chat] how far the walk through a chat is, where one was asked for
 */

/** @typedef {{uuid: string, sha256: string, blob: Blob}} PartRow */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const request = indexedDB.open("kazheng", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("captures", { keyPath: "uuid" });
    request.result.createObjectStore("parts", { keyPath: ["uuid", "sha256"] });
    request.result.createObjectStore("keys", { keyPath: "id" });
  };
  return done(request);
}

/**
 * Run one transaction; it is on disk when the promise resolves.
 *
 * @template T
 * @param {string[]} stores @param {IDBTransactionMode} mode
 * @param {(store: (name: string) => IDBObjectStore) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function transaction(stores, mode, work) {
  /** @type {IDBDatabase | undefined} */
  let database;
  try {
    database = await open();
    const durability = mode === "readwrite" ? "strict" : "default";
    const running = database.transaction(stores, mode, { durability });
    const end = new Promise((resolve, reject) => {
      running.oncomplete = () => resolve(undefined);
      running.onabort = () => reject(running.error);
    });
    const [result] = await Promise.all([work((name) => running.objectStore(name)), end]);
    return result;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new Refusal(error.name === "QuotaExceededError" ? "outbox_full" : "outbox_failed");
  } finally {
    database?.close();
  }
}

/** @returns {Promise<{pairing_id: string, key: CryptoKey} | undefined>} */
export function readPairing() {
  return transaction(["keys"], "readonly", (store) => done(store("keys").get("pairing")));
}

/** @param {{pairing_id: string, key: CryptoKey}} pairing the key is non-extractable */
export function writePairing(pairing) {
  const row = { id: "pairing", ...pairing };
  return transaction(["keys"], "readwrite", (store) => done(store("keys").put(row)));
}

/**
 * Make the record of a click, before anything is frozen.
 *
 * @param {string} uuid @param {number} clickedAt @param {TabRef} tab @param {object} meta
 * @returns {CaptureRecord}
 */
export function fresh(uuid, clickedAt, tab, meta) {
  return {
    uuid,
    meta,
    freezing: { missing: [], summary: null },
    parts: [],
    held: null,
    complete: false,
    phase: "freezing",
    error: null,
    timings: { clicked_at: clickedAt },
    tab,
    sealed: false,
  };
}

/** Note a click, so that a crash leaves a trace. @param {CaptureRecord} record */
export function begin(record) {
  return transaction(["captures"], "readwrite", (store) => done(store("captures").put(record)));
}

/**
 * Change a capture, and store bytes with the change, in one transaction.
 *
 * @param {string} uuid
 * @param {(record: CaptureRecord) => void} change
 * @param {{sha256: string, blob: Blob}[]} [blobs]
 * @returns {Promise<CaptureRecord>}
 */
export async function update(uuid, change, blobs = []) {
  const changed = await transaction(["captures", "parts"], "readwrite", async (store) => {
    /** @type {CaptureRecord | undefined} */
    const record = await done(store("captures").get(uuid));
    if (!record) throw new Refusal("not_found");
    change(record);
    store("captures").put(record);
    for (const { sha256, blob } of blobs) store("parts").put({ uuid, sha256, blob });
    return record;
  });
  unwritten.delete(uuid);
  return changed;
}

/**
 * Why a capture does not go on, where the disk has no room even for that: this worker remembers it.
 * @type {Map<string, Explained>}
 */
const unwritten = new Map();

/** @param {CaptureRecord} record @returns {CaptureRecord} with what could not be written of it */
function told(record) {
  return { ...record, error: unwritten.get(record.uuid) ?? record.error };
}

/**
 * A disk without any room left gives no QuotaExceededError, but an UnknownError or AbortError.
 *
 * @param {unknown} error @returns {boolean} there was no room to write
 */
function isFull(error) {
  return error instanceof Refusal && ["outbox_full", "outbox_failed"].includes(error.code);
}

/**
 * Change what is only said of a capture, if there is room for it: on a full disk it goes on without,
 * so that what waits can still leave.
 *
 * @param {string} uuid @param {(record: CaptureRecord) => void} change
 */
export async function note(uuid, change) {
  try {
    await update(uuid, change);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** Say why a capture does not go on. @param {string} uuid @param {Explained} error */
export async function fail(uuid, error) {
  unwritten.set(uuid, error);
  await update(uuid, (kept) => {
    kept.error = error;
    if (kept.phase === "uploading") kept.phase = "kept_here";
  }).catch((cause) => {
    if (!isFull(cause)) throw cause;
  });
}

/** @param {string} uuid @returns {Promise<CaptureRecord | undefined>} */
export async function find(uuid) {
  /** @type {CaptureRecord | undefined} */
  const record = await transaction(["captures"], "readonly", (store) =>
    done(store("captures").get(uuid)),
  );
  return record && told(record);
}

/** @returns {Promise<CaptureRecord[]>} newest first */
export async function all() {
  /** @type {CaptureRecord[]} */
  const records = await transaction(["captures"], "readonly", (store) =>
    done(store("captures").getAll()),
  );
  return oldestFirst(records.map(told)).reverse();
}

/** @param {string} uuid @param {string} sha256 @returns {Promise<Blob>} */
export async function blob(uuid, sha256) {
  /** @type {PartRow | undefined} */
  const row = await transaction(["parts"], "readonly", (store) =>
    done(store("parts").get([uuid, sha256])),
  );
  if (!row) throw new Refusal("not_found");
  return row.blob;
}

/**
 * Drop the bytes of a capture that the helper has acknowledged; on a full disk also that it was
 * here, for the helper's list has it.
 *
 * @param {string} uuid
 */
export async function settle(uuid) {
  await markSent(uuid).catch((error) => {
    if (!isFull(error)) throw error;
    return forget(uuid);
  });
  unwritten.delete(uuid);
}

/** Remove all that is here of a capture. @param {string} uuid */
export async function forget(uuid) {
  unwritten.delete(uuid);
  await transaction(["captures", "parts"], "readwrite", async (store) => {
    store("captures").delete(uuid);
    store("parts").delete(IDBKeyRange.bound([uuid], [uuid, []]));
  });
}

/** @param {string} uuid */
function markSent(uuid) {
  return transaction(["captures", "parts"], "readwrite", async (store) => {
    /** @type {CaptureRecord | undefined} */
    const record = await done(store("captures").get(uuid));
    if (!record) return;
    Object.assign(record, { phase: "sent", error: null });
    record.timings.kept_at = Date.now();
    store("captures").put(record);
    store("parts").delete(IDBKeyRange.bound([uuid], [uuid, []]));
  });
}

/** Forget the oldest captures that were sent, and those that failed before anything was kept. */
export async function prune() {
  const old = (await all()).filter((record) => record.phase === "sent" || ended(record));
  for (const { uuid } of old.slice(REMEMBERED)) await forget(uuid);
}

/** @param {CaptureRecord} record @returns {boolean} nothing of it was kept and nothing will be */
function ended({ phase, error, complete }) {
  // One that a full disk held up has an error too, and a picture that nobody else has.
  return phase === "freezing" && error !== null && complete;
}

/** @param {CaptureRecord} record @returns {boolean} it is frozen, and the helper lacks it */
function isUnsent({ phase }) {
  return phase === "kept_here" || phase === "uploading";
}

/** @param {CaptureRecord[]} records @returns {CaptureRecord[]} the same, sorted in place */
function oldestFirst(records) {
  return records.sort((a, b) => a.timings.clicked_at - b.timings.clicked_at);
}

/** @returns {Promise<CaptureRecord[]>} frozen captures that the helper lacks, oldest first */
export async function unsent() {
  return oldestFirst((await all()).filter(isUnsent));
}

/** @param {Part[]} parts @returns {Part[]} one for each hash: strips of a blank page share theirs */
export function distinct(parts) {
  return [...new Map(parts.map((part) => [part.sha256, part])).values()];
}

/** @param {CaptureRecord} record @returns {Part[]} all of it, what is held back as well */
export function everyPart({ parts, held }) {
  return held ? [...parts, held] : parts;
}

/** @param {CaptureRecord} record @returns {number} bytes that wait */
export function bytesOf(record) {
  return distinct(everyPart(record)).reduce((sum, { size }) => sum + size, 0);
}

/**
 * @returns {Promise<{record: CaptureRecord, blobs: Map<string, Blob>}[]>} what waits with its bytes
 *   by hash, oldest first: as it is at one moment, while others are sent and leave
 */
export function unsentBytes() {
  return transaction(["captures", "parts"], "readonly", async (store) => {
    /** @type {CaptureRecord[]} */
    const records = await done(store("captures").getAll());
    const left = oldestFirst(records.filter(isUnsent));
    const found = [];
    for (const record of left) {
      const range = IDBKeyRange.bound([record.uuid], [record.uuid, []]);
      /** @type {PartRow[]} */
      const rows = await done(store("parts").getAll(range));
      found.push({ record, blobs: new Map(rows.map(({ sha256, blob }) => [sha256, blob])) });
    }
    return found;
  });
}

/** @returns {Promise<boolean>} whether any capture still has to be frozen or sent */
export async function busy() {
  return (await all()).some((record) => record.phase !== "sent" && !ended(record));
}

/** @returns {Promise<{count: number, bytes: number, oldest: string | null}>} */
export async function waiting() {
  const records = await unsent();
  return {
    count: records.length,
    bytes: records.reduce((sum, record) => sum + bytesOf(record), 0),
    oldest: records.length ? new Date(records[0].timings.clicked_at).toISOString() : null,
  };
}
