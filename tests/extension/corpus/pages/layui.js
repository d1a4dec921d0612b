// layui: native controls hidden behind drawn ones; the model is what form.val reads.
let drawn;
const chosen = {};
const attribute = (text) => text.replace(/"/g, "&quot;");
const controls = {
  text: (f) => `<input type="text" name="${f.key}" placeholder="${attribute(f.hint || "请输入")}" class="layui-input">`,
  textarea: (f) => `<textarea name="${f.key}" class="layui-textarea"></textarea>`,
  password: (f) => `<input type="password" name="${f.key}" class="layui-input">`,
  select: (f) => `<select name="${f.key}" ${f.extra.search ? "lay-search" : ""}><option value="">请选择</option>${f.options.map((one) => `<option value="${one}">${one}</option>`).join("")}</select>`,
  radio: (f) => f.options.map((one) => `<input type="radio" name="${f.key}" value="${one}" title="${one}">`).join(""),
  checkbox: (f) => f.options.map((one) => `<input type="checkbox" name="${f.key}" value="${one}" title="${one}" lay-skin="primary">`).join(""),
  consent: (f) => `<input type="checkbox" name="${f.key}" value="yes" title="${f.label}" lay-skin="primary">`,
  date: (f) => `<input type="text" name="${f.key}" id="d-${f.key}" class="layui-input" placeholder="yyyy-MM-dd">`,
  datetime: (f) => `<input type="text" name="${f.key}" id="d-${f.key}" class="layui-input" placeholder="yyyy-MM-dd HH:mm:ss">`,
  upload: (f) => `<button type="button" class="layui-btn" id="u-${f.key}">选择文件</button><div id="n-${f.key}"></div>`,
};

window.show = (form) => new Promise((done) => {
  layui.use(["form", "laydate", "upload"], () => {
    drawn = form;
    for (const name of Object.keys(chosen)) delete chosen[name];
    document.querySelector("#root").innerHTML = `<h2>${form.title}</h2><form class="layui-form ${form.layout === "pane" ? "layui-form-pane" : ""}" lay-filter="corpus" action="/send" method="post">${form.fields.map((f) => `<div class="layui-form-item"><label class="layui-form-label">${f.kind === "consent" ? "" : f.label}</label><div class="layui-input-block">${controls[f.kind](f)}</div></div>`).join("")}<button type="button" class="layui-btn" lay-submit>提交</button></form>`;
    layui.form.render();
    for (const f of form.fields) {
      if (["date", "datetime"].includes(f.kind)) layui.laydate.render({ elem: `#d-${f.key}`, type: f.kind });
      if (f.kind === "upload")
        layui.upload.render({ elem: `#u-${f.key}`, auto: false, multiple: f.many, accept: "images", choose: (event) => { chosen[f.key] = Object.keys(event.pushFile()).length; document.querySelector(`#n-${f.key}`).textContent = Object.values(event.pushFile()).map((one) => one.name).join(" "); } });
    }
    done();
  });
});

window.model = () => {
  const held = layui.form.val("corpus");
  return Object.fromEntries(drawn.fields.map((f) => {
    if (f.kind === "upload") return [f.key, chosen[f.key] ? String(chosen[f.key]) : ""];
    if (f.kind === "checkbox") {
      const boxes = [...document.querySelectorAll(`[name="${f.key}"]`)];
      return [f.key, boxes.filter((one) => one.checked).map((one) => one.value).join("/")];
    }
    return [f.key, held[f.key] ?? ""];
  }));
};
