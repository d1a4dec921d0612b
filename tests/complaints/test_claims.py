"""The 68 judged claims of the source articles: the product says none of the wrong ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helper.complaints.law import article
from helper.complaints.lint import check, myths
from helper.messages import LANGUAGES, Language
from helper.model import LintFinding, Sentence

ROOT = Path(__file__).parents[2]
NOT_OURS = {"law.json", "claims.json", "citing.json", "wording.json"}
"""Texts of laws, the claims themselves, names and words to look for."""
WRONG = [claim for claim in myths.claims() if not claim.holds]
RIGHT = [claim for claim in myths.claims() if claim.holds]
STATED = {
    2: None, 10: None, 13: "data/channels", 14: "zh_CN/channels", 27: "zh_CN/replies", 28: None,
    30: None, 33: "data/replies", 35: "zh_CN/respondent", 38: "zh_CN/proof", 40: "zh_CN/ladder",
    41: None, 43: None, 44: None, 46: "zh_CN/proof", 47: "zh_CN/replies", 49: "zh_CN/amounts",
    52: "zh_CN/channels", 54: None, 57: "zh_CN/ladder", 58: "README", 63: None, 64: None,
    68: "templates/words",
}  # fmt: skip
"""Where the product says what is right in the articles; None: not stated."""


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [key, *leaves(inner)]
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str):
        yield value


def sources() -> Iterator[Path]:
    yield from ROOT.glob("helper/locales/*/*.json")
    yield from ROOT.glob("extension/_locales/*/*.json")
    yield from ROOT.glob("helper/complaints/templates/*.json")
    yield from (p for p in ROOT.glob("helper/complaints/data/*.json") if p.name not in NOT_OURS)
    yield ROOT / "README.md"


SAID = [
    (path.relative_to(ROOT).as_posix(), text)
    for path in sorted(sources())
    for text in (
        leaves(json.loads(path.read_text("utf-8")))
        if path.suffix == ".json"
        else path.read_text("utf-8").split("\n\n")
    )
]


def lint(text: str, language: Language = "zh_CN") -> tuple[LintFinding, ...]:
    found = check(
        [Sentence(text=text, exhibits=(), key="s1", stated=True)],
        demand="", exhibits=[], known=text, language=language,
    )  # fmt: skip
    return tuple(finding for finding in found if finding.rule == "claim")


def test_all_claims_are_there() -> None:
    assert [claim.id for claim in myths.claims()] == list(range(1, 69))
    judged = [claim.judgement for claim in WRONG]
    assert judged.count("wrong") == 11
    assert judged.count("imprecise") == 24


def test_what_is_scanned_is_what_the_product_says() -> None:
    files = {path for path, _ in SAID}
    assert {"README.md", "helper/complaints/templates/words.json"} <= files
    assert len([path for path in files if path.startswith("extension/_locales/")]) == 2


@pytest.mark.parametrize("claim", myths.claims(), ids=lambda claim: str(claim.id))
def test_the_articles_own_words_are_found(claim: myths.Claim) -> None:
    for quote in filter(None, [claim.quote, claim.quote_en]):
        assert list(myths.said(quote, [claim])), quote


@pytest.mark.parametrize("claim", WRONG, ids=lambda claim: str(claim.id))
def test_the_product_says_nothing_of_it(claim: myths.Claim) -> None:
    found = [(path, text) for path, text in SAID if list(myths.said(text, [claim]))]
    assert found == []


def test_every_right_claim_is_said_somewhere_or_said_to_be_nowhere() -> None:
    assert set(STATED) == {claim.id for claim in RIGHT}


@pytest.mark.parametrize("claim", [one for one in RIGHT if STATED[one.id]], ids=lambda c: str(c.id))
def test_a_right_claim_is_said_where_it_is_listed(claim: myths.Claim) -> None:
    found = {path for path, text in SAID if list(myths.said(text, [claim]))}
    assert [path for path in found if f"{STATED[claim.id]}." in path]


@pytest.mark.parametrize("claim", myths.claims(), ids=lambda claim: str(claim.id))
def test_the_right_rule_rests_on_law_in_force(claim: myths.Claim) -> None:
    assert [key for key in claim.law if article(key) is None] == []
    assert claim.law or claim.id in {26, 66, 68}  # a shop's word, a reminder, an article not read


@pytest.mark.parametrize("claim", myths.claims(), ids=lambda claim: str(claim.id))
def test_the_right_rule_is_one_sentence_and_says_none_of_the_wrong_ones(
    claim: myths.Claim,
) -> None:
    for language in LANGUAGES:
        rule = myths.why(claim.id, language)
        stop = "。" if language == "zh_CN" else "."
        assert rule.endswith(stop)
        assert "。" not in rule[:-1]
        assert [said.claim.id for said in myths.said(rule, WRONG)] == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("依照消费者权益保护法规定的七日内核实并答复，请处理", 11),
        ("平台不提供日志的，应推定其没有发货", 12),
        ("我的订单超过5000元，可以向法院起诉", 7),
        ("小额诉讼不超过1万元，一审终审", 8),
        ("请微信支付冻结商户的资金", 3),
        ("支付宝有权强制退款", 29),
        ("我已请 12377 介入调解", 60),
        ("已向消费者协会（12315）投诉", 59),
        ("平台的仲裁委员会已作出终局裁定", 20),
        ("商家违约不影响平台责任", 31),
        ("商家拿不出授权证明即构成欺诈", 62),
        ("依据第三十八条要求平台承担连带责任", 32),
        ("附上平台处理未果的证明", 61),
        ("将向当地市场监督管理局投诉", 4),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_that_says_it_is_told_the_right_rule(
    text: str, claim: int, language: Language
) -> None:
    found = lint(text, language)
    assert myths.why(claim, language) in {finding.advice for finding in found}
    assert {finding.place for finding in found} == {"s1"}


@pytest.mark.parametrize(
    "text",
    [
        "支付机构不能冻结商户的资金",
        "法律没有规定七日内核实并答复",
        "平台收到通知后仍未采取必要措施的，平台应承担连带责任",
        "商家称“支付平台有权强制退款”",
        "12315 和消费者协会只能选一处投诉",
        "起诉不以金额超过5000元为条件",
    ],
)
def test_who_denies_or_quotes_it_or_names_the_conditions_is_not_corrected(text: str) -> None:
    assert lint(text) == ()


def test_a_plain_slip_gets_better_words() -> None:
    better = {finding.text: finding.better for finding in lint("请支付平台强制退款")}
    assert better["强制退款"] == "协调退款"
    [finding] = lint("已向消费者协会（12315）投诉")
    assert (finding.text, finding.better) == ("消费者协会（12315）", "全国12315平台")
