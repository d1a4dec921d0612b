/** Settings: the helper's state, what waits for it, pairing, port. */
import { api } from "../background/api.js";
import { byId, busy, put } from "./dom.js";
import { applyTexts, t } from "./i18n.js";
import { listenMhtml } from "./mhtml.js";
import { errorNotice, helperNotice, notice } from "./notices.js";
import { showOutbox } from "./outbox_view.js";
import { listenPairing } from "./pairing.js";
import { send } from "./talk.js";

/** @param {boolean} asked the user pressed the button and wants an answer also when all is well */
async function test(asked) {
  try {
    const status = await send("status");
    byId("state").textContent = t(`state_${status.helper}`);
    byId("state").className = `chip ${status.helper === "ready" ? "good" : "warn"}`;
    const found = helperNotice(status);
    found?.querySelector("#to-settings")?.remove();
    put(
      byId("helper"),
      found ?? (asked && notice("good", t("helper_ready", status.version ?? ""))),
    );
  } catch (error) {
    put(byId("helper"), errorNotice(error));
  }
}

applyTexts(document);
byId("version").textContent = api.runtime.getManifest().version;
byId("test").addEventListener("click", () => busy(byId("test"), () => test(true)));
await listenMhtml(byId("mhtml"));
await listenPairing(() => test(true));
// A port that is shut answers after 20 s: what waits is shown at once.
void showOutbox().catch((error) => put(byId("outbox-said"), errorNotice(error)));
await test(false);
