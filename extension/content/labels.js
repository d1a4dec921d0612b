/**
 * What stands at a control: its label, what a screen reader says, what is written beside it, and
 * under which heading it stands. Classic script, injected after form.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengLabels) return;
  const { all, attribute, isElement, parentOf, rootOf, tagOf, tidy } = shared.kazhengForm;

  const CONTROLS =
    "input, textarea, select, [contenteditable='true'], [contenteditable='plaintext-only']," +
    " [contenteditable=''], [role='combobox'], [role='radio'], [role='checkbox']";
  const NEARBY = "label, legend, th, dt, [class*='label' i], [class*='title' i], strong, b";
  const ITEM =
    ".ant-form-item, .el-form-item, .arco-form-item, .t-form__item, .layui-form-item, .van-field," +
    " .ivu-form-item, .n-form-item, .weui-cell";
  const ITEM_LABEL =
    ".ant-form-item-label label, .el-form-item__label, .arco-form-item-label, .t-form__label label," +
    " .layui-form-label, .van-field__label, .ivu-form-item-label, .n-form-item-label, .weui-label";
  const UNSEEN = new Set("hidden submit button image reset".split(" "));
  const HEADINGS =
    "h1, h2, h3, h4, h5, h6, legend, [class*='title' i], [class*='head' i], [class*='divider' i], tr";
  const LONGEST_HEADING = 24;
  const STEPS = 9;

  /** @param {any} element @returns {HTMLElement[]} */
  const labels = (element) => Array.from(element.labels ?? []);

  /** @param {Element} node @returns {string} */
  const wordsOnly = (node) => {
    const copy = /** @type {Element} */ (node.cloneNode(true));
    for (const inner of all(copy, "input, textarea, select, option, script, style, button"))
      inner.remove();
    return copy.textContent ?? "";
  };

  /** @param {HTMLElement[]} elements @returns {Element} the smallest element around all of them */
  const boxOf = (elements) => {
    let box = /** @type {Element} */ (elements[0]);
    while (elements.length > 1 && !elements.every((one) => box.contains(one))) {
      const parent = parentOf(box);
      if (!parent) break;
      box = parent;
    }
    return box;
  };

  /**
   * @param {HTMLElement[]} elements @param {string} kind
   * @returns {{text: string, weight: number}[]} best first
   */
  const textsOf = (elements, kind) => {
    const element = elements[0];
    const choice = kind === "radio" || kind === "checkbox";
    const box = choice ? boxOf(elements) : element;
    const home = rootOf(element);
    const spoken = [element, box, parentOf(box)].flatMap((one) =>
      one && (one === element || /group/.test(attribute(one, "role")))
        ? attribute(one, "aria-labelledby").split(/\s+/).filter(Boolean)
        : [],
    );
    /** @type {[string, number][]} */
    const texts = [
      [choice ? "" : labels(element).map(wordsOnly).join(" "), 1],
      [itemLabel(box), 1],
      [spoken.map((id) => home.getElementById?.(id)?.textContent ?? "").join(" "), 1],
      [choice ? "" : attribute(element, "aria-label"), 1],
      [around(box, elements), 0.95],
      [attribute(element, "placeholder") || attribute(element, "data-placeholder"), 0.75],
      [attribute(element, "title"), choice ? 0 : 0.7],
      [kind === "textarea" ? headingOver(element) : "", 0.65],
    ];
    if (!choice && !texts.some(([text]) => tidy(text))) texts.push([textAfter(element), 0.7]);
    return texts
      .map(([text, weight]) => ({ text: tidy(text), weight }))
      .filter(({ text, weight }) => text && weight);
  };

  /** The label of the form item that a library draws, if it is about this control alone. */
  const itemLabel = (/** @type {Element} */ box) => {
    const item = box.closest(ITEM);
    const label = item && all(item, ITEM_LABEL)[0];
    return label && !label.contains(box) ? wordsOnly(label) : "";
  };

  /** Text beside a control: table cell, dt, wrapper's label, or what stands before it. */
  const around = (/** @type {Element} */ box, /** @type {HTMLElement[]} */ elements) => {
    const cell = box.closest("td, dd");
    const before = cell?.previousElementSibling;
    if (before && all(before, CONTROLS).length === 0 && tidy(before.textContent))
      return before.textContent;
    const title = all(box, NEARBY).find(
      (/** @type {HTMLElement} */ one) =>
        all(one, CONTROLS).length === 0 &&
        !elements.some((other) => labels(other).some((label) => label.contains(one))),
    );
    if (elements.length > 1 && title && tidy(wordsOnly(title))) return wordsOnly(title);
    const column = cell && headOfColumn(/** @type {HTMLTableCellElement} */ (cell));
    if (column) return column;
    let node = firstIn(box, elements);
    for (let step = 0; step < STEPS; step += 1) {
      const earlier = textBefore(node);
      if (earlier) return earlier;
      const parent = parentOf(node);
      if (!parent || ["body", "form", "html"].includes(tagOf(parent))) break;
      node = parent;
      const strangers = all(node, CONTROLS).some(
        (/** @type {any} */ other) =>
          !elements.some((one) => one === other || one.contains(other) || other.contains(one)) &&
          !UNSEEN.has(other.type),
      );
      if (strangers) break;
      const named = all(node, NEARBY).find(
        (/** @type {HTMLElement} */ other) =>
          !elements.some((one) => other.contains(one) || labels(one).includes(other)) &&
          !box.contains(other) &&
          tidy(wordsOnly(other)),
      );
      if (named) return wordsOnly(named);
    }
    return "";
  };

  /** Of choices in one box, what stands in it before the first may be their question. */
  const firstIn = (/** @type {Element} */ box, /** @type {HTMLElement[]} */ elements) => {
    let node = /** @type {Element} */ (elements[0]);
    for (let up = parentOf(node); node !== box && up && up !== box; up = parentOf(node)) node = up;
    return node;
  };

  /** What the first row of a table calls the column, where that row holds nothing but such names. */
  const headOfColumn = (/** @type {HTMLTableCellElement} */ cell) => {
    const row = /** @type {HTMLTableRowElement | null} */ (cell.closest("tr"));
    const head = row?.closest("table")?.rows[0];
    if (!row || !head || head === row || head.cells.length !== row.cells.length) return "";
    if (row.cells.length < 2 || all(head, CONTROLS).length) return "";
    return wordsOnly(head.cells[cell.cellIndex]);
  };

  /** The list of country codes before a telephone number. */
  const isDialCode = (/** @type {any} */ node) =>
    tagOf(node) === "select" &&
    [...node.options].every((one) => /^\D*\d{2,4}$/.test(tidy(one.textContent)));

  const holdsControl = (/** @type {Node | null} */ node) =>
    isElement(node) &&
    (/** @type {Element} */ (node).matches(CONTROLS) ||
      all(/** @type {Element} */ (node), CONTROLS).length > 0);

  /** @param {Element} node @returns {string} but not what ends the line of an earlier control */
  const textBefore = (node) => {
    let broken = false;
    for (let sibling = node.previousSibling; sibling; sibling = sibling.previousSibling) {
      const tag = tagOf(sibling);
      broken ||= tag === "br";
      if (["script", "style", "br"].includes(tag)) continue;
      if (isDialCode(sibling)) continue;
      if (holdsControl(sibling)) return "";
      const text = tidy(sibling.textContent);
      if (!/\p{L}/u.test(text)) continue; // ￥ and +86 are no labels
      return text.length <= 40 && !(broken && holdsControl(sibling.previousSibling)) ? text : "";
    }
    return "";
  };

  /** What stands behind a control on its line: its unit, or its label where none is before it. */
  const textAfter = (/** @type {Element} */ element) => {
    const next = element.nextSibling;
    const text = next && !holdsControl(next) ? tidy(next.textContent) : "";
    return text.length <= 40 ? text : "";
  };

  /**
   * The heading a control stands under in its form, and whether it is over this control alone.
   * @param {Element} element @returns {{text: string, alone: boolean}}
   */
  const heading = (element) => {
    let alone = true;
    for (let node = element; !["form", "body"].includes(tagOf(node)); ) {
      for (let one = node.previousElementSibling; one; one = one.previousElementSibling) {
        const text = holdsControl(one) ? "" : tidy(wordsOnly(one));
        if (text && text.length <= LONGEST_HEADING && isHeading(one)) return { text, alone };
        alone &&= !holdsControl(one);
      }
      const parent = parentOf(node);
      if (!parent) break;
      node = parent;
      alone &&= all(node, CONTROLS).filter((/** @type {any} */ one) => !UNSEEN.has(one.type)).length < 2;
    }
    return { text: "", alone };
  };

  const isHeading = (/** @type {Element} */ one) =>
    (one.matches(HEADINGS) && (tagOf(one) !== "tr" || one.children.length === 1)) ||
    all(one, "h1, h2, h3, h4, h5, h6, legend").length > 0;

  /** Two fields of one label differ by the heading they stand under. */
  const headingOf = (/** @type {Element} */ element) => heading(element).text;

  const headingOver = (/** @type {Element} */ element) => {
    const { text, alone } = heading(element);
    return alone ? text : "";
  };

  /** The words of one choice. */
  const choiceText = (/** @type {HTMLElement} */ element) =>
    tidy(
      labels(element).map(wordsOnly).join(" ") ||
        (tagOf(element) === "input" ? "" : element.textContent) ||
        attribute(element, "title") ||
        element.nextSibling?.textContent,
    );

  /**
   * How much a box takes: its maxlength, else a counter beside it ("0 / 200"), else what its label
   * says ("100字以内").
   * @param {any} element @param {{text: string}[]} texts @returns {number | null}
   */
  const limitOf = (element, texts) => {
    if (element.maxLength > 0) return element.maxLength;
    let node = /** @type {Element | null} */ (element);
    for (let step = 0; node && step < 4; step += 1) {
      node = parentOf(node);
      if (!node || all(node, CONTROLS).length > 1) break;
      const counter = /^\D*\d+\s*\/\s*(\d{1,5})\D*$/.exec(tidy(wordsOnly(node)).slice(-24));
      if (counter) return Number(counter[1]);
    }
    const said = texts.map(({ text }) => text).join(" ");
    const number =
      /(\d{1,5})\s*个?(?:字|字符|汉字)(?:以内|之内|内)|(?:不超过|最多|限)[^\d]{0,4}(\d{1,5})\s*个?字/.exec(
        said,
      );
    return number ? Number(number[1] ?? number[2]) : null;
  };

  shared.kazhengLabels = Object.freeze({
    CONTROLS,
    boxOf,
    choiceText,
    headingOf,
    labels,
    limitOf,
    textAfter,
    textsOf,
    wordsOnly,
  });
})();
