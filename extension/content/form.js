/**
 * Reads a page as a person would: what is visible, through shadow roots (closed ones too) and frames
 * of the same origin, and where its forms send. Classic script, injected on click into the isolated
 * world after natives.js, before the others of background/fill_scripts.js.
 *
 * DOM members are read through their prototypes: a form with an input named "getAttribute" or
 * "action" would otherwise answer for itself. Elements of a frame have prototypes of their own, so
 * nothing here asks `instanceof` of an element.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengForm) return;

  const { frameDocument, nameOf, nodeType, parentNodeOf, shadowOf } = shared.kazhengNatives;

  const PAINTED = new Set("img video canvas iframe".split(" "));

  /** The frame that shows a document, of those seen so far. */
  /** @type {WeakMap<Node, Element>} */
  const frameOf = new WeakMap();

  /** @param {unknown} node @returns {boolean} */
  const isElement = (node) => Boolean(node) && nodeType(node) === Node.ELEMENT_NODE;

  /** @param {unknown} node @returns {string} its tag in small letters; empty for what has none */
  const tagOf = (node) => (isElement(node) ? nameOf(node) : "");

  /** @param {Element} node @param {string} name @returns {string} */
  const attribute = (node, name) => Element.prototype.getAttribute.call(node, name) ?? "";

  /** @param {ParentNode} root @param {string} selector @returns {HTMLElement[]} */
  const all = (root, selector) => {
    const type = nodeType(root);
    const method =
      type === Node.ELEMENT_NODE
        ? Element.prototype.querySelectorAll
        : type === Node.DOCUMENT_NODE
          ? Document.prototype.querySelectorAll
          : DocumentFragment.prototype.querySelectorAll;
    return /** @type {HTMLElement[]} */ ([...method.call(root, selector)]);
  };

  /** What a host shows inside: its shadow root, or the document of a frame we may read. */
  const inside = (/** @type {Element} */ host) => {
    const root = shadowOf(host);
    if (root || tagOf(host) !== "iframe") return root;
    const shown = frameDocument(host);
    if (shown) frameOf.set(shown, host);
    return shown;
  };

  /** @param {ParentNode} root @param {string} selector @returns {HTMLElement[]} */
  const deep = (root, selector) => {
    const found = all(root, selector);
    for (const host of all(root, "*")) {
      const inner = inside(host);
      if (inner) found.push(...deep(inner, selector));
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

  /** @param {Node} node @returns {Node} */
  const rootOf = (node) => Node.prototype.getRootNode.call(node);

  /** @param {Node} node @returns {Element | null} out of shadow roots and frames too */
  const parentOf = (node) => {
    const parent = parentNodeOf(node);
    if (isElement(parent) || !parent) return parent;
    return frameOf.get(parent) ?? parent.host ?? null;
  };

  /** @param {Node} root @param {Node} node @returns {boolean} */
  const within = (root, node) => {
    for (let one = /** @type {Node | null} */ (node); one; one = parentOf(one))
      if (one === root) return true;
    return false;
  };

  /** @param {Element} element @returns {boolean} */
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width < 3 || box.height < 3) return false;
    const page = element.ownerDocument.documentElement;
    const view = element.ownerDocument.defaultView ?? window;
    if (
      box.right + view.scrollX <= 0 ||
      box.bottom + view.scrollY <= 0 ||
      box.left + view.scrollX > page.scrollWidth
    )
      return false;
    let seen = 1;
    for (let node = /** @type {Element | null} */ (element); node; node = parentOf(node)) {
      const style = getComputedStyle(node);
      seen *= Number(style.opacity) * Number(/opacity\(([\d.]+)\)/.exec(style.filter)?.[1] ?? 1);
      if (style.display === "none" || style.visibility === "hidden" || seen < 0.1) return false;
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

  /** @param {Element} element @returns {boolean} whether it hides what lies under it */
  const opaque = (element) => {
    const { backgroundColor, opacity } = getComputedStyle(element);
    const painted = PAINTED.has(tagOf(element)) || alphaOf(backgroundColor) > 0.9;
    return painted && Number(opacity) > 0.9;
  };

  /** @param {string} color as computed @returns {number} */
  const alphaOf = (color) => Number(/(?:^rgba\(.*,|\/)\s*([\d.]+)\)$/.exec(color)?.[1] ?? 1);

  /**
   * What a person types into is on top where it stands, and what is typed there can be read. It is
   * scrolled to if need be, and back before anything is drawn.
   * @param {HTMLElement} element @returns {boolean}
   */
  const onTop = (element) => {
    if (alphaOf(getComputedStyle(element).color) < 0.1) return false;
    if (uncovered(element)) return true;
    /** @type {{node: Element, left: number, top: number}[]} */
    const around = [];
    for (let node = parentOf(element); node; node = parentOf(node))
      around.push({ node, left: node.scrollLeft, top: node.scrollTop });
    const back = (/** @type {(node: Element) => boolean} */ which) => {
      for (const { node, left, top } of around)
        if (which(node))
          Reflect.apply(Element.prototype.scrollTo, node, [{ left, top, behavior: "instant" }]);
    };
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    // What hides its overflow is scrolled by scripts only.
    back((node) => getComputedStyle(node).overflowY === "hidden");
    const found = uncovered(element);
    back(() => true);
    return found;
  };

  /** @param {HTMLElement} element @returns {boolean} */
  const uncovered = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const home = /** @type {DocumentOrShadowRoot} */ (/** @type {unknown} */ (rootOf(element)));
    const stack = home.elementsFromPoint(left + width / 2, top + height / 2);
    const depth = stack.findIndex((one) => within(element, one));
    return depth >= 0 && !stack.slice(0, depth).some(opaque);
  };

  /** @param {Element} node @returns {boolean} */
  const collapsed = (node) => {
    if (["body", "html"].includes(tagOf(node))) return false;
    const box = node.getBoundingClientRect();
    return box.width < 3 || box.height < 3;
  };

  /** The form a control belongs to, wherever it stands; through shadow roots. */
  const formOf = (/** @type {Element} */ element) => {
    const own = /** @type {any} */ (element).form;
    if (tagOf(own) === "form") return /** @type {HTMLFormElement} */ (own);
    for (let node = /** @type {Element | null} */ (element); node; node = parentOf(node)) {
      if (tagOf(node) === "form") return /** @type {HTMLFormElement} */ (node);
      if (tagOf(node) === "iframe") return null;
    }
    return null;
  };

  /**
   * Where the forms of controls send, and every other address one of their buttons could send to.
   * @param {Element} root @param {HTMLElement[]} elements @returns {string[]}
   */
  const actions = (root, elements) => {
    const forms = new Set(elements.map(formOf));
    if (tagOf(root) === "form") forms.add(/** @type {HTMLFormElement} */ (root));
    const found = [...forms].flatMap((form) => (form ? written(form) : [location.href]));
    return found.length ? [...new Set(found)] : [location.href];
  };

  /**
   * `javascript:` goes nowhere: it is the page's own script, as any handler of a button is.
   * @param {HTMLFormElement} form @returns {string[]} its action, then those of its buttons
   */
  const written = (form) => {
    const id = CSS.escape(attribute(form, "id"));
    const home = /** @type {ParentNode} */ (/** @type {unknown} */ (rootOf(form)));
    const outside = id ? all(home, `[form="${id}"][formaction]`) : [];
    const buttons = [...deep(form, "[formaction]"), ...outside];
    return [form, ...buttons].map((one) => {
      const address = attribute(one, one === form ? "action" : "formaction");
      try {
        const { href, protocol } = new URL(address || location.href, one.ownerDocument.baseURI);
        return protocol === "javascript:" ? location.href : href;
      } catch {
        return address;
      }
    });
  };

  shared.kazhengForm = Object.freeze({
    actions,
    all,
    attribute,
    deep,
    formOf,
    inside,
    isElement,
    onTop,
    parentOf,
    rootOf,
    shown,
    tagOf,
    tidy,
    within,
  });
})();
