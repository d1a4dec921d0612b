/* The browser's API for the extension's pages, with answers given by the test. */
const boot = (texts, language, answers, session) => {
  window.sent = [];
  window.answers = answers;
  const answer = (message) => {
    window.sent.push(message);
    const given = answers[message.type] ?? { ok: false, error: { code: "background_gone" } };
    return Array.isArray(given) ? (given.length > 1 ? given.shift() : given[0]) : given;
  };
  const fill = (text, values) => text.replace(/\$(\d)/g, (_, number) => values[number - 1] ?? "");
  window.chrome = {
    i18n: {
      getMessage: (key, values = []) => fill(texts[key]?.message ?? "", values),
      getUILanguage: () => language,
    },
    runtime: {
      getURL: (path) => `/${path}`,
      getManifest: () => ({ version: "0.1.0" }),
      openOptionsPage: () => { window.opened = "options"; },
      sendMessage: async (message) => answer(message),
    },
    tabs: { query: async () => [{ id: 1 }], create: async ({ url }) => { window.opened = url; } },
    permissions: {
      request: async (wanted) => { window.wanted = wanted; return answers.granted ?? false; },
      contains: async () => answers.granted ?? false,
    },
    storage: {
      session: { get: async () => session ?? {}, set: async () => {}, remove: async () => {} },
      local: { get: async (defaults) => defaults },
    },
  };
};
