/**
 * The toolbar popup: what this page is, one button, then how the capture goes and what comes next.
 * With `?side` it stands beside the page and stays; with a value in it, it begins with the preview.
 *
 * `document.body.dataset.state` is unset until the popup knows what to show, then one of
 * `before` (the button), `restricted` (no button: not a web page), `error` (the notice says why),
 * `receipt`, `preview`, `filled`, `undone` (fill_view.js), `working`, `waiting`, `done`, `failed`
 * (capture_view.js); `dataset.capture` is the id of the capture that is shown, and unset otherwise.
 */
import { api } from "../background/api.js";
import { canStayBeside, openBeside } from "../background/beside.js";
import { recall, recallElsewhere } from "../background/fill_memory.js";
import { follow } from "./capture_view.js";
import { byId, busy, h, put } from "./dom.js";
import { offerFill } from "./fill_view.js";
import { applyTexts, t } from "./i18n.js";
import { errorNotice, helperNotice, notice, openSettings } from "./notices.js";
import { stayWith } from "./side.js";
import { send } from "./talk.js";
import { offerWalk } from "./walk_view.js";

const SHOWN_FOR_MS = 30 * 60 * 1000;

const query = new URLSearchParams(location.search);
const side = query.has("side");

/** @typedef {{id: number, windowId?: number}} Tab */

/** @returns {Promise<Tab>} the tab the popup was opened over */
async function currentTab() {
  const given = query.get("tab");
  if (given) return { id: Number(given) };
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return { id: tab?.id ?? -1, windowId: tab?.windowId };
}

/** @param {any} page */
function showPage(page) {
  byId("page-title").textContent = page.title || page.url;
  byId("page-title").title = page.title || "";
  byId("page-host").textContent = page.url;
  byId("page-host").title = page.url;
  const order = page.order_no
    ? [h("span.small", null, t("order_no"), " ", h("span.mono", { id: "order-no" }, page.order_no))]
    : [];
  const badge = page.platform
    ? h("span.chip.brand", { id: "platform" }, page.platform.name)
    : h("span.chip", { id: "platform" }, t("unknown_page"));
  byId("page-order").replaceChildren(badge, ...order);
  byId("page").hidden = false;
}

/** @param {number} tabId @param {any} page */
function showBefore(tabId, page) {
  byId("before").hidden = false;
  byId("lend-row").hidden = !page.lend?.possible;
  byId("lend").checked = Boolean(page.lend?.allowed);
  byId("lend").addEventListener("change", () => lend(page));
  byId("refuse").addEventListener("change", () => {
    byId("lend").disabled = byId("refuse").checked;
  });
  byId("before").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    void keep(tabId, {});
  });
  byId("keep-chat").addEventListener("click", () => {
    const case_id = byId("chat-case").value;
    void keep(tabId, { chat: {}, ...(case_id ? { case_id } : {}) });
  });
}

/** A chat seldom names its order: the cases of this site are offered. @param {any[]} captures */
function offerCases(captures) {
  const known = captures.filter(({ case_id, order_no }) => case_id && order_no);
  const cases = new Map(known.reverse().map((one) => [one.case_id, one.order_no]));
  const options = [...cases].reverse().map(([id, number]) => h("option", { value: id }, number));
  byId("chat-case").replaceChildren(...options, h("option", { value: "" }, t("chat_case_new")));
  byId("chat-case-row").hidden = options.length === 0;
}

/**
 * The permission has to be asked for inside the click, before anything is awaited; the choice is
 * sent at the same time, for the browser's question may close the popup.
 */
async function lend(/** @type {any} */ page) {
  const box = byId("lend");
  const { origin, protocol, hostname } = new URL(page.url);
  const asked = box.checked;
  try {
    const asking = asked
      ? api.permissions.request({
          permissions: ["cookies"],
          origins: [`${protocol}//${hostname}/*`],
        })
      : true;
    const [granted] = await Promise.all([asking, send("lend", { origin, allowed: asked })]);
    if (!granted) await send("lend", { origin, allowed: false });
    box.checked = asked && granted;
    put(byId("error"), !granted && notice("warn", t("lend_denied"), t("lend_denied_next")));
  } catch (error) {
    box.checked = false;
    put(byId("error"), errorNotice(error));
  }
}

