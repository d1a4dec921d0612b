import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from helper.app import Helper, services
from helper.capture import witness
from helper.capture.browser import WarmBrowser
from helper.capture.witness import EXPECTED, Produced, Visit
from helper.desk import Desk
from helper.errors import BrowserFailedError, DiskFullError
from helper.keeper import Keeper
from helper.messages import LANGUAGES, catalogue
from helper.model import Missing
from helper.steps.store import Store
from helper.steps.visit import Sessions, Visitor, what_lacks

from .conftest import NOON, Captures

HTML = Produced("witness/html", "witness-page.html", "text/html", Path("witness-page.html"))


def visited(*files: Produced, missing: tuple[Missing, ...] = (), **given: Any) -> Visit:
    plain = Visit(
        "https://shop.example/", 200, "", NOON, NOON, "lent", None, None, files, missing, ()
    )
    return replace(plain, **given)


@pytest.fixture
async def visitor(store: Store) -> AsyncIterator[Visitor]:
    """A visitor whose browser is not started by itself."""
    browser = WarmBrowser(store.settings)
    yield Visitor(store, browser, Sessions(), set())
    await browser.stop()


def test_a_visit_with_a_page_lacks_only_what_it_says() -> None:
    lack = Missing(role="witness/window", reason="no_private_display")
    assert what_lacks("lent", visited(HTML, missing=(lack,))) == [lack]


@pytest.mark.parametrize("reason", ["tls_error", "unreachable", "no_answer", "address_refused"])
def test_a_visit_without_a_page_counts_as_none(reason: str) -> None:
    lacks = tuple(Missing(role=role, reason=reason, detail="why") for role in EXPECTED)
    told = what_lacks("lent", visited(missing=lacks))
    assert told[0] == Missing(role="witness", reason=reason, detail="why")
    assert told[1:] == list(lacks)


def test_a_session_that_was_not_lent_again_has_its_own_role() -> None:
    told = what_lacks("lent", visited(HTML, session="not_lent"))
    assert [(entry.role, entry.reason) for entry in told] == [
        ("witness/session", "session_not_lent_again")
    ]
    assert what_lacks("not_lent", visited(HTML, session="not_lent")) == []


@pytest.mark.parametrize("revisit", ["post", "one_time", "user_refused"])
async def test_a_page_that_must_not_be_opened_again_is_not(
    store: Store, captures: Captures, visitor: Visitor, revisit: str
) -> None:
    uuid = captures.new(revisit=revisit)
    await visitor.visit(uuid)
    assert captures.lacks(uuid) == {("witness", revisit)}
    assert [step.detail for step in captures.view(uuid).steps] == [revisit]
    assert not visitor.browser.alive


async def test_what_is_no_web_address_is_not_visited(captures: Captures, visitor: Visitor) -> None:
    uuid = captures.new(url="chrome://settings")
    await visitor.visit(uuid)
    assert captures.lacks(uuid) == {("witness", "not_web")}


async def test_without_a_browser_the_capture_goes_on(store: Store, captures: Captures) -> None:
    settings = store.settings.model_copy(update={"browser": "/nonexistent/browser"})
    uuid = captures.new()
    await Visitor(store, WarmBrowser(settings), Sessions(), set()).visit(uuid)
    assert captures.lacks(uuid) == {("witness", "browser_missing")}


