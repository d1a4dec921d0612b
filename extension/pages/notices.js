/** One clear sentence and the next step, for errors and for the helper's state. */
import { api } from "../background/api.js";
import { PLACE } from "../background/helper.js";
import { h, put } from "./dom.js";
import { size, t } from "./i18n.js";
import { explained, send } from "./talk.js";

/**
 * @param {"good" | "warn" | "bad" | "plain"} tone @param {string} sentence @param {string} [next]
 * @param {{label: string, act: () => void, id?: string}} [action]
 */
export function notice(tone, sentence, next, action) {
  return h(
    `div.notice.${tone}`,
    { role: tone === "bad" ? "alert" : null },
    h("strong", null, sentence),
    next && h("span.small", null, next),
    action && h("button", { type: "button", id: action.id, onclick: action.act }, action.label),
  );
}

/** @param {unknown} error */
export function errorNotice(error) {
  const { sentence, next } = explained(error);
  return notice("bad", sentence, next);
}

/** @param {any} status answer of `status` @returns {HTMLElement | null} */
export function helperNotice(status) {
  const waiting = status.outbox?.count
    ? t("outbox_waiting", status.outbox.count, size(status.outbox.bytes))
    : "";
  const settings = { label: t("open_settings"), act: openSettings, id: "to-settings" };
  switch (status.helper) {
    case "ready":
      return waiting ? notice("plain", waiting) : null;
    case "forbidden":
      return notice("warn", t("helper_forbidden"), t("helper_forbidden_next"), {
        label: t("allow_helper"),
        act: allowHelper,
        id: "allow-helper",
      });
    case "unpaired":
      return notice("warn", t("helper_unpaired"), t("helper_unpaired_next"), {
        ...settings,
        label: t("pair_now"),
      });
    case "stranger":
      return notice("bad", t("helper_stranger"), t("helper_stranger_next"), settings);
    case "version":
      return notice("warn", t("helper_version", status.version ?? "?"), t("helper_version_next"));
    default:
      return notice(
        "warn",
        t("helper_away"),
        `${t("helper_away_next")} ${waiting}`.trim(),
        waiting ? { ...settings, label: t("outbox_see") } : undefined,
      );
  }
}

/** Ask for the permission that the helper needs; the browser asks the person. */
async function allowHelper() {
  if (await api.permissions.request(PLACE)) location.reload();
}

/** Open the options page. */
export function openSettings() {
  api.runtime.openOptionsPage();
}

/** Open the list of all that was kept. */
export function openCases() {
  api.tabs.create({ url: api.runtime.getURL("pages/panel.html") });
}

/**
 * Open the console, at a case if one is named; where that fails, say why.
 * @param {HTMLElement} place @param {string} [caseId]
 */
export async function openConsole(place, caseId) {
  try {
    const { url } = await send("console", { case_id: caseId });
    await api.tabs.create({ url });
  } catch (error) {
    put(place, errorNotice(error));
  }
}
