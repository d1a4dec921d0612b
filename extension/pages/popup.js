/**
 * The toolbar popup: what this page is, one button, then how the capture goes and what comes next.
 * With `?side` it stands beside the page and stays; with a value in it, it begins with the preview.
 * It draws at once, with few modules, what the browser itself knows; keeping.js does the rest. What
 * the background and the helper answer comes below the button, which never moves.
 *
 * `document.body.dataset.state` is unset until the popup knows what to show, then one of
 * `before` (the button), `restricted` (no button: not a web page), `error` (the notice says why),
 * `receipt`, `preview`, `filled`, `undone` (fill_view.js), `working`, `waiting`, `done`, `failed`
 * (capture_view.js); `dataset.capture` is the id of the capture that is shown, and unset otherwise.
 * `dataset.answered` is set once all that was asked for on opening is there.
 */
import { api } from "../background/api.js";
import { awaits, recallAll, withReceipt } from "../background/fill_memory.js";
import * as outbox from "../background/outbox.js";
import { webOrigin } from "../background/session.js";
import { byId } from "./dom.js";
import { applyTexts } from "./i18n.js";

/**
 * @typedef {object} Known what the browser itself knows of the page
 * @property {number} tabId
 * @property {number} [windowId]
 * @property {boolean} side it stands beside the page
 * @property {boolean} capturable
 * @property {string} url
 * @property {Promise<any>} recognised what the background makes of the page, asked for at once: the
 *   same message tells a panel beside the page that a click has allowed to read it
 * @property {any} filled what was filled last in this tab
 * @property {outbox.CaptureRecord[]} records newest first
 * @property {boolean} walks a walk is going on
 * @property {outbox.CaptureRecord | undefined} last what was kept of this page a moment ago
 */

const query = new URLSearchParams(location.search);
const side = query.has("side");
const SHOWN_FOR_MS = 30 * 60 * 1000;

/** @returns {Promise<chrome.tabs.Tab | undefined>} the tab the popup was opened over */
async function currentTab() {
  const given = query.get("tab");
  if (given) return api.tabs.get(Number(given)).catch(() => undefined); // closed meanwhile
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab;
}

/** @param {{url: string, title: string}} page */
function showPage({ url, title }) {
  byId("page-title").textContent = title || url;
  byId("page-title").title = title;
  byId("page-host").textContent = url;
  byId("page-host").title = url;
  byId("page").hidden = false;
}

/** @param {outbox.CaptureRecord[]} records newest first @param {string} url */
function earlier(records, url) {
  const since = Date.now() - SHOWN_FOR_MS;
  return records.find(({ tab, timings }) => tab.url === url && timings.clicked_at > since);
}

/** The button answers also while the rest is being loaded. @param {number} tabId */
function offer(tabId) {
  byId("before").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    byId("keep").disabled = true;
    await (await rest).keep(tabId, {});
  });
}

/** @returns {Promise<Known>} */
async function draw() {
  // A full disk may open no outbox either: the click says so.
  const asked = Promise.all([
    recallAll(),
    outbox.all().catch(() => []),
    api.storage.local.get({ walk: null }),
  ]);
  const tab = await currentTab();
  const { id: tabId = -1, windowId, url = "", title = "" } = tab ?? {};
  const recognised = api.runtime.sendMessage({ type: "page", tabId });
  recognised.catch(() => null); // keeping.js says it
  const known = { tabId, windowId, url, side, recognised };
  if (!webOrigin(url)) {
    document.body.dataset.state = "restricted";
    return { ...known, capturable: false, filled: null, records: [], walks: false, last: undefined };
  }
  showPage({ url, title });
  const [recall, records, { walk }] = await asked;
  const filled = withReceipt(recall(tabId)?.filled ?? null, records);
  offer(tabId);
  const walks = Boolean(walk && !(/** @type {any} */ (walk).ended_at));
  const asks = filled && !filled.kept && awaits(filled, url);
  const last = asks || walks ? undefined : earlier(records, url);
  if (!last) {
    byId("before").hidden = false;
    document.body.dataset.state = "before";
  }
  return { ...known, capturable: true, filled, records, walks, last };
}

document.body.classList.toggle("side", side);
applyTexts(document);
const drawing = draw();
const rest = drawing.catch(() => null).then(() => import("./keeping.js"));
const { fail, goOn } = await rest;
await drawing.then(goOn).catch(fail);
document.body.dataset.answered = "";
if (query.get("side")) {
  // The person asked for it in the popup; not once more when this page begins anew.
  history.replaceState(null, "", `popup.html?tab=${query.get("tab")}&side`);
  document.getElementById("fill-preview")?.click();
}
