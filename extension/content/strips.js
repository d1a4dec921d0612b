/**
 * Prepares the page for the strips: scroll (where the browser pictures only what is in view),
 * un-stick what would be pictured twice, put everything back.
 * Every change is logged with its selector and undone; if the worker dies in between, the page
 * puts itself back. Injected into the isolated world, where its state stays from strip to strip.
 */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.kazhengStrips) return;

  const ABANDONED_MILLISECONDS = 5_000;
  const FRAME_MILLISECONDS = 120;
  const MOST_FRAMES = 12;
  const PICTURES_MILLISECONDS = 350;
  const MOST_ELEMENTS = 60_000;
  /** The log goes to the helper in one message: it tells all that is changed, so that is bounded. */
  const MOST_CHANGES = 2_000;
  const LONGEST = 300;

  const { attribute, nameOf, parentOf, rectangle, removeAttribute, rootOf, setAttribute, styleOf } =
    scope.kazhengNatives;
  /** @param {string} selector @returns {any[]} */
  const queryAll = (selector) => [...scope.kazhengNatives.queryAll(document, selector)];

  /**
   * @typedef {{selector: string, property: string, from: string, to: string, strip: number}} Change
   * @typedef {{served: string | null, ours: string,
   *   properties: {property: string, value: string, priority: string}[]}} Own
   */
  /** @type {Change[]} */
  let changes = [];
  let told = false;
  /** Changed elements, with their style attribute before and after. @type {Map<any, Own>} */
  const changed = new Map();
  /** Pictures that are loaded although nobody scrolled to them. @type {any[]} */
  const woken = [];
  /** @type {{x: number, y: number} | null} */
  let before = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watchdog;
  /**
   * An element near the first seam with its place on the page. Headers that shrink on scrolling
   * move all below them: by this much later strips are out of the first one's coordinates.
   *
   * @type {{element: any, top: number} | null}
   */
  let anchor = null;

  const everything = () => queryAll("body *").slice(0, MOST_ELEMENTS);

  /** @param {any} element @returns {string} a path of at most five steps */
  const describe = (element) => {
    const steps = [];
    for (let node = element; node && steps.length < 5; node = parentOf(node)) {
      const id = attribute(node, "id");
      const name = nameOf(node);
      if (id) {
        steps.unshift(`#${CSS.escape(id)}`);
        break;
      }
      const kind = attribute(node, "class");
      const classes = (kind ?? "").trim().split(/\s+/).filter(Boolean).slice(0, 2);
      steps.unshift([name, ...classes.map((/** @type {string} */ c) => CSS.escape(c))].join("."));
    }
    return steps.join(" > ").slice(0, LONGEST);
  };

  /** @param {any} element @param {string} property @param {string} to @param {number} strip */
  const change = (element, property, to, strip) => {
    const style = styleOf(element);
    const own = changed.get(element) ?? { served: styleText(element), ours: "", properties: [] };
    const value = style.getPropertyValue(property);
    own.properties.push({ property, value, priority: style.getPropertyPriority(property) });
    const from = getComputedStyle(element).getPropertyValue(property).slice(0, LONGEST);
    changes.push({ selector: describe(element), property, from, to, strip });
    style.setProperty(property, to, "important");
    own.ours = styleText(element) ?? "";
    changed.set(element, own);
  };
  /** @param {any} element @returns {string | null} */
  const styleText = (element) => attribute(element, "style");

  /** @param {any} element @param {Own} own what to undo; the page may have changed more meanwhile */
  const undo = (element, { served, ours, properties }) => {
    if (styleText(element) === ours) {
      if (served === null) removeAttribute(element, "style");
      else setAttribute(element, "style", served);
      return;
    }
    for (const { property, value, priority } of properties.reverse()) {
      if (value) styleOf(element).setProperty(property, value, priority);
      else styleOf(element).removeProperty(property);
    }
  };

  /** @param {any} element @returns {string} */
  const positionOf = (element) =>
    element instanceof HTMLElement ? getComputedStyle(element).position : "";

  /** Hide what is fixed, let what sticks flow. @param {any[]} elements @param {number} strip */
  const unstick = (elements, strip) => {
    for (const element of elements) {
      if (changes.length >= MOST_CHANGES) return;
      const position = positionOf(element);
      if (position === "fixed" && !changed.has(element)) {
        // Clips all that is inside too, and unlike `visibility` no transition delays it.
        change(element, "clip-path", "inset(100%)", strip);
      } else if (position === "sticky") {
        // `relative` keeps the element's place in the flow: nothing else moves.
        change(element, "position", "relative", strip);
        change(element, "inset", "auto", strip);
      }
    }
  };

  /** Wait for a painted frame; hidden tabs paint none. */
  const painted = () =>
    new Promise((resolve) => {
      setTimeout(resolve, FRAME_MILLISECONDS);
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined)));
    });

  /** Wait, but not long, for pictures that scrolling brought into view. */
  const pictures = () =>
    loaded(
      queryAll("img").filter((image) => {
        const { top, bottom } = image.getBoundingClientRect();
        return !image.complete && bottom > 0 && top < innerHeight;
      }),
    );

  /** @param {any[]} late pictures to wait for, but not long */
  const loaded = async (late) => {
    if (!late.length) return;
    const end = new Promise((resolve) => setTimeout(resolve, PICTURES_MILLISECONDS));
    const all = late.map(
      (image) =>
        new Promise((resolve) => {
          image.addEventListener("load", resolve, { once: true });
          image.addEventListener("error", resolve, { once: true });
        }),
    );
    await Promise.race([Promise.all(all), end]);
    await painted();
  };

  /** @param {any} element @returns {number} CSS pixels from the top of the page */
  const topOf = (element) => rectangle(element).top + scrollY;

  const takeAnchor = () => {
    const element = document.elementFromPoint(innerWidth / 2, innerHeight * 0.8);
    anchor = element && !stays(element) ? { element, top: topOf(element) } : null;
  };

  /** @returns {number} pixels by which the content has moved up since the first measure */
  const drift = () => (anchor?.element.isConnected ? Math.round(anchor.top - topOf(anchor.element)) : 0);

  /** @returns where the page stands, in CSS pixels of the page as it was at the first measure */
  const measure = () => {
    const root = rootOf(document);
    if (!anchor) takeAnchor();
    const moved = drift();
    return {
      address: location.href,
      x: scrollX,
      y: scrollY + moved,
      width: innerWidth,
      height: innerHeight,
      scroll_width: root.scrollWidth,
      scroll_height: root.scrollHeight + moved,
      drift: moved,
    };
  };

  /** Wait, but not long, until two frames show the page at the same place. */
  const settled = async () => {
    let last = measure();
    for (let frame = 0; frame < MOST_FRAMES; frame += 1) {
      await painted();
      const now = measure();
      if (now.y === last.y && now.scroll_height === last.scroll_height) return now;
      last = now;
    }
    return last;
  };

  /** @param {any} element @returns {boolean} it stays at the bottom while the page moves */
  const stays = (element) => {
    const position = positionOf(element);
    return (
      position === "fixed" || (position === "sticky" && getComputedStyle(element).bottom !== "auto")
    );
  };

  /** @returns {any[]} such elements that lie over the lower half of the window */
  const bars = () =>
    everything().filter((element) => {
      if (!stays(element)) return false;
      const box = rectangle(element);
      const visible = box.width > 0 && box.bottom > box.top && box.top < innerHeight;
      return visible && box.top > innerHeight / 2;
    });
  const covered = () => bars().length;

  /** Put the page back as it was; the log of what had been changed stays. */
  const restore = () => {
    clearTimeout(watchdog);
    for (const [element, own] of changed) undo(element, own);
    for (const image of woken.splice(0)) setAttribute(image, "loading", "lazy");
    if (before) scrollTo({ left: before.x, top: before.y, behavior: "instant" });
    before = null;
    changed.clear();
  };

  /** Put the page back. @returns {Change[]} what had been changed; who asks again hears it again */
  const finish = () => {
    restore();
    anchor = null;
    told = true;
    return changes;
  };

  /** Begin a log anew, unless nobody has asked for the last one yet. @returns where the page stands */
  const begin = () => {
    if (told) [changes, told] = [[], false];
    return { ...measure(), document: performance.timeOrigin };
  };

  /** @param {number} strip @param {number} y @param {boolean} clear un-stick all, not only bars */
  const go = async (strip, y, clear) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(restore, ABANDONED_MILLISECONDS);
    before ??= { x: scrollX, y: scrollY };
    scrollTo({ left: 0, top: y, behavior: "instant" });
    await painted();
    const count = changes.length;
    unstick(clear ? everything() : bars(), strip);
    await pictures();
    if (changes.length > count) await painted();
    const at = await settled();
    if (at.y <= y || at.drift === 0) return at;
    scrollTo({ left: 0, top: y - at.drift, behavior: "instant" });
    return settled();
  };

  /** Have pictures loaded that wait until somebody scrolls to them. @param {number} strip */
  const wake = async (strip) => {
    const late = queryAll("img")
      .filter((image) => attribute(image, "loading") === "lazy" && !image.complete)
      .slice(0, MOST_CHANGES);
    for (const image of late) {
      changes.push({ selector: describe(image), property: "loading", from: "lazy", to: "eager", strip });
      setAttribute(image, "loading", "eager");
      woken.push(image);
    }
    await loaded(late);
  };

  /**
   * Prepare a part of the page for a picture that needs no scrolling (Firefox).
   *
   * @param {number} strip @param {number} y @param {number} most its height in CSS pixels
   */
  const spread = async (strip, y, most) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(restore, ABANDONED_MILLISECONDS);
    const count = changes.length;
    // What is fixed is pictured where the window shows it now: on top of other content.
    unstick(scrollY === 0 ? bars() : everything(), strip);
    await wake(strip);
    if (changes.length > count) await painted();
    const { scrollWidth: scroll_width, scrollHeight: scroll_height, clientWidth: width } =
      rootOf(document);
    const height = Math.max(1, Math.min(most, scroll_height - y));
    return { address: location.href, x: 0, y, width, height, scroll_width, scroll_height, drift: 0 };
  };

  scope.kazhengStrips = { begin, change, covered, describe, finish, go, measure, spread };
})();
