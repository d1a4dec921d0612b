/** Messages about a case and its drafts; each is one request to the helper. See routes.js. */

import { Refusal } from "./api.js";
import { countDue } from "./due.js";
import { ask, bytes } from "./helper.js";

/** @type {Record<string, {trust: "page", run: (message: any) => Promise<object>}>} */
export const caseRoutes = {
  case: page(({ case_id }) => ask("GET", oneCase(case_id))),
  advice: page(async ({ case_id, issue }) => ({
    advice: await ask("GET", `${oneCase(case_id)}/advice${asked(issue)}`),
  })),
  reply: page(async ({ case_id, move, issue }) => ({
    reply: await ask("GET", `${oneCase(case_id)}/replies/${segment(move)}${asked(issue)}`),
  })),
  due: page(() => ask("GET", "/v1/due")),
  console: page(entrance),
  timeline: page(({ case_id }) => ask("GET", `${oneCase(case_id)}/timeline`)),
  correct: change(({ case_id, field, value }) =>
    ask("POST", `${oneCase(case_id)}/corrections`, { field, value }),
  ),
  tell: change(({ case_id, what }) => ask("POST", `${oneCase(case_id)}/entries`, { what })),
  undo: change(({ case_id, entry_id }) =>
    ask("POST", `${oneCase(case_id)}/entries/${segment(entry_id)}/undo`),
  ),
  file: change(({ case_id, channel, number, draft_id, at }) =>
    ask("POST", `${oneCase(case_id)}/filings`, { channel, number, draft_id, at }),
  ),
  draft: page(async ({ case_id, channel, document, issue, demand, answers }) => ({
    draft: await ask("POST", `${oneCase(case_id)}/drafts`, {
      channel,
      document: document ?? null,
      issue: issue ?? null,
      demand: demand ?? null,
      answers: answers ?? {},
    }),
  })),
  "draft-show": page(async ({ draft_id }) => ({ draft: await ask("GET", oneDraft(draft_id)) })),
  edit: page(async ({ draft_id, key, text }) => ({
    draft: await ask("PUT", `${oneDraft(draft_id)}/edits`, { key, text }),
  })),
  packet: page(async ({ draft_id }) => ({
    packet: await ask("GET", `${oneDraft(draft_id)}/packet`),
  })),
  qr: page(async ({ draft_id, block, part }) => ({
    url: picture(await bytes(`${oneDraft(draft_id)}/qr/${segment(block)}/${segment(String(part))}`)),
  })),
};

/** An address that opens the console once, at a case if one is named. @param {{case_id?: string}} message */
async function entrance({ case_id }) {
  const answer = await ask("POST", "/v1/console").catch((error) => {
    // A helper that answers, but not to this, is older than the console.
    throw error.more?.status === 404 ? new Refusal("helper_version") : error;
  });
  const url = new URL(answer.url);
  if (case_id) url.searchParams.set("to", `/cases/${segment(case_id)}`);
  return { url: url.href };
}

/** @param {(message: any) => Promise<object>} run @returns {{trust: "page", run: (message: any) => Promise<object>}} */
function page(run) {
  return { trust: "page", run: async (message) => run(message) };
}

/** What changes a case may change what is due. @param {(message: any) => Promise<object>} run */
function change(run) {
  return page(async (message) => {
    const answer = await run(message);
    void countDue();
    return answer;
  });
}

const oneCase = (/** @type {unknown} */ id) => `/v1/cases/${segment(id)}`;
const oneDraft = (/** @type {unknown} */ id) => `/v1/drafts/${segment(id)}`;
const asked = (/** @type {unknown} */ issue) => (issue ? `?issue=${segment(issue)}` : "");

/** @param {unknown} id @returns {string} a part of an address */
function segment(id) {
  if (typeof id !== "string" || !/^[\w.-]{1,100}$/.test(id)) throw new Refusal("invalid");
  return encodeURIComponent(id);
}

/** Messages carry no bytes. @param {ArrayBuffer} png @returns {string} */
function picture(png) {
  const text = Array.from(new Uint8Array(png), (one) => String.fromCharCode(one)).join("");
  return `data:image/png;base64,${btoa(text)}`;
}
