/**
 * Reads a form as a person would: visible controls, their labels, what must never be touched.
 * Classic script, injected on click into the isolated world together with fill.js.
 *
 * DOM methods are called through their prototypes: a form with an input named "getAttribute" or
 * "action" would otherwise answer for itself.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengForm) return;

  const CONTROLS = "input, textarea, select, [contenteditable='true'], [role='combobox']";
  const SKIPPED = new Set("hidden submit button image reset range color search".split(" "));
  const HANDLERS = "onchange oninput onclick onmousedown onfocus onblur onfocusin onfocusout".split(
    " ",
  );
  const getParent = /** @type {() => Node | null} */ (
    Object.getOwnPropertyDescriptor(Node.prototype, "parentNode")?.get
  );
  const NEARBY = "label, legend, th, dt, [class*='label' i], [class*='title' i], strong, b";

  /**
   * @typedef {{value: string, text: string}} Option
   * @typedef {{kind: string, elements: HTMLElement[], key: string, name: string, label: string,
   *   texts: {text: string, weight: number}[], required: boolean, options: Option[],
   *   max: number | null, forbidden: string | null}} Control
   */

  /** @param {Element} node @param {string} name @returns {string} */
  const attribute = (node, name) => Element.prototype.getAttribute.call(node, name) ?? "";

  /** @param {ParentNode} root @param {string} selector @returns {HTMLElement[]} */
  const all = (root, selector) => {
    const method =
      root instanceof Element
        ? Element.prototype.querySelectorAll
        : root instanceof Document
          ? Document.prototype.querySelectorAll
          : DocumentFragment.prototype.querySelectorAll;
    return /** @type {HTMLElement[]} */ ([...method.call(root, selector)]);
  };

  /** @param {ParentNode} root @param {string} selector @returns {HTMLElement[]} */
  const deep = (root, selector) => {
    const found = all(root, selector);
    for (const host of all(root, "*")) {
      if (host.shadowRoot) found.push(...deep(host.shadowRoot, selector));
    }
    return found;
  };

  /** @param {string | null | undefined} text @returns {string} */
  const tidy = (text) =>
    (text ?? "")
      .replace(/\s+/g, " ")
      .replace(/^[*＊\s]+|[:：*＊\s]+$/g, "")
      .trim()
      .slice(0, 80);

  /** @param {Element} element @returns {boolean} */
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width < 3 || box.height < 3) return false;
    const right = document.documentElement.scrollWidth;
    if (box.right + scrollX <= 0 || box.bottom + scrollY <= 0 || box.left + scrollX > right)
      return false;
    for (let node = /** @type {Element | null} */ (element); node; node = parentOf(node)) {
      const style = getComputedStyle(node);
      if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) < 0.1)
        return false;
      if (
        attribute(node, "aria-hidden") === "true" ||
        ["inert", "hidden"].some((name) => Element.prototype.hasAttribute.call(node, name))
      )
        return false;
      if (/inset\((50|100)%\)/.test(style.clipPath) || /^rect\((0|1)px,? (0|1)px/.test(style.clip))
        return false;
      if (node !== element && style.overflow !== "visible" && collapsed(node)) return false;
    }
    return true;
  };

  /** @param {Element} node @returns {boolean} */
  const collapsed = (node) => {
    const box = node.getBoundingClientRect();
    return (
      node !== document.body &&
      node !== document.documentElement &&
      (box.width < 3 || box.height < 3)
    );
  };

  /** @param {Node} node @returns {Node} */
  const rootOf = (node) => Node.prototype.getRootNode.call(node);

  /** @param {Element} node @returns {Element | null} never a field that the form calls parentNode */
  const parentOf = (node) => {
    const parent = getParent.call(node);
    if (parent instanceof ShadowRoot) return parent.host;
    return parent instanceof Element ? parent : null;
  };

  /**
   * Styled uploads, radios and checkboxes hide the real input: then its label or wrapper must show.
   * @param {HTMLElement} element @param {string} kind @returns {boolean}
   */
  const reachable = (element, kind) => {
    if (shown(element)) return true;
    if (!["file", "radio", "checkbox"].includes(kind)) return false;
    if (labels(element).some(shown)) return true;
    let node = element.parentElement;
    for (let step = 0; node && step < 2; step += 1, node = node.parentElement) {
      if (node instanceof HTMLFormElement || node === document.body) return false;
      const others = all(node, CONTROLS).filter((other) => kindOf(other) !== kind && kindOf(other));
      if (others.length) return false;
      if (shown(node)) return true;
    }
    return false;
  };

  /** @param {HTMLElement} element @returns {HTMLElement[]} */
  const labels = (element) => Array.from(/** @type {any} */ (element).labels ?? []);

  /** @param {HTMLElement} element @returns {string} */
  const kindOf = (element) => {
    if (element instanceof HTMLTextAreaElement || element.isContentEditable) return "textarea";
    if (element instanceof HTMLSelectElement) return "select";
    if (!(element instanceof HTMLInputElement)) return "";
    if (SKIPPED.has(element.type)) return "";
    if (dropdownOf(element)) return "select";
    if (["date", "datetime-local", "month"].includes(element.type)) return "date";
    return ["number", "radio", "checkbox", "file"].includes(element.type) ? element.type : "text";
  };

  /** The wrapper of a select that a framework draws from an input (Element, Ant Design). */
  const dropdownOf = (/** @type {Element} */ element) =>
    element.closest(
      ".el-select, .ant-select, .ivu-select, .van-dropdown-menu, [role='combobox']:not(input)",
    ) ?? (attribute(element, "role") === "combobox" ? element : null);

  /** @param {HTMLElement} element @param {string} kind @returns {{text: string, weight: number}[]} */
  const textsOf = (element, kind) => {
    const choice = kind === "radio" || kind === "checkbox";
    const own = choice ? "" : labels(element).map(wordsOnly).join(" ");
    const spoken = attribute(element, "aria-labelledby")
      .split(/\s+/)
      .filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" ");
    /** @type {[string, number][]} */
    const texts = [
      [own, 1],
      [spoken, 1],
      [choice ? "" : attribute(element, "aria-label"), 1],
      [around(element), 0.95],
      [attribute(element, "placeholder"), 0.75],
      [attribute(element, "title"), 0.7],
    ];
    return texts.map(([text, weight]) => ({ text: tidy(text), weight })).filter(({ text }) => text);
  };

  /** @param {Element} node @returns {string} */
  const wordsOnly = (node) => {
    const copy = /** @type {Element} */ (node.cloneNode(true));
    for (const inner of all(copy, "input, textarea, select, option, script, style, button"))
      inner.remove();
    return copy.textContent ?? "";
  };

  /** Text beside a control: table cell, dt, wrapper's label, or what stands before it. */
  const around = (/** @type {HTMLElement} */ element) => {
    const cell = element.closest("td, dd");
    const before = cell?.previousElementSibling;
    if (before && all(before, CONTROLS).length === 0 && tidy(before.textContent))
      return before.textContent;
    const group = attribute(element, "name");
    let node = /** @type {Element} */ (element);
    for (
      let step = 0;
      step < 5 && node.parentElement && node.parentElement !== document.body;
      step += 1
    ) {
      const earlier = textBefore(node);
      if (earlier) return earlier;
      node = node.parentElement;
      const strangers = all(node, CONTROLS).filter(
        (other) =>
          other !== element &&
          !SKIPPED.has(/** @type {any} */ (other).type) &&
          !(group && attribute(other, "name") === group),
      );
      if (strangers.length || node instanceof HTMLFormElement) break;
      const named = all(node, NEARBY).find(
        (other) =>
          !other.contains(element) &&
          tidy(wordsOnly(other)) &&
          !(attribute(element, "type") === "radio" && all(other, "input").length),
      );
      if (named && !labels(element).includes(named)) return wordsOnly(named);
    }
    return "";
  };

  /** @param {Element} node @returns {string} */
  const textBefore = (node) => {
    for (let sibling = node.previousSibling; sibling; sibling = sibling.previousSibling) {
      if (sibling instanceof Element) {
        if (["SCRIPT", "STYLE", "BR"].includes(sibling.tagName)) continue;
        if (sibling.matches(CONTROLS) || all(sibling, CONTROLS).length) return "";
      }
      const text = tidy(sibling.textContent);
      if (text) return text.length <= 40 ? text : "";
    }
    return "";
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
    if (element instanceof HTMLInputElement && element.type === "password") return "password";
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
    const first = elements[0];
    if (first instanceof HTMLSelectElement) {
      return [...first.options]
        .filter((option) => !option.disabled)
        .map((option) => ({ value: option.value, text: tidy(option.textContent) }));
    }
    if (kind !== "radio" && kind !== "checkbox") return [];
    return elements.map((element) => ({
      value: /** @type {HTMLInputElement} */ (element).value,
      text: tidy(labels(element).map(wordsOnly).join(" ") || textAfter(element)),
    }));
  };

  /** @param {Element} element @returns {string} */
  const textAfter = (element) => element.nextSibling?.textContent ?? "";

  /** @param {HTMLElement} element @returns {boolean} */
  const isRequired = (element) => {
    if (/** @type {any} */ (element).required || attribute(element, "aria-required") === "true")
      return true;
    return Boolean(
      element.closest(".is-required, .required") ??
      element.closest(".ant-form-item")?.querySelector(".ant-form-item-required"),
    );
  };

  /**
   * List the controls of a form (or page), radios of one name as one control.
   * @param {ParentNode} root @param {Record<string, string>} forbidden @returns {Control[]}
   */
  const controls = (root, forbidden) => {
    /** @type {Control[]} */
    const found = [];
    /** @type {Map<string, Control>} */
    const groups = new Map();
    for (const element of deep(root, CONTROLS).slice(0, 400)) {
      const kind = kindOf(element);
      const field = /** @type {any} */ (element);
      if (!kind || field.disabled || (field.readOnly && kind !== "select" && kind !== "date"))
        continue;
      if (
        !reachable(
          kind === "select" ? /** @type {HTMLElement} */ (dropdownOf(element) ?? element) : element,
          kind,
        )
      )
        continue;
      const name = attribute(element, "name");
      const group =
        (kind === "radio" || kind === "checkbox") && name
          ? groups.get(`${kind} ${name}`)
          : undefined;
      if (group) {
        group.elements.push(element);
        continue;
      }
      const control = describe(element, kind, name);
      if (name) groups.set(`${kind} ${name}`, control);
      found.push(control);
    }
    return found.map((control, index) => finish(control, index, found, forbidden));
  };

  /** @param {HTMLElement} element @param {string} kind @param {string} name @returns {Control} */
  const describe = (element, kind, name) => {
    const texts = textsOf(element, kind);
    const limit = /** @type {any} */ (element).maxLength;
    return {
      kind,
      elements: [element],
      name,
      texts,
      key: "",
      label: texts[0]?.text ?? name,
      options: [],
      required: isRequired(element),
      max: typeof limit === "number" && limit > 0 ? limit : null,
      forbidden: null,
    };
  };

  /** @param {Control} control @param {number} index @param {Control[]} found @param {Record<string, string>} forbidden */
  const finish = (control, index, found, forbidden) => {
    const stem = (/** @type {Control} */ other) => `${other.kind}|${other.name}|${other.label}`;
    const twins = found.slice(0, index).filter((other) => stem(other) === stem(control)).length;
    control.key = `${stem(control)}|${twins}`;
    control.options = optionsOf(control.elements, control.kind);
    control.required ||= control.elements.some(isRequired);
    control.forbidden = forbiddenBy(control, forbidden);
    return control;
  };

  /** The form a control belongs to, wherever it stands; through shadow roots. */
  const formOf = (/** @type {Element} */ element) => {
    const own = "form" in element && /** @type {any} */ (element).form;
    if (own instanceof HTMLFormElement) return own;
    for (let node = /** @type {Element | null} */ (element); node; node = parentOf(node)) {
      if (node instanceof HTMLFormElement) return node;
    }
    return null;
  };

  /**
   * Where a form sends, and every other address one of its buttons could send to; so for each form
   * the controls belong to. Without controls: those of everything under the root.
   * @param {Element} root @param {HTMLElement[]} [elements] @returns {string[]}
   */
  const actions = (root, elements = deep(root, CONTROLS).filter((one) => kindOf(one))) => {
    const forms = new Set(elements.map(formOf));
    if (root instanceof HTMLFormElement) forms.add(root);
    const found = [...forms].flatMap((form) => (form ? written(form) : [location.href]));
    return found.length ? [...new Set(found)] : [location.href];
  };

  /** @param {HTMLFormElement} form @returns {string[]} its action, then those of its buttons */
  const written = (form) => {
    const id = CSS.escape(attribute(form, "id"));
    const home = /** @type {ParentNode} */ (/** @type {unknown} */ (rootOf(form)));
    const outside = id ? all(home, `[form="${id}"][formaction]`) : [];
    const buttons = [...deep(form, "[formaction]"), ...outside];
    return [
      attribute(form, "action"),
      ...buttons.map((button) => attribute(button, "formaction")),
    ].map(absolute);
  };

  /** @param {string} address @returns {string} */
  const absolute = (address) => {
    try {
      return new URL(address || location.href, document.baseURI).href;
    } catch {
      return address;
    }
  };

  shared.kazhengForm = Object.freeze({
    actions,
    all,
    attribute,
    controls,
    deep,
    dropdownOf,
    kindOf,
    reachable,
    rootOf,
    shown,
    tidy,
  });
})();
