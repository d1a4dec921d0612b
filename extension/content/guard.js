/** Stops a form that sends itself while fill.js fills it. Classic script, injected after form.js. */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengGuard) return;
  const { attribute, deep, inside, rootOf } = shared.kazhengForm;

  const LINGER_MS = 3_000;
  const TOUCHES = ["pointerdown", "mousedown", "touchstart", "keydown"];

  /** Ends the guard that still stands, if one does. */
  let lift = () => {};

  /**
   * Stop a page that submits itself on a change. `form.submit()` fires no `submit`, one in a shadow
   * root does not come out of it, and one into another window or frame is not seen from here: so
   * navigations are stopped too and targets turned off. A late one is stopped until the user acts.
   */
  const guardSubmit = () => {
    lift();
    let count = 0;
    const stop = (/** @type {Event} */ event) => {
      count += 1;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    const halt = (/** @type {any} */ event) => {
      if (event.destination.sameDocument || !event.cancelable) return;
      count += 1;
      event.preventDefault();
    };
    const act = (/** @type {Event} */ event) => event.isTrusted && release();
    const forms = deep(document, "form");
    const frames = deep(document, "iframe").map(inside).filter(Boolean);
    const views = frames.map((/** @type {Document} */ one) => one.defaultView).filter(Boolean);
    /** @type {[EventTarget | undefined, string, (event: any) => void][]} */
    const listeners = [
      [window, "submit", stop],
      ...forms.map((/** @type {Node} */ form) => [rootOf(form), "submit", stop]),
      ...TOUCHES.map((type) => [window, type, act]),
      [shared.navigation, "navigate", halt],
      ...views.flatMap((/** @type {any} */ view) => [
        /** @type {any} */ ([view.navigation, "navigate", halt]),
        ...TOUCHES.map((type) => [view, type, act]),
      ]),
    ];
    for (const [place, type, run] of listeners) place?.addEventListener(type, run, true);
    const restore = turnTargets();
    const release = () => {
      if (lift !== release) return;
      for (const [place, type, run] of listeners) place?.removeEventListener(type, run, true);
      restore();
      lift = () => {};
    };
    lift = release;
    return { stopped: () => count, release: () => setTimeout(release, LINGER_MS) };
  };

  /** Let every form answer into this window, where it can be stopped; returns what undoes that. */
  const turnTargets = () => {
    const turn = (/** @type {Element} */ node) => {
      const name = attribute(node, "formtarget") ? "formtarget" : "target";
      return { node, name, before: attribute(node, name) };
    };
    const turned = deep(document, "form[target], base[target], [formtarget]").map(turn);
    const set = Element.prototype.setAttribute;
    for (const { node, name } of turned) set.call(node, name, "_self");
    return () => {
      for (const { node, name, before } of turned)
        if (attribute(node, name) === "_self") set.call(node, name, before);
    };
  };

  shared.kazhengGuard = Object.freeze({ guardSubmit });
})();
