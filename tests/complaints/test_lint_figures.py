"""No figure, time or date stands in a draft that the case does not hold, however it is written."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.complaints.lint import check, figures
from helper.complaints.lint.numerals import chinese
from helper.model import Sentence

CASE = """98.50 2026-11-20T14:23:00+08:00 2026-11-20 14:23 支付成功后10分钟内到账 PT10M
WZ20261120142251617 数量 3 10% 1,234.00 五百元 十五日"""


def unsupported(text: str, known: str = CASE) -> set[tuple[str, str]]:
    return {(hit.rule, hit.text) for hit in figures.unsupported(text, figures.known(known))}


@pytest.mark.parametrize(
    "text",
    [
        "付款 98.50 元", "付款 98.5 元", "共 1234 元", "共 1,234.00 元",
        "2026年11月20日 14:23 付款", "11月20日付款", "十一月二十日付款", "二〇二六年十一月二十日",
        "2026-11-20 付款", "14：23 付款", "承诺十分钟内到账", "买了三张", "百分之十", "10％",
        "500 元", "15 天", "订单号 WZ20261120142251617", "我向 12315 投诉", "见证据7",
        "法释〔2022〕8号", "有一天我再看，十分清楚，三方都在", "前两天、好几天、第二天",
    ],
)  # fmt: skip
def test_what_the_case_holds_may_be_said_in_any_form(text: str) -> None:
    assert unsupported(text) == set()


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("付款 98.05 元", "figure", "98.05"),
        ("付款 98 元", "figure", "98"),
        ("共 1,235.00 元", "figure", "1,235.00"),
        ("赔偿六百元", "figure", "六百元"),
        ("赔偿三倍", "figure", "三倍"),
        ("二十四小时内", "figure", "二十四小时"),
        ("两个工作日内", "figure", "两个工作日"),
        ("一天内退款", "figure", "一天"),
        ("百分之二十", "figure", "百分之二十"),
        ("20% 的违约金", "figure", "20"),
        ("赔偿 20 元", "figure", "20"),
        ("2万元", "figure", "2万"),
        ("14:32 付款", "figure", "14:32"),
        ("2026-11-02 付款", "date", "2026-11-02"),
        ("2025年11月20日付款", "date", "2025年11月20"),
        ("11月23日付款", "date", "11月23日"),
        ("十月二十日付款", "date", "十月二十日"),
        ("订单号 WZ20261120142251618", "figure", "20261120142251618"),
    ],
)
def test_what_the_case_does_not_hold_is_named(text: str, rule: str, words: str) -> None:
    assert unsupported(text, CASE.replace("数量 3", "")) == {(rule, words)}


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99999), places=2))
def test_an_amount_is_itself_and_no_other(amount: Decimal) -> None:
    assert unsupported(f"付款 {amount} 元", f"金额 {amount}") == set()
    assert unsupported(f"付款 {amount + Decimal('0.01')} 元", f"金额 {amount}")


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 30)))
def test_a_date_is_itself_and_not_the_next(day: date) -> None:
    known = f"{day.isoformat()} 14:23"
    spelled = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.month} 月 {day.day} 日",
    ]
    later = day + timedelta(days=1)
    for text in spelled:
        assert unsupported(f"我于 {text}付款", known) == set()
    assert unsupported(f"我于 {later.isoformat()} 付款", known)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十", 10), ("十五", 15), ("二十", 20), ("一百零五", 105), ("一百五", 150), ("两", 2),
        ("五百七十七", 577), ("一千二百六十", 1260), ("三万五", 35000), ("一万零三", 10003),
        ("二〇二六", 2026), ("两三", None), ("三五", None),
    ],
)  # fmt: skip
def test_chinese_numerals(written: str, value: int | None) -> None:
    assert chinese(written) == value


def test_what_a_cited_article_says_has_its_source() -> None:
    text = "请增加赔偿价款的三倍，不足五百元的为五百元"
    cited = f"依据《消费者权益保护法》第五十五条，{text}"
    for words, expected in [(text, {"三倍", "五百元"}), (cited, set())]:
        sentence = Sentence(text=words, exhibits=(), stated=True)
        found = check([sentence], demand="", exhibits=[], known="")
        assert {finding.text for finding in found if finding.rule == "figure"} == expected
