// Vue and Element Plus.
(() => {
  const { h } = Vue;
  const E = ElementPlus;
  const choice = (one) => Array.isArray(one) ? { value: one[0], label: one[0], children: one[1].map(choice) } : { value: one, label: one };
  const text = (more) => (f, bind) => h(E.ElInput, { ...bind, placeholder: f.hint || "", maxlength: f.most ?? undefined, showWordLimit: Boolean(f.extra.count), ...more });
  window.vueForms({
    use: (app) => app.use(E),
    controls: {
      text: text({}), textarea: text({ type: "textarea", rows: 4 }), password: text({ type: "password" }),
      number: (f, bind) => h(E.ElInputNumber, { ...bind, precision: 2, min: 0 }),
      select: (f, bind) => h(E.ElSelect, { ...bind, filterable: Boolean(f.extra.search), placeholder: "请选择" }, () => f.options.map((one) => h(E.ElOption, choice(one)))),
      cascader: (f, bind) => h(E.ElCascader, { ...bind, options: f.options.map(choice), placeholder: "请选择" }),
      auto: (f, bind) => h(E.ElAutocomplete, { ...bind, fetchSuggestions: (query, give) => give([{ value: "其他商家" }]) }),
      radio: (f, bind) => h(E.ElRadioGroup, bind, () => f.options.map((one) => h(f.extra.button ? E.ElRadioButton : E.ElRadio, { value: one }, () => one))),
      checkbox: (f, bind) => h(E.ElCheckboxGroup, bind, () => f.options.map((one) => h(E.ElCheckbox, { value: one }, () => one))),
      switch: (f, bind) => h(E.ElSwitch, bind),
      rate: (f, bind) => h(E.ElRate, bind),
      date: (f, bind) => h(E.ElDatePicker, { ...bind, type: "date", placeholder: "选择日期" }),
      datetime: (f, bind) => h(E.ElDatePicker, { ...bind, type: "datetime", placeholder: "选择时间" }),
      upload: (f, bind, state) => h(E.ElUpload, { fileList: state[f.key], "onUpdate:fileList": (list) => { state[f.key] = list; }, autoUpload: false, multiple: f.many, limit: f.many ? 9 : 1, drag: Boolean(f.extra.drag), accept: "image/*" }, () => f.extra.drag ? h("div", "将文件拖到此处，或点击上传") : h(E.ElButton, () => "点击上传")),
    },
    form: (form, control) => {
      const body = () => h(E.ElForm, { labelWidth: 120, labelPosition: form.layout === "top" ? "top" : "right" }, () => [
        ...form.fields.map((f) => h(E.ElFormItem, { key: f.key, label: f.label, required: f.need }, () => control(f))),
        h(E.ElButton, { nativeType: "button", onClick: () => fetch("/send", { method: "POST" }) }, () => "提交"),
      ]);
      return form.layout === "dialog"
        ? h("div", [h(E.ElInput, { placeholder: "搜索订单编号" }), h(E.ElDialog, { modelValue: true, title: form.title }, body)])
        : h("div", [h("h2", form.title), body()]);
    },
    ready: () => new Promise((done) => { const look = () => document.querySelector(".el-form") ? done() : requestAnimationFrame(look); look(); }),
  });
})();
