/** The checks of `kazheng verify`, in its order, with its words. */

const LARGEST_RECORD = 16 * 2 ** 20;
const LARGEST_LEDGER = 64 * 2 ** 20;
const LARGEST_LINE = 4096;
const NAMED = 10;
const UNLISTED = new Set(["bundle.json", "bundle.sig.json", "bundle.signed", "bundle.sig"]);
const OWN = ["README.txt", "SHA256SUMS", "installation.pem", "ledger.jsonl"];
const PAGES = ["verify.html", "证据目录.html"];

/**
 * @typedef {{name: string, verdict: "pass" | "fail" | "unchecked" | "not_confirmed",
 *   detail: string}} Check
 * @typedef {{verdict: "pass" | "fail" | "unchecked", installation: string | null,
 *   redacted: boolean, checks: Check[]}} Verification
 * @typedef {Map<string, {sha256: string, size: number}>} Found
 */

/**
 * @param {() => Promise<Files> | Files} open @param {string} expected fingerprint, or ""
 * @param {(done: number, total: number) => void} progress @returns {Promise<Verification>}
 */
async function verify(open, expected, progress) {
  /** @type {Check[]} */
  const checks = [];
  /** @type {Verification} */
  const report = { verdict: "fail", installation: null, redacted: false, checks };
  /**
   * @template T @param {string} name @param {() => Promise<[T, string]>} work
   * @param {boolean} [able] @param {"pass" | "not_confirmed"} [reached] what it says if it holds
   * @returns {Promise<T | null>}
   */
  const attempt = async (name, work, able = true, reached = "pass") => {
    try {
      const [result, detail] = await work();
      checks.push({ name, verdict: able ? reached : "unchecked", detail });
      return result;
    } catch (error) {
      const plain = error instanceof FailedError;
      const said = plain ? error.message : `cannot be read: ${error}`;
      checks.push({ name, verdict: "fail", detail: said.slice(0, 2000) });
      return null;
    }
  };
  const files = await attempt("container", async () => {
    const opened = await open();
    return [opened, `${opened.members.size} files${opened.note}`];
  });
  if (!files) return report;
  const able = await canCheckSignatures();
  const signed = await attempt("signature", () => signedListing(files, expected, able), able);
  if (!signed) return report;
  report.installation = signed.by;
  report.redacted = signed.listing.redaction !== null;
  if (expected) await attempt("installation", async () => compareInstallation(expected, signed.by));
  const found = await attempt("files", () => compareFiles(files, signed.listing, progress));
  const ledger = await attempt("ledger", () => readLedger(files, signed.listing));
  if (found && ledger) {
    const manifests = await attempt(
      "seals",
      () => checkSeals(files, signed.listing, ledger, signed.by, able),
      able,
    );
    if (manifests) {
      await attempt("artifacts", async () => compareArtifacts(manifests, found, signed.listing));
      await attempt("stamps", () => checkStamps(files), true, "not_confirmed");
      if (report.redacted)
        await attempt("redaction", async () => compareMasked(manifests, found, signed.listing));
    }
  }
  const verdicts = checks.map((check) => check.verdict);
  const made = checks.some((check) => check.name === "artifacts");
  if (!verdicts.includes("fail") && made)
    report.verdict = verdicts.includes("unchecked") ? "unchecked" : "pass";
  return report;
}

/** @param {Files} files @param {string} name @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function read(files, name) {
  const member = files.members.get(name);
  if (!member) return fail(`missing: ${name}`);
  if (member.size > LARGEST_RECORD) fail(`too large: ${name}`);
  return whole(member);
}

/** @param {string[]} faults */
function raiseIf(faults) {
  const more = faults.length > NAMED ? ` and ${faults.length - NAMED} more` : "";
  if (faults.length) fail(faults.slice(0, NAMED).join("; ") + more);
}

/** @param {Uint8Array} one @param {Uint8Array} two @returns {boolean} */
function same(one, two) {
  return one.length === two.length && one.every((byte, index) => byte === two[index]);
}

/**
 * @param {Files} files @param {string} expected @param {boolean} able
 * @returns {Promise<[{listing: any, by: string}, string]>}
 */
async function signedListing(files, expected, able) {
  const data = await read(files, "bundle.json");
  const file = await read(files, "bundle.sig.json");
  const name = "bundle.json, bundle.sig.json";
  const signature = await checkSignature(data, file, name, "bundle", able);
  await checkPlain(files, "bundle", data, signature, "bundle");
  if (!same(await read(files, "installation.pem"), pemOf(signature.public_key)))
    fail("not the key that signed: installation.pem");
  const listing = parse("listing", data, "bundle.json");
  const by = signature.installation;
  const note = expected ? "" : ", which was not compared with an expected one";
  return [{ listing, by }, `signed by installation ${by}${note}`];
}

/**
 * @param {Files} files @param {string} stem @param {Uint8Array} data @param {any} signature
 * @param {string} domain
 */
