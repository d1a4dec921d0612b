/** The shapes of the records of a bundle, as `records.py` reads them: strict, no unknown keys. */

/** @typedef {(value: any) => boolean} Rule */

/** @type {Rule} */ const TEXT = (value) => typeof value === "string";
/** @type {Rule} */ const HASH = (value) => TEXT(value) && /^[0-9a-f]{64}$/.test(value);
/** @type {Rule} */ const SIZE = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {Rule} */ const STAGE = (value) => ["S0", "S1", "S2", "partial"].includes(value);
/** @type {Rule} */ const FLAG = (value) => typeof value === "boolean";
/** @param {Rule} rule @returns {Rule} */
const optional = (rule) => (value) => value === null || rule(value);
/** @param {Rule} rule @returns {Rule} */
const many = (rule) => (value) => Array.isArray(value) && value.every(rule);
/** @param {string} said @returns {Rule} */
const exactly = (said) => (value) => value === said;
/** @param {Record<string, Rule>} shape @returns {Rule} */
const shaped = (shape) => (value) =>
  isObject(value) &&
  Object.keys(value).every((key) => Object.hasOwn(shape, key)) &&
  Object.entries(shape).every(([key, rule]) =>
    Object.hasOwn(value, key) ? rule(value[key]) : absent.has(rule),
  );
/** Rules of keys that need not be there. @type {Set<Rule>} */
const absent = new Set();
/** @param {Rule} rule @returns {Rule} */
const maybe = (rule) => {
  const found = optional(rule);
  absent.add(found);
  return found;
};
/** @type {Rule} */ const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const PLACED = { capture_id: TEXT, name: TEXT, path: TEXT };
const BODY = { stage: STAGE, capture_id: TEXT, manifest: HASH, signature: HASH, sealed_at: TEXT };

/** @type {Record<string, Record<string, Rule>>} */
const SHAPES = {
  listing: {
    format: exactly("kazheng/bundle/2"),
    case_id: TEXT,
    created_at: TEXT,
    captures: many(TEXT),
    files: many(shaped({ name: TEXT, sha256: HASH, bytes: SIZE })),
    artifacts: many(shaped(PLACED)),
    seals: many(shaped({ capture_id: TEXT, index: SIZE, stage: STAGE, withheld: FLAG })),
    ledger_entries: SIZE,
    ledger_head: HASH,
    derived: many(TEXT),
    unsealed: many(shaped({ capture_id: TEXT, name: TEXT })),
    redaction: optional(
      shaped({
        masked: many(shaped({ ...PLACED, sha256: HASH })),
        left_out: many(shaped({ capture_id: TEXT, name: TEXT, sha256: HASH, reason: TEXT })),
      }),
    ),
  },
  link: { index: SIZE, previous: optional(HASH), body: HASH },
  body: BODY,
  whole: { ...BODY, index: SIZE, previous: optional(HASH) },
  signature: {
    format: TEXT,
    algorithm: exactly("Ed25519"),
    installation: HASH,
    public_key: HASH,
    manifest_sha256: HASH,
    signature: (value) => TEXT(value) && /^[0-9a-f]{128}$/.test(value),
  },
  manifest: {
    format: exactly("kazheng/manifest/1"),
    capture_id: TEXT,
    stage: TEXT,
    url: TEXT,
    title: TEXT,
    clicked_at: TEXT,
    sealed_at: TEXT,
    artifacts: many(
      shaped({ role: TEXT, name: TEXT, sha256: HASH, bytes: SIZE, media_type: TEXT }),
    ),
    missing: many(shaped({ role: TEXT, reason: TEXT, detail: optional(TEXT) })),
    tools: (value) => isObject(value) && Object.values(value).every(optional(TEXT)),
    previous: optional(HASH),
    not_before: maybe(
      (value) =>
        isObject(value) &&
        Object.values(value).every((one) => one === null || TEXT(one) || Number.isSafeInteger(one)),
    ),
  },
};

/** @param {string} kind @param {Uint8Array} data @param {string} name @returns {any} */
function parse(kind, data, name) {
  const value = decode(data, name);
  if (shaped(SHAPES[kind])(value)) return value;
  const format = SHAPES[kind].format;
  if (isObject(value) && TEXT(value.format) && format && !format(value.format))
    fail(`of a version that this page does not read: ${value.format.slice(0, 80)}`);
  const at = isObject(value)
    ? Object.entries(SHAPES[kind]).find(([key, rule]) => !rule(value[key]))?.[0]
    : "";
  return fail(`malformed: ${name} at ${at ?? ""}`);
}
