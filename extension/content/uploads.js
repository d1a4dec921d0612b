/**
 * Which files an upload field holds already, as the page lists them. Classic script, injected
 * before fill.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengFiles) return;
  const { all, attribute, parentOf, tagOf } = shared.kazhengForm;
  const { CONTROLS } = shared.kazhengLabels;

  const STEPS = 6;
  const LONGEST = 200;
  /** What this page's uploads were given: some show pictures without a name. */
  /** @type {WeakMap<Element, string[]>} */
  const given = new WeakMap();

  /** @param {any} input @returns {string[]} names of files in the input and in the list beside it */
  const shownFiles = (input) => {
    const own = [...input.files].map((/** @type {File} */ file) => file.name);
    const area = areaOf(input);
    const names = linesIn(area).match(/[^\s/\\]+\.(png|jpe?g|webp|pdf|zip|mp4|gif)/gi) ?? [];
    const found = [...new Set([...own, ...names])];
    const before = given.get(input) ?? [];
    const pictures = all(area, "img, [class*='uploader__preview']").length;
    return found.length || pictures < before.length ? found : before;
  };

  /** @param {Element} area @returns {string} what it says, and the titles of its pictures */
  const linesIn = (area) =>
    all(area, "*")
      .flatMap((/** @type {Element} */ one) => [
        attribute(one, "title"),
        attribute(one, "alt"),
        one.children.length ? "" : (one.textContent ?? ""),
      ])
      .map((/** @type {string} */ one) => one.slice(0, LONGEST))
      .join("\n");

  /** Whether an upload has a file of this name, which may have blanks in it. */
  const holdsFile = (/** @type {any} */ input, /** @type {string} */ name) =>
    shownFiles(input).includes(name) || linesIn(areaOf(input)).includes(name);

  /** @param {any} input @param {string[]} names */
  const noteGiven = (input, names) => given.set(input, names);

  /** The widest wrapper that holds this upload and no other field. */
  const areaOf = (/** @type {any} */ input) => {
    let area = /** @type {Element} */ (input);
    for (let step = 0; step < STEPS; step += 1) {
      const parent = parentOf(area);
      if (!parent || ["form", "body", "html"].includes(tagOf(parent))) break;
      if (
        all(parent, CONTROLS).some(
          (/** @type {any} */ other) => other.type !== "file" && other.type !== "hidden",
        )
      )
        break;
      area = parent;
    }
    return area;
  };

  shared.kazhengFiles = Object.freeze({ holdsFile, noteGiven, shownFiles });
})();
