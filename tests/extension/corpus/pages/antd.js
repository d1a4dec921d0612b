// React and Ant Design: the model is the form's own store.
const { createElement: h, useState } = React;
const A = antd;
let store, drawn, mount;

const two = (n) => String(n).padStart(2, "0");
const options = (list) => list.map((one) => Array.isArray(one) ? { value: one[0], label: one[0], children: options(one[1]) } : { value: one, label: one });
const files = { valuePropName: "fileList", getValueFromEvent: (event) => event.fileList };

const controls = {
  text: (f) => h(A.Input, { placeholder: f.hint || undefined, maxLength: f.most ?? undefined }),
  textarea: (f) => h(A.Input.TextArea, { rows: 4, maxLength: f.most ?? undefined, showCount: Boolean(f.extra.count) }),
  number: () => h(A.InputNumber, { min: 0, precision: 2 }),
  select: (f) => h(A.Select, { options: options(f.options), showSearch: Boolean(f.extra.search), placeholder: "请选择" }),
  cascader: (f) => h(A.Cascader, { options: options(f.options), placeholder: "请选择" }),
  auto: (f) => h(A.AutoComplete, { options: [{ value: "其他商家" }] }),
  radio: (f) => h(A.Radio.Group, { options: f.options }),
  checkbox: (f) => h(A.Checkbox.Group, { options: f.options }),
  consent: (f) => h(A.Checkbox, {}, f.label),
  switch: () => h(A.Switch),
  date: () => h(A.DatePicker),
  datetime: () => h(A.DatePicker, { showTime: true }),
  password: () => h(A.Input.Password),
  upload: (f) => f.extra.drag
    ? h(A.Upload.Dragger, { beforeUpload: () => false, multiple: f.many, accept: "image/*" }, h("p", {}, "点击或拖拽文件到此处"))
    : h(A.Upload, { beforeUpload: () => false, multiple: f.many, maxCount: f.many ? undefined : 1, accept: "image/*", listType: "picture" }, h(A.Button, {}, "选择文件")),
};
const special = { upload: files, consent: { valuePropName: "checked" }, switch: { valuePropName: "checked" } };

const Page = ({ form }) => {
  const [own] = A.Form.useForm();
  store = own;
  const bare = form.layout === "bare";
  const items = form.fields.map((f) =>
    bare
      ? h("div", { key: f.key, className: "line" }, h("div", { className: "line-label" }, f.label), h(A.Form.Item, { name: f.key, noStyle: true, ...special[f.kind] }, controls[f.kind](f)))
      : h(A.Form.Item, { key: f.key, name: f.key, label: f.kind === "consent" ? undefined : f.label, required: f.need, ...special[f.kind] }, controls[f.kind](f)));
  const body = h(A.Form, { form: own, layout: form.layout === "vertical" ? "vertical" : "horizontal", labelCol: form.layout === "vertical" ? undefined : { span: 4 }, onFinish: () => fetch("/send", { method: "POST" }) }, ...items, h(A.Button, { htmlType: "submit" }, "提交"));
  return form.layout === "modal"
    ? h("div", {}, h(A.Input, { placeholder: "搜索订单号" }), h(A.Modal, { open: true, title: form.title, transitionName: "", maskTransitionName: "" }, body))
    : h("div", {}, h("h2", {}, form.title), body);
};

window.show = (form) => {
  mount?.unmount();
  drawn = form;
  mount = ReactDOM.createRoot(document.querySelector("#root"));
  mount.render(h(Page, { form }));
  return new Promise((done) => { const look = () => document.querySelector(".ant-form") ? done() : requestAnimationFrame(look); look(); });
};

const asText = (field, value) => {
  if (value === undefined || value === null || value === false) return "";
  if (field.kind === "upload") return value.length ? String(value.length) : "";
  if (field.kind === "date") return value.format("YYYY-MM-DD");
  if (field.kind === "datetime") return value.format("YYYY-MM-DD HH:mm:ss");
  return Array.isArray(value) ? value.join("/") : String(value);
};
window.model = () => Object.fromEntries(drawn.fields.map((f) => [f.key, asText(f, store.getFieldValue(f.key))]));
