/** Messages to the background, and what its errors mean in words. */
import { api, Refusal } from "../background/api.js";
import { has, t } from "./i18n.js";

/** An error the background or the helper reported. */
export class Explained extends Error {
  /** @param {import("../background/api.js").Explained} error */
  constructor(error) {
    super(error.code);
    this.code = error.code;
    this.frame = error.frame;
    const values = error.values ?? [error.code];
    // The helper's own sentence knows more (which limit, which reason) than the catalogue's.
    const known = has(`error_${error.code}`) ? `error_${error.code}` : "error_internal";
    /** @type {string} */
    this.sentence = error.message || t(known, ...values);
    /** @type {string} */
    this.next = error.next_step || t(`${known}_next`, ...values);
  }
}

/**
 * Send a message of the table in background/routes.js.
 * @param {string} type @param {Record<string, any>} [payload]
 * @returns {Promise<any>} its answer; rejects with Explained
 */
export function send(type, payload = {}) {
  return answerOf(api.runtime.sendMessage({ type, ...payload }));
}

/** @param {Promise<any>} sent a message under way @returns {Promise<any>} as `send` */
export async function answerOf(sent) {
  const answer = await sent.catch(() => null);
  if (!answer?.ok) throw new Explained(answer?.error ?? { code: "background_gone" });
  return answer;
}

/** @param {unknown} error @returns {Explained} */
export function explained(error) {
  if (error instanceof Explained) return error;
  if (error instanceof Refusal) return new Explained(error.explained());
  return new Explained({ code: "internal", message: t("error_internal", String(error)) });
}
