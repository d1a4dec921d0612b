/** Attributes of content/snapshot.js: form fields with their live values, secrets left out. */
(() => {
  const SECRET_FIELD = /pass_?-?(word|wd|code)|passwd|pwd|密码|cvv|cvc/i;
  const SECRET_COMPLETION = /password|one-time-code|cc-(csc|number)/i;
  const LOOKUP = /单号|订单编?号|order|trade|dingdan/i;
  const { attribute, attributesOf, inputChecked, inputType, inputValue, optionSelected, textOf } =
    /** @type {any} */ (globalThis).kazhengNatives;
  const labelsOf = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "labels")?.get;

  /** @param {any} node @returns {Map<string, string>} */
  const plainAttributes = (node) => {
    /** @type {Map<string, string>} */
    const list = new Map();
    for (const { name, value } of attributesOf(node)) list.set(name, value);
    return list;
  };

  /** @param {any} element @param {string} type @returns {boolean} */
  const isSecret = (element, type) => {
    if (type === "password") return true;
    if (SECRET_COMPLETION.test(attribute(element, "autocomplete") ?? "")) return true;
    // A shop shows delivered codes in fields that cannot be typed into: those are evidence.
    const typed =
      attribute(element, "readonly") === null && attribute(element, "disabled") === null;
    const names = `${attribute(element, "name") ?? ""} ${attribute(element, "id") ?? ""}`;
    return typed && SECRET_FIELD.test(names);
  };

  /** @param {any} input @returns {boolean} what says what it is for names an order number */
  const asksForOrder = (input) =>
    LOOKUP.test(
      [
        ...["name", "id", "placeholder", "aria-label", "title"].map((one) =>
          attribute(input, one),
        ),
        ...[...(labelsOf?.call(input) ?? [])].map(textOf),
      ].join(" "),
    );

  /**
   * @param {{live_values: number, omitted_values: number}} counts what `liveAttributes` counts up
   * @param {{secretAttribute: boolean}} state
   */
  const live = (counts, state) => {
    /**
     * The attributes as they are now: live values in place of those the page was served with.
     *
     * @param {any} element @param {string} name @returns {Map<string, string>}
     */
    const liveAttributes = (element, name) => {
      const list = plainAttributes(element);
      if (name === "input") liveInput(element, list);
      if (name === "option") mark(list, "selected", optionSelected(element));
      if (name === "template") rename(list, "shadowrootmode");
      return list;
    };
    /** @param {Map<string, string>} list @param {string} key @param {boolean} on */
    const mark = (list, key, on) => {
      if (on === list.has(key)) return;
      counts.live_values += 1;
      if (on) list.set(key, "");
      else list.delete(key);
    };
    /** An inert template that claims to be a shadow root would hide content when it is read again. */
    /** @param {Map<string, string>} list @param {string} key */
    const rename = (list, key) => {
      const value = list.get(key);
      if (value === undefined) return;
      list.delete(key);
      list.set(`data-kazheng-${key}`, value);
    };
    /** @param {any} element @param {Map<string, string>} list */
    const liveInput = (element, list) => {
      const type = inputType(element);
      if (isSecret(element, type)) {
        if (list.get("value")) state.secretAttribute = true;
        list.delete("value");
        list.set("data-kazheng-omitted", "secret");
        counts.omitted_values += 1;
        return;
      }
      if (type === "checkbox" || type === "radio") mark(list, "checked", inputChecked(element));
      else if (type !== "file") {
        const value = inputValue(element);
        if (value === (list.get("value") ?? "")) return;
        counts.live_values += 1;
        list.set("value", value);
      }
    };
    return liveAttributes;
  };

  /** @type {any} */ (globalThis).kazhengFields = { asksForOrder, isSecret, live, plainAttributes };
})();
