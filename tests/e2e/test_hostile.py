"""Pages that mean harm, or only behave badly: they get nothing and are kept all the same."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.e2e.world import Ground, World

DISPLAY = True
"""The pictures of the real window are looked for here."""


@asynccontextmanager
async def private_server() -> AsyncIterator[tuple[int, list[bytes]]]:
    """Something else on this computer that no page may reach through the helper."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(300))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


@pytest.mark.parametrize(
    "path",
    ["aims", *(pytest.param(path, marks=pytest.mark.long) for path in ("redirect", "refresh"))],
)
async def test_the_witness_reaches_nothing_private(shops: Ground, path: str) -> None:
    async with private_server() as (port, heard):
        url = f"{shops.demo.origins['hostile']}/{path}?port={port}"
        code, result = await shops.command("capture", url)
        assert heard == []
        # led away at once there is no page at all, which is said
        assert (code, bool(result.get("error"))) == (
            (1, True) if path == "redirect" else (0, False)
        )


@pytest.mark.long
async def test_the_helpers_own_port_is_out_of_reach(common: World) -> None:
    before = [view.capture_id for view in common.store.vault.recent(99)]
    url = f"{common.demo.origins['hostile']}/aims?port={common.port}"
    view = await common.sealed(await common.one_click(url, settled=False), 120)
    assert view.state == "sealed"
    refused = {note for note in view.notes if note.startswith("address_refused: own_port")}
    hosts = ("127.0.0.1", "::1", "localhost", "kazheng.localhost")
    assert {f"address_refused: own_port {host}:{common.port}" for host in hosts} <= refused
    warc = common.store.read_role(view.artifacts, "witness/warc")
    assert warc is not None
    records = [
        (record.rec_type, urlsplit(record.rec_headers.get_header("WARC-Target-URI") or "").port)
        for record in ArchiveIterator(io.BytesIO(warc))
    ]
    assert ("request", common.port) in records, "the page tried"
    assert ("response", common.port) not in records, "and got no answer"
    assert [v.capture_id for v in common.store.vault.recent(99)] == [view.capture_id, *before]


@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    [
        "hanging",
        "endless",
        "popups",
        "big",
    ],
)
async def test_a_page_that_behaves_badly_is_kept(common: World, path: str) -> None:
    url = f"{common.demo.origins['hostile']}/{path}"
    page = await common.person.context.new_page()
    await page.goto(url, wait_until="load" if path == "big" else "commit", timeout=90_000)
    view = await common.sealed(await common.click(page), 150)
    roles = {item.role for item in view.artifacts}
    assert {"seen/viewport", "seen/html", "seen/sheet"} <= roles
    if path == "big":
        html = next(item for item in view.artifacts if item.role == "seen/html")
        assert html.bytes > 29_000_000


@pytest.mark.long
async def test_a_page_full_of_dialogs_is_visited_to_the_end(shops: Ground) -> None:
    code, result = await shops.command("capture", f"{shops.demo.origins['hostile']}/dialogs")
    assert code == 0
    roles = {item["role"] for item in result["artifacts"]}
    assert {"witness/page", "witness/html", "witness/window", "witness/pdf"} <= roles


async def test_a_page_cannot_lie_to_the_snapshot(common: World) -> None:
    order = common.demo.orders["wangzi:not_delivered"]
    view = await common.sealed(
        await common.one_click(f"{common.demo.origins['hostile']}/tampering")
    )
    assert view.order is not None
    assert view.order.order_no == order.order_no
    assert view.order.amount == order.amount


async def test_a_false_complaint_form_gets_nothing(common: World) -> None:
    await common.log_in()
    order = common.demo.orders["wangzi:not_delivered"]
    view = await common.sealed(await common.one_click(order.url, lend=True))
    await common.command("draft", view.case_id or "", "--channel", "merchant_platform")
    before = len(common.demo.submissions)
    page = await common.person.open(f"{common.demo.origins['hostile']}/member/complaints/new")
    popup = await common.person.click_toolbar(page)
    await popup.click("#fill-preview")
    await popup.wait_for("!document.querySelector('#error').hidden")
    values = await page.eval_on_selector_all(
        "input, textarea", "es => es.map(e => e.value).join('')"
    )
    assert order.order_no not in values.replace(order.order_no, "", 1)
    assert len(common.demo.submissions) == before
    await popup.close()
