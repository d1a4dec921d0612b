/** Which files go with a fill: names, sizes, what was made of them, and what stays behind. */
import { h } from "./dom.js";
import { size, t } from "./i18n.js";

/** @param {any} plan @param {HTMLElement} attach the checkbox for all of them */
export function fileList(plan, attach) {
  const { files, stays = [], takes } = plan;
  if (files.length === 0 && stays.length === 0) return null;
  const going = files.filter((/** @type {any} */ one) => one.accepted);
  return h(
    "div.stack.small",
    { id: "fill-file-list" },
    h("label.check", null, attach, h("span", null, t("fill_files", going.length))),
    takes && h("p.soft", null, t("fill_takes", takes)),
    h("ul.plain.long", { id: "fill-going", tabindex: "0" }, ...files.map(fileRow)),
    stays.length > 0 &&
      h(
        "details",
        { open: going.length === 0 },
        h("summary", null, t("fill_stays", stays.length)),
        h("ul.plain.long", { id: "fill-stays", tabindex: "0" }, ...byReason(stays)),
      ),
  );
}

/** Each reason once, with the files it holds for. @param {{name: string, said: string}[]} stays */
function byReason(stays) {
  const reasons = new Set(stays.map(({ said }) => said));
  return [...reasons].map((said) => {
    const names = stays.filter((one) => one.said === said).map(({ name }) => name);
    return h(
      "li",
      null,
      h("div.soft", null, t("fill_stays_because", said, names.length)),
      h("div.mono", null, names.join(t("comma"))),
    );
  });
}

/** @param {any} file */
function fileRow(file) {
  const { accepted, bytes, name, said, thumbnail } = file;
  // Only what the helper drew itself is shown.
  const drawn = thumbnail?.startsWith("data:image/jpeg;base64,") ? thumbnail : null;
  return h(
    "li.file",
    null,
    drawn ? h("img", { src: drawn, alt: "" }) : h("span", null),
    h(
      "div",
      null,
      h("div.mono", null, name),
      h("div.soft", null, [size(bytes), said].filter(Boolean).join(" · ")),
      !accepted && h("span.chip.warn", null, t("fill_no_upload")),
    ),
  );
}
