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
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return follow();
    stream?.close();
    stream = null;
  });
  addEventListener("pagehide", () => stream?.close());
  follow();

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

  // What an address names is shown, in a fold too.
  function unfold() {
    const named = location.hash && document.getElementById(location.hash.slice(1));
    for (let one = named; one; one = one.parentElement) if (one instanceof HTMLDetailsElement) one.open = true;
    if (named) named.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();

  document.addEventListener("click", (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest("[data-print]")) print();
  });

  // An address that leads to something folded unfolds it.
  function unfold() {
    const place = document.getElementById(location.hash.slice(1));
    if (!(place instanceof HTMLDetailsElement)) return;
    place.open = true;
    place.querySelector("summary")?.focus();
  }
  addEventListener("hashchange", unfold);
  unfold();

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

  // What asks for it is copied: data-copy names the element with the text.
  document.addEventListener("click", async (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-copy]");
    if (!(button instanceof HTMLElement)) return;
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) return;
    await navigator.clipboard.writeText(source.innerText);
    const said = document.getElementById("said");
    if (said) said.textContent = button.dataset.copied ?? "";
  });
})();
