/** Where the shop's complaint form is, as the order page itself links to it. */
import { api } from "../background/api.js";
import { readRules } from "../background/rules.js";

/**
 * Read the link on the order page that leads to the complaint form (rules.json, `entry`).
 * @param {number} tabId @returns {Promise<string | null>} an address of the same site, or null
 */
export async function complaintLink(tabId) {
  const forms = (await readRules()).flatMap(({ fingerprint: marks, complaint_form }) =>
    complaint_form?.entry ? [{ marks, entry: complaint_form.entry }] : [],
  );
  const [frame] = await api.scripting.executeScript({
    target: { tabId },
    func: findLink,
    args: [forms],
  });
  return /** @type {any} */ (frame)?.result ?? null;
}

/** Runs in the page's isolated world. @param {{marks: string[], entry: string}[]} forms @returns {string | null} */
function findLink(forms) {
  const known = forms.filter(
    ({ marks }) => marks.length > 0 && marks.every((mark) => document.querySelector(mark)),
  );
  for (const { entry } of known) {
    const href = document.querySelector(entry)?.getAttribute("href");
    if (!href) continue;
    const url = new URL(href, document.baseURI);
    if (url.origin === location.origin) return url.href;
  }
  return null;
}
