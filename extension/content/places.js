/**
 * Where the words of a page and its form fields stand, for content/snapshot.js: rectangles in CSS
 * pixels of the page, and of each of the `lines` of a broken text. `visible` stands only where a
 * picture shows less than the rectangle: the part that the boxes around it do not clip, null where
 * there is none, something else lies on it, or a page of very many words left no time to look.
 */
(() => {
  const MOST_RECTS = 20_000;
  const RECTS_MILLISECONDS = 500;
  const VISIBLE_MILLISECONDS = 200;
  const RECT_TEXT = 500;
  const MOST_LINES = 20;
  const MOST_FIELDS = 1_000;
  const { elementAt, isSeen, nameOf, parentOf, rectangle } = /** @type {any} */ (globalThis)
    .kazhengNatives;

  /**
   * @typedef {{left: number, top: number, right: number, bottom: number}} Box window coordinates
   * @typedef {{flow: Box, absolute: Box}} Shows where an element's content is not clipped
   */

  const EVERYWHERE = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };

  /** @param {(chain: any) => string} selector */
  const places = (selector) => {
    /** @type {object[]} */
    const texts = [];
    /** @type {object[]} */
    const fields = [];
    const state = { cut: false, time: 0, looked: 0 };
    const range = new Range();

    /** @param {any} node @param {string} text @param {Place} place */
    const noteText = (node, text, place) => {
      if (!place.shown || state.cut || !text.trim()) return;
      const now = performance.now();
      if (texts.length >= MOST_RECTS || state.time > RECTS_MILLISECONDS) {
        state.cut = true;
        return;
      }
      if (isShown(place)) {
        range.selectNode(node);
        const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
        const box = boxes.length === 1 ? boxes[0] : range.getBoundingClientRect();
        const about = { text: text.trim().slice(0, RECT_TEXT), ...lines(boxes, place) };
        note(texts, box, about, place);
      }
      state.time += performance.now() - now;
    };
    /** A field's value stands in the HTML: only its place is noted. @param {Place} place */
    const noteField = (place) => {
      if (fields.length < MOST_FIELDS && isShown(place))
        note(fields, rectangle(place.element), {}, place);
    };
    /** @param {object[]} list @param {any} box @param {object} about @param {Place} place */
    const note = (list, box, about, place) => {
      if (box.width === 0 || box.height === 0) return;
      const where = { ...onPage(box, place), ...about, selector: selector(place.chain) };
      list.push({ ...where, ...looked(box, place) });
    };
    /** @param {any} box @param {Place} place @returns {{visible?: object | null}} */
    const looked = (box, place) => {
      if (state.looked > VISIBLE_MILLISECONDS) return { visible: null };
      const now = performance.now();
      const found = visible(box, place);
      const spent = performance.now() - now;
      state.looked += spent;
      state.time -= spent; // it takes nothing from the time for the rectangles
      return found;
    };
    return { texts, fields, state, noteText, noteField };
  };

  /** @param {any[]} boxes @param {Place} place @returns {{lines?: object[]}} of a broken text */
  const lines = (boxes, place) =>
    boxes.length < 2 || boxes.length > MOST_LINES
      ? {}
      : { lines: boxes.map((box) => onPage(box, place)) };

  /** @param {any} box @param {Place} place */
  const onPage = ({ x, y, width, height }, { offset }) => ({
    x: round(x + offset.x),
    y: round(y + offset.y),
    width: round(width),
    height: round(height),
  });
  /** @param {number} value */
  const round = (value) => Math.round(value * 10) / 10;

  /** @param {Place} place @returns {boolean} */
  const isShown = ({ element, shown }) => {
    if (!shown) return false;
    try {
      return isSeen(element);
    } catch {
      return true;
    }
  };

  /** @param {any} box @param {Place} place @returns {{visible?: object | null}} nothing if it is whole */
  const visible = (box, place) => {
    try {
      const part = common(box, showsOf(place).flow);
      const [width, height] = [part.right - part.left, part.bottom - part.top];
      if (width < 1 || height < 1 || isCovered(part, place)) return { visible: null };
      if (width > box.width - 1 && height > box.height - 1) return {};
      return { visible: onPage({ x: part.left, y: part.top, width, height }, place) };
    } catch {
      return { visible: null };
    }
  };

  /** @param {Box} one @param {Box} other @returns {Box} */
  const common = (one, other) => ({
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
  });

  /** @param {Place} place @returns {Shows} worked out once for an element that holds words */
  const showsOf = (place) => {
    if (!place.above) return { flow: EVERYWHERE, absolute: EVERYWHERE };
    place.shows ??= clipped(place.element, showsOf(place.above));
    return place.shows;
  };
  /** @param {any} element @param {Shows} around @returns {Shows} */
  const clipped = (element, around) => {
    const { position, overflowX, overflowY, display } = getComputedStyle(element);
    const own =
      position === "fixed"
        ? EVERYWHERE
        : position === "absolute"
          ? around.absolute
          : around.flow;
    // What html and body clip, the window does: it scrolls.
    const clips =
      !/^(html|body)$/.test(nameOf(element)) &&
      !/^(inline|contents)$/.test(display) &&
      (overflowX !== "visible" || overflowY !== "visible");
    const flow = clips ? common(own, rectangle(element)) : own;
    return { flow, absolute: position === "static" ? around.absolute : flow };
  };

  /** @param {Box} part @param {Place} place @returns {boolean} another element lies on its middle */
  const isCovered = ({ left, top, right, bottom }, place) => {
    if (place.frames > 0) return false;
    const hit = elementAt(document, (left + right) / 2, (top + bottom) / 2);
    if (!hit) return false;
    for (let node = hit; node; node = parentOf(node)) if (node === place.element) return false;
    /** @type {Place | undefined} */
    let around = place;
    while (around && around.element !== hit) around = around.above;
    return !around;
  };

  /** @type {any} */ (globalThis).kazhengPlaces = places;
})();
