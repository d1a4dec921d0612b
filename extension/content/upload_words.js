/** What a page says beside an upload: how many, how large, which kinds. Injected before fill.js. */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengUploadWords) return;
  const { all, tidy } = shared.kazhengForm;
  const MOST = 400;

  /** Its labels, then the visible text round it up to the next control; bounded. */
  const wordsBeside = (/** @type {any} */ control) => {
    const own = control.texts.map((/** @type {any} */ one) => one.text);
    let beside = "";
    let node = control.elements[0].parentElement;
    while (node && node !== document.body && !(node instanceof HTMLFormElement)) {
      const others = all(node, "input:not([type=hidden]), textarea, select").filter(
        (/** @type {Element} */ one) => !control.elements.includes(one),
      );
      const text = tidy(node.innerText);
      if (others.length || text.length > MOST) break;
      beside = text || beside;
      node = node.parentElement;
    }
    return [...new Set([...own, beside])].join(" | ").slice(0, MOST * 2);
  };

  shared.kazhengUploadWords = Object.freeze({ wordsBeside });
})();
