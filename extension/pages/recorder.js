/**
 * Record the window that the user chooses, address bar included, without sound. The window that
 * shows this page also shows the clock of this computer, to be kept in view.
 *
 * `document.body.dataset.state` is `before`, `recording`, `paused`, `ending`, `ended` (the recording
 * is in the outbox, whole) or `error`; `dataset.capture` is its id.
 */
import { api } from "../background/api.js";
import * as recording from "../background/recording.js";
import { byId, h, put } from "./dom.js";
import { applyTexts, size, t } from "./i18n.js";
import { errorNotice, notice } from "./notices.js";
import { Explained, send } from "./talk.js";

const EVERY_MS = 2_000;
/** What older Chromium has, the cheapest to encode first. */
const KINDS = ["video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm"];
const BITS_PER_SECOND = 1_200_000;
const FRAMES_PER_SECOND = 5;
const LONGEST_SIDE = 1_920;
/** How long (ms) is waited for a picture that is not encoded yet, and how often at most. */
const LATE_MS = 500;
const MOST_LATE = 40;
/** Less room than this (bytes) is not enough to begin. */
const LEAST_ROOM = 40 * 1024 * 1024;
/** What it means when the browser's question ends with one of these. @type {Record<string, string>} */
const REFUSED = {
  NotAllowedError: "recording_refused",
  NotFoundError: "recording_no_source",
  NotReadableError: "recording_no_source",
};

/** @typedef {import("../background/recording.js").Ending} Ending */

/** The recording that goes on. @type {Run | null} */
let run = null;

class Run {
  /** @param {string} uuid @param {MediaStream} stream @param {number} room in bytes */
  constructor(uuid, stream, room) {
    this.uuid = uuid;
    this.stream = stream;
    this.most = Math.min(recording.MOST_BYTES, room);
    this.count = 0;
    this.bytes = 0;
    this.began = Date.now();
    /** When the end was asked for. @type {number | null} */
    this.ended = null;
    /** @type {Ending} */
    this.why = "share_ended"; // what ends it unasked
    /** @type {unknown} */
    this.error = null;
    /** All that is to be written, one after another. @type {Promise<unknown>} */
    this.writing = Promise.resolve();
    this.over = new Promise((done) => {
      this.settle = done;
    });
  }

  /** @param {string} mimeType */
  start(mimeType) {
    const options = { mimeType, videoBitsPerSecond: BITS_PER_SECOND };
    this.recorder = new MediaRecorder(this.stream, options);
    this.recorder.ondataavailable = ({ data }) => this.take(data);
    this.recorder.onerror = () => void this.end("failed");
    this.recorder.onstop = () => void this.finish();
    this.stream.getVideoTracks()[0].onended = () => void this.end("share_ended");
    this.recorder.start(EVERY_MS);
  }

  /** @param {Blob} data */
  take(data) {
    if (!data.size) return;
    const index = this.count;
    const at = Date.now();
    this.count += 1;
    this.writing = this.writing
      .then(() => recording.add(this.uuid, data, index, at))
      .then((bytes) => {
        this.bytes = bytes;
        show();
        // The worker may be asleep or dying: the next chunk, or its alarm, wakes it again.
        send("recording-grown", { uuid: this.uuid }).catch(() => null);
        if (bytes > this.most) void this.end("size");
      })
      .catch((error) => this.fail(error));
    if (at - this.began > recording.MOST_MINUTES * 60_000) void this.end("time");
  }

  /** Nothing after a chunk that could not be written can be played. @param {any} error */
  fail(error) {
    this.writing = Promise.reject(error);
    this.writing.catch(() => null);
    this.error ??= error;
    void this.end("failed");
  }

  /** The film stands for just as long as the mark says. @param {boolean} paused */
  async pause(paused) {
    if (this.ended) return;
    const marked = recording.mark(this.uuid, paused);
    if (paused) this.recorder?.pause();
    else this.recorder?.resume();
    await marked;
    show();
  }

  /** @param {Ending} why */
  async end(why) {
    if (this.ended) return;
    this.ended = Date.now();
    this.why = why;
    show();
    await this.encoded();
    if (this.recorder?.state !== "inactive") this.recorder?.stop();
    for (const track of this.stream.getTracks()) track.stop();
  }

  /**
   * Wait until no picture comes any more. Chromium throws away what is not encoded when a recorder
   * stops (crbug.com/719023), on a busy computer many seconds; one that is paused goes on with it.
   */
  async encoded() {
    for (let idle = 0, asked = 0; idle < 2 && asked < MOST_LATE; asked += 1) {
      if (!this.recorder || this.recorder.state === "inactive") return;
      this.recorder.pause();
      this.recorder.requestData();
      const before = this.count;
      await new Promise((resolve) => setTimeout(resolve, LATE_MS));
      idle = this.count === before ? idle + 1 : 0;
    }
  }

  async finish() {
    await this.writing.catch(() => null);
    try {
      await recording.close(this.uuid, this.why, this.ended ?? Date.now());
    } catch (error) {
      this.error ??= error;
    }
    send("recording-grown", { uuid: this.uuid }).catch(() => null);
    this.settle?.(undefined);
  }
}

/** @returns {Promise<import("../background/outbox.js").TabRef>} the page the recorder was opened over */
async function page() {
  const id = Number(new URLSearchParams(location.search).get("tab") ?? -1);
  const tab = id >= 0 ? await api.tabs.get(id).catch(() => null) : null;
  return { id, window_id: tab?.windowId ?? -1, url: tab?.url ?? "", title: tab?.title ?? "" };
}

