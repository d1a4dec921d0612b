/** Canonical JSON after RFC 8785, for the values that manifests hold: no fractions. */

const MOST_VALUES = 1_000_000;

/**
 * @param {Uint8Array} data @param {string} name
 * @returns {any} the value; fails for any other spelling of it
 */
function decode(data, name) {
  let values = 0;
  for (const byte of data) if (byte === 0x5b || byte === 0x7b || byte === 0x2c) values += 1;
  if (values > MOST_VALUES) fail(`malformed: ${name}: more than ${MOST_VALUES} values`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    const value = JSON.parse(text);
    if (spell(value) !== text) fail("not in canonical form");
    return value;
  } catch (error) {
    return fail(`malformed: ${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {any} value @returns {string} */
function spell(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (!value.isWellFormed()) fail("a lone surrogate");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) fail("not a whole number");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${spell(key)}:${spell(value[key])}`).join(",")}}`;
}
