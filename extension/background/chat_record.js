/**
 * Puts what was told of a chat together: one HTML file that stands alone, rows in their order, the
 * pictures that could be read once each, and at its end as JSON how it was made.
 */

import { CHAT, pieceName, STRIP } from "./chat.js";
import { sha256, utf8 } from "./crypto.js";
import * as outbox from "./outbox.js";

const BASE64 = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=]+)$/;
const LOOK =
  "body{margin:1em;font:14px/1.6 sans-serif;overflow-wrap:anywhere}" +
  "body::before{content:attr(data-kazheng-about);display:block;white-space:pre-line;" +
  "border:1px solid #999;padding:.5em;margin-bottom:1em}" +
  "[data-kazheng-n]{display:block;margin:.4em 0}[data-kazheng-n]::before{content:attr(data-kazheng-n);" +
  "color:#888;font-size:11px;margin-right:.6em}[data-kazheng-side=right]{text-align:right}" +
  "img{max-width:360px;max-height:360px;object-fit:contain}" +
  "hr[data-kazheng]{border:0;border-top:2px dashed #c00}";

/** @typedef {import("./outbox.js").Part} Part */
/** @typedef {import("./outbox.js").Missing} Missing */
/** @typedef {import("./chat.js").Piece} Piece */
/** @typedef {import("./chat.js").Row} Row */

/**
 * @param {outbox.CaptureRecord} record whose walk is over @param {string | null} cut why, if early
 * @param {Missing[]} around what is missing of the page
 * @returns {Promise<{part: Part, blob: Blob}>}
 */
export async function compose(record, cut, around) {
  const pieces = await read(record);
  const none = { title: record.tab.title, headings: [], open: "", close: "" };
  const { head = none, log } = Object.assign({}, ...pieces);
  const reason = record.chat?.ended ?? cut;
  const rows = ordered(pieces.slice(record.chat?.first ?? 0));
  const pictures = await Promise.all(pieces.flatMap((piece) => piece.pictures ?? []).map(entry));
  const missing = [...around, ...lacking(record, rows, pictures, log, reason)];
  const numbers = new Map(rows.filter(({ html }) => html !== null).map(({ n }, at) => [n, at + 1]));
  const about = {
    format: "kazheng/chat/1",
    capture_id: record.uuid,
    address: record.tab.url,
    title: head.title,
    list: head.selector ?? null,
    frame: head.frame || null,
    messages_and_lines: numbers.size,
    whole: record.chat?.whole ?? false,
    ended: reason ?? "end",
    page_changes: log?.changes ?? null,
    loaded_more: log?.loads ?? null,
    said_something_else_later: (log?.changed ?? []).map((/** @type {any} */ one) => ({
      ...one,
      n: numbers.get(one.n) ?? null,
    })),
    pictures: pictures.map(({ data: _, ...told }) => told),
    windows: windows(record, numbers),
    missing,
  };
  const text = page(record, head, rows, pictures, about);
  const bytes = utf8(text);
  const part = {
    role: CHAT,
    sha256: await sha256(bytes),
    size: bytes.byteLength,
    media_type: "text/html",
    about: { messages: numbers.size, whole: about.whole, missing },
  };
  return { part, blob: new Blob([bytes]) };
}

/** @param {outbox.CaptureRecord} record @returns {Promise<Piece[]>} */
async function read({ uuid, chat }) {
  const names = Array.from({ length: chat?.pieces ?? 0 }, (_, number) => pieceName(number));
  const blobs = await Promise.all(names.map((name) => outbox.blob(uuid, name)));
  return Promise.all(blobs.map(async (blob) => JSON.parse(await blob.text())));
}

/** @param {Piece[]} pieces @returns {Row[]} each number once, as it was told last */
function ordered(pieces) {
  const rows = new Map(pieces.flatMap((piece) => piece.rows ?? []).map((row) => [row.n, row]));
  return [...rows.values()].sort((a, b) => a.n - b.n);
}

/** @param {import("./chat.js").Picture} picture */
async function entry(picture) {
  const [, media_type = null, base64 = ""] = BASE64.exec(picture.data ?? "") ?? [];
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const hash = media_type ? await sha256(bytes) : null;
  const data = media_type ? picture.data : null;
  return { ...picture, data, media_type, bytes: bytes.length, sha256: hash };
}

/**
 * @param {outbox.CaptureRecord} record @param {Row[]} rows @param {{data: string | null}[]} pictures
 * @param {any} log @param {string | null} reason @returns {Missing[]}
 */
function lacking({ chat }, rows, pictures, log, reason) {
  /** @type {Missing[]} */
  const missing = [];
  const count = rows.filter(({ html }) => html !== null).length;
  const gaps = rows.length - count;
  const unread = pictures.filter(({ data }) => data === null).length;
  const { screens = 0, pictures: pictured = 0 } = chat ?? {};
  if (reason) missing.push({ role: CHAT, reason, detail: `${count}` });
  if (gaps) missing.push({ role: CHAT, reason: "chat_gap", detail: `${gaps}` });
  if (log?.button) missing.push({ role: CHAT, reason: "chat_more_button" });
  if (log?.late) missing.push({ role: CHAT, reason: "chat_late" });
  if (unread) missing.push({ role: CHAT, reason: "chat_picture_unread", detail: `${unread}` });
  if (pictured < screens) {
    missing.push({ role: STRIP, reason: "chat_unpictured", detail: `${pictured}/${screens}` });
  }
  return missing;
}

/** @param {outbox.CaptureRecord} record @param {Map<number, number>} numbers of the rows by theirs */
function windows({ parts }, numbers) {
  return parts
    .filter(({ role }) => role === STRIP)
    .map(({ sha256: hash, about: { index, at, from, to } }) => ({
      index,
      at,
      sha256: hash,
      first_line: numbers.get(/** @type {number} */ (from)) ?? null,
      last_line: numbers.get(/** @type {number} */ (to)) ?? null,
    }));
}

/** @param {string} text @returns {string} */
function escape(text) {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/**
 * @param {outbox.CaptureRecord} record @param {any} head @param {Row[]} rows
 * @param {{id: number, data: string | null}[]} pictures @param {object} about
 * @returns {string}
 */
function page({ tab, timings }, head, rows, pictures, about) {
  let number = 0;
  const lines = rows.map(({ html }) => {
    if (html === null) return '<hr data-kazheng="gap">';
    number += 1;
    return html.replace(/^<[\w-]+/, (open) => `${open} data-kazheng-n="${number}"`);
  });
  const shown = pictures
    .filter(({ data }) => data)
    .map(({ id, data }) => `img[data-kazheng-picture="${id}"]{content:url("${data}")}`);
  const said = `${tab.url}\n${new Date(timings.clicked_at).toISOString()}`;
  const json = JSON.stringify(about, null, 1).replace(/</g, "\\u003c");
  return [
    "<!DOCTYPE html>",
    `<html><head><meta charset="utf-8"><title>${escape(head.title)}</title>`,
    `<style>${[LOOK, ...shown].join("\n")}</style></head>`,
    `<body data-kazheng-about="${escape(said)}">`,
    ...head.headings.map((/** @type {string} */ text) => `<h2>${escape(text)}</h2>`),
    head.open,
    ...lines,
    head.close,
    `<script type="application/json" id="kazheng-chat">${json}</script>`,
    "</body></html>",
    "",
  ].join("\n");
}
