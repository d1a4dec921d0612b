/**
 * Lists the controls of a page: which kind each is, drawn or native, and which are never touched.
 * Classic script, injected after labels.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengControls) return;
  const { all, attribute, deep, formOf, parentOf, shown, tagOf, tidy } = shared.kazhengForm;
  const { CONTROLS, choiceText, headingOf, labels, limitOf, textAfter, textsOf } =
    shared.kazhengLabels;

  const SKIPPED = new Set("hidden submit button image reset range color".split(" "));
  const HANDLERS = "onchange oninput onclick onmousedown onfocus onblur onfocusin onfocusout".split(
    " ",
  );
  const MOST = 400;
  /** What frameworks draw instead of a native control: the wrapper that opens it. */
  const DRAWN =
    ".el-select, .el-cascader, .ant-select, .arco-select-view, .t-select__wrap, .t-cascader," +
    " .layui-form-select, .ivu-select, .ivu-cascader, .n-base-selection, .van-dropdown-menu," +
    " [role='combobox']:not(input)";
  const TYPED = ".el-autocomplete, .ant-select-auto-complete, [class*='auto-complete']";
  const DATED =
    ".ant-picker, .el-date-editor, .arco-picker, .t-date-picker, .ivu-date-picker," +
    " .n-date-picker, [lay-key]";
  const RANGE =
    ".ant-picker-range, .el-range-editor, .arco-picker-range, .t-range-input, [class*='date-range']";
  const GROUP =
    "[role='radiogroup'], [role='group'], [class*='radio-group']:not(label), [class*='checkbox-group']:not(label), fieldset";
  /** Boxes that layui draws beside the hidden native one. */
  const BESIDE = ".layui-form-radio, .layui-form-checkbox";

  /**
   * @typedef {{value: string, text: string}} Option
   * @typedef {{kind: string, elements: HTMLElement[], opener: HTMLElement | null, key: string,
   *   name: string, label: string, heading: string, unit: string,
   *   texts: {text: string, weight: number}[],
   *   required: boolean, options: Option[], max: number | null, forbidden: string | null}} Control
   */

  /** @param {HTMLElement} element @returns {string} the kind; empty for what is no field */
  const kindOf = (element) => {
    const tag = tagOf(element);
    if (tag === "textarea" || element.isContentEditable) return "textarea";
    if (tag === "select") return "select";
    const role = attribute(element, "role");
    if (tag !== "input") return role === "radio" || role === "checkbox" ? role : "";
    const { type } = /** @type {HTMLInputElement} */ (element);
    if (SKIPPED.has(type) || role === "switch" || element.closest(RANGE)) return "";
    if (element.closest(DATED)) return "date";
    if (openerOf(element)) return isWheel(element) ? "wheel" : "select";
    if (type === "search" && role !== "combobox") return "";
    if (["date", "datetime-local", "month"].includes(type)) return "date";
    if (role === "spinbutton") return "number";
    return ["number", "radio", "checkbox", "file"].includes(type) ? type : "text";
  };

  // What opens the drawn list of a control; null for a native or typed one.
  /** @param {HTMLElement} element @returns {HTMLElement | null} */
  const openerOf = (element) => {
    if (tagOf(element) === "select") return drawnBeside(element);
    if (tagOf(element) !== "input" || element.closest(TYPED)) return null;
    if (isWheel(element)) return element.closest(".van-cell--clickable");
    return element.closest(DRAWN) ?? (attribute(element, "role") === "combobox" ? element : null);
  };

  /** Vant's field that opens a wheel or a calendar: which of them shows only when it is open. */
  const isWheel = (/** @type {any} */ element) =>
    Boolean(element.readOnly && element.closest(".van-cell--clickable"));

  /** layui hides the native select and draws its own right after it. */
  const drawnBeside = (/** @type {HTMLElement} */ element) => {
    const next = /** @type {HTMLElement | null} */ (element.nextElementSibling);
    return next?.matches(".layui-form-select") ? next : null;
  };

  /** What a person clicks to tick a choice. */
  const tickOf = (/** @type {HTMLElement} */ element) => {
    const next = /** @type {HTMLElement | null} */ (element.nextElementSibling);
    if (next?.matches(BESIDE)) return next;
    return shown(element) ? element : (labels(element).find(shown) ?? element);
  };

  /**
   * Styled uploads, radios and checkboxes hide the real input: then its label or wrapper must show.
   * @param {HTMLElement} element @param {string} kind @returns {boolean}
   */
  const reachable = (element, kind) => {
    if (shown(openerOf(element) ?? element)) return true;
    if (kind === "date") return shown(element.closest(DATED) ?? element);
    if (!["file", "radio", "checkbox"].includes(kind)) return false;
    if (shown(tickOf(element)) || labels(element).some(shown)) return true;
    let node = parentOf(element);
    for (let step = 0; node && step < 2; step += 1, node = parentOf(node)) {
      if (["form", "body"].includes(tagOf(node))) return false;
      const others = all(node, CONTROLS).filter(
        (/** @type {HTMLElement} */ other) => kindOf(other) && kindOf(other) !== kind,
      );
      if (others.length) return false;
      if (shown(node)) return true;
    }
    return false;
  };

  /**
   * Choices that are one question: of one name in one form, else of one drawn group.
   * @param {HTMLElement} element @param {string} kind @param {{kind: string, elements: HTMLElement[]}[]} found
   */
  const groupOf = (element, kind, found) => {
    if (kind !== "radio" && kind !== "checkbox") return undefined;
    const name = attribute(element, "name");
    const group = element.closest(GROUP);
    if (!name && !group) return undefined;
    const form = formOf(element);
    return found.findLast(({ kind: other, elements: [first] }) =>
      other === kind && name
        ? attribute(first, "name") === name && formOf(first) === form
        : other === kind && !attribute(first, "name") && first.closest(GROUP) === group,
    );
  };

  /** A handler written in the page that submits when this control (or one inside it) changes. */
  const submits = (/** @type {Element} */ element) => {
    const form = formOf(element);
    for (let node = /** @type {Element | null} */ (element); node; node = parentOf(node)) {
      if (HANDLERS.some((name) => /submit/i.test(attribute(node, name)))) return true;
    }
    return Boolean(form && HANDLERS.some((name) => /submit/i.test(attribute(form, name))));
  };

  /** @param {Control} control @param {Record<string, string>} forbidden @returns {string | null} */
  const forbiddenBy = (control, forbidden) => {
    const element = control.elements[0];
    if (control.elements.some(submits)) return "submits";
    if (/** @type {any} */ (element).type === "password") return "password";
    if (/cc-|one-time-code|password/.test(attribute(element, "autocomplete"))) return "payment";
    // A long hint ("never write your password here") and a text area are not such a field.
    if (!["text", "number", "date"].includes(control.kind)) return null;
    const spoken = control.texts.map(({ text }) => text).filter((text) => text.length <= 24);
    const words = `${control.name} ${attribute(element, "id")} ${spoken.join(" ")}`;
    return (
      Object.keys(forbidden).find((reason) => new RegExp(forbidden[reason], "i").test(words)) ??
      null
    );
  };

  /** @param {HTMLElement[]} elements @param {string} kind @returns {Option[]} */
  const optionsOf = (elements, kind) => {
    const first = /** @type {any} */ (elements[0]);
    if (tagOf(first) === "select") {
      return [...first.options]
        .filter((option) => !option.disabled)
        .map((option) => ({ value: option.value, text: tidy(option.textContent) }));
    }
    if (kind !== "radio" && kind !== "checkbox") return [];
    return elements.map((element) => ({
      value: /** @type {any} */ (element).value ?? choiceText(element),
      text: choiceText(element),
    }));
  };

  /** @param {HTMLElement} element @returns {boolean} */
  const isRequired = (element) => {
    if (/** @type {any} */ (element).required || attribute(element, "aria-required") === "true")
      return true;
    return Boolean(
      element.closest(".is-required, .required, .van-field__label--required") ??
        element.closest(".ant-form-item")?.querySelector(".ant-form-item-required") ??
        element
          .closest(".arco-form-item")
          ?.querySelector(".arco-form-item-label-required-symbol") ??
        element.closest(".t-form__item")?.querySelector(".t-form__label--required"),
    );
  };

  /**
   * List the controls under a root, radios of one group as one control.
   * @param {ParentNode} root @param {Record<string, string>} forbidden @returns {Control[]}
   */
  const controls = (root, forbidden) => {
    /** @type {{kind: string, elements: HTMLElement[]}[]} */
    const found = [];
    for (const element of deep(root, CONTROLS)) {
      const kind = kindOf(element);
      const field = /** @type {any} */ (element);
      if (!kind || field.disabled || attribute(element, "aria-disabled") === "true") continue;
      if (field.readOnly && !["select", "date", "wheel"].includes(kind)) continue;
      if (!reachable(element, kind)) continue;
      const group = groupOf(element, kind, found);
      if (group) {
        group.elements.push(element);
        continue;
      }
      found.push({ kind, elements: [element] });
      if (found.length === MOST) break;
    }
    /** @type {Map<string, number>} */
    const twins = new Map();
    return found.map((one) => describe(one, twins, forbidden));
  };

  /**
   * @param {{kind: string, elements: HTMLElement[]}} found @param {Map<string, number>} twins
   * @param {Record<string, string>} forbidden @returns {Control}
   */
  const describe = ({ kind, elements }, twins, forbidden) => {
    const name = attribute(elements[0], "name");
    const texts = textsOf(elements, kind);
    const label = texts[0]?.text ?? name;
    const stem = `${kind}|${name}|${label}`;
    const nth = twins.get(stem) ?? 0;
    twins.set(stem, nth + 1);
    /** @type {Control} */
    const control = {
      kind,
      elements,
      opener: kind === "select" || kind === "wheel" ? openerOf(elements[0]) : null,
      name,
      texts,
      key: `${stem}|${nth}`,
      label,
      heading: headingOf(elements[0]),
      unit: textAfter(elements[0]),
      options: optionsOf(elements, kind),
      required: elements.some(isRequired),
      max: limitOf(elements[0], texts),
      forbidden: null,
    };
    control.forbidden = forbiddenBy(control, forbidden);
    return control;
  };

  shared.kazhengControls = Object.freeze({ controls, kindOf, reachable, tickOf });
})();
