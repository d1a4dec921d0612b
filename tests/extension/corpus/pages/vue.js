// What the Vue libraries share: state by key, a component a kind, the model read from the state.
window.vueForms = (library) => {
  const { createApp, h, reactive } = Vue;
  let app, state, drawn;
  const empty = { checkbox: () => [], cascader: library.cascader ?? (() => []), upload: () => [], switch: () => false, consent: () => false, rate: () => 0, number: library.number ?? (() => undefined), stepper: () => 1 };
  window.show = async (form) => {
    app?.unmount();
    document.querySelector("#root").replaceChildren();
    drawn = form;
    state = reactive(Object.fromEntries(form.fields.map((f) => [f.key, (empty[f.kind] ?? library.empty ?? (() => ""))()])));
    const bind = (f) => ({ modelValue: state[f.key], "onUpdate:modelValue": (value) => { state[f.key] = value; } });
    app = createApp({ render: () => library.form(form, (f) => library.controls[f.kind](f, bind(f), state)) });
    library.use(app);
    app.mount("#root");
    await library.ready?.();
    await Vue.nextTick();
  };
  const day = (value, seconds) => {
    if (!value) return "";
    if (!(value instanceof Date)) return String(value).replace(/[/]/g, "-");
    const two = (n) => String(n).padStart(2, "0");
    const date = `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
    return seconds ? `${date} ${two(value.getHours())}:${two(value.getMinutes())}:${two(value.getSeconds())}` : date;
  };
  const asText = (field, value) => {
    if (value === undefined || value === null || value === false) return "";
    if (field.kind === "upload") return value.length ? String(value.length) : "";
    if (field.kind === "rate") return value ? String(value) : "";
    if (field.kind === "date") return day(value, false);
    if (field.kind === "datetime") return day(value, true);
    return Array.isArray(value) ? value.join("/") : String(value);
  };
  window.model = () => Object.fromEntries(drawn.fields.map((f) => [f.key, asText(f, library.read ? library.read(f, state[f.key]) : state[f.key])]));
};
