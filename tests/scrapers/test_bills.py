"""Bills of every form are read exactly, and what is no bill is said to be none."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helper.demo.markup import render
from scrapers.bills import read_bill
from scrapers.bills.files import MAX_BYTES
from scrapers.bills.record import BillError, BillPayment
from scrapers.moments import SHANGHAI
from scrapers.text import is_placeholder, squeeze
from tests.scrapers import bill_files as made
from tests.scrapers.bill_files import ORDER, TRADE, alipay_row, web_row, wechat_row
from tests.scrapers.conftest import PAGES

NO_AMOUNT = "交易时间,交易类型,交易对方,商品,收/支,支付方式,当前状态"
AT = datetime(2026, 8, 18, 14, 24, 11, tzinfo=SHANGHAI)


def one(data: bytes, password: str | None = None) -> BillPayment:
    bill = read_bill(data, password)
    assert bill.warnings == ()
    [payment] = bill.payments
    return payment


def refusal(data: bytes, password: str | None = None) -> str:
    with pytest.raises(BillError) as told:
        read_bill(data, password)
    return told.value.reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
def test_every_column_of_a_wechat_csv(encoding: str) -> None:
    found = one(made.wechat_csv(wechat_row(), encoding=encoding))
    assert found.provider == "wechat"
    assert found.at == AT
    assert found.at.utcoffset() == AT.utcoffset()
    assert (found.kind, found.counterparty, found.goods) == ("商户消费", "快卡小站", "QQ会员一个月")
    assert (found.direction, found.amount) == ("out", Decimal("36.00"))
    assert (found.method, found.method_text) == ("wechat", "零钱")
    assert (found.status, found.status_text) == ("paid", "支付成功")
    assert (found.trade_no, found.merchant_no) == (TRADE, ORDER)
    assert found.note is None
    assert found.refunded is None
    assert not found.refund


def test_the_row_stands_in_the_file_as_its_source_says() -> None:
    data = made.wechat_csv(wechat_row(), wechat_row(trade="4200002026081814240087654321"))
    lines = data.decode("utf-8-sig").split("\r\n")
    for payment in read_bill(data).payments:
        assert payment.source.row is not None
        assert lines[payment.source.row - 1] == payment.source.text


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("dated", [True, False])
def test_a_wechat_workbook_with_dates_or_day_numbers(dated: bool, shared: bool) -> None:
    found = one(made.wechat_xlsx(wechat_row(), dated=dated, shared=shared))
    assert found.at == AT
    assert (found.amount, format(found.amount, "f")) == (Decimal(36), "36.00")
    assert (found.trade_no, found.merchant_no) == (TRADE, ORDER)
    assert found.source.row == 18
    assert found.source.text.split("\t")[:2] == ["2026-08-18 14:24:11", "商户消费"]


@pytest.mark.parametrize("cents", ["0.01", "9.78", "1234567.89"])
def test_an_amount_in_a_workbook_is_exact(cents: str) -> None:
    assert one(made.wechat_xlsx(wechat_row(amount=cents))).amount == Decimal(cents)


def test_a_csv_of_the_alipay_app() -> None:
    found = one(made.alipay_csv(alipay_row()))
    assert found.provider == "alipay"
    assert found.counterparty_account == "kua***@example.com"
    assert found.kind == "数码电器"
    assert found.trade_no == "2026081822001412345678901234"
    assert found.merchant_no == ORDER
    assert (found.status, found.amount, found.at) == ("paid", Decimal("36.00"), AT)


def test_the_former_web_export_of_alipay() -> None:
    found = one(made.alipay_web_csv(web_row()))
    assert (found.provider, found.at, found.goods) == ("alipay", AT, "QQ会员一个月")
    back = one(made.alipay_web_csv(web_row(back="10.00", status="交易成功")))
    assert (back.status, back.refunded) == ("partially_refunded", Decimal("10.00"))
    unpaid = one(made.alipay_web_csv(web_row(at="", status="等待付款")))
    assert unpaid.at == datetime(2026, 8, 18, 14, 23, 5, tzinfo=SHANGHAI)
    assert (unpaid.status, unpaid.direction) == ("pending", "neutral")
    closed = one(made.alipay_web_csv(web_row(at="", status="交易关闭")))
    assert (closed.direction, closed.charged) == ("neutral", False)


@pytest.mark.parametrize(
    ("told", "status", "back"),
    [
        ("已全额退款", "refunded", "36.00"),
        ("已退款(￥5.00)", "partially_refunded", "5.00"),
        ("已退款（￥5.00）", "partially_refunded", "5.00"),
        ("已退款¥36.00", "refunded", "36.00"),
        ("对方已收钱", "paid", None),
        ("朋友已收钱", "paid", None),
        ("对方已退还", "refunded", None),
        ("一种新的状态", "unknown", None),
    ],
)
def test_what_a_status_says_was_refunded(told: str, status: str, back: str | None) -> None:
    found = one(made.wechat_csv(wechat_row(status=told)))
    assert (found.status, found.status_text) == (status, told)
    assert found.refunded == (None if back is None else Decimal(back))


def test_a_refund_row_is_no_payment() -> None:
    row = wechat_row(kind="快卡小站-退款", way="收入", status="已全额退款", trade="5030001")
    found = one(made.wechat_csv(row))
    assert (found.direction, found.refund, found.refunded) == ("in", True, None)
    back = one(made.alipay_csv(alipay_row(kind="退款", way="不计收支", status="退款成功")))
    assert (back.direction, back.refund) == ("neutral", True)


@pytest.mark.parametrize("way", ["/", "不计收支", "", "其他"])
def test_what_is_neither_income_nor_spending_is_neutral(way: str) -> None:
    assert one(made.wechat_csv(wechat_row(way=way))).direction == "neutral"


@pytest.mark.parametrize("told", ["对方已退还", "已全额退款", "交易关闭", "支付失败", "等待付款"])
def test_money_that_did_not_stay_out_is_no_charge(told: str) -> None:
    assert not one(made.wechat_csv(wechat_row(status=told))).charged
    assert one(made.wechat_csv(wechat_row(status="已退款(￥5.00)"))).charged


def test_a_placeholder_is_nothing() -> None:
    found = one(made.wechat_csv(wechat_row(goods="/", merchant="/", note="-")))
    assert (found.goods, found.merchant_no, found.note) == (None, None, None)


@pytest.mark.parametrize(
    ("member", "name"), [("账单.csv", "账单.csv"), ("a/微信.CSV", "a/微信.CSV")]
)
def test_a_zip_under_a_password(member: str, name: str) -> None:
    data = made.zipped(made.wechat_csv(wechat_row()), member, "123456")
    assert one(data, "123456").source.file == name
    assert refusal(data) == "password_needed"
    assert refusal(data, "654321") == "wrong_password"


def test_the_older_encryption_of_zips() -> None:
    data = made.zip_crypto(made.alipay_csv(alipay_row()), "bill.csv", "12345X")
    assert one(data, "12345X").merchant_no == ORDER
    assert refusal(data) == "password_needed"
    assert {refusal(data, f"{n:06}") for n in range(400)} == {"wrong_password"}


def test_a_zip_needs_no_password_where_it_has_none() -> None:
    assert one(made.zipped(made.wechat_xlsx(wechat_row()), "b.xlsx")).merchant_no == ORDER
    assert one(made.zipped(made.wechat_csv(wechat_row()), "b.csv"), "123456").trade_no == TRADE


def test_a_file_name_in_gbk_is_readable() -> None:
    data = made.gbk_named(made.wechat_csv(wechat_row()), "微信支付账单.csv")
    assert one(data).source.file == "微信支付账单.csv"


def test_other_files_of_a_zip_are_passed_over() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("说明.pdf", b"%PDF")
        archive.writestr("说明.txt", "如何对账")
        archive.writestr("a.csv", made.wechat_csv(wechat_row()))
        archive.writestr("b.xlsx", made.wechat_xlsx(wechat_row()))
        archive.writestr("c.csv", made.alipay_csv(alipay_row()))
    found = read_bill(out.getvalue())
    assert [one.provider for one in found.payments] == ["wechat", "alipay"]
    assert found.warnings == ("bill_unread:说明.txt",)


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_a_saved_bill_page(name: str) -> None:
    body = render(
        "bills", name, payee="快卡小站", title="QQ会员一个月", amount="36.00",
        state="支付成功" if name == "wechat" else "交易成功", at="2026-08-18 14:24:11",
        created="2026-08-18 14:23:05", trade_no=TRADE, order_no=ORDER,
    )  # fmt: skip
    found = one(str(render("bills", "layout", title="账单详情", body=body)).encode())
    assert (found.provider, found.at, found.direction) == (name, AT, "out")
    assert (found.amount, found.status) == (Decimal("36.00"), "paid")
    assert (found.trade_no, found.merchant_no) == (TRADE, ORDER)
    assert (found.counterparty, found.goods) == ("快卡小站", "QQ会员一个月")


@pytest.mark.parametrize("ending", ["html", "mht", "MHTML"])
def test_a_page_in_a_zip(ending: str) -> None:
    page = (PAGES / "generic" / "payment-bill.html").read_bytes()
    assert one(made.zipped(page, f"账单详情.{ending}")).trade_no == TRADE


def test_the_bill_page_that_is_also_read_as_an_order() -> None:
    data = (PAGES / "generic" / "payment-bill.html").read_bytes()
    found = one(data)
    assert (found.amount, found.trade_no, found.merchant_no) == (Decimal("36.00"), TRADE, ORDER)
    assert all(line in data.decode() for line in found.source.text.split("\n"))


def test_a_bill_page_with_two_sums_above_the_table_is_not_guessed() -> None:
    data = (PAGES / "generic" / "payment-bill.html").read_bytes()
    doubled = data.replace(b'<div class="sum">', b"<p>-41.00</p><div>")
    assert refusal(doubled) == "not_a_bill"


@pytest.mark.parametrize(
    "row",
    [
        wechat_row(goods='6" 披萨'),
        wechat_row(goods='"半个引号'),
        wechat_row(goods='"甲,乙"'),
        wechat_row(goods='"两行\r\n名称"'),
    ],
)
def test_quotes_in_a_name_cost_no_row(row: list[str]) -> None:
    after = wechat_row(trade="4200002026081814240087654321")
    found = read_bill(made.wechat_csv(row, after))
    assert [one.trade_no for one in found.payments] == [TRADE, after[8]]
    assert found.warnings == ()


def test_a_comma_that_shifts_the_columns_is_told() -> None:
    found = read_bill(made.wechat_csv(wechat_row(goods="甲,乙"), wechat_row()))
    assert len(found.payments) == 1
    assert found.warnings == ("bill_unreadable:18",)


def test_numbers_that_a_spreadsheet_rounded_are_not_taken() -> None:
    found = read_bill(made.wechat_csv(wechat_row(trade="4.20000E+27", merchant="2.02608E+16")))
    assert (found.payments[0].trade_no, found.payments[0].merchant_no) == (None, None)
    assert found.warnings == ("bill_rounded:18",)
    row: list[object] = [*wechat_row()]
    row[8] = int(TRADE)
    sheet = read_bill(made.wechat_xlsx(row))
    assert sheet.payments[0].trade_no is None
    assert sheet.warnings == ("bill_rounded:18",)


def test_a_name_that_cannot_be_decoded_is_left_empty_and_told() -> None:
    data = made.wechat_csv(wechat_row(who="XXXX", goods="QQ")).replace(b"XXXX", b"\xff\xfe\x80A")
    [found] = read_bill(data).payments
    assert found.counterparty is None
    assert (found.goods, found.amount, found.trade_no) == ("QQ", Decimal("36.00"), TRADE)
    assert read_bill(data).warnings == ("bill_undecoded:18",)


def test_a_row_of_another_encoding_is_not_guessed() -> None:
    row = wechat_row(trade="4200002026081814240087654321", amount="36.00")
    line = ",".join(row).encode("gb18030") + b"\r\n"
    found = read_bill(made.wechat_csv(wechat_row()) + line)
    assert [one.trade_no for one in found.payments] == [TRADE]
    assert found.warnings == ("bill_unreadable:19",)


def test_a_row_without_time_or_amount_is_counted_not_guessed() -> None:
    found = read_bill(
        made.wechat_csv(wechat_row(at="昨天"), wechat_row(amount="若干"), wechat_row())
    )
    assert len(found.payments) == 1
    assert found.warnings == ("bill_unreadable:18, 19",)


def test_a_payment_that_stands_twice_is_given_once() -> None:
    assert len(read_bill(made.wechat_csv(wechat_row(), wechat_row())).payments) == 1


def test_a_bill_without_payments_is_a_bill() -> None:
    assert read_bill(made.wechat_csv()).payments == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\r\n \n", "empty"),
        (b"\x89PNG\r\n" + bytes(range(256)) * 9, "not_a_bill"),
        ("日期,金额,说明\n2026-08-18,36.00,甲\n".encode(), "not_a_bill"),
        ("交易日期,交易金额,余额,对方户名\n20260818,36.00,1.00,甲\n".encode(), "not_a_bill"),
        (b"<!doctype html><p>hello</p>", "not_a_bill"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (made.zipped(b"%PDF", "bill.pdf"), "not_a_bill"),
        (made.zipped(made.wechat_csv(wechat_row()), "bill.csv")[:-60], "damaged"),
        (made.wechat_xlsx(wechat_row())[:-80], "damaged"),
        (made.wechat_csv(header=NO_AMOUNT), "columns_missing"),
        (b"x" * (MAX_BYTES + 1), "too_large"),
        (b"a,b\n" * 200_000, "too_large"),
        (made.wechat_csv(wechat_row())[:700], "not_a_bill"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_no_bill_is_told_apart(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


def test_missing_columns_are_named() -> None:
    with pytest.raises(BillError) as told:
        read_bill(made.wechat_csv(header=NO_AMOUNT))
    assert told.value.detail == "金额(元)、交易单号"


def test_a_truncated_csv_gives_the_whole_rows() -> None:
    data = made.wechat_csv(wechat_row(), wechat_row(trade="4200002026081814240087654321"))
    found = read_bill(data[:-100])
    assert [one.trade_no for one in found.payments] == [TRADE]


def bomb(name: str, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml" if name.endswith(".xml") else "a.csv", b"x")
        archive.writestr(name, b"0" * size)
    return out.getvalue()


def test_a_deep_page_is_refused() -> None:
    deep = b"<div>" * 10_000
    assert refusal(deep + b"hello") == "not_a_bill"


@pytest.mark.parametrize("name", ["bill.csv", "xl/worksheets/sheet1.xml"])
def test_what_unpacks_to_too_much_is_refused(name: str) -> None:
    assert refusal(bomb(name, MAX_BYTES + 1)) == "too_large"


def test_a_cell_far_out_costs_no_memory() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    assert refusal(out.getvalue()) == "not_a_bill"


def test_entities_that_multiply_are_not_expanded() -> None:
    data = made.wechat_xlsx(wechat_row())
    out = io.BytesIO()
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    evil = f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><sst>&a11;</sst>'
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            mine = info.filename in {"xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"}
            new.writestr(info.filename, evil if mine else old.read(info))
    assert refusal(out.getvalue()) in {"damaged", "not_a_bill"}


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"<html>", b"\xff\xfe"]))
def test_any_bytes_are_a_bill_or_refused(data: bytes, head: bytes) -> None:
    with contextlib.suppress(BillError):
        read_bill(head + data)


WORKBOOK = made.wechat_xlsx(wechat_row())
LOCKED = made.zipped(made.wechat_csv(wechat_row()), "a.csv", "123456")


@settings(max_examples=300)
@given(st.sampled_from([WORKBOOK, LOCKED]), st.integers(0, 10**6), st.integers(1, 255))
def test_a_damaged_file_is_read_or_refused(data: bytes, place: int, change: int) -> None:
    damaged = bytearray(data)
    damaged[place % len(damaged)] ^= change
    with contextlib.suppress(BillError):
        read_bill(bytes(damaged), "123456")


TEXTS = st.text(
    st.characters(codec="gb18030", exclude_categories=("C", "Z")), min_size=2, max_size=20
).filter(lambda text: not set(text) & set("\",'") and text.strip("-—–/"))


@given(
    st.decimals(min_value="0.01", max_value=10**6, places=2, allow_nan=False),
    st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001
    TEXTS,
    st.sampled_from(["wechat", "alipay", "web"]),
)
def test_what_a_bill_prints_is_read(amount: Decimal, at: datetime, who: str, form: str) -> None:
    cells = {"amount": f"{amount:f}", "at": f"{at:%Y-%m-%d %H:%M:%S}", "who": who}
    write = {"wechat": made.wechat_csv, "alipay": made.alipay_csv, "web": made.alipay_web_csv}
    row = {"wechat": wechat_row, "alipay": alipay_row, "web": web_row}
    found = one(write[form](row[form](**cells)))
    assert found.amount == amount
    assert found.at == at.replace(microsecond=0, tzinfo=SHANGHAI)
    assert found.counterparty == (None if is_placeholder(who) else squeeze(who))
