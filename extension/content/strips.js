/**
 * Moves the page for the strips: scroll, un-stick what would be pictured twice, put everything back.
 * Every change is logged with its selector and undone; if the worker dies in between, the page
 * puts itself back. Injected into the isolated world, where its state stays from strip to strip.
 */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.kazhengStrips) return;

  const ABANDONED_MILLISECONDS = 5_000;
  const FRAME_MILLISECONDS = 120;
  const PICTURES_MILLISECONDS = 350;
  const MOST_ELEMENTS = 60_000;

  /** @param {object} prototype @param {string} name */
  const getter = (prototype, name) => {
    const read = Object.getOwnPropertyDescriptor(prototype, name)?.get;
    return (/** @type {any} */ of) => (read ? Reflect.apply(read, of, []) : undefined);
  };
  const styleOf = getter(HTMLElement.prototype, "style");
  const parentOf = getter(Node.prototype, "parentElement");
  const nameOf = getter(Element.prototype, "localName");
  const rootOf = getter(Document.prototype, "documentElement");
  /** @param {string} selector @returns {any[]} */
  const queryAll = (selector) => [
    ...Reflect.apply(Document.prototype.querySelectorAll, document, [selector]),
  ];

  /**
   * @typedef {{selector: string, property: string, from: string, to: string, strip: number}} Change
   * @typedef {{element: any, property: string, value: string, priority: string, bare: boolean}} Undo
   */
  /** @type {Change[]} */
  let changes = [];
  /** @type {Undo[]} */
  let undo = [];
  /** @type {{x: number, y: number} | null} */
  let before = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watchdog;

  const everything = () => queryAll("body *").slice(0, MOST_ELEMENTS);

  /** @param {any} element @returns {string} a path of at most five steps */
  const describe = (element) => {
    const steps = [];
    for (let node = element; node && steps.length < 5; node = parentOf(node)) {
      const id = Reflect.apply(Element.prototype.getAttribute, node, ["id"]);
      const name = nameOf(node);
      if (id) {
        steps.unshift(`#${CSS.escape(id)}`);
        break;
      }
      const kind = Reflect.apply(Element.prototype.getAttribute, node, ["class"]);
      const classes = (kind ?? "").trim().split(/\s+/).filter(Boolean).slice(0, 2);
      steps.unshift([name, ...classes.map((/** @type {string} */ c) => CSS.escape(c))].join("."));
    }
    return steps.join(" > ");
  };

  /** @param {any} element @param {string} property @param {string} to @param {number} strip */
  const change = (element, property, to, strip) => {
    const style = styleOf(element);
    touched.add(element);
    const bare = !Reflect.apply(Element.prototype.hasAttribute, element, ["style"]);
    const value = style.getPropertyValue(property);
    undo.push({ element, property, value, priority: style.getPropertyPriority(property), bare });
    const from = getComputedStyle(element).getPropertyValue(property);
    changes.push({ selector: describe(element), property, from, to, strip });
    style.setProperty(property, to, "important");
  };

  /** Elements already hidden. @type {Set<any>} */
  const touched = new Set();

  /** @param {any} element @returns {string} */
  const positionOf = (element) =>
    element instanceof HTMLElement ? getComputedStyle(element).position : "";

  /** Hide what is fixed, let what sticks flow. @param {any[]} elements @param {number} strip */
  const unstick = (elements, strip) => {
    for (const element of elements) {
      const position = positionOf(element);
      if (position === "fixed" && !touched.has(element)) {
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
  const pictures = async () => {
    const late = queryAll("img").filter((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return !image.complete && bottom > 0 && top < innerHeight;
    });
    if (!late.length) return;
    const end = new Promise((resolve) => setTimeout(resolve, PICTURES_MILLISECONDS));
    const loaded = late.map(
      (image) =>
        new Promise((resolve) => {
          image.addEventListener("load", resolve, { once: true });
          image.addEventListener("error", resolve, { once: true });
        }),
    );
    await Promise.race([Promise.all(loaded), end]);
    await painted();
  };

  /** @returns where the page stands, in CSS pixels */
  const measure = () => {
    const root = rootOf(document);
    return {
      address: location.href,
      x: scrollX,
      y: scrollY,
      width: innerWidth,
      height: innerHeight,
      scroll_width: root.scrollWidth,
      scroll_height: root.scrollHeight,
    };
  };

  /** @param {any} element @returns {boolean} it stays at the bottom while the page moves */
  const stays = (element) => {
    const position = positionOf(element);
    return (
      position === "fixed" ||
      (position === "sticky" && getComputedStyle(element).bottom !== "auto")
    );
  };

  /** @returns {any[]} such elements that lie over the lower half of the window */
  const bars = () =>
    everything().filter((element) => {
      if (!stays(element)) return false;
      const box = Reflect.apply(Element.prototype.getBoundingClientRect, element, []);
      const visible = box.width > 0 && box.bottom > box.top && box.top < innerHeight;
      return visible && box.top > innerHeight / 2;
    });
  const covered = () => bars().length;

  /** Put the page back as it was. @returns {Change[]} what had been changed */
  const finish = () => {
    clearTimeout(watchdog);
    for (const { element, property, value, priority, bare } of undo.reverse()) {
      const style = styleOf(element);
      if (value) style.setProperty(property, value, priority);
      else style.removeProperty(property);
      if (bare && style.length === 0) {
        Reflect.apply(Element.prototype.removeAttribute, element, ["style"]);
      }
    }
    if (before) scrollTo({ left: before.x, top: before.y, behavior: "instant" });
    const made = changes;
    [undo, changes, before] = [[], [], null];
    touched.clear();
    return made;
  };

  /** @param {number} strip @param {number} y @param {boolean} clear un-stick all, not only bars */
  const go = async (strip, y, clear) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(finish, ABANDONED_MILLISECONDS);
    before ??= { x: scrollX, y: scrollY };
    scrollTo({ left: 0, top: y, behavior: "instant" });
    await painted();
    const changed = changes.length;
    unstick(clear ? everything() : bars(), strip);
    await pictures();
    if (changes.length > changed) await painted();
    return measure();
  };

  scope.kazhengStrips = { measure, covered, go, finish };
})();
