/** Channel, document and demand; then the draft. */
import { byId, busy, h, put } from "./dom.js";
import { seeDraft, SHOP, showMade } from "./draft_view.js";
import { t } from "./i18n.js";
import { errorNotice } from "./notices.js";

const OWN = "own";

/** @param {import("./desk.js").Desk} desk */
export function showChoice(desk) {
  const next = desk.advice?.ladder.next;
  options(
    "channel",
    channels(desk).map((/** @type {any} */ one) => ({
      key: one.channel,
      name: one.channel === next?.channel ? t("suggested", one.name) : one.name,
    })),
    desk.chosen.channel || next?.channel || SHOP,
  );
  showDocuments(desk);
  showDemands(desk);
}

/** What takes a document now; the shop always does, even without advice. @param {import("./desk.js").Desk} desk */
function channels({ advice }) {
  const found = (advice?.ladder.steps ?? []).filter((/** @type {any} */ one) => one.documents.length);
  const shop = { channel: SHOP, name: t("channel_merchant_platform"), documents: [], document_names: {} };
  return found.length ? found : [shop];
}

/** @param {import("./desk.js").Desk} desk */
function showDocuments(desk) {
  const next = desk.advice?.ladder.next;
  const channel = byId("channel").value;
  const step = channels(desk).find((/** @type {any} */ one) => one.channel === channel);
  const suggested = next?.channel === channel ? next.document : step?.documents[0];
  options(
    "document",
    (step?.documents ?? []).map((/** @type {string} */ key) => ({ key, name: step.document_names[key] ?? key })),
    desk.chosen.document || suggested,
  );
  byId("document-row").hidden = (step?.documents ?? []).length < 2;
}

/** @param {import("./desk.js").Desk} desk */
function showDemands({ kind, advice, chosen }) {
  const decision = advice?.decision;
  const demands = [...kind.demands];
  if (decision && !demands.some((one) => one.key === decision.demand)) {
    demands.unshift({ key: decision.demand, name: decision.demand_name });
  }
  options(
    "demand",
    [...demands, { key: OWN, name: t("demand_own") }],
    chosen.demand || decision?.demand || demands[0]?.key,
  );
  showOwn();
}

/** Fill a list; what is no longer in it gives way to its first. @param {string} id @param {{key: string, name: string}[]} all @param {string} wanted */
function options(id, all, wanted) {
  byId(id).replaceChildren(...all.map(({ key, name }) => h("option", { value: key }, name)));
  const known = all.some(({ key }) => key === wanted);
  if (all.length) byId(id).value = known ? wanted : all[0].key;
}

/** The user's own demand is written only if he wants one. */
function showOwn() {
  byId("own-row").hidden = byId("demand").value !== OWN;
  byId("own").required = byId("demand").value === OWN;
}

/** @param {import("./desk.js").Desk} desk */
export function listenChoice(desk) {
  byId("channel").addEventListener("change", () => {
    Object.assign(desk.chosen, { channel: byId("channel").value, document: "" });
    showDocuments(desk);
  });
  byId("document").addEventListener("change", () => {
    desk.chosen.document = byId("document").value;
  });
  byId("demand").addEventListener("change", () => {
    desk.chosen.demand = byId("demand").value;
    showOwn();
  });
  byId("choice").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    void write(desk);
  });
}

/**
 * Make a document that was asked for elsewhere on the page.
 * @param {import("./desk.js").Desk} desk @param {{channel: string, document: string}} wanted
 */
export async function make(desk, { channel, document }) {
  if (byId("make-draft").disabled) return;
  Object.assign(desk.chosen, { channel, document });
  showChoice(desk);
  // The page moves only when there is something to read: a second click falls on the same button.
  byId("part-write").open = true;
  if (byId("choice").reportValidity()) await write(desk);
}

/** @param {import("./desk.js").Desk} desk */
function write(desk) {
  return busy(byId("make-draft"), async () => {
    put(byId("draft-error"));
    try {
      const demand = byId("demand").value === OWN ? byId("own").value.trim() : byId("demand").value;
      await desk.told;
      const { draft } = await desk.ask("draft", {
        channel: byId("channel").value,
        document: byId("document").value || null,
        issue: desk.kind.key,
        demand,
      });
      const shown = showMade(draft, desk);
      seeDraft();
      await shown;
    } catch (error) {
      put(byId("draft-error"), errorNotice(error));
      byId("draft-error").scrollIntoView({ block: "nearest" });
    }
  });
}
