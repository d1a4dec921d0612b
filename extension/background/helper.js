/**
 * The helper on this computer. The only module that knows its port, and the only one that talks
 * to it: every request is signed, every reply checked, and the helper proves itself before the
 * first request (another program may hold the port).
 *
 * call(method, path, body?)  -> {status, json}
 * bytes(path)                -> ArrayBuffer
 * upload(path, chunk)        -> {status, json}
 * hello()                    -> {state, version, limits}
 * pair(code, port)           -> pairing id
 */

import { api, Refusal } from "./api.js";
import { derive, hmacKey, mac, macMatches, randomHex, sha256, unhex, utf8 } from "./crypto.js";
import { readPairing, writePairing } from "./outbox.js";

export const DEFAULT_PORT = 17650;
const API = 1;
/** Below the 30 s after which Chromium kills a worker with a pending fetch. */
const PATIENCE = 20_000;

/** What the browser has to allow, which a person can take back; ports are no part of patterns. */
export const PLACE = { origins: ["http://127.0.0.1/*"] };

/** @typedef {"ready" | "away" | "forbidden" | "unpaired" | "stranger" | "version"} HelperState */
/** @typedef {{chunk_bytes: number, part_bytes: number, capture_bytes: number}} Limits */
/** @typedef {{state: HelperState, version: string | null, limits: Limits | null}} Hello */
/** @typedef {{status: number, json: any}} Reply */
/** @typedef {{pairing_id: string, key: CryptoKey, port: number}} Pairing */

/** After a longer silence another program may have taken the port: the helper proves itself again. */
const PROOF_LASTS = 500;
/** What the proven helper said, and when it last gave a genuine answer: not by the clock, which may be set back. */
const known = { start: "", pairing: "", port: 0, at: 0 };

/** @returns {Promise<number>} */
async function port() {
  const stored = await api.storage.local.get({ port: DEFAULT_PORT });
  return Number(stored.port) || DEFAULT_PORT;
}

