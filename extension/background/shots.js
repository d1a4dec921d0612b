/** Pictures of the user's tab. The only module that takes them and keeps the browser's spacing. */

import { api, queue, Refusal, within } from "./api.js";

/** Chromium allows two pictures in any second; one more is refused with an error. */
const PICTURES = 2;
const WINDOW = 1_020;
const PATIENCE = 5_000;
const MOST_STRIPS = 60;
const STEADY_TRIES = 2;
/** Pixels that strips overlap by, so that rounding leaves no gap. */
const OVERLAP = 2;
/** CSS pixels of one picture where nothing is scrolled: on a fine screen many more of its own. */
const TALLEST = 4_000;
/** Firefox pictures any part of a page, in view or not; Chromium refuses to be asked for one. */
const SPREADS = "getBrowserInfo" in api.runtime;

/**
 * @typedef {{blob: Blob, width: number, height: number}} Picture size in picture pixels
 * @typedef {{address: string, x: number, y: number, width: number, height: number,
 *   scroll_width: number, scroll_height: number, drift: number,
 *   document?: number}} Measure in CSS pixels; `document` tells the page from one loaded anew
 * @typedef {{selector: string, property: string, from: string, to: string, strip: number}} Change
 * @typedef {import("./outbox.js").TabRef} TabRef
 */

/** When pictures were taken, for the spacing; not by the clock, which may be set back. */
const taken = { at: /** @type {number[]} */ ([]) };

/** Keeps two captures from colliding. */
const queued = queue();

async function spacing() {
  const now = performance.now();
  taken.at = taken.at.filter((at) => now - at < WINDOW);
  if (taken.at.length < PICTURES) return;
  const wait = taken.at[taken.at.length - PICTURES] + WINDOW - now;
  await new Promise((resolve) => setTimeout(resolve, wait));
}

/**
 * @param {number} windowId @param {Measure} [part] of the page; else what the window shows of it
 * @returns {Promise<string>} data URL of the window's visible tab
 */
async function visible(windowId, part) {
  const { x, y, width, height } = part ?? {};
  const options = { format: "png", ...(part ? { rect: { x, y, width, height } } : {}) };
  for (let tries = 0; ; tries += 1) {
    await spacing();
    taken.at.push(performance.now());
    try {
      const running = api.tabs.captureVisibleTab(windowId, /** @type {any} */ (options));
      return await within(running, PATIENCE, "picture_late");
    } catch (error) {
      const quota = /MAX_CAPTURE_VISIBLE_TAB/.test(String(error));
      if (tries >= 3 || !quota) throw error;
    }
  }
}

/** @param {TabRef} tab @returns {Promise<chrome.tabs.Tab | null>} */
const current = (tab) => api.tabs.get(tab.id).catch(() => null);

/** @param {TabRef} tab @param {chrome.tabs.Tab | null} now @returns {string | null} */
function leftAs(tab, now) {
  if (!now) return "tab_closed";
  return now.url === tab.url ? null : "address_changed";
}

/**
 * Say whether the tab, in front or not, still shows what was clicked on.
 *
 * @param {TabRef} tab @returns {Promise<string | null>} reason if not
 */
export async function left(tab) {
  return leftAs(tab, await current(tab));
}

/**
 * Say whether the tab is still what was clicked on, and in front.
 *
 * @param {TabRef} tab @returns {Promise<string | null>} reason if not
 */
export async function moved(tab) {
  const now = await current(tab);
  const behind = now && (!now.active || now.windowId !== tab.window_id);
  return behind ? "tab_changed" : leftAs(tab, now);
}

/**
 * Say why a tab did not give what it was asked for.
 *
 * @param {unknown} error @param {TabRef} tab @param {string} otherwise
 * @returns {Promise<string>}
 */
export async function reasonOf(error, tab, otherwise) {
  return (await left(tab)) ?? (error instanceof Refusal ? error.code : otherwise);
}

/**
 * Take one picture of the tab; it counts only if the tab was the same before and after.
 *
 * @param {TabRef} tab @param {Measure} [part] of the page, which need not be in view
 * @returns {Promise<Picture>} a Refusal tells why there is none
 */
export function picture(tab, part) {
  return queued(async () => {
    const early = await moved(tab);
    if (early) throw new Refusal(early);
    const address = await visible(tab.window_id, part).catch(async (error) => {
      // Another tab in front, which we may not picture, is refused by the browser first.
      const reason = await moved(tab);
      if (reason) throw new Refusal(reason);
      if (error instanceof Refusal) throw error;
      throw new Refusal("picture_refused", { reason: String(error) });
    });
    const late = await moved(tab);
    if (late) throw new Refusal(late);
    const blob = await (await fetch(address)).blob();
    const head = new DataView(await blob.slice(16, 24).arrayBuffer());
    return { blob, width: head.getUint32(0), height: head.getUint32(4) };
  });
}

/**
 * Call a function of content/strips.js in the tab.
 *
 * @param {number} tabId @param {"begin" | "measure" | "covered" | "go" | "spread" | "finish"} name
 * @param {...unknown} given @returns {Promise<any>}
 */
