/**
 * What waits in the outbox as one file, for `kazheng import-captures`:
 *
 *     kazheng/outbox/1 LF
 *     one line of JSON: {exported_at, extension_version, captures: [{uuid, meta, complete, parts}]} LF
 *     bytes
 *
 * The bytes follow one another without gaps: for each capture, in this order, each part with a hash
 * not yet named in this capture. A first strip that is held back is in it, without what is told only
 * at the end. Nothing leaves the outbox by this; a session is never in it.
 * `helper/capture/outbox_file.py` reads it.
 */

import { api, Refusal } from "./api.js";
import * as outbox from "./outbox.js";

/**
 * Make the file. Its blobs stay on the disk of the browser: not even 2 GB pass through memory.
 *
 * @param {Date} now @returns {Promise<{file: Blob, name: string, count: number}>}
 */
export async function waitingFile(now) {
  const waiting = await outbox.unsentBytes();
  const index = {
    exported_at: now.toISOString(),
    extension_version: api.runtime.getManifest().version,
    captures: waiting.map(({ record }) => ({
      uuid: record.uuid,
      meta: record.meta,
      complete: record.complete,
      parts: outbox.everyPart(record),
    })),
  };
  const bytes = waiting.flatMap(({ record, blobs }) =>
    outbox.distinct(outbox.everyPart(record)).map(({ sha256 }) => {
      const blob = blobs.get(sha256);
      if (!blob) throw new Refusal("not_found");
      return blob;
    }),
  );
  const file = new Blob(["kazheng/outbox/1\n", JSON.stringify(index), "\n", ...bytes], {
    type: "application/octet-stream",
  });
  const stamp = index.exported_at.slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return { file, name: `kazheng-${stamp}.kazheng-outbox`, count: waiting.length };
}
