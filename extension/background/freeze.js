/** Freezes what the tab shows: picture, snapshot, MHTML, in this order, as parts with hashes. */

import { api, Refusal, within } from "./api.js";
import { sha256, utf8 } from "./crypto.js";
import { left, picture, prepare } from "./shots.js";

/** Run in a page one after another, they end with its snapshot. */
export const SNAPSHOT = ["natives", "text", "fields", "places", "toasts", "context", "snapshot"].map(
  (name) => `content/${name}.js`,
);
/** The picture comes first: which page it shows is not waited for any longer (ms). */
const DOCUMENT_PATIENCE = 250;
const PATIENCE = 15_000;
const PATIENCE_WITH_BUSY_PAGE = 4_000;
const MHTML_PATIENCE = 8_000;
const MHTML_TRIES = 3;

/** All that a page gives besides its context, in the order in which it is taken. */
const ROLES = ["seen/viewport", "seen/html", "seen/text", "seen/mhtml", "seen/strip"];

/**
 * @typedef {import("./outbox.js").Part} Part
 * @typedef {import("./outbox.js").Missing} Missing
 * @typedef {import("./outbox.js").TabRef} TabRef
 * @typedef {import("./outbox.js").CaptureRecord} CaptureRecord
 * @typedef {import("./shots.js").Measure} Measure
 * @typedef {{sha256: string, blob: Blob}[]} Blobs
 * @typedef {{files: Record<string, string>, summary: any, missing: Missing[],
 *   secret_attribute: boolean, document: number}} Snapshot
 * @typedef {{parts: Part[], blobs: Blobs, missing: Missing[],
 *   summary: any, document: number | null, measure: Measure | null,
 *   shot: import("./shots.js").Picture | null}} Frozen `blobs` are those not in the outbox yet
 * @typedef {(found: {parts: Part[], freezing: import("./outbox.js").Freezing, blobs: Blobs,
 *   document: number | null}) => Promise<void>} Save
 */

/**
 * Freeze a tab, or what an earlier worker did not come to. The picture is taken before the page is
 * touched; what is taken is in the outbox before the next thing is waited for.
 *
 * @param {CaptureRecord} record @param {Save} save @returns {Promise<Frozen>}
 */
export async function freeze(record, save) {
  const { tab } = record;
  const frozen = begun(record);
  if (!has(frozen, "seen/viewport")) {
    frozen.document ??= await documentOf(tab.id, DOCUMENT_PATIENCE);
    await keepPicture(frozen, tab);
  }
  const [measure] = await Promise.all([prepare(tab.id), save(fresh(frozen))]);
  frozen.measure = isAnother(frozen.document, measure?.document) ? null : measure;
  placePicture(frozen);
  const patience = frozen.measure ? PATIENCE : PATIENCE_WITH_BUSY_PAGE;
  // Asked for again where it is kept already: the page may hold a password by now.
  const snapshot = await takeSnapshot(tab, patience, frozen.document).catch(async (error) => {
    const reason = await left(tab);
    for (const role of ["seen/html", "seen/text"]) {
      if (!has(frozen, role)) lack(frozen, role, reason ? new Refusal(reason) : error);
    }
    return null;
  });
  frozen.document ??= snapshot?.document ?? null;
  if (snapshot && !has(frozen, "seen/html")) {
    await keepSnapshot(frozen, snapshot);
    await keepContext(frozen, snapshot, record);
  } else if (!has(frozen, "seen/context")) await keepContext(frozen, null, record);
  await Promise.all([save(fresh(frozen)), keepMhtml(frozen, snapshot, tab)]);
  return frozen;
}

/**
 * Leave a freeze as it is.
 *
 * @param {CaptureRecord} record @param {string} reason why there is no more
 * @returns {Promise<Frozen>}
 */
export async function unfinished(record, reason) {
  const frozen = begun(record);
  frozen.missing = [...(record.freezing?.missing ?? [])];
  for (const role of ROLES) {
    const told = frozen.missing.some((one) => one.role === role);
    if (!told && !has(frozen, role)) frozen.missing.push({ role, reason });
  }
  if (!has(frozen, "seen/context")) await keepContext(frozen, null, record);
  return frozen;
}

/**
 * Ask a tab which page it shows: one that is loaded anew has the same address.
 *
 * @param {number} tabId @param {number} [patience] in ms
 * @returns {Promise<number | null>} null: it did not say so
 */
