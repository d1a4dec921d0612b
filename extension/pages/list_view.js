/** All that was kept lately, by case; the way in without one. */
import { list } from "./clocks_view.js";
import { h, put } from "./dom.js";
import { t, when } from "./i18n.js";
import { notice } from "./notices.js";
import { send } from "./talk.js";

/** Why the helper was not asked, as it is said above, with the button that helps. */
const TOLD = new Set(["helper_unpaired", "helper_forbidden", "helper_stranger", "helper_version"]);

/** @param {HTMLElement} place */
export async function showCases(place) {
  const [{ captures, unasked }, { due, waiting = 0 }] = await Promise.all([
    send("recent"),
    send("due").catch(() => ({ due: [] })),
  ]);
  const cases = new Map();
  for (const one of captures) {
    const key = one.case_id ?? one.uuid;
    if (!cases.has(key)) cases.set(key, []);
    cases.get(key).push(one);
  }
  const of = (/** @type {string} */ key) => due.filter((/** @type {any} */ one) => one.case_id === key);
  // What closes soon may be in a case of which nothing was kept lately.
  const older = new Set(due.map((/** @type {any} */ one) => one.case_id));
  const cards = [
    ...[...older].filter((key) => !cases.has(key)).map((key) => dueCard(of(key))),
    ...[...cases].map(([key, all]) => card(all, of(key))),
  ];
  put(
    place,
    h("h1", null, t("my_cases")),
    unasked && !TOLD.has(unasked) && h("p.soft", { id: "list-here" }, t("list_here")),
    waiting > 0 && h("p.soft", { id: "due-waiting" }, t("due_waiting", waiting)),
    ...(cards.length || unasked ? cards : [notice("plain", t("no_cases"), t("no_cases_next"))]),
  );
}

/** @param {any[]} due what closes soon in one case */
function dueCard(due) {
  const [{ case_id, title }] = due;
  return h(
    "article.card",
    null,
    h("h2", null, h("a", { href: caseAddress(case_id) }, title || case_id)),
    list(due.map(({ clock }) => clock)),
  );
}

/** @param {string} id @returns {string} */
const caseAddress = (id) => `panel.html?case=${encodeURIComponent(id)}`;

/** @param {any[]} captures of one case @param {any[]} due what closes soon in it */
function card(captures, due) {
  const [newest] = captures;
  const title = newest.title || newest.url;
  return h(
    "article.card",
    null,
    h("h2", null, newest.case_id ? h("a", { href: caseAddress(newest.case_id) }, title) : title),
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
