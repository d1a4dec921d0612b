"""Every state of the extension's pages: looked at by pictures.py, checked by test_access.py."""

import time
from datetime import UTC, datetime, timedelta

from helper.dealings import Contact
from tests.extension.cases import FILED, MADE, changed, entry, opened, told
from tests.extension.given import (
    FILLED,
    FITTED,
    PAGE,
    PLAN,
    REPORT,
    URL,
    UUID,
    VIEW,
    answers,
    field,
    keeps,
    standing,
)

SITE = "https://wangzi.localhost:8443"
FORM = PAGE | {"complaint_form": True, "kind": "complaint", "order_no": None}
GAPS = [
    {"role": "seen/mhtml", "reason": "mhtml_not_allowed"},
    {"role": "seen/strip", "reason": "page_moved"},
    {"role": "witness", "reason": "session_not_lent"},
]
WAITING = {"count": 3, "bytes": 4_400_000, "oldest": "2026-07-11T00:30:12+00:00"}
AWAY = {"ok": True, "helper": "away", "version": None, "outbox": WAITING}
KEPT = standing(phase="kept_here", error={"code": "helper_away"})


def failed(code, phase="freezing"):
    return standing(phase=phase, error={"code": code})


def chat(phase, rows, *, complete=False):
    state = {"phase": phase, "rows": rows, "whole": complete, "stopping": False}
    local = {"phase": "sent", "missing": [], "error": None, "complete": complete, "chat": state}
    return {"ok": True, "local": local, "view": VIEW}


def walk(**changes):
    steps = [
        {"step": n, "uuid": f"u{n}", "url": f"{SITE}/{n}", "title": title, "phase": phase,
         "at": "2026-07-11T00:30:12+00:00", "reason": reason}
        for n, title, phase, reason in (
            (1, "王子卡盟 首页", "sent", None), (2, "在线客服", "sent", "left"),
            (3, "订单详情 WZ20260711083012", "freezing", None),
        )
    ]  # fmt: skip
    going = {
        "session": UUID, "tab_id": 1, "origin": SITE, "started_at": time.time() * 1000,
        "ended_at": None, "why": None, "granted": True, "steps": steps,
    }  # fmt: skip
    return going | changes


def view(**changes):
    return standing(view=VIEW | changes)


def popup(*, press=None, wait=None, ways=False, kept=(), session=None, **given):
    """Return what opens the popup with these answers, pressed and waited for."""

    async def show(pages, **how):
        page = await pages.open("popup.html", answers(**given), session=session, **how)
        if kept:
            await keeps(page, *kept)
            await page.reload()
        await page.wait_for_selector("body[data-state]")
        if ways:
            await page.click("#ways > summary")
        for selector in press or ():
            await page.click(selector)
        await page.wait_for_selector(wait or "#platform")
        return page

    return show


def walking(**changes):
    going = walk(**changes)
    given = {"walk-state": {"ok": True, "walk": going}, "stored": {"walk": going}}
    return popup(**given, wait="#walk:not([hidden])", ways="ended_at" in changes)


def keeping(state, wait="working", **given):
    return popup(
        **{"capture-state": state}, press=["#keep"], wait=f"body[data-state={wait}]", **given
    )


async def recording(pages, **how):
    """Show the popup while another page records."""
    page = await pages.open("popup.html", answers(), **how)
    await page.evaluate("new Promise(held => void navigator.locks.request("
                        f"'recording-{UUID}', () => new Promise(() => held())))")  # fmt: skip
    part = {"role": "seen/recording", "sha256": "a", "size": 9_000_000, "about": {}}
    about = {"started_at": "2026-07-11T00:30:12Z"}
    one = {"recording": about, "complete": False, "phase": "kept_here", "parts": [part]}
    await keeps(page, {**one, "url": f"{SITE}/elsewhere"})
    popup = await pages.open("popup.html", answers(), **how)
    await popup.wait_for_selector("#ways[open]")
    return popup


def panel(part=None, make=None, given=told, draft=False):
    """Return what opens a case with a part of it in sight."""

    async def show(pages, *, language="zh_CN", **how):
        what = given(language=language)
        page = await opened(pages, what, part=part, language=language, **how)
        if draft:
            await page.click("#make-draft")
            await page.wait_for_selector("#sentences, #draft-error .notice")
        if make:
            await page.click(make)
        return page

    return show


