/** Preview of a fill, the user's yes, the report per field, undo, and the receipt. */
import { byId, busy, h, put } from "./dom.js";
import { fileList } from "./fill_files.js";
import { frameHint, frameNotice } from "./fill_frames.js";
import { SURE, leftList, previewRow } from "./fill_rows.js";
import { named, t, when } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { explained, send } from "./talk.js";

/**
 * @typedef {{tabId: number, page: any, filled: any, beside: (() => void) | null,
 *   keepReceipt: (draft: {draft_id: string, case_id: string}) => Promise<void>}} Context
 * `beside` opens the same beside the page, null where it is there already or cannot be
 */

/** Offer to fill on a complaint form, and to keep the receipt after the user has submitted. */
export async function offerFill(/** @type {HTMLElement} */ place, /** @type {Context} */ context) {
  const { page, filled } = context;
  const form = page.complaint_form;
  const moved = filled?.url !== page.url;
  // Where a known form stands again, it was refused or goes on. One receipt is enough.
  if (filled && !filled.kept && (page.kind === "receipt" || (moved && !form))) {
    document.body.dataset.state = "receipt";
    byId("keep").classList.remove("primary");
    put(
      place,
      h(
        "section.card",
        null,
        h("h2", null, t("receipt_title")),
        h("p.small.soft", null, t("receipt_note")),
        receiptButton(context, true),
        previewButton("button.quiet", "fill_again", place, context),
      ),
    );
    return;
  }
  // On the order page itself there is nothing to fill; elsewhere the offer comes after the main button.
  if (page.kind === "order" && !form) return put(place);
  if (form) byId("keep").classList.remove("primary");
  else byId("before").after(place);
  const [tag, text] = form
    ? ["button.primary.big", "fill_preview"]
    : ["button.quiet", "fill_preview_quiet"];
  put(
    place,
    form && h("p.small.soft", null, t("fill_intro")),
    previewButton(tag, text, place, context),
    besideButton(context),
    filled && receiptButton(context, false),
  );
}

/** @param {string} tag @param {string} text @param {HTMLElement} place @param {Context} context */
function previewButton(tag, text, place, context) {
  const button = h(tag, { type: "button", id: "fill-preview" }, t(text));
  const show = () => busy(/** @type {HTMLButtonElement} */ (button), () => preview(place, context));
  button.addEventListener("click", show);
  return button;
}

/** @param {Context} context */
function besideButton({ beside }) {
  const about = { type: "button", id: "beside", onclick: beside, "aria-describedby": "beside-note" };
  return (
    beside &&
    h(
      "div",
      null,
      h("button.quiet", about, t("beside_open")),
      h("span.small.soft", { id: "beside-note" }, t("beside_note")),
    )
  );
}

/** @param {Context} context @param {boolean} first */
function receiptButton({ filled, keepReceipt }, first) {
  return h(
    first ? "button.primary.big" : "button",
    { type: "button", id: "keep-receipt", onclick: () => keepReceipt(filled) },
    t("keep_receipt"),
  );
}

/**
 * @param {HTMLElement} place @param {Context} context
 * @param {string} [draft_id] of the draft that the person chose among those that fit
 */
async function preview(place, context, draft_id) {
  put(byId("error"));
  try {
    const plan = await send("fill-preview", { tabId: context.tabId, draft_id });
    byId("before").hidden = true;
    put(byId("after"));
    document.body.dataset.state = "preview";
    delete document.body.dataset.capture;
    showPreview(place, context, plan);
  } catch (error) {
    const { frame } = explained(error);
    const again = () => preview(place, context, draft_id);
    say(frame ? frameNotice(error, frame, again) : errorNotice(error));
  }
}

/** Say in sight what went wrong: the button may stand far below. @param {HTMLElement} said */
function say(said) {
  put(byId("error"), said);
  byId("error").scrollIntoView({ block: "nearest" });
}

/**
 * Choose which draft is filled, where several fit.
 *
 * @param {HTMLElement} place @param {Context} context @param {any} plan
 */
