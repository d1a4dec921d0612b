/**
 * Fills a draft into the form of a tab: preview, apply after the user's yes, undo. The helper sends
 * values and files that fit; which control takes which value is decided by rules.json and by
 * content/match.js. The form's state at preview stays in fill_memory; `apply` demands the same.
 */
import { Refusal, api, within } from "./api.js";
import { fetchPlan, fittingPlans, holding } from "./fill_choice.js";
import { recall, remember } from "./fill_memory.js";
import { FILL_SCRIPTS } from "./fill_scripts.js";
import { FORM_WORDS } from "./form_words.js";
import { ask, bytes } from "./helper.js";
import { readRules } from "./rules.js";
import { webOrigin } from "./session.js";

const PIECE_BYTES = 3 * 1024 * 1024;
/** Fields that tell a complaint form from a box to search in. */
const ENOUGH = 3;
/** Most characters of what a page says of its upload. */
const LONGEST = 1000;
/**
 * @typedef {{origin: string, url: string, own: boolean}} Stranger
 * a frame of another site; `own`: one the draft may be filled on
 */
/** A form of many fields takes seconds; a page behind a dialog never answers. */
const PATIENCE = 30_000;

/**
 * Show what would be filled where, and which files go along, made to fit the upload.
 * @param {{tabId: number, draft_id?: string}} message
 */
export async function preview({ tabId, draft_id }) {
  const tab = await api.tabs.get(tabId);
  const origin = originOf(tab.url);
  const [page = ""] = (tab.url ?? "").split("#");
  const memory = await recall(tabId);
  const filled = memory?.filled;
  const fitting = await fittingPlans(origin, page, filled, draft_id ?? memory?.chosen?.draft_id);
  const named = fitting.find((one) => one.draft_id === draft_id);
  const chosen = draft_id
    ? { draft_id, page, filed: named?.filed ?? 0 }
    : holding(memory?.chosen, fitting, page);
  const known = fitting.find((one) => one.draft_id === chosen?.draft_id);
  const plan = known ?? (draft_id ? await fetchPlan(draft_id) : fitting[0]);
  if (!plan) throw new Refusal("fill_no_draft");
  if (!plan.origins.includes(origin)) throw new Refusal("fill_other_site");
  const request = {
    origins: plan.origins,
    values: plan.values,
    files: 1, // whether any fits is known when the upload is
    map: await formMap(plan.platform),
    words: FORM_WORDS,
  };
  const found = await look(tabId, request);
  const { frameId } = found;
  const fitted = await fit(plan, found.seen.upload);
  // The text names what goes along: looked at again where that is not all.
  const told = { ...request, values: fitted.values, files: Math.min(fitted.files.length, 1) };
  const same = JSON.stringify(told) === JSON.stringify(request);
  const seen = same ? found.seen : await inPage(tabId, frameId, "preview", told);
  const token = crypto.randomUUID();
  const trusted = plan.known_host && seen.elsewhere.length === 0;
  const confirm = trusted ? [] : (plan.identity ?? []);
  const done = filled && filled.draft_id === plan.draft_id ? filled.done : [];
  await remember(tabId, {
    draft_id: plan.draft_id,
    case_id: plan.case_id,
    chosen: plan.draft_id === chosen?.draft_id ? chosen : undefined,
    // Also while another draft is looked at: there is a receipt to come.
    filled,
    token,
    frameId,
    page: tab.url,
    sites: [...plan.origins, origin, seen.origin, ...seen.elsewhere.map(webOrigin)],
    confirm,
    files: fitted.files.map(({ thumbnail: _, ...file }) => file),
    request: { ...told, url: seen.url, structure: seen.structure, held: heldIn(seen.fields) },
  });
  const { structure: _, ...shown } = seen;
  const { files, stays, takes } = fitted;
  return {
    draft_id: plan.draft_id,
    case_id: plan.case_id,
    draft_title: plan.title,
    drafts: fitting.map(({ draft_id: id, title, created_at }) => ({ draft_id: id, title, created_at })),
    public: plan.public,
    token,
    ...shown,
    frame: frameId === 0 ? (seen.frame ?? null) : seen.url,
    strangers: found.strangers,
    done,
    confirm,
    files,
    stays,
    takes,
  };
}

/**
 * Fill what the user ticked, read it back, tell the helper. Nothing is submitted. Of `confirm` only
 * what is in `confirmed`: who the user is, told to a site that is no known channel.
 * @param {{tabId: number, token: string, names: string[], files: boolean, elsewhere?: boolean,
 *   confirmed?: string[]}} message
 */
