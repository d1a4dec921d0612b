"use strict";
/* The console's only own script: the door, the session's token, live pages, clocks. */
(() => {
  const door = /** @type {HTMLFormElement | null} */ (document.getElementById("enter"));
  if (door) {
    const token = location.hash.slice(1);
    history.replaceState(null, "", location.pathname + location.search);
    if (token) {
      /** @type {HTMLInputElement} */ (door.elements.namedItem("token")).value = token;
      door.hidden = false;
      door.requestSubmit();
    }
    return;
  }
  const token = document.body.dataset.token;
  if (!token) return;
  document.body.addEventListener("htmx:configRequest", (event) => {
    /** @type {CustomEvent} */ (event).detail.headers["X-Kazheng-Token"] = token;
  });

  // One stream a page; a browser opens it again by itself when the helper comes back.
  let stream = /** @type {EventSource | null} */ (null);
  let since = document.body.dataset.pulse ?? "";
  function follow() {
    if (document.hidden || stream) return;
    stream = new EventSource(`/live?since=${since}`);
    stream.addEventListener("changed", (event) => {
      since = event.data;
      document.body.dispatchEvent(new CustomEvent("kazheng:changed"));
    });
    // Closed for good: the helper that runs now does not know this session.
    stream.addEventListener("error", () => {
      if (stream?.readyState !== EventSource.CLOSED) return;
      stream = null;
      say("ended");
    });
  }
  function leave() {
    stream?.close();
    stream = null;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : follow()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", follow);
  follow();

  /** Say what a template of the layout holds. @param {string} id */
  function say(id) {
    const words = /** @type {HTMLTemplateElement | null} */ (document.getElementById(id));
    if (words) document.getElementById("said")?.replaceChildren(words.content.cloneNode(true));
  }
  document.addEventListener("htmx:sendError", (event) => {
    say("unreached");
    if (/** @type {CustomEvent} */ (event).detail.requestConfig.verb === "post") scrollTo(0, 0);
  });

  // A part that follows takes the place of the old one only where it says something else, and never
  // while a field in it is used; what was unfolded or ticked stays so.
  const followed = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[hx-select]"));
  const came = new Map([...followed].map((part) => [part.id, part.outerHTML]));
  const late = new Set();
  let unfolded = /** @type {string[]} */ ([]);
  let ticked = /** @type {string[]} */ ([]);
  let gone = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    const part = /** @type {HTMLElement} */ (detail.target);
    if (detail.xhr.status === 404 && came.has(detail.requestConfig.elt.id)) gone = true;
    if (!came.has(part.id)) return;
    const page = new DOMParser().parseFromString(detail.serverResponse, "text/html");
    const now = page.getElementById(part.id)?.outerHTML;
    if (now === undefined) return;
    if (now === came.get(part.id)) detail.shouldSwap = false;
    else if ([...part.querySelectorAll("input, select, textarea")].some((one) => used(one, page))) {
      late.add(part.id);
      detail.shouldSwap = false;
    } else {
      late.delete(part.id);
      came.set(part.id, now);
      unfolded = [...part.querySelectorAll("details[open]")].map((one) => one.id);
      ticked = [...part.querySelectorAll("input[type=checkbox]:checked")].map((one) => one.id);
    }
  });
  // What is gone is said once, and not asked for again.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (gone && came.has(/** @type {CustomEvent} */ (event).detail.elt.id)) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded.splice(0)) {
      const fold = document.getElementById(id);
      if (fold instanceof HTMLDetailsElement) fold.open = true;
    }
    for (const id of ticked.splice(0)) {
      const box = document.getElementById(id);
      if (box instanceof HTMLInputElement) box.checked = true;
    }
  });
  for (const left of ["change", "focusout"]) {
    document.addEventListener(left, () => {
      if (late.size) document.body.dispatchEvent(new CustomEvent("kazheng:changed"));
    });
  }
  /**
   * Tell whether a field holds what its page did not give it, or is being filled; a tick, also one
   * that the browser remembered, goes along where the new page has its box.
   * @param {Element} field @param {Document} page
   */
  function used(field, page) {
    if (field === document.activeElement) return true;
    if (field instanceof HTMLSelectElement) {
      const given = [...field.options].findIndex((one) => one.defaultSelected);
      return field.selectedIndex !== Math.max(given, 0);
    }
    const one = /** @type {HTMLInputElement} */ (field);
    if (one.type === "checkbox" && page.getElementById(one.id)) return false;
    return one.checked !== one.defaultChecked || one.value !== one.defaultValue;
  }

  // A form that may be sent once says so; two clicks are one.
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = /** @type {HTMLElement} */ (event.target).closest("form");
    if (form) delete form.dataset.sent;
  });

  // A form that stands open during a long call takes the time of its end too: Beijing's, as told.
  // The browser's own picker offers nothing past the bound: it moves before that opens.
  for (const kind of ["focusin", "pointerdown", "input"]) {
    document.addEventListener(kind, ({ target }) => {
      if (!(target instanceof HTMLInputElement && target.type === "datetime-local")) return;
      if (target.max) target.max = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 16);
    });
  }

  // What an address names is shown, in a fold too.
  function unfold() {
    const named = document.getElementById(location.hash.slice(1));
    for (let one = named; one; one = one.parentElement) if (one instanceof HTMLDetailsElement) one.open = true;
    named?.scrollIntoView();
    if (named instanceof HTMLDetailsElement) named.querySelector("summary")?.focus();
  }
  addEventListener("hashchange", unfold);
  unfold();

  document.addEventListener("click", (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest("[data-print]")) print();
  });

  // Clocks run down between two answers of the helper, by its clock: the text alone changes.
  let listed = /** @type {HTMLElement | null} */ (null);
  let seen = 0;
  function count() {
    const list = document.getElementById("today");
    if (!list || document.hidden) return;
    if (list !== listed) [listed, seen] = [list, Date.now()];
    const now = Number(list.dataset.now) + (Date.now() - seen) / 1000;
    for (const clock of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[data-left]"))) {
      const said = left(list.dataset, Math.floor(Number(clock.dataset.left) - now));
      if (clock.textContent !== said) clock.textContent = said;
    }
  }
  /** @param {DOMStringMap} words @param {number} rest seconds @returns {string} */
  function left(words, rest) {
    if (rest <= 0) return words.leftOver ?? "";
    const [days, hours] = [Math.floor(rest / 86400), Math.floor(rest / 3600) % 24];
    const said = days ? words.leftDays : rest >= 3600 ? words.leftHours : words.leftMinutes;
    const parts = { days, hours, minutes: Math.floor(rest / 60) % 60, seconds: rest % 60 };
    return (said ?? "").replace(/\{(\w+)\}/g, (_, name) => String(parts[/** @type {keyof typeof parts} */ (name)]));
  }
  count();
  setInterval(count, 1000);

  // What asks for it is copied, and that is said beneath: data-copy names the element with the text.
  document.addEventListener("click", async (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-copy]");
    if (!(button instanceof HTMLElement)) return;
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) return;
    await navigator.clipboard.writeText(source.innerText);
    const said = document.getElementById("copied") ?? document.createElement("p");
    Object.assign(said, { id: "copied", className: "notice good", role: "status" });
    said.textContent = button.dataset.copied ?? "";
    (button.closest(".row") ?? button).after(said);
  });
})();
