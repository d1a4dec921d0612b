/**
 * One click: freeze → outbox → helper (first commit) while the strips are still being taken →
 * last commit. The work goes on when the popup closes; what a dying worker leaves is finished by
 * the next one.
 */

import { api, Refusal } from "./api.js";
import * as badge from "./badge.js";
import { sha256 } from "./crypto.js";
import { freeze } from "./freeze.js";
import { ask } from "./helper.js";
import * as outbox from "./outbox.js";
import { recognise, revisit } from "./recognise.js";
import { lending, webOrigin } from "./session.js";
import * as shots from "./shots.js";
import { attend, push, schedule } from "./uploader.js";

/** @typedef {import("./outbox.js").CaptureRecord} CaptureRecord */
/** @typedef {{case_id?: string, receipt_for?: string, refuse_revisit?: boolean}} Wishes */

/** Captures that this worker is taking, and the last one of each tab: one at a time there. */
const working = new Set();
/** @type {Map<number, Promise<void>>} */
const tabs = new Map();

/**
 * Begin a capture and return at once.
 *
 * @param {{tabId: number} & Wishes} message @returns {Promise<{uuid: string}>}
 */
export async function capture({ tabId, ...wishes }) {
  const clickedAt = Date.now();
  const tab = await api.tabs.get(tabId).catch(() => {
    throw new Refusal("tab_closed");
  });
  if (!webOrigin(tab.url)) throw new Refusal("not_capturable");
  const uuid = crypto.randomUUID();
  const { url = "", title = "", windowId } = tab;
  const reference = { id: tabId, window_id: windowId, url, title };
  working.add(uuid);
  const noted = outbox.begin(uuid, clickedAt, reference);
  const before = tabs.get(tabId) ?? Promise.resolve();
  const work = before.then(() => take(uuid, clickedAt, reference, wishes, noted));
  tabs.set(tabId, work);
  void work.finally(() => {
    working.delete(uuid);
    if (tabs.get(tabId) === work) tabs.delete(tabId);
  });
  await noted;
  return { uuid };
}

/**
 * @param {string} uuid @param {number} clickedAt @param {outbox.TabRef} tab
 * @param {Wishes} wishes @param {Promise<unknown>} noted
 */
async function take(uuid, clickedAt, tab, wishes, noted) {
  void badge.show(tab.id, "busy");
  try {
    const frozen = await freeze(uuid, tab, clickedAt);
    const meta = await describe(clickedAt, tab, wishes, frozen);
    await noted;
    const record = await keep(uuid, meta, frozen);
    void schedule();
    void push(uuid);
    if (record.complete) return;
    await takeStrips(record, frozen.measure);
    await push(uuid);
  } catch (error) {
    const refusal =
      error instanceof Refusal ? error : new Refusal("internal", { reason: `${error}` });
    await noted;
    const record = await outbox.update(uuid, (kept) => giveUp(kept, refusal.explained()));
    await badge.show(tab.id, "failed");
    if (record.meta) void push(uuid);
  }
}

/**
 * @param {number} clickedAt @param {outbox.TabRef} tab @param {Wishes} wishes
 * @param {import("./freeze.js").Frozen} frozen @returns {Promise<object>} CaptureMeta
 */
async function describe(clickedAt, tab, wishes, { missing, summary, parts }) {
  if (parts.every(({ role }) => role === "seen/context")) {
    throw new Refusal(missing[0]?.reason ?? "not_capturable");
  }
  const found = await recognise(tab.id, tab.url).catch(() => null);
  const [offered, language] = [
    await lending(tab.url),
    summary?.languages?.[0] ?? navigator.language,
  ];
  return {
    url: tab.url,
    title: summary?.title ?? tab.title,
    clicked_at: new Date(clickedAt).toISOString(),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    language,
    user_agent: summary?.user_agent ?? navigator.userAgent,
    viewport: summary?.viewport ?? null,
    extension_version: api.runtime.getManifest().version,
    session: offered.allowed ? "lent" : "not_lent",
    revisit: revisit({
      url: tab.url,
      kind: found?.kind ?? null,
      selfPosted: summary?.self_posted ?? false,
      refused: wishes.refuse_revisit ?? false,
    }),
    page_changes: [],
    missing,
    receipt_for: wishes.receipt_for ?? null,
    case_id: wishes.case_id ?? null,
    extra: {
      platform: found?.platform?.key ?? null,
      page_kind: found?.kind ?? null,
      frozen_at: new Date().toISOString(),
    },
  };
}

/**
 * Put the frozen capture into the outbox. The raw picture is strip 0 if it shows the page's top.
 *
 * @param {string} uuid @param {object} meta @param {import("./freeze.js").Frozen} frozen
 * @returns {Promise<CaptureRecord>}
 */