async function checkPlain(files, stem, data, signature, domain) {
  if (!same(await read(files, `${stem}.signed`), signedBytes(data, domain)))
    fail(`not what was signed: ${stem}.signed`);
  if (!same(await read(files, `${stem}.sig`), unhex(signature.signature)))
    fail(`not the signature: ${stem}.sig`);
}

/** @param {string} expected @param {string} by @returns {[string, string]} */
function compareInstallation(expected, by) {
  const plain = expected.replace(/[\s:.-]/g, "").toLowerCase();
  if (!HASH(plain)) fail(`not a fingerprint of 64 hexadecimal digits: ${expected}`);
  if (plain !== by) fail(`signed by ${by}, expected ${plain}`);
  return [by, `signed by the expected installation ${by}`];
}

/**
 * @param {Files} files @param {any} listing @param {(done: number, total: number) => void} progress
 * @returns {Promise<[Found, string]>}
 */
async function compareFiles(files, listing, progress) {
  /** @type {Found} */
  const found = new Map();
  const names = [...files.members.keys()].sort();
  for (const name of names) {
    found.set(name, await hashOf(/** @type {Member} */ (files.members.get(name))));
    progress(found.size, names.length);
  }
  /** @type {Map<string, any>} */
  const wanted = new Map(listing.files.map((/** @type {any} */ file) => [file.name, file]));
  if (wanted.size !== listing.files.length) fail("a name is listed twice");
  const present = names.filter((name) => !UNLISTED.has(name));
  const changed = (/** @type {string} */ name) =>
    wanted.get(name).sha256 !== found.get(name)?.sha256 ||
    wanted.get(name).bytes !== found.get(name)?.size;
  const implied = new Set([...wanted.keys()].flatMap(parentsOf));
  raiseIf([
    ...[...wanted.keys()].filter((n) => !present.includes(n)).map((name) => `missing: ${name}`),
    ...present.filter((name) => !wanted.has(name)).map((name) => `not listed: ${name}`),
    ...files.folders.filter((n) => !implied.has(n)).map((name) => `not listed: ${name}/`),
    ...present.filter((n) => wanted.has(n) && changed(n)).map((name) => `changed: ${name}`),
  ]);
  const summed = present.filter((name) => name !== "SHA256SUMS");
  const sums = byCodePoint(summed).map((name) => `${found.get(name)?.sha256}  ${name}\n`);
  if (!same(await read(files, "SHA256SUMS"), encoder.encode(sums.join(""))))
    fail("does not say what is there: SHA256SUMS");
  return [found, `${wanted.size} files present and unchanged`];
}

/** @param {string[]} names @returns {string[]} sorted as Python sorts */
function byCodePoint(names) {
  const keyed = names.map((name) => ({ name, key: [...name].map((c) => c.codePointAt(0) ?? 0) }));
  keyed.sort((one, two) => {
    const at = one.key.findIndex((code, index) => code !== two.key[index]);
    return at < 0 ? one.key.length - two.key.length : one.key[at] - (two.key[at] ?? -1);
  });
  return keyed.map(({ name }) => name);
}

/**
 * @param {Files} files @param {any} listing
 * @returns {Promise<[{links: Map<number, any>, places: Map<string, number>}, string]>}
 */
async function readLedger(files, listing) {
  const wanted = new Set(listing.seals.map((/** @type {any} */ entry) => entry.index));
  const links = new Map();
  const places = new Map();
  /** @type {string | null} */
  let previous = null;
  let count = 0;
  for await (const line of lines(files, "ledger.jsonl")) {
    count += 1;
    const name = `ledger.jsonl line ${count}`;
    const kind = new TextDecoder().decode(line.subarray(0, 8)) === '{"body":' ? "link" : "whole";
    const link = parse(kind, line, name);
    if (link.index !== count - 1 || link.previous !== previous)
      fail(`${name} does not follow the one before`);
    previous = await sha256(line);
    places.set(previous, link.index);
    if (wanted.has(link.index)) links.set(link.index, { kind, ...link });
  }
  if (count !== listing.ledger_entries || previous !== listing.ledger_head)
    fail("ledger.jsonl does not end with the head that bundle.json names");
  return [{ links, places }, `${count} entries, each linked to the one before`];
}

/** @param {Files} files @param {string} name @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>} */
async function* lines(files, name) {
  const member = files.members.get(name);
  if (!member) return fail(`missing: ${name}`);
  if (member.size > LARGEST_LEDGER) fail(`too large: ${name}`);
  const data = await whole(member);
  if (!data.length || data[data.length - 1] !== 10) fail(`${name} is cut off`);
  for (let at = 0; at < data.length; ) {
    const end = data.indexOf(10, at);
    if (end - at > LARGEST_LINE) fail(`malformed: ${name}: a line is too long`);
    yield data.slice(at, end);
    at = end + 1;
  }
}
