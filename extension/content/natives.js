/**
 * The natives that the scripts beside this one read a page with. Members are read through the
 * prototypes' own getters: a form with a field named `childNodes` hides the member of that name in
 * every world. In the isolated world the prototypes are not the page's.
 */
(() => {
  /** @param {object} prototype @param {string} name @returns {(of: any) => any} */
  const getter = (prototype, name) => {
    const read = Object.getOwnPropertyDescriptor(prototype, name)?.get;
    return (of) => (read ? Reflect.apply(read, of, []) : undefined);
  };
  /** @param {object} prototype @param {string} name @returns {(of: any, ...given: any[]) => any} */
  const method = (prototype, name) => {
    const run = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    return (of, ...given) => Reflect.apply(run, of, given);
  };
  const HTML = "http://www.w3.org/1999/xhtml";
  const nodeType = getter(Node.prototype, "nodeType");
  const firstChild = getter(Node.prototype, "firstChild");
  const nextSibling = getter(Node.prototype, "nextSibling");
  const textOf = getter(Node.prototype, "textContent");
  const data = getter(CharacterData.prototype, "data");
  const attributesOf = getter(Element.prototype, "attributes");
  const nameOf = getter(Element.prototype, "localName");
  const namespaceOf = getter(Element.prototype, "namespaceURI");
  const attribute = method(Element.prototype, "getAttribute");
  const rectangle = method(Element.prototype, "getBoundingClientRect");
  const checkVisibility = method(Element.prototype, "checkVisibility");
  const queryAll = method(Document.prototype, "querySelectorAll");
  const elementAt = method(Document.prototype, "elementFromPoint");
  const queryIn = method(Element.prototype, "querySelector");
  const rootOf = getter(Document.prototype, "documentElement");
  const bodyOf = getter(Document.prototype, "body");
  const doctypeOf = getter(Document.prototype, "doctype");
  const sheetsOf = getter(Document.prototype, "adoptedStyleSheets");
  const innerText = getter(HTMLElement.prototype, "innerText");
  const frameDocument = getter(HTMLIFrameElement.prototype, "contentDocument");
  const inputValue = getter(HTMLInputElement.prototype, "value");
  const inputType = getter(HTMLInputElement.prototype, "type");
  const inputChecked = getter(HTMLInputElement.prototype, "checked");
  const areaValue = getter(HTMLTextAreaElement.prototype, "value");
  const optionSelected = getter(HTMLOptionElement.prototype, "selected");
  const templateContent = getter(HTMLTemplateElement.prototype, "content");
  const styleSheet = getter(HTMLStyleElement.prototype, "sheet");
  const canvasPicture = method(HTMLCanvasElement.prototype, "toDataURL");
  const referrerOf = getter(Document.prototype, "referrer");
  const titleOf = getter(Document.prototype, "title");
  const charsetOf = getter(Document.prototype, "characterSet");
  const contentTypeOf = getter(Document.prototype, "contentType");
  const lastModifiedOf = getter(Document.prototype, "lastModified");
  const readyStateOf = getter(Document.prototype, "readyState");
  const prefixOf = getter(Element.prototype, "prefix");
  const styleOf = getter(HTMLElement.prototype, "style");
  const parentOf = getter(Node.prototype, "parentElement");
  const parentNodeOf = getter(Node.prototype, "parentNode");
  const setAttribute = method(Element.prototype, "setAttribute");
  const removeAttribute = method(Element.prototype, "removeAttribute");
  const queryAllIn = method(Element.prototype, "querySelectorAll");
  const rootNodeOf = method(Node.prototype, "getRootNode");
  const hostOf = getter(ShadowRoot.prototype, "host");
  const connected = getter(Node.prototype, "isConnected");
  const scrollTopOf = getter(Element.prototype, "scrollTop");
  const scrollHeightOf = getter(Element.prototype, "scrollHeight");
  const clientHeightOf = getter(Element.prototype, "clientHeight");
  const scrollElement = method(Element.prototype, "scrollTo");

  /** @param {any} element @returns {boolean} by the names of the options that Chromium 120 knows */
  const isSeen = (element) =>
    checkVisibility(element, { checkOpacity: true, checkVisibilityCSS: true });

  /** @param {any} element @returns {ShadowRoot | null} closed roots too */
  const shadowOf = (element) => {
    // No other has one, and Chromium throws on each, which takes 30 times as long.
    if (namespaceOf(element) !== HTML) return null;
    try {
      const dom = /** @type {any} */ (globalThis).chrome?.dom;
      if (dom) return dom.openOrClosedShadowRoot(element) ?? null;
      // Firefox has it as a property; what a form's field of that name gives is no fragment.
      const root = element.openOrClosedShadowRoot;
      return root && nodeType(root) === 11 ? root : null;
    } catch {
      return null;
    }
  };

  /** @type {any} */ (globalThis).kazhengNatives = {
    areaValue,
    attribute,
    attributesOf,
    bodyOf,
    canvasPicture,
    charsetOf,
    checkVisibility,
    clientHeightOf,
    connected,
    contentTypeOf,
    data,
    doctypeOf,
    elementAt,
    firstChild,
    frameDocument,
    hostOf,
    innerText,
    inputChecked,
    inputType,
    inputValue,
    isSeen,
    lastModifiedOf,
    nameOf,
    namespaceOf,
    nextSibling,
    nodeType,
    optionSelected,
    parentNodeOf,
    parentOf,
    prefixOf,
    queryAll,
    queryAllIn,
    queryIn,
    readyStateOf,
    rectangle,
    referrerOf,
    removeAttribute,
    rootNodeOf,
    rootOf,
    scrollElement,
    scrollHeightOf,
    scrollTopOf,
    setAttribute,
    shadowOf,
    sheetsOf,
    styleOf,
    styleSheet,
    templateContent,
    textOf,
    titleOf,
  };
})();
