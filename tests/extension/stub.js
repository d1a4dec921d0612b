/* The browser's API for the extension's pages, with answers given by the test. */
const boot = (texts, language, answers, session) => {
  window.sent = [];
  window.answers = answers;
  window.stored = answers.stored ?? {};
  const answer = (message) => {
    window.sent.push(message);
    const given = answers[message.type] ?? { ok: false, error: { code: "background_gone" } };
    return Array.isArray(given) ? (given.length > 1 ? given.shift() : given[0]) : given;
  };
  const heard = {};
  const event = (name) => ({ addListener: (listener) => (heard[name] ??= []).push(listener) });
  window.fire = (name, ...given) => (heard[name] ?? []).forEach((listener) => listener(...given));
  /* `silent`: nothing is answered until speak(); `broken`: a disk that lets no database be opened. */
  let silent = answers.silent || sessionStorage.silent;
  let spoken;
  const speaking = new Promise((done) => { spoken = done; });
  window.speak = () => { silent = false; spoken(); };
  const late = async (message) => {
    if (silent) await speaking;
    return answer(message);
  };
  if (answers.broken) {
    IDBFactory.prototype.open = () => { throw new DOMException("no room", "UnknownError"); };
  }
  const fill = (text, values) => text.replace(/\$(\d)/g, (_, number) => values[number - 1] ?? "");
  window.chrome = {
    i18n: {
      getMessage: (key, values = []) => fill(texts[key]?.message ?? "", values),
      getUILanguage: () => language,
    },
    runtime: {
      getURL: (path) => `/${path}`,
      getManifest: () => ({ version: "0.1.0", optional_permissions: ["cookies", "pageCapture"] }),
      openOptionsPage: () => { window.opened = "options"; },
      sendMessage: late,
      onMessage: event("message"),
    },
    tabs: {
      query: async () => [
        { id: 1, windowId: 1, url: answers.page?.url, title: answers.page?.title },
      ],
      get: async (id) => {
        if (sessionStorage.closed) throw new Error(`No tab with id: ${id}.`);
        return {
          id,
          windowId: 1,
          url: answers.page?.url,
          title: answers.page?.title,
          ...answers.tab,
        };
      },
      create: async ({ url }) => { window.opened = url; },
      update: async (id, changes) => { window.updated = [id, changes]; },
      onActivated: event("activated"),
      onRemoved: event("removed"),
      onUpdated: event("updated"),
    },
    sidePanel: answers.noPanel ? undefined : {
      setOptions: async (options) => { window.beside = options; },
      open: async () => { if (answers.panelFails) throw new Error("no panel"); },
    },
    windows: { create: async ({ url }) => { window.opened = url; } },
    action: { getBadgeText: async () => answers.badge ?? "" },
    permissions: {
      request: async (wanted) => { window.wanted = wanted; return answers.granted ?? false; },
      contains: async () => answers.granted ?? false,
      remove: async (given) => { (window.returned ??= []).push(given); return true; },
    },
    storage: {
      session: { get: async () => session ?? {}, set: async () => {}, remove: async () => {} },
      local: {
        get: async (defaults) => ({ ...defaults, ...window.stored }),
        set: async (values) => { Object.assign(window.stored, values); },
      },
    },
  };
};
