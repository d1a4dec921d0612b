/**
 * Boxes beside a complaint form that look like a part of it: to sign in, to search, to subscribe. An
 * order or telephone number typed there would go astray. Classic script, injected before match.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengAsides) return;
  const { attribute, deep, formOf, parentOf, tagOf, tidy } = shared.kazhengForm;

  const BUTTONS = "button, [type='submit'], [type='button'], [role='button']";
  const ASIDE =
    /^(搜|查询|查单|查找|登录|登陆|登入|注册|订阅|search|find|look ?up|log ?in|sign ?(in|up)|subscribe)/i;
  /** What tells a place to complain in: room for words or for proof. */
  const ROOMY = new Set(["textarea", "file"]);
  const SMALL = 3;

  /** The form around a control; without one, the smallest wrapper that has a button. */
  const placeOf = (/** @type {Element} */ element) => {
    const form = formOf(element);
    if (form) return form;
    let node = parentOf(element);
    while (node && tagOf(node) !== "body" && !deep(node, BUTTONS).length) node = parentOf(node);
    return node;
  };

  const named = (/** @type {Element} */ button) =>
    tidy(button.textContent || attribute(button, "value")).replace(/\s/g, "");

  /** @param {Element} place @param {any[]} held @param {boolean} roomy whether another place is */
  const isAside = (place, held, roomy) => {
    if (tagOf(place) === "body" || held.some(({ kind }) => ROOMY.has(kind))) return false;
    for (let node = place; node; node = parentOf(node))
      if (tagOf(node) === "nav" || attribute(node, "role") === "search") return true;
    if (held.length > SMALL || held.some(({ kind }) => kind === "select")) return false;
    const buttons = deep(place, BUTTONS);
    return (
      deep(place, "input[type='password']").length > 0 ||
      buttons.some((/** @type {Element} */ one) => ASIDE.test(named(one))) ||
      (roomy && held.length === 1 && buttons.length > 0 && tagOf(place) === "form")
    );
  };

  /** @param {any[]} every @returns {any[]} the controls that are not in such a box */
  const mainOf = (every) => {
    /** @type {Map<Element | null, any[]>} */
    const places = new Map();
    for (const control of every) {
      const place = placeOf(control.elements[0]);
      places.set(place, [...(places.get(place) ?? []), control]);
    }
    const roomy = every.some(({ kind }) => ROOMY.has(kind));
    return [...places].flatMap(([place, held]) =>
      place && isAside(place, held, roomy) ? [] : held,
    );
  };

  shared.kazhengAsides = Object.freeze({ mainOf });
})();
