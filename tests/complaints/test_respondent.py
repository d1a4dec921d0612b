"""Who is complained of: what each source is worth, and nobody chosen who is not sure."""

from typing import Any

import pytest

from helper.complaints.proof.credit_code import is_credit_code
from helper.complaints.proof.respondent import Respondent, respondent
from helper.dealings import Entry, Party, Shown
from helper.messages import LANGUAGES
from helper.model import CaptureMeta, CaptureView, CaseView
from scrapers.record import Operator, OrderRecord, Seller
from tests.complaints.conftest import CLICKED, NOW, PAID, artifact, capture, case_of

NAME, OTHER = "杭州示例网络有限公司", "深圳样例科技有限公司"
ID = "00000000-0000-4000-8000-000000000009"
CODE = "91330100MA0EXAMP3H"


def page(url: str, number: int, **changes: Any) -> CaptureView:
    meta = CaptureMeta(url=url, clicked_at=CLICKED)
    return capture(None, number=number, meta=meta, **changes)


def footer(**values: Any) -> CaptureView:
    shown = Shown(operator=Operator(**values))
    return page("https://wangzi.localhost/", 2, shown=shown)


def party(**values: Any) -> Entry:
    return Entry(entry_id="e", added_at=NOW, what=Party(**{"name": NAME} | values))


def bill(name: str) -> CaptureView:
    facts = {"provider": "wechat", "trade_no": "1", "paid_at": PAID.isoformat(), "amount": "98.00",
             "stayed_out": True, "counterparty": name}  # fmt: skip
    return page("", 3, artifacts=(artifact("attachment", "b", kind="payment", payment=facts),))


def look(order: OrderRecord, *captures: CaptureView, **changes: Any) -> Respondent:
    return respondent(case_of(order, capture(order), *captures, **changes))


def steps(found: Respondent) -> dict[str, str]:
    return {step.key: step.state for step in found.steps}


def test_nothing_known_is_nobody_chosen_and_four_steps(full: OrderRecord) -> None:
    found = look(full)
    assert (found.candidates, found.chosen) == ((), None)
    assert steps(found) == dict.fromkeys(("footer", "payee", "icp", "register"), "missing")


def test_what_the_site_says_of_itself_is_not_enough(full: OrderRecord) -> None:
    found = look(full, footer(name=NAME, icp="浙ICP备12345678号-1"))
    [candidate] = found.candidates
    assert (candidate.role, candidate.found_in, candidate.confidence) == (
        "seller", "footer", "medium",
    )  # fmt: skip
    assert found.chosen is None
    assert steps(found)["footer"] == "done"
    assert any("浙ICP备12345678号-1" in step.text for step in found.steps)


def test_two_kinds_of_sources_with_one_name_are_sure(full: OrderRecord) -> None:
    kept = party(found_in="register", capture_id=ID, address="示例路 1 号", code=CODE)
    found = look(full, footer(name=NAME), entries=(kept,))
    assert found.chosen is not None
    assert (found.chosen.confidence, found.chosen.address) == ("high", "示例路 1 号")
    assert found.conflicts == ()
    by_bill = look(full, footer(name=NAME), bill(NAME))
    assert by_bill.chosen is not None
    assert by_bill.chosen.role == "seller"


def test_a_register_entry_alone_does_not_link_it_to_the_shop(full: OrderRecord) -> None:
    found = look(full, entries=(party(found_in="register", capture_id=ID),))
    assert [c.confidence for c in found.candidates] == ["medium"]
    assert found.chosen is None


def test_a_word_of_the_user_is_low(full: OrderRecord) -> None:
    found = look(full, entries=(party(),))
    assert [(c.confidence, c.found_in) for c in found.candidates] == [("low", "user")]
    assert found.chosen is None


def test_two_names_are_named_and_nobody_is_chosen(full: OrderRecord) -> None:
    kept = party(name=OTHER, found_in="register", capture_id=ID)
    found = look(full, footer(name=NAME), bill(NAME), entries=(kept,))
    assert found.chosen is None
    assert [one for one in found.conflicts if one.startswith("两处写的名称不同")]


def test_names_that_differ_in_their_brackets_only_are_one(full: OrderRecord) -> None:
    kept = party(name="示例（杭州）网络有限公司", found_in="register", capture_id=ID)
    found = look(full, footer(name="示例(杭州)网络有限公司"), entries=(kept,))
    assert found.chosen is not None
    assert found.conflicts == ()


