// Vue and TDesign.
(() => {
  const { h } = Vue;
  const T = TDesign;
  const choice = (one) => Array.isArray(one) ? { value: one[0], label: one[0], children: one[1].map(choice) } : { value: one, label: one };
  const change = (bind) => ({ value: bind.modelValue, onChange: bind["onUpdate:modelValue"] });
  window.vueForms({
    use: (app) => app.use(T.default ?? T),
    cascader: () => "",
    controls: {
      text: (f, bind) => h(T.Input, { ...change(bind), placeholder: f.hint || "", maxlength: f.most ?? undefined }),
      textarea: (f, bind) => h(T.Textarea, { ...change(bind), maxlength: f.most ?? undefined }),
      number: (f, bind) => h(T.InputNumber, { ...change(bind), decimalPlaces: 2 }),
      select: (f, bind) => h(T.Select, { ...change(bind), options: f.options.map(choice), placeholder: "请选择" }),
      cascader: (f, bind) => h(T.Cascader, { ...change(bind), options: f.options.map(choice), valueType: "full" }),
      radio: (f, bind) => h(T.RadioGroup, { ...change(bind), options: f.options.map(choice) }),
      checkbox: (f, bind) => h(T.CheckboxGroup, { ...change(bind), options: f.options.map(choice) }),
      date: (f, bind) => h(T.DatePicker, change(bind)),
      upload: (f, bind, state) => h(T.Upload, { files: state[f.key], onChange: (list) => { state[f.key] = list; }, autoUpload: false, multiple: f.many, accept: "image/*", theme: "file-flow", showUploadProgress: false }),
    },
    form: (form, control) => h("div", [h("h2", form.title), h(T.Form, { labelWidth: 120 }, () => [
      ...form.fields.map((f) => h(T.FormItem, { key: f.key, label: f.label, name: f.key, requiredMark: f.need }, () => control(f))),
      h(T.Button, { type: "button", onClick: () => fetch("/send", { method: "POST" }) }, () => "提交"),
    ])]),
  });
})();
