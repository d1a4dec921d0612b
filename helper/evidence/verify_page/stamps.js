/**
 * Time stamps (RFC 3161) as far as a page can judge them: what each is for, and which query it
 * answers. Web Crypto reads no CMS: signatures and chains are for `kazheng verify` and openssl.
 */

const LARGEST_STAMP = 2 ** 20;
const MOST_PARTS = 1000;
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const OCTETS = 0x04;
const OID = 0x06;
const SHA256_OID = "608648016503040201";
const SIGNED_DATA_OID = "2a864886f70d010702";
const TST_INFO_OID = "2a864886f70d0109100104";

/** @typedef {{tag: number, content: Uint8Array}} Der */

/** @param {Files} files @returns {Promise<[number, string]>} fails for a stamp of something else */
async function checkStamps(files) {
  const names = [...files.members.keys()].filter((name) => name.startsWith("stamps/")).sort();
  const manifests = await manifestHashes(files);
  /** @type {string[]} */
  const faults = [];
  /** @type {string[]} */
  const left = [];
  const replies = names.filter((name) => name.endsWith(".tsr"));
  for (const name of replies) {
    const asked = await queryOf(files, name);
    const text = asked && hex(asked);
    const digest = text && manifests.find((one) => text.includes(one));
    if (!asked || !digest) left.push(name);
    else {
      const fault = stampFault(asked, await read(files, name), digest);
      if (fault) faults.push(`${name}: ${fault}`);
    }
  }
  raiseIf(faults);
  const judged = replies.length - left.length;
  const detail = `${replies.length} time stamps, ${judged} of them for a manifest of this bundle`;
  left.push(...names.filter((name) => name.endsWith(".ots")));
  const more = left.length ? `; not judged: ${left.sort().slice(0, NAMED).join(", ")}` : "";
  return [judged, detail + more];
}

/** @param {Files} files @returns {Promise<string[]>} */
async function manifestHashes(files) {
  const found = [];
  for (const name of files.members.keys())
    if (name.startsWith("seals/") && name.endsWith("/manifest.json"))
      found.push(await sha256(await whole(/** @type {Member} */ (files.members.get(name)))));
  return found;
}

/** @param {Files} files @param {string} reply @returns {Promise<Uint8Array | null>} */
async function queryOf(files, reply) {
  const name = `${reply.slice(0, -1)}q`;
  const sizes = [reply, name].map((one) => files.members.get(one)?.size ?? Infinity);
  return Math.max(...sizes) > LARGEST_STAMP ? null : read(files, name);
}

/**
 * @param {Uint8Array} query @param {Uint8Array} reply @param {string} digest of the manifest
 * @returns {string | null} what is wrong, in the words of `stamp.py`
 */
function stampFault(query, reply, digest) {
  try {
    const asked = readQuery(query);
    const { status, token } = readReply(reply);
    if (asked.imprint !== SHA256_OID + digest) return "wrong_imprint";
    if (status !== "00" || !token) return "not_granted";
    if (token.signers !== 1) return "several_signers";
    if (token.imprint !== asked.imprint) return "wrong_imprint";
    return token.nonce === asked.nonce ? null : "wrong_nonce";
  } catch {
    return "unreadable";
  }
}

/** @param {Uint8Array} data @returns {{imprint: string, nonce: string | undefined}} */
function readQuery(data) {
  const parts = partsOf(one(data, SEQUENCE));
  if (numberOf(parts[0]) !== "01") throw new Error("not a time-stamp query of version 1");
  return { imprint: imprintOf(parts[1]), nonce: nonceOf(parts.slice(2)) };
}

/**
 * @param {Uint8Array} data
 * @returns {{status: string, token: ReturnType<typeof readToken> | null}}
 */
function readReply(data) {
  const parts = partsOf(one(data, SEQUENCE));
  if (parts.length < 1 || parts.length > 2) throw new Error("not a time-stamp reply");
  const status = numberOf(partsOf(expect(parts[0], SEQUENCE))[0]);
  return { status, token: parts.length === 2 ? readToken(parts[1]) : null };
}

/**
 * @param {Der} content
 * @returns {{signers: number, imprint: string, nonce: string | undefined}}
 */
function readToken(content) {
  const [kind, wrapped] = counted(content, 2);
  if (hex(expect(kind, OID).content) !== SIGNED_DATA_OID) throw new Error("not signed data");
  const signed = partsOf(expect(counted(expect(wrapped, 0xa0), 1)[0], SEQUENCE));
  const [type, octets] = counted(signed[2], 2);
  if (signed.length < 4 || hex(expect(type, OID).content) !== TST_INFO_OID)
    throw new Error("what was signed is no time stamp");
  const info = expect(counted(expect(octets, 0xa0), 1)[0], OCTETS).content;
  const parts = partsOf(one(info, SEQUENCE));
  if (parts.length < 5 || numberOf(parts[0]) !== "01") throw new Error("not of version 1");
  return {
    signers: partsOf(expect(signed[signed.length - 1], SET)).length,
    imprint: imprintOf(parts[2]),
    nonce: nonceOf(parts.slice(5)),
  };
}

/** @param {Der} node @returns {string} algorithm and hash */
function imprintOf(node) {
  const [algorithm, hashed] = counted(node, 2);
  const [name] = partsOf(expect(algorithm, SEQUENCE));
  return hex(expect(name, OID).content) + hex(expect(hashed, OCTETS).content);
}

/** @param {Der[]} parts @returns {string | undefined} */
function nonceOf(parts) {
  const found = parts.find(({ tag }) => tag === INTEGER);
  return found && numberOf(found);
}

/** @param {Der} node @returns {string} an INTEGER, which DER writes in one way only */
function numberOf(node) {
  return hex(expect(node, INTEGER).content);
}

/** @param {Der | undefined} node @param {number} tag @returns {Der} */
function expect(node, tag) {
  if (node?.tag !== tag) throw new Error("another value belongs here");
  return node;
}

/** @param {Der | undefined} node @param {number} count @returns {Der[]} */
function counted(node, count) {
  const parts = node ? partsOf(node) : [];
  if (parts.length !== count) throw new Error(`${parts.length} values where ${count} belong`);
  return parts;
}

/** @param {Uint8Array} data @param {number} tag @returns {Der} the one value that the bytes are */
function one(data, tag) {
  const [node, ...more] = partsOf({ tag: 0, content: data });
  if (more.length) throw new Error("not one DER value");
  return expect(node, tag);
}

/** @param {Der} node @returns {Der[]} definite lengths in their shortest form, one-byte tags */
function partsOf({ content }) {
  /** @type {Der[]} */
  const found = [];
  for (let at = 0; at < content.length; ) {
    const tag = content[at];
    let size = content[at + 1];
    at += 2;
    if (size > 0x80) {
      const count = size & 0x7f;
      const length = content.subarray(at, at + count);
      size = length.reduce((total, byte) => total * 256 + byte, 0);
      if (count > 4 || length.length < count || !length[0] || size < 0x80)
        throw new Error("a length that is not in its shortest form");
      at += count;
    } else if (size === 0x80) throw new Error("of indefinite length");
    if ((tag & 0x1f) === 0x1f || size === undefined || size > content.length - at)
      throw new Error("cut off, or a tag of several bytes");
    found.push({ tag, content: content.subarray(at, at + size) });
    if (found.length > MOST_PARTS) throw new Error("more values than a time stamp has");
    at += size;
  }
  return found;
}
