/**
 * What this extension is: one hash for its own files, of the lines `sha256  path` that `sha256sum`
 * prints for the names in files.json. The helper seals it; `helper/evidence/README.md` says how to
 * reckon it by hand. It is the extension's own word: a changed one could say anything.
 */

import { api } from "./api.js";
import { sha256, utf8 } from "./crypto.js";

/** Its key in the session storage, which the browser clears when the extension is loaded anew. */
const KEPT = "own_files_sha256";
/** @type {string | null} */
let known = null;

/** @returns {string | null} the hash, null while it is not known; nobody waits for it */
export function ownHash() {
  return known;
}

/**
 * Hash the files, or recall what an earlier worker since the extension was loaded found: a worker
 * that a click wakes has only that to read.
 */
export async function measureOwnFiles() {
  const { [KEPT]: kept } = await api.storage.session.get(KEPT);
  if (typeof kept === "string") {
    known = kept;
    return;
  }
  known = await measured();
  await api.storage.session.set({ [KEPT]: known });
}

/** @returns {Promise<string>} one file after another: a click meanwhile goes before them */
async function measured() {
  const names = await (await fetch(api.runtime.getURL("files.json"))).json();
  let lines = "";
  for (const name of names) {
    const reply = await fetch(api.runtime.getURL(name));
    lines += `${await sha256(await reply.arrayBuffer())}  ${name}\n`;
  }
  return sha256(utf8(lines));
}
