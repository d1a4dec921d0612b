/**
 * Opens a ZIP or a folder that the user picked, within the limits of `container.py`: no duplicate
 * names, no links, no paths that lead elsewhere, no bytes outside the structure of the ZIP.
 */

const LARGEST_FILE = 2 ** 30;
const LARGEST_TOTAL = 4 * 2 ** 30;
const LARGEST_RATIO = 1000;
const MOST_FILES = 20_000;
const LARGEST_DIRECTORY = 8 * 2 ** 20;
const PIECE = 4 * 2 ** 20;

/** A check failed; the message says why. */
class FailedError extends Error {}

/**
 * @typedef {{name: string, size: number, packed: number, method: number, crc: number | null,
 *   at: number, blob: Blob}} Member `at` is where the local header is; a folder's file has no crc
 * @typedef {{members: Map<string, Member>, note: string}} Files
 */

/** @param {FileList | File[]} list files of a picked folder @returns {Files} */
function openFolder(list) {
  /** @type {Map<string, Member>} */
  const members = new Map();
  for (const blob of list) {
    const name = blob.webkitRelativePath.split("/").slice(1).join("/") || blob.name;
    members.set(name, { name, size: blob.size, packed: 0, method: 0, crc: null, at: 0, blob });
  }
  checkNames(members);
  return { members, note: " in a folder" };
}

/** @param {File} file @returns {Promise<Files>} */
async function openZip(file) {
  if (file.size > LARGEST_TOTAL + LARGEST_DIRECTORY) fail("larger than a bundle may be");
  const start = Math.max(file.size - 22 - 0xffff, 0);
  const tail = await bytesOf(file.slice(start));
  const at = lastEnd(tail);
  if (at < 0 || tail.length - at < 22) fail("not a ZIP, or cut off");
  const end = new DataView(tail.buffer, at);
  const directory = end.getUint32(12, true);
  const offset = end.getUint32(16, true);
  const comment = tail.subarray(at + 22);
  if (comment.length !== end.getUint16(20, true))
    fail("bytes after the end of the ZIP, or cut off");
  if (directory > LARGEST_DIRECTORY || offset + directory !== start + at)
    fail("bytes outside the structure of the ZIP");
  const note = await checkComment(file, comment);
  const central = await bytesOf(file.slice(offset, offset + directory));
  const members = readDirectory(file, central);
  checkNames(members);
  return { members, note };
}

/** @param {File} file @param {Uint8Array} comment @returns {Promise<string>} */
async function checkComment(file, comment) {
  if (!comment.length) return " in a ZIP that was packed again";
  const text = String.fromCharCode(...comment.subarray(0, 200));
  const match = /^kazheng\/bundle\/\d sha256=([0-9a-f]{64})$/.exec(text);
  const whole = file.slice(0, file.size - comment.length);
  if (!match || comment.length > 200 || match[1] !== (await hashOfBlob(whole)))
    fail("the ZIP is not as it was written; unpack it and check the folder");
  return " in the ZIP as it was written";
}

/** @param {File} file @param {Uint8Array} central @returns {Map<string, Member>} */
function readDirectory(file, central) {
  const view = new DataView(central.buffer);
  /** @type {Map<string, Member>} */
  const members = new Map();
  let count = 0;
  for (let at = 0; at < central.length; ) {
    if (central.length - at < 46 || view.getUint32(at, true) !== 0x02014b50)
      fail("bytes outside the structure of the ZIP");
    const length = view.getUint16(at + 28, true);
    const name = decodeName(central.subarray(at + 46, at + 46 + length), view.getUint16(at + 8, true));
    const member = {
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
      blob: file,
    };
    const system = view.getUint32(at + 38, true) >>> 28;
    if (![0, 8, 4].includes(system)) fail(`a link or special file: ${name}`);
    if (name.endsWith("/") && member.size) fail(`a folder with content: ${name}`);
    if (view.getUint16(at + 8, true) & 0x61) fail(`encrypted: ${name}`);
    if (view.getUint16(at + 6, true) > 63) fail(`of an unknown version: ${name}`);
    if (member.method !== 0 && member.method !== 8)
      fail(`compressed in an unusual way: ${name}`);
    if (member.size > LARGEST_RATIO * member.packed)
      fail(`compressed more than ${LARGEST_RATIO}:1: ${name}`);
    if (members.has(name)) fail(`twice: ${name}`);
    if (name.endsWith("/")) checkName(name.slice(0, -1));
    else members.set(name, member);
    count += 1;
    if (count > MOST_FILES) fail(`more than ${MOST_FILES} files`);
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (at > central.length) fail("bytes outside the structure of the ZIP");
  }
  return members;
}

