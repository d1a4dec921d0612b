/**
 * Decides which control of a form takes which value of the draft, and how sure that is.
 * Classic script, injected on click into the isolated world after controls.js and enter.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengMatch) return;
  const { actions, all, attribute, deep, formOf, onTop, shown, tagOf, within } = shared.kazhengForm;
  const { mainOf } = shared.kazhengAsides;
  const { controls, kindOf, tickOf } = shared.kazhengControls;
  const { now, typed } = shared.kazhengEnter;
  const { IN_SENTENCES, score } = shared.kazhengScore;

  const TEXTUAL = new Set(["text", "textarea", "number", "date"]);
  const DIALOGS = "dialog[open], [role='dialog'], .layui-layer-page, .layui-layer-iframe";

  /**
   * @typedef {{name: string, selector: string, kind: string, required: boolean,
   *   options: Record<string, string>, max_length: number | null}} MapField
   * @typedef {{path: string, selector: string, fields: MapField[]}} FormMap
   * @typedef {{values: Record<string, string>, map: FormMap | null, words: any, files: number}} Wish
   * @typedef {{name: string, control: any, label: string, kind: string, confidence: number,
   *   found: boolean, value: string, choice: string[] | string | null, note: string | null,
   *   current: string, typed: boolean, required: boolean, selector: string | null}} Row
   */

  /**
   * Find the form: the platform's own one, else the one most of the values fit in; while a dialog
   * is open, only what stands in it.
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
    const every = mainOf(controls(document, wish.words.forbidden));
    const inDialog = among(every, deep(document, DIALOGS).filter(shown), wish);
    if (inDialog.some(({ sum }) => sum > 0)) return best(inDialog);
    const forms = [...new Set(every.map((/** @type {any} */ one) => formOf(one.elements[0])))];
    return best([...among(every, forms.filter(Boolean), wish), whole(every, wish)]);
  };

  /** @param {any[]} every @param {any} wish */
  const whole = (every, wish) => {
    const { rows, sum } = weighed(every, wish);
    return { root: document.body, rows, controls: every, known: false, sum: sum * 0.9 - 0.01 };
  };

  /** @param {any[]} every @param {Element[]} roots @param {Wish} wish */
  const among = (every, roots, wish) =>
    roots.map((root) => {
      const found = every.filter(({ elements }) =>
        elements.some(
          (/** @type {HTMLElement} */ one) => within(root, one) || formOf(one) === root,
        ),
      );
      return { root, ...weighed(found, wish), controls: found, known: false };
    });

  /** @param {any[]} found @param {Wish} wish @returns {{rows: Row[], sum: number}} */
  const weighed = (found, wish) => {
    const rows = guess(found, wish);
    return { rows, sum: rows.reduce((sum, row) => sum + (row.found ? row.confidence : 0), 0) };
  };

  /** @template {{sum: number}} T @param {T[]} candidates @returns {T} */
  const best = (candidates) =>
    candidates.reduce((first, other) => (other.sum > first.sum ? other : first));

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
    if (!control || covered(control))
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
          .map((control) => ({
            name,
            control,
            score: score(control, wish.words.fields[name], wish.values[name] ?? "", name),
          })),
      )
      .filter((pair) => pair.score > 0.3)
      .sort((a, b) => b.score - a.score);
    /** @type {Map<string, Row>} */
    const rows = new Map();
    const used = new Set();
    // "Other" is chosen only where no list names the matter.
    const turns = [false, true].flatMap((last) => pairs.map((pair) => ({ ...pair, last })));
    for (const { name, control, score: sure, last } of turns) {
      if (rows.has(name) || used.has(control) || covered(control)) continue;
      const rival = pairs.find(
        (pair) => pair.name === name && pair.control !== control && !used.has(pair.control),
      );
      // What is chosen must mean the value; of two boxes to write in alike neither is sure.
      const alike = control.options.length || control.opener ? 0.3 : 0.4;
      const doubt = rival && sure - rival.score < 0.1 ? alike : 0;
      const row = decide(
        blank(name, control, Math.round((sure - doubt) * 100) / 100),
        wish,
        control.max ?? Infinity,
        {},
      );
      // What does not fit here may fit in another control, and another value in this one.
      if (row.note === "other" ? !last : !row.found && row.note !== "too_long") continue;
      used.add(control);
      rows.set(name, row);
    }
    return names.map(
      (name) =>
        rows.get(name) ?? {
          ...blank(name, null, 0),
          note: pairs.some((pair) => pair.name === name) ? "no_option" : "no_field",
          value: wish.values[name] ?? "",
        },
    );
  };

  /** Nothing is put where the person would not see it. */
  const covered = (/** @type {any} */ control) => {
    const { kind, elements, opener } = control;
    const choice = kind === "radio" || kind === "checkbox";
    control.seen ??=
      kind === "file" || onTop(opener ?? (choice ? tickOf(elements[0]) : elements[0]));
    return !control.seen;
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
    if (row.kind === "wheel" && /^\d{4}-\d\d/.test(value))
      return { ...row, value: value.slice(0, 10), note: "drawn" };
    if (!TEXTUAL.has(row.kind)) return choose(row, value, options, wish.words);
    const shaped = shape(value, row);
    if (shaped.length <= limit) return { ...row, value: shaped };
    const brief = wish.values[wish.words.fields[row.name]?.brief ?? ""];
    if (brief && brief.length <= limit) return { ...row, value: brief, note: "shortened" };
    const cut = IN_SENTENCES.has(row.name) || row.selector ? shorten(shaped, limit) : "";
    return cut
      ? { ...row, value: cut, note: "shortened" }
      : { ...row, found: false, value: shaped, note: "too_long" };
  };

  /** @param {Row} row @param {string} value @param {Record<string, string>} options @param {any} words @returns {Row} */
  const choose = (row, value, options, words) => {
    /** @type {{value: string, text: string}[]} */
    const offered = row.control.options.filter(
      (/** @type {any} */ option) => option.value !== "" || option.text,
    );
    const wanted = options[value] ?? value;
    const meant = words.options[row.name]?.[value] ?? [];
    const exact = offered.find((option) => option.value === wanted || option.text === wanted);
    const at = exact
      ? -1
      : meaning(
          offered.map((option) => option.text),
          meant,
        );
    const pick = exact ?? offered[at];
    if (pick) return { ...row, value: pick.text || pick.value, choice: pick.value };
    // A drawn select shows its options only when opened: the words are looked for there.
    if (["select", "wheel"].includes(row.kind) && !offered.length)
      return { ...row, value: wanted, choice: meant, note: "drawn" };
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

  /**
   * The option that means it: the first pattern that fits exactly one, best pattern first.
   * @param {string[]} texts @param {string[]} patterns @returns {number} -1 where none does
   */
  const meaning = (texts, patterns) => {
    for (const pattern of patterns) {
      const test = new RegExp(pattern, "i");
      const fitting = texts.flatMap((text, index) => (test.test(text) ? [index] : []));
      if (fitting.length === 1) return fitting[0];
      if (fitting.length > 1) return -1;
    }
    return -1;
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
    const hint = attribute(element, "placeholder");
    const asked = /[年y].*[日d]/i.test(hint) ? hint : row.label;
    if (asked === hint ? !/[时h:]/i.test(hint) : /日期|date$/i.test(asked)) return moment[1];
    return `${moment[1]} ${moment[2]}${moment[3] ?? ""}`;
  };

  /** The whole sentences that fit; nothing where none does. */
  const shorten = (/** @type {string} */ text, /** @type {number} */ limit) => {
    const cut = text.slice(0, limit);
    const end = Math.max(...["。", "；", "\n", ". "].map((mark) => cut.lastIndexOf(mark)));
    return end < 0 ? "" : cut.slice(0, end + 1).trimEnd();
  };

  /**
   * What must be the same at apply as it was at preview.
   * @param {{root: Element, rows: Row[], controls: any[]}} seen @returns {string}
   */
  const structure = ({ root, rows, controls: found }) =>
    JSON.stringify([
      tagOf(root),
      actions(
        root,
        found.flatMap((control) => control.elements),
      ),
      found.map((control) => [
        control.key,
        control.options.map((/** @type {any} */ option) => option.value),
      ]),
      rows.map((row) => [row.name, row.control?.key]),
    ]);

  shared.kazhengMatch = Object.freeze({ meaning, structure, survey });
})();
