/** The top of a case: the next step, what is safe, what is missing, what is due, what does not fit. */
import { actionFor } from "./actions.js";
import { make } from "./choice_view.js";
import { clockList, nearest } from "./clocks_view.js";
import { busy, fold, h, openPart, repaint } from "./dom.js";
import { openDraft, SHOP } from "./draft_view.js";
import { t, when } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { openForm } from "./told_view.js";

/** @param {HTMLElement} place @param {import("./desk.js").Desk} desk */
export function showNow(place, desk) {
  const { advice } = desk;
  if (!advice) {
    repaint(place, h("ul.plain.status", null, safe(desk)), errorNotice(desk.trouble));
    return;
  }
  const { decision, contradictions, clocks } = advice;
  repaint(
    place,
    h(
      "div.lead",
      null,
      h(
        "div.stack",
        null,
        h("div.stack", { id: "next-step" }, ...step(desk)),
        decision.lowered && notice("warn", decision.lowered.text),
        ...decision.warnings.map((/** @type {any} */ one) => notice("warn", one.text)),
        ...contradictions.map((/** @type {any} */ one) => doubt(desk, one)),
      ),
      h(
        "div.stack",
        null,
        h("ul.plain.status", { id: "status" }, ...status(desk)),
        clocks.length > 0 && clockList(clocks),
      ),
    ),
  );
}

/** One sentence and one button. @param {import("./desk.js").Desk} desk @returns {Node[]} */
function step(desk) {
  const { decision, ladder, written, filled_at } = desk.advice;
  if (decision.stop) {
    return [
      h("p.big-words", null, decision.stop.text),
      button("answer-first", t("answer_first"), () => openPart("part-questions")),
    ];
  }
  const why = h("p.big-words", null, ladder.why);
  if (ladder.next) {
    const { channel, document, name, document_name } = ladder.next;
    if (written && filled_at) {
      return [
        h("p.big-words", null, t("filled_for", when(filled_at), document_name, name)),
        button("do-next", t("note_submitted"), () => openForm(desk, "filed", { channel })),
        button("fill-on", t("fill_on"), () => openDraft(desk, written), "button"),
      ];
    }
    if (written) {
      const said = h("p.big-words", null, t("written_for", document_name, name));
      return [said, button("do-next", t("see_written"), () => openDraft(desk, written))];
    }
    const label = t("write_for", document_name, name);
    return [why, button("do-next", label, () => make(desk, { channel, document }))];
  }
  if (ladder.waiting) {
    const { channel } = ladder.waiting;
    return [why, button("answered", t("answered"), () => openForm(desk, "answer", { channel }))];
  }
  const refund = () => openForm(desk, "refund");
  // Where nothing can be written yet, the sentence says what is to be mended: no refund is meant.
  const writable = ladder.steps.some(
    (/** @type {any} */ step) => step.channel === SHOP && step.documents.length > 0,
  );
  return ladder.state === "check" && writable
    ? [why, button("refund-came", t("told_refund"), refund)]
    : [why];
}

/** @param {string} id @param {string} label @param {() => unknown} act @param {string} [tag] */
function button(id, label, act, tag = "button.primary.big") {
  const pressed = (/** @type {any} */ event) =>
    busy(event.currentTarget, async () => {
      await act();
    });
  return h(tag, { type: "button", id, onclick: pressed }, label);
}

/** @param {import("./desk.js").Desk} desk @returns {(Node | null)[]} */
function status(desk) {
  const { gaps, clocks, chain } = desk.advice;
  const lacking = () => openPart("part-proof");
  return [
    safe(desk),
    gaps.length
      ? state("○", "lacking", h("a", { href: "#proof", onclick: lacking }, t("lacking", gaps.length)))
      : chain
        ? state("✓", "held", t("nothing_lacking"))
        : state("○", "lacking", t("no_order_yet")),
    nearest(clocks) ? null : state("◷", "", t("nothing_due")),
  ];
}

/** @param {import("./desk.js").Desk} desk */
function safe({ one }) {
  const sealed = one.captures.filter((/** @type {any} */ view) => view.state === "sealed").length;
  const all = one.captures.length;
  if (all === 0) return state("○", "lacking", t("nothing_kept"));
  return state("✓", "held", sealed === all ? t("all_safe", all) : t("some_sealed", all, sealed));
}

/** @param {string} mark @param {string} kind @param {string | Node} words */
function state(mark, kind, words) {
  return h("li", { class: kind }, h("span.mark", { "aria-hidden": "true" }, mark), h("span", null, words));
}

/** @param {import("./desk.js").Desk} desk @param {any} one */
function doubt(desk, one) {
  return h(
    "div.notice.warn.doubt",
    null,
    h("strong", null, one.text),
    one.why && fold(`doubt-${one.key}`, t("why"), h("p", null, one.why)),
    actionFor(desk, one),
  );
}
