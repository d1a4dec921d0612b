"use strict";
(function () {
  function make(tag, css, text) {
    var node = document.createElement(tag);
    if (css) { node.className = css; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }
  function add(parent) {
    for (var i = 1; i < arguments.length; i += 1) { parent.appendChild(arguments[i]); }
    return parent;
  }
  function link(css, text, href) {
    var node = make("a", css, text);
    node.href = href;
    return node;
  }
  function picture(source, late) {
    var node = make("img");
    node.width = 240;
    node.height = 180;
    node.alt = "";
    if (late) { node.loading = "lazy"; }
    node.src = source;
    return node;
  }
  function cell(key, value, css) {
    return add(make("div", "wj-cell"), make("span", "k", key), make("span", "v " + (css || ""), value));
  }
  function panel(title) { return add(make("section", "wj-panel"), make("h2", "", title)); }

  function head(trade) {
    var box = make("section", "wj-panel wj-state");
    var words = add(make("div"), make("small", "", "交易状态"), make("strong", "wj-status-text s-" + trade.kind, trade.status));
    var buttons = add(make("p"), link("wj-btn", "联系商家", trade.shop), link("wj-btn", "交易凭证", trade.print),
      link("wj-btn wj-aftersale", "发起售后", trade.ticket));
    var steps = make("ol", "wj-steps");
    ["提交订单", "买家付款", "商家发货", "交易完成"].forEach(function (name, index) {
      var reached = { pending_payment: 0, paid: 1, delivered: 2, completed: 3 }[trade.kind];
      steps.appendChild(make("li", index <= (reached === undefined ? 1 : reached) ? "on" : "", name));
    });
    return add(box, words, buttons, steps);
  }
  function goods(trade) {
    var box = panel("商品信息");
    var table = make("table", "wj-items");
    var top = make("tr");
    ["商品", "规格", "单价", "数量", "小计"].forEach(function (name) { top.appendChild(make("th", "", name)); });
    var row = make("tr");
    var title = add(make("td", "t"), picture(trade.picture), link("wj-title", trade.title, trade.goods));
    add(row, title, make("td", "", trade.sku), make("td", "", "￥" + trade.unit), make("td", "", trade.quantity), make("td", "", "￥" + trade.amount));
    add(table, add(make("thead"), top), add(make("tbody"), row));
    var sum = make("p", "wj-sum");
    add(sum, make("span", "", "实付金额"), make("b", "wj-paid", "￥" + trade.amount));
    return add(box, table, sum);
  }
  function facts(trade) {
    var box = panel("交易信息");
    var grid = add(make("div", "wj-cells"),
      cell("订单编号", trade.order_no, "no"), cell("下单时间", trade.created, "created"), cell("付款时间", trade.paid, "paid"),
      cell("支付方式", trade.method, "method"), cell("充值账号", trade.account, "account"), cell("联系方式", trade.contact, "contact"),
      cell("商家名称", trade.merchant, "seller"), cell("联系商家", trade.seller_contact, "seller-contact"),
      cell("发货承诺", trade.promise, "promise"));
    return add(box, grid);
  }
  function delivery(trade) {
    var box = panel("卡密信息");
    var content = make("div", "wj-secret");
    trade.codes.forEach(function (code) {
      var row = add(make("p", "wj-code"), make("code", "", code));
      var copy = make("button", "wj-copy", "复制");
      copy.type = "button";
      copy.setAttribute("data-clipboard-text", code);
      content.appendChild(add(row, copy));
    });
    if (trade.codes.length) { content.appendChild(make("p", "wj-when", "发货时间 " + trade.delivered)); }
    if (trade.failure) { content.appendChild(make("p", "wj-failure", trade.failure)); }
    if (trade.refunded !== "-") { content.appendChild(make("p", "wj-refund", "已退款 ￥" + trade.refunded + "，原路退回")); }
    if (trade.message) { content.appendChild(make("p", "wj-message", trade.message)); }
    if (!content.childNodes.length) { content.appendChild(make("p", "wj-none", "付款后显示")); }
    return add(box, content);
  }
  function payments(trade) {
    var box = panel("付款记录");
    var list = make("ul", "wj-log");
    trade.payments.forEach(function (line) {
      list.appendChild(add(make("li"), make("time", "", line.at), make("span", "", trade.method + " ￥" + line.amount + "（流水 " + line.trade_no + "）")));
    });
    return add(box, list, make("p", "wj-tip", "商家需在 " + trade.reply_by + " 前响应售后，超时可申请平台介入。"));
  }
  function more(trade) {
    var list = make("div", "wj-list");
    trade.more.forEach(function (item) {
      var text = add(make("div"), make("h3", "", item.title), add(make("p"), make("b", "", "￥" + item.price)));
      list.appendChild(add(link("wj-goods", undefined, item.url), picture(item.picture, true), text));
    });
    return add(make("div"), make("h2", "wj-h2", "猜你喜欢"), list);
  }
  function draw(trade) {
    var root = document.getElementById("wj-trade");
    root.textContent = "";
    document.title = "交易详情 " + trade.order_no + "-微捷卡盟数字商品交易平台";
    add(root, head(trade), goods(trade), add(make("div", "wj-two"), facts(trade), add(make("div"), delivery(trade), payments(trade))), more(trade));
    root.setAttribute("data-ready", "1");
  }

  var trade = document.getElementById("wj-trade");
  if (trade) {
    fetch("/api/trade/" + trade.dataset.tradeNo).then(function (answer) { return answer.json(); }).then(draw).catch(function () {
      trade.textContent = "加载失败，请刷新页面";
    });
  }
  var near = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) { entry.target.src = entry.target.dataset.src; near.unobserve(entry.target); }
    });
  });
  document.querySelectorAll("img[data-src]").forEach(function (image) { near.observe(image); });

  var form = document.getElementById("wjAfterSale");
  if (form) {
    form.elements.detail.addEventListener("input", function () {
      document.getElementById("wjLeft").textContent = "还可输入 " + (500 - form.elements.detail.value.length) + " 字";
    });
    form.elements.images.addEventListener("change", function () {
      var names = Array.prototype.map.call(form.elements.images.files, function (file) { return file.name; });
      document.getElementById("wjFiles").textContent = names.join("、") || "支持多张，单张不超过10MB";
    });
  }
})();
