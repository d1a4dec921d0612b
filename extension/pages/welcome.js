/** First run: start the helper, pair, pin the button. */
import { byId, busy, put } from "./dom.js";
import { applyTexts, t } from "./i18n.js";
import { errorNotice, helperNotice, notice } from "./notices.js";
import { listenPairing } from "./pairing.js";
import { send } from "./talk.js";

async function test() {
  try {
    const status = await send("status");
    const found = helperNotice(status);
    found?.querySelector("#to-settings")?.remove();
    put(byId("helper"), found ?? notice("good", t("helper_ready", status.version ?? "")));
  } catch (error) {
    put(byId("helper"), errorNotice(error));
  }
}

applyTexts(document);
byId("test").addEventListener("click", () => busy(byId("test"), test));
await listenPairing(test);
await test();
