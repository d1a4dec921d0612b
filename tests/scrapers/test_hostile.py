"""Whatever a page is: an answer within seconds, no crash."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from scrapers.read import extract_bytes

if TYPE_CHECKING:
    from tests.scrapers.conftest import Case

# work that grows with the square of the page would take hours, also at this size
pytestmark = pytest.mark.timeout(120)
SIZE = 1_500_000
PIECES = {
    "divs": "<div>",
    "labels": "<b>订单号</b>",
    "numbers": "<p>订单号：A123</p>",
    "badges": "<span class=badge>已完成</span><p>订单号：A1234 金额：1</p>",
    "tables": "<table><tr><td>金额</td></tr></table>",
    "nested tables": "<table><tr><td>金额",
    "dialogs": "<div class=modal>订单号：A1 金额：1",
    "colons": "：",
    "text": "订单号：A123 ",
    "digits": "1",
    "amount": "金额：1,",
    "definition": "<dt>金额<dd>1",
    "copies": '<a class=kami data-clipboard-text="AAAA-BBBB-CCCC">卡密</a>',
    "selects": "<select><option>a<option selected>b</select>",
    "scripts": "<script>",
    "entities": "&amp;",
    "open": "<",
}


def answered(data: bytes, url: str = "https://x.invalid/orders/A12345") -> None:
    extract_bytes(data, url=url, all_orders=True)


QUICK = {"labels", "nested tables", "badges", "amount"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in PIECES],
)
def test_a_large_page_of(name: str) -> None:
    piece = PIECES[name]
    answered((piece * (SIZE // len(piece.encode()))).encode())


@pytest.mark.long
def test_five_megabytes_of_orders() -> None:
    answered(
        "".join(
            f"<div><p>订单号：A{n:09d}</p><p>金额：{n}.00</p></div>" for n in range(78_000)
        ).encode()
    )
    rows = "".join(f"<tr><td>A{n:09d}</td><td>{n}</td><td>已完成</td></tr>" for n in range(90_000))
    answered(f"<table><tr><th>订单号</th><th>金额</th><th>状态</th></tr>{rows}</table>".encode())


@pytest.mark.parametrize(
    "opening", ["<div>", "<span>订单号", "<table><tr><td>", "<div>订单号：A1 "]
)
def test_ten_thousand_levels(opening: str) -> None:
    answered(f"{opening * 10_000}订单号：AB1234 金额：5.00".encode())


def test_an_order_far_down_is_read_without_a_path() -> None:
    deep = "<div>" * 10_000 + "<p>订单号：AB1234</p><p>金额：5.00</p>"
    order = extract_bytes(deep.encode(), url="https://x.invalid/").orders[0]
    assert (order.order_no, str(order.amount)) == ("AB1234", "5.00")
    assert order.sources["order_no"].selector is None


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 1000, b"%PDF-1.7\n\x00\xff", b"\x89PNG\r\n\x1a\n", b'{"order_no": "X1"}', b"<",
        b"<html", b"<!--", b"<![CDATA[", b"\xff\xfe", b"\xef\xbb\xbf", b"plain text",
        b"Content-Type: multipart/related", b"Content-Type: multipart/related\r\n\r\n",
        b'Content-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n' * 3000,
    ],
)  # fmt: skip
def test_what_is_no_page_has_no_order_and_says_so(data: bytes) -> None:
    result = extract_bytes(data, url="not an address [")
    assert (result.orders, result.page_kind) == ((), "other")
    assert "no_order" in result.warnings


def test_noise() -> None:
    source = random.Random(7)
    for size in (10, 1000, 100_000):
        answered(source.randbytes(size))


def test_a_page_cut_anywhere_is_read_as_far_as_it_goes(case: Case) -> None:
    source = random.Random(case.name)
    for _ in range(6):
        end = source.randrange(len(case.data))
        extract_bytes(case.data[:end], url=case.expected["url"], all_orders=True)


def test_an_address_that_no_library_bears() -> None:
    for url in ("", "http://[", "http://[::1", "javascript:1", "//", "http://a:b:c/", "\0"):
        assert extract_bytes(b"<p>x</p>", url=url).orders == ()


@pytest.mark.parametrize(
    "piece", ["<h2>商品详情</h2>", pytest.param("<div><h2>a", marks=pytest.mark.long)]
)
def test_a_large_product_page(piece: str) -> None:
    head = "<title>甲 - 店</title><h1>甲</h1><button>立即购买</button><p>价格：1.00元</p>"
    answered((head + piece * (SIZE // len(piece.encode()))).encode())


RUNS = [
    " ",
    "\n",
    "\n：",
    "*",
    "* x",
    "http://",
    "密码 ",
    "密码：",
    "QQ：1",
    "A-",
    "a",
    "a--",
    ", ",
]


@pytest.mark.parametrize("piece", RUNS)
def test_runs_inside_a_card_box(piece: str) -> None:
    for many in (piece * (19_000 // len(piece)), piece * (SIZE // len(piece.encode()))):
        for text in (many, f"a{many}b", f"卡密 {many}*", f"账号：{many}x"):
            answered(
                f"<p>订单号：A1234567</p><p>金额：1.00元</p><h4>卡密信息</h4><textarea>{text}"
                f"</textarea><h4>下单信息</h4><div>{text}</div>".encode()
            )


@pytest.mark.parametrize("piece", RUNS)
def test_runs_in_a_chat(piece: str) -> None:
    many = piece * (19_000 // len(piece))
    line = f"<div class='msg agent'>密码{many}</div><div class='msg me'>卡密 a{many}*</div>"
    answered(f"<h1>在线客服</h1><div class='chat-log'>{line * 10}</div>".encode())