/** @returns {Promise<number>} bytes that may be written */
async function room() {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return Math.floor((quota - usage) * 0.8);
}

/** The question has to be asked inside the click. */
async function begin() {
  byId("record").disabled = true;
  put(byId("error"));
  put(byId("after"));
  /** @type {MediaStream | undefined} */
  let stream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({
      audio: false,
      video: {
        displaySurface: "window",
        frameRate: { max: FRAMES_PER_SECOND },
        width: { max: LONGEST_SIDE },
        height: { max: LONGEST_SIDE },
      },
    });
    const free = await room();
    if (free < LEAST_ROOM) throw new Explained({ code: "recording_no_room" });
    const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
    if (!kind) throw new Explained({ code: "recording_unsupported" });
    const surface = stream.getVideoTracks()[0].getSettings();
    const uuid = crypto.randomUUID();
    run = new Run(uuid, stream, free);
    await recording.hold(uuid, run.over);
    await recording.begin(uuid, await page(), byId("case").value || null, kind, surface);
    document.body.dataset.capture = uuid;
    run.start(kind);
    show();
    await run.over;
    ended(run);
  } catch (error) {
    for (const track of stream?.getTracks() ?? []) track.stop();
    const code = error instanceof DOMException && REFUSED[error.name];
    fail(code ? new Explained({ code }) : error);
  } finally {
    byId("record").disabled = false;
  }
}

/** @param {unknown} error */
function fail(error) {
  run?.settle?.(undefined);
  run = null;
  document.body.dataset.state = "error";
  byId("before").hidden = false;
  byId("during").hidden = true;
  put(byId("error"), errorNotice(error));
}

/** @param {Run} done */
function ended(done) {
  run = null;
  document.body.dataset.state = "ended";
  byId("during").hidden = true;
  byId("before").hidden = false;
  byId("goes-on").hidden = !["share_ended", "failed"].includes(done.why);
  const tone = ["failed", "size", "time"].includes(done.why) ? "warn" : "good";
  put(
    byId("after"),
    notice(tone, t(`recorder_end_${done.why}`), t("recorder_kept", size(done.bytes))),
  );
  if (done.error) put(byId("error"), errorNotice(done.error));
  byId("live").textContent = t(`recorder_end_${done.why}`);
}

/** Show how it stands. */
function show() {
  if (!run) return;
  const paused = !run.ended && run.recorder?.state === "paused";
  const state = run.ended ? "ending" : paused ? "paused" : "recording";
  if (document.body.dataset.state !== state) byId("live").textContent = t(`recorder_${state}`);
  document.body.dataset.state = state;
  byId("before").hidden = true;
  byId("during").hidden = false;
  byId("state").textContent = t(`recorder_${state}`);
  byId("pause").disabled = byId("stop").disabled = state === "ending";
  byId("pause").textContent = t(paused ? "recorder_resume" : "recorder_pause");
  byId("size").textContent = t("recorder_size", run.count, size(run.bytes), size(run.most));
  const { displaySurface } = run.stream.getVideoTracks()[0].getSettings();
  byId("kept").textContent = t(displaySurface === "browser" ? "recorder_tab" : "recorder_safe");
}

/** The clock stands with its zone and the zone's name, to the second, as it is in the picture too. */
function tick() {
  const now = new Date();
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(":");
  const zone = -now.getTimezoneOffset();
  const sign = zone < 0 ? "-" : "+";
  const hours = `${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`;
  byId("clock").textContent = `${day} ${time} UTC${sign}${hours}`;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const named = new Intl.DateTimeFormat(api.i18n.getUILanguage(), { timeZoneName: "long" });
  const name = named.formatToParts(now).find(({ type }) => type === "timeZoneName")?.value;
  byId("zone").textContent = t("recorder_zone", name ?? "", timeZone);
  setTimeout(tick, 1_000 - now.getMilliseconds());
}

/** The cases to choose from; that of the page is proposed. */
async function showCases() {
  const wanted = new URLSearchParams(location.search).get("case");
  const { captures } = await send("recent");
  const cases = new Map();
  for (const one of captures) if (one.case_id && !cases.has(one.case_id)) cases.set(one.case_id, one);
  const options = [...cases].map(([id, { title, url, order_no }]) =>
    h("option", { value: id }, [order_no, title || url].filter(Boolean).join(" · ").slice(0, 60)),
  );
  byId("case").replaceChildren(h("option", { value: "" }, t("recorder_new_case")), ...options);
  if (wanted && cases.has(wanted)) byId("case").value = wanted;
}

applyTexts(document);
tick();
document.body.dataset.state = "before";
byId("before").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  void begin();
});
byId("stop").addEventListener("click", () => void run?.end("stopped"));
byId("pause").addEventListener("click", () => run?.pause(run.recorder?.state !== "paused"));
addEventListener("beforeunload", (event) => {
  if (run) event.preventDefault();
});
// The popup asks for this window where it finds that a recording goes on.
new BroadcastChannel("recorder").addEventListener("message", async () => {
  const { id = -1 } = await api.windows.getCurrent();
  await api.windows.update(id, { focused: true });
});
await recording.recover();
byId("goes-on").hidden = !(await recording.continued(Date.now()));
await showCases().catch(() => null);
