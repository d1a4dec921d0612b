"""A draft in the panel: the user's own words, its versions, its way to the phone."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import quote

import pytest
import zxingcpp
from PIL import Image

from helper.filling import Upload
from helper.model import Filing
from tests.web.conftest import CASE, DRAFT, NOW, World


async def test_an_edit_goes_to_the_desk_with_its_language(stocked: World) -> None:
    way = f"/v1/drafts/{DRAFT}/edits"
    for text in ("我的话", None):
        answer = await stocked.client.call("PUT", way, {"key": "evidence:1", "text": text})
        assert answer.json["draft_id"] == DRAFT
    assert stocked.recorder.calls == [
        ("edit", DRAFT, "evidence:1", "我的话", "en"),
        ("edit", DRAFT, "evidence:1", None, "en"),
    ]


@pytest.mark.parametrize(
    "body", [{"key": "core"}, {"text": "x"}, {"key": "", "text": "x"}, {"key": "a", "text": 1}]
)
async def test_a_misshapen_edit_is_refused(stocked: World, body: dict[str, object]) -> None:
    answer = await stocked.client.call("PUT", f"/v1/drafts/{DRAFT}/edits", body)
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid")
    assert stocked.recorder.calls == []


async def test_versions_are_those_of_the_drafts_own_document(stocked: World) -> None:
    first = stocked.vault.draft(DRAFT)
    for number, own in ((2, {"text": "新"}), (3, {"channel": "alipay"})):
        new = first.model_copy(update={"draft_id": f"d-{number}", **own})
        stocked.vault.add_draft(new, lambda composed, _: composed)
    stocked.vault.add_filing(
        CASE, Filing(draft_id=DRAFT, channel="x", number=None, capture_id=None, at=NOW)
    )
    found = (await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/versions")).json["versions"]
    assert [(one["draft_id"], one["version"], one["filed"]) for one in found] == [
        (DRAFT, 1, True),
        ("d-2", 2, False),
    ]


async def test_a_packet_and_its_codes(stocked: World) -> None:
    text = "标题\n" + "字" * 400
    stocked.vault.put_draft(stocked.vault.draft(DRAFT).model_copy(update={"text": text}))
    found = (await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/packet")).json
    blocks = {one["key"]: one for one in found["blocks"]}
    assert (blocks["text"]["name"], blocks["text"]["text"]) == ("Text", text)
    assert [file["name"] for file in found["files"]] == ["证据1-证据1.png"]
    read = []
    for number, _ in enumerate(blocks["text"]["parts"], 1):
        answer = await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/qr/text/{number}")
        assert answer.headers["content-type"] == "image/png"
        read += [one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.body)))]
    assert "".join(read) == text
    assert len(read) == 2


@pytest.mark.parametrize(
    "place", ["qr/text/2", "qr/text/0", "qr/text/x", "qr/none/1", f"qr/{quote('../..', '')}/1"]
)
async def test_a_code_that_is_not_there_is_not_found(stocked: World, place: str) -> None:
    answer = await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/{place}")
    assert (answer.status, answer.json["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("place", ["versions", "packet", "qr/text/1"])
async def test_a_draft_that_is_not_there_is_not_found(stocked: World, place: str) -> None:
    answer = await stocked.client.call("GET", f"/v1/drafts/d-none/{place}")
    assert (answer.status, answer.json["error"]["code"]) == (404, "not_found")


async def test_files_are_made_for_the_upload_that_the_page_has(stocked: World) -> None:
    upload = {"accept": ".jpg", "multiple": True, "words": "最多3张"}
    answer = await stocked.client.call("POST", f"/v1/drafts/{DRAFT}/files", upload)
    assert answer.json["origins"] == ["https://shop.example"]
    assert stocked.recorder.calls == [("fill", DRAFT, Upload(**upload), "en")]


@pytest.mark.parametrize("body", [{"words": "x" * 1001}, {"accept": 1}, {"limit": 3}])
async def test_a_misshapen_upload_is_refused(stocked: World, body: dict[str, object]) -> None:
    answer = await stocked.client.call("POST", f"/v1/drafts/{DRAFT}/files", body)
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid")


async def test_a_made_file_is_given_to_its_draft_only(stocked: World, tmp_path: Path) -> None:
    made = tmp_path / ("a" * 64)
    made.write_bytes(b"made")
    stocked.recorder.made = {(DRAFT, made.name): made}
    answer = await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/files/{made.name}")
    assert answer.body == b"made"
    assert answer.headers["content-type"] == "application/octet-stream"
    stocked.recorder.made = {("d-other", made.name): made}
    answer = await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/files/{made.name}")
    assert answer.status == 404