@pytest.mark.parametrize(
    ("payee", "confidence", "conflict"),
    [(OTHER, "medium", True), ("张三", "low", True), ("财付通支付科技有限公司", "low", False)],
)
def test_a_payee_need_not_be_the_seller(
    payee: str, confidence: str, conflict: bool, full: OrderRecord
) -> None:
    found = look(full, footer(name=NAME), bill(payee))
    one = next(c for c in found.candidates if c.role == "payee")
    assert (one.confidence, one.found_in) == (confidence, "bill")
    assert bool(found.conflicts) is conflict
    assert steps(found)["payee"] == "done"


def test_a_filing_is_a_lead(full: OrderRecord) -> None:
    found = look(full, entries=(party(found_in="icp", capture_id=ID),))
    [one] = found.candidates
    assert "可能与卖家不同" in one.reason
    assert steps(found)["icp"] == "done"


def test_a_captured_query_closes_its_step(full: OrderRecord) -> None:
    kept = page("https://www.gsxt.gov.cn/corp-query", 4), page("https://beian.miit.gov.cn/", 5)
    assert {k for k, v in steps(look(full, *kept)).items() if v == "done"} == {"register", "icp"}
    alike = page("https://notgsxt.gov.cn.example/", 4)
    assert steps(look(full, alike))["register"] == "missing"


def test_a_shops_nickname_is_no_registered_name(full: OrderRecord) -> None:
    order = full.model_copy(update={"seller": Seller(name="清风数卡专营店")})
    found = look(order)
    [one] = found.candidates
    assert (one.role, one.found_in, one.confidence) == ("seller", "platform_page", "low")
    assert "不是登记的名称" in one.reason


def test_on_a_marketplace_the_merchant_comes_before_the_platform(full: OrderRecord) -> None:
    order = full.model_copy(update={"seller": Seller(name=OTHER)})
    found = look(order, footer(name=NAME))
    assert {c.role: c.name for c in found.candidates} == {"seller": OTHER, "platform": NAME}
    assert found.conflicts == ()
    assert {"seller", "ask_platform"} <= set(steps(found))
    said = "".join(found.remarks)
    assert "先找商家" in said
    assert "知道或者应当知道" in said
    assert "第四十四条" in {ref.article for ref in found.law}
    own = look(full, footer(name=NAME))
    assert "先找商家" not in "".join(own.remarks)
    assert not {"seller", "ask_platform"} & set(steps(own))


def test_a_known_marketplace_is_named(full: OrderRecord) -> None:
    case = case_of(full, platform_key="taobao", host="buyertrade.taobao.com")
    [one] = respondent(case).candidates
    assert (one.role, one.confidence) == ("platform", "low")


def test_unregistered_individuals_and_private_payees_are_told(full: OrderRecord) -> None:
    found = look(full, footer(name=NAME, personal_payee=True))
    said = "".join(found.remarks)
    assert "没有办理登记的个人在登记系统里查不到" in said
    assert "付款给个人" in said
    assert {"第八条", "第十二条"} <= {ref.article for ref in found.law}


@pytest.mark.parametrize(
    ("code", "right"),
    [
        (CODE, True),
        ("91350100M000100Y43", True),  # the example of GB 32100
        ("91350100M000100Y44", False),
        ("91350100M00010OY43", False),
        ("91350100M000100Y4", False),
        ("", False),
    ],
)
def test_the_check_digit_of_a_code(code: str, right: bool) -> None:
    assert is_credit_code(code) is right


def test_a_wrong_code_is_named_and_lowers_the_candidate(full: OrderRecord) -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    kept = party(found_in="register", capture_id=ID, code=wrong)
    found = look(full, bill(NAME), entries=(kept,))
    one = next(c for c in found.candidates if c.found_in == "register")
    assert (one.code_wrong, one.confidence) == (True, "low")
    assert any(wrong in remark for remark in found.remarks)
    assert found.chosen is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_filled(language: Any, full: OrderRecord) -> None:
    places = ("bill", "footer", "icp", "register", "platform_page", "user")
    entries = [party(found_in=place, role=role, capture_id=kept)
               for place in places for role in ("seller", "platform", "payee")
               for kept in (None, ID)]  # fmt: skip
    for one in (*([e] for e in entries), entries):
        case: CaseView = case_of(full, entries=tuple(one))
        found = respondent(case, language=language)
        said = [*(c.reason for c in found.candidates), *found.conflicts, *found.remarks]
        for text in (*said, *(step.text for step in found.steps)):
            assert not text.startswith(("respondent.", "proof."))
            assert "{" not in text
