/** What happened, by time; asked for when the person opens it. */
import { byId, fold, h, repaint } from "./dom.js";
import { asWritten, t } from "./i18n.js";
import { errorNotice } from "./notices.js";
import { undo } from "./told_view.js";

const SEEN = 12;

/** @param {import("./desk.js").Desk} desk */
export async function showTimeline(desk) {
  const part = byId("part-told");
  byId("told-state").textContent = desk.one.filings.length ? t("filed_count", desk.one.filings.length) : "";
  if (!part.open) return;
  const place = byId("timeline");
  const shown = desk.one;
  try {
    const { events } = await desk.ask("timeline");
    if (desk.one !== shown) return; // a later answer shows the case as it is now
    const earlier = events.slice(0, -SEEN);
    repaint(
      place,
      earlier.length > 0 && fold("earlier", t("earlier_events", earlier.length), list(desk, earlier)),
      events.length > 0 && list(desk, events.slice(-SEEN)),
    );
  } catch (error) {
    repaint(place, errorNotice(error));
  }
}

/** @param {import("./desk.js").Desk} desk */
export function listenTimeline(desk) {
  byId("part-told").addEventListener("toggle", () => void showTimeline(desk));
}

/** @param {import("./desk.js").Desk} desk @param {any[]} events */
function list(desk, events) {
  return h("ol.plain.small.timeline", null, ...events.map((one) => row(desk, one)));
}

/** @param {import("./desk.js").Desk} desk @param {any} one */
function row(desk, { at, day_only, text, source, doubts, entry_id }) {
  const time = at ? asWritten(at).slice(0, day_only ? 10 : 16) : t("time_unknown");
  const problem = h("div", { hidden: true });
  return h(
    "li",
    null,
    h("div.row", null, h("time", null, time), h("span.chip", null, t(`event_${source}`))),
    h("p", null, text),
    ...doubts.map((/** @type {string} */ doubt) => h("p.doubt", null, `⚠ ${doubt}`)),
    entry_id &&
      h(
        "button.quiet",
        { type: "button", "aria-label": t("undo_of", text), onclick: () => void undo(desk, entry_id, problem) },
        t("undo"),
      ),
    problem,
  );
}
