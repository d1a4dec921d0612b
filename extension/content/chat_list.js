/**
 * Finds the scrolling list of a chat, and what its rows are at this moment. Knows no chat software:
 * a list is what scrolls and holds alike things with words. Injected on the click, after natives.js.
 */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.kazhengChatList) return;

  const MOST_ELEMENTS = 60_000;
  const FRAME_DEPTH = 4;
  const GROUP_DEPTH = 4;
  const LONGEST = 300;
  /** What a whole page counts for: it scrolls on nearly every site. */
  const WHOLE_PAGE = 0.6;
  const SMALLEST = { width: 150, height: 100 };
  const NAMED =
    /(^|[^a-z])(chat|msgs?|messages?|bubbles?|kefu|convers\w*|dialog\w*|talk|webim|im|layim\w*|qiyu|ticket|replies)(?![a-z])/i;
  const BESIDE = /session|contact|sidebar|aside|menu|nav|emoji|friend/i;
  const PICTURES = "img, canvas, video";
  const WRITES = 'textarea, [contenteditable=""], [contenteditable=true], input[type=text]';
  const {
    attribute,
    bodyOf,
    clientHeightOf,
    data,
    firstChild,
    frameDocument,
    hostOf,
    nameOf,
    nextSibling,
    nodeType,
    parentOf,
    queryIn,
    rectangle,
    rootNodeOf,
    rootOf,
    scrollHeightOf,
    shadowOf,
  } = scope.kazhengNatives;

  /** @typedef {{scroller: any, page: any, frames: any[]}} Found `page`: the document it stands in */

  /** @param {any} parent @returns {any[]} child elements; those of a shadow root for its host */
  const elementsIn = (parent) => {
    const found = [];
    const inside = nodeType(parent) === 1 ? (shadowOf(parent) ?? parent) : parent;
    for (let node = firstChild(inside); node; node = nextSibling(node)) {
      if (nodeType(node) === 1) found.push(node);
    }
    return found;
  };

  /** @param {any} element @returns {any} the element around it, out of shadow roots too */
  const around = (element) => {
    const parent = parentOf(element);
    if (parent) return parent;
    const root = rootNodeOf(element);
    return nodeType(root) === 11 ? hostOf(root) : null;
  };

  /** @param {any} element @returns {string} */
  const names = (element) =>
    [nameOf(element), attribute(element, "class"), attribute(element, "id")]
      .join(" ")
      .slice(0, LONGEST);

  /** @param {any} element @param {any} page @returns {number} how much it looks like a chat; 0: no */
  const score = (element, page) => {
    const whole = element === rootOf(page);
    const box = rectangle(element);
    const [width, height] = [Math.min(box.width, innerWidth), clientHeightOf(element)];
    if (width < SMALLEST.width || height < SMALLEST.height || !elementsIn(element).length) return 0;
    const near = [element, around(element), around(around(element) ?? element)].filter(Boolean);
    const below = elementsIn(element).slice(0, 2).flatMap((one) => [one, ...elementsIn(one)]);
    const named = [...(whole ? [] : near), ...below.slice(0, 12)].some((one) =>
      NAMED.test(names(one)),
    );
    const log = attribute(element, "role") === "log";
    const moves = scrollHeightOf(element) > height + 1;
    if (!moves && !named && !log) return 0;
    const share = (width * Math.min(height, innerHeight)) / (innerWidth * innerHeight);
    let points = whole ? Math.min(share, WHOLE_PAGE) : share;
    if (log) points += 2;
    if (named) points += 1;
    if (moves) points += 0.3;
    if (!whole && writesBeside(element)) points += 0.7;
    if (BESIDE.test(names(element))) points -= 0.7;
    return points;
  };

  /** @param {any} element @returns {boolean} a field to write in stands near it */
  const writesBeside = (element) => {
    let outer = element;
    for (let step = 0; step < 3; step += 1) {
      outer = around(outer);
      if (!outer || outer === bodyOf(outer.ownerDocument)) return false;
      if (queryIn(outer, WRITES) && !queryIn(element, WRITES)) return true;
    }
    return false;
  };

  /** @param {any} element @param {any} page @returns {boolean} */
  const scrolls = (element, page) => {
    if (element === rootOf(page)) return scrollHeightOf(element) > clientHeightOf(element) + 1;
    if (element === bodyOf(page)) return false;
    return /auto|scroll|overlay/.test(getComputedStyle(element).overflowY);
  };

  /** @returns {Found | null} the list that looks most like a chat */
  const find = () => {
    /** @type {Found | null} */
    let best = null;
    let most = 0;
    let left = MOST_ELEMENTS;
    /** @param {any} element @param {any} page @param {any[]} frames */
    const visit = (element, page, frames) => {
      if ((left -= 1) < 0) return;
      if (clientHeightOf(element) >= SMALLEST.height && scrolls(element, page)) {
        const points = score(element, page);
        if (points > most) [most, best] = [points, { scroller: element, page, frames }];
      }
      if (nameOf(element) === "iframe" && frames.length < FRAME_DEPTH) {
        const inner = frameDocument(element);
        if (inner && rootOf(inner)) visit(rootOf(inner), inner, [...frames, element]);
      }
      for (const child of elementsIn(element)) visit(child, page, frames);
    };
    visit(rootOf(document), document, []);
    return best;
  };

  /** @param {any} element @returns {string} its words, those in shadow roots too */
  const wordsOf = (element) => {
    /** @type {string[]} */
    const found = [];
    /** @param {any} parent */
    const read = (parent) => {
      const inside = nodeType(parent) === 1 ? (shadowOf(parent) ?? parent) : parent;
      for (let node = firstChild(inside); node; node = nextSibling(node)) {
        const type = nodeType(node);
        if (type === 3) found.push(data(node));
        else if (type === 1 && !/^(script|style|template|svg)$/.test(nameOf(node))) read(node);
      }
    };
    read(element);
    return found.join(" ").replace(/\s+/g, " ").trim();
  };

  /** @param {any} element @returns {boolean} it has words or a picture */
  const says = (element) => Boolean(wordsOf(element)) || Boolean(queryIn(element, PICTURES));

  /** @param {any} element @returns {number} */
  const heightOf = (element) => rectangle(element).height;

  /** @param {any} scroller @param {any} page @returns {any} the element whose children are the rows */
  const containerOf = (scroller, page) => {
    let box = scroller === rootOf(page) ? bodyOf(page) : scroller;
    for (let step = 0; step < 12; step += 1) {
      const spoken = elementsIn(box).filter(says);
      const total = spoken.reduce((sum, one) => sum + heightOf(one), 0);
      const tall = spoken.find((one) => heightOf(one) >= total * 0.8);
      const only = spoken.length === 1;
      if (!tall || !(only || heightOf(tall) > clientHeightOf(scroller))) return box;
      if (!elementsIn(tall).some(says)) return box;
      box = tall;
    }
    return box;
  };

  /** @param {any} element @returns {string} */
  const kindOf = (element) => {
    const [first = ""] = (attribute(element, "class") ?? "").trim().split(/\s+/);
    return `${nameOf(element)}.${first}`;
  };

  /** @param {any} element @param {number} window @returns {boolean} a day's messages, not one message */
  const isGroup = (element, window) => {
    if (heightOf(element) <= window * 0.9 && getComputedStyle(element).display !== "contents") {
      return false;
    }
    const kinds = elementsIn(element).filter(says).map(kindOf);
    return kinds.some((kind, at) => kinds.indexOf(kind) !== at);
  };

  /**
   * The rows as they stand, from the top down whatever their order in the document.
   *
   * @param {any} container @param {any} scroller
   * @param {(element: any) => void} unstick told of every row that sticks
   * @returns {{element: any, top: number, bottom: number}[]} in pixels of the window (of its frame)
   */
  const rows = (container, scroller, unstick) => {
    /** @type {{element: any, top: number, bottom: number}[]} */
    const found = [];
    const window = clientHeightOf(scroller);
    /** @param {any} parent @param {number} depth */
    const take = (parent, depth) => {
      for (const element of elementsIn(parent)) {
        const { top, bottom, width, height } = rectangle(element);
        const style = getComputedStyle(element);
        if (style.display === "none" || style.visibility === "hidden") continue;
        if (style.position === "fixed") continue;
        if (style.position === "sticky") unstick(element);
        if (depth < GROUP_DEPTH && isGroup(element, window)) take(element, depth + 1);
        else if (width > 0 && height > 0) found.push({ element, top, bottom });
      }
    };
    take(container, 0);
    return found.sort((a, b) => a.top - b.top);
  };

  scope.kazhengChatList = { PICTURES, around, containerOf, elementsIn, find, rows, wordsOf };
})();
