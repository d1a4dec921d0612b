"""Visits that meet trouble: what is kept, and what the records say."""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from aiohttp import web
from PIL import UnidentifiedImageError
from playwright.async_api import Error

from helper.capture import artifacts, network, window
from helper.capture.browser import WarmBrowser
from helper.capture.witness import EXPECTED, visit
from helper.messages import LANGUAGES, catalogue

from .conftest import (
    ORDER,
    Site,
    file_of,
    records,
    request,
    response,
)

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.browser


async def test_a_server_that_is_down_is_explained(browser: WarmBrowser, tmp_path: Path) -> None:
    made = await visit(browser, request("http://127.0.0.1:9/"), tmp_path / "v")
    assert {lack.reason for lack in made.missing} == {"unreachable"}


async def test_a_browser_error_between_the_steps_keeps_what_there_is(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def moved(*_: object) -> None:
        raise Error("Execution context was destroyed")

    monkeypatch.setattr(artifacts, "page_size", moved)
    site.page("/order", ORDER)
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    kept = {produced.role for produced in made.files}
    assert {"witness/warc", "witness/har", "witness/dns"} <= kept
    assert "browser_error: Execution context was destroyed" in made.notes
    assert {lack.role for lack in made.missing} == set(EXPECTED) - kept
    assert {lack.reason for lack in made.missing} == {"browser_error"}
    assert (made.title, made.status) == ("订单详情 – 王子卡盟", 200)


async def test_a_page_that_was_closed_is_visited_again(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = artifacts.page_size, []

    async def once(*given: object) -> object:
        calls.append(given)
        if len(calls) == 1:
            raise Error("Target page, context or browser has been closed")
        return await real(*given)

    monkeypatch.setattr(artifacts, "page_size", once)
    site.page("/order", ORDER)
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.missing == ()
    assert "browser_restarted" in made.notes


@pytest.mark.parametrize("what", ["page", pytest.param("browser", marks=pytest.mark.long)])
async def test_a_page_that_crashes_every_time_leaves_what_it_loaded(
    site: Site, browser: WarmBrowser, tmp_path: Path, what: str
) -> None:
    async def fatal(_: web.Request) -> web.Response:
        whole = psutil.Process(await browser.process_id())
        for process in whole.children(recursive=True) if what == "page" else [whole]:
            if what == "browser" or "--type=renderer" in process.cmdline():
                process.kill()
        return web.Response(text="")

    site.routes["/fatal"] = fatal
    site.page("/order", ORDER.replace("</body>", "<script src=/fatal></script></body>"))
    made = await visit(browser, request(f"{site.origin}/order", seconds=10), tmp_path / "v")
    assert site.asked.count("GET /fatal") == 2
    assert response(made, f"{site.origin}/order").body.decode().startswith("<!doctype html>")
    kept = {produced.role for produced in made.files}
    assert {"witness/warc", "witness/har"} <= kept
    assert {lack.reason for lack in made.missing} == {"browser_died"}
    assert {lack.role for lack in made.missing} == set(EXPECTED) - kept


@pytest.mark.parametrize(
    "failure",
    [
        TypeError("x"),
        *(
            pytest.param(one, marks=pytest.mark.long)
            for one in (KeyError("x"), ValueError("x"), UnidentifiedImageError("x"), OSError("x"))
        ),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_an_unforeseen_failure_costs_its_artifact_only(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure
) -> None:
    async def fails(*_: object) -> None:
        raise failure

    monkeypatch.setattr(artifacts, "pdf", fails)
    site.page("/order", ORDER)
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert [(lack.role, lack.reason, lack.detail) for lack in made.missing] == [
        ("witness/pdf", "internal", type(failure).__name__)
    ]


async def test_a_page_that_took_its_root_away_is_kept_as_it_is(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", "<p>订单<script>onload = () => document.documentElement.remove()</script>")
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert {"witness/warc", "witness/har"} <= {produced.role for produced in made.files}
    assert "internal" not in {lack.reason for lack in made.missing}
    assert made.viewport is not None
    assert made.viewport.page_width is None
    assert "page_blocked" not in made.notes


async def test_an_unforeseen_failure_between_the_steps_keeps_the_records(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise KeyError("cssContentSize")

    monkeypatch.setattr(artifacts, "page_size", fails)
    site.page("/order", ORDER)
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert {"witness/warc", "witness/har"} <= {produced.role for produced in made.files}
    assert {(lack.reason, lack.detail) for lack in made.missing} == {("internal", "KeyError")}
    assert "internal: KeyError" in made.notes


async def test_an_endless_body_without_a_length_is_cut_off_and_said(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = 0

    async def flood(got: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        await answer.prepare(got)
        while sent < 512 * 1024 * 1024:
            try:
                await answer.write(b"x" * 65536)
            except ConnectionError:
                break
            sent += 65536
        return answer

    monkeypatch.setattr(network, "_BODY_LIMIT", 4 * 1024 * 1024)
    site.routes["/flood"] = flood
    site.page("/order", ORDER.replace("<h1>", "<script>fetch('/flood')</script><h1>"))
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.missing == ()
    assert f"body_not_kept: too_large {site.origin}/flood" in made.notes
    kept = response(made, f"{site.origin}/flood")
    assert (kept.status, kept.body) == ("200", b"")
    assert sent < 128 * 1024 * 1024


@pytest.mark.long
async def test_packed_bodies_count_unpacked_and_together(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    megabyte = 1024 * 1024
    packed = {"Content-Encoding": "gzip"}
    monkeypatch.setattr(network, "_BODY_LIMIT", 2 * megabyte)
    monkeypatch.setattr(network, "_TOTAL_LIMIT", 5 * megabyte)
    site.raw("/bomb", gzip.compress(b"b" * 3 * megabyte), "text/plain", **packed)
    fetches = "await fetch('/bomb').catch(() => 0);"
    for number in range(6):
        site.raw(f"/{number}", gzip.compress(b"s" * megabyte), "text/plain", **packed)
        fetches += f"await fetch('/{number}').catch(() => 0);"
    script = f"<script>(async()=>{{{fetches}}})()</script><h1>"
    site.page("/order", ORDER.replace("<h1>", script))
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.missing == ()
    notes = {note.split("/")[-1] for note in made.notes if note.startswith("body_not_kept")}
    sizes = {
        record.url.split("/")[-1]: len(record.body)
        for record in records(made)
        if record.kind == "response"
    }
    kept = {name for name, size in sizes.items() if size == megabyte}
    assert "bomb" in notes
    assert len(kept) == 4, "the page itself takes the rest of the fifth"
    assert notes == {"bomb", *(str(number) for number in range(6))} - kept


async def test_bodies_without_a_length_reach_the_page_and_the_archive_unchanged(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def streamed(got: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(
            headers={
                "Content-Type": "text/javascript; charset=gbk",
                "Content-Encoding": "gzip",
                "Set-Cookie": "hop=1; Path=/",
                "X-Own": "own",
            }
        )
        await answer.prepare(got)
        data = gzip.compress(script)
        for at in range(0, len(data), 10):
            await answer.write(data[at : at + 10])
        await answer.write_eof()
        return answer

    async def blob(got: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        await answer.prepare(got)
        await answer.write(noise)
        return answer

    async def nothing(_: web.Request) -> web.Response:
        return web.Response(status=204)

    noise = os.urandom(3_000_000)
    script = (
        "out.textContent = '脚本';"
        "(async () => { const all = await Promise.all(['/blob', '/none'].map(p => fetch(p)));"
        "const data = await all[0].arrayBuffer();"
        "const sum = new Uint8Array(data).reduce((a, b) => (a * 31 + b) % 65521, 7);"
        "out.textContent += ` ${sum} ${all[1].status}`; })()"
    ).encode("gbk")
    site.routes |= {"/app.js": streamed, "/blob": blob, "/none": nothing}
    site.page("/order", ORDER.replace("</body>", "<p id=out></p><script src=/app.js></script>"))
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.missing == ()
    checksum = 7
    for byte in noise:
        checksum = (checksum * 31 + byte) % 65521
    assert f"脚本 {checksum} 204".encode() in file_of(made, "witness/html")
    assert response(made, f"{site.origin}/app.js").body == script
    assert response(made, f"{site.origin}/blob").body == noise
    headers = response(made, f"{site.origin}/app.js").headers
    assert headers["x-own"] == "own"
    assert headers["x-orig-content-encoding"] == "gzip"
    assert headers["set-cookie"].startswith("hop=sha256-salted-")


async def test_websocket_traffic_is_named_as_not_recorded(
    site: Site, inside: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def chat(got: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(got)
        await link.send_str("客服 请稍等")
        async for _ in link:
            pass
        return link

    site.routes["/chat"] = chat
    script = (
        f"new WebSocket('ws://127.0.0.1:{inside.port}/refused');"
        "const s = new WebSocket(`ws://${location.host}/chat?a=1`);"
        "s.onmessage = e => { document.querySelector('h1').textContent += e.data; }"
    )
    site.page("/order", ORDER.replace("</body>", f"<script>{script}</script></body>"))
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert [note for note in made.notes if note.startswith("websocket")] == [
        f"websocket_not_recorded: ws://127.0.0.1:{site.port}/chat?a=1"
    ]
    for language in LANGUAGES:
        assert "notes.websocket_not_recorded" in catalogue(language)
        told = json.loads((ROOT / f"extension/_locales/{language}/messages.json").read_bytes())
        assert "note_websocket_not_recorded" in told


async def test_a_private_display_is_started_on_linux_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert await window.start_display() is None


async def test_folders_of_killed_helpers_go_and_all_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "kept").write_text("x")
    temp = tmp_path / "temp"
    left = temp / f"kazheng-display-{ended}-abc"
    others = [temp / f"kazheng-demo-{ended}-abc", temp / "kazheng-display-abc",
              temp / f"kazheng-display-{os.getpid()}-abc"]  # fmt: skip
    for folder in (left, *others):
        folder.mkdir(parents=True)
        (folder / "authority").write_text("x")
    link = temp / f"kazheng-display-{ended}-link"
    link.symlink_to(target)
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    display = await window.start_display()
    assert display is not None
    try:
        assert not left.exists()
        assert all(folder.exists() for folder in (*others, link, target / "kept"))
        assert display.authority.parent.name.startswith(f"kazheng-display-{os.getpid()}-")
    finally:
        await display.stop()


async def test_a_body_cut_in_transfer_is_not_recorded_as_whole(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def cut(got: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "image/png"})
        answer.content_length = 100_000
        await answer.prepare(got)
        await answer.write(b"x" * 100)
        assert got.transport is not None
        got.transport.close()
        return answer

    site.routes["/cut.png"] = cut
    site.raw("/whole.png", b"x" * 100, "image/png")
    images = "".join(f"<img src=/{name}.png>" for name in ("cut", "whole"))
    site.page("/order", ORDER.replace("<h1>", f"{images}<h1>"))
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    notes = {note for note in made.notes if note.startswith("body_not_kept")}
    told = {note.split("/")[-1]: note.split()[1] for note in notes}
    assert told == {"cut.png": "cut_off"}
    reasons = [json.loads(r.body) for r in records(made)
               if r.kind == "metadata" and r.url.endswith("cut.png")]  # fmt: skip
    assert reasons[0]["body"] == "cut_off"
    assert response(made, f"{site.origin}/whole.png").body == b"x" * 100
