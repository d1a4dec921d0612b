/** What waits for the helper: how much, since when, why; send it now, or take it along as a file. */
import { bytesOf, unsent } from "../background/outbox.js";
import { waitingFile } from "../background/outbox_file.js";
import { byId, busy, h, put } from "./dom.js";
import { ago, size, t, when } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { Explained, send } from "./talk.js";

/** @typedef {import("../background/outbox.js").CaptureRecord} CaptureRecord */

const LOOK_EVERY_MS = 2_000;

/**
 * Show what waits, and look again as long as the page is in sight. It reads the outbox itself: a
 * worker would be kept awake by being asked.
 */
export async function showOutbox() {
  byId("outbox-send").addEventListener("click", () => act("outbox-send", sendNow));
  byId("outbox-export").addEventListener("click", () => act("outbox-export", exportNow));
  for (let shown = ""; ; ) {
    const waiting = await unsent();
    const now = JSON.stringify(waiting);
    if (now !== shown) paint(waiting);
    shown = now;
    await new Promise((done) => {
      setTimeout(done, LOOK_EVERY_MS);
    });
    if (document.hidden) await inSight();
  }
}

/** @returns {Promise<void>} once somebody looks at the page again */
function inSight() {
  return new Promise((done) => {
    document.addEventListener("visibilitychange", () => done(), { once: true });
  });
}

/** @param {string} button @param {() => Promise<HTMLElement>} work */
function act(button, work) {
  return busy(byId(button), async () => {
    put(byId("outbox-said"));
    put(byId("outbox-said"), await work().catch(errorNotice));
  });
}

async function sendNow() {
  const { outbox } = await send("send-waiting");
  return outbox.count
    ? notice("warn", t("outbox_still", outbox.count))
    : notice("good", t("outbox_sent"));
}

async function exportNow() {
  const { file, name, count } = await waitingFile(new Date());
  // The address lives as long as this page: the browser may ask first where to put the file.
  h("a", { href: URL.createObjectURL(file), download: name }).click();
  return notice("good", t("outbox_exported", count, name), t("outbox_exported_next"));
}

/** @param {CaptureRecord[]} waiting oldest first */
function paint(waiting) {
  const bytes = waiting.reduce((sum, record) => sum + bytesOf(record), 0);
  byId("outbox-sum").textContent = waiting.length
    ? t("outbox_count", waiting.length, size(bytes), ago(clicked(waiting[0])))
    : t("outbox_none");
  byId("outbox-acts").hidden = waiting.length === 0;
  put(byId("outbox-list"), ...waiting.map(row));
}

/** @param {CaptureRecord} record */
function row(record) {
  const { uuid, meta, error } = record;
  const told = error && new Explained(error);
  const at = clicked(record);
  return h(
    "li.stack",
    { "data-uuid": uuid },
    h("strong.clamp", null, meta.title || meta.url),
    h("span.small.soft.clamp", { title: meta.url }, meta.url),
    h("span.small", null, t("outbox_row", when(at), ago(at), size(bytesOf(record)))),
    h("span.small", null, told ? `${told.sentence} ${told.next}` : t("outbox_on_its_way")),
  );
}

/** @param {CaptureRecord} record @returns {string} */
function clicked({ timings }) {
  return new Date(timings.clicked_at).toISOString();
}
