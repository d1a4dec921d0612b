/**
 * The message table. All routes are for the extension's own pages: main.js checks the sender;
 * content scripts and web pages get none.
 *
 * A route gets the message and returns what is merged into {ok: true, …}; a Refusal becomes
 * {ok: false, error: {code, message?, next_step?}}.
 */

import { api } from "./api.js";
import { caseRoutes } from "./case_routes.js";
import { stop } from "./chat.js";
import * as filling from "./filling.js";
import { DEFAULT_PORT, hello, pair } from "./helper.js";
import * as outbox from "./outbox.js";
import { captureState, recent } from "./recent.js";
import { describe } from "./recognise.js";
import { choose } from "./session.js";
import { push, resume, schedule } from "./uploader.js";
import * as walk from "./walk.js";

/** @typedef {{trust: "page", run: (message: any) => Promise<object>}} Route */

/** @type {Record<string, Route>} */
export const routes = {
  status: { trust: "page", run: status },
  page: { trust: "page", run: ({ tabId }) => describe(tabId) },
  capture: { trust: "page", run: walk.keep },
  "capture-state": { trust: "page", run: ({ uuid }) => captureState(uuid) },
  "chat-stop": { trust: "page", run: async ({ uuid }) => ({ stopping: stop(String(uuid)) }) },
  recent: { trust: "page", run: recent },
  "send-waiting": { trust: "page", run: sendWaiting },
  lend: { trust: "page", run: ({ origin, allowed }) => choose(origin, allowed) },
  "walk-start": { trust: "page", run: walk.start },
  "walk-stop": { trust: "page", run: () => walk.stop("stopped") },
  "walk-state": { trust: "page", run: walk.state },
  "recording-grown": { trust: "page", run: grown },
  pair: { trust: "page", run: pairing },
  ...caseRoutes,
  "fill-preview": { trust: "page", run: (message) => filling.preview(message) },
  "fill-apply": { trust: "page", run: (message) => filling.apply(message) },
  "fill-undo": { trust: "page", run: (message) => filling.undo(message) },
};

/** The recorder put more into the outbox. @param {{uuid: string}} message */
async function grown({ uuid }) {
  void schedule();
  void push(uuid);
  return {};
}

async function status() {
  const [{ state, version }, waiting] = await Promise.all([hello(), outbox.waiting()]);
  if (state === "ready") void resume();
  return { helper: state, version, outbox: waiting, extension: api.runtime.getManifest().version };
}

/** Try once more to send everything; settles when all of it is sent or has to wait. */
async function sendWaiting() {
  await resume();
  return { outbox: await outbox.waiting() };
}

/** @param {{code: string, port?: number}} message */
async function pairing({ code, port }) {
  const pairing_id = await pair(String(code), Number(port) || DEFAULT_PORT);
  void resume();
  return { pairing_id };
}
