/** The browser's extension API, and the one error class that messages carry to the pages. */

/** @type {typeof chrome} */
export const api = /** @type {any} */ (globalThis).browser ?? chrome;

/** @typedef {{code: string, message?: string, next_step?: string, reason?: string,
 *   status?: number, values?: string[], frame?: {origin: string, url: string}}} Explained
 * `values` go into the catalogue's sentences; `frame` is the one that must be allowed first */

/**
 * A failure that a person can be told. `code` is a key of the catalogues
 * (`error_<code>`, `error_<code>_next`) unless the helper sent message and next step itself.
 */
export class Refusal extends Error {
  /** @param {string} code @param {Partial<Explained>} [more] */
  constructor(code, more = {}) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.more = more;
  }

  /** @returns {Explained} what a message carries */
  explained() {
    return { ...this.more, code: this.code };
  }
}

/**
 * Give up on a promise after a time; the page behind it may be blocked by a dialog.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @param {string} code of the Refusal
 * @returns {Promise<T>}
 */
export async function within(promise, milliseconds, code) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(code)), milliseconds);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Make a queue: each work begins after all that were put in before it, also where they failed.
 *
 * @param {(error: unknown) => void} [failed] told of each failure, besides who asked for the work
 * @returns {<T>(work: () => Promise<T>) => Promise<T>}
 */
export function queue(failed = () => undefined) {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(failed);
    return result;
  };
}
