/** Builds elements; text goes in as text, never as HTML. */

/**
 * @param {string} tag with classes: `div.card.small`
 * @param {Record<string, any> | null} [attributes] `onclick` and the like are listeners, true is an empty attribute
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = null, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked") /** @type {any} */ (node)[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(
    ...children.filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

/** @param {string} id @returns {any} the element with this id; pages and code ship together */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element #${id}`);
  return node;
}

/** Replace what stands in a place, and show the place only if something does. */
export function put(
  /** @type {HTMLElement} */ place,
  /** @type {(Node | string | null | undefined | false)[]} */ ...children
) {
  const kept = children.filter((child) => child !== null && child !== undefined && child !== false);
  place.replaceChildren(.../** @type {(Node | string)[]} */ (kept));
  place.hidden = kept.length === 0;
}

/** Run a click's work with the button disabled meanwhile. */
export async function busy(
  /** @type {HTMLButtonElement} */ button,
  /** @type {() => Promise<void>} */ work,
) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/**
 * Replace what stands in a place. Folds that the person opened stay open; the focus stays, and what
 * is being typed there.
 * @param {HTMLElement} place @param {...(Node | string | null | undefined | false)} children
 */
export function repaint(place, ...children) {
  const open = new Set(
    [...place.querySelectorAll("details[data-fold][open]")].map(
      (one) => /** @type {HTMLElement} */ (one).dataset.fold,
    ),
  );
  const active = /** @type {any} */ (document.activeElement);
  const focused = active && place.contains(active) ? active.id : "";
  put(place, ...children);
  for (const one of place.querySelectorAll("details[data-fold]")) {
    const details = /** @type {HTMLDetailsElement} */ (one);
    if (open.has(details.dataset.fold)) details.open = true;
  }
  const again = /** @type {any} */ (focused && document.getElementById(focused));
  if (!again) return;
  if (again.tagName === "TEXTAREA") again.value = active.value;
  again.focus();
}

/**
 * Something that is there when it is wanted.
 * @param {string} key unique in its place @param {string | Node} summary
 * @param {...(Node | string | null | undefined | false)} children
 */
export function fold(key, summary, ...children) {
  return h(
    "details.fold.small",
    { "data-fold": key },
    h("summary", null, summary),
    h("div.stack", null, ...children),
  );
}

/** Open a part of the panel and bring it into sight. @param {string} id of its details */
export function openPart(id) {
  const part = byId(id);
  part.open = true;
  part.scrollIntoView({ block: "start" });
  return part;
}

/** A list of sentences, nothing where there are none. @param {string[]} sentences */
export function sentenceList(sentences) {
  return sentences.length > 0 && h("ul.dots", null, ...sentences.map((one) => h("li", null, one)));
}
