/**
 * Fills a complaint form and never sends it. Classic script, injected on click into the isolated
 * world after form.js, match.js and guard.js; answers to background/filling.js only (a page cannot
 * see it).
 *
 * Facts this rests on (facts/extension.md): from the isolated world plain `.value =` with bubbling
 * `input` and `change` satisfies React; Ant Design opens on mousedown, Element on click.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengFill) return;
  const { actions, all, controls, dropdownOf, shown, tidy } = shared.kazhengForm;
  const { guardSubmit } = shared.kazhengGuard;
  const { now, structure, survey } = shared.kazhengMatch;

  const OPTION =
    ".el-select-dropdown__item, .ant-select-item-option, .ivu-select-item, .van-cell, [role='option']";
  const LOOPBACK = /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/;
  const SETTLE_MS = 300;
  const SHOWN = "name label value kind confidence found note current typed required".split(" ");

  /** @type {{name: string, key: string, selector: string | null, before: any, filled: string}[]} */
  let undoable = [];
  /** @type {{name: string, type: string, chunks: Uint8Array[]}[]} */
  let staged = [];
  /** Where the form could send when it was filled: what it turned into since gets nothing. */
  let allowed = new Set();

  const pause = (/** @type {number} */ milliseconds) =>
    new Promise((done) => {
      setTimeout(done, milliseconds);
    });

  /** @param {string} address @returns {boolean} */
  const safe = (address) => {
    try {
      const { protocol, hostname } = new URL(address);
      return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
    } catch {
      return false;
    }
  };

  /** @param {any} seen @returns {string[]} where what we would fill could be sent */
  const destinations = (seen) =>
    actions(
      seen.root,
      seen.rows.flatMap((/** @type {any} */ row) => (row.found ? row.control.elements : [])),
    );

  /** Why this page's form may not be filled; null if it may. */
  const refusal = (/** @type {string[]} */ origins, /** @type {any} */ seen) => {
    if (!safe(location.href)) return "fill_plain_http";
    if (!origins.includes(location.origin)) return "fill_other_site";
    if (!destinations(seen).every(safe)) return "fill_sends_unsafe";
    return null;
  };

  /** Addresses of other sites that the form could send to. */
  const elsewhere = (/** @type {any} */ seen) =>
    destinations(seen).filter((address) => new URL(address).origin !== location.origin);

  /** @param {any} request @returns {any} */
  const preview = (request) => {
    const seen = survey(request);
    const error = refusal(request.origins, seen);
    if (error) return { error };
    if (!seen.rows.some((/** @type {any} */ row) => row.found)) return { error: "fill_no_form" };
    const used = new Set(seen.rows.map((/** @type {any} */ row) => row.control));
    return {
      origin: location.origin,
      url: location.href,
      title: document.title,
      action: destinations(seen)[0],
      elsewhere: elsewhere(seen),
      known: seen.known,
      structure: structure(seen.root, seen.controls),
      fields: seen.rows.filter((/** @type {any} */ row) => row.kind !== "file").map(report),
      upload: upload(seen.rows),
      left: seen.controls
        .filter(
          (/** @type {any} */ control) =>
            !used.has(control) && (control.required || control.forbidden),
        )
        .map((/** @type {any} */ control) => ({ label: control.label, reason: control.forbidden })),
    };
  };

  /** @param {any} row @returns {any} */
  const report = (row) => ({
    ...Object.fromEntries(SHOWN.map((name) => [name, row[name]])),
    current: row.current.slice(0, 200),
  });

  /** @param {any[]} rows @returns {any} */
  const upload = (rows) => {
    const row = rows.find((other) => other.kind === "file");
    if (!row?.control) return row ? { ...report(row), found: false } : null;
    const input = row.control.elements[0];
    const words = shared.kazhengUploadWords.wordsBeside(row.control);
    return { ...report(row), accept: input.accept, multiple: input.multiple, words };
  };

  /** Take a piece of a file (base64), before `apply`; messages are bounded in size. */
  const stage = (
    /** @type {{name: string, type: string, data: string, first: boolean, clear: boolean}} */ piece,
  ) => {
    if (piece.clear) staged = [];
    if (piece.first) staged.push({ name: piece.name, type: piece.type, chunks: [] });
    staged[staged.length - 1].chunks.push(
      Uint8Array.from(atob(piece.data), (letter) => letter.charCodeAt(0)),
    );
    return { staged: staged.length };
  };

  /** @param {any} request @returns {Promise<any>} */
  const apply = async (request) => {
    const seen = survey(request);
    const error = refusal(request.origins, seen);
    if (error) return { error };
    if (location.href !== request.url || structure(seen.root, seen.controls) !== request.structure)
      return { error: "fill_form_changed" };
    if (elsewhere(seen).length && !request.elsewhere) return { error: "fill_sends_elsewhere" };
    const rows = seen.rows.filter(
      (/** @type {any} */ row) =>
        row.found && row.kind !== "file" && request.names.includes(row.name),
    );
    const file = request.attach
      ? seen.rows.find((/** @type {any} */ row) => row.found && row.kind === "file")
      : null;
    allowed = new Set(destinations(seen));
    const guard = guardSubmit();
    try {
      undoable = [...rows, file].filter(Boolean).map(remember);
      for (const row of rows) await put(row, seen.root);
      if (file) attach(file, seen.root);
      await pause(SETTLE_MS);
      for (const row of rows) if (!agrees(row, readBack(row, seen.root))) await put(row, seen.root);
      await pause(rows.length ? SETTLE_MS : 0);
      const fields = rows.map((/** @type {any} */ row) => outcome(row, seen.root));
      for (const entry of undoable) entry.filled = readBack(entry, seen.root);
      const attached = file ? fileCount(file, seen.root) : 0;
      const wanted_files = file ? staged.length : 0;
      return { fields, attached, wanted_files, submitted: false, stopped: guard.stopped() };
    } finally {
      guard.release();
      staged = [];
    }
  };

  /** Find the control anew: a framework may have replaced it since, or a page have bent the form. */
  const locate = (/** @type {any} */ row, /** @type {Element} */ root) => {
    const held = row.control;
    const home = root.isConnected ? root : document.body;
    const sound = (/** @type {any} */ control) =>
      !control.forbidden &&
      actions(home, control.elements).every((/** @type {string} */ to) => allowed.has(to));
    if (held?.elements.every((/** @type {Element} */ element) => element.isConnected))
      return sound(held) ? held : null;
    const found = controls(home, {}).filter(sound);
    const key = held?.key ?? row.key;
    const picked = row.selector ? all(home, row.selector) : [];
    return (
      found.find((/** @type {any} */ control) =>
        control.elements.some((/** @type {any} */ one) => picked.includes(one)),
      ) ??
      found.find((/** @type {any} */ control) => control.key === key) ??
      null
    );
  };

  /** @param {any} row @param {Element} root @returns {Promise<void>} */
  const put = async (row, root) => {
    const control = locate(row, root);
    if (!control) return;
    const element = control.elements[0];
    if (control.kind === "radio" || control.kind === "checkbox") {
      const index = control.options.findIndex(
        (/** @type {any} */ option) => option.value === row.choice,
      );
      check(control.elements[Math.max(index, 0)], true);
    } else if (element instanceof HTMLSelectElement) {
      element.value = row.choice;
      tell(element);
    } else if (control.kind === "select") {
      await pick(element, row);
    } else {
      write(element, row.value);
    }
    await pause(0);
  };

  /** @param {any} element @param {string} value */
  const write = (element, value) => {
    element.dispatchEvent(new FocusEvent("focus"));
    element.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    if (element.isContentEditable) element.textContent = value;
    else element.value = value;
    tell(element);
    element.dispatchEvent(new FocusEvent("blur"));
    element.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  };

  /** @param {HTMLElement} element */
  const tell = (element) => {
    element.dispatchEvent(
      new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText" }),
    );
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /** A click is what frameworks listen for; the value is set if the page swallowed the click. */
  const check = (/** @type {HTMLInputElement} */ element, /** @type {boolean} */ wanted) => {
    if (element.checked === wanted) return;
    element.click();
    if (element.checked === wanted) return;
    element.checked = wanted;
    tell(element);
  };

  /** Open a drawn select and click the option with the words. */
  const pick = async (/** @type {HTMLElement} */ element, /** @type {any} */ row) => {
    const opener = /** @type {HTMLElement} */ (dropdownOf(element) ?? element);
    element.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, composed: true }));
    element.click();
    const meant = row.choice ? new RegExp(row.choice, "i") : null;
    for (let turn = 0; turn < 10; turn += 1) {
      await pause(50);
      const offered = all(document, OPTION).filter(
        (/** @type {HTMLElement} */ option) => shown(option) && harmless(option),
      );
      const option =
        offered.find((/** @type {HTMLElement} */ one) => tidy(one.textContent) === row.value) ??
        offered.find((/** @type {HTMLElement} */ one) => meant?.test(tidy(one.textContent)));
      if (option) {
        row.value = tidy(option.textContent);
        option.click();
        return;
      }
    }
    opener.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  };

  /** @param {HTMLElement} option @returns {boolean} */
  const harmless = (option) => !option.closest("a[href], button, [type='submit']");

  /** @param {any} row @param {Element} root */
  const attach = (row, root) => {
    const input = locate(row, root)?.elements[0];
    if (!(input instanceof HTMLInputElement)) return;
    const files = staged.map(
      ({ name, type, chunks }) => new File(/** @type {BlobPart[]} */ (chunks), name, { type }),
    );
    setFiles(input, files);
  };

  /** @param {HTMLInputElement} input @param {File[]} files */
  const setFiles = (input, files) => {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    tell(input);
  };

  /** An uploader may empty its input once it has taken the files: the names on the page then tell. */
  const fileCount = (/** @type {any} */ row, /** @type {Element} */ root) => {
    const input = locate(row, root)?.elements[0];
    if (input?.files?.length) return input.files.length;
    const text = document.body.innerText;
    return staged.filter(({ name }) => text.includes(name)).length;
  };

  /** @param {any} row @param {Element} root @returns {string} */
  const readBack = (row, root) => {
    const control = locate(row, root);
    return control ? now(control) : "";
  };

  /** @param {any} row @param {string} value @returns {boolean} */
  const agrees = (row, value) => {
    const flat = (/** @type {string} */ text) => text.replace(/\r\n?/g, "\n").trim();
    if (flat(value) === flat(row.value)) return true;
    return (
      (row.kind === "select" && flat(value).includes(flat(row.value))) ||
      (row.kind === "number" && value !== "" && Number(value) === Number(row.value))
    );
  };

  /** @param {any} row @param {Element} root @returns {any} */
  const outcome = (row, root) => {
    const { name, label, value: wanted } = row;
    const read_back = readBack(row, root);
    return { name, label, ok: agrees(row, read_back), wanted, read_back };
  };

  /** @param {any} row @returns {any} */
  const remember = (row) => {
    const { elements, key, kind } = row.control;
    const before =
      kind === "file"
        ? [...elements[0].files]
        : kind === "radio" || kind === "checkbox"
          ? elements.map((/** @type {any} */ one) => one.checked)
          : kind === "select" && !(elements[0] instanceof HTMLSelectElement)
            ? null
            : elements[0].isContentEditable
              ? elements[0].innerText
              : elements[0].value;
    const { name, control, selector } = row;
    return { name, control, key, selector, before, filled: "" };
  };

  /** Put earlier values and files back; what the user changed since is his and stays. */
  const undo = async () => {
    const guard = guardSubmit();
    guard.release();
    const total = undoable.length;
    /** @type {string[]} */
    const kept = [];
    for (const entry of undoable.reverse()) {
      const control = locate(entry, document.body);
      if (control && entry.before !== null && now(control) === entry.filled)
        restore(control, entry.before);
      else kept.push(entry.name);
    }
    undoable = [];
    await pause(SETTLE_MS);
    return { restored: total - kept.length, kept, stopped: guard.stopped() };
  };

  /** @param {any} control @param {any} before */
  const restore = (control, before) => {
    const element = control.elements[0];
    if (control.kind === "file") setFiles(element, before);
    else if (control.kind === "radio" || control.kind === "checkbox") {
      control.elements.forEach((/** @type {any} */ one, /** @type {number} */ index) => {
        if (one.checked !== before[index]) {
          one.checked = before[index];
          tell(one);
        }
      });
    } else if (element instanceof HTMLSelectElement) {
      element.value = before;
      tell(element);
    } else write(element, before);
  };

  shared.kazhengFill = Object.freeze({ apply, preview, stage, undo });
})();