/** @param {number} onPort @param {string} path @param {RequestInit} [options] */
async function request(onPort, path, options = {}) {
  try {
    return await fetch(`http://127.0.0.1:${onPort}${path}`, {
      ...options,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    known.start = "";
    const allowed = await api.permissions.contains(PLACE);
    throw new Refusal(allowed ? "helper_away" : "helper_forbidden");
  }
}

/** Ask who is on the port. @returns {Promise<Hello>} */
export async function hello() {
  const onPort = await port();
  const pairing = await readPairing();
  const nonce = randomHex(32);
  const query = pairing ? `&p=${pairing.pairing_id}` : "";
  /** @type {any} */
  let said;
  try {
    const response = await request(onPort, `/v1/hello?n=${nonce}${query}`);
    said = await response.json();
  } catch (error) {
    const code = error instanceof Refusal ? error.code : "helper_stranger";
    const state = /** @type {HelperState} */ (code.replace("helper_", ""));
    return { state, version: null, limits: null };
  }
  if (said?.helper !== "kazheng") return { state: "stranger", version: null, limits: null };
  const answer = { version: String(said.version), limits: said.limits ?? null };
  if (said.api !== API) return { state: "version", ...answer };
  if (!pairing || said.pairing !== "known") return { state: "unpaired", ...answer };
  const lines = [nonce, String(said.start), String(said.version), String(onPort)];
  if (!(await macMatches(pairing.key, said.proof, "kazheng/hello/1", ...lines))) {
    return { state: "stranger", ...answer };
  }
  const { pairing_id } = pairing;
  Object.assign(known, { start: said.start, pairing: pairing_id, port: onPort, at: performance.now() });
  return { state: "ready", ...answer };
}

/** @returns {Promise<Pairing>} the pairing, once the helper has proven itself */
async function proven() {
  const pairing = await readPairing();
  if (!pairing) throw new Refusal("helper_unpaired");
  const onPort = await port();
  const same = known.pairing === pairing.pairing_id && known.port === onPort;
  if (!known.start || !same || performance.now() - known.at > PROOF_LASTS) {
    const { state } = await hello();
    if (state !== "ready") throw new Refusal(`helper_${state}`);
  }
  return { ...pairing, port: onPort };
}

/**
 * @param {string} method @param {string} path @param {Uint8Array<ArrayBuffer>} body
 * @param {Record<string, string>} headers
 * @returns {Promise<{response: Response, data: ArrayBuffer}>}
 */
async function signed(method, path, body, headers, retried = false) {
  const pairing = await proven();
  const time = String(Date.now());
  const nonce = randomHex(16);
  const digest = await sha256(body);
  const lines = [method, path, time, nonce, known.start, digest];
  const response = await request(pairing.port, path, {
    method,
    body: method === "GET" ? undefined : body,
    headers: {
      ...headers,
      "Accept-Language": api.i18n.getUILanguage(),
      "X-Kazheng-Pairing": pairing.pairing_id,
      "X-Kazheng-Time": time,
      "X-Kazheng-Nonce": nonce,
      "X-Kazheng-Start": known.start,
      "X-Kazheng-Body": digest,
      "X-Kazheng-Signature": await mac(pairing.key, "kazheng/request/1", ...lines),
    },
  });
  const data = await response.arrayBuffer().catch(() => {
    throw new Refusal("helper_away");
  });
  const code = response.headers.get("X-Kazheng-Reply");
  const answer = [nonce, String(response.status), await sha256(data)];
  const genuine = await macMatches(pairing.key, code, "kazheng/reply/1", ...answer);
  if (response.status === 401 && !retried) {
    // A helper that was restarted has a new start id, a revoked pairing shows itself in hello.
    known.start = "";
    return signed(method, path, body, headers, true);
  }
  if (!genuine) {
    known.start = "";
    throw new Refusal("helper_stranger");
  }
  known.at = performance.now();
  return { response, data };
}

/** @param {ArrayBuffer} data @returns {any} */
function parse(data) {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return null;
  }
}

/** @param {number} status @param {any} json @param {string} fallback @returns {Refusal} */
function refusal(status, json, fallback) {
  const { code, message, next_step, reason } = json?.error ?? {};
  return new Refusal(String(code ?? fallback), { message, next_step, reason, status });
}

/**
 * Call a route with a JSON body. Replies of any status are returned; the caller judges.
 *
 * @param {string} method @param {string} path @param {unknown} [body]
 * @returns {Promise<Reply>}
 */
export async function call(method, path, body) {
  const data = body === undefined ? utf8("") : utf8(JSON.stringify(body));
  /** @type {Record<string, string>} */
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const reply = await signed(method, path, data, headers);
  return { status: reply.response.status, json: parse(reply.data) };
}

/**
 * Call a route and return its JSON; an explained Refusal for every other status than 2xx.
 *
 * @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>}
 */
export async function ask(method, path, body) {
  const { status, json } = await call(method, path, body);
  if (status < 200 || status > 299) throw refusal(status, json, "helper_failed");
  return json;
}

/** @param {string} path @param {Uint8Array<ArrayBuffer>} chunk @returns {Promise<Reply>} */
export async function upload(path, chunk) {
  const headers = { "Content-Type": "application/octet-stream" };
  const { response, data } = await signed("PUT", path, chunk, headers);
  return { status: response.status, json: parse(data) };
}

/** Fetch bytes, such as a draft's file. @param {string} path @returns {Promise<ArrayBuffer>} */
export async function bytes(path) {
  const { response, data } = await signed("GET", path, utf8(""), {});
  if (!response.ok) throw refusal(response.status, parse(data), "helper_failed");
  return data;
}

/**
 * Pair with the helper on a port by the code it shows. The code itself is not sent.
 *
 * @param {string} code @param {number} onPort @returns {Promise<string>} the pairing's id
 */
export async function pair(code, onPort) {
  const normal = code.replace(/[\s\-‐-―]/g, "").toUpperCase();
  if (!/^[A-Z2-7]{20}$/.test(normal)) throw new Refusal("pairing_code");
  const secret = await derive(utf8(normal), utf8(""), "kazheng/pairing-code/1");
  const once = await hmacKey(secret);
  const clientNonce = randomHex(32);
  const proof = await mac(once, "kazheng/pair/client/1", clientNonce);
  const body = { client_nonce: clientNonce, name: browserName(), proof };
  const response = await request(onPort, "/v1/pair", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "Accept-Language": api.i18n.getUILanguage() },
  });
  const said = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, said, "pairing_failed");
  const { helper_nonce, pairing_id } = said ?? {};
  const lines = [clientNonce, String(helper_nonce), String(pairing_id), String(onPort)];
  if (!(await macMatches(once, said?.proof, "kazheng/pair/helper/1", ...lines))) {
    throw new Refusal("helper_stranger");
  }
  const salt = unhex(clientNonce + said.helper_nonce);
  const key = await hmacKey(await derive(secret, salt, "kazheng/key/1"));
  await writePairing({ pairing_id: said.pairing_id, key });
  await api.storage.local.set({ port: onPort });
  known.start = "";
  return said.pairing_id;
}

/** @returns {string} how this browser is named in the helper's list of pairings */
function browserName() {
  const agent = navigator.userAgent.match(/(Edg|Firefox|Chrome)\/\d+/)?.[0] ?? "browser";
  return agent.replace("Edg/", "Edge/");
}
