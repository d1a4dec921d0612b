/** All that was kept lately, by case; the way in without one. */
import { list } from "./clocks_view.js";
import { h, put } from "./dom.js";
import { t, when } from "./i18n.js";
import { notice } from "./notices.js";
import { send } from "./talk.js";

/** @param {HTMLElement} place */
export async function showCases(place) {
  const [{ captures }, { due }] = await Promise.all([
    send("recent"),
    send("due").catch(() => ({ due: [] })),
  ]);
  const cases = new Map();
  for (const one of captures) {
    const key = one.case_id ?? one.uuid;
    if (!cases.has(key)) cases.set(key, []);
    cases.get(key).push(one);
  }
  const cards = [...cases].map(([key, all]) =>
    card(
      all,
      due.filter((/** @type {any} */ one) => one.case_id === key),
    ),
  );
  put(
    place,
    h("h1", null, t("my_cases")),
    ...(cards.length ? cards : [notice("plain", t("no_cases"), t("no_cases_next"))]),
  );
}

/** @param {any[]} captures of one case @param {any[]} due what closes soon in it */
function card(captures, due) {
  const [newest] = captures;
  const title = newest.title || newest.url;
  const address = `panel.html?case=${encodeURIComponent(newest.case_id)}`;
  return h(
    "article.card",
    null,
    h("h2", null, newest.case_id ? h("a", { href: address }, title) : title),
    h(
      "p.small.soft",
      null,
      [
        newest.order_no && `${t("order_no")} ${newest.order_no}`,
        when(newest.at),
        t("captures_count", captures.length),
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    due.length > 0 && list(due.map(({ clock }) => clock)),
    !newest.case_id && h("p.small", null, h("span.chip.warn", null, t(`phase_${newest.phase}`))),
  );
}
