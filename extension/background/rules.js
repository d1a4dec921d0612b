/** The rules that `python -m scrapers.rules` writes: how to know a platform and its forms. */

import { api } from "./api.js";

/**
 * @typedef {{path: string, selector: string, entry: string | null, fields: any[]}} ComplaintForm
 * @typedef {{key: string, name: string, hosts: string[], path: Record<string, string>,
 *   fingerprint: string[], order_no: {selectors: string[]} | null,
 *   complaint_form: ComplaintForm | null}} Rule
 */

/** @returns {Promise<Rule[]>} */
export async function readRules() {
  const response = await fetch(api.runtime.getURL("rules.json"));
  return (await response.json()).platforms;
}
