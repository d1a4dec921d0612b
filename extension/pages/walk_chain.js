/** Pages that were kept as the person walked, as the case has them: one numbered chain each walk. */
import { fold, h } from "./dom.js";
import { named, t, when } from "./i18n.js";

/** @param {any[]} captures of a case @returns {Node[]} */
export function walkChains(captures) {
  /** @type {Map<string, any[]>} */
  const chains = new Map();
  for (const view of captures) {
    const { session } = view.meta.walk ?? {};
    if (session) chains.set(session, [...(chains.get(session) ?? []), view]);
  }
  return [...chains].map(([session, pages]) =>
    fold(
      `walk-${session}`,
      t("walk_chain", pages.length),
      h("ol.walk", { "data-walk": session }, ...pages.sort(inOrder).map(row)),
    ),
  );
}

/** @param {any} one @param {any} other @returns {number} */
const inOrder = (one, other) => one.meta.walk.step - other.meta.walk.step;

/** @param {any} view */
function row({ meta, missing, order, artifacts }) {
  const told = missing.find((/** @type {any} */ one) => one.role === "seen/html");
  const seen = artifacts.some(
    (/** @type {any} */ one) => one.role.startsWith("seen/") && one.role !== "seen/context",
  );
  return h(
    "li",
    { value: meta.walk.step },
    h("span.clamp", { title: meta.url }, meta.title || meta.url),
    h(
      "span.soft",
      null,
      `${when(meta.clicked_at)} `,
      seen
        ? order && h("span.chip.brand", null, t("walk_order"))
        : h("span.chip.warn", null, t("walk_lacks", told ? named("missing_reason", told.reason) : "")),
    ),
  );
}
