/**
 * How surely a control is the one for a value of the draft, by the words at it. Classic script,
 * injected before match.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengScore) return;
  const { attribute } = shared.kazhengForm;

  /** Texts of sentences; anything else is whole or it is wrong. */
  const IN_SENTENCES = new Set(["description", "evidence", "demand"]);
  const ASIDE = /\s*[（(【[]([^）)】\]]*)[)）】\]]\s*/g;
  const NUMBER = /^(\d{1,2}|[一二三四五六七八九十]{1,2})[.、．)）]\s*|^[①-⑳]\s*/;
  /** Letters of one word that are set apart to fill the column: 金　额. */
  const SPREAD = /(?<=^|\s)([\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff](\s|$))/g;
  const CLAUSE = /[/／|、，,;；:：?？!！。]|(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])|或者?/;
  const LEAD =
    /^请您?(选择|填写|输入|详细|如实|描述)*(您|你)?的?|^(选择|填写|输入)(您的|你的)?|please (enter|select|describe)( your| the)?/gi;
  /** Words round the name of a field that do not make it another field. */
  const FILLER =
    /[您你我]的?|本人|[请所该的]|填写|输入|选择|具体|详细|相关|本次|此次|信息|必填|选填|编号|元|\b(your|my|the|of|optional|required)\b|[^\p{L}]/giu;

  /** @param {string} text @returns {{plain: string, said: string}[]} what each part of a label names */
  const clauses = (text) => {
    const aside = [...text.matchAll(ASIDE)].map(([, inner]) => inner).join(" ");
    return text
      .replace(ASIDE, " ")
      .trim()
      .replace(NUMBER, "")
      .replace(SPREAD, "$1")
      .split(CLAUSE)
      .map((part) => ({ plain: part.replace(LEAD, "").trim(), said: `${part} ${aside}` }))
      .filter(({ plain }) => plain);
  };

  /**
   * A word more makes another field of a short value (运费金额, 店铺网址, 证人电话): that is no more
   * than a guess. A box for sentences and a list of choices are told by what goes into them.
   * @param {string} plain @param {string} hit @param {boolean} strict @returns {number}
   */
  const share = (plain, hit, strict) => {
    if (hit.length >= plain.length) return 1;
    const part = hit.length / plain.length;
    if (!plain.replace(hit, "").replace(FILLER, "")) return 0.85;
    return strict ? 0.3 + 0.2 * part : 0.5 + 0.45 * part;
  };

  /** @param {any} control @param {any} words @param {string} value @param {string} name @returns {number} */
  const score = (control, words, value, name) => {
    const kind = kindFor(control, words);
    if (!kind || !belongs(control, words, value)) return 0;
    if (words.heading_not && new RegExp(words.heading_not, "i").test(control.heading)) return 0;
    if (words.unit_not && new RegExp(words.unit_not, "i").test(control.unit)) return 0;
    const roomy = kind === "textarea" && IN_SENTENCES.has(name);
    const strict = !roomy && !["select", "file"].includes(words.kinds[0]);
    const [label, refused] = [words.label, words.not].map((one) => one && new RegExp(one, "i"));
    let most = 0;
    let doubted = false;
    for (const { text, weight } of control.texts)
      for (const [index, { plain, said }] of clauses(text).entries()) {
        if (refused?.test(said)) {
          // A refused label is about something else, whatever a weaker text says.
          if (weight >= 0.95 && index === 0) return 0;
          doubted = true;
          continue;
        }
        const hit = label.exec(plain)?.[0];
        if (!hit) continue;
        most = Math.max(most, weight * share(plain, hit, strict) * (index ? 0.8 : 1));
      }
    if (words.under && new RegExp(words.under[0], "i").test(control.heading)) {
      const plain = clauses(control.label)[0]?.plain ?? "";
      if (new RegExp(`^(${words.under[1]})$`, "i").test(plain)) most = Math.max(most, 0.9);
    }
    const called = `${control.name} ${attribute(control.elements[0], "id")}`;
    if (new RegExp(words.name, "i").test(called) && !doubted)
      most = most ? Math.min(1, most + 0.1) : unlabelled(control);
    // The first kind is where the value belongs; a one-line box for a long text is a worse guess.
    return most * (words.kinds[0] === kind ? 1 : 0.9) * 0.98;
  };

  /** A name alone tells something only where nothing is written at the control. */
  const unlabelled = (/** @type {any} */ control) => (control.texts.length ? 0.4 : 0.64);

  /** @param {any} control @param {any} words @returns {string | null} the kind it would be used as */
  const kindFor = (control, words) => {
    if (control.kind === "wheel")
      return (
        words.kinds.find((/** @type {string} */ kind) => kind === "select" || kind === "date") ??
        null
      );
    return words.kinds.includes(control.kind) ? control.kind : null;
  };

  /** A telephone number is no e-mail address, whatever a label of ways to reach somebody allows. */
  const belongs = (
    /** @type {any} */ control,
    /** @type {any} */ words,
    /** @type {string} */ value,
  ) => {
    if (!words.shapes) return true;
    const { name, elements, texts } = control;
    const type = /** @type {any} */ (elements[0]).type;
    const said = [...texts.map((/** @type {any} */ one) => one.text), name].join(" ");
    const asked = Object.keys(words.shapes).filter((key) =>
      type === "email" ? key === "email" : new RegExp(words.shapes[key][0], "i").test(said),
    );
    return (
      asked.length === 0 || asked.some((key) => new RegExp(words.shapes[key][1], "i").test(value))
    );
  };

  shared.kazhengScore = Object.freeze({ IN_SENTENCES, score });
})();
