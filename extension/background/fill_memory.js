/**
 * What is known of the fill in each tab between the messages of one person's clicks: kept in
 * `storage.session` (memory only, survives a stopped worker, closed to content scripts).
 */
import { api } from "./api.js";
import { webOrigin } from "./session.js";

/**
 * @typedef {{draft_id: string, case_id: string, done: string[], filled_at: string, url: string,
 *   sites?: (string | null)[], kept?: boolean}} Filled
 * what was filled last; `done`: names of the fields that hold it, those of earlier steps too;
 * `sites`: where the draft may be filled, the form is and sends to; `kept`: a page is kept as its
 * receipt, as `withReceipt` says
 *
 * @typedef {{draft_id: string, page: string, filed: number}} Choice
 * the draft that the person chose among several, the page (without its fragment) it was for, and
 * how often the draft had been filed then
 *
 * @typedef {{draft_id: string, case_id: string, chosen?: Choice, token?: string, frameId?: number,
 *   page?: string, sites?: (string | null)[], confirm?: string[], request?: any, files?: any[],
 *   filled?: Filled}} FillMemory
 * `draft_id` is that of the preview, which may be another than what was filled
 */

const PREFIX = "fill:";
/** After this a page of the same site is hardly the receipt. */
const RECEIPT_WITHIN_MS = 30 * 60 * 1000;

/** @param {number} tabId @returns {string} */
const key = (tabId) => `${PREFIX}${tabId}`;

/** @param {number} tabId @returns {Promise<FillMemory | null>} */
export async function recall(tabId) {
  const name = key(tabId);
  const stored = /** @type {Record<string, FillMemory>} */ (await api.storage.session.get(name));
  return stored[name] ?? null;
}

/** For who asks before the tab is known. @returns {Promise<(tabId: number) => FillMemory | null>} */
export async function recallAll() {
  const stored = /** @type {Record<string, FillMemory>} */ (await api.storage.session.get(null));
  return (tabId) => stored[key(tabId)] ?? null;
}

/** @param {number} tabId @param {FillMemory} memory @returns {Promise<void>} */
export async function remember(tabId, memory) {
  await api.storage.session.set({ [key(tabId)]: memory });
}

/**
 * Tell whether a page may be the receipt of what was filled: one of its sites, else, a moment later, a
 * page that says it is one. Elsewhere the person did something else.
 * @param {Filled} filled @param {string} url @param {string | null} [kind] what the page is
 * @returns {boolean}
 */
export function awaits(filled, url, kind = null) {
  const site = webOrigin(url);
  if (site === null) return false;
  if ((filled.sites ?? [webOrigin(filled.url)]).includes(site)) return true;
  return kind === "receipt" && Date.now() - Date.parse(filled.filled_at) <= RECEIPT_WITHIN_MS;
}

/**
 * Say of what was filled whether a page is kept, or being kept, as its receipt.
 * @template {Filled | null} T @param {T} filled
 * @param {import("./outbox.js").CaptureRecord[]} records @returns {T}
 */
export function withReceipt(filled, records) {
  if (!filled) return filled;
  const since = Date.parse(filled.filled_at);
  const kept = records.some(
    ({ meta, timings, phase, error }) =>
      meta.receipt_for === filled.draft_id && timings.clicked_at >= since && !(phase === "freezing" && error),
  );
  return { ...filled, kept };
}

/**
 * Find the filled form whose receipt a page may be that the site opened in a tab of its own: the
 * form's tab opened this one, or is of the same site in the same window and was filled just now.
 *
 * @param {number} tabId
 * @param {{url: string, kind: string | null, complaint_form: boolean}} page what is in that tab
 * @returns {Promise<Filled | null>}
 */
export async function recallElsewhere(tabId, { url, kind, complaint_form }) {
  if (kind === "order" || complaint_form) return null;
  const { openerTabId, windowId } = await api.tabs.get(tabId);
  const stored = /** @type {Record<string, FillMemory>} */ (await api.storage.session.get(null));
  const fills = Object.entries(stored)
    .flatMap(([name, { filled }]) => (name.startsWith(PREFIX) && filled ? [{ name, filled }] : []))
    .sort((a, b) => b.filled.filled_at.localeCompare(a.filled.filled_at));
  const opener = fills.find(({ name }) => name === key(openerTabId ?? -1));
  if (opener && awaits(opener.filled, url, kind)) return opener.filled;
  for (const { name, filled } of fills) {
    if (!awaits(filled, url, kind)) continue;
    if (Date.now() - Date.parse(filled.filled_at) > RECEIPT_WITHIN_MS) break;
    const tab = await api.tabs.get(Number(name.slice(PREFIX.length))).catch(() => null);
    if (tab?.windowId === windowId) return filled;
  }
  return null;
}
