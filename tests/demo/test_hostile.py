from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession

from helper.demo.hostile import BIG_BYTES, PAGES
from helper.demo.platform import Demo

Fetch = Any


@pytest.mark.parametrize("path", sorted(set(PAGES) - {"/redirect", "/endless", "/big"}))
async def test_every_page_shows_an_order(demo: Demo, fetch: Fetch, path: str) -> None:
    page = await fetch(f"{demo.origins['hostile']}{path}?port=4711")
    assert demo.orders["wangzi:not_delivered"].order_no in page


async def test_the_aims_name_the_given_port(demo: Demo, fetch: Fetch) -> None:
    page = await fetch(demo.origins["hostile"] + "/aims?port=4711")
    assert "http://127.0.0.1:4711/aim/frame" in page
    assert "169.254.169.254" in page


async def test_the_redirect_leads_to_loopback(demo: Demo, client: ClientSession) -> None:
    url = demo.origins["hostile"] + "/redirect?port=4711"
    async with client.get(url, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "http://127.0.0.1:4711/"


async def test_the_big_page_has_30_mb(demo: Demo, client: ClientSession) -> None:
    async with client.get(demo.origins["hostile"] + "/big") as answer:
        data = await answer.read()
    assert len(data) == BIG_BYTES
    assert data.rstrip().endswith(b"</html>")


async def test_the_endless_page_never_ends(demo: Demo, client: ClientSession) -> None:
    async with client.get(demo.origins["hostile"] + "/endless") as answer:
        assert b"WZ" in await answer.content.readany()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await answer.content.read()
        answer.close()


async def test_the_false_form_can_send_elsewhere(demo: Demo, fetch: Fetch) -> None:
    page = await fetch(demo.origins["hostile"] + "/member/complaints/new?to=http://127.0.0.1:9/x")
    assert 'id="wz-complaint-form" action="http://127.0.0.1:9/x"' in page
