/**
 * Keep each page as the person walks: begin, what was kept so far, stop. `data-walk` of the place
 * is `off`, `here` (goes on in this tab), `elsewhere` (in another tab) or `ended`.
 */
import { api } from "../background/api.js";
import { sitePattern } from "../background/session.js";
import { fold, h, repaint } from "./dom.js";
import { named, t, when } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { send } from "./talk.js";

const POLL_MS = 700;
const SHOWN_FOR_MS = 30 * 60 * 1000;

/**
 * @typedef {{place: HTMLElement, tabId: number, site: string, had: boolean}} Here
 * `site`: match pattern of the page's site; `had`: it is granted already
 */

/** @param {HTMLElement} place @param {number} tabId @param {string} url of the page */
export async function offerWalk(place, tabId, url) {
  const site = sitePattern(url);
  const had = await api.permissions.contains({ origins: [site] });
  await follow({ place, tabId, site, had });
}

/** Show the walk as long as it goes on. @param {Here} here */
async function follow(here) {
  for (let shown = ""; ; ) {
    const { walk } = await send("walk-state");
    const now = JSON.stringify(walk);
    if (now !== shown) show(here, walk);
    shown = now;
    if (!walk || walk.ended_at) return;
    await new Promise((done) => {
      setTimeout(done, POLL_MS);
    });
  }
}

/** @param {Here} here @param {any} walk */
function show(here, walk) {
  const { place, tabId } = here;
  const going = walk && !walk.ended_at;
  const mine = walk?.tab_id === tabId;
  const fresh = mine && walk.ended_at && Date.now() - walk.ended_at < SHOWN_FOR_MS;
  place.dataset.walk = going ? (mine ? "here" : "elsewhere") : fresh ? "ended" : "off";
  if (going) repaint(place, card(here, walk, mine));
  else repaint(place, fresh && ended(walk), offer(here));
}

/** @param {Here} here */
function offer(here) {
  const act = () => begin(here);
  return h(
    "div.stack",
    null,
    h("h2", null, t("walk_title")),
    h("p.soft", null, t("walk_what")),
    h("p.soft", null, t("walk_asks")),
    h("div.row", null, h("button", { type: "button", id: "walk-start", onclick: act }, t("walk_start"))),
  );
}

/**
 * The permission has to be asked for inside the click; the walk begins at the same time, for the
 * browser's question may close the popup.
 *
 * @param {Here} here
 */
async function begin(here) {
  const asking = api.permissions.request({ origins: [here.site] });
  try {
    await Promise.all([asking, send("walk-start", { tabId: here.tabId, had: here.had })]);
    await follow(here);
  } catch (error) {
    repaint(here.place, errorNotice(error), offer(here));
  }
}

/** @param {Here} here @param {any} walk @param {boolean} mine */
function card(here, walk, mine) {
  const stop = async () => {
    try {
      await send("walk-stop");
      await follow(here);
    } catch (error) {
      repaint(here.place, errorNotice(error), card(here, walk, mine));
    }
  };
  return h(
    "section.card.stack",
    { "aria-labelledby": "walk-heading" },
    h(
      "div.row.between",
      null,
      h("h2", { id: "walk-heading" }, t("walk_going", walk.steps.length)),
      h("button", { type: "button", id: "walk-stop", onclick: stop }, t("walk_stop")),
    ),
    !mine && h("p.small.soft", null, t("walk_elsewhere", new URL(walk.origin).host)),
    mine && !walk.granted && notice("warn", t("walk_not_granted"), t("walk_not_granted_next")),
    stepList(walk.steps),
  );
}

/** @param {any} walk */
function ended(walk) {
  return h(
    "section.card.stack",
    { "aria-labelledby": "walk-heading" },
    h("h2", { id: "walk-heading" }, t("walk_ended", walk.steps.length)),
    h("p.small", { id: "walk-why" }, t(`walk_end_${walk.why}`)),
    fold("walk-steps", t("walk_steps"), stepList(walk.steps)),
  );
}

/** @param {any[]} steps */
function stepList(steps) {
  return h("ol.walk.small", { id: "walk-list" }, ...steps.map(row));
}

/** @param {any} one */
function row({ step, url, title, at, phase, reason }) {
  const [tone, words] = reason
    ? ["warn", t("walk_lacks", named("missing_reason", reason))]
    : phase === "freezing"
      ? ["", t("walk_taking")]
      : ["good", t(phase === "sent" ? "walk_kept" : "walk_kept_here")];
  return h(
    "li",
    { value: step, "data-phase": phase, "data-reason": reason },
    h("span.clamp", { title: url }, title || url),
    h("span.soft", null, `${when(at)} `, h(`span.chip${tone && `.${tone}`}`, null, words)),
  );
}
