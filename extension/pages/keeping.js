/** What the popup does once it is drawn: keep, show what was kept, say what was found. */
import { api } from "../background/api.js";
import { canStayBeside, openBeside } from "../background/beside.js";
import { awaits, recallElsewhere, withReceipt } from "../background/fill_memory.js";
import { lending, sitePattern } from "../background/session.js";
import { begun, follow } from "./capture_view.js";
import { byId, h, put } from "./dom.js";
import { offerFill } from "./fill_view.js";
import { t } from "./i18n.js";
import { errorNotice, helperNotice, notice, openCases, openConsole, openSettings } from "./notices.js";
import { stayWith } from "./side.js";
import { answerOf, send } from "./talk.js";
import { offerWays } from "./ways_view.js";

/** @typedef {import("./popup.js").Known} Known */

/** The person pressed a button: what is found out later changes the page no more. */
let pressed = false;

/** Go on from what is drawn. @param {Known} known */
export async function goOn(known) {
  const { tabId, url, side, filled, last, records, walks } = known;
  if (side) stayWith(tabId, url);
  byId("settings").addEventListener("click", openSettings);
  byId("cases").addEventListener("click", openCases);
  byId("console").addEventListener("click", () => openConsole(byId("error"), document.body.dataset.case));
  void showHelper().catch(fail);
  if (!known.capturable) {
    // Of a tab that is there, only what a click on the icon has not allowed has no address.
    const unseen = tabId < 0 ? "error_tab_closed" : "side_click";
    const why = side && !url ? unseen : "page_restricted";
    put(byId("error"), notice("warn", t(why), t(`${why}_next`)));
    return;
  }
  void listenLending(url);
  const keepChat = (/** @type {string} */ case_id) =>
    void keep(tabId, { chat: {}, ...(case_id ? { case_id } : {}) });
  void offerWays({ tabId, url, walks, records, keepChat, fail }).catch(fail);
  if (last) {
    void follow(last.uuid, byId("after"), { again, receipt: Boolean(last.meta?.receipt_for), tabId }, last).catch(fail);
  }
  const page = await answerOf(known.recognised);
  showRecognised(page);
  if (pressed) return;
  const own = filled && awaits(filled, url, page.kind) ? filled : null;
  const keepReceipt = (/** @type {any} */ draft) =>
    keep(tabId, { receipt_for: draft.draft_id, case_id: draft.case_id });
  await offerFill(byId("fill"), {
    tabId,
    page,
    filled: own ?? withReceipt(await recallElsewhere(tabId, page), records),
    beside: !side && canStayBeside() ? () => goBeside(known) : null,
    keepReceipt,
  });
  if (document.body.dataset.state === "receipt") byId("keep").classList.remove("primary");
}

/** Go on beside the page; the popup, which is in the way there, ends when that is shown. */
function goBeside(/** @type {Known} */ { tabId, windowId }) {
  api.runtime.onMessage.addListener((message) => {
    if (message?.type === "page" && message.tabId === tabId) window.close();
  });
  openBeside(tabId, windowId).catch(() =>
    put(byId("error"), notice("warn", t("beside_failed"), t("beside_failed_next"))),
  );
}

/** @param {any} page what the background made of it */
function showRecognised(page) {
  const order = page.order_no
    ? [h("span.small", null, t("order_no"), " ", h("span.mono", { id: "order-no" }, page.order_no))]
    : [];
  const badge = page.platform
    ? h("span.chip.brand", { id: "platform" }, page.platform.name)
    : h("span.chip", { id: "platform" }, t("unknown_page"));
  byId("page-order").replaceChildren(badge, ...order);
}

/** @param {string} url */
async function listenLending(url) {
  const [box, refuse] = [byId("lend"), byId("refuse")];
  box.checked = (await lending(url)).allowed;
  box.addEventListener("change", () => changeLending(url));
  const either = () => {
    box.disabled = refuse.checked;
  };
  refuse.addEventListener("change", either);
  either();
}

/**
 * The permission has to be asked for inside the click, before anything is awaited; the choice is
 * sent at the same time, for the browser's question may close the popup.
 *
 * @param {string} url
 */
async function changeLending(url) {
  const box = byId("lend");
  const { origin } = new URL(url);
  const asked = box.checked;
  try {
    const asking = asked
      ? api.permissions.request({ permissions: ["cookies"], origins: [sitePattern(origin)] })
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
export async function keep(tabId, extra) {
  pressed = true;
  put(byId("error"));
  // Firefox then clears it no more when the disk runs low; Chromium does not clear it anyway.
  void navigator.storage?.persist?.();
  byId("before").hidden = true;
  byId("fill").hidden = true;
  byId("ways").open = false;
  begun(byId("after"));
  byId("after").focus();
  const wishes = { refuse_revisit: byId("refuse").checked, ...extra };
  try {
    const { uuid } = await send("capture", { tabId, ...wishes });
    const receipt = Boolean(extra.receipt_for);
    await follow(uuid, byId("after"), { again, receipt, tabId });
  } catch (error) {
    again();
    fail(error);
  }
}

/** @param {unknown} error */
export function fail(error) {
  document.body.dataset.state = "error";
  put(byId("error"), errorNotice(error));
}

/** Offer the button once more. */
function again() {
  put(byId("after"));
  document.body.dataset.state = "before";
  byId("keep").disabled = false;
  delete document.body.dataset.capture;
  delete document.body.dataset.case;
  byId("before").hidden = false;
  byId("keep").focus();
}

/** Say how the helper is, and what closes soon: both known without it, or asked for by the way. */
async function showHelper() {
  const due = Number(await api.action.getBadgeText({})) || 0;
  const soon =
    due > 0 &&
    notice("plain", t("due_soon", due), t("due_soon_next"), {
      label: t("my_cases"),
      act: openCases,
      id: "to-cases",
    });
  put(byId("helper"), soon);
  const state = await send("status").then(helperNotice, errorNotice);
  put(byId("helper"), state, soon);
}
