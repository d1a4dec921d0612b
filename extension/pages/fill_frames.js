/** Frames of other sites in which a form may stand: which, and what can be done. */
import { api } from "../background/api.js";
import { sitePattern } from "../background/session.js";
import { byId, h, put } from "./dom.js";
import { t } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";

/** @param {{origin: string, own: boolean}[]} strangers of the draft's own sites first */
export function frameHint([stranger]) {
  if (!stranger) return null;
  const next = stranger.own ? "fill_frame_hint_next" : "error_fill_frame_other_next";
  return notice("plain", t("fill_frame_hint", stranger.origin), t(next));
}

/**
 * @param {unknown} error @param {{origin: string, url: string}} frame
 * @param {() => Promise<void>} again preview once more
 */
export function frameNotice(error, { origin, url }, again) {
  const said = errorNotice(error);
  const open = () => void api.tabs.create({ url });
  said.append(
    h("span.small", null, t("fill_frame_asks", origin)),
    h(
      "div.row",
      null,
      h(
        "button",
        { type: "button", id: "frame-allow", onclick: () => allow(origin, again, open) },
        t("fill_frame_allow"),
      ),
      h(
        "button.quiet",
        { type: "button", id: "frame-open", onclick: open },
        t("fill_frame_open"),
      ),
    ),
  );
  return said;
}

/**
 * The permission has to be asked for inside the click, before anything is awaited.
 *
 * @param {string} origin @param {() => Promise<void>} again @param {() => void} act open the frame
 */
async function allow(origin, again, act) {
  try {
    if (await api.permissions.request({ origins: [sitePattern(origin)] })) return await again();
    const open = { label: t("fill_frame_open"), act, id: "frame-open" };
    const next = t("fill_frame_denied_next");
    put(byId("error"), notice("warn", t("fill_frame_denied"), next, open));
  } catch (error) {
    put(byId("error"), errorNotice(error));
  }
}
