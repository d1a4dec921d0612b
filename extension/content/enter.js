/**
 * Puts a value into one control and reads back what it holds. Classic script, injected after
 * controls.js.
 *
 * Facts this rests on (facts/extension.md): from the isolated world plain `.value =` with bubbling
 * `input` and `change` satisfies React; `execCommand("insertText")` is trusted input.
 */
(() => {
  const shared = /** @type {any} */ (globalThis);
  if (shared.kazhengEnter) return;
  const { all, attribute, tagOf, tidy } = shared.kazhengForm;
  const { tickOf } = shared.kazhengControls;

  const TEXTUAL = new Set(["text", "textarea", "number", "date"]);

  const pause = (/** @type {number} */ milliseconds) =>
    new Promise((done) => {
      setTimeout(done, milliseconds);
    });

  /** @param {any} one @returns {boolean} */
  const ticked = (one) =>
    tagOf(one) === "input" ? one.checked : attribute(one, "aria-checked") === "true";

  /** @param {any} control @returns {string} what a person reads in it */
  const now = (control) => {
    const element = control.elements[0];
    if (control.kind === "file")
      return [...element.files].map((/** @type {File} */ file) => file.name).join(", ");
    if (control.kind === "radio" || control.kind === "checkbox") {
      return control.elements
        .map((/** @type {any} */ one, /** @type {number} */ index) =>
          ticked(one) ? control.options[index]?.text || one.value : "",
        )
        .filter(Boolean)
        .join(", ");
    }
    if (tagOf(element) === "select") return tidy(element.selectedOptions[0]?.textContent);
    if (control.kind === "select") return element.value || drawnText(control);
    return element.isContentEditable ? element.innerText.replace(/\n+/g, "\n") : element.value;
  };

  /** What a drawn select shows as chosen; its placeholder is nothing chosen. */
  const drawnText = (/** @type {any} */ control) => {
    const opener = control.opener;
    const empty = all(opener, "[class*='placeholder']").some(
      (/** @type {Element} */ one) =>
        !/selected-item/.test(one.className) || /is-transparent/.test(one.className),
    );
    return empty ? "" : tidy(opener.textContent);
  };

  /** The user wrote something there that the page did not bring. */
  const typed = (/** @type {any} */ control) => {
    const element = control.elements[0];
    if (control.kind === "file") return element.files.length > 0;
    if (element.isContentEditable) return Boolean(now(control).trim());
    return (
      TEXTUAL.has(control.kind) && Boolean(now(control)) && element.value !== element.defaultValue
    );
  };

  /** @param {any} element @param {string} value each step a turn of its own: frameworks draw between */
  const write = async (element, value) => {
    focus(element);
    await pause(0);
    if (element.isContentEditable) rewrite(element, value);
    else {
      element.value = value;
      tell(element);
    }
    await pause(0);
    leave(element);
  };

  /** As if typed, for pages that overwrite what only `.value =` brought. */
  const type = async (/** @type {any} */ element, /** @type {string} */ value) => {
    focus(element);
    if (element.isContentEditable) rewrite(element, value);
    else {
      element.focus();
      element.select?.();
      element.ownerDocument.execCommand(value ? "insertText" : "delete", false, value);
      element.dispatchEvent(new Event("change", { bubbles: true }));
    }
    await pause(0);
    leave(element);
  };

  /** Replace the text of an editor line by line; editors hear it as input. */
  const rewrite = (/** @type {HTMLElement} */ element, /** @type {string} */ value) => {
    const page = element.ownerDocument;
    element.focus();
    page.getSelection()?.selectAllChildren(element);
    page.execCommand("delete");
    for (const [index, line] of value.split("\n").entries()) {
      if (index) page.execCommand("insertParagraph");
      if (line) page.execCommand("insertText", false, line);
    }
    if (tidy(element.innerText).slice(0, 20) !== tidy(value).slice(0, 20))
      element.innerText = value;
    tell(element);
  };

  const focus = (/** @type {HTMLElement} */ element) => {
    element.dispatchEvent(new FocusEvent("focus"));
    element.dispatchEvent(new FocusEvent("focusin", { bubbles: true, composed: true }));
  };

  const leave = (/** @type {HTMLElement} */ element) => {
    element.dispatchEvent(new FocusEvent("blur"));
    element.dispatchEvent(new FocusEvent("focusout", { bubbles: true, composed: true }));
  };

  /** @param {HTMLElement} element */
  const tell = (element) => {
    element.dispatchEvent(
      new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText" }),
    );
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /** A click is what frameworks listen for; the value is set if the page swallowed the click. */
  const check = (/** @type {any} */ element, /** @type {boolean} */ wanted) => {
    if (ticked(element) === wanted) return;
    tickOf(element).click();
    if (tagOf(element) !== "input" || element.checked === wanted) return;
    element.checked = wanted;
    tell(element);
  };

  /** @param {any} control @param {any} row */
  const tick = (control, row) => {
    const index = control.options.findIndex(
      (/** @type {any} */ one) => one.value === row.choice && (one.text || one.value) === row.value,
    );
    if (index >= 0) check(control.elements[index], true);
  };

  /** @param {HTMLSelectElement} element @param {string} choice @param {string} [text] of its option */
  const select = (element, choice, text) => {
    element.value = choice;
    const named = [...element.options].find(
      (one) => one.value === choice && tidy(one.textContent) === text,
    );
    if (named) named.selected = true;
    tell(element);
  };

  /** @param {HTMLInputElement} input @param {File[]} files */
  const setFiles = (input, files) => {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    tell(input);
  };

  /** @param {any} control @returns {any} what undo needs to put back */
  const held = (control) => {
    const element = control.elements[0];
    if (control.kind === "file") return [...element.files];
    if (control.kind === "radio" || control.kind === "checkbox")
      return control.elements.map(ticked);
    return control.opener || element.isContentEditable ? now(control) : element.value;
  };

  /** Drawn by a framework: it keeps a state of its own, which hears clicks only. */
  const framed = (/** @type {HTMLElement} */ element) =>
    tagOf(element) !== "input" ||
    tickOf(element) !== element ||
    Boolean(
      element.closest(
        ".ant-radio, .ant-radio-button, .el-radio, .el-radio-button, .arco-radio, .t-radio",
      ),
    );

  /** @param {any} control @param {any} before @returns {Promise<boolean>} whether it could be put back */
  const restore = async (control, before) => {
    const element = control.elements[0];
    if (control.kind === "file") {
      setFiles(element, before);
      return true;
    }
    if (control.kind === "radio") {
      const index = before.indexOf(true);
      if (index >= 0) check(control.elements[index], true);
      else if (framed(element)) return false;
      for (const one of control.elements) if (ticked(one) && index < 0) untick(one);
      return true;
    }
    if (control.kind === "checkbox") {
      control.elements.forEach((/** @type {any} */ one, /** @type {number} */ index) =>
        check(one, before[index]),
      );
      return true;
    }
    if (tagOf(element) === "select" && !control.opener) select(element, before);
    else await write(element, before);
    return true;
  };

  /** No click unchooses a radio. */
  const untick = (/** @type {HTMLInputElement} */ one) => {
    one.checked = false;
    tell(one);
  };

  shared.kazhengEnter = Object.freeze({
    focus,
    held,
    leave,
    now,
    pause,
    restore,
    select,
    setFiles,
    tell,
    tick,
    type,
    typed,
    write,
  });
})();