def failing(error: Exception) -> Callable[..., Any]:
    async def visit(*_: object) -> Visit:
        raise error

    return visit


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (BrowserFailedError(cause="x"), "browser_failed"),
        (ValueError("sid=SECRET"), "visit_failed"),
        (KeyError("cookies"), "visit_failed"),
        (OSError(5, "Input/output error"), "visit_failed"),
        (MemoryError(), "visit_failed"),
    ],
)
async def test_whatever_ends_a_visit_is_said_without_its_secrets(
    captures: Captures, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, error: Exception,
    reason: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(witness, "visit", failing(error))
    uuid = captures.new()
    await visitor.visit(uuid)
    view = captures.view(uuid)
    assert captures.lacks(uuid) == {("witness", reason)}
    assert [step.step for step in view.steps] == ["witness"]
    assert "SECRET" not in view.model_dump_json()


async def test_a_full_disk_is_left_to_be_tried_again(
    captures: Captures, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness, "visit", failing(OSError(28, "No space left on device")))
    uuid = captures.new()
    with pytest.raises(DiskFullError):
        await visitor.visit(uuid)
    assert captures.view(uuid).steps == ()


async def test_an_environment_that_cannot_be_read_is_said(
    captures: Captures, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def made(*_: object) -> Visit:
        return visited(missing=(Missing(role="witness/html", reason="unreachable"),))

    async def broken(*_: object) -> dict[str, Any]:
        raise RuntimeError("no")

    monkeypatch.setattr(witness, "visit", made)
    monkeypatch.setattr("helper.capture.environment.record", broken)
    uuid = captures.new()
    await visitor.visit(uuid)
    assert ("environment", "environment_failed") in captures.lacks(uuid)
    assert "witness-visit.json" in captures.names(uuid)


async def test_a_lent_session_is_taken_once() -> None:
    sessions = Sessions()
    await sessions.lend("one", {"cookies": []})
    assert await sessions.take("one", 0.01) == {"cookies": []}
    assert not sessions.has("one")
    assert await sessions.take("one", 0.01) is None


@pytest.mark.parametrize(
    "given", [{"revisit": "post"}, {"session": "not_lent"}, {"session": "lent"}]
)
async def test_no_session_stays_in_memory_after_the_visit(
    captures: Captures, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    uuid = captures.new(**given)

    async def fails(*_: object) -> Visit:
        await visitor.sessions.lend(uuid, {"cookies": []})  # once more, too late
        raise ValueError

    monkeypatch.setattr(witness, "visit", fails)
    await visitor.sessions.lend(uuid, {"cookies": []})
    await visitor.visit(uuid)
    assert not visitor.sessions.has(uuid)
    await visitor.sessions.lend(uuid, {"cookies": []})
    await visitor.visit(uuid)
    assert not visitor.sessions.has(uuid)


async def test_a_session_that_no_visit_takes_is_forgotten() -> None:
    sessions = Sessions(forget_seconds=0)
    await sessions.lend("one", {"cookies": []})
    assert sessions.has("one")
    for _ in range(3):  # turns of the loop
        await asyncio.sleep(0)
    assert not sessions.has("one")
    sessions = Sessions(forget_seconds=0.3)
    await sessions.lend("one", {"cookies": []})
    await sessions.take("one", 0.01)
    await sessions.lend("one", {"cookies": [1]})
    assert await sessions.take("one", 0.01) == {"cookies": [1]}


@pytest.mark.parametrize(
    ("given", "visited", "kept"),
    [
        ({"session": "lent"}, False, True),
        ({"session": "lent"}, True, False),
        ({"session": "not_lent"}, False, False),
        ({"session": "lent", "revisit": "post"}, False, False),
    ],
)
async def test_only_a_session_that_was_promised_for_a_visit_to_come_is_taken_in(
    store: Store, captures: Captures, visitor: Visitor, given: dict[str, str], visited: bool,
    kept: bool,
) -> None:  # fmt: skip
    uuid = captures.new(**given)
    if visited:
        store.note(uuid, "witness")
    pipeline: Any = SimpleNamespace(start=None, strips_complete=None, unwritten=None)
    helper = Helper(
        store.settings, store, pipeline, Desk(store), visitor.browser, visitor.sessions,
        Keeper(store),
    )  # fmt: skip
    await services(helper).lend_session(uuid, {"cookies": []})
    assert visitor.sessions.has(uuid) is kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_visit_has_its_words(language: Any) -> None:
    reasons = {
        "tls_error", "unreachable", "no_answer", "address_refused", "no_page", "timeout",
        "deadline", "browser_error", "browser_died", "session_in_page", "dom_empty",
        "unusable", "visit_failed", "browser_missing", "browser_failed", "not_web", "post",
        "one_time", "user_refused",
    }  # fmt: skip
    known = catalogue(language)
    for area in ("missing", "corroboration"):
        assert {name for name in reasons if f"{area}.{name}" not in known} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_has_its_words(language: Any) -> None:
    notes = {"no_cjk_font", "trusted_key", "proxy_unchecked", "system_proxy", "fake_ip"}
    assert {name for name in notes if f"notes.{name}" not in catalogue(language)} == set()


@pytest.fixture
async def shop() -> AsyncIterator[str]:
    async def answer(_: web.Request) -> web.Response:
        script = "<script>alert('hello')</script>"
        return web.Response(
            text=f"<title>订单</title><p>订单号 KZ1{script}", content_type="text/html"
        )

    app = web.Application()
    app.router.add_get("/order", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/order"
    await runner.cleanup()


@pytest.mark.browser
async def test_a_real_visit_keeps_artifacts_environment_and_notes(
    store: Store, captures: Captures, visitor: Visitor, shop: str
) -> None:
    uuid = captures.new(url=shop, timezone="Asia/Shanghai")
    await visitor.visit(uuid)
    await visitor.visit(uuid)
    view = captures.view(uuid)
    roles = [item.role for item in view.artifacts]
    assert {"witness/html", "witness/page", "witness/warc", "environment", "log"} <= set(roles)
    assert store.read_role(view.artifacts, "witness/text") == "订单号 KZ1".encode()
    assert roles.count("environment") == 1
    assert "environment.json" in captures.names(uuid)
    about = json.loads(store.read_role(view.artifacts, "environment") or b"")
    assert about["browser"]["version"] == visitor.browser.version
    assert [clock["source"] for clock in about["clocks"]] == ["date 127.0.0.1"]
    assert abs(about["clocks"][0]["offset_ms"]) <= about["clocks"][0]["error_ms"] + 2000
    assert any(note.startswith("dialog_dismissed") for note in view.notes)
    assert not any(entry.role == "witness" for entry in view.missing)
    facts = json.loads(store.read_role(view.artifacts, "log") or b"")
    assert datetime.fromisoformat(facts["started_at"]).tzinfo is not None
    refused = captures.new(url=shop, revisit="post")
    await visitor.visit(refused)
    assert captures.names(refused) == ["environment.json"]


@pytest.mark.browser
async def test_a_shop_that_is_gone_is_said_once_for_the_whole_visit(
    captures: Captures, visitor: Visitor
) -> None:
    uuid = captures.new(url="http://127.0.0.1:9/order")
    await visitor.visit(uuid)
    assert ("witness", "unreachable") in captures.lacks(uuid)
    assert "environment.json" in captures.names(uuid)
