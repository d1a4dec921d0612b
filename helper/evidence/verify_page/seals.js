/** Seals and artifacts of a bundle. */

const SEAL_FILES = ["manifest.json", "signature.json", "manifest.signed", "manifest.sig"];

/**
 * @param {Files} files @param {any} listing
 * @param {{links: Map<number, any>, places: Map<string, number>}} ledger @param {string} by
 * @param {boolean} able @returns {Promise<[any[], string]>}
 */
async function checkSeals(files, listing, ledger, by, able) {
  /** @type {any[]} */
  const manifests = [];
  /** @type {Set<string>} */
  const expected = new Set();
  /** @type {Set<string>} */
  const sealed = new Set();
  let before = -1;
  for (const entry of listing.seals) {
    if (entry.index <= before) fail("the seals of bundle.json are not in order");
    before = entry.index;
    const folder = `seals/${entry.capture_id}/${entry.index}-${entry.stage}`;
    const body = await bodyOf(files, entry, folder, ledger.links);
    expected.add(`${folder}/entry.json`);
    if (!entry.withheld) {
      for (const name of SEAL_FILES) expected.add(`${folder}/${name}`);
      const manifest = await manifestOf(files, body, folder, by, able);
      const none = manifest.previous === null;
      const place = none ? -1 : (ledger.places.get(manifest.previous) ?? Infinity);
      if (place >= entry.index || (none && sealed.has(entry.capture_id)))
        fail(`not linked to an earlier seal: ${folder}`);
      manifests.push(manifest);
    } else if (!listing.redaction) fail(`withheld, but this is no redacted copy: ${folder}`);
    sealed.add(entry.capture_id);
  }
  if (!sealed.size) fail("there is no seal at all");
  const strays = [...files.members.keys()].filter((n) => n.startsWith("seals/") && !expected.has(n));
  raiseIf([
    ...listing.captures.filter((/** @type {string} */ id) => !sealed.has(id)).map(
      (/** @type {string} */ id) => `without a seal: ${id}`,
    ),
    ...[...sealed].filter((id) => !listing.captures.includes(id)).map(
      (id) => `not among the captures: ${id}`,
    ),
    ...strays.sort().map((name) => `not in the ledger: ${name}`),
  ]);
  const withheld = listing.seals.length - manifests.length;
  const more = withheld ? `, ${withheld} withheld` : "";
  return [manifests, `${manifests.length} manifests signed and in the ledger${more}`];
}

/**
 * @param {Files} files @param {any} entry @param {string} folder @param {Map<number, any>} links
 * @returns {Promise<any>}
 */
async function bodyOf(files, entry, folder, links) {
  const name = `${folder}/entry.json`;
  const data = await read(files, name);
  const link = links.get(entry.index);
  const body = parse("body", data, name);
  const said = link?.kind === "whole" ? wholeBody(link) : link?.body;
  const wanted = link?.kind === "whole" ? spell(body) : await sha256(data);
  if (!link || said !== wanted) fail(`not in the ledger: ${name}`);
  if (body.capture_id !== entry.capture_id || body.stage !== entry.stage)
    fail(`of another capture or stage: ${name}`);
  return body;
}

/** @param {any} line an entry in full @returns {string} its body as canonical JSON */
function wholeBody({ stage, capture_id, manifest, signature, sealed_at }) {
  return spell({ stage, capture_id, manifest, signature, sealed_at });
}

/**
 * @param {Files} files @param {any} body @param {string} folder @param {string} by
 * @param {boolean} able @returns {Promise<any>}
 */
async function manifestOf(files, body, folder, by, able) {
  const data = await read(files, `${folder}/manifest.json`);
  const file = await read(files, `${folder}/signature.json`);
  if ((await sha256(data)) !== body.manifest) fail(`not as in the ledger: ${folder}/manifest.json`);
  if ((await sha256(file)) !== body.signature)
    fail(`not as in the ledger: ${folder}/signature.json`);
  const signed = await checkSignature(data, file, folder, "manifest", able);
  if (signed.installation !== by)
    fail(`signed by another installation than the bundle: ${folder}`);
  await checkPlain(files, `${folder}/manifest`, data, signed, "manifest");
  const manifest = parse("manifest", data, `${folder}/manifest.json`);
  if (manifest.capture_id !== body.capture_id || manifest.stage !== body.stage)
    fail(`of another capture or stage: ${folder}`);
  return manifest;
}

