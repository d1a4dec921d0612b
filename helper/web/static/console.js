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

  document.addEventListener("click", (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest("[data-print]")) print();
  });

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
