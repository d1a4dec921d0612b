"""Limits of channels are met by leaving out what matters least, never by cutting."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.complaints.documents import Document, documents
from helper.complaints.exhibits import choose
from helper.errors import InvalidError
from helper.model import Draft
from helper.settings import Settings
from scrapers.record import OrderRecord
from tests.complaints.conftest import case_of
from tests.complaints.golden import answers_for, case_for

Make = Callable[..., Draft]


def of(draft_for: Make, document: Document, **changes: Any) -> Draft:
    asked = {"channel": document.channel, "document": document.key}
    case = case_for(document, "not_delivered")
    exhibits = choose(case, channel=document.channel)
    return draft_for(case, exhibits=exhibits, answers=answers_for(document), **asked, **changes)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.sampled_from(documents()), limit=st.integers(1, 1500))
def test_a_text_keeps_its_limit_or_says_that_it_cannot(
    draft_for: Make, document: Document, limit: int
) -> None:
    whole = of(draft_for, document, limits={document.channel: 10_000})
    draft = of(draft_for, document, limits={document.channel: limit})
    too_long = "too_long" in {finding.rule for finding in draft.lint}
    assert len(draft.text) <= limit or too_long or document.key == "short"
    said = {sentence.text for sentence in whole.sentences}
    cut = [one.text for one in draft.sentences if one.text not in said and ".brief" not in one.key]
    assert cut == []


def test_the_documented_aim_is_kept_for_wechat(draft_for: Make, full: OrderRecord) -> None:
    facts = "客服说系统维护，让我等通知。" * 5
    draft = draft_for(case_of(full), channel="wechat_pay", answers={"facts": facts})
    assert len(draft.text) <= 200
    assert "WZ20261120142251617" in draft.text
    assert "98.00 元" in draft.text


def test_facts_and_demand_come_before_evidence_and_law(draft_for: Make, full: OrderRecord) -> None:
    draft = draft_for(case_of(full), channel="12315", limits={"12315": 450})
    parts = {one.key.partition(".")[0] for one in draft.sentences}
    assert {"demand", "problem"} <= parts
    assert "law" not in parts


def test_the_user_can_tell_how_much_a_form_takes() -> None:
    environment = {"KAZHENG_LIMITS": "12315=2000,heimao=800"}
    assert Settings.from_environment(environment).limits == {"12315": 2000, "heimao": 800}
    with pytest.raises(InvalidError):
        Settings.from_environment({"KAZHENG_LIMITS": "12315=many"})
