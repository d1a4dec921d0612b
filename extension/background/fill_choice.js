/**
 * Which draft is filled into a page: those that may be on its site, the best first, and the one that
 * the person chose among them.
 */
import { ask } from "./helper.js";

const DRAFTS_LOOKED_AT = 12;

/** @param {string} draftId @returns {Promise<any>} */
export async function fetchPlan(draftId) {
  return ask("GET", `/v1/drafts/${encodeURIComponent(draftId)}/fill`);
}

/**
 * A draft that cannot be filled is passed over. That the helper failed is said: else an older
 * version would come forth in place of the one it gave no answer about.
 * @param {any} error @returns {null}
 */
function passOver(error) {
  const status = error?.more?.status ?? 0;
  if (status < 400 || status >= 500) throw error;
  return null;
}

/**
 * The newest draft of each case, then the second newest of each: many versions of one hide no other.
 * @param {any[]} cases @returns {string[]}
 */
function byTurns(cases) {
  const lists = cases.map(({ drafts }) => [...drafts].reverse());
  const turns = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: turns }, (_, turn) => lists.flatMap((list) => list[turn] ?? [])).flat();
}

/**
 * The person's choice holds for the steps of its form: no more once it was filed since, nor where
 * the page is the form of another draft.
 * @param {import("./fill_memory.js").Choice | undefined} chosen @param {any[]} fitting
 * @param {string} page
 */
export function holding(chosen, fitting, page) {
  const mine = fitting.find((one) => one.draft_id === chosen?.draft_id);
  if (!chosen || !mine || mine.filed > chosen.filed) return undefined;
  const own = chosen.page === page || mine.form === page;
  return own || fitting.every(({ form }) => form !== page) ? chosen : undefined;
}

/**
 * Drafts that may be filled on this origin, the newest version of each, the best first: those whose
 * form this page is, then the one filled last, then the newest; of many drafts those of cases of the
 * same host are looked at. One that is `over`, filed or of a closed case, goes along only where no
 * other fits as well, or where it was filled last: it may have been refused. It is not over yet where
 * the page kept as its receipt had no number.
 * @param {string} origin @param {string} page @param {string} [last] id of the draft filled last
 * @returns {Promise<any[]>}
 */
export async function fittingPlans(origin, page, last) {
  const answer = await ask("GET", "/v1/cases");
  const host = new URL(origin).hostname;
  const open = (/** @type {any} */ one) => Number(!one.closed_at);
  const cases = [...(answer.cases ?? answer)].sort((a, b) => open(b) - open(a));
  const drafts = [
    ...byTurns(cases.filter((one) => hostOf(one) === host)),
    ...byTurns(cases.filter((one) => hostOf(one) !== host)),
  ].slice(0, DRAFTS_LOOKED_AT);
  const plans = await Promise.all(drafts.map((draft) => fetchPlan(draft).catch(passOver)));
  const closed = new Set(cases.flatMap((one) => (one.closed_at ? one.drafts : [])));
  const filings = cases.flatMap((one) => one.filings);
  const told = (/** @type {any} */ plan) => {
    const own = filings.filter(({ draft_id }) => draft_id === plan.draft_id);
    const over = closed.has(plan.draft_id) || own.some(({ number }) => number || plan.draft_id !== last);
    return { ...plan, filed: own.length, over };
  };
  // Of one case the newer drafts come first.
  const line = (/** @type {any} */ { case_id, channel, document, issue }) =>
    JSON.stringify([case_id, channel, document, issue]);
  const lines = plans.map((plan) => plan && line(plan));
  const own = (/** @type {any} */ { form }) => Number(form === page);
  const fitting = plans
    .filter((plan, index) => plan?.origins.includes(origin) && lines.indexOf(lines[index]) === index)
    .map(told)
    .sort(
      (a, b) =>
        own(b) - own(a) ||
        Number(a.over) - Number(b.over) ||
        Number(b.draft_id === last) - Number(a.draft_id === last) ||
        Date.parse(b.created_at) - Date.parse(a.created_at) ||
        0,
    );
  const best = Math.max(...fitting.filter((plan) => !plan.over).map(own));
  return fitting.filter((plan) => !plan.over || plan.draft_id === last || own(plan) > best);
}

/** @param {any} one @returns {string} */
const hostOf = (one) => (one.host ?? "").replace(/:\d+$/, "");
