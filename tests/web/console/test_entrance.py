"""Who gets into the console, and who does not."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from helper.web.console import rooms
from helper.web.console.entrance import HOST, LIFETIME, address
from helper.web.console.sessions import IDLE, cookie_of
from helper.web.server import create_app, serve
from tests.web.console.conftest import Town

OPEN = {"/enter", "/static/{name}"}
"""Written down once more: a page that is opened by mistake must fail."""
UPLOADS = {"/cases/{id}/files", "/cases/{id}/bills"}
REFUSED = """() => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/settings/browsers/zz/revoke" });
  form.innerHTML = `<input name="csrf" value="${document.body.dataset.token}">`;
  document.body.append(form);
  form.submit();
}"""
"""Sends a form whose answer is an explained refusal."""
SAMPLES = {"id": "00000000-0000-4000-8000-000000000001", "name": "style.css"}


def paths(method: str) -> list[str]:
    found = [page.path for page in rooms.PAGES if page.method == method]
    return sorted(path for path in found if path not in OPEN)


def sample(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda part: SAMPLES.get(part[1], "1"), path)


@pytest.mark.browser
async def test_an_address_lets_in_once_and_leaves_no_token_behind(town: Town) -> None:
    door = town.door()
    context = await town.context()
    page = await context.new_page()
    await page.goto(door)
    await page.wait_for_url(town.url("/"))
    assert door.partition("#")[2] not in await page.content()
    (cookie,) = await context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    other = await (await town.context()).new_page()
    await other.goto(door)
    await other.get_by_role("alert").wait_for()
    assert "#" not in other.url
    assert town.problems.pop().startswith("error: Failed to load resource")  # the 403 itself
    await context.close()
    await other.context.close()


@pytest.mark.browser
async def test_leaving_ends_the_session_and_the_language_is_remembered(town: Town) -> None:
    page = await town.enter(locale="zh-CN")
    asked = town.url("/library?q=%E9%80%80")
    await page.goto(asked)
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("heading", name="Library").wait_for()
    assert page.url == asked
    await page.evaluate(REFUSED)
    await page.get_by_text("Not found").first.wait_for()
    await page.get_by_role("button", name="中文").click()
    await page.wait_for_url(asked)
    await page.evaluate(REFUSED)
    await page.get_by_role("link", name="回到刚才的页面").click()
    await page.wait_for_url(asked)
    town.problems.clear()  # the browser notes each refusal
    other = await page.context.new_page()
    await other.goto(town.url("/"))
    await other.get_by_role("button", name="退出").click()
    await other.wait_for_url(town.url("/enter"))
    await page.get_by_role("alert").get_by_text("不再自动更新").wait_for()
    assert all("text/event-stream" in one for one in town.problems)
    town.problems.clear()
    await page.get_by_role("link", name="重新打开").click()
    await page.wait_for_url(town.url("/enter?to=%2Flibrary%3Fq%3D%25E9%2580%2580"))
    await page.context.close()


@pytest.mark.browser
async def test_two_helpers_do_not_put_each_other_out_of_one_browser(town: Town) -> None:
    other = await serve(create_app(town.services), 0)
    page = await town.browser.new_page()
    for port in (town.port, other.port):
        await page.goto(address(town.store.vault, port, town.store.now()))
        await page.wait_for_url(f"http://{HOST}:{port}/")
    await page.goto(town.url("/"))
    assert page.url == town.url("/")
    await page.context.close()
    await other.stop()


async def test_an_open_page_alone_keeps_no_session_alive(
    town: Town, stranger: aiohttp.ClientSession
) -> None:
    times = [town.store.now()]
    running = await serve(create_app(replace(town.services, now=lambda: times[-1])), 0)
    own = f"http://{HOST}:{running.port}"
    token = address(town.store.vault, running.port, times[-1]).partition("#")[2]
    form = {"token": token, "to": "/"}
    async with stranger.post(
        f"{own}/enter", data=form, headers={"Origin": own}, allow_redirects=False
    ) as reply:
        [cookie] = reply.cookies.values()
    headers = {"Cookie": f"{cookie.key}={cookie.value}"}

    async def status(kind: str) -> int:
        asked = headers | {"Sec-Fetch-Dest": kind}
        async with stranger.get(f"{own}/settings", headers=asked, allow_redirects=False) as reply:
            return reply.status

    times.append(times[-1] + IDLE * 0.75)
    assert await status("document") == 200
    times.append(times[-1] + IDLE * 0.75)
    assert await status("empty") == 200
    async with stranger.get(f"{own}/live", headers=headers | {"Sec-Fetch-Dest": "empty"}) as live:
        times.append(times[-1] + IDLE * 0.5)
        await live.read()  # ends with the session
    assert await status("document") == 303
    await running.stop()


def test_a_token_is_good_for_a_minute_only(town: Town) -> None:
    vault, now = town.store.vault, town.store.now()
    vault.offer_entrance("late", now + LIFETIME)
    assert not vault.spend_entrance("late", now + LIFETIME)
    vault.offer_entrance("in time", now + LIFETIME)
    assert vault.spend_entrance("in time", now + LIFETIME - timedelta(seconds=1))
    assert not vault.spend_entrance("in time", now)


async def test_without_a_session_every_page_leads_to_the_door(
    town: Town, stranger: aiohttp.ClientSession
) -> None:
    for path in (*paths("GET"), "/no/such/page"):
        async with stranger.get(town.url(sample(path)), allow_redirects=False) as reply:
            assert (path, reply.status, reply.headers["Location"].split("?")[0]) == (
                path, 303, "/enter"
            )  # fmt: skip


async def test_a_cookie_that_is_no_text_is_no_session(town: Town) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
    head = f"GET / HTTP/1.1\r\nHost: {HOST}:{town.port}\r\nCookie: {cookie_of(town.port)}="
    writer.write(head.encode() + b"\xff\xfe\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 303")
    writer.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "kazheng.localhost"},
        {"Host": "kazheng.localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "chrome-extension://" + "a" * 32},
    ],
)
async def test_no_other_site_gets_a_page_even_with_the_cookie(
    town: Town, stranger: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    page = await town.enter()
    sent = {"Cookie": await town.cookie(page), **headers}
    async with stranger.get(town.url("/"), headers=sent, allow_redirects=False) as reply:
        assert reply.status in {401, 403}  # another name is the API's, which knows no caller
        assert "Set-Cookie" not in reply.headers


async def test_every_form_needs_its_origin_and_the_token_of_the_session(
    town: Town, stranger: aiohttp.ClientSession
) -> None:
    page = await town.enter()
    cookie = await town.cookie(page)
    token = await page.evaluate("document.body.dataset.token")
    own = town.url("").rstrip("/")
    wrong: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {"csrf": token}),
        ({"Origin": "https://evil.example"}, {"csrf": token}),
        ({"Origin": own}, {}),
        ({"Origin": own}, {"csrf": "x" * len(token)}),
    ]
    for path in paths("POST"):
        for headers, form in wrong:
            sent: dict[str, Any] = {"Cookie": cookie, **headers}
            async with stranger.post(
                town.url(sample(path)), headers=sent, data=form, allow_redirects=False
            ) as reply:
                # A form that takes a file is no such form: test_attach.py has its wrong tokens.
                wanted = 400 if path in UPLOADS and "Origin" in headers else 403
                assert (path, reply.status) in {(path, 403), (path, wanted)}


async def test_every_reply_forbids_what_a_page_of_ours_does_not_need(
    town: Town, stranger: aiohttp.ClientSession
) -> None:
    for path in ("/enter", "/", "/static/style.css", "/static/none"):
        async with stranger.get(town.url(path), allow_redirects=False) as reply:
            policy = reply.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
            assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("to", ["//evil.example/", "/\\evil.example", "https://evil.example", ""])
async def test_the_door_leads_to_no_other_site(
    town: Town, stranger: aiohttp.ClientSession, to: str
) -> None:
    town.store.vault.offer_entrance("token", town.store.now() + LIFETIME)
    async with stranger.post(
        town.url("/enter"),
        headers={"Origin": town.url("").rstrip("/")},
        data={"token": "token", "to": to},
        allow_redirects=False,
    ) as reply:
        assert (reply.status, reply.headers["Location"]) == (303, "/")
