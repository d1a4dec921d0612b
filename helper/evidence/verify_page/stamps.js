/**
 * Time stamps (RFC 3161) as far as a page can judge them: what each is for, and which query it
 * answers. Web Crypto reads no CMS: signatures and chains are for `kazheng verify` and openssl.
 */

const LARGEST_STAMP = 2 ** 18;
const MOST_STAMPS = 1000;
const PLACE_OF_REPLY = /^stamps\/([^/]+)\/(?:(S[0-2])|partial-([0-9]+))-[^/]*\.tsr$/;
const PLACE_OF_MANIFEST = /^seals\/([^/]+)\/([0-9]+)-(S[0-2]|partial)\/manifest\.json$/;
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

/**
 * Each counts for one manifest alone, which its folder and name say.
 * @param {Files} files @returns {Promise<[number, string]>} fails for a stamp of something else
 */
async function checkStamps(files) {
  const names = [...files.members.keys()].filter((name) => name.startsWith("stamps/")).sort();
  const manifests = await manifestHashes(files);
  const seals = new Set([...manifests.values()].map(sealOf));
  /** @type {string[]} */
  const faults = [];
  /** @type {string[]} */
  const left = [];
  /** @type {string[]} */
  const told = [];
  const replies = names.filter((name) => name.endsWith(".tsr"));
  for (const name of replies.slice(0, MOST_STAMPS)) {
    const query = await queryOf(files, name);
    const imprint = query && hashAsked(query);
    const path = imprint && manifests.get(imprint);
    const wanted = sealWanted(name);
    if (!query || (!path && !(wanted && seals.has(wanted)))) left.push(name);
    else {
      const ours = path && wanted && wanted === sealOf(path);
      const fault = stampFault(query, await read(files, name), ours ? imprint : null);
      if (fault) faults.push(`${name}: ${fault}`);
      else told.push(`${name}, for ${path}`);
    }
  }
  raiseIf(faults);
  const said = [
    `${replies.length} time stamps, ${told.length} of them for a manifest of this bundle`,
    ...told.slice(0, NAMED),
  ];
  const beyond = replies.slice(MOST_STAMPS);
  if (beyond.length) said.push(`${beyond.length} more than the ${MOST_STAMPS} that are judged`);
  left.push(...beyond, ...names.filter((name) => name.endsWith(".ots")));
  if (left.length) said.push(`not judged: ${left.sort().slice(0, NAMED).join(", ")}`);
  return [told.length, said.join("; ")];
}

/** @param {Files} files @returns {Promise<Map<string, string>>} path of each manifest by hash */
async function manifestHashes(files) {
  const found = new Map();
  for (const [name, member] of files.members)
    if (name.startsWith("seals/") && name.endsWith("/manifest.json"))
      found.set(await sha256(await whole(member)), name);
  return found;
}

/** @param {string} reply @returns {string | null} `<capture>/S1`, `<capture>/7-partial` */
function sealWanted(reply) {
  const found = PLACE_OF_REPLY.exec(reply);
  return found && `${found[1]}/${found[2] ?? `${found[3]}-partial`}`;
}

/** @param {string} path of a manifest @returns {string | null} its seal, as above */
function sealOf(path) {
  const found = PLACE_OF_MANIFEST.exec(path);
  return found && `${found[1]}/${found[3] === "partial" ? `${found[2]}-` : ""}${found[3]}`;
}

/** @param {Uint8Array} query @returns {string | null} what it asks for, null if unreadable */
function hashAsked(query) {
  try {
    return readQuery(query).hash;
  } catch {
    return null;
  }
}

/** @param {Files} files @param {string} reply @returns {Promise<Uint8Array | null>} */
async function queryOf(files, reply) {
  const name = `${reply.slice(0, -1)}q`;
  const sizes = [reply, name].map((one) => files.members.get(one)?.size ?? Infinity);
  return Math.max(...sizes) > LARGEST_STAMP ? null : read(files, name);
}

/**
 * @param {Uint8Array} query @param {Uint8Array} reply
 * @param {string | null} digest of the manifest, null where it is for something else
 * @returns {string | null} what is wrong, in the words of `stamp.py`
 */
function stampFault(query, reply, digest) {
  try {
    const asked = readQuery(query);
    const { status, token } = readReply(reply);
    if (digest === null || asked.imprint !== SHA256_OID + digest) return "wrong_imprint";
    if (status !== "00" || !token) return "not_granted";
    if (token.signers !== 1) return "several_signers";
    if (token.imprint !== asked.imprint) return "wrong_imprint";
    return token.nonce === asked.nonce ? null : "wrong_nonce";
  } catch {
    return "unreadable";
  }
}

/**
 * @param {Uint8Array} data
 * @returns {{imprint: string, hash: string, nonce: string | undefined}}
 */
function readQuery(data) {
  const parts = partsOf(one(data, SEQUENCE));
  if (numberOf(parts[0]) !== "01") throw new Error("not a time-stamp query of version 1");
  const [algorithm, hash] = imprintOf(parts[1]);
  return { imprint: algorithm + hash, hash, nonce: nonceOf(parts.slice(2)) };
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
    imprint: imprintOf(parts[2]).join(""),
    nonce: nonceOf(parts.slice(5)),
  };
}

/** @param {Der} node @returns {[string, string]} algorithm and hash */
function imprintOf(node) {
  const [algorithm, hashed] = counted(node, 2);
  const [name] = partsOf(expect(algorithm, SEQUENCE));
  return [hex(expect(name, OID).content), hex(expect(hashed, OCTETS).content)];
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
