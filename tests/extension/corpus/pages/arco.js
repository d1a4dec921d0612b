// Vue and Arco Design.
(() => {
  const { h } = Vue;
  const A = ArcoVue;
  const choice = (one) => Array.isArray(one) ? { value: one[0], label: one[0], children: one[1].map(choice) } : { value: one, label: one };
  const text = (component, more) => (f, bind) => h(component, { ...bind, placeholder: f.hint || "", maxLength: f.most ?? undefined, showWordLimit: Boolean(f.extra.count), ...more });
  window.vueForms({
    use: (app) => app.use(A),
    cascader: () => undefined,
    controls: {
      text: text(A.Input), textarea: text(A.Textarea), password: text(A.InputPassword),
      number: (f, bind) => h(A.InputNumber, { ...bind, precision: 2 }),
      select: (f, bind) => h(A.Select, { ...bind, options: f.options.map(choice), placeholder: "请选择" }),
      cascader: (f, bind) => h(A.Cascader, { ...bind, options: f.options.map(choice), pathMode: true, placeholder: "请选择" }),
      radio: (f, bind) => h(A.RadioGroup, { ...bind, options: f.options.map(choice) }),
      checkbox: (f, bind) => h(A.CheckboxGroup, { ...bind, options: f.options.map(choice) }),
      date: (f, bind) => h(A.DatePicker, bind),
      datetime: (f, bind) => h(A.DatePicker, { ...bind, showTime: true }),
      upload: (f, bind, state) => h(A.Upload, { fileList: state[f.key], "onUpdate:fileList": (list) => { state[f.key] = list; }, autoUpload: false, multiple: f.many, accept: "image/*" }),
    },
    form: (form, control) => h("div", [h("h2", form.title), h(A.Form, { model: {}, layout: form.layout || "horizontal" }, () => [
      ...form.fields.map((f) => h(A.FormItem, { key: f.key, field: f.key, label: f.label, required: f.need }, () => control(f))),
      h(A.Button, { htmlType: "button", onClick: () => fetch("/send", { method: "POST" }) }, () => "提交"),
    ])]),
  });
})();
