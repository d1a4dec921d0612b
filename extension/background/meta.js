/** What the extension says about a capture besides its bytes: CaptureMeta of the helper. */

import { sha256, utf8 } from "./crypto.js";
import { api } from "./api.js";
import { ownHash } from "./own_hash.js";
import { recognise, revisit } from "./recognise.js";
import { lending } from "./session.js";

/**
 * @typedef {{case_id?: string, receipt_for?: string, refuse_revisit?: boolean,
 *   walk?: object, walked?: import("./outbox.js").Walked | null}} Wishes
 * `walk`: the place in its chain, for the helper
 */

/** Characters: what announces a capture is one short message, whatever the page calls itself. */
const LONGEST_TITLE = 2_000;

/** Kinds of pages that are worth a second visit each although the user clicked on none of them. */
const VISITED = ["order", "receipt"];

/**
 * Say what is known at the click, so that even a freeze that was cut off tells it.
 *
 * @param {number} clickedAt Unix ms @param {import("./outbox.js").TabRef} tab
 * @param {Wishes} wishes
 */
export function sketch(clickedAt, tab, wishes) {
  return {
    url: tab.url,
    title: titled(tab.title),
    clicked_at: new Date(clickedAt).toISOString(),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    language: navigator.language,
    user_agent: navigator.userAgent,
    viewport: null,
    extension_version: api.runtime.getManifest().version,
    session: "not_lent",
    revisit: wishes.refuse_revisit ? "user_refused" : "allowed",
    missing: [],
    receipt_for: wishes.receipt_for ?? null,
    case_id: wishes.case_id ?? null,
    ...(wishes.walk ? { walk: wishes.walk } : {}),
    extra: {},
  };
}

/** @param {string} title @returns {string} */
const titled = (title) => title.slice(0, LONGEST_TITLE).toWellFormed();

/**
 * Complete the sketch with what the freeze found.
 *
 * @param {import("./outbox.js").CaptureRecord} record
 * @param {import("./freeze.js").Frozen} frozen
 * @param {boolean} same the tab still shows the page, and may be asked what it is
 */
export async function describe({ tab, meta, timings, walked, chat }, { missing, summary }, same) {
  const found = same ? await recognise(tab.id, tab.url).catch(() => null) : null;
  const offered = await lending(tab.url);
  const now = new Date().toISOString();
  const own = ownHash();
  const visit =
    walked && (walked.known || !VISITED.includes(found?.kind ?? ""))
      ? "walk"
      : revisit({
          url: tab.url,
          kind: found?.kind ?? null,
          selfPosted: summary?.self_posted ?? false,
          refused: meta.revisit === "user_refused",
        });
  return {
    ...meta,
    title: titled(summary?.title ?? meta.title),
    language: summary?.languages?.[0] ?? meta.language,
    user_agent: summary?.user_agent ?? meta.user_agent,
    viewport: summary?.viewport ?? null,
    // It is lent for a visit, and for nothing else.
    session: offered.allowed && visit === "allowed" ? "lent" : "not_lent",
    revisit: visit,
    missing,
    extra: {
      platform: found?.platform?.key ?? null,
      page_kind: found?.kind ?? null,
      frozen_at: now,
      ...(chat ? { chat: true } : {}),
      ...(own ? { extension_sha256: own } : {}),
      ...(timings.asked_at ? { asked_at: new Date(timings.asked_at).toISOString() } : {}),
      ...(timings.resumed_at ? { resumed_at: new Date(timings.resumed_at).toISOString() } : {}),
    },
  };
}

/**
 * A part of its own that tells what is known only at the end, and what is missing.
 *
 * @param {Record<string, unknown>} told @param {import("./outbox.js").Missing[]} missing
 * @returns {Promise<{part: import("./outbox.js").Part, blob: {sha256: string, blob: Blob}}>}
 */
export async function contextPart(told, missing) {
  const blob = new Blob([utf8(JSON.stringify(told))]);
  const hash = await sha256(await blob.arrayBuffer());
  const kept = { sha256: hash, size: blob.size, media_type: "application/json" };
  return { part: { role: "seen/context", ...kept, about: { missing } }, blob: { sha256: hash, blob } };
}
