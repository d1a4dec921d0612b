"""Before paying: every check says what stands on the page, and nothing that does not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints import packaged
from helper.complaints.before.lookalike import oddity
from helper.complaints.before.prevention import Check, Prevention, check
from helper.complaints.law import article
from helper.messages import LANGUAGES, Language, catalogue
from scrapers.record import Clause, Extraction, Operator, Product, Promise, Seller, Source, Terms

NOW = datetime(2026, 8, 18, 8, tzinfo=UTC)
URL = "https://shop.example/item/5"
DATA = packaged.data("prevention")


def goods(title: str = "山海纪行 月卡", **fields: Any) -> Product:
    return Product(title=title, **fields)


def look(
    text: str = "", *, url: str = URL, language: Language = "zh_CN", **parts: Any
) -> Prevention:
    return check(Extraction(**parts), url, text=text, now=NOW, language=language)


def found(text: str = "", *, url: str = URL, **parts: Any) -> dict[str, Check]:
    return {one.key: one for one in look(text, url=url, **parts).checks}


def state(key: str, text: str = "", *, url: str = URL, **parts: Any) -> str:
    return found(text, url=url, **parts)[key].state


def clauses(text: str) -> set[str]:
    return {key for key in found(text, product=goods()) if key.startswith("clause_")}


def test_a_page_that_says_nothing_gives_no_good_mark() -> None:
    nothing = found(url="")
    assert {one.state for one in nothing.values()} == {"missing", "unknown"}
    assert {key for key, one in nothing.items() if one.state == "missing"} == {"operator", "icp"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_verdict_is_given_and_what_was_not_looked_at_is_said(language: Language) -> None:
    made = look("七天无理由退货，担保交易。", language=language, product=goods())
    whole = made.model_dump_json()
    assert "很安全" not in whole
    assert "可以放心" not in whole
    assert "trustworthy" not in whole
    assert made.checked_at == NOW
    assert len(made.unseen) == 6
    assert ("不是法律意见" if language == "zh_CN" else "no legal advice") in made.summary


def test_what_the_articles_advise_before_paying_is_told() -> None:
    advice = "".join(look().advice)
    for told in (
        "第三方保管货款", "经营者写得清楚", "搜一搜店名和“投诉”", "只在网站或官方应用里下单、付款",
        "先买最小的面额试一次", "逐字核对充值账号、区服", "每一步都留证",
    ):  # fmt: skip
        assert told in advice
    assert "法律没有规定这个时间" in advice


def test_the_gravest_stands_first() -> None:
    states = [one.state for one in look("最终解释权归本店所有，概不退款。", product=goods()).checks]
    assert states == sorted(states, key=["warn", "missing", "unknown", "ok"].index)
    assert states[0] == "warn"


def test_a_page_that_asks_to_pay_a_person_is_told_with_its_words() -> None:
    source = Source(selector="p", text="扫码加微信付款")
    payee = found(operator=Operator(personal_payee=True, sources={"personal_payee": source}))
    assert payee["payee"].state == "warn"
    assert payee["payee"].quotes == ("扫码加微信付款",)
    assert state("payee", operator=Operator(name="甲地示例有限公司")) == "unknown"


def test_a_written_time_of_delivery_counts_a_vague_one_does_not() -> None:
    timed = Promise(promised="PT10M", promised_text="付款后10分钟内到账")
    told = found(product=goods(delivery=timed))["promise"]
    assert (told.state, told.quotes) == ("ok", ("付款后10分钟内到账",))
    assert [ref.article for ref in told.law] == ["第二十条"]
    vague = Promise(promised_text="下单后自动发货，请耐心等待")
    assert state("promise", product=goods(delivery=vague)) == "missing"
    assert state("promise", product=goods()) == "missing"
    assert state("promise", "首页，欢迎光临本店") == "unknown"


def test_an_agreement_can_hold_the_time_of_delivery() -> None:
    clause = Clause(number="4.2", text="商家须在24小时内完成发货。", topics=("delivery",))
    terms = Terms(name="用户协议", dated=date(2026, 1, 1), clauses=(clause,))
    assert found(terms=terms)["promise"].quotes == ("商家须在24小时内完成发货",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("卡密无效的，核实后三日内补发或退款。", "ok"),
        ("有问题请联系客服提交工单处理。", "missing"),
        ("虚拟商品一经售出概不退款。", "missing"),
        ("欢迎光临本店选购各类点卡。", "missing"),
    ],
)
def test_refund_and_reissue_must_be_written(text: str, expected: str) -> None:
    assert state("aftersales", text, product=goods()) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("虚拟商品一经售出，概不退换", "clause_no_refund"),
        ("充值成功后一律不退，请谨慎购买", "clause_no_refund"),
        ("本活动最终解释权归本店所有", "clause_final_say"),
        ("买家不得向任何部门投诉或起诉本店", "clause_no_complaint"),
        ("发起投诉的订单一律拉黑处理", "clause_no_complaint"),
        ("双方争议由平台仲裁，平台裁决为最终结果", "clause_platform_final"),
        ("争议提交虚构市仲裁委员会仲裁解决", "clause_arbitration"),
        ("超过24小时未反馈的，不予售后处理", "clause_deadline"),
        ("逾期未提出的，丧失索赔的权利", "clause_deadline"),
        ("发货后即视为买家验收合格，不再处理", "clause_deemed"),
        ("因使用本商品产生的一切后果由用户承担", "clause_no_liability"),
        ("没有全程录像的一律不予售后", "clause_video"),
        ("付款后本店未确认的，合同不成立", "clause_not_formed"),
    ],
)
def test_a_clause_that_is_void_or_needs_care_is_quoted_with_its_law(text: str, key: str) -> None:
    told = found(f"{text}。", product=goods())
    assert key in told
    assert told[key].quotes == (f"{text}。",)
    assert [one.ref() for k in DATA["clauses"][key]["law"] if (one := article(k))] == list(
        told[key].law
    )


@pytest.mark.parametrize(
    "text",
    [
        "商家超过24小时不发货的，平台全额退款",
        "虚拟商品不支持七天无理由退货",
        "商家不得拒绝退款，平台先行赔付",
        "因买家填写错误造成的一切损失由买家承担",
        "协商不成的，向有管辖权的人民法院起诉",
        "恶意投诉的账号将被封禁",
        "您提交订单即视为已阅读并同意本协议",
        "平台会在24小时内给出处理结果",
        "本店不享有最终解释权",
    ],
)
def test_an_ordinary_clause_is_not_accused(text: str) -> None:
    assert clauses(f"{text}。") == set()


def test_what_was_read_without_a_find_says_how_much_was_read() -> None:
    told = found("商品付款后自动发放到订单页。有问题请联系我们的客服。", product=goods())
    assert told["clauses"].state == "ok"
    assert "2 句" in told["clauses"].sentence


def test_returns_marked_as_excluded_are_no_licence_to_refuse() -> None:
    marked = found("虚拟商品不支持7天无理由退货", product=goods())["returns"]
    assert marked.state == "ok"
    assert "没到账、发错货、卡密无效不是“无理由”退货" in marked.why
    assert {ref.article for ref in marked.law} == {"第二十五条", "第十九条"}
    offered = found("本店商品支持七天无理由退货", product=goods())["returns"]
    assert {ref.article for ref in offered.law} == {"第二条", "第十二条"}
    assert state("returns", "本店商品自动发货", product=goods()) == "missing"


def test_the_operator_and_the_seller_are_told_apart() -> None:
    operator = Operator(name="甲地示例有限公司", code="91000000MA0DEM0X1D")
    shown = found(operator=operator, product=goods(seller=Seller(name="清风数卡")))
    assert "91000000MA0DEM0X1D" in shown["operator"].sentence
    assert (shown["seller"].state, "清风数卡" in shown["seller"].sentence) == ("unknown", True)


def test_a_filing_is_no_licence_and_no_mark_of_quality() -> None:
    shown = found(operator=Operator(icp="京ICP备2099001234号"))["icp"]
    assert shown.state == "ok"
    assert "不是卖东西的许可，也不代表货真、可靠" in shown.why
    assert state("icp", operator=Operator(name="甲地示例有限公司")) == "missing"


def test_a_claimed_licence_is_to_be_shown() -> None:
    assert state("boast", "本平台经国家认证，持牌经营", product=goods()) == "warn"
    assert "boast" not in found("本店没有任何国家认证，请谨慎", product=goods())


@pytest.mark.parametrize(
    ("title", "expected"),
    [("吃鸡外挂 月卡", "warn"), ("成品实名号 直登", "warn"), ("反外挂 加速器 月卡", "ok")],
)
def test_goods_that_may_be_unlawful(title: str, expected: str) -> None:
    assert state("goods", product=goods(title)) == expected


@pytest.mark.parametrize(
    ("title", "price", "expected"),
    [
        ("话费充值 50元", "49.80", "ok"),
        ("话费充值 50元", "20.00", "warn"),
        ("话费充值 50元", "99.00", "warn"),
        ("话费充值 50元 满100减10元", "20.00", "unknown"),
        ("点卡 30元/50元 任选", "30.00", "unknown"),
        ("月石 980枚", "98.00", "unknown"),
        ("话费充值 0元", "1.00", "unknown"),
        ("话费充值 50元", None, "unknown"),
    ],
)
def test_a_price_is_compared_only_with_a_face_value_on_the_page(
    title: str, price: str | None, expected: str
) -> None:
    product = goods(title, price=Decimal(price) if price else None, currency="CNY")
    assert state("price", product=product) == expected


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://item.taobao.com/x", None),
        ("https://detail.tmall.hk/x", None),
        ("https://shop.example/x", None),
        ("https://taobao.com.pay-x.example/", "lookalike"),
        ("https://ta0ba0.example/", "lookalike"),
        ("https://www.a1ipay-login.example/", "lookalike"),
        ("https://123.45.67.89/", "number"),
        ("https://xn--fiq228c.example/", "encoded"),
        ("https://taobao.com@shop.example/", "disguised"),
        ("http://shop.example/", "http"),
    ],
)
def test_an_address_with_a_twist(url: str, kind: str | None) -> None:
    odd = oddity(url, DATA["known"])
    assert (odd.kind if odd else None) == kind
    assert state("address", url=url) == ("warn" if kind else "ok")


def test_every_law_that_is_named_is_in_force() -> None:
    named = [key for row in DATA["clauses"].values() for key in row["law"]]
    named += [key for keys in DATA["law"].values() for key in keys]
    assert [key for key in named if article(key) is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_has_name_and_reason_and_no_open_placeholder(language: Language) -> None:
    everything = (
        "概不退款。最终解释权归本店。担保交易安心购买。本站持牌经营多年。没有录像不予售后。"
        "七天无理由退货。逾期不予受理。买家不得投诉。平台裁决为终局。付款后合同不成立。"
    )
    operator = Operator(name="甲地示例有限公司", personal_payee=True)
    seller = Seller(name="清风数卡")
    pages = [
        look(everything, language=language, product=goods("外挂 50元", seller=seller, price=1),
             operator=operator, url="https://ta0bao.example/"),
        look(language=language, url=""),
        look("退款三日内到账。", language=language, product=goods("卡 50元", price=50),
             operator=Operator(code="91000000MA0DEM0X1D", licence="京ICP证990173号")),
    ]  # fmt: skip
    for one in (one for page in pages for one in page.checks):
        assert f"prevention.{one.key}.name" in catalogue(language)
        assert one.sentence
        assert one.todo or one.state in {"ok", "unknown"}
        assert "{" not in f"{one.sentence}{one.why}{one.todo}", one
