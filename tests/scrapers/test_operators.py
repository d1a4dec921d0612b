"""Who runs a site: every saved page gives the operator that stands beside it, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scrapers.operators.numbers import is_credit_code
from scrapers.page import documents as documents_of
from scrapers.page import load, parse
from scrapers.read import extract_bytes, read

from .test_pages import holds

if TYPE_CHECKING:
    from scrapers.record import Operator

    from .conftest import Case


def operator_of(body: str) -> Operator | None:
    page = f"<!doctype html><meta charset=utf-8><title>店</title><body>{body}"
    return read(load(page.encode(), url="https://shop.example/")).operator


def name_in_foot(text: str) -> str | None:
    found = operator_of(f"<footer>{text}</footer>")
    return found.name if found else None


def test_operator_of_every_page(case: Case) -> None:
    found = case.extraction().operator
    seen = (
        found.model_dump(mode="json", exclude={"sources"}, exclude_defaults=True) if found else {}
    )
    assert seen == case.expected.get("operator", {})


def test_every_field_has_a_source_that_the_page_holds(case: Case) -> None:
    found = case.extraction().operator
    if found is None:
        return
    [first, *_] = documents_of(case.data, url="https://x.invalid/")
    page = parse(first, None)
    fields = found.model_dump(exclude={"sources"}, exclude_defaults=True)
    assert set(found.sources) == set(fields)
    for source in found.sources.values():
        assert source.selector is not None
        assert source.text is not None
        [tag] = page.soup.select(source.selector)
        assert holds(tag, source.text)


@pytest.mark.parametrize(
    ("foot", "name"),
    [
        ("© 2026 甲地示例科技有限公司", "甲地示例科技有限公司"),
        ("版权所有甲地示例科技有限公司", "甲地示例科技有限公司"),
        ("Copyright©2024-2026甲地示例网络工作室 All Rights Reserved", "甲地示例网络工作室"),
        ("本站由甲地示例科技有限公司运营", "甲地示例科技有限公司"),
        ("<b>公司名称：</b><i>甲地示例（乙地）有限责任公司</i>", "甲地示例（乙地）有限责任公司"),
        ("<p>公司名称</p><p>甲地示例有限公司</p>", "甲地示例有限公司"),
        ("© 甲地示例有限公司 技术支持：乙地软件有限公司", "甲地示例有限公司"),
        ("Powered by 乙地软件有限公司", None),
        ("本站由乙地软件有限公司提供技术支持", None),
        ("支付服务：乙地支付有限公司", None),
        ("友情链接：乙地示例有限公司", None),
        ("<a href='https://other.example/'>乙地示例有限公司</a>", None),
        ("甲地示例有限公司<br>乙地示例有限公司", None),
        ("欢迎您使用甲地示例有限公司的服务", None),
        ("客户服务部 9:00-22:00 · 经营者：某人", None),
    ],
)
def test_a_foot_names_its_own_company_and_nobody_elses(foot: str, name: str | None) -> None:
    assert name_in_foot(foot) == name


def test_a_company_outside_the_foot_is_not_the_operator() -> None:
    invoice = "<p>公司名称：买家贸易有限公司</p><p>卖家：清风数卡网络有限公司</p>"
    assert operator_of(f"{invoice}<footer>客服 9:00-22:00</footer>") is None


@pytest.mark.parametrize(
    ("foot", "icp", "licence"),
    [
        ("京 ICP 备 2099001234 号 - 1", "京ICP备2099001234号-1", None),
        ("京ICP证990173号", None, "京ICP证990173号"),
        ("ICP证：浙B2-20990224", None, "浙B2-20990224"),
        ("京公网安备 11990502030001号", None, None),
        ("京ICP备00000000号 京ICP备12345678号", None, None),
        ("京ICP备2099001234号 沪ICP备2099004321号", None, None),
        ("京ICP备2099001234号-1 京ICP备2099001234号-2", "京ICP备2099001234号-1", None),
    ],
)
def test_filing_and_licence_are_told_apart(foot: str, icp: str | None, licence: str | None) -> None:
    found = operator_of(f"<footer>{foot}</footer>")
    assert ((found.icp, found.licence) if found else (None, None)) == (icp, licence)


def test_a_credit_code_counts_with_its_check_digit_and_its_name_only() -> None:
    assert is_credit_code("91000000MA0DEM0X1D")
    assert not is_credit_code("91000000MA0DEM0X2D")
    assert not is_credit_code("91000000MA0DEM0X1")
    for foot in ("信用代码 91000000MA0DEM0X2D", "卡密 91000000MA0DEM0X1D ICP"):
        assert operator_of(f"<footer>{foot}</footer>") is None


@pytest.mark.parametrize(
    ("foot", "phone", "email", "address"),
    [
        ("客服电话：0000-8812345", "0000-8812345", None, None),
        ("联系电话 400 881 2345", "4008812345", None, None),
        ("客服热线：400-000-0000", None, None, None),
        ("客服电话 9:00-22:00，举报电话：0000-8812345", None, None, None),
        ("客服邮箱 a@shop.example b@shop.example", None, None, None),
        ("客服邮箱 a@shop.example", None, "a@shop.example", None),
        ("公司地址：示例省虚构市一号路 6 号 电话", None, None, "示例省虚构市一号路 6 号"),
        ("客服热线，收货地址：示例省虚构市一号路 6 号", None, None, None),
    ],
)
def test_contacts_are_the_operators_own(
    foot: str, phone: str | None, email: str | None, address: str | None
) -> None:
    found = operator_of(f"<footer>{foot}</footer>")
    seen = (found.phone, found.email, found.address) if found else (None, None, None)
    assert seen == (phone, email, address)


@pytest.mark.parametrize(
    "text",
    ["扫码加微信付款", "请转账到个人账户", "请直接打款到店主个人银行卡", "微信个人收款码",
     "下单请加客服微信转账", "扫下方店主二维码付款", "支付宝转账给老板即可", "收款人：张示例"],
)  # fmt: skip
def test_a_page_that_asks_to_pay_a_person_is_flagged(text: str) -> None:
    found = operator_of(f"<p>联系我们。{text}。自动发货</p>")
    assert found is not None
    assert found.personal_payee
    assert found.sources["personal_payee"].text == text


@pytest.mark.parametrize(
    "text",
    ["请勿转账到个人账户", "凡是让您加微信付款的都是骗子", "如商家要求加微信付款，请举报",
     "充值到您的个人账户", "支付成功后自动到个人账户", "佣金每周打款到个人账户",
     "我已经转账给客服了", "可以加微信转账吗？", "添加客服微信领优惠，付款后自动发货",
     "收款人：平台", "收款方：清风数卡", "微信支付", "加好友请备注"],
)  # fmt: skip
def test_a_warning_a_question_or_a_balance_is_no_such_demand(text: str) -> None:
    found = operator_of(f"<p>收款码。{text}。自动发货</p>")
    assert found is None or not found.personal_payee


def test_an_order_in_a_frame_keeps_the_operator_of_the_page_around_it() -> None:
    order = "<p>订单号：WZ20260818001</p><p>订单状态：已发货</p><p>实付金额：¥5.00</p>"
    parts = ("<body><footer>© 2026 甲地示例有限公司</footer>", f"<body>{order}")
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    each = "--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: {}\r\n\r\n{}\r\n"
    urls = ("https://shop.example/", "https://shop.example/frame")
    body = "".join(each.format(url, part) for url, part in zip(urls, parts, strict=True))
    found = extract_bytes(f"{head}{body}--x--\r\n".encode(), url=urls[0])
    assert len(found.orders) == 1
    assert found.operator is not None
    assert found.operator.name == "甲地示例有限公司"
