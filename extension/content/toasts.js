/**
 * Remembers notices that a page shows for seconds only (toasts). Injected when the popup opens and
 * again with the snapshot, after natives.js and fields.js; it looks on after the popup has closed,
 * as what a shop says comes when the person goes on in the page. Ends with the snapshot, or after
 * `LASTS`. Nothing leaves the page before a capture takes it, and nothing in the page is changed.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengToasts) {
    shared.kazhengToasts.watch();
    return;
  }
  const LASTS = 10 * 60_000;
  /** Time between two looks, and all that looking may take, in ms: a page may change without end. */
  const PAUSE = 60;
  const BUDGET = 3_000;
  const MOST = 60;
  const MOST_LOOKED_AT = 60;
  const MOST_FIELDS = 200;
  const MOST_TYPED = 5;
  const LONGEST = 300;
  /** A block with more text than this is no notice. */
  const LONGEST_BLOCK = 1_000;
  const MARKS = [
    "[role=alert]",
    "[role=status]",
    "[aria-live=assertive]",
    ...["toast", "snackbar", "notify", "noty"].map((word) => `[class*="${word}" i]`),
    ...["layui-layer-msg", "layui-layer-dialog", "swal2-popup", "sweet-alert", "weui-toptips"].map(
      (name) => `.${name}`,
    ),
    ...["ant", "el", "t", "n", "arco", "ivu", "van", "mu", "q"].flatMap((library) => [
      `.${library}-message`,
      `.${library}-message-notice`,
      `.${library}-notification`,
      `.${library}-notification-notice`,
    ]),
  ].join(", ");
  const { attribute, inputType, inputValue, innerText, isSeen, queryAll, queryIn, textOf } =
    shared.kazhengNatives;
  const { asksForOrder, isSecret } = shared.kazhengFields;

  /**
   * `appeared_at` null: it stood there when the watching began; `gone_at` null: it still does.
   * `typed`: what stood in fields for an order number then, as what was asked for; of buyers some
   * shops take the telephone number there, which says nothing of an order.
   * @typedef {{text: string, appeared_at: string | null, gone_at: string | null, address: string,
   *   typed: string[]}} Toast
   */
  /** @type {Toast[]} */
  const toasts = [];
  /** Those that are shown, by their text without figures: a notice that counts down is one. */
  /** @type {Map<string, Toast>} */
  const shown = new Map();
  const state = { cut: false, until: 0, spent: 0, looked: -PAUSE, timer: 0, watching: false };
  /** What a capture has taken is forgotten when the next notice comes. */
  let taken = false;
  const observer = new MutationObserver(() => soon());

  /** @returns {string[]} texts of the notices that can be seen now */
  const visible = () => {
    const found = [];
    for (const node of [...queryAll(document, MARKS)].slice(0, MOST_LOOKED_AT)) {
      const whole = textOf(node) ?? "";
      if (!whole.trim() || whole.length > LONGEST_BLOCK) continue;
      const inner = queryIn(node, MARKS);
      if (inner && textOf(inner)?.trim()) continue; // a box around notices
      if (!isSeen(node)) continue;
      const text = (innerText(node) ?? whole).replace(/\s+/g, " ").trim().slice(0, LONGEST);
      if (text) found.push(text);
    }
    return found;
  };

  /** @returns {any[]} */
  const inputs = () => [...queryAll(document, "input")].slice(0, MOST_FIELDS);

  /** @param {string} text @returns {boolean} it repeats what stands in a password field */
  const repeatsSecret = (text) =>
    inputs().some((one) => {
      const value = isSecret(one, inputType(one)) ? inputValue(one).trim() : "";
      return value.length > 3 && text.includes(value);
    });

  /** @returns {string[]} */
  const typed = () =>
    inputs()
      .filter((one) => /^(text|search|number)$/.test(inputType(one)))
      .filter((one) => asksForOrder(one) && !isSecret(one, inputType(one)))
      .filter((one) => attribute(one, "readonly") === null && attribute(one, "disabled") === null)
      .map((one) => inputValue(one).trim())
      .filter((value) => /^(?=.*\d)[\w-]{6,64}$/.test(value) && !/^1\d{10}$/.test(value))
      .slice(0, MOST_TYPED);

  /** @param {string} key @param {string} text @param {string | null} now */
  const note = (key, text, now) => {
    if (repeatsSecret(text)) return;
    if (taken) {
      toasts.splice(0, toasts.length, ...shown.values());
      state.cut = taken = false;
    }
    const toast = {
      text,
      appeared_at: now,
      gone_at: null,
      address: location.href.slice(0, 2_000),
      typed: typed(),
    };
    shown.set(key, toast);
    toasts.push(toast);
    if (toasts.length > MOST) {
      toasts.shift();
      state.cut = true;
    }
  };

  /** @param {boolean} first whether what is there may have been there before */
  const look = (first) => {
    const began = performance.now();
    const now = new Date().toISOString();
    const here = new Map(visible().map((text) => [text.replace(/\d+/g, "#"), text]));
    for (const [key, toast] of shown) {
      if (here.has(key)) continue;
      toast.gone_at = now;
      shown.delete(key);
    }
    for (const [key, text] of here) if (!shown.has(key)) note(key, text, first ? null : now);
    state.looked = performance.now();
    state.spent += state.looked - began;
    if (state.spent > BUDGET) {
      state.cut = true;
      stop();
    } else if (Date.now() > state.until) stop();
  };

  /** Look now, or when the pause after the last look is over. */
  const soon = () => {
    if (state.timer) return;
    const wait = state.looked + PAUSE - performance.now();
    if (wait <= 0) look(false);
    else {
      state.timer = setTimeout(() => {
        state.timer = 0;
        if (state.watching) look(false);
      }, wait);
    }
  };

  const watch = () => {
    state.until = Date.now() + LASTS;
    if (state.watching) return;
    state.watching = true;
    look(true);
    if (!state.watching) return;
    observer.observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ["class", "style", "hidden", "open"],
    });
  };

  const stop = () => {
    state.watching = false;
    observer.disconnect();
  };

  /** @returns {{toasts: Toast[], cut: boolean}} what was seen until now; the watching ends */
  const take = () => {
    if (state.watching) look(false);
    stop();
    taken = true;
    return { toasts, cut: state.cut };
  };

  shared.kazhengToasts = Object.freeze({ take, watch });
  watch();
})();
