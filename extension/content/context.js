/** What content/snapshot.js says about the page besides its content. */
(() => {
  const {
    attribute,
    charsetOf,
    contentTypeOf,
    lastModifiedOf,
    nameOf,
    queryAll,
    readyStateOf,
    referrerOf,
    rootOf,
    titleOf,
  } = /** @type {any} */ (globalThis).kazhengNatives;

  /** @param {number} value */
  const round = (value) => Math.round(value * 10) / 10;

  /** @returns {boolean} the page looks like the answer to its own form, sent with POST */
  const selfPosted = () => {
    const referrer = referrerOf(document);
    const here = location.href.split("#")[0];
    if (referrer !== here) return false;
    return [...queryAll(document, "form")].some((form) => {
      if ((attribute(form, "method") ?? "").trim().toLowerCase() !== "post") return false;
      return new URL(attribute(form, "action") || here, here).href.split("#")[0] === here;
    });
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

  /** @param {object} walked what the snapshot's walk through the page found @returns {object} */
  const context = (walked) => {
    const root = rootOf(document);
    return {
      format: "kazheng/context/1",
      address: location.href,
      title: titleOf(document),
      taken_at: new Date().toISOString(),
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      timezone_offset: new Date().getTimezoneOffset(),
      languages: navigator.languages,
      user_agent: navigator.userAgent,
      viewport: { width: innerWidth, height: innerHeight, scale: devicePixelRatio },
      scroll: { x: scrollX, y: scrollY },
      page: { width: root.scrollWidth, height: root.scrollHeight },
      referrer: referrerOf(document),
      charset: charsetOf(document),
      content_type: contentTypeOf(document),
      last_modified: lastModifiedOf(document),
      ready_state: readyStateOf(document),
      navigation: navigation(),
      self_posted: selfPosted(),
      scrollers: scrollers(),
      ...walked,
    };
  };

  /** @type {any} */ (globalThis).kazhengContext = context;
})();
