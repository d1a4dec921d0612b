/** WebCrypto in the shapes of the helper's protocol: hex, SHA-256, HMAC lines, HKDF. */

const encoder = new TextEncoder();

/** @param {ArrayBuffer | Uint8Array} bytes @returns {string} */
export function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text of hex digits @returns {Uint8Array<ArrayBuffer>} */
export function unhex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {number} bytes @returns {string} random hex */
export function randomHex(bytes) {
  return hex(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** @param {BufferSource} bytes @returns {Promise<string>} */
export async function sha256(bytes) {
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

/** @param {BufferSource} bytes @returns {Promise<CryptoKey>} a key that cannot be read out again */
export function hmacKey(bytes) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
}

/** @param {CryptoKey} key @param {string[]} lines @returns {Promise<string>} */
export async function mac(key, ...lines) {
  return hex(await crypto.subtle.sign("HMAC", key, encoder.encode(lines.join("\n"))));
}

/**
 * Compare a code with what it must be, in constant time.
 *
 * @param {CryptoKey} key @param {string | null | undefined} code @param {string[]} lines
 * @returns {Promise<boolean>}
 */
export async function macMatches(key, code, ...lines) {
  if (!code || !/^[0-9a-f]{64}$/.test(code)) return false;
  return crypto.subtle.verify("HMAC", key, unhex(code), encoder.encode(lines.join("\n")));
}

/**
 * HKDF-SHA256 (RFC 5869), 32 bytes.
 *
 * @param {BufferSource} secret @param {BufferSource} salt @param {string} info
 * @returns {Promise<ArrayBuffer>}
 */
export async function derive(secret, salt, info) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: encoder.encode(info) };
  return crypto.subtle.deriveBits(parameters, key, 256);
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function utf8(text) {
  return /** @type {Uint8Array<ArrayBuffer>} */ (encoder.encode(text));
}