/** @param {number} tabId @param {Record<string, any>} extra */
async function keep(tabId, extra) {
  put(byId("error"));
  // Firefox then clears it no more when the disk runs low; Chromium does not clear it anyway.
  void navigator.storage?.persist?.();
  document.body.dataset.state = "working";
  await busy(byId("keep"), async () => {
    try {
      const { uuid } = await send("capture", {
        tabId,
        refuse_revisit: byId("refuse").checked,
        ...extra,
      });
      byId("before").hidden = true;
      byId("fill").hidden = true;
      await follow(uuid, byId("after"), {
        again: () => again(),
        receipt: Boolean(extra.receipt_for),
        tabId,
      });
    } catch (error) {
      again();
      fail(error);
    }
  });
}

/** @param {unknown} error */
function fail(error) {
  document.body.dataset.state = "error";
  put(byId("error"), errorNotice(error));
}

/** Offer the button once more. */
function again() {
  put(byId("after"));
  document.body.dataset.state = "before";
  delete document.body.dataset.capture;
  byId("before").hidden = false;
  byId("keep").focus();
}

/**
 * Show what was kept of this page a moment ago, unless the person was quicker than the answer.
 * @param {number} tabId @param {any} page
 */
async function showEarlier(tabId, page) {
  const { captures } = await send("recent", { tabId });
  offerCases([...captures]);
  const last = captures.find(
    (/** @type {any} */ one) =>
      one.url === page.url && Date.now() - Date.parse(one.at) < SHOWN_FOR_MS,
  );
  if (!last || document.body.dataset.state) return;
  byId("before").hidden = true;
  await follow(last.uuid, byId("after"), { again, receipt: false, tabId });
}

/**
 * Open the recorder in a small window of its own, so that its clock can stand beside the page. The
 * case of what was kept of this site last is proposed there.
 *
 * @param {number} tabId
 */
async function openRecorder(tabId) {
  const { captures } = await send("recent", { tabId }).catch(() => ({ captures: [] }));
  const query = new URLSearchParams({ tab: String(tabId) });
  const known = captures.find((/** @type {any} */ one) => one.case_id);
  if (known) query.set("case", known.case_id);
  const url = api.runtime.getURL(`pages/recorder.html?${query}`);
  await api.windows.create({ url, type: "popup", width: 420, height: 640 });
}

/** Go on beside the page; the popup, which is in the way there, ends when that is shown. */
function goBeside(/** @type {Tab} */ { id, windowId }) {
  api.runtime.onMessage.addListener((message) => {
    if (message?.type === "page" && message.tabId === id) window.close();
  });
  openBeside(id, windowId).catch(() =>
    put(byId("error"), notice("warn", t("beside_failed"), t("beside_failed_next"))),
  );
}

/** @param {Tab} tab */
async function start(tab) {
  const tabId = tab.id;
  const page = await send("page", { tabId });
  if (side) stayWith(tabId, page.url);
  send("status").then(
    (status) => put(byId("helper"), helperNotice(status)),
    (error) => put(byId("helper"), errorNotice(error)),
  );
  if (!page.capturable) {
    // Only what a click on the icon has not allowed has no address at all.
    const why = side && !page.url ? "side_click" : "page_restricted";
    put(byId("error"), notice("warn", t(why), t(`${why}_next`)));
    document.body.dataset.state = "restricted";
    return;
  }
  showPage(page);
  showBefore(tabId, page);
  byId("recorder").hidden = !navigator.mediaDevices?.getDisplayMedia;
  byId("recorder").addEventListener("click", () => openRecorder(tabId).catch(fail));
  offerWalk(byId("walk"), tabId, page.url).catch((error) => put(byId("walk"), errorNotice(error)));
  const own = await recall(tabId);
  const filled = own?.filled_at ? own : await recallElsewhere(tabId, page);
  await offerFill(byId("fill"), {
    tabId,
    page,
    filled,
    beside: !side && canStayBeside() ? () => goBeside(tab) : null,
    keepReceipt: (draft) => keep(tabId, { receipt_for: draft.draft_id, case_id: draft.case_id }),
  });
  if (!filled?.filled_at) await showEarlier(tabId, page);
  document.body.dataset.state ??= "before";
  if (query.get("side")) previewAtOnce(tabId);
}

/** The person asked for it in the popup; not once more when this page begins anew. */
function previewAtOnce(/** @type {number} */ tabId) {
  history.replaceState(null, "", `popup.html?tab=${tabId}&side`);
  document.getElementById("fill-preview")?.click();
}

document.body.classList.toggle("side", side);
applyTexts(document);
byId("settings").addEventListener("click", openSettings);
byId("cases").addEventListener("click", () =>
  api.tabs.create({ url: api.runtime.getURL("pages/panel.html") }),
);
start(await currentTab()).catch(fail);
