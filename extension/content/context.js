/**
 * What content/snapshot.js says about the page besides its content. A part that fails is null and
 * named in `missing`; the others and the snapshot itself do not suffer from it.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  const {
    attribute,
    bodyOf,
    charsetOf,
    contentTypeOf,
    innerText,
    inputType,
    inputValue,
    lastModifiedOf,
    nameOf,
    queryAll,
    readyStateOf,
    referrerOf,
    rootOf,
    titleOf,
  } = shared.kazhengNatives;
  const ORDER_NO =
    /(?:订单编?号码?|交易单号|order (?:no\.?|number|id))[ \t]*[:：#]?\s*([\w-]{6,64})(?![\w-])/gi;
  const MOST_TEXT = 500_000;
  const formElements = Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements")?.get;
  const { asksForOrder } = shared.kazhengFields;
  const baseOf = Object.getOwnPropertyDescriptor(Node.prototype, "baseURI")?.get;

  /** @param {number} value */
  const round = (value) => Math.round(value * 10) / 10;

  /** @param {any} form @returns {URL | null} where it posts to; null if it does not, or nowhere */
  const postsTo = (form) => {
    try {
      if ((attribute(form, "method") ?? "").trim().toLowerCase() !== "post") return null;
      const action = (attribute(form, "action") ?? "").trim();
      return new URL(action || location.href, action ? baseOf?.call(document) : undefined);
    } catch {
      return null;
    }
  };

  /** @returns {Set<string>} order numbers that the page names so and its address does not hold */
  const orderNumbers = () => {
    const text = String(innerText(bodyOf(document)) ?? "").slice(0, MOST_TEXT);
    const found = [...text.matchAll(ORDER_NO)].map((match) => match[1]);
    const here = decoded(location.href);
    return new Set(found.filter((one) => /\d{4}/.test(one) && !here.includes(one)));
  };
  /** @param {string} address @returns {string} */
  const decoded = (address) => {
    try {
      return decodeURIComponent(address);
    } catch {
      return address;
    }
  };

  /**
   * Say whether a form looked up what the page shows: a field holds a number shown, or is for one
   * and empty while the page shows just one. One with a text area or files is a complaint's.
   *
   * @param {any} form @param {Set<string>} numbers @returns {boolean}
   */
  const lookedUp = (form, numbers) => {
    const fields = /** @type {Element[]} */ ([...(formElements?.call(form) ?? [])]);
    const types = fields.map((one) => (nameOf(one) === "input" ? inputType(one) : nameOf(one)));
    if (types.some((type) => type === "textarea" || type === "file")) return false;
    return fields.some((one, index) => {
      if (!/^(text|search|tel|number)$/.test(types[index])) return false;
      if (attribute(one, "readonly") !== null || attribute(one, "disabled") !== null) return false;
      const value = inputValue(one).trim();
      return value ? numbers.has(value) : numbers.size === 1 && asksForOrder(one);
    });
  };

  /** @returns {boolean} the page looks like the answer to its own form, sent with POST */
  const selfPosted = () => {
    const here = location.href.split("#")[0];
    const own = [...queryAll(document, "form")]
      .map((form) => ({ form, to: postsTo(form) }))
      .filter(({ to }) => to?.origin === location.origin && to.pathname === location.pathname);
    if (own.length === 0) return false;
    if (referrerOf(document) === here && own.some(({ to }) => to?.href.split("#")[0] === here))
      return true;
    const numbers = orderNumbers();
    return numbers.size > 0 && own.some(({ form }) => lookedUp(form, numbers));
  };

  /** @returns {object[]} parts of the page that scroll by themselves; strips do not show all of them */
  const scrollers = () => {
    const found = [];
    for (const node of queryAll(document, "div, main, section, ul, ol, table, textarea, pre")) {
      if (node.scrollHeight <= node.clientHeight + 4 || node.clientHeight < 60) continue;
      if (!/auto|scroll/.test(getComputedStyle(node).overflowY)) continue;
      const id = attribute(node, "id");
      found.push({
        element: `${nameOf(node)}${id ? `#${id}` : ""}`,
        height: node.clientHeight,
        scroll_height: node.scrollHeight,
      });
      if (found.length >= 20) break;
    }
    return found;
  };

  /** @returns {object} how this page came to be, as the browser noted it */
  const navigation = () => {
    const entry = /** @type {any} */ (performance.getEntriesByType("navigation")[0]);
    const began = new Date(performance.timeOrigin).toISOString();
    if (!entry) return { began_at: began };
    return {
      began_at: began,
      type: entry.type,
      redirect_count: entry.redirectCount,
      response_status: entry.responseStatus ?? null,
      protocol: entry.nextHopProtocol,
      response_end: round(entry.responseEnd),
      dom_content_loaded: round(entry.domContentLoadedEventEnd),
      load: round(entry.loadEventEnd),
    };
  };

  /** @type {Record<string, () => unknown>} */
  const PARTS = {
    title: () => titleOf(document),
    taken_at: () => new Date().toISOString(),
    timezone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    timezone_offset: () => new Date().getTimezoneOffset(),
    languages: () => navigator.languages,
    user_agent: () => navigator.userAgent,
    viewport: () => ({
      width: innerWidth,
      height: innerHeight,
      scale: devicePixelRatio,
      page_width: rootOf(document)?.clientWidth ?? null,
    }),
    scroll: () => ({ x: scrollX, y: scrollY }),
    page: () => ({
      width: rootOf(document).scrollWidth,
      height: rootOf(document).scrollHeight,
    }),
    referrer: () => referrerOf(document),
    charset: () => charsetOf(document),
    content_type: () => contentTypeOf(document),
    last_modified: () => lastModifiedOf(document),
    ready_state: () => readyStateOf(document),
    navigation,
    self_posted: selfPosted,
    scrollers,
    toasts: () => shared.kazhengToasts.take().toasts,
    toasts_cut: () => shared.kazhengToasts.take().cut,
  };

  /** @param {object} walked what the snapshot's walk through the page found @returns {object} */
  const context = (walked) => {
    /** @type {{part: string, reason: string}[]} */
    const missing = [];
    /** @type {Record<string, unknown>} */
    const told = {};
    for (const [part, tell] of Object.entries(PARTS)) {
      try {
        told[part] = tell();
      } catch (error) {
        told[part] = null;
        missing.push({ part, reason: String(error).slice(0, 200) });
      }
    }
    return { format: "kazheng/context/1", address: location.href, ...told, missing, ...walked };
  };

  shared.kazhengContext = context;
})();
