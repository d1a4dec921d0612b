/**
 * Opens a ZIP or a folder that the user picked, as `names.py` and `archive.py` do: no duplicate
 * names, no links, no paths that lead elsewhere, and of a ZIP no byte that belongs to no file.
 */

const LARGEST_FILE = 2 ** 30;
/** Of a name, what Windows does not take, or takes for another file; as `names.BAD_PART`. */
const BAD_PART =
  /[<>:"/\\|?*\x00-\x1f\x7f]|[ .]$|^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
const LARGEST_TOTAL = 4 * 2 ** 30;
const LARGEST_RATIO = 1000;
const MOST_FILES = 20_000;
const LARGEST_DIRECTORY = 8 * 2 ** 20;
const PIECE = 4 * 2 ** 20;
const UTF8 = 0x800;
/** Flag bits that say how hard the packer tried. */
const EFFORT = 0x6;
const ADVICE = "unpack it and check the folder";

/** A check failed; the message says why. */
class FailedError extends Error {}

/**
 * @typedef {{name: string, size: number, packed: number, method: number, crc: number | null,
 *   at: number, start: number, entry: Uint8Array, blob: Blob}} Member
 *   `at` is where the local header is, `start` where its bytes are, `entry` what the directory says;
 *   a folder's file has no crc
 * @typedef {{members: Map<string, Member>, folders: string[], note: string}} Files
 */

/** @param {FileList | File[]} list files of a picked folder @returns {Files} */
function openFolder(list) {
  /** @type {Map<string, Member>} */
  const members = new Map();
  for (const blob of list) {
    const name = blob.webkitRelativePath.split("/").slice(1).join("/") || blob.name;
    const none = { packed: 0, method: 0, crc: null, at: 0, start: 0, entry: new Uint8Array() };
    members.set(name, { name, size: blob.size, ...none, blob });
  }
  checkNames(members, []);
  return { members, folders: [], note: " in a folder" };
}

/** @param {File} file @returns {Promise<Files>} */
async function openZip(file) {
  if (file.size > LARGEST_TOTAL + LARGEST_DIRECTORY) fail("larger than a bundle may be");
  const start = Math.max(file.size - 22 - 0xffff, 0);
  const tail = await bytesOf(file.slice(start));
  const at = lastEnd(tail);
  if (at < 0 || tail.length - at < 22) fail("not a ZIP, or cut off");
  const end = new DataView(tail.buffer, at);
  const count = end.getUint16(10, true);
  const directory = end.getUint32(12, true);
  const offset = end.getUint32(16, true);
  const comment = tail.subarray(at + 22);
  if (comment.length !== end.getUint16(20, true))
    fail("bytes after the end of the ZIP, or cut off");
  if (
    directory > LARGEST_DIRECTORY ||
    offset + directory !== start + at ||
    end.getUint32(4, true) !== 0
  )
    fail("bytes outside the structure of the ZIP");
  if (count > MOST_FILES) fail(`more than ${MOST_FILES} files`);
  const all = readDirectory(file, await bytesOf(file.slice(offset, offset + directory)));
  if (end.getUint16(8, true) !== all.length || count !== all.length)
    fail("the ZIP states another number of entries than it has");
  const folders = all.filter(({ name }) => name.endsWith("/")).map(({ name }) => name.slice(0, -1));
  /** @type {Map<string, Member>} */
  const members = new Map();
  for (const member of all) {
    if (members.has(member.name)) fail(`twice: ${member.name}`);
    members.set(member.name, member);
  }
  for (const name of folders) members.delete(`${name}/`);
  checkNames(members, folders);
  await checkLocal(file, all, offset);
  return { members, folders, note: await noteOf(file, comment, all, members) };
}

/** @param {Map<string, Member>} members read to the end: the first that is damaged is named */
async function requireWhole(members) {
  for (const member of members.values()) for await (const piece of pieces(member)) void piece;
}

/**
 * With our comment the ZIP must be just as the exporter writes it, and its hash be right. Anybody
 * can write such a comment: it tells damage, and proves nothing.
 *
 * @param {File} file @param {Uint8Array} comment @param {Member[]} all
 * @param {Map<string, Member>} members @returns {Promise<string>}
 */
async function noteOf(file, comment, all, members) {
  if (!comment.length)
    return " in a ZIP packed again: only names and contents of its files are judged";
  const text = String.fromCharCode(...comment.subarray(0, 200));
  const match = /^kazheng\/bundle\/2 sha256=([0-9a-f]{64})$/.exec(text);
  const before = file.slice(0, file.size - comment.length);
  if (!match || comment.length > 200 || match[1] !== (await hashOfBlob(before))) {
    await requireWhole(members);
    fail(`the ZIP is not as it was written; ${ADVICE}`);
  }
  const forms = new Set(all.map(({ entry }) => formOf(entry)));
  if (forms.size !== 1 || !all.every(({ entry }) => isOurs(entry)))
    fail(`the ZIP is not as this program writes it; ${ADVICE}`);
  return " in a ZIP as the exporter writes it";
}

/** @param {Uint8Array} entry @returns {string} what all files of a bundle have in common */
function formOf(entry) {
  return [entry.slice(4, 8), entry.slice(10, 16), entry.slice(36, 42)].map(hex).join();
}

/** @param {Uint8Array} entry @returns {boolean} */
function isOurs(entry) {
  const view = viewOf(entry);
  return (
    view.getUint16(4, true) === ((3 << 8) | 20) &&
    view.getUint16(6, true) === 20 &&
    (view.getUint16(8, true) & ~UTF8) === 0 &&
    view.getUint16(10, true) === 0 &&
    view.getUint16(36, true) === 0 &&
    view.getUint32(38, true) === 0o100644 * 2 ** 16
  );
}

/** @param {File} file @param {Uint8Array} central @returns {Member[]} each checked for itself */
function readDirectory(file, central) {
  /** @type {Member[]} */
  const all = [];
  for (let at = 0; at < central.length; ) {
    const entry = central.subarray(at, at + 46);
    const view = viewOf(entry);
    if (entry.length < 46 || view.getUint32(0, true) !== 0x02014b50)
      fail("bytes outside the structure of the ZIP");
    const length = view.getUint16(28, true);
    const name = decodeName(
      central.subarray(at + 46, at + 46 + length),
      view.getUint16(8, true),
    );
    if (view.getUint16(30, true) || view.getUint16(32, true) || view.getUint16(34, true))
      fail(`an extra field or comment; ${ADVICE}: ${name}`);
    const local = view.getUint32(42, true);
    const member = {
      name,
      method: view.getUint16(10, true),
      crc: view.getUint32(16, true),
      packed: view.getUint32(20, true),
      size: view.getUint32(24, true),
      at: local,
      start: local + 30 + length,
      entry,
      blob: file,
    };
    checkPacking(member, view);
    checkKind(member, view.getUint32(38, true));
    all.push(member);
    at += 46 + length;
    if (at > central.length) fail("bytes outside the structure of the ZIP");
    if (all.length > MOST_FILES) fail(`more than ${MOST_FILES} files`);
  }
  return all;
}

/** @param {Member} member @param {DataView} view of its entry in the directory */
function checkPacking({ name, method, size, packed }, view) {
  const flags = view.getUint16(8, true);
  if (flags & 0x2041) fail(`encrypted: ${name}`);
  if (method !== 0 && method !== 8) fail(`compressed in an unusual way: ${name}`);
  if (flags & ~(UTF8 | EFFORT) || view.getUint16(6, true) > 20)
    fail(`written in an unusual way; ${ADVICE}: ${name}`);
  if (size > LARGEST_RATIO * packed) fail(`compressed more than ${LARGEST_RATIO}:1: ${name}`);
  if (method === 0 && packed !== size) fail(`stored with another size than its own: ${name}`);
}

/** @param {Member} member @param {number} external its attributes */
function checkKind({ name, size, packed, crc }, external) {
  const folder = name.endsWith("/");
  if (![0, folder ? 4 : 8].includes(external >>> 28)) fail(`a link or special file: ${name}`);
  if (!folder && external & 0x18) fail(`a folder or volume by its attributes: ${name}`);
  if (folder && (size || packed || crc)) fail(`a folder with content: ${name}`);
}

/**
 * Check that the members stand one behind the other, each as the directory says.
 *
 * @param {File} file @param {Member[]} all @param {number} end
 */
async function checkLocal(file, all, end) {
  let at = 0;
  for (const member of all) {
    const name = encoder.encode(member.name);
    const header = await bytesOf(file.slice(at, at + 30 + name.length));
    if (member.at !== at || hex(header.subarray(0, 4)) !== "504b0304")
      fail(`bytes between the files of the ZIP, before ${member.name}`);
    if (
      !same(header.subarray(4, 30), member.entry.subarray(6, 32)) ||
      !same(header.subarray(30), name)
    )
      fail(`not as the directory of the ZIP says; ${ADVICE}: ${member.name}`);
    at = member.start + member.packed;
  }
  if (at !== end) fail("bytes between the files and the directory of the ZIP");
}

/** @param {Uint8Array} raw @param {number} flags @returns {string} */
function decodeName(raw, flags) {
  const said = `a name that is not in UTF-8; ${ADVICE}`;
  if (!(flags & UTF8) && raw.some((byte) => byte > 126)) fail(said);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return fail(said);
  }
}