function draftChoice(place, context, { draft_id, drafts = [] }) {
  if (drafts.length < 2) return null;
  const options = drafts.map((/** @type {any} */ one) =>
    h("option", { value: one.draft_id }, `${one.title || one.draft_id} · ${when(one.created_at)}`),
  );
  const select = /** @type {any} */ (h("select", { id: "fill-draft" }, ...options));
  select.value = draft_id;
  select.addEventListener("change", async () => {
    await busy(select, () => preview(place, context, select.value));
    select.value = draft_id; // where that failed, the preview is still of this one
    document.getElementById("fill-draft")?.focus();
  });
  return h("label", null, h("span", null, t("fill_draft_choose", drafts.length)), select);
}

/** @param {HTMLElement} place @param {Context} context @param {any} plan */
function showPreview(place, context, plan) {
  const files = plan.files.filter((/** @type {any} */ file) => file.accepted);
  const attach = h("input", {
    type: "checkbox",
    id: "fill-files",
    checked: files.length > 0,
    disabled: files.length === 0,
  });
  const consent = plan.elsewhere?.length
    ? h("input", { type: "checkbox", id: "fill-elsewhere" })
    : null;
  const go = /** @type {HTMLButtonElement} */ (
    h("button.primary.big", { type: "button", id: "fill-apply" }, t("fill_apply"))
  );
  const confirm = plan.confirm ?? [];
  const boxes = plan.fields.map((/** @type {any} */ field) =>
    h("input", {
      type: "checkbox",
      name: field.name,
      disabled: !field.found,
      "aria-label": t("fill_tick", field.label),
      checked:
        field.found &&
        field.confidence >= SURE &&
        !(field.typed && field.current !== field.value) &&
        !confirm.includes(field.name),
    }),
  );
  go.disabled = Boolean(consent);
  consent?.addEventListener("change", () => {
    go.disabled = !(/** @type {any} */ (consent).checked);
  });
  go.addEventListener("click", () =>
    busy(go, () => {
      const ticked = boxes.filter((/** @type {any} */ box) => box.checked);
      const names = ticked.map((/** @type {any} */ box) => box.name);
      return apply(place, context, plan, {
        names,
        files: /** @type {any} */ (attach).checked,
        elsewhere: Boolean(/** @type {any} */ (consent)?.checked),
        confirmed: names.filter((/** @type {string} */ name) => confirm.includes(name)),
      });
    }),
  );
  put(
    place,
    h(
      "section.card",
      { id: "preview" },
      h("h2", { tabindex: "-1", id: "preview-title" }, t("fill_title")),
      draftChoice(place, context, plan),
      h(
        "dl.facts.small",
        null,
        plan.draft_title && h("dt", null, t("fill_draft")),
        plan.draft_title && h("dd", null, plan.draft_title),
        h("dt", null, t("fill_page")),
        h("dd.mono", null, plan.origin),
        plan.frame && h("dt", null, t("fill_frame")),
        plan.frame && h("dd.mono", { id: "fill-frame" }, plan.frame),
        h("dt", null, t("fill_sends")),
        h("dd.mono", null, plan.action),
      ),
      besideButton(context),
      frameHint(plan.strangers ?? []),
      !plan.known && notice("warn", t("fill_unknown_form"), t("fill_unknown_form_next")),
      plan.public && notice("warn", t("fill_public"), t("fill_public_next")),
      h(
        "table.fill.small",
        null,
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            h("th", { scope: "col" }, h("span.visually-hidden", null, t("fill_column_tick"))),
            h("th", { scope: "col" }, t("fill_column_field")),
            h("th", { scope: "col" }, t("fill_column_value")),
            h("th", { scope: "col" }, t("fill_column_sure")),
          ),
        ),
        h(
          "tbody",
          null,
          ...plan.fields.map((/** @type {any} */ field, /** @type {number} */ index) =>
            previewRow(field, boxes[index], {
              stranger: confirm.includes(field.name) ? plan.origin : null,
              done: (plan.done ?? []).includes(field.name),
            }),
          ),
        ),
      ),
      fileList(plan, attach),
      leftList(plan.left ?? []),
      consent &&
        h(
          "label.check.notice.warn",
          null,
          consent,
          h(
            "span",
            null,
            t(
              "fill_elsewhere",
              plan.elsewhere.map((/** @type {string} */ one) => new URL(one).origin).join(", "),
            ),
          ),
        ),
      h("p.small.soft", null, t("submit_yourself")),
      go,
      h(
        "button.quiet",
        { type: "button", id: "fill-cancel", onclick: () => back(place, context) },
        t("cancel"),
      ),
    ),
  );
  byId("preview-title").focus();
}