export async function apply({ tabId, token, names, files, elsewhere = false, confirmed = [] }) {
  const memory = await recall(tabId);
  if (!memory?.token || memory.token !== token) throw new Refusal("fill_stale");
  const { frameId = 0, confirm = [] } = memory;
  if (names.some((name) => confirm.includes(name) && !confirmed.includes(name)))
    throw new Refusal("fill_unconfirmed");
  const chosen = files ? (memory.files ?? []).filter((file) => file.accepted) : [];
  await inject(tabId, frameId);
  for (const [index, file] of chosen.entries())
    await stage(tabId, frameId, memory.draft_id, file, index === 0);
  const result = await inPage(tabId, frameId, "apply", {
    ...memory.request,
    names,
    attach: chosen.length > 0,
    elsewhere,
  });
  const { draft_id, case_id, chosen: picked, page = "", sites, filled } = memory;
  const earlier = filled?.draft_id === draft_id ? filled.done : [];
  const good = result.fields.filter((/** @type {any} */ field) => field.ok);
  await remember(tabId, {
    draft_id,
    case_id,
    chosen: picked,
    frameId,
    filled: {
      draft_id,
      case_id,
      done: [...new Set([...earlier, ...good.map((/** @type {any} */ { name }) => name)])],
      filled_at: new Date().toISOString(),
      url: page,
      sites,
    },
  });
  const fields = result.fields.map((/** @type {any} */ { name, ok, read_back }) => ({
    name,
    ok,
    read_back,
  }));
  await tellFilled(draft_id, fields, result.attached);
  return { ...result, draft_id };
}

/**
 * Put back what stood in the form before.
 * @param {{tabId: number}} message
 */
export async function undo({ tabId }) {
  const memory = await recall(tabId);
  const frameId = memory?.frameId ?? 0;
  await inject(tabId, frameId);
  const result = await inPage(tabId, frameId, "undo", null);
  const { filled } = memory ?? {};
  if (!memory || !filled) return result;
  // Where a field of an earlier step or one that was changed since stays, a receipt may come yet.
  const all = result.kept.length === 0 && result.restored >= filled.done.length;
  await remember(tabId, { ...memory, filled: all ? undefined : { ...filled, done: [] } });
  if (all) await tellFilled(filled.draft_id, [], 0);
  return result;
}

/**
 * Tell the helper what a form holds now, for the case's history; it does so whether or not that
 * arrives.
 * @param {string} draftId @param {any[]} fields @param {number} attached
 */
async function tellFilled(draftId, fields, attached) {
  await ask("POST", `/v1/drafts/${draftId}/filled`, { fields, attached }).catch(() => null);
}

/** What stood in the fields at the preview. */
const heldIn = (/** @type {any[]} */ fields) =>
  Object.fromEntries(fields.map(({ name, current }) => [name, current]));

/** @param {string | undefined} url @returns {string} */
function originOf(url) {
  try {
    return new URL(url ?? "").origin;
  } catch {
    throw new Refusal("fill_restricted");
  }
}

/** @param {string | null} platform @returns {Promise<any>} */
async function formMap(platform) {
  if (!platform) return null;
  return (await readRules()).find(({ key }) => key === platform)?.complaint_form ?? null;
}

/**
 * The files made to fit the form's upload, and the values that go with just these.
 * @param {any} plan @param {any} upload
 * @returns {Promise<{values: any, files: any[], stays: any[], takes: string | null}>}
 */
async function fit(plan, upload) {
  const marked = (/** @type {any[]} */ files, /** @type {boolean} */ accepted) =>
    files.map((file) => ({ ...file, accepted }));
  if (!upload?.found) {
    const { values, files } = plan;
    return { values, files: marked(files, false), stays: [], takes: null };
  }
  const { accept, multiple, words = "" } = upload;
  const path = `/v1/drafts/${encodeURIComponent(plan.draft_id)}/files`;
  const fitted = await ask("POST", path, {
    accept: (accept ?? "").slice(0, LONGEST),
    multiple: Boolean(multiple),
    words: words.slice(0, LONGEST),
  });
  const { values, files, stays, takes } = fitted;
  return { values, files: marked(files, true), stays, takes };
}

/**
 * @param {number} tabId @param {number} frameId @param {string} draftId @param {any} file
 * @param {boolean} clear
 */
