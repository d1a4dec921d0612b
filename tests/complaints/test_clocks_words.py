"""What the deadlines of a case are called, in both languages."""

import re

import pytest

from helper.complaints.due.clocks import clocks
from helper.messages import catalogue
from scrapers.contract import Deadline
from scrapers.read import PLATFORMS
from scrapers.record import Delivery
from tests.complaints.timed import NOW, RULE, answer, case, contact, filing, order


def test_in_english_only_what_is_quoted_is_chinese() -> None:
    rules = [RULE, *(one for platform in PLATFORMS for one in platform.deadlines)]
    told = case(
        contact("请在 48 小时内退款", way="letter"), answer("12315", "accepted", NOW),
        filings=(filing("12315"), filing("court"), filing("alipay"), filing("police")),
        order=order(delivery=Delivery(promised_text="24小时内到账")),
    )  # fmt: skip
    official = re.compile(r"《[^》]+》第[一二三四五六七八九十百零]+条")
    listed = clocks(told, "not_delivered", rules, now=NOW, language="en")
    assert {"complaint_entry", "code_kept", "delivery_due", "aftersale_entry"} <= {
        one.key for one in listed
    }
    for one in listed:
        quoted = [rule.source for rule in rules] + ["24小时内到账"]
        said = official.sub("", f"{one.name} {one.source} {one.todo}")
        for words in quoted:
            said = said.replace(words, "")
        assert not re.search(r"[\u4e00-\u9fff]", said), said
    assert {f"due.{rule.key}.name" for rule in rules} <= set(catalogue("en"))


@pytest.mark.parametrize(
    ("key", "words"),
    [("delivery_due", "delivery_due"), ("early", "window"), ("court_defence", "window")],
)
def test_a_window_has_the_words_of_its_key_and_else_common_ones(key: str, words: str) -> None:
    """Those of the law are nobody's own rule, whatever a shop's file calls it."""
    rule = Deadline(key, "paid_at", 24, "规则")
    told = clocks(case(), "not_delivered", [rule], now=NOW)
    [window] = [one for one in told if one.key == key]
    assert window.name == catalogue("zh_CN")[f"due.{words}.name"]
