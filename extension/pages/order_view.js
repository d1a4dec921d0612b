/** The order of a case: each field with its source, what the user corrected, and a way to correct. */
import { busy, h, openPart } from "./dom.js";
import { asWritten, money, named, t } from "./i18n.js";
import { errorNotice } from "./notices.js";
import { warningList } from "./remarks.js";
import { send } from "./talk.js";
import { OFFSET, withOffset } from "./told_fields.js";

const STATUSES = [
  "pending_payment",
  "paid",
  "processing",
  "partially_delivered",
  "delivered",
  "completed",
  "failed",
  "refunding",
  "refunded",
  "partially_refunded",
  "cancelled",
  "expired",
  "unknown",
];
const METHODS = ["alipay", "wechat", "qq", "balance", "bank", "usdt", "other", "unknown"];

/** @typedef {{path: string, kind: "text" | "money" | "moment" | "number" | "status" | "method", always?: boolean}} Field */

/** @type {Field[]} fields a complaint needs are always shown, the others when the page had them */
const FIELDS = [
  { path: "order_no", kind: "text", always: true },
  { path: "status", kind: "status", always: true },
  { path: "items.0.title", kind: "text", always: true },
  { path: "items.0.quantity", kind: "number" },
  { path: "items.0.unit_price", kind: "money" },
  { path: "amount", kind: "money", always: true },
  { path: "discount", kind: "money" },
  { path: "refunded", kind: "money" },
  { path: "created_at", kind: "moment", always: true },
  { path: "payment.method", kind: "method" },
  { path: "payment.trade_no", kind: "text", always: true },
  { path: "payment.paid_at", kind: "moment", always: true },
  { path: "delivered_at", kind: "moment" },
  { path: "delivery.promised_text", kind: "text", always: true },
  { path: "delivery.message", kind: "text" },
  { path: "failure_reason", kind: "text" },
  { path: "recharge_account", kind: "text" },
  { path: "seller.name", kind: "text", always: true },
  { path: "seller.contact", kind: "text" },
  { path: "buyer_contact", kind: "text", always: true },
];

/**
 * @param {HTMLElement} place @param {any} one the case
 * @param {() => Promise<void>} reload shows the case after a change
 */
export function showOrder(place, one, reload) {
  const rows = FIELDS.filter((field) => field.always || value(one.order, field.path) !== null);
  place.replaceChildren(
    h(
      "table.order.small",
      null,
      h("caption.visually-hidden", null, t("panel_order")),
      h("tbody", null, ...rows.map((field) => row(place, one, field, reload))),
    ),
    warningList(one.order) ?? "",
  );
}

/** Bring a field into sight, ready to be corrected. @param {string} path */
export function goToField(path) {
  const row = openPart("part-order").querySelector(`[data-field="${CSS.escape(path)}"]`);
  row?.scrollIntoView({ block: "center" });
  row?.querySelector("button")?.click();
}

/** @param {any} order @param {string} path @returns {string | null} */
function value(order, path) {
  const found = path.split(".").reduce((part, key) => part?.[key], order);
  return found === null || found === undefined || found === "unknown" ? null : String(found);
}

/** @param {any} order @param {Field} field @returns {string} */
function shown(order, { path, kind }) {
  const plain = value(order, path);
  if (plain === null) return "";
  return (
    words(plain, kind, order) +
    (kind === "status" && order.status_text ? ` (${order.status_text})` : "")
  );
}

/** @param {string} plain @param {string} kind @param {any} order @returns {string} */
function words(plain, kind, order) {
  if (kind === "money") return money(plain, order?.currency);
  if (kind === "moment") return asWritten(plain);
  if (kind === "status") return named("status", plain);
  return kind === "method" ? named("method", plain) : plain;
}

/** @param {HTMLElement} place @param {any} one @param {Field} field @param {() => Promise<void>} reload */
function row(place, one, field, reload) {
  const name = named("field", field.path);
  const text = shown(one.order, field);
  const correction = [...one.corrections].reverse().find((other) => other.field === field.path);
  const edit = /** @type {HTMLButtonElement} */ (
    h(
      "button.quiet",
      { type: "button", "aria-label": t(text ? "correct_field" : "add_field", name) },
      t(text ? "correct" : "add"),
    )
  );
  const cell = h(
    "td",
    null,
    h(
      "div.row.between",
      null,
      h("span", null, text || h("span.soft", null, t("not_on_page"))),
      edit,
    ),
    source(one.order, field, correction),
    correction && undo(one, field, correction, reload),
  );
  edit.addEventListener("click", () =>
    cell.replaceChildren(
      editor(one, field, name, {
        done: reload,
        cancel: () => showOrder(place, one, reload),
      }),
    ),
  );
  return h("tr", { "data-field": field.path }, h("th", { scope: "row" }, name), cell);
}

