/**
 * Chooses in what frameworks draw: selects, cascaders, wheels and calendars that open over the page.
 * Opens, looks for the words, chooses, closes; where nothing fits, nothing is chosen. Classic
 * script, injected after match.js.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengPopup) return;
  const { all, attribute, rootOf, shown, tagOf, tidy } = shared.kazhengForm;
  const { focus, leave, now, pause, tell, write } = shared.kazhengEnter;
  const { meaning } = shared.kazhengMatch;

  const NODES =
    ".ant-cascader-menu-item, .el-cascader-node, .arco-cascader-option, .t-cascader__item," +
    " .ivu-cascader-menu-item, [role='treeitem']";
  const WHEEL = ".van-picker-column__item";
  const ITEMS =
    ".el-select-dropdown__item, .ant-select-item-option, .arco-select-option, .t-select-option," +
    " .layui-form-select dd, .ivu-select-item, .n-base-select-option, .van-action-sheet__item," +
    ` .van-cell, [role='option'], ${NODES}, ${WHEEL}`;
  const OUTSIDE = /additional|prev-month|next-month|not-in-view|in-prev|in-next|disabled|outside/;
  /** Pickers that take a typed day by Enter only. */
  const ENTERS = ".arco-picker";
  const POLL_MS = 40;
  const PATIENCE_MS = 1_200;
  const COLUMN_MS = 400;
  const DEPTH = 4;
  const SCROLLS = 30;
  const MONTHS = 120;

  /** @param {HTMLElement} option @returns {boolean} */
  const harmless = (option) =>
    !option.closest("a[href], [type='submit']") &&
    (tagOf(option) === "button" || !option.closest("button"));

  /** As a person's press: what opens a list listens for the one or the other. */
  const press = (/** @type {HTMLElement} */ target) => {
    const given = { bubbles: true, composed: true, cancelable: true };
    target.dispatchEvent(new PointerEvent("pointerdown", given));
    target.dispatchEvent(new MouseEvent("mousedown", given));
    target.dispatchEvent(new PointerEvent("pointerup", given));
    target.dispatchEvent(new MouseEvent("mouseup", given));
    target.click();
  };

  const key = (/** @type {HTMLElement} */ target, /** @type {string} */ name) =>
    target.dispatchEvent(
      new KeyboardEvent("keydown", {
        key: name,
        code: name,
        keyCode: name === "Enter" ? 13 : 27,
        bubbles: true,
        cancelable: true,
      }),
    );

  /** @param {() => any} look @param {number} patience @returns {Promise<any>} what it found, or null */
  const appear = async (look, patience) => {
    for (let waited = 0; waited <= patience; waited += POLL_MS) {
      const found = look();
      if (found) return found;
      await pause(POLL_MS);
    }
    return null;
  };

  /** @param {any} control @returns {HTMLElement[]} the choices that are open now */
  const openItems = (control) => {
    const element = control.elements[0];
    const root = rootOf(element);
    const homes = new Set([root, element.ownerDocument]);
    return [...homes]
      .flatMap((home) => all(home, ITEMS))
      .filter(
        (one) => !one.contains(element) && shown(one) && harmless(one) && tidy(one.textContent),
      );
  };

  const textOf = (/** @type {HTMLElement} */ item) => tidy(item.textContent);

  /** @param {HTMLElement[]} items @param {any} row @returns {HTMLElement | undefined} */
  const fitting = (items, row) => {
    const texts = items.map(textOf);
    const exact = texts.indexOf(row.value);
    return items[exact >= 0 ? exact : meaning(texts, row.choice ?? [])];
  };

  /** Open a drawn control and choose what means the value; close it if nothing does. */
  const pick = async (/** @type {any} */ control, /** @type {any} */ row) => {
    const target = targetOf(control);
    const before = new Set(openItems(control));
    const fresh = () => openItems(control).filter((one) => !before.has(one));
    press(target);
    const items = await appear(() => (fresh().length ? fresh() : null), PATIENCE_MS);
    if (!items) return close(target, fresh);
    if (items.some((/** @type {HTMLElement} */ one) => one.matches(WHEEL)))
      await turn(items, row, fresh);
    else if (items.some((/** @type {HTMLElement} */ one) => one.matches(NODES)))
      await descend(items, row, fresh, 0);
    else await choose(row, fresh);
    await close(target, fresh);
  };

  const targetOf = (/** @type {any} */ control) =>
    tagOf(control.elements[0]) === "input"
      ? control.elements[0]
      : (all(control.opener, "input")[0] ?? control.opener);

  /** A long list shows a part of itself: scroll it until the words are there or it ends. */
  const choose = async (/** @type {any} */ row, /** @type {() => HTMLElement[]} */ fresh) => {
    for (let turns = 0; turns < SCROLLS; turns += 1) {
      const now = fresh();
      const found = fitting(now, row);
      if (found) {
        row.value = textOf(found);
        press(found);
        return;
      }
      const list = now[0]?.closest(".rc-virtual-list-holder, .arco-virtual-list, .el-vl__window");
      if (!list || list.scrollTop + list.clientHeight >= list.scrollHeight - 1) return;
      list.scrollTop += list.clientHeight;
      await pause(POLL_MS);
    }
  };

  /** Walk the columns of a cascader to the one leaf that means the value. */
  const descend = async (
    /** @type {HTMLElement[]} */ items,
    /** @type {any} */ row,
    /** @type {() => HTMLElement[]} */ fresh,
    /** @type {number} */ depth,
  ) => {
    const found = fitting(items, row);
    for (const item of found ? [found] : items) {
      if (!found && !hasMore(item)) continue;
      const text = textOf(item);
      const earlier = new Set(fresh());
      press(item);
      const deeper = await appear(
        () => {
          const next = fresh().filter((one) => !earlier.has(one));
          return next.length ? next : null;
        },
        hasMore(item) ? COLUMN_MS : 0,
      );
      if (!deeper) {
        if (found) row.value = text;
        return Boolean(found);
      }
      if (depth < DEPTH && (await descend(deeper, row, fresh, depth + 1))) return true;
    }
    return false;
  };

  /** @param {HTMLElement} item @returns {boolean} whether a column opens behind it */
  const hasMore = (item) =>
    attribute(item, "aria-haspopup") === "true" ||
    /expand|with-icon/.test(item.className) ||
    all(item, "svg, i, [class*='arrow'], [class*='right']").length > 0;

  /** Turn a wheel to the words or the day, and confirm it. */
  const turn = async (
    /** @type {HTMLElement[]} */ items,
    /** @type {any} */ row,
    /** @type {() => HTMLElement[]} */ fresh,
  ) => {
    const picker = items[0].closest(".van-picker");
    if (!picker) return;
    const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(row.value);
    const columns = () =>
      all(picker, ".van-picker-column").map((/** @type {Element} */ one) => all(one, WHEEL));
    if (day) {
      for (const [index, part] of day.slice(1).entries()) {
        const item = columns()[index]?.find(
          (/** @type {HTMLElement} */ one) => parseInt(textOf(one), 10) === Number(part),
        );
        if (!item) return;
        item.click();
        await pause(POLL_MS);
      }
    } else {
      const item = columns().length === 1 ? fitting(fresh(), row) : undefined;
      if (!item) return;
      row.value = textOf(item);
      item.click();
      await pause(POLL_MS);
    }
    all(picker, ".van-picker__confirm")[0]?.click();
  };

  /** @param {HTMLElement} target @param {() => HTMLElement[]} fresh */
  const close = async (target, fresh) => {
    const gone = () => fresh().length === 0;
    if (await appear(gone, 4 * POLL_MS)) return;
    all(target.ownerDocument, ".van-picker__cancel").filter(shown)[0]?.click();
    leave(target);
    press(target.ownerDocument.body);
    if (await appear(gone, 8 * POLL_MS)) return;
    // The last way: a dialog may close by this key too.
    key(target, "Escape");
    await appear(gone, 4 * POLL_MS);
  };

  /** Empty a drawn list again: by its first, empty choice or by its cross, where it has one. */
  const empty = async (/** @type {any} */ control) => {
    const { opener } = control;
    const tips = all(opener, "dd.layui-select-tips")[0];
    if (tips) press(tips);
    else {
      opener.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
      opener.dispatchEvent(new MouseEvent("mouseenter"));
      await pause(POLL_MS);
      const cross = all(opener, "[class*='clear']").find(
        (/** @type {HTMLElement} */ one) => !/allow-clear/.test(one.className),
      );
      if (!cross) return false;
      press(cross);
    }
    await pause(POLL_MS);
    return true;
  };

  /** Type a day into a picker; one that cannot be typed into is opened and walked. */
  const enterDay = async (/** @type {any} */ control, /** @type {any} */ row) => {
    const element = control.elements[0];
    if (
      ["date", "month", "datetime-local"].includes(element.type) ||
      attribute(element, "lay-key")
    ) {
      await write(element, row.value);
      return;
    }
    if (element.readOnly) {
      await walk(control, row);
      return;
    }
    const before = element.value;
    const ways = [row.value, row.value.slice(0, 10), row.value.slice(0, 10).replaceAll("-", "/")];
    // Enter only where leaving does not do: a page may send its form by that key.
    const enters = Boolean(element.closest(ENTERS));
    for (const way of new Set(ways)) {
      press(element);
      focus(element);
      await pause(POLL_MS);
      element.value = way;
      tell(element);
      if (enters) key(element, "Enter");
      leave(element);
      await pause(2 * POLL_MS);
      if (sameDay(now(control), row.value)) break;
    }
    if (!sameDay(now(control), row.value) && now(control) !== before) await write(element, before);
  };

  /** @param {string} shownText @param {string} wanted @returns {boolean} */
  const sameDay = (shownText, wanted) => {
    const parts = (/** @type {string} */ text) => (text.match(/\d+/g) ?? []).map(Number);
    const [got, asked] = [parts(shownText), parts(wanted)];
    return got.length >= 3 && got.every((part, index) => part === asked[index]);
  };

  /** Walk a calendar by its months to the day. */
  const walk = async (/** @type {any} */ control, /** @type {any} */ row) => {
    const element = control.elements[0];
    const [year, month, day] = row.value.slice(0, 10).split("-").map(Number);
    const before = new Set(all(element.ownerDocument, "td").filter(shown));
    press(element);
    const panel = await appear(() => {
      const cell = all(element.ownerDocument, "td").find(
        (/** @type {HTMLElement} */ one) =>
          !before.has(one) && shown(one) && /^\d{1,2}$/.test(textOf(one)),
      );
      return cell?.closest("[class*='panel']") ?? null;
    }, PATIENCE_MS);
    for (let turns = 0; panel && turns < MONTHS; turns += 1) {
      const seen = monthOf(panel);
      if (!seen) break;
      const far = (year - seen.year) * 12 + month - seen.month;
      if (!far) {
        const cell = all(panel, "td").find(
          (/** @type {HTMLElement} */ one) =>
            !OUTSIDE.test(`${one.className} ${attribute(one, "type")}`) &&
            textOf(one) === String(day),
        );
        if (cell) press(cell);
        break;
      }
      const button = all(panel, far < 0 ? "button[class*='prev']" : "button[class*='next']").at(
        far < 0 ? -1 : 0,
      );
      if (!button) break;
      press(button);
      const moved = await appear(() => monthOf(panel)?.month !== seen.month, COLUMN_MS);
      if (!moved) break;
    }
    await pause(POLL_MS);
    leave(element);
    press(element.ownerDocument.body);
  };

  /** @param {Element} panel @returns {{year: number, month: number} | null} */
  const monthOf = (panel) => {
    const fields = all(panel, "input").map((/** @type {any} */ one) => one.value);
    const leaves = all(panel, "*").filter((/** @type {Element} */ one) => !one.children.length);
    const words = [...fields, ...leaves.map(textOf)].join(" ");
    const year = /(?<!\d)(20\d\d)(?!\d)/.exec(words);
    const month = /(\d{1,2})\s*月/.exec(words);
    return year && month ? { year: Number(year[1]), month: Number(month[1]) } : null;
  };

  shared.kazhengPopup = Object.freeze({ empty, enterDay, pick, sameDay });
})();