function keep(uuid, meta, { parts, blobs, shot, measure, summary }) {
  const [viewport] = parts.filter(({ role }) => role === "seen/viewport");
  const top = viewport && shot && measure && measure.y === 0 && measure.x === 0;
  const first = top
    ? { ...viewport, role: "seen/strip", about: shots.about(0, measure, shot) }
    : null;
  const whole = top && measure.scroll_height <= measure.height + 1;
  const complete = !viewport || !measure || !summary || Boolean(whole);
  return outbox.update(
    uuid,
    (record) => {
      Object.assign(record, { meta, parts, held: first, complete: false, phase: "kept_here" });
      record.timings.frozen_at = Date.now();
      if (complete) end(record, [], []);
    },
    blobs,
  );
}

/**
 * Say that no strip will come any more. What was changed and what is missing is known only now,
 * so the first strip, announced last, carries it.
 *
 * @param {CaptureRecord} record @param {shots.Change[]} changes @param {outbox.Missing[]} missing
 */
function end(record, changes, missing) {
  if (record.held) {
    const about = { ...record.held.about, page_changes: changes, missing };
    record.parts.push({ ...record.held, about });
  }
  record.held = null;
  record.complete = true;
}

/** Send what there is, if anything. @param {CaptureRecord} record @param {outbox.Explained} error */
function giveUp(record, error) {
  if (!record.complete && record.meta) {
    end(record, [], [{ role: "seen/strip", reason: error.code }]);
  }
  record.error = error;
  record.complete = true;
}

/** @param {CaptureRecord} record @param {shots.Measure | null} measure */
async function takeStrips({ uuid, tab, held }, measure) {
  const { changes, missing } = await shots.strips(
    tab,
    held ? measure : null,
    async (about, shot) => {
      const hash = await sha256(await shot.blob.arrayBuffer());
      const part = {
        role: "seen/strip",
        sha256: hash,
        size: shot.blob.size,
        media_type: "image/png",
        about,
      };
      await outbox.update(
        uuid,
        (record) => {
          if (about.index === 0) record.held = part;
          else record.parts.push(part);
        },
        [{ sha256: hash, blob: shot.blob }],
      );
      if (about.index !== 0) void push(uuid);
    },
  );
  await outbox.update(uuid, (record) => end(record, changes, missing));
}

/** Finish what an earlier worker left in the middle. */
export async function recover() {
  for (const record of await outbox.all()) {
    if (working.has(record.uuid) || record.phase === "sent" || record.complete) continue;
    await shots.inPage(record.tab.id, "finish").catch(() => null);
    await outbox.update(record.uuid, (kept) => giveUp(kept, { code: "interrupted" }));
  }
}

/** @param {CaptureRecord} record what the popup shows of a capture's way to the helper */
function local({ phase, meta, error, timings, complete }) {
  return { phase, missing: meta?.missing ?? [], error, timings, complete };
}

/** @param {string} uuid */
export async function captureState(uuid) {
  const record = await outbox.find(uuid);
  const reachable = !record || record.phase === "uploading" || record.phase === "sent";
  const view = reachable ? await attend(uuid).catch(() => null) : null;
  if (!record && !view) throw new Refusal("not_found");
  const sent = { phase: "sent", missing: [], error: null, timings: {}, complete: true };
  return { local: record ? local(record) : sent, view };
}

/**
 * List captures, newest first: those here and those the helper has.
 *
 * @param {{tabId?: number}} message with a tab, only those of its site
 */
export async function recent({ tabId }) {
  const tab = tabId === undefined ? null : await api.tabs.get(tabId).catch(() => null);
  const site = tab ? webOrigin(tab.url) : null;
  const [records, answer] = await Promise.all([
    outbox.all(),
    ask("GET", "/v1/captures?limit=30").catch(() => ({ captures: [] })),
  ]);
  const views = new Map(answer.captures.map((/** @type {any} */ view) => [view.capture_id, view]));
  const here = records
    .filter(({ uuid }) => !views.has(uuid))
    .map((record) => row(record.uuid, record.tab, record.timings.clicked_at, record.phase, null));
  const there = answer.captures.map((/** @type {any} */ view) => {
    const phase = records.find(({ uuid }) => uuid === view.capture_id)?.phase ?? "sent";
    return row(view.capture_id, view.meta, Date.parse(view.meta.clicked_at), phase, view);
  });
  const captures = [...here, ...there]
    .filter(({ url }) => !site || webOrigin(url) === site)
    .sort((a, b) => b.at.localeCompare(a.at));
  return { captures };
}

/**
 * @param {string} uuid @param {{url: string, title: string}} page @param {number} at
 * @param {string} phase @param {any} view
 */
function row(uuid, { url, title }, at, phase, view) {
  return {
    uuid,
    url,
    title,
    at: new Date(at).toISOString(),
    phase,
    case_id: view?.case_id ?? null,
    order_no: view?.order?.order_no ?? null,
    state: view?.state ?? null,
  };
}
