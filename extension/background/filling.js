/**
 * Fills a draft into the form of a tab: preview, apply after the user's yes, undo. The helper sends
 * values and files only; which control takes which value is decided by rules.json and by
 * content/match.js. The form's state at preview stays in fill_memory; `apply` demands the same.
 */
import { Refusal, api, within } from "./api.js";
import { recall, remember } from "./fill_memory.js";
import { FORM_WORDS } from "./form_words.js";
import { ask, bytes } from "./helper.js";
import { readRules } from "./rules.js";

const SCRIPTS = ["form", "match", "guard", "fill"].map((name) => `content/${name}.js`);
const PIECE_BYTES = 3 * 1024 * 1024;
const DRAFTS_LOOKED_AT = 12;
/** A form of many fields takes seconds; a page behind a dialog never answers. */
const PATIENCE = 30_000;

/**
 * Show what would be filled where.
 * @param {{tabId: number, draft_id?: string}} message
 */
export async function preview({ tabId, draft_id }) {
  const tab = await api.tabs.get(tabId);
  const origin = originOf(tab.url);
  const plan = draft_id ? await fetchPlan(draft_id) : await newestPlan(origin);
  if (!plan) throw new Refusal("fill_no_draft");
  if (!plan.origins.includes(origin)) throw new Refusal("fill_other_site");
  const request = {
    origins: plan.origins,
    values: plan.values,
    files: plan.files.length,
    map: await formMap(plan.platform),
    words: FORM_WORDS,
  };
  await inject(tabId);
  const seen = await inPage(tabId, "preview", request);
  const token = crypto.randomUUID();
  const files = suited(plan.files, seen.upload);
  await remember(tabId, {
    draft_id: plan.draft_id,
    case_id: plan.case_id,
    token,
    files,
    request: { ...request, url: seen.url, structure: seen.structure },
  });
  const { structure: _, ...shown } = seen;
  return { draft_id: plan.draft_id, case_id: plan.case_id, token, ...shown, files };
}

/**
 * Fill what the user ticked, read it back, tell the helper. Nothing is submitted.
 * @param {{tabId: number, token: string, names: string[], files: boolean, elsewhere?: boolean}} message
 */
export async function apply({ tabId, token, names, files, elsewhere = false }) {
  const memory = await recall(tabId);
  if (!memory?.token || memory.token !== token) throw new Refusal("fill_stale");
  const chosen = files ? (memory.files ?? []).filter((file) => file.accepted) : [];
  await inject(tabId);
  for (const [index, file] of chosen.entries())
    await stage(tabId, memory.draft_id, file, index === 0);
  const result = await inPage(tabId, "apply", {
    ...memory.request,
    names,
    attach: chosen.length > 0,
    elsewhere,
  });
  const { token: _, request, ...kept } = memory;
  await remember(tabId, { ...kept, url: request.url, filled_at: new Date().toISOString() });
  const fields = result.fields.map((/** @type {any} */ { name, ok, read_back }) => ({
    name,
    ok,
    read_back,
  }));
  // The note to the helper is for the case's history; the form is filled whether or not it arrives.
  await ask("POST", `/v1/drafts/${memory.draft_id}/filled`, {
    fields,
    attached: result.attached,
  }).catch(() => null);
  return { ...result, draft_id: memory.draft_id };
}

/**
 * Put back what stood in the form before.
 * @param {{tabId: number}} message
 */
export async function undo({ tabId }) {
  await inject(tabId);
  return inPage(tabId, "undo", null);
}

/** @param {string | undefined} url @returns {string} */
function originOf(url) {
  try {
    return new URL(url ?? "").origin;
  } catch {
    throw new Refusal("fill_restricted");
  }
}

/** @param {string} draftId @returns {Promise<any>} */
async function fetchPlan(draftId) {
  return ask("GET", `/v1/drafts/${encodeURIComponent(draftId)}/fill`);
}

/** Newest draft that may be filled on this origin; cases of the same host first. */
async function newestPlan(/** @type {string} */ origin) {
  const answer = await ask("GET", "/v1/cases");
  const host = new URL(origin).hostname;
  const cases = [...(answer.cases ?? answer)].sort(
    (a, b) => Number(hostOf(b) === host) - Number(hostOf(a) === host),
  );
  const drafts = cases
    .flatMap((/** @type {any} */ one) => [...one.drafts].reverse())
    .slice(0, DRAFTS_LOOKED_AT);
  for (const draft of drafts) {
    const plan = await fetchPlan(draft).catch(() => null);
    if (plan?.origins.includes(origin)) return plan;
  }
  return null;
}

/** @param {any} one @returns {string} */
const hostOf = (one) => (one.host ?? "").replace(/:\d+$/, "");

/** @param {string | null} platform @returns {Promise<any>} */
async function formMap(platform) {
  if (!platform) return null;
  return (await readRules()).find(({ key }) => key === platform)?.complaint_form ?? null;
}

/** Mark which files the form's upload field takes. */
function suited(/** @type {any[]} */ files, /** @type {any} */ upload) {
  const accept = (upload?.accept ?? "")
    .toLowerCase()
    .split(",")
    .map((/** @type {string} */ one) => one.trim())
    .filter(Boolean);
  let room = upload?.found ? (upload.multiple ? Infinity : 1) : 0;
  return files.map((file) => {
    const fits =
      accept.length === 0 || accept.some((/** @type {string} */ rule) => takes(rule, file));
    const accepted = fits && room > 0;
    if (accepted) room -= 1;
    return { ...file, accepted };
  });
}

/** @param {string} rule @param {any} file @returns {boolean} */
function takes(rule, file) {
  if (rule.startsWith(".")) return file.name.toLowerCase().endsWith(rule);
  if (rule === "*/*") return true;
  return rule.endsWith("/*")
    ? file.media_type.startsWith(rule.slice(0, -1))
    : file.media_type === rule;
}

/** @param {number} tabId @param {string} draftId @param {any} file @param {boolean} clear */
async function stage(tabId, draftId, file, clear) {
  const data = new Uint8Array(await bytes(`/v1/drafts/${draftId}/files/${file.sha256}`));
  for (let start = 0; start === 0 || start < data.length; start += PIECE_BYTES) {
    const piece = base64(data.subarray(start, start + PIECE_BYTES));
    await inPage(tabId, "stage", {
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

/** @param {number} tabId */
async function inject(tabId) {
  const running = api.scripting.executeScript({ target: { tabId }, files: SCRIPTS });
  await within(running, PATIENCE, "page_busy").catch((cause) => {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal("fill_restricted", { reason: String(cause) });
  });
}

/** @param {number} tabId @param {string} action @param {any} payload @returns {Promise<any>} */
async function inPage(tabId, action, payload) {
  const running = api.scripting.executeScript({
    target: { tabId },
    func: (/** @type {string} */ name, /** @type {any} */ value) =>
      /** @type {any} */ (globalThis).kazhengFill[name](value),
    args: [action, payload],
  });
  const [frame] = await within(running, PATIENCE, "page_busy");
  const result = /** @type {any} */ (frame)?.result;
  if (!result) throw new Refusal("fill_broken");
  if (result.error) throw new Refusal(result.error);
  return result;
}
