/**
 * Lends the session of a site to the helper's visit, if the user said so for this site. The state
 * is read at the moment it is sent and is stored nowhere, neither here nor there.
 */

import { api, Refusal } from "./api.js";

const SAME_SITE = { lax: "Lax", strict: "Strict", no_restriction: "None" };

/** @param {string | undefined} url @returns {string | null} origin of a web page */
export function webOrigin(url) {
  if (!url || !/^https?:/.test(url)) return null;
  return new URL(url).origin;
}

/** @param {string} origin @returns {string} match pattern; ports are not part of patterns */
export function sitePattern(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}

/** Keep the user's choice for a site. @param {string} origin @param {boolean} allowed */
export async function choose(origin, allowed) {
  const site = webOrigin(origin);
  if (!site) throw new Refusal("invalid");
  const { lend } = await api.storage.local.get({ lend: {} });
  const choices = { .../** @type {Record<string, boolean>} */ (lend), [site]: Boolean(allowed) };
  await api.storage.local.set({ lend: choices });
  if (!allowed) await giveBack(site, choices);
  return lending(site);
}

/**
 * Give back what the browser granted for the login of a site, but for what another choice, a walk
 * there or the extension itself needs.
 *
 * @param {string} site @param {Record<string, boolean>} choices
 */
async function giveBack(site, choices) {
  const { host_permissions: own = [] } = api.runtime.getManifest();
  const stored = await api.storage.local.get({ walk: null });
  const walk = /** @type {import("./walk.js").Walk | null} */ (stored.walk);
  const lent = places(choices);
  const used = walk && !walk.ended_at ? [...lent, sitePattern(walk.origin)] : lent;
  const place = sitePattern(site);
  const free = ![...own, ...used].includes(place);
  // What cannot be given back (the person allowed all sites) stays as it is.
  await Promise.allSettled([
    free && api.permissions.remove({ origins: [place] }),
    lent.length === 0 && api.permissions.remove({ permissions: ["cookies"] }),
  ]);
}

/** @param {Record<string, boolean>} choices @returns {string[]} patterns of what is lent */
function places(choices) {
  return Object.keys(choices)
    .filter((one) => choices[one])
    .map(sitePattern);
}

/** @param {string} origin @returns {Promise<boolean>} a login there is lent: the site is granted for it */
export async function isLent(origin) {
  const { lend } = await api.storage.local.get({ lend: {} });
  return places(/** @type {Record<string, boolean>} */ (lend)).includes(sitePattern(origin));
}

/**
 * Say whether the session of a site may be lent: the user's choice and the browser's permission.
 *
 * @param {string | undefined} url
 * @returns {Promise<{possible: boolean, allowed: boolean, chosen: boolean, granted: boolean}>}
 */
export async function lending(url) {
  const origin = webOrigin(url);
  if (!origin) return { possible: false, allowed: false, chosen: false, granted: false };
  const stored = await api.storage.local.get({ lend: {} });
  const chosen = /** @type {Record<string, boolean>} */ (stored.lend)[origin] === true;
  const granted = await api.permissions.contains({
    permissions: ["cookies"],
    origins: [sitePattern(origin)],
  });
  return { possible: true, allowed: chosen && granted, chosen, granted };
}

/**
 * Build a Playwright storage_state of the tab's site, or null where lending is not allowed.
 *
 * @param {import("./outbox.js").TabRef} tab
 */
export async function storageState(tab) {
  const origin = webOrigin(tab.url);
  if (!origin || !(await lending(tab.url)).allowed) return null;
  const where = await storeOf(tab);
  if (!where) return null;
  const cookies = await readCookies(tab.url, origin, where);
  const localStorage = await readLocalStorage(tab.id, origin);
  const origins = localStorage.length ? [{ origin, localStorage }] : [];
  return { cookies: cookies.map(playwrightCookie), origins };
}

/**
 * Say which cookies are a tab's, also once it is closed: those of a private window, or of a
 * container in Firefox, are another login than the browser's own.
 *
 * @param {import("./outbox.js").TabRef} tab
 * @returns {Promise<{storeId?: string} | null>} null: of a private tab that is closed nobody knows
 */
async function storeOf({ id, incognito, store }) {
  const stores = await api.cookies.getAllCookieStores();
  const storeId = store ?? stores.find(({ tabIds }) => tabIds.includes(id))?.id;
  if (storeId) return { storeId };
  return incognito ? null : {};
}

/** @param {string} url @param {string} origin @param {{storeId?: string}} where */
async function readCookies(url, origin, where) {
  const { hostname } = new URL(origin);
  const lists = await Promise.all([
    api.cookies.getAll({ url, partitionKey: {}, ...where }),
    api.cookies.getAll({ domain: hostname, partitionKey: {}, ...where }),
  ]);
  const unique = new Map(
    lists
      .flat()
      .map((cookie) => [
        JSON.stringify([cookie.name, cookie.domain, cookie.path, cookie.partitionKey ?? null]),
        cookie,
      ]),
  );
  return [...unique.values()];
}

/** @param {chrome.cookies.Cookie} cookie */
function playwrightCookie(cookie) {
  const { name, value, domain, path, httpOnly, secure, partitionKey } = cookie;
  const sameSite = SAME_SITE[/** @type {keyof typeof SAME_SITE} */ (cookie.sameSite)];
  return {
    name,
    value,
    domain,
    path,
    expires: cookie.expirationDate ?? -1,
    httpOnly,
    secure,
    ...(sameSite ? { sameSite } : {}),
    ...(partitionKey?.topLevelSite
      ? {
          partitionKey: partitionKey.topLevelSite,
          _crHasCrossSiteAncestor: partitionKey.hasCrossSiteAncestor ?? false,
        }
      : {}),
  };
}

/** @param {number} tabId @param {string} origin @returns {Promise<{name: string, value: string}[]>} */
async function readLocalStorage(tabId, origin) {
  try {
    const [{ result }] = await api.scripting.executeScript({
      target: { tabId },
      injectImmediately: true,
      args: [origin],
      func: (/** @type {string} */ wanted) =>
        location.origin === wanted
          ? Object.keys(localStorage).map((name) => ({
              name: name.toWellFormed(),
              value: (localStorage.getItem(name) ?? "").toWellFormed(),
            }))
          : [],
    });
    return result ?? [];
  } catch {
    // The tab was closed or went elsewhere: the cookies alone are lent.
    return [];
  }
}
