"""Advice and replies: the desk's own records, in the language of the browser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web.conftest import CASE, World

ADVICE = f"/v1/cases/{CASE}/advice"
REPLY = f"/v1/cases/{CASE}/replies/delay"


async def test_advice_is_that_of_the_issue_asked_for(stocked: World) -> None:
    asked = (await stocked.client.call("GET", f"{ADVICE}?issue=dead_code")).json
    own = (await stocked.client.call("GET", ADVICE)).json
    assert (asked["issue"], own["issue"]) == ("dead_code", "other")
    assert asked["ladder"]["state"] == "check"  # nothing can be written yet
    assert asked["ladder"]["steps"][0]["channel"] == "merchant_platform"


async def test_advice_speaks_the_language_of_the_browser(stocked: World) -> None:
    english = (await stocked.client.call("GET", ADVICE)).json["notice"]
    chinese = replace(stocked.client, language="zh-CN")
    assert (await chinese.call("GET", ADVICE)).json["notice"] != english
    assert english.isascii()


async def test_a_step_names_its_documents_and_where_its_form_lives(stocked: World) -> None:
    steps = (await stocked.client.call("GET", f"{ADVICE}?issue=dead_code")).json["ladder"]["steps"]
    for step in steps:
        assert list(step["document_names"]) == step["documents"]
    lives = {step["channel"]: step["lives"] for step in steps}
    assert (lives["wechat_pay"], lives["heimao"]) == (["phone_app"], ["web"])


async def test_a_reply_is_chinese_to_send_with_its_meaning_in_the_users_language(
    stocked: World,
) -> None:
    reply = (await stocked.client.call("GET", f"{REPLY}?issue=not_delivered")).json
    assert reply["move"] == "delay"
    assert not reply["text"].isascii()
    assert reply["sentences"][0]["meaning"] != reply["sentences"][0]["text"]
    assert reply["next_step"].isascii()


@pytest.mark.parametrize(
    "path",
    [
        f"{ADVICE}?issue=nonsense",
        f"{ADVICE}?issue=..%2F",
        f"{ADVICE}?issue=",
        f"/v1/cases/{CASE}/replies/flattery",
        f"/v1/cases/{CASE}/replies/..%2F..",
    ],
)
async def test_what_nobody_knows_is_refused(stocked: World, path: str) -> None:
    answer = await stocked.client.call("GET", path)
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid")


@pytest.mark.parametrize("path", ["advice", "replies/delay"])
async def test_a_case_that_is_not_there_is_not_found(stocked: World, path: str) -> None:
    answer = await stocked.client.call("GET", f"/v1/cases/c-none/{path}")
    assert (answer.status, answer.json["error"]["code"]) == (404, "not_found")


async def test_what_closes_soon_is_told_with_its_case(stocked: World) -> None:
    said = (await stocked.client.call("GET", "/v1/due")).json
    [one] = said["due"]
    assert said["waiting"] == 1, "no digest of the case was made here"
    assert (one["case_id"], one["title"], one["clock"]["state"]) == (CASE, "en", "due_soon")
