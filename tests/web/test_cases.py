"""Cases and drafts: what goes to the desk and what comes back."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from helper.errors import RefusedError
from helper.web import pairing
from helper.web.server import create_app, serve
from helper.web.services import Limits
from scrapers.record import OrderRecord
from tests.web.client import Client
from tests.web.conftest import CASE, DRAFT, UUID, World

CONTACT = {
    "kind": "contact", "at": "2026-01-05T09:00:00+08:00", "way": "chat", "said": "问了发货时间",
    "promised": "今晚到账",
}  # fmt: skip
SHA256 = hashlib.sha256(b"picture").hexdigest()


async def test_a_case_comes_with_its_suggestion(stocked: World) -> None:
    listed = (await stocked.client.call("GET", "/v1/cases")).json["cases"]
    shown = (await stocked.client.call("GET", f"/v1/cases/{CASE}")).json
    assert [one["case_id"] for one in listed] == [CASE]
    assert shown["case"]["order_no"] == "1"
    assert shown["suggestion"] == {"issue": "not_delivered", "language": "en"}


async def test_a_case_is_shown_in_the_language_of_the_browser(stocked: World) -> None:
    chinese = replace(stocked.client, language="zh-CN")
    shown = (await chinese.call("GET", f"/v1/cases/{CASE}")).json
    assert shown["suggestion"]["language"] == "zh_CN"


async def test_a_correction_changes_the_order_and_names_the_user_as_source(stocked: World) -> None:
    stocked.vault.put_order(UUID, OrderRecord(order_no="1"))
    body = {"field": "amount", "value": "12.50"}
    answer = await stocked.client.call("POST", f"/v1/cases/{CASE}/corrections", body)
    order = answer.json["case"]["order"]
    assert (order["amount"], order["sources"]["amount"]["artifact"]) == ("12.50", "user")


async def test_a_correction_is_taken_back_with_null(stocked: World) -> None:
    stocked.vault.put_order(UUID, OrderRecord(order_no="1", amount="9.90"))
    way = f"/v1/cases/{CASE}/corrections"
    await stocked.client.call("POST", way, {"field": "amount", "value": "12.50"})
    answer = await stocked.client.call("POST", way, {"field": "amount", "value": None})
    assert (answer.json["case"]["order"]["amount"], answer.json["case"]["corrections"]) == (
        "9.90",
        [],
    )
    again = await stocked.client.call("POST", way, {"field": "amount", "value": None})
    assert (again.status, again.json["error"]["code"]) == (404, "not_found")
    assert "amount" in again.json["error"]["message"]


@pytest.mark.parametrize("body", [{"field": "amount"}, {"field": "none.such", "value": "1"}])
async def test_a_wrong_correction_is_refused(stocked: World, body: dict[str, str]) -> None:
    stocked.vault.put_order(UUID, OrderRecord(order_no="1"))
    answer = await stocked.client.call("POST", f"/v1/cases/{CASE}/corrections", body)
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid")


async def test_a_draft_is_asked_for_with_what_the_user_chose(stocked: World) -> None:
    body = {"channel": "merchant_platform", "issue": "dead_code", "demand": "", "answers": {"a": 1}}
    answer = await stocked.client.call("POST", f"/v1/cases/{CASE}/drafts", body)
    assert answer.json["draft_id"] == DRAFT
    asked = {"channel": "merchant_platform", "issue": "dead_code", "demand": None}
    asked |= {"document": None, "answers": {"a": 1}, "language": "en"}
    assert stocked.recorder.calls == [("draft", CASE, asked)]


async def test_a_refused_draft_says_why(stocked: World) -> None:
    async def refuse(_case_id: str, **_asked: object) -> None:
        raise RefusedError(reason="channel_not_ready", channel="12315")

    services = replace(stocked.services, make_draft=refuse)  # type: ignore[arg-type]
    running = await serve(create_app(services), 0)
    client = await Client.pair(running.port, pairing.offer(stocked.vault, services.now()))
    answer = await client.call("POST", f"/v1/cases/{CASE}/drafts", {"channel": "12315"})
    await running.stop()
    assert (answer.status, answer.reason) == (422, "channel_not_ready")


async def test_a_draft_and_its_fill_plan_are_shown(stocked: World) -> None:
    draft = (await stocked.client.call("GET", f"/v1/drafts/{DRAFT}")).json
    plan = (await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/fill")).json
    assert draft["exhibits"][0]["sha256"] == SHA256
    assert (plan["values"], plan["origins"]) == ({"order_no": "1"}, ["https://shop.example"])


async def test_a_draft_gives_its_own_files_only(stocked: World) -> None:
    other = stocked.services.blobs.keep_bytes(b"another case")
    answer = await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/files/{SHA256}")
    assert answer.body == b"picture"
    assert answer.headers["x-kazheng-media-type"] == "image/png"
    assert answer.headers["content-type"] == "application/octet-stream"
    for wanted in (other, "0" * 64, "..%2F..%2Fvault.db"):
        answer = await stocked.client.call("GET", f"/v1/drafts/{DRAFT}/files/{wanted}")
        assert answer.status == 404


async def test_a_file_over_the_limit_is_not_sent(stocked: World) -> None:
    services = replace(stocked.services, limits=Limits(file_bytes=3))
    running = await serve(create_app(services), 0)
    client = await Client.pair(running.port, pairing.offer(stocked.vault, services.now()))
    answer = await client.call("GET", f"/v1/drafts/{DRAFT}/files/{SHA256}")
    await running.stop()
    assert answer.status == 413


async def test_what_was_filled_is_handed_on(stocked: World) -> None:
    body = {
        "fields": [{"name": "order_no", "ok": True, "wanted": "1", "read_back": "1"}],
        "attached": 2,
    }
    assert (await stocked.client.call("POST", f"/v1/drafts/{DRAFT}/filled", body)).json == {}
    name, draft_id, report = stocked.recorder.calls[0]
    assert (name, draft_id, report.attached) == ("filled", DRAFT, 2)
    assert report.fields[0].read_back == "1"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/v1/cases/c-none"),
        ("GET", "/v1/cases/..%2F.."),
        ("POST", "/v1/cases/c-none/corrections"),
        ("POST", "/v1/cases/c-none/entries"),
        ("POST", "/v1/cases/c-none/filings"),
        ("POST", "/v1/cases/c-none/entries/e-1/undo"),
        ("GET", "/v1/cases/c-none/timeline"),
        ("GET", "/v1/drafts/none"),
        ("GET", "/v1/drafts/none/fill"),
        ("POST", "/v1/drafts/none/filled"),
    ],
)
async def test_what_does_not_exist_is_not_found(stocked: World, method: str, target: str) -> None:
    bodies: dict[str, dict[str, object]] = {
        "corrections": {"field": "amount", "value": "1"},
        "entries": {"what": CONTACT},
        "filings": {"channel": "wechat_pay", "at": CONTACT["at"]},
    }
    body = bodies.get(target.rpartition("/")[2], {})
    answer = await stocked.client.call(method, target, body if method == "POST" else None)
    assert (answer.status, answer.json["error"]["code"]) == (404, "not_found")


async def test_what_is_told_stands_in_the_case_once_and_is_taken_back(stocked: World) -> None:
    way = f"/v1/cases/{CASE}/entries"
    first = (await stocked.client.call("POST", way, {"what": CONTACT})).json
    again = (await stocked.client.call("POST", way, {"what": CONTACT})).json
    assert again["entry_id"] == first["entry_id"]
    [entry] = again["case"]["entries"]
    assert (entry["what"]["promised"], entry["what"]["kind"]) == ("今晚到账", "contact")
    undone = await stocked.client.call("POST", f"{way}/{entry['entry_id']}/undo")
    assert undone.json["case"]["entries"] == []
    gone = await stocked.client.call("POST", f"{way}/{entry['entry_id']}/undo")
    assert (gone.status, gone.json["error"]["code"]) == (404, "not_found")


async def test_an_unlikely_amount_is_kept_and_named(stocked: World) -> None:
    stocked.vault.put_order(UUID, OrderRecord(order_no="1", amount="9.90", currency="CNY"))
    what = {"kind": "refund", "at": "2026-01-05T09:00:00+08:00", "amount": "99"}
    answer = await stocked.client.call("POST", f"/v1/cases/{CASE}/entries", {"what": what})
    assert answer.json["case"]["entries"][0]["what"]["amount"] == "99.00"
    [warning] = answer.json["warnings"]
    assert "99.00" in warning
    assert answer.json["entry_id"] in warning


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "gossip"},
        CONTACT | {"at": "2026-01-05T09:00:00"},
        CONTACT | {"at": "2999-01-05T09:00:00+08:00"},
        CONTACT | {"at": "0001-01-01T00:00:00+00:00"},
        CONTACT | {"said": "", "promised": None},
        CONTACT | {"said": "x" * 5001},
        CONTACT | {"promised_by": "2025-01-05T09:00:00+08:00"},
        CONTACT | {"promised_by": "9999-12-31T23:59:59+00:00"},
        {"kind": "refund", "at": CONTACT["at"], "amount": "0"},
        {"kind": "refund", "at": CONTACT["at"], "amount": "NaN"},
        {"kind": "refund", "at": CONTACT["at"], "amount": "1e999999"},
        {"kind": "refund", "at": CONTACT["at"], "amount": "0.000000000000001"},
        {"kind": "answer", "at": CONTACT["at"], "channel": "nobody", "outcome": "silent"},
        {"kind": "party", "name": "  "},
        {"kind": "answers", "issue": "nonsense", "answers": {}},
        {"kind": "answers", "issue": "other", "answers": {"facts": "x" * 30_000}},
        {"kind": "answers", "issue": "other", "answers": {"age": float("nan")}},
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused_and_not_kept(
    stocked: World, what: dict[str, object]
) -> None:
    answer = await stocked.client.call("POST", f"/v1/cases/{CASE}/entries", {"what": what})
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid")
    assert stocked.vault.case(CASE).entries == ()


async def test_a_filing_on_the_phone_is_noted_and_is_in_the_time_line(stocked: World) -> None:
    body = {"channel": "wechat_pay", "number": "T1", "at": "2026-01-05T09:00:00+08:00"}
    filed = (await stocked.client.call("POST", f"/v1/cases/{CASE}/filings", body)).json
    assert filed["case"]["filings"][0]["filing_id"] == filed["entry_id"]
    found = (await stocked.client.call("GET", f"/v1/cases/{CASE}/timeline")).json["events"]
    [event] = [one for one in found if one["key"] == "filed"]
    assert (event["source"], event["entry_id"]) == ("own", filed["entry_id"])
    assert "T1" in event["text"]


@pytest.mark.parametrize(
    "body", [{"channel": "nobody"}, {"channel": "wechat_pay", "draft_id": "d-other"}]
)
async def test_a_filing_of_nothing_known_is_refused(stocked: World, body: dict[str, str]) -> None:
    told = {"at": "2026-01-05T09:00:00+08:00"} | body
    answer = await stocked.client.call("POST", f"/v1/cases/{CASE}/filings", told)
    assert answer.status in {400, 404}
    assert stocked.vault.case(CASE).filings == ()
