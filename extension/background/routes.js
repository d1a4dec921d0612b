/**
 * The message table. All routes are for the extension's own pages: main.js checks the sender;
 * content scripts and web pages get none.
 *
 * A route gets the message and returns what is merged into {ok: true, …}; a Refusal becomes
 * {ok: false, error: {code, message?, next_step?}}.
 */

import { Refusal, api } from "./api.js";
import { capture } from "./capture.js";
import * as filling from "./filling.js";
import { DEFAULT_PORT, ask, hello, pair } from "./helper.js";
import * as outbox from "./outbox.js";
import { captureState, recent } from "./recent.js";
import { describe } from "./recognise.js";
import { choose } from "./session.js";
import { resume } from "./uploader.js";

/** @typedef {{trust: "page", run: (message: any) => Promise<object>}} Route */

/** @type {Record<string, Route>} */
export const routes = {
  status: { trust: "page", run: status },
  page: { trust: "page", run: ({ tabId }) => describe(tabId) },
  capture: { trust: "page", run: capture },
  "capture-state": { trust: "page", run: ({ uuid }) => captureState(uuid) },
  recent: { trust: "page", run: recent },
  lend: { trust: "page", run: ({ origin, allowed }) => choose(origin, allowed) },
  pair: { trust: "page", run: pairing },
  case: {
    trust: "page",
    run: ({ case_id }) => ask("GET", `/v1/cases/${segment(case_id)}`),
  },
  correct: {
    trust: "page",
    run: ({ case_id, field, value }) =>
      ask("POST", `/v1/cases/${segment(case_id)}/corrections`, { field, value }),
  },
  draft: { trust: "page", run: draft },
  "fill-preview": { trust: "page", run: (message) => filling.preview(message) },
  "fill-apply": { trust: "page", run: (message) => filling.apply(message) },
  "fill-undo": { trust: "page", run: (message) => filling.undo(message) },
};

/** @param {unknown} id @returns {string} */
function segment(id) {
  if (typeof id !== "string" || !/^[\w.-]{1,100}$/.test(id)) throw new Refusal("invalid");
  return encodeURIComponent(id);
}

async function status() {
  const [{ state, version }, waiting] = await Promise.all([hello(), outbox.waiting()]);
  if (state === "ready") void resume();
  return { helper: state, version, outbox: waiting, extension: api.runtime.getManifest().version };
}

/** @param {{code: string, port?: number}} message */
async function pairing({ code, port }) {
  const pairing_id = await pair(String(code), Number(port) || DEFAULT_PORT);
  void resume();
  return { pairing_id };
}

/** @param {any} message */
async function draft({ case_id, channel, issue, demand, answers }) {
  const body = { channel, issue: issue ?? null, demand: demand ?? null, answers: answers ?? {} };
  return { draft: await ask("POST", `/v1/cases/${segment(case_id)}/drafts`, body) };
}