/** @param {any} one @param {Field} field @param {any} correction @param {() => Promise<void>} reload */
function undo(one, field, correction, reload) {
  const name = named("field", field.path);
  const key = correction.read ? "undo_correction" : "undo_addition";
  const button = /** @type {HTMLButtonElement} */ (
    h("button.quiet", { type: "button", "aria-label": t(`${key}_of`, name) }, t(key))
  );
  const line = h("div", null, button);
  const room = h("div.stack", null, line);
  button.addEventListener("click", () =>
    busy(button, async () => {
      try {
        await send("correct", { case_id: one.case_id, field: field.path, value: null });
        await reload();
      } catch (error) {
        room.replaceChildren(line, errorNotice(error));
      }
    }),
  );
  return room;
}

/** @param {any} order @param {Field} field @param {any} correction */
function source(order, field, correction) {
  const found =
    order?.sources?.[field.path] ??
    (field.path === "status" ? order?.sources?.status_text : undefined);
  if (correction) {
    return h(
      "div",
      null,
      h("span.chip.brand", null, t(correction.origin === "attachment" ? "from_bill" : "from_user")),
      " ",
      h(
        "span.small.soft",
        null,
        correction.read
          ? t("page_says", words(correction.read, field.kind, order))
          : t("page_says_nothing"),
      ),
    );
  }
  if (!found) return null;
  return h(
    "div.small.soft",
    null,
    t("source_line", named("role", found.artifact ?? "seen/html"), found.text ?? ""),
  );
}

/** @param {any} one @param {Field} field @param {string} name @param {{done: () => Promise<void>, cancel: () => void}} then */
function editor(one, field, name, { done, cancel }) {
  const now = value(one.order, field.path) ?? "";
  const id = `edit-${field.path.replaceAll(".", "-")}`;
  const input = /** @type {HTMLInputElement} */ (control(field, now, id, name));
  const save = /** @type {HTMLButtonElement} */ (h("button.primary", null, t("save")));
  const problem = h("div");
  const form = h(
    "form.stack",
    null,
    input,
    field.kind === "moment" && h("span.soft", null, t("order_zone", offset(now))),
    h("div.row", null, save, h("button", { type: "button", onclick: cancel }, t("cancel"))),
    problem,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = field.kind === "moment" ? withOffset(input.value, offset(now)) : input.value.trim();
    if (!given) return;
    void busy(save, async () => {
      try {
        await send("correct", { case_id: one.case_id, field: field.path, value: given });
        await done();
      } catch (error) {
        problem.replaceChildren(errorNotice(error));
      }
    });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
  });
  queueMicrotask(() => input.focus());
  return form;
}

/** @param {Field} field @param {string} now @param {string} id @param {string} name */
function control({ kind }, now, id, name) {
  const common = { id, "aria-label": name, required: true };
  if (kind === "status" || kind === "method") {
    const keys = kind === "status" ? STATUSES : METHODS;
    const select = h(
      "select",
      common,
      ...keys.map((key) => h("option", { value: key }, named(kind, key))),
    );
    /** @type {any} */ (select).value = now || "unknown";
    return select;
  }
  if (kind === "moment")
    return h("input", {
      ...common,
      type: "datetime-local",
      step: "1",
      value: now.slice(0, 19),
    });
  const numeric = kind === "money" || kind === "number";
  return h("input", {
    ...common,
    type: "text",
    inputmode: numeric ? "decimal" : null,
    pattern: kind === "money" ? "\\d+(\\.\\d{1,2})?" : null,
    value: now,
  });
}

/**
 * Where a page said no time yet it is Beijing's.
 *
 * @param {string} moment ISO 8601, or nothing @returns {string} its offset: `Z` or `+HH:MM`
 */
function offset(moment) {
  return moment.match(/(Z|[+-]\d\d:\d\d)$/)?.[0] ?? OFFSET;
}