/** @param {any} item @returns {string} */
const keyOf = ({ capture_id, name }) => `${capture_id}/${name}`;

/** @param {any[]} manifests @param {Found} found @param {any} listing @returns {[number, string]} */
function compareArtifacts(manifests, found, listing) {
  /** @type {Map<string, string>} */
  const places = new Map(listing.artifacts.map((/** @type {any} */ a) => [keyOf(a), a.path]));
  const paths = new Set(places.values());
  if (places.size !== listing.artifacts.length || paths.size !== places.size)
    fail("bundle.json places an artifact twice");
  const changed = listing.redaction
    ? [...listing.redaction.masked, ...listing.redaction.left_out]
    : [];
  const elsewhere = new Map(changed.map((item) => [keyOf(item), item.sha256]));
  /** @type {string[]} */
  const faults = [];
  const named = new Set();
  for (const manifest of manifests) {
    for (const artifact of manifest.artifacts) {
      const key = keyOf({ capture_id: manifest.capture_id, name: artifact.name });
      named.add(key);
      const path = places.get(key);
      const file = found.get(path ?? "");
      if (path === undefined) {
        if (elsewhere.get(key) !== artifact.sha256)
          faults.push(`not here: ${artifact.name} of ${manifest.capture_id}`);
      } else if (file?.sha256 !== artifact.sha256 || file?.size !== artifact.bytes)
        faults.push(`not as sealed: ${path}`);
    }
  }
  for (const item of listing.artifacts)
    if (!named.has(keyOf(item)) && !item.path.startsWith("stamps/") && !hidden(listing, item))
      faults.push(`not sealed: ${item.path}`);
  const masked = listing.redaction?.masked.map((/** @type {any} */ item) => item.path) ?? [];
  const known = new Set([...UNLISTED, ...OWN, ...PAGES, ...paths, ...masked, ...listing.derived]);
  for (const name of [...found.keys()].sort())
    if (!known.has(name) && !name.startsWith("seals/")) faults.push(`not sealed: ${name}`);
  raiseIf(faults);
  const count = [...named].filter((key) => places.has(key)).length;
  const unsealed = listing.unsealed.length;
  const left = unsealed ? `, ${unsealed} left out as not sealed yet` : "";
  return [count, `${count} artifacts as sealed${left}`];
}

/** @param {any[]} manifests @param {Found} found @param {any} listing @returns {[number, string]} */
function compareMasked(manifests, found, listing) {
  const { masked, left_out } = listing.redaction;
  const sealed = new Map(
    manifests.flatMap(({ capture_id, artifacts }) =>
      artifacts.map((/** @type {any} */ a) => [keyOf({ capture_id, name: a.name }), a.sha256]),
    ),
  );
  raiseIf([
    ...[...masked, ...left_out]
      .filter((item) => sealed.get(keyOf(item)) !== item.sha256 && !hidden(listing, item))
      .map((item) => `not the hash of the sealed original: ${item.name} of ${item.capture_id}`),
    ...masked.filter((/** @type {any} */ item) => !found.has(item.path)).map(
      (/** @type {any} */ item) => `missing: ${item.path}`,
    ),
  ]);
  return [
    masked.length,
    `a redacted copy: ${masked.length} artifacts masked, ${left_out.length} left out; ` +
      "what is masked is not what was sealed",
  ];
}

/** @param {any} listing @param {any} item @returns {boolean} a manifest of its capture is withheld */
function hidden(listing, item) {
  return listing.seals.some(
    (/** @type {any} */ entry) => entry.withheld && entry.capture_id === item.capture_id,
  );
}
