// Vue and Vant: phones; choices behind a popup with a wheel and a button that confirms.
(() => {
  const { h, reactive } = Vue;
  const V = vant;
  const open = reactive({});
  const popup = (f, bind, inner) => [
    h(V.Field, { label: f.label, modelValue: bind.modelValue, isLink: true, readonly: true, placeholder: "请选择", onClick: () => { open[f.key] = true; } }),
    h(V.Popup, { show: Boolean(open[f.key]), "onUpdate:show": (now) => { open[f.key] = now; }, position: "bottom", teleport: "body", duration: 0 }, () => inner),
  ];
  const done = (f, bind, value) => { bind["onUpdate:modelValue"](value); open[f.key] = false; };
  const inField = (f, inner) => h(V.Field, { label: f.label }, { input: () => inner });
  const text = (more) => (f, bind) => h(V.Field, { ...bind, label: f.label, placeholder: f.hint || "请填写", maxlength: f.most ?? undefined, ...more });
  window.vueForms({
    use: (app) => { for (const name of Object.keys(open)) delete open[name]; app.use(V); },
    controls: {
      text: text({}), password: text({ type: "password" }), number: text({ type: "number" }),
      textarea: text({ type: "textarea", rows: 3, showWordLimit: true }),
      picker: (f, bind) => popup(f, bind, h(V.Picker, { columns: f.options.map((one) => ({ text: one, value: one })), onConfirm: ({ selectedValues }) => done(f, bind, selectedValues[0]), onCancel: () => { open[f.key] = false; } })),
      date: (f, bind) => popup(f, bind, h(V.DatePicker, { minDate: new Date(2024, 0, 1), maxDate: new Date(2027, 11, 31), onConfirm: ({ selectedValues }) => done(f, bind, selectedValues.join("-")), onCancel: () => { open[f.key] = false; } })),
      radio: (f, bind) => inField(f, h(V.RadioGroup, { ...bind, direction: "horizontal" }, () => f.options.map((one) => h(V.Radio, { name: one }, () => one)))),
      checkbox: (f, bind) => inField(f, h(V.CheckboxGroup, bind, () => f.options.map((one) => h(V.Checkbox, { name: one, shape: "square" }, () => one)))),
      stepper: (f, bind) => inField(f, h(V.Stepper, bind)),
      switch: (f, bind) => inField(f, h(V.Switch, bind)),
      upload: (f, bind, state) => inField(f, h(V.Uploader, { modelValue: state[f.key], "onUpdate:modelValue": (list) => { state[f.key] = list; }, multiple: f.many, maxCount: f.many ? 9 : 1 })),
    },
    number: () => "",
    form: (form, control) => h("div", [h("h2", form.title), h(V.Form, () => [h(V.CellGroup, () => form.fields.map((f) => control(f))), h(V.Button, { nativeType: "button", onClick: () => fetch("/send", { method: "POST" }) }, () => "提交")])]),
  });
})();
