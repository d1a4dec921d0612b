/**
 * What is known of the fill in each tab between the messages of one person's clicks: kept in
 * `storage.session` (memory only, survives a stopped worker, closed to content scripts).
 */
import { api } from "./api.js";

/**
 * @typedef {{draft_id: string, case_id: string, token?: string, frameId?: number, page?: string,
 *   confirm?: string[], request?: any, files?: any[], filled_at?: string, url?: string}} FillMemory
 */

/** @param {number} tabId @returns {string} */
const key = (tabId) => `fill:${tabId}`;

/** @param {number} tabId @returns {Promise<FillMemory | null>} */
export async function recall(tabId) {
  const stored = await api.storage.session.get(key(tabId));
  return /** @type {FillMemory | undefined} */ (stored[key(tabId)]) ?? null;
}

/** @param {number} tabId @param {FillMemory} memory @returns {Promise<void>} */
export async function remember(tabId, memory) {
  await api.storage.session.set({ [key(tabId)]: memory });
}
