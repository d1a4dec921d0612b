/** What may be asked for in money, how it is reckoned, and what may not be asked for and why. */
import { fold, h } from "./dom.js";
import { money, t } from "./i18n.js";
import { goToQuestion } from "./questions_view.js";
import { lawName } from "./proof_view.js";

/** @param {any[]} claims @param {string} total */
export function sumsView(claims, total) {
  const allowed = claims.filter((one) => one.allowed);
  const others = claims.filter((one) => !one.allowed);
  const currency = claims[0]?.currency;
  return h(
    "div.stack",
    { id: "sums" },
    ...allowed.map(sum),
    h(
      "p.row.between.total",
      null,
      h("strong", null, t("sums_total")),
      h("strong", { id: "sums-total" }, money(total, currency)),
    ),
    others.length > 0 &&
      fold(
        "sums-others",
        t("sums_others", others.length),
        ...others.map(sum),
        h("button", { type: "button", onclick: () => goToQuestion("penalty_rate") }, t("ask_for_more")),
      ),
  );
}

/** @param {any} one */
function sum(one) {
  return h(
    "div",
    { "data-claim": one.key },
    h(
      "div.row.between",
      null,
      h("span", null, one.name),
      h("span", null, one.amount === null ? t("sum_unknown") : money(one.amount, one.currency)),
    ),
    one.warning && h("p.small", null, one.warning),
    fold(
      `claim-${one.key}`,
      t("sum_how"),
      one.formula && h("p.mono", null, one.formula),
      one.source && h("p", null, one.source),
      h("p", null, one.condition),
      one.exhibits.length > 0 && h("p", null, one.exhibits.map((/** @type {number} */ n) => t("exhibit", n)).join(t("comma"))),
      one.law.length > 0 && h("p.soft", null, one.law.map(lawName).join(t("comma"))),
    ),
  );
}
