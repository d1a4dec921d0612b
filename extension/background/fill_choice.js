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

/** Tell an answer of the helper's, as that a draft cannot be filled, from none. */
const refused = (/** @type {any} */ error) => error?.more?.status >= 400 && error.more.status < 500;

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
 * form this page is, then the one that was filled here last, then the newest. Of many drafts those of
 * cases of the same host are looked at, open ones first. One that is `over`, filed or of a closed
 * case, goes along only where no other fits as well, or where it was filled last: it may have been
 * refused; where the page kept as its receipt had no number, it is not over yet. Of a case whose draft
 * the helper failed to give no older one comes forth.
 * @param {string} origin @param {string} page
 * @param {import("./fill_memory.js").Filled} [filled] what was filled last
 * @param {string} [wanted] id of the draft that was chosen
 * @returns {Promise<any[]>}
 */
export async function fittingPlans(origin, page, filled, wanted) {
  const answer = await ask("GET", "/v1/cases");
  const host = new URL(origin).hostname;
  const open = (/** @type {any} */ one) => Number(!one.closed_at);
  const cases = [...(answer.cases ?? answer)].sort((a, b) => open(b) - open(a));
  const caseOf = new Map(cases.flatMap((one) => one.drafts.map((/** @type {string} */ id) => [id, one])));
  const first = [
    ...byTurns(cases.filter((one) => hostOf(one) === host)),
    ...byTurns(cases.filter((one) => hostOf(one) !== host)),
  ].slice(0, DRAFTS_LOOKED_AT);
  const named = [filled?.draft_id, wanted].filter((id) => id && caseOf.has(id));
  const looked = [...new Set([...first, ...named])];
  /** @type {unknown[]} */
  const failures = [];
  const failed = new Set();
  const plans = await Promise.all(looked.map((id) => fetchPlan(/** @type {string} */ (id)).catch((error) => ({ error }))));
  const told = plans.map((plan, index) => {
    const one = caseOf.get(looked[index]);
    if (plan.error && !refused(plan.error)) {
      failures.push(plan.error);
      failed.add(one);
    }
    return plan.error || failed.has(one) ? null : standing(plan, one, again(plan, filled, page));
  });
  // Of one case the newer drafts come first.
  const line = (/** @type {any} */ { case_id, channel, document, issue }) =>
    JSON.stringify([case_id, channel, document, issue]);
  const lines = told.map((plan) => plan && line(plan));
  const own = (/** @type {any} */ { form }) => Number(form === page);
  const fitting = told
    .filter((plan, index) => plan?.origins.includes(origin) && lines.indexOf(lines[index]) === index)
    .sort(
      (a, b) =>
        own(b) - own(a) ||
        Number(a.over) - Number(b.over) ||
        Number(b.again) - Number(a.again) ||
        Date.parse(b.created_at) - Date.parse(a.created_at) ||
        0,
    );
  if (!fitting.length && failures.length) throw failures[0];
  const best = Math.max(...fitting.filter((plan) => !plan.over).map(own));
  return fitting.filter(
    (plan) => !plan.over || plan.draft_id === filled?.draft_id || own(plan) > best,
  );
}

/**
 * Tell whether a draft was filled into just this page last.
 * @param {any} plan @param {import("./fill_memory.js").Filled | undefined} filled @param {string} page
 */
const again = ({ draft_id }, filled, page) =>
  draft_id === filled?.draft_id && filled?.url.split("#")[0] === page;

/**
 * A plan with how often its draft was filed, and whether it is over.
 * @param {any} plan @param {any} one its case @param {boolean} same it was filled into this page last
 */
function standing(plan, one, same) {
  const own = one.filings.filter((/** @type {any} */ { draft_id }) => draft_id === plan.draft_id);
  const sure = own.some((/** @type {any} */ { number }) => number || !same);
  return { ...plan, filed: own.length, over: Boolean(one.closed_at) || sure, again: same };
}

/** @param {any} one @returns {string} */
const hostOf = (one) => (one.host ?? "").replace(/:\d+$/, "");
