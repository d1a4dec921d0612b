/** The content scripts that fill a form, in the order they are injected. */
export const FILL_SCRIPTS = [
  "natives",
  "form",
  "labels",
  "controls",
  "enter",
  "asides",
  "score",
  "match",
  "guard",
  "uploads",
  "popup",
  "upload_words",
  "fill",
].map((name) => `content/${name}.js`);
