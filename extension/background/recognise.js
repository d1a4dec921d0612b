/** Recognises the shop's software in a tab from rules.json, before anything is captured. */

import { api, Refusal, within } from "./api.js";
import { readRules } from "./rules.js";
import { lending, webOrigin } from "./session.js";

const PATIENCE = 2_500;
const WATCH = ["natives", "fields", "toasts"].map((name) => `content/${name}.js`);
/** Names of query parameters that carry one-time links. */
const ONE_TIME =
  /^(access_?|one_?time_?|login_?)?(token|once|ticket|sign|signature|code|nonce|otp|auth_?code)$/i;

/**
 * @typedef {import("./rules.js").Rule} Rule
 * @typedef {{platform: {key: string, name: string} | null, kind: string | null,
 *   order_no: string | null, complaint_form: boolean, complaint_url: string | null}} Recognised
 * `complaint_url`: where the page itself links to the shop's complaint form
 */

/** @type {Recognised} */
const NOTHING = {
  platform: null,
  kind: null,
  order_no: null,
  complaint_form: false,
  complaint_url: null,
};

/**
 * Runs in the page: which rules fit, and what their selectors show.
 *
 * @param {Rule[]} rules
 */
function look(rules) {
  /** @param {string} selector @returns {any} */
  const find = (selector) => {
    try {
      return Document.prototype.querySelector.call(document, selector);
    } catch {
      return null;
    }
  };
  const rule = rules.find(({ fingerprint }) => fingerprint.length && fingerprint.every(find));
  if (!rule) return null;
  const shown = (rule.order_no?.selectors ?? []).map((selector) => find(selector)?.textContent);
  return {
    key: rule.key,
    order: shown.find((text) => text?.trim())?.trim() ?? null,
    form: rule.complaint_form ? find(rule.complaint_form.selector) !== null : false,
    entry: rule.complaint_form?.entry ? String(find(rule.complaint_form.entry)?.href ?? "") : "",
  };
}

/** @param {Rule} rule @param {URL} address @returns {string | null} */
function kindOf(rule, address) {
  const path = address.pathname + address.search;
  return Object.entries(rule.path).find(([, regex]) => new RegExp(regex).test(path))?.[0] ?? null;
}

/** @param {string} text around an order number @returns {string | null} */
function orderNumber(text) {
  return text.match(/[A-Za-z0-9][A-Za-z0-9_-]{5,63}|\d{4,5}/)?.[0] ?? null;
}

/**
 * @param {number} tabId @param {string} url
 * @returns {Promise<Recognised>} all null where nothing fits or the page cannot be read
 */
export async function recognise(tabId, url) {
  const address = new URL(url);
  const rules = (await readRules()).filter(
    ({ hosts }) => !hosts.length || hosts.includes(address.hostname),
  );
  const running = api.scripting.executeScript({
    target: { tabId },
    injectImmediately: true,
    args: [rules],
    func: look,
  });
  const [{ result }] = await within(running, PATIENCE, "page_busy");
  const rule = result ? rules.find(({ key }) => key === result.key) : undefined;
  if (!result || !rule) return NOTHING;
  const kind = kindOf(rule, address);
  return {
    platform: { key: rule.key, name: rule.name },
    kind,
    order_no: result.order ? orderNumber(result.order) : null,
    complaint_form: result.form || kind === "complaint",
    complaint_url: webOrigin(result.entry) === address.origin ? result.entry : null,
  };
}

/** From now on notices that vanish are remembered, until a capture takes them. @param {number} tabId */
async function watch(tabId) {
  const running = api.scripting.executeScript({
    target: { tabId },
    injectImmediately: true,
    files: WATCH,
  });
  // A page that cannot be read now is no reason to show nothing.
  await within(running, PATIENCE, "page_busy").catch(() => null);
}

/** What the popup shows before the click. @param {number} tabId */
export async function describe(tabId) {
  const tab = await api.tabs.get(tabId).catch(() => {
    throw new Refusal("tab_closed");
  });
  const url = tab.url ?? "";
  const lend = await lending(tab.url);
  if (!webOrigin(tab.url)) {
    return { capturable: false, url, title: tab.title ?? "", ...NOTHING, lend };
  }
  // A page that cannot be read now (still busy, a PDF) can still be kept as a picture.
  const [found] = await Promise.all([recognise(tabId, url).catch(() => NOTHING), watch(tabId)]);
  return { capturable: true, url, title: tab.title ?? "", ...found, lend };
}

/**
 * Say whether the helper may visit the address again.
 *
 * @param {{url: string, kind: string | null, selfPosted: boolean, refused: boolean}} page
 * @returns {"allowed" | "post" | "one_time" | "user_refused"}
 */
export function revisit({ url, kind, selfPosted, refused }) {
  if (refused) return "user_refused";
  if (kind === "order_post" || selfPosted) return "post";
  return [...new URL(url).searchParams].some(([name, value]) => oneTime(name, value))
    ? "one_time"
    : "allowed";
}

/** @param {string} name @param {string} value @returns {boolean} long, random, and named so */
function oneTime(name, value) {
  return ONE_TIME.test(name) && value.length >= 16 && /\d/.test(value) && /[a-z]/i.test(value);
}
