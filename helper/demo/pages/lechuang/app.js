"use strict";
(() => {
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      entry.target.src = entry.target.dataset.src;
      near.unobserve(entry.target);
    }
  }, { rootMargin: "60px" });
  document.querySelectorAll("img[data-src]").forEach((image) => near.observe(image));
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-toast],[data-clipboard-text]");
    if (!target) return;
    if (target.dataset.clipboardText) navigator.clipboard?.writeText(target.dataset.clipboardText);
    const note = Object.assign(document.createElement("div"), {
      className: "lc-toast", textContent: target.dataset.toast ?? "复制成功",
    });
    document.body.append(note);
    setTimeout(() => note.remove(), 3000);
  });
  const form = document.querySelector("#lc-ticket");
  if (form) {
    const count = form.querySelector("[data-for=content]");
    form.content.addEventListener("input", () => { count.textContent = `${form.content.value.length} / 500`; });
    const files = form.querySelector("[type=file]");
    files.addEventListener("change", () => {
      form.querySelector("[data-names]").textContent = [...files.files].map((file) => file.name).join("、") || "未选择文件";
    });
  }
})();