def page_of(path, wait, *, press=(), fill=(), helper="ready", **given):
    """Return what opens another page."""

    async def show(pages, **how):
        page = await pages.open(path, answers(helper, **given), **how)
        await page.wait_for_selector(wait)
        for selector, text in fill:
            await page.fill(selector, text)
        for selector in press:
            await page.click(selector)
        return page

    return show


async def outbox(pages, **how):
    """Show the settings with captures that wait."""
    page = await pages.open("options.html", answers("away", status=AWAY), **how)
    codes = ["helper_away", "disk_full", "too_large", None]
    strip = {"role": "seen/strip", "sha256": "a", "size": 1_400_000, "about": {}}
    rows = [
        {"uuid": f"u{n}", "phase": "kept_here", "error": code and {"code": code}, "ago": 90 * n,
         "title": f"订单详情 WZ2026071108301{n}", "parts": [strip]}
        for n, code in enumerate(codes)
    ]  # fmt: skip
    await keeps(page, *rows)
    await page.wait_for_selector("#outbox-list li")
    return page


async def recorder(pages, **how):
    """Show the recorder while it records a picture of the test's."""
    page = await pages.open("recorder.html?tab=1", answers(), **how)
    await page.evaluate(
        "navigator.mediaDevices.getDisplayMedia = async () => {"
        " const canvas = document.createElement('canvas'); const ink = canvas.getContext('2d');"
        " setInterval(() => ink.fillRect(Math.random() * 300, 0, 9, 9), 100);"
        " return canvas.captureStream(5) }"
    )
    await page.click("#record")
    await page.wait_for_selector("body[data-state=recording]")
    return page


def due(**how):
    return changed(told(**how), clocks=[CLOCK])


def talked(**how):
    talk = Contact(at=MADE + timedelta(hours=1), way="chat", said="什么时候发货", promised="今晚发")
    return told(entries=(entry(talk),), filings=(FILED,), **how)


def untold(**how):
    error = {"code": "helper_failed"}
    return told(**how) | {"advice": {"ok": False, "error": error}}


CASES = {
    "ok": True,
    "captures": [
        {"uuid": f"u{n}", "url": f"{SITE}/{n}", "title": title, "at": "2026-07-11T00:30:12.000Z",
         "phase": phase, "case_id": case, "order_no": number, "state": "sealed"}
        for n, (title, phase, case, number) in enumerate([
            ("订单详情", "sent", "c-1", "WZ20260711083012"), ("在线客服", "sent", "c-1", None),
            ("我的订单", "kept_here", None, None),
        ])
    ],
}  # fmt: skip
SOON = (datetime.now(UTC) + timedelta(hours=20)).isoformat()
CLOCK = {"key": "c", "name": "平台申诉期", "at": SOON,
         "state": "due_soon", "whose": "shop", "source": "s", "since": None,
         "todo": "在平台上申请退款。"}  # fmt: skip
DUE = {"ok": True, "due": [{"case_id": "c-1", "title": "订单", "clock": CLOCK}]}
ERROR = {"ok": False, "error": {"code": "helper_away"}}
DRAFTS = [
    {"draft_id": f"d{n}", "title": title, "created_at": f"2026-07-1{n}T08:00:00Z"}
    for n, title in (
        (2, "订单 WZ20260711083012 付款后未发货"),
        (1, "订单 WZ20260709140501 少发卡密"),
    )
]
PREVIEW = PLAN | FITTED | {"fields": [*PLAN["fields"], field("phone", 1)], "confirm": ["phone"]}

