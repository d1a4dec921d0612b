/**
 * Takes the page as it stands, without changing it: HTML with live form values, shadow roots and
 * canvases, the visible text, and the context. Injected on the click into the isolated world, after
 * natives.js, text.js, fields.js, places.js, toasts.js and context.js.
 *
 * Values of password fields (and card check codes) are never read into the snapshot.
 */

/**
 * An element's way down; `enters` marks the first step into a shadow root or frame.
 * @typedef {{parent: Chain | null, name: string, nth: number, id: string, enters: boolean,
 *   text?: string}} Chain
 *
 * Where the walk is: `ids` are those met in this tree, `offset` leads to page coordinates.
 * @typedef {{chain: Chain | null, depth: number, frames: number, ids: Set<string>,
 *   offset: {x: number, y: number}, shown: boolean, element: any, enters: boolean,
 *   above?: Place, shows?: any}} Place
 */

(() => {
  const VOID = /^(area|base|br|col|embed|frame|hr|img|input|link|meta|param|source|track|wbr)$/;
  const FIELD = /^(input|select|textarea)$/;
  const RAW = /^(style|script|xmp|iframe|noembed|noframes|noscript)$/;
  const FRAME_DEPTH = 4;
  const ELEMENT_DEPTH = 1_500;
  const CANVAS_CHARACTERS = 16_000_000;
  const HTML = "http://www.w3.org/1999/xhtml";
  const {
    areaValue,
    attribute,
    bodyOf,
    canvasPicture,
    data,
    doctypeOf,
    firstChild,
    frameDocument,
    innerText,
    nameOf,
    namespaceOf,
    nextSibling,
    nodeType,
    prefixOf,
    rectangle,
    rootOf,
    shadowOf,
    sheetsOf,
    styleSheet,
    templateContent,
    textOf,
  } = /** @type {any} */ (globalThis).kazhengNatives;
  const { escapeAttribute, escapeText, pieces } = /** @type {any} */ (globalThis).kazhengText;

  const started = performance.now();
  /** @type {{role: string, reason: string, detail?: string}[]} */
  const missing = [];
  /** @type {Set<string>} */
  const noted = new Set();
  /** @type {string[]} */
  const hiddenTexts = [];
  /** @type {object[]} */
  const frames = [];
  const counts = { elements: 0, shadow_roots: 0, live_values: 0, canvases: 0, omitted_values: 0 };
  const state = { canvas: 0, secretAttribute: false };
  const { isSecret, live, plainAttributes } = /** @type {any} */ (globalThis).kazhengFields;
  const liveAttributes = live(counts, state);
  /** @type {string[]} */
  const out = [];

  /** @param {string} reason @param {string} [detail] */
  const lacks = (reason, detail) => {
    if (noted.has(reason)) return;
    noted.add(reason);
    missing.push({ role: "seen/html", reason, ...(detail ? { detail } : {}) });
  };

  /** @param {Chain | null} chain @returns {string} CSS path; `>>>` enters a shadow root or frame */
  const selector = (chain) => {
    if (!chain) return "";
    if (chain.text === undefined) {
      const name = CSS.escape(chain.name);
      const own = chain.id ? `#${CSS.escape(chain.id)}` : `${name}:nth-of-type(${chain.nth})`;
      const before = chain.id ? entrance(chain) : selector(chain.parent);
      const joint = !before ? "" : chain.id || chain.enters ? " >>> " : " > ";
      chain.text = before + joint + own;
    }
    return chain.text;
  };
  /** @param {Chain} chain @returns {string} the shadow host or frame whose tree the id is unique in */
  const entrance = (chain) => {
    /** @type {Chain | null} */
    let above = chain;
    while (above && !above.enters) above = above.parent;
    return above ? selector(above.parent) : "";
  };

  const rects = /** @type {any} */ (globalThis).kazhengPlaces(selector);

  /** @param {any} root @returns {string} constructed style sheets, which have no element */
  const adopted = (root) => {
    try {
      const sheets = nodeType(root) === 9 ? sheetsOf(root) : root.adoptedStyleSheets;
      return [...(sheets ?? [])]
        .map(rulesOf)
        .filter(Boolean)
        .map((css) => `<style data-kazheng="adopted">${css}</style>`)
        .join("");
    } catch {
      lacks("adopted_styles");
      return "";
    }
  };
  /** @param {any} sheet */
  const rulesOf = (sheet) => {
    try {
      const rules = [...sheet.cssRules].map((rule) => rule.cssText).join("\n");
      return rules.replace(/<\/style/gi, "<\\/style");
    } catch {
      return "";
    }
  };

  /** @param {number} value */
  const round = (value) => Math.round(value * 10) / 10;

  /** @param {any} parent @param {Place} place @param {string} [rawTag] */
  const children = (parent, place, rawTag = "") => {
    /** @type {Map<string, number>} */
    const nth = new Map();
    for (let node = firstChild(parent); node; node = nextSibling(node)) {
      const type = nodeType(node);
      if (type === 1) {
        const name = nameOf(node);
        const count = (nth.get(name) ?? 0) + 1;
        nth.set(name, count);
        element(node, name, count, place);
      } else if (type === 3 || type === 4) {
        const text = data(node);
        if (rawTag) out.push(text.replace(new RegExp(`</${rawTag}`, "gi"), `<\\/${rawTag}`));
        else {
          out.push(escapeText(text));
          rects.noteText(node, text, place);
        }
      } else if (type === 8) out.push(`<!--${data(node).replace(/--(!?)>|^-?>/g, "--$1&gt;")}-->`);
      else if (type === 7) out.push(`<!--${escapeText(data(node))}-->`);
    }
  };

  /** @param {any} node @param {string} name @param {number} count @param {Place} place */
  const element = (node, name, count, place) => {
    counts.elements += 1;
    if (place.depth > ELEMENT_DEPTH) {
      lacks("too_deep", selector(place.chain).slice(0, 200));
      return out.push(escapeText(textOf(node) ?? ""));
    }
    const html = namespaceOf(node) === HTML;
    /** @type {Chain} */
    const chain = {
      parent: place.chain,
      name,
      nth: count,
      id: ownId(node, place.ids),
      enters: place.enters,
    };
    const unseen =
      html && /^(head|script|style|template|noscript|title|option|textarea)$/.test(name);
    /** @type {Place} */
    const inner = {
      ...place,
      chain,
      depth: place.depth + 1,
      element: node,
      enters: false,
      shown: place.shown && !unseen,
      above: place,
      shows: undefined,
    };
    if (html && FIELD.test(name)) rects.noteField({ ...inner, shown: place.shown });
    if (html && name === "canvas") return canvas(node);
    const list = html ? liveAttributes(node, name) : plainAttributes(node);
    if (html && name === "iframe") frame(node, list, inner);
    const tag = html && name === "plaintext" ? "pre" : tagName(node, name);
    open(tag, list);
    if (html && VOID.test(name)) return undefined;
    if (html) content(node, name, inner);
    else children(node, inner);
    return out.push(`</${tag}>`);
  };
  /** @param {any} node @param {Set<string>} ids @returns {string} its id if it is the first with it */
  const ownId = (node, ids) => {
    const id = attribute(node, "id") ?? "";
    if (!id || id.length > 80 || ids.has(id)) return "";
    ids.add(id);
    return id;
  };
  /** @param {any} node @param {string} name */
  const tagName = (node, name) => {
    const prefix = prefixOf(node);
    return prefix ? `${prefix}:${name}` : name;
  };
  /** @param {string} tag @param {Map<string, string>} list */
  const open = (tag, list) => {
    out.push(`<${tag}`);
    for (const [key, value] of list) out.push(` ${key}="${escapeAttribute(value)}"`);
    out.push(">");
  };

  /** @param {any} node @param {string} name @param {Place} inner */
  const content = (node, name, inner) => {
    const shadow = shadowOf(node);
    if (shadow) shadowRoot(shadow, inner);
    if (name === "textarea") {
      const value = isSecret(node, "textarea") ? "" : areaValue(node);
      if (value !== textOf(node)) counts.live_values += 1;
      out.push(`\n${escapeText(value)}`);
    } else if (name === "template") children(templateContent(node), inner);
    else if (name === "style" && !textOf(node)?.trim()) out.push(rulesOf(styleSheet(node)));
    else if (name !== "iframe") {
      if (/^(pre|listing)$/.test(name)) out.push("\n");
      children(node, inner, RAW.test(name) ? name : "");
    }
    if (name === "head") out.push(adopted(node.getRootNode()));
  };

  /** @param {any} shadow @param {Place} inner */
  const shadowRoot = (shadow, inner) => {
    counts.shadow_roots += 1;
    const focus = shadow.delegatesFocus ? ' shadowrootdelegatesfocus=""' : "";
    out.push(`<template shadowrootmode="${shadow.mode}"${focus}>`, adopted(shadow));
    const before = rects.texts.length;
    children(shadow, { ...inner, ids: new Set(), enters: true });
    out.push("</template>");
    const texts = rects.texts.slice(before).map((/** @type {any} */ { text }) => text);
    if (texts.length) hiddenTexts.push(texts.join("\n"));
  };

  /** @param {any} node */
  const canvas = (node) => {
    counts.canvases += 1;
    const list = plainAttributes(node);
    list.set("data-kazheng", "canvas");
    try {
      const picture = canvasPicture(node, "image/png");
      state.canvas += picture.length;
      if (state.canvas > CANVAS_CHARACTERS) lacks("canvas_too_large");
      else list.set("src", picture);
    } catch {
      lacks("canvas_protected");
    }
    open("img", list);
  };

  /** @param {any} node @param {Map<string, string>} list @param {Place} inner */
  const frame = (node, list, inner) => {
    const inside = frameDocument(node);
    const kept = Boolean(inside && rootOf(inside) && inner.frames < FRAME_DEPTH);
    frames.push({ src: list.get("src") ?? null, selector: selector(inner.chain), kept });
    if (!kept) {
      if (list.get("src")) lacks("foreign_frame", list.get("src")?.slice(0, 200));
      return;
    }
    const box = rectangle(node);
    const offset = {
      x: inner.offset.x + box.x + node.clientLeft,
      y: inner.offset.y + box.y + node.clientTop,
    };
    const start = out.length;
    page(inside, {
      ...inner,
      frames: inner.frames + 1,
      ids: new Set(),
      offset,
      enters: true,
      above: undefined,
    });
    list.set("srcdoc", out.splice(start).join(""));
    const text = bodyOf(inside) ? innerText(bodyOf(inside)) : "";
    if (text?.trim()) hiddenTexts.push(text);
  };

  /** @param {any} document_ @param {Place} place */
  const page = (document_, place) => {
    const doctype = doctypeOf(document_);
    if (doctype) out.push(doctypeText(doctype));
    children(document_, place);
  };
  /** @param {DocumentType} doctype */
  const doctypeText = (doctype) => {
    // A page may give a doctype names that end it and go on as markup.
    const [name, publicId, systemId] = [doctype.name, doctype.publicId, doctype.systemId].map(
      (text) => text.replace(/["<>]/g, ""),
    );
    const ids = publicId ? ` PUBLIC "${publicId}"` : systemId ? " SYSTEM" : "";
    return `<!DOCTYPE ${name}${ids}${systemId ? ` "${systemId}"` : ""}>`;
  };

  page(document, {
    chain: null,
    depth: 0,
    frames: 0,
    ids: new Set(),
    offset: { x: scrollX, y: scrollY },
    shown: true,
    element: document,
    enters: false,
  });
  const body = bodyOf(document);
  const text = [body ? innerText(body) : "", ...hiddenTexts].join("\n\n");
  const about = /** @type {any} */ (globalThis).kazhengContext({
    frames,
    counts,
    text_rectangles: rects.texts,
    field_rectangles: rects.fields,
    text_rectangles_cut: rects.state.cut,
    milliseconds: round(performance.now() - started),
  });
  /** @type {Record<string, string[]>} */
  const files = {
    html: pieces(out.join("")),
    text: pieces(text),
    context: pieces(JSON.stringify(about)),
  };
  const small = Object.values(files).every((list) => list.length <= 1);
  if (!small) /** @type {any} */ (globalThis).kazhengSnapshot = files;
  const {
    text_rectangles: _texts,
    field_rectangles: _fields,
    counts: _counts,
    toasts: _toasts,
    ...summary
  } = about;
  return {
    counts: Object.fromEntries(Object.entries(files).map(([name, list]) => [name, list.length])),
    files: small ? files : null,
    summary,
    missing,
    secret_attribute: state.secretAttribute,
    document: performance.timeOrigin,
  };
})();
