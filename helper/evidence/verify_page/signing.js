/** Ed25519 signatures (RFC 8032) by Web Crypto, where the browser has them. */

const SPKI = unhex("302a300506032b6570032100");
const encoder = new TextEncoder();

/** @param {Uint8Array} data @param {string} domain @returns {Uint8Array<ArrayBuffer>} */
function signedBytes(data, domain) {
  const prefix = encoder.encode(`kazheng/${domain}/1\n`);
  const joined = new Uint8Array(prefix.length + data.length);
  joined.set(prefix);
  joined.set(data, prefix.length);
  return joined;
}

/** @param {string} key public key, hexadecimal @returns {Uint8Array} its PEM file */
function pemOf(key) {
  const der = String.fromCharCode(...SPKI, ...unhex(key));
  return encoder.encode(`-----BEGIN PUBLIC KEY-----\n${btoa(der)}\n-----END PUBLIC KEY-----\n`);
}

/** @returns {Promise<boolean>} this browser has Ed25519 (Chromium 137, Firefox 129, Safari 17) */
async function canCheckSignatures() {
  try {
    // the public key of RFC 8032, 7.1, test 1
    const key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    await crypto.subtle.importKey("raw", unhex(key), "Ed25519", false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} data @param {Uint8Array} file the signature file
 * @param {string} name @param {"bundle" | "manifest"} domain @param {boolean} able
 * @returns {Promise<any>} what it says; fails unless it holds
 */
async function checkSignature(data, file, name, domain, able) {
  const said = parse("signature", file, name);
  const format = domain === "bundle" ? "kazheng/bundle-signature/1" : "kazheng/signature/1";
  if (said.format !== format) fail(`${name}: of another kind: ${said.format}`);
  const key = unhex(said.public_key);
  if (said.installation !== (await sha256(key)))
    fail(`${name}: names another installation than its key`);
  if (said.manifest_sha256 !== (await sha256(data))) fail(`${name}: made for other content`);
  if (able && !(await holds(key, unhex(said.signature), signedBytes(data, domain))))
    fail(`${name}: does not match content and key`);
  return said;
}

/**
 * @param {Uint8Array<ArrayBuffer>} raw @param {Uint8Array<ArrayBuffer>} signature
 * @param {Uint8Array<ArrayBuffer>} message @returns {Promise<boolean>}
 */
async function holds(raw, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return false;
  }
}