export async function documentOf(tabId, patience = 2_000) {
  const target = { tabId };
  const func = () => performance.timeOrigin;
  const running = api.scripting.executeScript({ target, injectImmediately: true, func });
  const told = await within(running, patience, "page_busy").catch(() => null);
  return told?.[0]?.result ?? null;
}

/**
 * @param {number | null | undefined} one @param {number | null | undefined} other
 * @returns {boolean} both are known and not the same
 */
export function isAnother(one, other) {
  return typeof one === "number" && typeof other === "number" && one !== other;
}

/** @param {{parts: Part[]}} frozen @returns {boolean} whether anything of the page is there */
export function seen({ parts }) {
  return parts.some(({ role }) => role !== "seen/context");
}

/** @param {{parts: Part[]}} frozen @param {string} role @returns {boolean} */
function has({ parts }, role) {
  return parts.some((part) => part.role === role);
}

/** @param {CaptureRecord} record @returns {Frozen} what is there of it */
function begun({ parts, freezing, document }) {
  // What is tried again is not missing yet; what the snapshot could not read stays so.
  const again = has({ parts }, "seen/html") ? ["seen/viewport", "seen/mhtml"] : ROLES;
  return {
    parts: [...parts],
    blobs: [],
    missing: (freezing?.missing ?? []).filter(({ role }) => !again.includes(role)),
    summary: freezing?.summary ?? null,
    document: document ?? null,
    measure: null,
    shot: null,
  };
}

/** @param {Frozen} frozen @returns {Parameters<Save>[0]} what is to be put into the outbox */
function fresh({ parts, blobs, missing, summary, document }) {
  const freezing = { missing: [...missing], summary };
  return { parts: [...parts], freezing, document, blobs: blobs.splice(0) };
}

/** @param {Frozen} frozen @param {string} role @param {unknown} error @returns {null} */
function lack(frozen, role, error) {
  const reason = error instanceof Refusal ? error.code : "failed";
  const detail =
    error instanceof Refusal ? (error.more.reason ?? null) : String(error).slice(0, 200);
  frozen.missing.push({ role, reason, detail });
  return null;
}

/** @param {Frozen} frozen @param {string} role @param {string} mediaType @param {Blob} blob */
async function keep(frozen, role, mediaType, blob) {
  const hash = await sha256(await blob.arrayBuffer());
  frozen.parts.push({ role, sha256: hash, size: blob.size, media_type: mediaType, about: {} });
  frozen.blobs.push({ sha256: hash, blob });
}

/** @param {Frozen} frozen @param {TabRef} tab */
async function keepPicture(frozen, tab) {
  frozen.shot = await picture(tab).catch((error) => lack(frozen, "seen/viewport", error));
  if (frozen.shot) await keep(frozen, "seen/viewport", "image/png", frozen.shot.blob);
}

/** Say where the picture lies on the page, if both were taken together. @param {Frozen} frozen */
function placePicture({ parts, shot, measure }) {
  if (!shot || !measure) return;
  const { x, y, width, height } = measure;
  const about = { x, y, width, height, scale: shot.width / width };
  const at = parts.findIndex(({ role }) => role === "seen/viewport");
  parts[at] = { ...parts[at], about };
}

/** @param {Frozen} frozen @param {Snapshot} snapshot */
async function keepSnapshot(frozen, snapshot) {
  frozen.summary = snapshot.summary;
  frozen.missing.push(...snapshot.missing);
  // The page around a PDF holds nothing of it, and does not scroll with it.
  const rows = snapshot.summary.content_type === "application/pdf" ? ["seen/html", "seen/page"] : [];
  for (const role of rows) frozen.missing.push({ role, reason: "pdf_viewer" });
  await keep(frozen, "seen/html", "text/html", new Blob([utf8(snapshot.files.html)]));
  await keep(frozen, "seen/text", "text/plain", new Blob([utf8(snapshot.files.text)]));
}

/** @param {Frozen} frozen @param {Snapshot | null} snapshot @param {CaptureRecord} record */
async function keepContext(frozen, snapshot, { uuid, tab, timings, meta }) {
  const context = {
    format: "kazheng/context/1",
    capture_id: uuid,
    clicked_at: new Date(timings.clicked_at).toISOString(),
    ...(timings.asked_at ? { asked_at: new Date(timings.asked_at).toISOString() } : {}),
    tab: { address: tab.url, title: tab.title },
    ...(meta.walk ? { walk: meta.walk } : {}),
    extension: api.runtime.getManifest().version,
    page: snapshot ? JSON.parse(snapshot.files.context) : null,
  };
  const blob = new Blob([utf8(JSON.stringify(context))]);
  frozen.parts = frozen.parts.filter(({ role }) => role !== "seen/context");
  await keep(frozen, "seen/context", "application/json", blob);
}

