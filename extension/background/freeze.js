/** Freezes what the tab shows: picture, snapshot, MHTML, in this order, as parts with hashes. */

import { api, Refusal, within } from "./api.js";
import { sha256, utf8 } from "./crypto.js";
import { picture, prepare } from "./shots.js";

const SNAPSHOT = ["natives", "text", "fields", "context", "snapshot"].map(
  (name) => `content/${name}.js`,
);
const PATIENCE = 15_000;
const PATIENCE_WITH_BUSY_PAGE = 4_000;
const MHTML_PATIENCE = 8_000;
const MHTML_TRIES = 3;

/**
 * @typedef {import("./outbox.js").Part} Part
 * @typedef {import("./outbox.js").Missing} Missing
 * @typedef {import("./outbox.js").TabRef} TabRef
 * @typedef {import("./shots.js").Measure} Measure
 * @typedef {{files: Record<string, string>, summary: any, missing: Missing[],
 *   secret_attribute: boolean}} Snapshot
 * @typedef {{parts: Part[], blobs: {sha256: string, blob: Blob}[], missing: Missing[],
 *   summary: any, measure: Measure | null,
 *   shot: import("./shots.js").Picture | null}} Frozen
 */

/**
 * Freeze a tab. The picture is taken before the page is touched.
 *
 * @param {string} uuid @param {TabRef} tab @param {number} clickedAt Unix ms
 * @returns {Promise<Frozen>}
 */
export async function freeze(uuid, tab, clickedAt) {
  /** @type {Frozen} */
  const frozen = { parts: [], blobs: [], missing: [], summary: null, measure: null, shot: null };
  frozen.shot = await picture(tab).catch((error) => lack(frozen, "seen/viewport", error));
  frozen.measure = await prepare(tab.id);
  const patience = frozen.measure ? PATIENCE : PATIENCE_WITH_BUSY_PAGE;
  const snapshot = await takeSnapshot(tab, patience).catch((error) => {
    lack(frozen, "seen/html", error);
    return lack(frozen, "seen/text", error);
  });
  if (frozen.shot) await keepPicture(frozen, frozen.shot);
  if (snapshot) await keepSnapshot(frozen, snapshot);
  await keepContext(frozen, snapshot, { uuid, tab, clickedAt });
  await keepMhtml(frozen, snapshot, tab);
  return frozen;
}

/** @param {Frozen} frozen @param {string} role @param {unknown} error @returns {null} */
function lack(frozen, role, error) {
  const reason = error instanceof Refusal ? error.code : "failed";
  const detail =
    error instanceof Refusal ? (error.more.reason ?? null) : String(error).slice(0, 200);
  frozen.missing.push({ role, reason, detail });
  return null;
}

/**
 * @param {Frozen} frozen @param {string} role @param {string} mediaType @param {Blob} blob
 * @param {Record<string, unknown>} [about]
 */
async function keep(frozen, role, mediaType, blob, about = {}) {
  const hash = await sha256(await blob.arrayBuffer());
  frozen.parts.push({ role, sha256: hash, size: blob.size, media_type: mediaType, about });
  frozen.blobs.push({ sha256: hash, blob });
}

/** @param {Frozen} frozen @param {import("./shots.js").Picture} shot */
async function keepPicture(frozen, shot) {
  const { measure } = frozen;
  const about = measure
    ? {
        x: measure.x,
        y: measure.y,
        width: measure.width,
        height: measure.height,
        scale: shot.width / measure.width,
      }
    : {};
  await keep(frozen, "seen/viewport", "image/png", shot.blob, about);
}

/** @param {Frozen} frozen @param {Snapshot} snapshot */
async function keepSnapshot(frozen, snapshot) {
  frozen.summary = snapshot.summary;
  frozen.missing.push(...snapshot.missing);
  await keep(frozen, "seen/html", "text/html", new Blob([utf8(snapshot.files.html)]));
  await keep(frozen, "seen/text", "text/plain", new Blob([utf8(snapshot.files.text)]));
}

/**
 * @param {Frozen} frozen @param {Snapshot | null} snapshot
 * @param {{uuid: string, tab: TabRef, clickedAt: number}} capture
 */
async function keepContext(frozen, snapshot, { uuid, tab, clickedAt }) {
  const context = {
    format: "kazheng/context/1",
    capture_id: uuid,
    clicked_at: new Date(clickedAt).toISOString(),
    tab: { address: tab.url, title: tab.title },
    extension: api.runtime.getManifest().version,
    page: snapshot ? JSON.parse(snapshot.files.context) : null,
  };
  const blob = new Blob([utf8(JSON.stringify(context))]);
  await keep(frozen, "seen/context", "application/json", blob);
}

/** @param {TabRef} tab @param {number} patience in ms @returns {Promise<Snapshot>} */
async function takeSnapshot(tab, patience) {
  const running = api.scripting
    .executeScript({
      target: { tabId: tab.id },
      injectImmediately: true,
      files: SNAPSHOT,
    })
    .catch((error) => {
      throw new Refusal("page_refused", { reason: String(error).slice(0, 200) });
    });
  const [{ result }] = /** @type {any} */ (await within(running, patience, "page_busy"));
  if (!result) throw new Refusal("snapshot_failed");
  if (result.summary.address !== tab.url) throw new Refusal("address_changed");
  const { counts, summary, missing, secret_attribute } = result;
  /** @type {Record<string, string>} */
  const files = {};
  for (const [name, count] of Object.entries(counts)) {
    const pieces = result.files?.[name] ?? (await fetchPieces(tab.id, name, Number(count)));
    files[name] = pieces.join("");
  }
  return { files, summary, missing, secret_attribute };
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
        const kept = /** @type {any} */ (globalThis).kazhengSnapshot;
        const piece = kept[key][at];
        kept[key][at] = "";
        return piece;
      },
    });
    const [{ result }] = await within(running, PATIENCE, "page_busy");
    pieces.push(String(result));
  }
  return pieces;
}

/** @param {Frozen} frozen @param {Snapshot | null} snapshot @param {TabRef} tab */
async function keepMhtml(frozen, snapshot, tab) {
  const reason = !api.pageCapture
    ? "browser_has_no_mhtml"
    : !snapshot
      ? "page_busy"
      : // Some frameworks copy what is typed into the value attribute, which MHTML keeps.
        snapshot.secret_attribute
        ? "password_on_page"
        : null;
  if (reason) {
    frozen.missing.push({ role: "seen/mhtml", reason });
    return;
  }
  try {
    await keep(frozen, "seen/mhtml", "multipart/related", await saveMhtml(tab.id));
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
