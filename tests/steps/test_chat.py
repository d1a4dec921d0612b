"""The chat that was kept whole reaches the case: promises, draft, list of exhibits, bundle."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from helper.complaints.drafts.around import dealings
from helper.complaints.exhibits import choose, numbered
from helper.complaints.figures import figures
from helper.evidence.verify import verify
from helper.exporting import export
from helper.model import CaseView
from helper.steps.chat import read_chat
from helper.steps.keep import keep_parts
from helper.steps.read import read_order
from helper.steps.seal import Sealer
from helper.steps.sheets import draw_viewport_sheet
from helper.steps.store import Store

from .conftest import Captures
from .test_read import ORDER

PAGE = """<!doctype html><html lang=zh><meta charset=utf-8><title>在线客服</title>
<div class="chat-log"><div class="msg kefu">客服小美 2026-02-28 20:03:00 <p>在的</p></div></div>"""
SAID = (
    ("我", "right", "2026-02-20 10:00:00", "订单 KZ20240102 没有到货"),
    ("客服小美", "left", "2026-02-20 10:01:00", "24小时内给您退款"),
    ("我", "right", "2026-02-28 20:01:00", "还没有退"),
    ("客服小美", "left", "2026-02-28 20:03:00", "在的"),
)


def chat(*, marked: bool = True) -> bytes:
    """Return a chat as the extension keeps it; without marks only the sides of the words tell."""
    rows = []
    for n, (who, side, at, words) in enumerate(SAID, 1):
        mark = f' class="{"msg mine" if side == "right" else "msg kefu"}"' if marked else ""
        name = f"<b>{who}</b> " if marked else ""
        rows.append(
            f'<div data-kazheng-n="{n}" data-kazheng-side="{side}"{mark}>'
            f"{name}<time>{at}</time><p>{words}</p></div>"
        )
    box = '<div class="chat-log">' if marked else '<div class="x1"><div class="x2">'
    end = "</div>" if marked else "</div></div>"
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>在线客服</title></head><body>'
        f"<h2>在线客服</h2>{box}{''.join(rows)}{end}"
        '<script type="application/json" id="kazheng-chat">{"whole": true}</script></body></html>'
    ).encode()


def kept(
    store: Store, captures: Captures, picture: Any, html: bytes, case_id: str | None = None
) -> str:
    uuid = captures.new(
        ("seen/viewport", picture(), {}),
        ("seen/html", PAGE.encode(), {}),
        ("seen/chat-strip", picture(colour="teal"), {"index": 0}),
        ("seen/chat-strip", picture(colour="red"), {"index": 1}),
        ("seen/chat", html, {"messages": 4, "whole": True, "missing": [
            {"role": "seen/chat-strip", "reason": "chat_unpictured", "detail": "2/9"}]}),
        url="https://shop.example/kefu",
        case_id=case_id,
        extra={"chat": True},
    )  # fmt: skip
    keep_parts(store, uuid)
    draw_viewport_sheet(store, uuid)
    read_order(store, uuid)
    read_chat(store, uuid)
    Sealer(store).seal(uuid, "S0")
    return uuid


@pytest.mark.parametrize("marked", [True, False])
def test_promises_are_read_out_of_the_whole_chat(
    store: Store, captures: Captures, picture: Any, marked: bool
) -> None:
    uuid = kept(store, captures, picture, chat(marked=marked))
    view = captures.view(uuid)
    assert view.shown is not None
    assert view.shown.chat is not None
    assert view.shown.page_kind == "chat"
    said = [(one.side, one.text) for one in view.shown.chat.messages]
    assert said == [("agent", "24小时内给您退款"), ("agent", "在的")]
    [promise, _] = view.shown.chat.messages
    assert promise.promise is not None
    assert (promise.promise.what, promise.promise.within) == ("refund", "PT24H")
    assert ("seen/chat-strip", "chat_unpictured") in captures.lacks(uuid)
    assert {"seen-chat.html", "seen-chat-strip-00.png", "seen-chat-strip-01.png"} <= set(
        captures.names(uuid)
    )


def test_a_chat_in_which_nobody_is_told_apart_is_kept_and_says_so(
    store: Store, captures: Captures, picture: Any
) -> None:
    plain = b'<html><body><div><p data-kazheng-n="1">hello</p></div></body></html>'
    uuid = kept(store, captures, picture, plain)
    assert ("seen/chat", "chat_unread") in captures.lacks(uuid)
    shown = captures.view(uuid).shown
    assert shown is not None
    assert shown.chat is None


def case_of(store: Store, captures: Captures, picture: Any) -> CaseView:
    order = captures.new(("seen/viewport", picture(), {}), ("seen/html", ORDER.encode(), {}))
    keep_parts(store, order)
    draw_viewport_sheet(store, order)
    read_order(store, order)
    Sealer(store).seal(order, "S0")
    [case] = store.vault.cases()
    kept(store, captures, picture, chat(), case.case_id)
    return store.vault.case(case.case_id)


def test_a_draft_cites_the_chat_itself_and_the_bundle_holds_all_of_it(
    store: Store, captures: Captures, picture: Any, tmp_path: Path
) -> None:
    case = case_of(store, captures, picture)
    chosen = choose(case, channel="12315")
    [record] = [one for one in chosen if one.role == "seen/chat"]
    assert "聊天记录全文" in record.label
    assert case.order is not None
    seen = figures(case, case.order, chosen)
    assert seen is not None
    [pledge] = [one.sentence for one in dealings(case, seen) if "24小时内" in one.sentence.text]
    assert pledge.exhibits == (record.number,)
    assert record.number not in seen.main
    assert [one.role for one in numbered(case, None)].count("seen/chat-strip") == 2
    done = export(store, case.case_id, tmp_path / "案件.zip")
    assert verify(done.path).verdict == "pass"
    with zipfile.ZipFile(done.path) as archive:
        names = archive.namelist()
    assert sum(name.endswith("seen-chat.html") for name in names) >= 1
    covered = export(store, case.case_id, tmp_path / "遮盖.zip", redacted=True)
    assert verify(covered.path).verdict == "pass"
    with zipfile.ZipFile(covered.path) as archive:
        assert not any("seen-chat" in name for name in archive.namelist())