/**
 * @param {TabRef} tab @param {number} patience in ms
 * @param {number | null} document that was pictured @returns {Promise<Snapshot>}
 */
async function takeSnapshot(tab, patience, document) {
  const running = api.scripting
    .executeScript({
      target: { tabId: tab.id },
      injectImmediately: true,
      files: SNAPSHOT,
    })
    .catch((error) => {
      // Firefox lets nobody into its viewer.
      const code = /\.pdf$/i.test(new URL(tab.url).pathname) ? "pdf_viewer" : "page_refused";
      throw new Refusal(code, { reason: String(error).slice(0, 200) });
    });
  const [{ result }] = /** @type {any} */ (await within(running, patience, "page_busy"));
  if (!result) throw new Refusal("snapshot_failed");
  if (result.summary.address !== tab.url) throw new Refusal("address_changed");
  if (isAnother(document, result.document)) throw new Refusal("page_reloaded");
  const { counts, files: small, ...told } = result;
  /** @type {Record<string, string>} */
  const files = {};
  for (const [name, count] of Object.entries(counts)) {
    const pieces = small?.[name] ?? (await fetchPieces(tab.id, name, Number(count)));
    files[name] = pieces.join("");
  }
  return { ...told, files };
}

/**
 * Fetch a large text in pieces: one message holds 64 MiB at most.
 *
 * @param {number} tabId @param {string} name @param {number} count @returns {Promise<string[]>}
 */
async function fetchPieces(tabId, name, count) {
  const pieces = [];
  for (let index = 0; index < count; index += 1) {
    const running = api.scripting.executeScript({
      target: { tabId },
      injectImmediately: true,
      args: [name, index],
      func: (/** @type {string} */ key, /** @type {number} */ at) => {
        // A page that was loaded anew meanwhile knows of none.
        const kept = /** @type {any} */ (globalThis).kazhengSnapshot?.[key];
        return kept?.splice(at, 1, "")[0] ?? null;
      },
    });
    const [{ result }] = await within(running, PATIENCE, "page_busy");
    if (typeof result !== "string") throw new Refusal("page_reloaded");
    pieces.push(result);
  }
  return pieces;
}

/** @param {Frozen} frozen @param {Snapshot | null} snapshot @param {TabRef} tab */
async function keepMhtml(frozen, snapshot, tab) {
  /** @type {string[]} */
  const offered = api.runtime.getManifest().optional_permissions ?? [];
  const reason = !api.pageCapture
    ? offered.includes("pageCapture")
      ? "mhtml_not_allowed"
      : "browser_has_no_mhtml"
    : !snapshot
      ? (frozen.missing.find(({ role }) => role === "seen/html")?.reason ?? "page_busy")
      : // Some frameworks copy what is typed into the value attribute, which MHTML keeps.
        snapshot.secret_attribute
        ? "password_on_page"
        : null;
  if (reason) {
    frozen.missing.push({ role: "seen/mhtml", reason });
    return;
  }
  try {
    const mhtml = await saveMhtml(tab.id);
    // It is of the page that the tab shows by then.
    const elsewhere = await left(tab);
    if (elsewhere) throw new Refusal(elsewhere);
    if (isAnother(frozen.document, await documentOf(tab.id))) throw new Refusal("page_reloaded");
    await keep(frozen, "seen/mhtml", "multipart/related", mhtml);
  } catch (error) {
    lack(frozen, "seen/mhtml", error);
  }
}

/**
 * In a fresh browser the file behind the first answer is often gone before it can be read.
 *
 * @param {number} tabId @returns {Promise<Blob>} a copy that no longer needs that file
 */
async function saveMhtml(tabId) {
  for (let tries = 1; ; tries += 1) {
    try {
      const running = api.pageCapture.saveAsMHTML({ tabId });
      const blob = await within(running, MHTML_PATIENCE, "mhtml_late");
      if (!blob?.size) throw new Refusal("mhtml_empty");
      return new Blob([await /** @type {Blob} */ (blob).arrayBuffer()]);
    } catch (error) {
      const late = error instanceof Refusal && error.code === "mhtml_late";
      if (late || tries === MHTML_TRIES) throw error;
    }
  }
}
