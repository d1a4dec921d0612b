// Draws a form without a library: by table, dl, fieldset, label, or with nothing but placeholders.
const el = (tag, given = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children);
  return node;
};

const choices = (type, field) =>
  el("span", {}, ...field.options.map((text, n) => el("label", {}, el("input", { type, name: field.key, value: n }), text)));

const control = (field, id) => {
  const given = { name: field.key, id, placeholder: field.hint || undefined, required: field.need, maxlength: field.most ?? undefined };
  const kinds = {
    textarea: () => el("textarea", { ...given, rows: 4 }),
    select: () => el("select", given, el("option", { value: "" }, "请选择"), ...field.options.map((text, n) => el("option", { value: n + 1 }, text))),
    radio: () => choices("radio", field),
    checkbox: () => choices("checkbox", field),
    consent: () => el("input", { ...given, type: "checkbox" }),
    number: () => el("input", { ...given, type: "number", step: "0.01" }),
    date: () => el("input", { ...given, type: "date" }),
    datetime: () => el("input", { ...given, type: "datetime-local" }),
    password: () => el("input", { ...given, type: "password" }),
    upload: () => el("input", { ...given, type: "file", accept: "image/*", multiple: field.many }),
    rich: () => el("div", { id, contenteditable: "true", class: "editor", "data-key": field.key }),
  };
  return (kinds[field.kind] ?? (() => el("input", { ...given, type: "text" })))();
};

const layouts = {
  table: (fields) => [el("table", {}, ...fields.map((f) => el("tr", {}, el("td", {}, f.label), el("td", {}, control(f)))))],
  dl: (fields) => [el("dl", {}, ...fields.flatMap((f) => [el("dt", {}, f.label), el("dd", {}, control(f))]))],
  label: (fields) => fields.map((f) => el("div", { class: "row" }, el("label", { for: `i-${f.key}` }, f.label), " ", control(f, `i-${f.key}`))),
  neighbour: (fields) => fields.map((f) => el("div", {}, `${f.label}：`, control(f), el("br"))),
  bare: (fields) => fields.map((f) => el("p", {}, control(f))),
  fieldset: (fields) => {
    const sets = [];
    for (const f of fields) {
      if (f.extra.group) sets.push(el("fieldset", {}, el("legend", {}, f.extra.group)));
      sets.at(-1).append(el("div", { class: "item" }, el("span", { class: "name" }, f.label, f.need ? el("i", {}, "*") : ""), control(f)));
    }
    return sets;
  },
};

let drawn, home;

window.show = (form) => {
  const root = document.querySelector("#root");
  root.replaceChildren();
  const [layout, where] = form.layout.split(" ");
  if (form.html) {
    root.innerHTML = form.html;
    drawn = form;
    home = root;
    return undefined;
  }
  const node = el("form", { action: "/send", method: "post" }, el("h2", {}, form.title), ...layouts[layout](form.fields), el("button", {}, "提交"));
  if (where === "shadow") {
    const host = root.appendChild(document.createElement("x-form"));
    host.attachShadow({ mode: "open" }).append(node);
  } else if (where === "frame") {
    const frame = root.appendChild(el("iframe", { width: 700, height: 600, srcdoc: "<!doctype html><meta charset=utf-8><style>body{margin:8px}</style>" }));
    return new Promise((done) => { frame.onload = () => { frame.contentDocument.body.append(node); drawn = form; home = node; done(); }; });
  } else root.append(node);
  drawn = form;
  home = node;
};

const byValue = (name) => [...home.querySelectorAll(`[name="${name}"]`)].filter((one) => !["radio", "checkbox"].includes(one.type) || one.checked).map((one) => one.value).join("/");

window.model = () =>
  Object.fromEntries(drawn.fields.map((field) => {
    if (drawn.html && field.kind !== "upload") return [field.key, byValue(field.key)];
    const rich = home.querySelector(`[data-key="${field.key}"]`);
    const [first, ...rest] = rich ? [rich] : home.querySelectorAll(`[name="${field.key}"]`);
    if (rich) return [field.key, rich.innerText];
    if (field.kind === "upload") return [field.key, first.files.length ? String(first.files.length) : ""];
    if (field.kind === "select") return [field.key, first.value ? first.selectedOptions[0].textContent : ""];
    if (field.kind === "consent") return [field.key, first.checked ? "yes" : ""];
    if (["radio", "checkbox"].includes(field.kind))
      return [field.key, [first, ...rest].filter((one) => one.checked).map((one) => one.parentNode.textContent).join("/")];
    return [field.key, field.kind === "datetime" ? first.value.replace("T", " ") : first.value];
  }));
