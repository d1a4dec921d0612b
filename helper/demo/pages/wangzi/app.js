"use strict";
(function () {
  var header = document.getElementById("wz-header");
  window.addEventListener("scroll", function () {
    header.classList.toggle("is-stuck", window.scrollY > 40);
  }, { passive: true });

  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) { return; }
      entry.target.src = entry.target.dataset.src;
      entry.target.removeAttribute("data-src");
      watcher.unobserve(entry.target);
    });
  }, { rootMargin: "80px" });
  document.querySelectorAll("img[data-src]").forEach(function (image) { watcher.observe(image); });

  function toast(text) {
    var box = document.createElement("div");
    box.className = "wz-toast";
    box.textContent = text;
    document.body.appendChild(box);
    setTimeout(function () { box.remove(); }, 3000);
  }
  document.addEventListener("click", function (event) {
    var target = event.target.closest("[data-toast],[data-clipboard-text]");
    if (!target) { return; }
    if (target.dataset.toast) { event.preventDefault(); toast(target.dataset.toast); return; }
    if (navigator.clipboard) { navigator.clipboard.writeText(target.dataset.clipboardText); }
    toast("已复制");
  });

  document.querySelectorAll("[data-count-for]").forEach(function (counter) {
    var area = document.getElementById(counter.dataset.countFor);
    area.addEventListener("input", function () { counter.textContent = area.value.length; });
  });

  var issue = document.getElementById("f-issue");
  var material = document.querySelector("[data-material-out]");
  if (issue && material) {
    issue.addEventListener("change", function () {
      var chosen = issue.selectedOptions[0];
      material.textContent = chosen.dataset.material ? "需要材料：" + chosen.dataset.material : "请先选择投诉类型";
    });
  }
  var files = document.getElementById("f-files");
  if (files) {
    files.addEventListener("change", function () {
      var box = document.querySelector("[data-thumbs]");
      box.textContent = "";
      Array.prototype.forEach.call(files.files, function (file) {
        var tag = document.createElement("span");
        tag.textContent = file.name + " (" + Math.ceil(file.size / 1024) + " KB)";
        box.appendChild(tag);
      });
    });
  }
})();