POPUP = {
    "before": popup(),
    "ways": popup(ways=True, recent=CASES, wait="#chat-case-row:not([hidden])"),
    "unknown": popup(page=PAGE | {"platform": None, "order_no": None, "kind": None}),
    "restricted": popup(page=PAGE | {"capturable": False, "url": "chrome://settings/"},
                        wait="#error .notice"),
    "page-error": popup(page={"ok": False, "error": {"code": "page_busy"}, "url": URL, "title": ""},
                        wait="#error .notice"),
    **{f"helper-{one}": popup(helper=one, wait="#helper .notice")
       for one in ("away", "forbidden", "unpaired", "stranger", "version")},
    "helper-away-waiting": popup(status=AWAY, wait="#helper .notice"),
    "due": popup(badge="2", wait="#to-cases"),
    "lend-denied": popup(granted=False, press=["#lend"], wait="#error .notice"),
    "freezing": keeping(standing(phase="freezing")),
    "uploading": keeping(standing(phase="uploading")),
    "sealing": keeping(view(state="kept", seals=[{"stage": "S0"}], steps=[], order=None)),
    "waiting": keeping(KEPT, "waiting"),
    "waiting-there": keeping(standing(error={"code": "helper_away"}), "waiting"),
    "sealed": keeping(view(), "done"),
    "sealed-no-order": keeping(view(order=None, corroboration=None), "done"),
    "differs": keeping(view(corroboration={
        "verdict": "differs", "reason": None,
        "fields": [{"field": "status", "state": "differs", "seen": "待发货", "witness": "已完成"}],
    }), "done"),
    "gaps": popup(**{"capture-state": view(missing=GAPS)}, press=["#keep", "#missing summary"],
                  wait="body[data-state=done]"),
    "earlier": popup(kept=[{"sealed": True}], wait="body[data-state=done]"),
    "disk-full": popup(capture={"ok": False, "error": {"code": "outbox_full"}}, press=["#keep"],
                       wait="#error .notice"),
    "disk-full-late": keeping(failed("outbox_full"), "failed"),
    "disk-broken": keeping(failed("outbox_failed"), "failed"),
    "interrupted": keeping(failed("interrupted"), "failed"),
    "helper-disk-full": keeping(failed("disk_full", "kept_here"), "failed"),
    "walk": walking(),
    "walk-not-granted": walking(granted=False),
    "walk-elsewhere": walking(tab_id=2),
    "walk-ended": walking(ended_at=time.time() * 1000, why="hour"),
    "recording": recording,
    "chat-up": popup(**{"capture-state": chat("up", 120)}, ways=True, press=["#keep-chat"],
                     wait="#chat"),
    "chat-whole": popup(**{"capture-state": chat("done", 2000, complete=True)}, ways=True,
                        press=["#keep-chat"], wait="body[data-state=done]"),
    "form": popup(page=FORM, wait="#fill-preview"),
    "form-preview": popup(page=FORM, **{"fill-preview": PREVIEW}, press=["#fill-preview"],
                          wait="#preview"),
    "form-choice": popup(page=FORM, **{"fill-preview": PREVIEW | {"drafts": DRAFTS}},
                         press=["#fill-preview"], wait="#fill-draft"),
    "form-report": popup(page=FORM, **{"fill-apply": REPORT},
                         press=["#fill-preview", "#fill-apply"], wait="#report"),
    "receipt": popup(session={"fill:1": {"filled": FILLED}}, wait="#keep-receipt"),
}  # fmt: skip
PAGES = {
    "options": page_of("options.html", "#state.good"),
    "options-away": page_of("options.html", "#helper .notice", helper="away"),
    "options-outbox": outbox,
    "options-code": page_of("options.html", "#helper .notice", fill=[("#code", "ABC")],
                            press=["#pair-go"], helper="unpaired",
                            pair={"ok": False, "error": {"code": "pairing_code"}}),
    "options-paired": page_of("options.html", "#state.good", fill=[("#code", "A" * 20)],
                              press=["#pair-go"], pair={"ok": True, "pairing_id": "p"}),
    "welcome": page_of("welcome.html", "#helper .notice"),
    "welcome-away": page_of("welcome.html", "#helper .notice", helper="away"),
    "privacy": page_of("privacy.html", "#permissions"),
    "recorder": page_of("recorder.html?tab=1", "body[data-state=before]", recent=CASES),
    "recorder-running": recorder,
    "list": page_of("panel.html", "#list article", recent=CASES, due=DUE),
    "list-waiting": page_of("panel.html", "#due-waiting", due=DUE | {"waiting": 3}, recent=CASES),
    "list-away": page_of("panel.html", "#list-here", helper="away", recent=CASES | {
        "captures": CASES["captures"][2:], "unasked": "helper_away"}),
    "list-empty": page_of("panel.html", "#list .notice"),
    "panel-away": page_of("panel.html?case=c-1", "#helper .notice", helper="away", case=ERROR,
                          advice=ERROR),
    "panel-now": panel(),
    "panel-due": panel(given=due),
    "panel-untold": panel(given=untold),
    "panel-no-order": panel("proof", given=lambda **how: told(order=None, **how)),
    "panel-order": panel("order"),
    "panel-questions": panel("questions"),
    "panel-proof": panel("proof", given=talked),
    "panel-where": panel("where"),
    "panel-draft": panel("write", draft=True),
    "panel-draft-refused": panel("write", draft=True, given=lambda **how: told(**how) | {
        "draft": {"ok": False, "error": {"code": "refused"}}}),
    "panel-course": panel("told", given=talked, make="#tell-contact"),
}  # fmt: skip
