"""Services of time are asked once each, within bounds, and never followed elsewhere."""

import os
from pathlib import Path

import pytest
from aiohttp import web

from helper.capture.services import LARGEST_REPLY, Asking, UnansweredError, credentials
from helper.settings import Authority
from tests.loopback import Loopback, closed, stalled


def authority(url: str, **values: object) -> Authority:
    return Authority.model_validate({"key": "own-one", "name": "Own", "url": url} | values)


def asking(seconds: float = 5, **environment: str) -> Asking:
    return Asking(seconds=seconds, environment=environment.get)


async def test_a_query_is_posted_as_the_rfc_says(loopback: Loopback) -> None:
    seen = {}

    async def answer(request: web.Request) -> web.Response:
        seen["type"] = request.content_type
        seen["method"] = request.method
        seen["authorization"] = request.headers.get("Authorization")
        seen["body"] = await request.read()
        return web.Response(body=b"reply")

    url = await loopback.start(answer)
    assert await asking().stamp(authority(url), b"query") == b"reply"
    assert seen == {
        "type": "application/timestamp-query", "method": "POST", "authorization": None,
        "body": b"query",
    }  # fmt: skip


async def test_user_and_password_come_from_the_environment(loopback: Loopback) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["Authorization"])

    known = asking(KAZHENG_AUTHORITY_OWN_ONE="me:secret")
    assert await known.stamp(authority(await loopback.start(answer)), b"") == b"Basic bWU6c2VjcmV0"


def test_user_and_password_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("me:a:b\n", "utf-8")
    file.chmod(0o600)
    found = credentials(authority("http://x/", credentials=file), {}.get)
    assert found == "Basic bWU6YTpi"


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_a_file_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("me:secret", "utf-8")
    file.chmod(0o644)
    with pytest.raises(UnansweredError) as refusal:
        credentials(authority("http://x/", credentials=file), {}.get)
    assert refusal.value.reason == "credentials"
    assert "secret" not in str(refusal.value).replace("not 0600", "")


def test_a_missing_file_is_told_without_its_content(tmp_path: Path) -> None:
    with pytest.raises(UnansweredError, match="ENOENT"):
        credentials(authority("http://x/", credentials=tmp_path / "none"), {}.get)


async def test_a_redirect_is_not_followed(loopback: Loopback) -> None:
    visits = []

    async def inside(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.Response()

    private = await loopback.start(inside)

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(private)

    url = await loopback.start(away)
    with pytest.raises(UnansweredError) as refusal:
        await asking().stamp(authority(url), b"")
    assert refusal.value.reason == "redirected"
    assert visits == []


async def test_a_refusal_is_told(loopback: Loopback) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=503)

    with pytest.raises(UnansweredError, match="http_status: 503"):
        await asking().stamp(authority(await loopback.start(answer)), b"")


async def test_a_reply_without_end_is_cut(loopback: Loopback) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        for _ in range(LARGEST_REPLY // 1000 + 2):
            await stream.write(b"x" * 1000)
        return stream

    with pytest.raises(UnansweredError) as refusal:
        await asking().stamp(authority(await loopback.start(answer)), b"")
    assert refusal.value.reason == "too_large"


async def test_nobody_is_waited_for_beyond_the_limit(loopback: Loopback) -> None:
    with pytest.raises(UnansweredError) as refusal:
        await asking(0.05).stamp(authority(await loopback.start(stalled)), b"")
    assert refusal.value.reason == "timed_out"


async def test_a_closed_port_is_unreachable() -> None:
    with pytest.raises(UnansweredError) as refusal:
        await asking().stamp(authority(closed()), b"")
    assert refusal.value.reason == "unreachable"


async def test_a_promise_not_kept_yet_is_no_failure(loopback: Loopback) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=404 if request.method == "GET" else 200, body=b"promise")

    url = await loopback.start(answer)
    assert await asking().submit(url, b"c") == b"promise"
    with pytest.raises(UnansweredError) as refusal:
        await asking().promised(url, b"c")
    assert refusal.value.reason == "not_yet"
