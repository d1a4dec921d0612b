/**
 * Fills a complaint form and never sends it. Classic script, injected on click into the isolated
 * world after the scripts named in background/fill_scripts.js; answers to background/filling.js
 * only (a page cannot see it).
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengFill) return;
  const { actions, all, deep, inside, shown, tagOf } = shared.kazhengForm;
  const { controls } = shared.kazhengControls;
  const { held, now, pause, restore, select, setFiles, tick, type, write } = shared.kazhengEnter;
  const { guardSubmit } = shared.kazhengGuard;
  const { meaning, structure, survey } = shared.kazhengMatch;
  const { empty, enterDay, pick, sameDay } = shared.kazhengPopup;
  const { holdsFile, noteGiven, shownFiles } = shared.kazhengFiles;

  const LOOPBACK = /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/;
  const SETTLE_MS = 300;
  const LATE_TURNS = 5;
  const SHOWN = "name label value kind confidence found note current typed required".split(" ");

  /** @type {{name: string, key: string, selector: string | null, before: any, filled: string}[]} */
  let undoable = [];
  /** @type {{name: string, type: string, chunks: Uint8Array[]}[]} */
  let staged = [];
  /** Where the form could send when it was filled: what it turned into since gets nothing. */
  let allowed = new Set();

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
    // Without it (Firefox before 147) content/guard.js cannot stop a form that sends itself.
    if (typeof shared.Navigation !== "function") return "fill_old_browser";
    if (!origins.includes(location.origin)) return "fill_other_site";
    if (!destinations(seen).every(safe)) return "fill_sends_unsafe";
    return null;
  };

  /** Addresses of other sites that the form could send to. */
  const elsewhere = (/** @type {any} */ seen) =>
    destinations(seen).filter((address) => new URL(address).origin !== location.origin);

  /** A form that is still being drawn (a step, a dialog) is waited for a moment. */
  const surveyLate = async (/** @type {any} */ request) => {
    let seen = survey(request);
    const empty = () => !seen.rows.some((/** @type {any} */ row) => row.found);
    for (let turn = 0; empty() && turn < LATE_TURNS; turn += 1) {
      await pause(SETTLE_MS);
      seen = survey(request);
    }
    return seen;
  };

  /** @param {any} request @returns {Promise<any>} */
  const preview = async (request) => {
    const seen = await surveyLate(request);
    const { origin } = location;
    const error = refusal(request.origins, seen);
    if (error) return { error, origin };
    if (!seen.rows.some((/** @type {any} */ row) => row.found))
      return { error: "fill_no_form", origin };
    const used = new Set(seen.rows.map((/** @type {any} */ row) => row.control));
    return {
      origin,
      url: location.href,
      title: document.title,
      action: destinations(seen)[0],
      elsewhere: elsewhere(seen),
      known: seen.known,
      frame: frameOf(seen.rows),
      structure: structure(seen),
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

  /** The address of the frame the form stands in; null for the page itself. */
  const frameOf = (/** @type {any[]} */ rows) => {
    const page = rows.find((row) => row.found)?.control.elements[0].ownerDocument;
    return page && page !== document ? page.URL : null;
  };

  /** Frames of other sites, large enough for a form; what they show is closed to us. */
  const strangers = () =>
    deep(document, "iframe")
      .filter((/** @type {HTMLIFrameElement} */ frame) => {
        const { width, height } = frame.getBoundingClientRect();
        return width >= 200 && height >= 120 && !inside(frame) && shown(frame);
      })
      .map((/** @type {HTMLIFrameElement} */ frame) => frame.src)
      .filter((/** @type {string} */ src) => /^https?:/.test(src) && URL.canParse(src))
      .map((/** @type {string} */ url) => ({ origin: new URL(url).origin, url }));

  const current = (/** @type {any} */ row) => row.current.slice(0, 200);

  /** @param {any} row @returns {any} */
  const report = (row) => ({
    ...Object.fromEntries(SHOWN.map((name) => [name, row[name]])),
    current: current(row),
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
    if (location.href !== request.url || structure(seen) !== request.structure)
      return { error: "fill_form_changed" };
    if (elsewhere(seen).length && !request.elsewhere) return { error: "fill_sends_elsewhere" };
    const rows = seen.rows.filter(
      (/** @type {any} */ row) =>
        row.found && row.kind !== "file" && request.names.includes(row.name),
    );
    // What the user typed since the preview is his.
    if (rows.some((/** @type {any} */ row) => current(row) !== request.held[row.name]))
      return { error: "fill_form_changed" };
    const file = request.attach
      ? seen.rows.find((/** @type {any} */ row) => row.found && row.kind === "file")
      : null;
    allowed = new Set(destinations(seen));
    const guard = guardSubmit();
    try {
      const earlier = undoable;
      const entries = [...rows, file].filter(Boolean).map((row) => remember(row, earlier));
      const again = new Set(entries.map(({ key }) => key));
      // What an earlier step of the form got is undone with the rest.
      undoable = [...earlier.filter(({ key }) => !again.has(key)), ...entries];
      for (const row of rows) await put(row, seen.root, write);
      if (file) attach(file, seen.root);
      await pause(SETTLE_MS);
      const amiss = rows.filter((/** @type {any} */ row) => !agrees(row, readBack(row, seen.root)));
      for (const row of amiss) await put(row, seen.root, type);
      if (amiss.length) await pause(SETTLE_MS);
      for (const entry of entries) await uncut(entry, rows, seen.root);
      const fields = rows.map((/** @type {any} */ row) => outcome(row, seen.root));
      for (const entry of entries) entry.filled = readBack(entry, seen.root);
      const attached = file ? fileCount(file, seen.root) : 0;
      const wanted_files = file ? staged.length : 0;
      const more = appeared(seen, request);
      return { fields, attached, wanted_files, submitted: false, stopped: guard.stopped(), more };
    } finally {
      guard.release();
      staged = [];
    }
  };

  /** What a page cut to its length says something else than the draft: put back what was there. */
  const uncut = async (
    /** @type {any} */ entry,
    /** @type {any[]} */ rows,
    /** @type {Element} */ root,
  ) => {
    const row = rows.find((one) => one.name === entry.name);
    const got = row && ["text", "textarea"].includes(row.kind) ? readBack(row, root) : "";
    const control = row && locate(row, root);
    if (!control || !got || got.length >= row.value.length || !row.value.startsWith(got)) return;
    await restore(control, entry.before);
    row.note = "too_long";
    await pause(0);
  };

  /** Labels of fields that came up while the form was filled (a further step, a dialog). */
  const appeared = (/** @type {any} */ before, /** @type {any} */ request) => {
    const known = new Set(before.controls.map((/** @type {any} */ one) => one.key));
    // What is written beside a field may have changed with it: characters are counted there.
    const same = new Set(before.controls.flatMap((/** @type {any} */ one) => one.elements));
    const isNew = (/** @type {any} */ { key, elements }) =>
      !known.has(key) && !elements.some((/** @type {Element} */ one) => same.has(one));
    return survey(request)
      .rows.filter((/** @type {any} */ row) => row.found && isNew(row.control))
      .map((/** @type {any} */ row) => row.label);
  };

  /** Find the control anew: a framework may have replaced it since, or a page have bent the form. */
  const locate = (/** @type {any} */ row, /** @type {Element} */ root) => {
    const held = row.control;
    const home = root.isConnected ? root : document.body;
    const sound = (/** @type {any} */ control) =>
      !control.forbidden &&
      !control.elements.some((/** @type {any} */ one) => one.type === "password") &&
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

  /** @param {any} row @param {Element} root @param {(element: any, value: string) => Promise<void>} enter */
  const put = async (row, root, enter) => {
    const control = locate(row, root);
    // What holds the value already stays as it is: a second click would take some of it back.
    if (!control || agrees(row, now(control)) || means(row, control)) return;
    if (control.opener) await pick(control, row);
    else if (control.kind === "radio" || control.kind === "checkbox") tick(control, row);
    else if (tagOf(control.elements[0]) === "select") select(control.elements[0], row.choice, row.value);
    else if (control.kind === "date") await enterDay(control, row);
    else await enter(control.elements[0], row.value);
    await pause(0);
  };

  /** A drawn list that shows a choice of that meaning already. */
  const means = (/** @type {any} */ row, /** @type {any} */ control) => {
    const text = control.opener ? now(control) : "";
    if (!text || !Array.isArray(row.choice) || meaning([text], row.choice) < 0) return false;
    row.value = text;
    return true;
  };

  /** Attach what is not there yet: filled again, a form has each file once. */
  const attach = (/** @type {any} */ row, /** @type {Element} */ root) => {
    const control = locate(row, root);
    if (!control) return;
    const input = control.elements[0];
    const fresh = staged.filter(({ name }) => !holdsFile(input, name));
    if (!fresh.length) return;
    const wanted = input.files.length ? staged : fresh;
    const files = wanted.map(
      ({ name, type: kind, chunks }) =>
        new File(/** @type {BlobPart[]} */ (chunks), name, { type: kind }),
    );
    setFiles(input, files);
    noteGiven(
      input,
      staged.map(({ name }) => name),
    );
  };

  /** An uploader may empty its input once it has taken the files: its list on the page then tells. */
  const fileCount = (/** @type {any} */ row, /** @type {Element} */ root) => {
    const input = locate(row, root)?.elements[0];
    if (!input) return 0;
    return (
      input.files.length || staged.filter(({ name }) => holdsFile(input, name)).length
    );
  };

  /** @param {any} row @param {Element} root @returns {string} */
  const readBack = (row, root) => {
    const control = locate(row, root);
    return control ? seenIn(control) : "";
  };

  /** The same, but for the blanks and dashes a page writes into numbers and days. */
  const agrees = (/** @type {any} */ row, /** @type {string} */ value) => {
    const flat = (/** @type {string} */ text) => text.replace(/\r\n?/g, "\n").trim();
    const [got, wanted] = [flat(value), flat(row.value)];
    if (got === wanted) return true;
    if (!got) return false;
    if (["select", "wheel", "checkbox"].includes(row.kind) && !/^\d{4}-/.test(wanted))
      return got.split(/\s*[/,>]\s*/).includes(wanted) || got === wanted;
    if (row.kind === "date" || row.kind === "wheel") return sameDay(got, wanted);
    if (row.kind === "number") return Number(got.replace(/[,，¥￥\s]/g, "")) === Number(wanted);
    const bare = (/** @type {string} */ text) => text.replace(/[\s-]/g, "");
    return /^[\d\s-]+$/.test(wanted) && bare(got) === bare(wanted);
  };

  /** @param {any} row @param {Element} root @returns {any} */
  const outcome = (row, root) => {
    const { name, label, value: wanted, note } = row;
    const read_back = readBack(row, root);
    return { name, label, ok: agrees(row, read_back), wanted, read_back, note };
  };

  /** What stood there; filled again, a field still goes back to what stood there at first. */
  const remember = (/** @type {any} */ row, /** @type {any[]} */ earlier) => {
    const { name, control, selector } = row;
    const { key, kind } = control;
    const first = earlier.find((one) => one.key === key && one.filled === seenIn(control));
    const { before, shown: text } = first ?? { before: held(control), shown: seenIn(control) };
    return { name, control, key, kind, selector, before, shown: text, filled: "" };
  };

  /** What a person sees a control hold: of an upload, the files that the page lists. */
  const seenIn = (/** @type {any} */ control) =>
    control.kind === "file" ? shownFiles(control.elements[0]).join("\n") : now(control);

  /** Put earlier values and files back; what the user changed since is his and stays. */
  const undo = async () => {
    const guard = guardSubmit();
    guard.release();
    const total = undoable.length;
    /** @type {any[]} */
    const back = [];
    /** @type {string[]} */
    const kept = [];
    for (const entry of undoable.reverse()) {
      const control = locate(entry, document.body);
      if (control && seenIn(control) === entry.filled && (await putBack(control, entry)))
        back.push(entry);
      else kept.push(entry.name);
    }
    undoable = [];
    await pause(SETTLE_MS);
    for (const entry of back)
      if (readBack(entry, document.body) !== entry.shown) kept.push(entry.name);
    return { restored: total - kept.length, kept, stopped: guard.stopped() };
  };

  /** A drawn list is put back by choosing again; one that was empty, by what empties it. */
  const putBack = async (/** @type {any} */ control, /** @type {any} */ entry) => {
    if (seenIn(control) === entry.shown) return true;
    if (!control.opener) return restore(control, entry.before);
    if (entry.shown) {
      await pick(control, { value: entry.shown, choice: [] });
      return true;
    }
    return empty(control);
  };

  shared.kazhengFill = Object.freeze({ apply, preview, stage, strangers, undo });
})();