/** @param {Uint8Array} raw @param {number} flags @returns {string} */
function decodeName(raw, flags) {
  if (!(flags & 0x800) && raw.some((byte) => byte > 126)) fail("a name that is not in UTF-8");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
}

/** @param {Map<string, Member>} members */
function checkNames(members) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  let total = 0;
  if (members.size > MOST_FILES) fail(`more than ${MOST_FILES} files`);
  for (const { name, size } of members.values()) {
    checkName(name);
    const folded = name.toLowerCase();
    if (seen.has(folded)) fail(`twice: ${name} and ${seen.get(folded)}`);
    seen.set(folded, name);
    if (size > LARGEST_FILE) fail(`larger than ${LARGEST_FILE} bytes: ${name}`);
    total += size;
  }
  if (total > LARGEST_TOTAL) fail(`larger than ${LARGEST_TOTAL} bytes in all`);
}

/** @param {string} name */
function checkName(name) {
  const parts = name.split("/");
  if (parts.some((part) => ["", ".", ".."].includes(part)) || /[\\:\0]/.test(name))
    fail(`a name that leads elsewhere: ${name}`);
}

/**
 * Yield the bytes of a member, exactly as many as it states.
 *
 * @param {Member} member @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>}
 */
async function* pieces(member) {
  let left = member.size;
  let crc = 0;
  for await (const piece of unpacked(member)) {
    left -= piece.length;
    if (left < 0) fail(`longer than it states: ${member.name}`);
    if (member.crc !== null) crc = crc32(crc, piece);
    yield piece;
  }
  if (left) fail(`shorter than it states: ${member.name}`);
  if (member.crc !== null && crc !== member.crc) fail(`damaged: ${member.name}`);
}

/** @param {Member} member @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>} */
async function* unpacked(member) {
  const packed = member.crc === null ? member.blob : await packedOf(member);
  if (member.method === 0) {
    for (let at = 0; at < packed.size; at += PIECE) yield bytesOf(packed.slice(at, at + PIECE));
    return;
  }
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      yield /** @type {Uint8Array<ArrayBuffer>} */ (next.value);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** @param {Member} member @returns {Promise<Blob>} its bytes as they stand in the ZIP */
async function packedOf(member) {
  const { blob, at, name, packed } = member;
  const header = await bytesOf(blob.slice(at, at + 30));
  const view = new DataView(header.buffer);
  if (header.length < 30 || view.getUint32(0, true) !== 0x04034b50) fail(`damaged: ${name}`);
  const length = view.getUint16(26, true);
  const written = await bytesOf(blob.slice(at + 30, at + 30 + length));
  if (decodeName(written, 0x800) !== name) fail(`two names: ${name}`);
  const start = at + 30 + length + view.getUint16(28, true);
  if (start + packed > blob.size) fail(`cut off: ${name}`);
  return blob.slice(start, start + packed);
}

/** @param {Member} member @returns {Promise<{sha256: string, size: number}>} */
async function hashOf(member) {
  if (member.size <= WHOLE) {
    const data = await whole(member);
    return { sha256: await sha256(data), size: data.length };
  }
  const digest = new Sha256();
  for await (const piece of pieces(member)) digest.update(piece);
  return { sha256: digest.digest(), size: member.size };
}

/** @param {Member} member @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function whole(member) {
  const data = new Uint8Array(member.size);
  let at = 0;
  for await (const piece of pieces(member)) {
    data.set(piece, at);
    at += piece.length;
  }
  return data;
}

/** @param {Blob} blob @returns {Promise<string>} */
async function hashOfBlob(blob) {
  if (blob.size <= WHOLE) return sha256(await bytesOf(blob));
  const digest = new Sha256();
  for (let at = 0; at < blob.size; at += PIECE)
    digest.update(await bytesOf(blob.slice(at, at + PIECE)));
  return digest.digest();
}

/** @param {Blob} blob @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}

/** @param {Uint8Array} tail @returns {number} */
function lastEnd(tail) {
  for (let at = tail.length - 4; at >= 0; at -= 1)
    if (tail[at] === 80 && tail[at + 1] === 75 && tail[at + 2] === 5 && tail[at + 3] === 6) return at;
  return -1;
}

/** @param {string} message @returns {never} */
function fail(message) {
  throw new FailedError(message);
}
