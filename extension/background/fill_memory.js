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
 * `sites`: where the form is and sends to; `kept`: a page was kept as its receipt
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
 * Tell whether a page may be the receipt of what was filled: elsewhere the person did something else.
 * @param {Filled} filled @param {string} url @returns {boolean}
 */
export function awaits(filled, url) {
  const site = webOrigin(url);
  return site !== null && (filled.sites ?? [webOrigin(filled.url)]).includes(site);
}

/** Note that a page was kept as the receipt of a draft. @param {string} draftId */
export async function receiptKept(draftId) {
  const stored = /** @type {Record<string, FillMemory>} */ (await api.storage.session.get(null));
  const mine = Object.entries(stored).filter(
    ([name, memory]) => name.startsWith(PREFIX) && memory.filled?.draft_id === draftId,
  );
  const noted = mine.map(([name, memory]) => [name, { ...memory, filled: { ...memory.filled, kept: true } }]);
  await api.storage.session.set(Object.fromEntries(noted));
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
  if (opener) return opener.filled;
  for (const { name, filled } of fills) {
    if (!awaits(filled, url)) continue;
    if (Date.now() - Date.parse(filled.filled_at) > RECEIPT_WITHIN_MS) break;
    const tab = await api.tabs.get(Number(name.slice(PREFIX.length))).catch(() => null);
    if (tab?.windowId === windowId) return filled;
  }
  return null;
}