async function inPage(tabId, name, ...given) {
  const running = api.scripting.executeScript({
    target: { tabId },
    injectImmediately: true,
    args: [name, given],
    func: (/** @type {string} */ wanted, /** @type {unknown[]} */ values) =>
      /** @type {any} */ (globalThis).kazhengStrips?.[wanted](...values),
  });
  const [{ result }] = await within(running, PATIENCE, "page_busy");
  return result;
}

/** @param {number} tabId make content/strips.js known there @returns {Promise<Measure | null>} */
export async function prepare(tabId) {
  try {
    const running = api.scripting.executeScript({
      target: { tabId },
      injectImmediately: true,
      files: ["content/natives.js", "content/strips.js"],
    });
    await within(running, PATIENCE / 2, "page_busy");
    return await inPage(tabId, "begin");
  } catch {
    return null;
  }
}

/** @param {number} index @param {Measure} at @param {Picture} shot what the stitcher needs */
export function about(index, at, shot) {
  const { x, y, width, height, scroll_width, scroll_height, drift } = at;
  const scale = shot.width / width;
  return { index, x, y, width, height, scale, scroll_width, scroll_height, drift };
}

/** Put the page back. @param {number} tabId @returns {Promise<Change[] | null>} null: it is gone */
export async function putBack(tabId) {
  return (await inPage(tabId, "finish").catch(() => null)) ?? null;
}

/**
 * Take the strips from the top to the bottom. `first` is set where the raw viewport picture shows
 * the top: unless something covers its bottom it is strip 0, and the pass begins below it.
 *
 * @param {TabRef} tab
 * @param {Measure | null} first
 * @param {(about: Record<string, unknown>, shot: Picture) => Promise<void>} keep
 * @returns {Promise<{changes: Change[] | null, missing: import("./outbox.js").Missing[]}>}
 *   `changes` null: the page was gone before it could tell them
 */
export async function strips(tab, first, keep) {
  /** @type {import("./outbox.js").Missing[]} */
  const missing = [];
  const end = await pass(tab, first, keep, missing).catch((error) => ({ error }));
  const changes = await putBack(tab.id);
  if (end) {
    // A page that cannot say what was changed on it is another one by now.
    const otherwise = changes ? "picture_refused" : "page_reloaded";
    missing.push({ role: "seen/strip", reason: await reasonOf(end.error, tab, otherwise) });
  }
  return { changes, missing };
}

/**
 * @param {TabRef} tab @param {Measure | null} first
 * @param {(about: Record<string, unknown>, shot: Picture) => Promise<void>} keep
 * @param {import("./outbox.js").Missing[]} missing
 */
async function pass(tab, first, keep, missing) {
  // A bar at the bottom covers a part of the raw picture: then the top is pictured again without.
  const raw = first && !SPREADS && (await inPage(tab.id, "covered")) === 0 ? first : null;
  let next = raw ? raw.height - OVERLAP : 0;
  for (let index = raw ? 1 : 0; ; index += 1) {
    const { at, shot } = SPREADS
      ? await spreadPicture(tab, index, next)
      : await scrolledPicture(tab, index, next);
    await keep(about(index, at, shot), shot);
    const bottom = at.y + at.height;
    if (bottom >= at.scroll_height - 1) return;
    if (index + 1 >= MOST_STRIPS) {
      missing.push({
        role: "seen/page",
        reason: "too_tall",
        detail: `${bottom}/${at.scroll_height}`,
      });
      return;
    }
    if (bottom - OVERLAP <= next) throw new Refusal("page_moved");
    next = bottom - OVERLAP;
  }
}

/**
 * Ask where the page stands: one that was loaded anew meanwhile knows of no strips.
 *
 * @param {number} tabId @param {"measure" | "go" | "spread"} name @param {...unknown} given
 * @returns {Promise<Measure>}
 */
async function measured(tabId, name, ...given) {
  const at = await inPage(tabId, name, ...given);
  if (!at) throw new Refusal("page_reloaded");
  return at;
}

/** @param {TabRef} tab @param {number} index @param {number} y where the page is scrolled to */
async function scrolledPicture(tab, index, y) {
  const at = await measured(tab.id, "go", index, y, index > 0);
  return steadyPicture(at, () => picture(tab), () => measured(tab.id, "measure"));
}

/** @param {TabRef} tab @param {number} index @param {number} y where the part begins */
async function spreadPicture(tab, index, y) {
  const measure = () => measured(tab.id, "spread", index, y, TALLEST);
  const at = await measure();
  return steadyPicture(at, () => picture(tab, at), measure);
}

/**
 * Take a picture during which the page stood still; a page that moves once gets a second try.
 *
 * @param {Measure} at @param {() => Promise<Picture>} take @param {() => Promise<Measure>} measure
 * @returns {Promise<{at: Measure, shot: Picture}>}
 */
async function steadyPicture(at, take, measure) {
  for (let tries = 0; tries < STEADY_TRIES; tries += 1) {
    const shot = await take();
    if (steady(at, await measure())) return { at, shot };
  }
  throw new Refusal("page_moved");
}

/** @param {Measure} before @param {Measure} after @returns {boolean} */
function steady(before, after) {
  return ["address", "x", "y", "width", "height"].every(
    (key) =>
      before[/** @type {keyof Measure} */ (key)] === after[/** @type {keyof Measure} */ (key)],
  );
}
