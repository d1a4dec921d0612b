/** What the extension's pages are told of captures: of one, and the list of recent ones. */

import { api, Refusal } from "./api.js";
import { stopping } from "./chat.js";
import { ask } from "./helper.js";
import * as outbox from "./outbox.js";
import { webOrigin } from "./session.js";
import { attend } from "./uploader.js";

/** @param {outbox.CaptureRecord} record what the popup shows of a capture's way to the helper */
function local({ uuid, phase, meta, error, timings, complete, chat }) {
  const walk = chat ? { ...chat, stopping: stopping(uuid) } : null;
  return { phase, missing: meta?.missing ?? [], error, timings, complete, chat: walk };
}

/**
 * Tell how a capture stands here and, where it has reached the helper, there.
 *
 * @param {string} uuid
 */
export async function captureState(uuid) {
  const record = await outbox.find(uuid);
  const here = record
    ? local(record)
    : { phase: "sent", missing: [], error: null, timings: {}, complete: true, chat: null };
  if (here.phase !== "uploading" && here.phase !== "sent") return { local: here, view: null };
  try {
    return { local: here, view: await attend(uuid) };
  } catch (error) {
    if (!record) throw error;
    const sent = here.phase === "sent" && error instanceof Refusal;
    return { local: sent ? { ...here, error: error.explained() } : here, view: null };
  }
}

/**
 * List captures, newest first: those here and those the helper has; `unasked`: the code that tells
 * why it could not be asked, else null.
 *
 * @param {{tabId?: number}} message with a tab, only those of its site
 */
export async function recent({ tabId }) {
  const tab = tabId === undefined ? null : await api.tabs.get(tabId).catch(() => null);
  const site = tab ? webOrigin(tab.url) : null;
  const [records, { captures: told, unasked }] = await Promise.all([
    outbox.all(),
    ask("GET", "/v1/captures?limit=30").then(
      (answer) => ({ captures: answer?.captures ?? [], unasked: null }),
      (error) => ({ captures: [], unasked: error.code ?? "unknown" }),
    ),
  ]);
  const views = new Map(told.map((/** @type {any} */ view) => [view.capture_id, view]));
  const here = records
    .filter(({ uuid }) => !views.has(uuid))
    .map((record) => row(record.uuid, record.tab, record.timings.clicked_at, record.phase, null));
  const there = told.map((/** @type {any} */ view) => {
    const phase = records.find(({ uuid }) => uuid === view.capture_id)?.phase ?? "sent";
    return row(view.capture_id, view.meta, Date.parse(view.meta.clicked_at), phase, view);
  });
  const captures = [...here, ...there]
    .filter(({ url }) => !site || webOrigin(url) === site)
    .sort((a, b) => b.at.localeCompare(a.at));
  return { captures, unasked };
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