/** Leave the preview or the report: what the popup offered at first. */
async function back(/** @type {HTMLElement} */ place, /** @type {Context} */ context) {
  byId("before").hidden = false;
  document.body.dataset.state = "before";
  await offerFill(place, context);
}

/** @param {HTMLElement} place @param {Context} context @param {any} plan @param {any} choice */
async function apply(place, context, plan, choice) {
  put(byId("error"));
  try {
    const result = await send("fill-apply", { tabId: context.tabId, token: plan.token, ...choice });
    document.body.dataset.state = "filled";
    const { draft_id, case_id } = plan;
    const filled = { draft_id, case_id, filled_at: new Date().toISOString(), url: context.page.url };
    showReport(place, { ...context, filled }, plan, result);
  } catch (error) {
    say(errorNotice(error));
  }
}

/** @param {HTMLElement} place @param {Context} context @param {any} plan @param {any} result */
function showReport(place, context, plan, result) {
  const good = result.fields.filter((/** @type {any} */ field) => field.ok).length;
  const label = (/** @type {string} */ name) =>
    plan.fields.find((/** @type {any} */ field) => field.name === name)?.label ?? name;
  const button = /** @type {HTMLButtonElement} */ (
    h("button", { type: "button", id: "fill-undo" }, t("fill_undo"))
  );
  button.addEventListener("click", () => busy(button, () => undo(place, context)));
  const more = result.more?.length > 0;
  const given = new Set(result.fields.map((/** @type {any} */ field) => field.name));
  const open = plan.fields.filter(
    (/** @type {any} */ field) => field.found && !field.current && !given.has(field.name),
  );
  put(
    place,
    h(
      "section.card",
      { id: "report", tabindex: "-1", "data-attached": String(result.attached) },
      notice(
        good === result.fields.length ? "good" : "warn",
        t("fill_done", good, result.fields.length, result.attached),
        t("submit_yourself"),
      ),
      result.stopped > 0 && notice("warn", t("fill_stopped"), t("submit_yourself")),
      open.length > 0 &&
        notice(
          "warn",
          t("fill_open", open.map((/** @type {any} */ field) => field.label).join(t("comma"))),
          t("fill_open_next"),
        ),
      more && notice("plain", t("fill_more", result.more.join(t("comma"))), t("fill_more_next")),
      h(
        "table.fill.small",
        null,
        h(
          "tbody",
          null,
          ...result.fields.map((/** @type {any} */ field) =>
            h(
              "tr",
              { "data-field": field.name },
              h("th", { scope: "row" }, label(field.name)),
              h(
                "td",
                null,
                h("div.value", null, field.read_back || t("empty")),
                !field.ok && h("div.small.soft", null, t("fill_wanted", field.wanted)),
                !field.ok &&
                  field.note === "too_long" &&
                  h("div.small.soft", null, t("fill_note_too_long")),
              ),
              h(
                "td",
                null,
                h(
                  field.ok ? "span.chip.good" : "span.chip.bad",
                  null,
                  t(field.ok ? "fill_ok" : "fill_not_ok"),
                ),
              ),
            ),
          ),
        ),
      ),
      leftList(plan.left ?? []),
      previewButton(more ? "button.primary" : "button", "fill_next", place, context),
      h("div.row", null, button, receiptButton(context, false)),
      h("p.small.soft", null, t("receipt_later")),
    ),
  );
  byId("report").focus({ preventScroll: true });
  byId("report").scrollIntoView({ block: "start" });
  byId("live").textContent = t("fill_done", good, result.fields.length, result.attached);
}

/** @param {HTMLElement} place @param {Context} context */
async function undo(place, context) {
  try {
    const { restored, kept } = await send("fill-undo", { tabId: context.tabId });
    const remark = kept?.length
      ? t(
          "fill_undo_kept",
          kept.map((/** @type {string} */ name) => named("draft_field", name)).join(t("comma")),
        )
      : undefined;
    await back(place, { ...context, filled: null });
    document.body.dataset.state = "undone";
    place.prepend(notice("plain", t("fill_undone", restored), remark));
  } catch (error) {
    say(errorNotice(error));
  }
}