async function stage(tabId, frameId, draftId, file, clear) {
  const path = `/v1/drafts/${encodeURIComponent(draftId)}/files/${file.sha256}`;
  const data = new Uint8Array(await bytes(path));
  for (let start = 0; start === 0 || start < data.length; start += PIECE_BYTES) {
    const piece = base64(data.subarray(start, start + PIECE_BYTES));
    await inPage(tabId, frameId, "stage", {
      name: file.name,
      type: file.media_type,
      data: piece,
      first: start === 0,
      clear: clear && start === 0,
    });
  }
}

/** @param {Uint8Array} data @returns {string} */
function base64(data) {
  let text = "";
  for (let start = 0; start < data.length; start += 32768) {
    text += String.fromCharCode(...data.subarray(start, start + 32768));
  }
  return btoa(text);
}

/**
 * Into every frame that may be read, or into the one that was chosen.
 * @param {number} tabId @param {number} [frameId]
 */
async function inject(tabId, frameId) {
  const target = frameId === undefined ? { tabId, allFrames: true } : { tabId, frameIds: [frameId] };
  const running = api.scripting.executeScript({ target, files: FILL_SCRIPTS });
  await within(running, PATIENCE, "page_busy").catch((cause) => {
    if (cause instanceof Refusal) throw cause;
    // A frame that was there at the preview is gone; the page itself is there.
    if (frameId) throw new Refusal("fill_form_changed");
    throw new Refusal("fill_restricted", { reason: String(cause) });
  });
}

/**
 * Find the frame whose form takes the most; the page itself where it takes enough, as a frame that
 * hangs would keep the person waiting. Where little or no form is found, frames of other sites that
 * no script came into are `strangers`: the form may be in one of them.
 * @param {number} tabId @param {any} request
 * @returns {Promise<{frameId: number, seen: any, strangers: Stranger[]}>}
 */
async function look(tabId, request) {
  const takes = (/** @type {any} */ { result }) =>
    result?.fields?.filter((/** @type {any} */ field) => field.found).length ?? 0;
  const enough = (/** @type {any} */ frame) => frame.result?.known || takes(frame) >= ENOUGH;
  await inject(tabId, 0);
  const [top] = await run({ tabId, frameIds: [0] }, "preview", request);
  if (top && enough(top)) return { frameId: 0, seen: top.result, strangers: [] };
  await inject(tabId);
  const frames = await run({ tabId, allFrames: true }, "preview", request);
  const able = frames.filter(({ result }) => result && !result.error);
  able.sort((a, b) => takes(b) - takes(a) || a.frameId - b.frameId);
  const [best] = able;
  const strangers = best && enough(best) ? [] : await strangersOf(tabId, frames, request.origins);
  if (best) return { frameId: best.frameId, seen: best.result, strangers };
  const page = frames.find(({ frameId }) => frameId === 0);
  const error = page?.result?.error ?? "fill_broken";
  const [stranger] = strangers;
  if (error !== "fill_no_form" || !stranger) throw new Refusal(error);
  const values = [stranger.origin];
  if (!stranger.own) throw new Refusal("fill_frame_other", { values });
  throw new Refusal("fill_frame", { values, frame: stranger });
}

/**
 * Frames of other sites on the page that could not be looked into, the draft's own sites first.
 * @param {number} tabId @param {{result?: any}[]} reached @param {string[]} origins
 * @returns {Promise<Stranger[]>}
 */
async function strangersOf(tabId, reached, origins) {
  const known = reached.map(({ result }) => result?.origin);
  const lists = await run({ tabId, allFrames: true }, "strangers", null);
  return lists
    .flatMap(({ result }) => result ?? [])
    .filter((/** @type {any} */ { origin }) => !known.includes(origin))
    .map((/** @type {any} */ one) => ({ ...one, own: origins.includes(one.origin) }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => Number(b.own) - Number(a.own));
}

/**
 * @param {number} tabId @param {number} frameId @param {string} action @param {any} payload
 * @returns {Promise<any>}
 */
async function inPage(tabId, frameId, action, payload) {
  const [frame] = await run({ tabId, frameIds: [frameId] }, action, payload);
  const result = frame?.result;
  if (!result) throw new Refusal("fill_broken");
  if (result.error) throw new Refusal(result.error);
  return result;
}

/**
 * @param {chrome.scripting.InjectionTarget} target @param {string} action @param {any} payload
 * @returns {Promise<{frameId: number, result?: any}[]>}
 */
async function run(target, action, payload) {
  const running = api.scripting.executeScript({
    target,
    func: (/** @type {string} */ name, /** @type {any} */ value) =>
      /** @type {any} */ (globalThis).kazhengFill?.[name](value),
    args: [action, payload],
  });
  return within(running, PATIENCE, "page_busy");
}
