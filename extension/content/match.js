/**
 * Decides which control of a form takes which value of the draft, and how sure that is.
 * Classic script, injected on click into the isolated world together with form.js and fill.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengMatch) return;
  const { actions, all, controls, kindOf, tidy } = shared.kazhengForm;

  const TEXTUAL = new Set(["text", "textarea", "number", "date"]);

  /**
   * @typedef {{name: string, selector: string, kind: string, required: boolean,
   *   options: Record<string, string>, max_length: number | null}} MapField
   * @typedef {{path: string, selector: string, fields: MapField[]}} FormMap
   * @typedef {{values: Record<string, string>, map: FormMap | null, words: any, files: number}} Wish
   * @typedef {{name: string, control: any, label: string, kind: string, confidence: number,
   *   found: boolean, value: string, choice: string | null, note: string | null, current: string,
   *   typed: boolean, required: boolean, selector: string | null}} Row
   */

  /**
   * Find the form: the platform's own one, else the one most of the values fit in.
   * @param {Wish} wish @returns {{root: Element, rows: Row[], known: boolean, controls: any[]}}
   */
  const survey = (wish) => {
    const known = knownForm(wish.map);
    if (known && wish.map) {
      const found = controls(known, wish.words.forbidden);
      return {
        root: known,
        rows: wish.map.fields.map((field) => mapped(known, field, found, wish)),
        known: true,
        controls: found,
      };
    }
    const candidates = [...all(document, "form"), document.body].map((root) => {
      const found = controls(root, wish.words.forbidden);
      const rows = guess(found, wish);
      const sum = rows.reduce((total, row) => total + (row.found ? row.confidence : 0), 0);
      return {
        root,
        rows,
        controls: found,
        known: false,
        sum: root === document.body ? sum * 0.9 - 0.01 : sum,
      };
    });
    return candidates.reduce((best, other) => (other.sum > best.sum ? other : best));
  };

  /** @param {FormMap | null} map @returns {Element | null} */
  const knownForm = (map) => {
    if (!map || !new RegExp(map.path).test(location.pathname + location.search)) return null;
    return all(document, map.selector)[0] ?? null;
  };

  /** @param {Element} root @param {MapField} field @param {any[]} found @param {Wish} wish @returns {Row} */
  const mapped = (root, field, found, wish) => {
    const elements = all(root, field.selector).filter((/** @type {HTMLElement} */ element) =>
      kindOf(element),
    );
    const control = found.find((other) =>
      elements.some((/** @type {any} */ element) => other.elements.includes(element)),
    );
    const row = blank(field.name, control, 1);
    row.selector = field.selector;
    row.required ||= field.required;
    if (!control)
      return {
        ...row,
        kind: field.kind,
        found: false,
        note: elements.length ? "hidden" : "no_field",
      };
    if (control.forbidden) return { ...row, found: false, note: control.forbidden };
    const limit = Math.min(field.max_length ?? Infinity, control.max ?? Infinity);
    return decide(row, wish, limit, field.options);
  };

  /**
   * Pair fields and controls, best score first; each is used once.
   * @param {any[]} found @param {Wish} wish @returns {Row[]}
   */
  const guess = (found, wish) => {
    const names = Object.keys(wish.words.fields).filter(
      (name) => wish.values[name] || (name === "attachments" && wish.files),
    );
    const pairs = names
      .flatMap((name) =>
        found
          .filter((control) => !control.forbidden)
          .map((control) => ({ name, control, score: score(control, wish.words.fields[name]) })),
      )
      .filter((pair) => pair.score > 0.3)
      .sort((a, b) => b.score - a.score);
    /** @type {Map<string, Row>} */
    const rows = new Map();
    const used = new Set();
    for (const { name, control, score: best } of pairs) {
      if (rows.has(name) || used.has(control)) continue;
      const rival = pairs.find(
        (pair) => pair.name === name && pair.control !== control && !used.has(pair.control),
      );
      const doubt = rival && best - rival.score < 0.1 ? 0.3 : 0;
      used.add(control);
      rows.set(
        name,
        decide(
          blank(name, control, Math.round((best - doubt) * 100) / 100),
          wish,
          control.max ?? Infinity,
          {},
        ),
      );
    }
    return names.map(
      (name) =>
        rows.get(name) ?? {
          ...blank(name, null, 0),
          note: "no_field",
          value: wish.values[name] ?? "",
        },
    );
  };

  /** @param {any} control @param {any} words @returns {number} */
  const score = (control, words) => {
    if (!words.kinds.includes(control.kind)) return 0;
    const label = new RegExp(words.label, "i");
    const refused = words.not ? new RegExp(words.not, "i") : null;
    let best = 0;
    for (const { text, weight } of control.texts) {
      const plain = text
        .replace(
          /^(请|请您)?(选择|填写|输入|描述)(您的|你的)?|[（(][^）)]*[)）]$|please (enter|select|describe)( your| the)?/gi,
          "",
        )
        .trim();
      const hit = label.exec(plain);
      if (!hit || refused?.test(plain)) continue;
      best = Math.max(
        best,
        weight * (hit[0].length >= plain.length ? 1 : 0.55 + 0.4 * (hit[0].length / plain.length)),
      );
    }
    const byName = new RegExp(words.name, "i").test(`${control.name} ${control.elements[0].id}`);
    if (byName) best = best ? Math.min(1, best + 0.1) : 0.62;
    // The first kind is where the value belongs; a one-line box for a long text is a worse guess.
    return best * (words.kinds[0] === control.kind ? 1 : 0.9) * 0.98;
  };

  /** @param {string} name @param {any} control @param {number} confidence @returns {Row} */
  const blank = (name, control, confidence) => ({
    name,
    control,
    label: control?.label || name,
    kind: control?.kind ?? "",
    confidence,
    found: Boolean(control),
    value: "",
    choice: null,
    note: null,
    current: control ? now(control) : "",
    typed: Boolean(control) && typed(control),
    required: control?.required ?? false,
    selector: null,
  });

  /** @param {Row} row @param {Wish} wish @param {number} limit @param {Record<string, string>} options @returns {Row} */
  const decide = (row, wish, limit, options) => {
    const value = wish.values[row.name] ?? "";
    if (row.kind === "file") return { ...row, note: wish.files ? null : "no_value" };
    if (!value) return { ...row, found: false, note: "no_value" };
    if (!TEXTUAL.has(row.kind)) return choose(row, value, options, wish.words);
    const shaped = shape(value, row);
    const short = shorten(shaped, limit);
    return { ...row, value: short, note: short === shaped ? null : "shortened" };
  };

  /** @param {Row} row @param {string} value @param {Record<string, string>} options @param {any} words @returns {Row} */
  const choose = (row, value, options, words) => {
    /** @type {{value: string, text: string}[]} */
    const offered = row.control.options.filter(
      (/** @type {any} */ option) => option.value !== "" || option.text,
    );
    const wanted = options[value] ?? value;
    const meant = words.options[row.name]?.[value];
    const pick =
      offered.find((option) => option.value === wanted || option.text === wanted) ??
      (meant ? offered.find((option) => new RegExp(meant, "i").test(option.text)) : undefined);
    if (pick) return { ...row, value: pick.text || pick.value, choice: pick.value };
    // A drawn select shows its options only when opened: the words are looked for there.
    if (row.kind === "select" && !offered.length)
      return { ...row, value: wanted, choice: meant ?? null, note: "drawn" };
    const other = offered.find((option) => new RegExp(words.other, "i").test(option.text));
    if (!other) return { ...row, found: false, note: "no_option" };
    return {
      ...row,
      value: other.text,
      choice: other.value,
      confidence: Math.min(row.confidence, 0.4),
      note: "other",
    };
  };

  /** @param {string} value @param {Row} row @returns {string} */
  const shape = (value, row) => {
    const element = row.control.elements[0];
    if (row.kind === "number") return value.replace(/[^\d.-]/g, "");
    const moment = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?/.exec(value);
    if (!moment) return value;
    if (element.type === "date") return moment[1];
    if (element.type === "month") return moment[1].slice(0, 7);
    if (element.type === "datetime-local") return `${moment[1]}T${moment[2]}`;
    return /^\d{4}\S*([+-]\d\d:\d\d|Z)$/.test(value)
      ? `${moment[1]} ${moment[2]}${moment[3] ?? ""}`
      : value;
  };

  /** Cut at the last full sentence that fits. */
  const shorten = (/** @type {string} */ text, /** @type {number} */ limit) => {
    if (text.length <= limit) return text;
    const cut = text.slice(0, limit);
    const end = Math.max(...["。", "；", "\n", ". "].map((mark) => cut.lastIndexOf(mark)));
    return end > limit / 2 ? cut.slice(0, end + 1).trimEnd() : cut;
  };

  /** @param {any} control @returns {string} */
  const now = (control) => {
    const element = control.elements[0];
    if (control.kind === "file") return [...element.files].map((file) => file.name).join(", ");
    if (control.kind === "radio" || control.kind === "checkbox") {
      return control.elements
        .map((/** @type {any} */ one, /** @type {number} */ index) =>
          one.checked ? control.options[index]?.text || one.value : "",
        )
        .filter(Boolean)
        .join(", ");
    }
    if (element instanceof HTMLSelectElement) return tidy(element.selectedOptions[0]?.textContent);
    if (control.kind === "select")
      return tidy(shared.kazhengForm.dropdownOf(element)?.textContent) || element.value || "";
    return element.isContentEditable ? element.innerText : element.value;
  };

  /** The user wrote something there that the page did not bring. */
  const typed = (/** @type {any} */ control) => {
    const element = control.elements[0];
    if (control.kind === "file") return element.files.length > 0;
    return (
      TEXTUAL.has(control.kind) && Boolean(now(control)) && element.value !== element.defaultValue
    );
  };

  /**
   * What must be the same at apply as it was at preview.
   * @param {Element} root @param {any[]} found @returns {string}
   */
  const structure = (root, found) =>
    JSON.stringify([
      root.tagName,
      actions(root),
      found.map((control) => [
        control.key,
        control.options.map((/** @type {any} */ option) => option.value),
      ]),
    ]);

  shared.kazhengMatch = Object.freeze({ now, structure, survey });
})();
