"""Announce, upload, commit: every acknowledged byte is on disk, every answer may be asked again."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from pathlib import Path

import pytest

from helper.vault import schema
from helper.vault.gone import note_gone
from helper.vault.store import writing
from tests.web.client import Client, meta, part, send
from tests.web.conftest import UUID, World

MEBIBYTE = 1 << 20


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def announced(client: Client, *datas: bytes) -> list[int]:
    answer = await client.announce(UUID, meta(), *(part(data) for data in datas))
    assert answer.status == 200, answer.body
    return [one["received"] for one in answer.json["parts"]]


async def test_a_capture_goes_all_the_way(world: World) -> None:
    html, picture = b"<p>order</p>", secrets.token_bytes(5000)
    client = world.client
    parts = (part(html), part(picture, "seen/viewport", "image/png"))
    answer = await client.announce(UUID, meta(), *parts)
    assert answer.json == {
        "uuid": UUID,
        "state": "receiving",
        "parts": [{"sha256": sha(d), "size": len(d), "received": 0} for d in (html, picture)],
    }
    for data in (html, picture):
        assert await client.upload(UUID, data) == len(data)
    answer = await client.commit(UUID, final=True)
    assert answer.json == {
        "uuid": UUID,
        "state": "kept",
        "final": True,
        "parts": [
            {"role": "seen/html", "sha256": sha(html), "size": len(html)},
            {"role": "seen/viewport", "sha256": sha(picture), "size": len(picture)},
        ],
    }
    assert [world.services.blobs.read(sha(d)) for d in (html, picture)] == [html, picture]
    assert world.recorder.calls == [("start", UUID), ("strips", UUID)]
    view = (await client.call("GET", f"/v1/captures/{UUID}")).json
    assert [step["step"] for step in view["steps"]] == ["kept"]
    recent = (await client.call("GET", "/v1/captures?limit=5")).json["captures"]
    assert [one["capture_id"] for one in recent] == [UUID]
    assert [*world.services.incoming.iterdir()] == []


async def test_a_page_of_30_mb_is_uploaded_in_chunks(world: World) -> None:
    data = secrets.token_bytes(30 * MEBIBYTE)
    await announced(world.client, data)
    assert await world.client.upload(UUID, data, chunk=8 * MEBIBYTE) == len(data)
    assert (await world.client.commit(UUID)).status == 200
    assert sha(world.services.blobs.read(sha(data))) == sha(data)


async def test_strips_are_added_after_the_first_commit(world: World) -> None:
    client = world.client
    await announced(client, b"first")
    await client.upload(UUID, b"first")
    assert (await client.commit(UUID)).json["final"] is False
    assert world.recorder.calls == [("start", UUID)]
    assert await announced(client, b"first", b"strip") == [5, 0]
    await client.upload(UUID, b"strip")
    answer = await client.commit(UUID, final=True)
    assert [one["size"] for one in answer.json["parts"]] == [5, 5]
    assert answer.json["final"] is True


async def test_everything_may_be_repeated(world: World) -> None:
    client, data = world.client, b"x" * 1000
    for _ in range(2):
        await announced(client, data)
    for _ in range(2):
        assert await client.upload(UUID, data) == 1000
    first = await client.commit(UUID, final=True)
    again = await client.commit(UUID, final=True)
    assert again.json == first.json
    assert await announced(client, data) == [1000]
    view = (await client.call("GET", f"/v1/captures/{UUID}")).json
    assert [step["step"] for step in view["steps"]] == ["kept"]


async def test_a_commit_is_refused_while_parts_are_incomplete(world: World) -> None:
    client = world.client
    await announced(client, b"done", b"a" * 100, b"b" * 100)
    await client.upload(UUID, b"done")
    await client.put(UUID, sha(b"a" * 100), 0, b"a" * 40)
    answer = await client.commit(UUID, final=True)
    assert (answer.status, answer.reason) == (409, "incomplete")
    assert [(one["sha256"], one["received"]) for one in answer.json["parts"]] == [
        (sha(b"a" * 100), 40),
        (sha(b"b" * 100), 0),
    ]
    assert world.recorder.calls == []
    view = (await client.call("GET", f"/v1/captures/{UUID}")).json
    assert (view["state"], view["steps"]) == ("receiving", [])


async def test_a_commit_is_refused_when_kept_bytes_have_vanished(world: World) -> None:
    client, data = world.client, b"vanishing"
    await announced(client, data)
    await client.upload(UUID, data)
    world.services.blobs.path(sha(data)).unlink()
    assert (await client.commit(UUID)).reason == "incomplete"
    assert await client.upload(UUID, data) == len(data)
    assert (await client.commit(UUID)).status == 200


async def test_a_wrong_offset_is_answered_with_the_right_one(world: World) -> None:
    client, data = world.client, b"0123456789"
    await announced(client, data)
    await client.put(UUID, sha(data), 0, data[:4])
    for offset in (0, 3, 5, 10):
        answer = await client.put(UUID, sha(data), offset, b"x")
        assert (answer.status, answer.reason, answer.json["received"]) == (409, "offset", 4)
    assert await client.upload(UUID, data, offset=4) == 10
    assert world.services.blobs.read(sha(data)) == data


async def test_bytes_of_another_hash_are_not_kept_and_the_part_starts_anew(world: World) -> None:
    client, data = world.client, b"0123456789"
    await announced(client, data)
    await client.put(UUID, sha(data), 0, data[:4])
    answer = await client.put(UUID, sha(data), 4, b"WRONG!")
    assert (answer.status, answer.reason, answer.json["received"]) == (422, "hash_mismatch", 0)
    assert world.services.blobs.size(sha(data)) is None
    assert await client.upload(UUID, data) == 10


async def test_a_line_cut_within_a_chunk_loses_only_that_chunk(world: World) -> None:
    client, data = world.client, secrets.token_bytes(3 * MEBIBYTE)
    await announced(client, data)
    target = f"/v1/captures/{UUID}/parts/{sha(data)}?offset="
    await client.call("PUT", target + "0", data[:MEBIBYTE])
    await client.call("PUT", f"{target}{MEBIBYTE}", data[MEBIBYTE:], cut_after=MEBIBYTE // 2)
    assert await announced(client, data) == [MEBIBYTE]
    assert await client.upload(UUID, data, offset=MEBIBYTE) == len(data)
    assert world.services.blobs.read(sha(data)) == data


async def test_two_clients_may_upload_the_same_part_at_once(world: World) -> None:
    data = secrets.token_bytes(3 * MEBIBYTE)
    await announced(world.client, data)

    async def upload() -> None:
        offset = 0
        while offset < len(data):
            answer = await world.client.put(
                UUID, sha(data), offset, data[offset : offset + 300_000]
            )
            assert answer.status in (200, 409)
            offset = answer.json["received"]

    await asyncio.gather(upload(), upload(), upload())
    assert world.services.blobs.read(sha(data)) == data
    assert (await world.client.commit(UUID)).status == 200


async def test_bytes_kept_before_need_no_upload(world: World) -> None:
    world.services.blobs.keep_bytes(b"the same page")
    assert await announced(world.client, b"the same page") == [13]
    assert (await world.client.commit(UUID)).status == 200


async def test_two_roles_may_share_their_bytes(world: World) -> None:
    client, data = world.client, b"picture"
    parts = (part(data, "seen/viewport", "image/png"), part(data, "seen/strip", "image/png"))
    answer = await client.announce(UUID, meta(), *parts)
    assert len(answer.json["parts"]) == 1
    await client.upload(UUID, data)
    kept = (await client.commit(UUID)).json["parts"]
    assert [one["role"] for one in kept] == ["seen/viewport", "seen/strip"]


async def test_an_empty_part_is_kept_at_once(world: World) -> None:
    assert await announced(world.client, b"") == [0]
    assert (await world.client.commit(UUID)).status == 200
    assert world.services.blobs.read(sha(b"")) == b""


async def test_an_empty_part_of_another_hash_is_refused(world: World) -> None:
    wrong = part(b"") | {"sha256": sha(b"not empty")}
    answer = await world.client.announce(UUID, meta(), wrong)
    assert (answer.status, answer.reason) == (422, "hash_mismatch")


async def test_the_published_limits_hold(world: World) -> None:
    client, limits = world.client, (await world.client.hello())["limits"]

    def sized(size: int, name: bytes = b"") -> dict[str, object]:
        return part(name) | {"sha256": sha(b"limit" + name), "size": size}

    answer = await client.announce(UUID, meta(), sized(limits["part_bytes"] + 1))
    assert (answer.status, answer.json["error"]["code"]) == (413, "too_large")
    whole = [sized(limits["part_bytes"], bytes([n])) for n in range(4)]
    assert limits["part_bytes"] * 4 == limits["capture_bytes"]
    assert (await client.announce(UUID, meta(), *whole)).status == 200
    assert (await client.announce(UUID, meta(), sized(1))).status == 413
    chunk = b"x" * (limits["chunk_bytes"] + 1)
    assert (await client.put(UUID, sha(b"limit\0"), 0, chunk)).status == 413
    assert (await client.put(UUID, sha(b"limit\0"), 0, chunk[:-1])).status == 200


async def test_a_part_takes_no_more_bytes_than_announced(world: World) -> None:
    client, data = world.client, b"0123456789"
    await announced(client, data)
    assert (await client.put(UUID, sha(data), 0, data + b"more")).status == 413
    assert await announced(client, data) == [0]


async def test_what_the_helper_makes_itself_cannot_be_sent(world: World) -> None:
    answer = await world.client.announce(UUID, meta(), part(b"x", "signature"))
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid")
    assert "signature" in answer.json["error"]["message"]


async def test_a_complete_capture_takes_nothing_more(world: World) -> None:
    client = world.client
    await announced(client, b"all")
    await client.upload(UUID, b"all")
    await client.commit(UUID, final=True)
    answer = await client.announce(UUID, meta(), part(b"late"))
    assert (answer.status, answer.reason) == (409, "final")


async def test_an_id_used_for_another_page_is_a_conflict(world: World) -> None:
    await announced(world.client, b"x")
    answer = await world.client.announce(UUID, meta(url="https://other.example/"), part(b"x"))
    assert answer.status == 409


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", f"/v1/captures/{UUID}"),
        ("GET", f"/v1/captures/{UUID}/events"),
        ("GET", "/v1/captures/..%2F..%2Fetc"),
        ("PUT", f"/v1/captures/{UUID}/parts/{'0' * 64}?offset=0"),
        ("PUT", f"/v1/captures/..%2Fx/parts/{'0' * 64}?offset=0"),
        ("PUT", f"/v1/captures/{UUID}/parts/..%2F..%2Fx?offset=0"),
        ("POST", f"/v1/captures/{UUID}/commit"),
    ],
)
async def test_an_unknown_capture_is_not_found(world: World, method: str, target: str) -> None:
    body = {"PUT": b"x", "POST": b"{}", "GET": b""}[method]
    answer = await world.client.call(method, target, body)
    assert (answer.status, answer.json["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("offset", ["", "?offset=", "?offset=-1", "?offset=1e3", "?offset=x"])
async def test_an_upload_needs_an_offset(world: World, offset: str) -> None:
    target = f"/v1/captures/{UUID}/parts/{'0' * 64}{offset}"
    assert (await world.client.call("PUT", target, b"x")).status == 400


async def test_a_session_goes_to_memory_and_nowhere_else(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client, secret = world.client, "cookie-" + secrets.token_hex(16)
    state = {"cookies": [{"name": "sid", "value": secret}], "origins": []}
    body = {"storage_state": state}
    target = f"/v1/captures/{UUID}/session"
    assert (await client.call("POST", target, body)).status == 404
    await announced(client, b"x")
    assert (await client.call("POST", target, body)).json == {}
    assert world.recorder.calls == [("lend", UUID, state)]
    wrong = {"storage_state": {"cookies": secret}, secret: 1}
    answer = await client.call("POST", target, wrong)
    assert answer.status == 400
    for place in (answer.body, everything_in(tmp_path), caplog.text.encode()):
        assert secret.encode() not in place


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_client_that_leaves_in_the_middle_makes_no_noise(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    data = b"x" * 100_000
    await announced(world.client, data)
    target = f"/v1/captures/{UUID}/parts/{sha(data)}?offset=0"
    for _ in range(5):
        await world.client.call("PUT", target, data, cut_after=50_000)
    assert (await send(world.port, "GET", "/v1/hello?n=" + "0" * 32)).status == 200
    assert caplog.records == []


async def test_a_capture_that_was_deleted_is_said_to_be_gone(world: World) -> None:
    await announced(world.client, b"first")
    with writing(world.services.vault.engine) as connection:
        connection.execute(schema.parts.delete())
        connection.execute(schema.captures.delete())
        note_gone(connection, [UUID])
    answer = await world.client.announce(UUID, meta(), part(b"first"))
    assert (answer.status, answer.json["error"]["code"]) == (410, "gone")
    assert answer.json["error"]["next_step"]
