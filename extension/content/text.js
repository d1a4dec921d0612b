/** Texts of content/snapshot.js: escaping for HTML, and pieces small enough for one message. */
(() => {
  const PIECE = 8_000_000;

  /** @param {string} text */
  const escapeText = (text) =>
    text.replace(/[&<>\u00a0]/g, (c) =>
      c === "&" ? "&amp;" : c === "<" ? "&lt;" : c === ">" ? "&gt;" : "&nbsp;",
    );
  /** @param {string} text */
  const escapeAttribute = (text) => escapeText(text).replace(/"/g, "&quot;");

  /** @param {string} text @returns {string[]} pieces that split no character */
  const pieces = (text) => {
    const list = [];
    for (let at = 0; at < text.length;) {
      let end = Math.min(text.length, at + PIECE);
      if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1])) end -= 1;
      list.push(text.slice(at, end));
      at = end;
    }
    return list;
  };

  /** @type {any} */ (globalThis).kazhengText = { escapeAttribute, escapeText, pieces };
})();