/** @param {string} name @returns {string} without its case, as `names.folded` */
function foldedName(name) {
  return name.normalize("NFC").toLowerCase().toUpperCase();
}

/** @param {string} name @returns {string[]} the folders that it implies */
function parentsOf(name) {
  const steps = name.split("/").slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join("/"));
}

/** @param {Map<string, Member>} members @param {string[]} folders */
function checkNames(members, folders) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  let total = 0;
  if (members.size > MOST_FILES) fail(`more than ${MOST_FILES} files`);
  const files = new Set([...members.keys()].map(foldedName));
  for (const name of [...members.keys(), ...folders]) {
    checkName(name);
    const folded = foldedName(name);
    if (seen.has(folded)) fail(`twice: ${name} and ${seen.get(folded)}`);
    seen.set(folded, name);
    if (parentsOf(folded).some((parent) => files.has(parent))) fail(`inside a file: ${name}`);
  }
  for (const { name, size } of members.values()) {
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
  if (parts.some((part) => BAD_PART.test(part)))
    fail(`a name that not every system takes: ${name}`);
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
  const { blob, crc, start } = member;
  const packed = crc === null ? blob : blob.slice(start, start + member.packed);
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

/** @param {Uint8Array} data @returns {DataView} */
function viewOf(data) {
  return new DataView(data.buffer, data.byteOffset, data.length);
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
