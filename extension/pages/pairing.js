/** The pairing form, on the options and on the welcome page. */
import { api } from "../background/api.js";
import { DEFAULT_PORT } from "../background/helper.js";
import { byId, busy, put } from "./dom.js";
import { t } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { send } from "./talk.js";

/** @param {() => Promise<void>} paired is called after a successful pairing */
export async function listenPairing(paired) {
  const stored = await api.storage.local.get({ port: DEFAULT_PORT });
  byId("port").value = String(stored.port);
  byId("pair").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    void busy(byId("pair-go"), () => pair(paired));
  });
}

/** @param {() => Promise<void>} paired */
async function pair(paired) {
  put(byId("pair-result"));
  try {
    await send("pair", {
      code: byId("code").value,
      port: Number(byId("port").value) || DEFAULT_PORT,
    });
    byId("code").value = "";
    put(byId("pair-result"), notice("good", t("paired"), t("paired_next")));
    await paired();
  } catch (error) {
    put(byId("pair-result"), errorNotice(error));
    byId("code").focus();
  }
}
