/**
 * Walks through a chat from its beginning to its end and tells every row once. Scrolls only the
 * list (and the window, where the list is out of sight); every change is logged and undone. It
 * clicks on nothing. If the worker dies in between, the page puts itself back. Injected on the click
 * into the isolated world, after natives, text, fields, strips, chat_list, chat_rows, chat_order.
 */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.kazhengChat) return;

  const ABANDONED_MILLISECONDS = 10_000;
  const FRAME_MILLISECONDS = 100;
  const MOST_FRAMES = 20;
  const BLANK_FRAMES = 12;
  const BATCH_MILLISECONDS = 900;
  /** How long a list may take to show more when its end or beginning is reached. */
  const MORE_MILLISECONDS = 1_200;
  const BUSY_MILLISECONDS = 8_000;
  const PICTURES_MILLISECONDS = 500;
  const PENDING_MILLISECONDS = 3_000;
  const PENDING_IN_ALL = 20_000;
  const PENDING = /^(加载中|正在加载|载入中|loading)?[\s.…。]*$/i;
  const STEP = 0.6;
  const TRIES = 3;
  const MOST_GAPS = 5;
  const MOST_STALE = 3;
  const LONGEST = 200;
  const BUSY = /加载中|正在加载|载入中|loading/i;
  const BUTTON = /(加载|查看|点击|显示).{0,6}(更多|历史|更早|以前)|(load|show|view) (more|earlier|history)/i;

  const {
    attribute,
    clientHeightOf,
    connected,
    rectangle,
    rootOf,
    scrollElement,
    scrollHeightOf,
    scrollTopOf,
    titleOf,
  } = scope.kazhengNatives;
  const { containerOf, find, rows: rowsIn, wordsOf } = scope.kazhengChatList;
  const { html, keyOf, setting, takePictures, waits } = scope.kazhengChatRows;
  const { create } = scope.kazhengChatOrder;
  const { change, describe } = scope.kazhengStrips;

  /** @typedef {{n: number, html: string | null}} Told `html` null: a gap */

  /** @type {any} the list, while one is walked through */
  let list = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watchdog;

  const top = () => scrollTopOf(list.scroller);
  const height = () => clientHeightOf(list.scroller);
  /** @param {number} to */
  const scroll = (to) => {
    list.moves += 1;
    scrollElement(list.scroller, { top: to, behavior: "instant" });
  };
  const now = () => performance.now();
  /** @param {number} milliseconds */
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  const touch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(finish, ABANDONED_MILLISECONDS);
  };

  /** Wait for a frame; hidden tabs paint none. */
  const frame = () =>
    new Promise((done) => {
      setTimeout(done, FRAME_MILLISECONDS);
      requestAnimationFrame(() => done(undefined));
    });

  /** @returns {{top: number, bottom: number}} what of the list is in sight, in its own pixels */
  const view = () => {
    if (list.scroller === rootOf(list.page)) return { top: 0, bottom: height() };
    const edge = rectangle(list.scroller).top;
    return { top: edge, bottom: edge + height() };
  };

  /** @param {any} element */
  const unstick = (element) => {
    change(element, "position", "relative", list.moves);
    change(element, "inset", "auto", list.moves);
  };

  /** @param {number} [near] screens around the view @returns rows with words or pictures, in order */
  const look = (near = 1) => {
    if (!connected(list.container)) list.container = containerOf(list.scroller, list.page);
    const { top: edge, bottom } = view();
    const room = near * height();
    const offset = top() - edge;
    const found = [];
    for (const row of rowsIn(list.container, list.scroller, unstick)) {
      if (row.bottom < edge - room || row.top > bottom + room) continue;
      const key = keyOf(row.element);
      const words = wordsOf(row.element);
      if (key === "\n" && !row.element.childElementCount) continue;
      found.push({
        element: row.element,
        key,
        words,
        y: row.top + offset,
        waits: waits(row.element),
        pending: PENDING.test(words) && key.endsWith("\n"),
        inSight: row.bottom > edge && row.top < bottom,
        bottom: row.bottom,
      });
    }
    return found;
  };

  /** Wait, but not long, until two frames show the same rows in the same places, and no hole. */
  const settled = async () => {
    let last = "";
    let seen = look();
    for (let count = 0; count < MOST_FRAMES; count += 1) {
      await frame();
      seen = look();
      const shown = seen.map(({ key, y }) => `${Math.round(y)} ${key}`).join("\n");
      const bottom = view().bottom - height() * 0.25;
      const whole = seen.some((one) => one.bottom >= bottom) || count >= BLANK_FRAMES;
      if (shown === last && whole) break;
      last = shown;
    }
    const start = now();
    const late = () => now() - start;
    const lacks = (/** @type {"waits" | "pending"} */ what) =>
      seen.some((one) => one.inSight && one[what]);
    while (
      (lacks("waits") && late() < PICTURES_MILLISECONDS) ||
      (lacks("pending") && late() < PENDING_MILLISECONDS && list.patience > 0)
    ) {
      await frame();
      seen = look();
    }
    list.patience -= late();
    return seen;
  };

  /** @param {{n: number, row: any}[]} entries @returns {Promise<Told[]>} */
  const told = async (entries) => {
    const made = [];
    for (const { n, row } of entries) {
      if (!row) made.push({ n, html: null });
      else made.push({ n, html: await html(row.element) });
    }
    return made;
  };

  /** @param {0 | -1} end of the list @returns {string} what changes when more of it has come there */
  const extent = (end) => `${scrollHeightOf(list.scroller)} ${look().at(end)?.key}`;

  /** @returns {boolean} the list says that it is loading */
  const busy = () =>
    attribute(list.scroller, "aria-busy") === "true" ||
    look(0).some(({ words }) => words.length < 40 && BUSY.test(words));

  /**
   * Wait until a list at its end shows more.
   *
   * @param {0 | -1} side @param {() => void} nudge what makes it look again
   * @returns {Promise<boolean>}
   */
  const more = async (side, nudge) => {
    const before = extent(side);
    const start = now();
    let nudged = false;
    for (;;) {
      await frame();
      if (extent(side) !== before) return true;
      const waited = now() - start;
      if (waited > (busy() ? BUSY_MILLISECONDS : MORE_MILLISECONDS)) return false;
      if (!nudged && waited > MORE_MILLISECONDS / 2) {
        nudged = true;
        nudge();
      }
    }
  };

  /** Bring the list into the window. */
  const showList = () => {
    const outer = list.frames[0] ?? (list.scroller === rootOf(document) ? null : list.scroller);
    if (!outer) return;
    const box = rectangle(outer);
    if (box.top >= 0 && box.bottom <= innerHeight) return;
    scrollTo({ left: scrollX, top: scrollY + box.top - 8, behavior: "instant" });
  };

  /** Find the list and go to its beginning. @returns what is told of it; null: nothing scrolls here */
  const begin = () => {
    const found = find();
    if (!found) return null;
    list = {
      ...found,
      container: containerOf(found.scroller, found.page),
      order: create(),
      moves: 0,
      loads: 0,
      stale: 0,
      screens: 0,
      patience: PENDING_IN_ALL,
      before: null,
      window: { x: scrollX, y: scrollY },
    };
    list.before = { top: top(), height: scrollHeightOf(list.scroller) };
    showList();
    touch();
    return {
      selector: describe(list.scroller),
      frame: list.frames.map((/** @type {any} */ one) => describe(one)).join(" >>> "),
      title: titleOf(document),
      ...setting(list),
    };
  };

  /** Some lists look for more only when they are scrolled. */
  const nudgeUp = () => {
    scroll(top() + 60);
    setTimeout(() => list && scroll(-1e8), FRAME_MILLISECONDS);
  };
  const nudgeDown = () => {
    scroll(top() - 60);
    setTimeout(() => list && scroll(1e8), FRAME_MILLISECONDS);
  };

  /** @param {number} size rows before this @returns {boolean} again and again nothing new came */
  const stale = (size) => {
    list.stale = list.order.size() > size ? 0 : list.stale + 1;
    return list.stale > MOST_STALE;
  };

  /**
   * Go up, let the list load, and tell what it has; until nothing more comes or the batch is over.
   *
   * @param {number} most rows
   */
  const up = async (most) => {
    touch();
    const end = now() + BATCH_MILLISECONDS;
    /** @type {Told[]} */
    const rows = [];
    for (;;) {
      const seen = await settled().then(() => look(Infinity));
      const size = list.order.size();
      const entries = list.order.add(seen) ?? list.order.leap(seen, true);
      rows.push(...(await told(entries)));
      if (stale(size)) return answer(rows, "start");
      if (list.order.size() >= most) return answer(rows, "chat_too_long");
      if (now() > end) return answer(rows, null);
      const at = top();
      scroll(-1e8);
      if (top() < at - 1) continue;
      if (!(await more(0, nudgeUp))) return answer(rows, "start");
      list.loads += 1;
    }
  };

  /** Begin to go down: anew, unless all rows since the beginning are known. @returns {boolean} anew */
  const turn = () => {
    touch();
    scroll(-1e8);
    list.button = look(0).slice(0, 3).some(({ words }) => words.length < 30 && BUTTON.test(words));
    list.stale = 0;
    list.last = top();
    const anew = list.order.gaps() > 0;
    if (anew) list.order = create();
    return anew;
  };

  /** @param {number} wanted @returns {Promise<Told[] | null>} null: nobody can say what was passed */
  const takeScreen = async (wanted) => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const seen = await settled();
      const entries = list.order.add(seen);
      if (entries) return told(entries);
      await pause(FRAME_MILLISECONDS);
      scroll(Math.max(list.last, wanted - height() * STEP * (tries / TRIES)));
    }
    return null;
  };

  /** Look whether anything came above meanwhile. @param {Told[]} rows */
  const close = async (rows) => {
    const told = answer(rows, "end");
    scroll(-1e8);
    const seen = await settled();
    list.late = seen.length > 0 && !list.order.begins(seen);
    return told;
  };

  /**
   * Go down and tell what comes.
   *
   * @param {number} most rows @param {boolean} one stop after each screen, for a picture of it
   */
  const down = async (most, one) => {
    touch();
    const end = now() + BATCH_MILLISECONDS;
    /** @type {Told[]} */
    const rows = [];
    for (;;) {
      const at = top();
      if (list.started) scroll(at + height() * STEP);
      const wanted = top();
      const ended = list.started && wanted <= at + 1;
      if (ended && !(await more(-1, nudgeDown))) return close(rows);
      const size = list.order.size();
      list.started = true;
      const found = await takeScreen(wanted);
      if (found) rows.push(...found);
      else {
        rows.push(...(await told(list.order.leap(await settled(), false))));
        if (list.order.gaps() >= MOST_GAPS) return answer(rows, "chat_moves");
      }
      list.last = top();
      list.screens += 1;
      if (ended && stale(size)) return close(rows);
      if (list.order.size() >= most) return answer(rows, "chat_too_long");
      if (one || now() > end) return answer(rows, null);
    }
  };

  /** @param {Told[]} rows @param {string | null} end why there are no more, or not in this direction */
  const answer = (rows, end) => ({
    rows,
    end,
    pictures: takePictures(),
    count: list.order.size(),
    screens: list.screens,
    left: Math.ceil((scrollHeightOf(list.scroller) - top() - height()) / (height() * STEP)),
    place: place(),
  });

  /** @returns where the list stands: the same before and after a picture, or the picture is none */
  const place = () => {
    const seen = look(0).filter(({ inSight }) => inSight);
    const shown = seen.map(({ key, y }) => `${Math.round(y)} ${key}`).join("\n");
    const numbers = seen.map(({ element }) => list.order.numberOf(element));
    const window = { address: location.href, x: scrollX, y: scrollY };
    const [from, to] = [numbers[0] ?? null, numbers.at(-1) ?? null];
    return { ...window, top: top(), height: height(), from, to, shown };
  };

  /** Put the page back. @returns what was done to it; null where nothing was begun */
  const finish = () => {
    clearTimeout(watchdog);
    const style = scope.kazhengStrips.finish();
    if (!list) return null;
    const { scroller, before, window, moves, loads, order, button, late } = list;
    const grown = Math.max(0, scrollHeightOf(scroller) - before.height);
    if (connected(scroller)) scroll(before.top < 0 ? before.top : before.top + grown);
    scrollTo({ left: window.x, top: window.y, behavior: "instant" });
    const selector = describe(scroller);
    list = null;
    return {
      changes: [...style, { selector, property: "scrollTop", from: `${before.top}`, times: moves }],
      loads,
      gaps: order.gaps(),
      button: Boolean(button),
      late: Boolean(late),
      changed: order.changed.map((/** @type {any} */ one) => ({
        n: one.n,
        was: one.was.slice(0, LONGEST),
        is: one.is.slice(0, LONGEST),
      })),
    };
  };

  scope.kazhengChat = { begin, down, finish, place, touch, turn, up };
})();
