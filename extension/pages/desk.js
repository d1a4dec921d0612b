/** The case on this page: what the helper said last, and what happens when something changed. */
import { send } from "./talk.js";

/**
 * `advice` is null where the helper could not give any; `trouble` then says why. `form` is the
 * address of the shop's complaint form, if it is known; `issue` what the user chose, else null.
 */
export class Desk {
  /** @param {string} caseId @param {string | null} form */
  constructor(caseId, form) {
    this.caseId = caseId;
    this.form = form;
    /** @type {string | null} */
    this.issue = null;
    /** @type {any} */
    this.one = null;
    /** @type {any} */
    this.suggestion = null;
    /** @type {any} */
    this.advice = null;
    /** The draft that is shown. @type {any} */
    this.draft = null;
    /** @type {unknown} */
    this.trouble = null;
    /** @type {(desk: Desk) => void} */
    this.shown = () => {};
    /** The counter-move that a reply is shown to, empty for none. */
    this.move = "";
    /** What the person chose to write; empty follows the advice. */
    this.chosen = { channel: "", document: "", demand: "" };
    this.asked = 0;
    /** Settles when all that was told is kept. @type {Promise<unknown>} */
    this.told = Promise.resolve();
  }

  /**
   * Tell the helper something and show the case after it. One after another, so that what is told
   * builds on what was told before.
   * @param {() => Record<string, any>} what made when its turn has come @returns {Promise<any>}
   */
  tell(what) {
    const telling = this.told.then(async () => {
      const answer = await this.ask("tell", { what: what() });
      this.one = answer.case;
      return answer;
    });
    this.told = telling.catch(() => null);
    return telling;
  }

  /**
   * Ask anew and show it. A later question overtakes an earlier one.
   * @param {any} [told] the case as the helper's last answer has it; asked for otherwise
   */
  async refresh(told) {
    this.asked += 1;
    const turn = this.asked;
    const [answer, advised] = await Promise.all([
      told?.case ? told : send("case", { case_id: this.caseId }),
      this.ask("advice").then(
        ({ advice }) => ({ advice, trouble: null }),
        (trouble) => ({ advice: null, trouble }),
      ),
    ]);
    if (turn !== this.asked) return;
    this.one = answer.case;
    this.suggestion = answer.suggestion;
    Object.assign(this, advised);
    this.shown(this);
  }

  /**
   * Send a message about this case and its issue.
   * @param {string} type @param {Record<string, any>} [more] @returns {Promise<any>}
   */
  ask(type, more = {}) {
    return send(type, { case_id: this.caseId, issue: this.issue, ...more });
  }

  /** @returns {any} the kind of dispute that is shown, with its questions and demands */
  get kind() {
    const key = this.issue ?? this.advice?.issue ?? this.suggestion.issue;
    const all = this.suggestion.choices;
    return all.find((/** @type {any} */ one) => one.key === key) ?? all[0];
  }

  /** @returns {Record<string, any>} what the user answered so far, the latest answer last */
  get answers() {
    const told = (this.one.entries ?? []).filter(
      (/** @type {any} */ one) => one.what.kind === "answers",
    );
    return Object.assign({}, ...told.map((/** @type {any} */ one) => one.what.answers));
  }
}
