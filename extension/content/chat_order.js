/**
 * Puts what is seen of a chat, screen by screen, into one order without losing or doubling a row.
 * Elements may be used again for other rows, and the same words may stand twice: which rows are the
 * same is told by what surrounds them and by where they lie. Injected on the click.
 */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.kazhengChatOrder) return;

  /** Share of the rows at the seam that must be alike. */
  const ALIKE = 0.6;
  /** Pixels by which a row may lie elsewhere and still lie in its place. */
  const SAME_PLACE = 4;
  /** Numbers left free for what lies between two stretches that do not touch. */
  const APART = 1_000_000;
  /** Rows that must be alike where they do not lie in their places. */
  const FEWEST = 3;
  const MOST_CHANGES = 200;

  /**
   * @typedef {{element: any, key: string, words: string, y: number, waits: boolean,
   *   pending: boolean}} Seen
   *   `y`: pixels from the beginning of the list, `waits`: a picture of it is still to come,
   *   `pending`: nothing of it is there yet but its place
   * @typedef {Seen & {n: number}} Row
   * @typedef {{n: number, row: Seen | null}} Entry a row that is new or told anew; null: a gap
   */

  /** @param {Seen} before @param {Seen} now @returns {boolean} the same row, of which more is there */
  const grew = (before, now) =>
    before.pending ||
    (before.words !== "" && now.words !== before.words && now.words.startsWith(before.words));

  /** @param {Seen} one @param {Seen} other @returns {boolean} they say the same */
  const alike = (one, other) =>
    one.words === other.words && (one.words !== "" || one.key === other.key);

  /** @param {number[]} values @returns {number} */
  const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

  /** A new order of rows. */
  const create = () => {
    /** @type {Row[]} */
    let rows = [];
    /** The places in `rows` of the last screen. */
    let [from, to] = [0, -1];
    let recycles = false;
    let gaps = 0;
    /** @type {Map<any, Row>} */
    let byElement = new Map();
    /** What a row said later, where it said something else before. */
    /** @type {{n: number, was: string, is: string}[]} */
    const changed = [];

    /** @param {Seen} seen @param {number} n @returns {Row} */
    const row = (seen, n) => {
      const made = { ...seen, n };
      byElement.set(seen.element, made);
      return made;
    };

    /** @param {Seen[]} seen @param {number} at @returns {{same: number, off: number} | null} */
    const compare = (seen, at) => {
      let both = 0;
      const offs = [];
      for (let k = Math.max(0, -at); k < seen.length && at + k < rows.length; k += 1) {
        const known = rows[at + k];
        both += 1;
        if (alike(known, seen[k]) || grew(known, seen[k])) {
          offs.push(Math.abs(seen[k].y - known.y));
        }
      }
      if (!offs.length || offs.length < both * ALIKE) return null;
      return { same: offs.length, off: middle(offs) };
    };

    /** Elements tell it, as long as none was ever used for another row. */
    /** @param {Seen[]} seen @returns {number | null} */
    const byIdentity = (seen) => {
      const votes = new Set();
      for (const [k, one] of seen.entries()) {
        const known = byElement.get(one.element);
        if (!known || !alike(known, one)) continue;
        votes.add(rows.indexOf(known, Math.max(0, from - seen.length)) - k);
        if (votes.size > 1) return null;
      }
      const [at] = votes;
      return at !== undefined && compare(seen, at) ? at : null;
    };

    /** @param {Seen[]} seen @returns {number | null} where its first row is in `rows`; null: unclear */
    const place = (seen) => {
      recycles ||= seen.some((one) => {
        const known = byElement.get(one.element);
        return known !== undefined && !alike(known, one) && !grew(known, one);
      });
      const told = recycles ? null : byIdentity(seen);
      if (told !== null) return told;
      /** @type {{at: number, same: number, off: number}[]} */
      const found = [];
      for (let at = from - seen.length + 1; at <= to; at += 1) {
        const result = compare(seen, at);
        if (result) found.push({ at, ...result });
      }
      const still = found.filter(({ off }) => off <= SAME_PLACE);
      const enough = Math.min(FEWEST, seen.length, rows.length);
      const likely = still.length ? still : found.filter(({ same }) => same >= enough);
      likely.sort((a, b) => b.same - a.same || a.off - b.off);
      const [best, second] = likely;
      if (!best || (second && second.same === best.same && second.off === best.off)) return null;
      return best.at;
    };

    /** @param {Row} known @param {Seen} now @returns {Entry | null} it again, if more of it is there */
    const renew = (known, now) => {
      const same = known.words === now.words;
      const more = grew(known, now) || (same && (known.key !== now.key || known.waits !== now.waits));
      if (!same && !grew(known, now) && changed.length < MOST_CHANGES) {
        changed.push({ n: known.n, was: known.words, is: now.words });
      }
      Object.assign(known, now);
      byElement.set(now.element, known);
      return more ? { n: known.n, row: now } : null;
    };

    /** @param {Seen[]} seen @param {number} n of the first of them @returns {Row[]} */
    const numbered = (seen, n) => seen.map((one, k) => row(one, n + k));

    /** @param {Row[]} list @returns {Entry[]} */
    const told = (list) => list.map((one) => ({ n: one.n, row: one }));

    /**
     * Take a screen in that touches what is known.
     *
     * @param {Seen[]} seen @returns {Entry[] | null} null where nobody can say where it belongs
     */
    const add = (seen) => {
      if (!seen.length) return [];
      const at = rows.length ? place(seen) : 0;
      if (at === null) return null;
      const [above, within] = [Math.max(0, -at), Math.max(0, at)];
      const both = Math.min(seen.length, rows.length - at);
      const again = seen
        .slice(above, both)
        .map((one, k) => renew(rows[within + k], one))
        .filter((entry) => entry !== null);
      const before = numbered(seen.slice(0, above), (rows[0]?.n ?? 0) - above);
      const after = numbered(seen.slice(both), (rows.at(-1)?.n ?? -1) + 1);
      rows = [...before, ...rows, ...after];
      [from, to] = [within, within + seen.length - 1];
      return [...told(before), ...again, ...told(after)];
    };

    /**
     * Take a screen in of which it is not known what lies between it and the last one.
     *
     * @param {Seen[]} seen @param {boolean} above it stands before the last one, not after it
     * @returns {Entry[]}
     */
    const leap = (seen, above) => {
      const first = rows[0]?.n ?? 0;
      const n = above ? first - APART : (rows.at(-1)?.n ?? 0) + 1;
      gaps += 1;
      byElement = new Map();
      rows = above ? numbered(seen, n) : [...rows, ...numbered(seen, n)];
      [from, to] = [rows.length - seen.length, rows.length - 1];
      const gap = { n: (above ? first : n) - 0.5, row: null };
      return [gap, ...told(rows.slice(from))];
    };

    /** @param {any} element @returns {number | undefined} */
    const numberOf = (element) => byElement.get(element)?.n;

    /** @param {Seen[]} seen @returns {boolean} they are the first rows of all */
    const begins = (seen) => seen.slice(0, 2).some((one, k) => rows[k] && alike(rows[k], one));

    return { add, begins, changed, gaps: () => gaps, leap, numberOf, size: () => rows.length };
  };

  scope.kazhengChatOrder = { create };
})();
