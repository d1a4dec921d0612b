/** The page: pick a bundle, see each check in words. What the bundle says is only ever text. */

/** @typedef {"zh_CN" | "en"} Language */

/** @type {{language: Language, report: Verification | null}} */
const shown = {
  language: /^zh/i.test(navigator.language) ? "zh_CN" : "en",
  report: null,
};

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} key @returns {string} */
const say = (key) => /** @type {Record<string, string>} */ (TEXTS[shown.language])[key] ?? key;

/** @param {string} tag @param {string} className @param {string} content @returns {HTMLElement} */
function made(tag, className, content) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}

/** @param {string} text @returns {string} with what a reader could not see made visible */
function plain(text) {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

function draw() {
  document.documentElement.lang = shown.language === "en" ? "en" : "zh-CN";
  document.title = say("verify_page.title");
  for (const element of document.querySelectorAll("[data-text]"))
    element.textContent = say(/** @type {HTMLElement} */ (element).dataset.text ?? "");
  const { report } = shown;
  const verdict = part("verdict");
  verdict.hidden = !report;
  verdict.dataset.verdict = report?.verdict ?? "";
  part("checks").replaceChildren(...(report?.checks ?? []).map(row));
  part("redacted").hidden = !report?.redacted;
  part("installation").textContent = report?.installation
    ? say("verify_page.installation").replace("{installation}", report.installation)
    : "";
  if (!report) return;
  const compared = report.checks.some(({ name }) => name === "installation");
  const passed =
    (report.redacted ? "verify.pass_redacted" : "verify.pass") + (compared ? "" : "_not_compared");
  const sentences = { pass: passed, fail: "verify.fail", unchecked: "verify_page.unchecked" };
  verdict.textContent = say(sentences[report.verdict]);
}

/** @param {Check} check @returns {HTMLElement} */
function row(check) {
  const element = made("li", check.verdict, "");
  element.dataset.check = check.name;
  element.dataset.verdict = check.verdict;
  const key = `verify.${check.name}`;
  /** @type {Record<string, string>} */
  const own = { unchecked: "verify_page.unsupported", not_confirmed: "verify_page.stamps" };
  const sentence = say(own[check.verdict] ?? `${key}.${check.verdict}`);
  element.append(
    made("h2", "", say(`${key}.title`)),
    made("p", "sentence", sentence),
    made("p", "detail", plain(check.detail)),
  );
  if (check.verdict === "pass")
    element.append(
      made("p", "about", say("verify.proves") + say(`${key}.proves`)),
      made("p", "about", say("verify.limits") + say(`${key}.limits`)),
    );
  return element;
}

/** @param {() => Promise<Files> | Files} open */
async function run(open) {
  const field = /** @type {HTMLInputElement} */ (part("expected"));
  const state = part("state");
  shown.report = null;
  draw();
  document.body.dataset.busy = "true";
  state.textContent = say("verify_page.busy");
  if (globalThis.crypto?.subtle)
    shown.report = await verify(open, field.value.trim(), (done, total) => {
      state.textContent = `${say("verify_page.busy")} ${done} / ${total}`;
    });
  state.textContent = globalThis.crypto?.subtle ? "" : say("verify_page.no_crypto");
  document.body.dataset.busy = "false";
  draw();
}

/** @param {string} id @param {(list: FileList) => Promise<Files> | Files} open */
function picked(id, open) {
  const input = /** @type {HTMLInputElement} */ (part(id));
  input.addEventListener("change", () => {
    const list = input.files;
    if (list?.length) void run(() => open(list));
  });
  input.addEventListener("click", () => {
    input.value = "";
  });
}

picked("zip", (list) => openZip(list[0]));
picked("folder", (list) => openFolder(list));
part("language").addEventListener("click", () => {
  shown.language = shown.language === "en" ? "zh_CN" : "en";
  draw();
});
draw();
