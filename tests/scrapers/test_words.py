"""Labels, states, masks and card boxes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers import status as words
from scrapers.cards import read_box, read_inputs
from scrapers.labels import meaning, split_labels
from scrapers.read import extract_bytes
from scrapers.text import is_placeholder, mask, mask_text


@pytest.mark.parametrize(
    ("text", "state"),
    [("待支付", "pending_payment"), ("等待付款", "pending_payment"), ("待处理", "paid"),
     ("已付款", "paid"), ("订单已支付", "paid"), ("处理中", "processing"), ("已处理", "unknown"),
     ("待发货（已付款）", "paid"),
     ("部分交付", "partially_delivered"), ("已发货", "delivered"), ("待收货", "delivered"),
     ("已完成", "completed"), ("状态异常", "failed"), ("处理失败", "failed"),
     ("已退单", "refunded"), ("部分退款", "partially_refunded"), ("退款处理中", "refunding"),
     ("已关闭", "cancelled"),
     ("已过期", "expired"), ("已完成（卡密已发）", "completed"),
     ("partially_refunded", "partially_refunded"), ("", "unknown"), ("未完成", "unknown"),
     ("付款成功后第二天发货", "unknown"), ("不是已完成", "unknown")],
)  # fmt: skip
def test_status_words(text: str, state: str) -> None:
    assert words.status(text) == state


KNOWN = sorted(word for known in words.STATUS.values() for word in known if word.isalpha())
NOISE = [
    " {} ",
    "【{}】",
    "[ {} ]",
    "● {}",
    "{}。",
    "{}（系统自动）",
    "\u200b{}\u00a0",
    "·{}·",
    "{}!",
]


@given(st.sampled_from(KNOWN), st.sampled_from(NOISE))
def test_a_status_word_is_known_among_marks(word: str, noise: str) -> None:
    assert words.status(noise.format(word)) == words.status(word) != "unknown"


@given(st.sampled_from(KNOWN), st.sampled_from(["如果{}请联系", "未{}", "不是{}", "{}的订单可投诉",
       "{}后24小时", "什么是{}"]))  # fmt: skip
def test_a_status_word_inside_a_sentence_is_no_status(word: str, sentence: str) -> None:
    text = sentence.format(word)
    assert words.status(text) == "unknown" or text in KNOWN


@given(st.sampled_from(KNOWN), st.lists(st.sampled_from(KNOWN), min_size=1, max_size=8))
def test_words_in_warnings_and_tabs_are_not_the_state(word: str, others: list[str]) -> None:
    tabs = "".join(f"<li>{other}</li>" for other in (*others, "已发货", "待付款", "已完成"))
    page = (
        f"<ul class=tabs>{tabs}</ul><p>温馨提示：订单{others[0]}后请勿{others[-1]}，谨防诈骗</p>"
        f"<div><p>订单号：A1234567</p><p>金额：¥9.90</p><p>订单状态：{word}</p></div>"
    )
    order = extract_bytes(page.encode(), url="https://x.invalid/").orders[0]
    assert (order.status, order.status_text) == (words.status(word), word)


@pytest.mark.parametrize(
    ("text", "method"),
    [("支付宝当面付", "alipay"), ("微信扫码", "wechat"), ("QQ钱包", "qq"), ("余额支付", "balance"),
     ("银联云闪付", "bank"), ("USDT-TRC20", "usdt"), ("易支付", "other"), ("-", "unknown")],
)  # fmt: skip
def test_payment_methods(text: str, method: str) -> None:
    assert words.payment_method(text) == method


def test_labels_are_known_in_any_dress() -> None:
    for text in ("订单号", "订单号：", " 订 单 号 :", "訂單號", "【订单号】", "订单\u00a0号"):
        known = meaning(text)
        assert known is not None
        assert known.field == "order_no"
    assert meaning("原始金额") != meaning("金额")
    assert meaning("订单如何查询") is None


@pytest.mark.parametrize("text", ["-", "暂无", "無", "暫無", "N/A", "{{ order.no }}", "加载中..."])
def test_what_stands_for_nothing_is_known_in_any_script(text: str) -> None:
    assert is_placeholder(text)


def test_a_time_or_an_address_is_no_label() -> None:
    assert split_labels("2026-08-18 14:23:05 https://a.example/x") == []
    assert [one.text for one in split_labels("订单号：1 购买商品：x")] == ["订单号", "购买商品"]


@given(st.text(alphabet="ABCDEFabcdef0123456789", min_size=1, max_size=80))
def test_a_mask_never_shows_more_than_two_fifths(code: str) -> None:
    masked = mask(code)
    shown = masked.masked.replace("****", "")
    assert len(shown) <= max(1, len(code) * 2 // 5)
    assert masked.sha256 == hashlib.sha256(code.strip().encode()).hexdigest()


def test_the_mask_keeps_words_and_hides_codes() -> None:
    assert mask_text("卡号：IQY20260818001 密码：77QX-91KD-PZ02") == "卡号：IQ****01 密码：77****02"


def test_card_boxes() -> None:
    box = read_box("卡号：AAA111222 密码：998877\n卡号：AAA111223\n密码：998878")
    assert len(box.secrets) == 2
    assert read_box("库存不足，请联系客服").message == "库存不足，请联系客服"
    assert read_box("正在人工充值，请耐心等待").secrets == ()
    handed_over = read_box("您的卡密是ABCD-1234-EFGH-5678，请尽快使用").message
    assert handed_over is not None
    assert "1234" not in handed_over
    echo = read_box("充值账号:246813579\n游戏密码:hunter2secret")
    assert (echo.account, echo.secrets, echo.message) == ("246813579", (), None)


def test_the_buyers_inputs_never_give_a_password() -> None:
    assert read_inputs("充值账号：2468\nQQ密码：hunter2secret") == ("2468", None)
    assert read_inputs("账号：2468 密码：hunter2secret") == ("2468", None)
    assert read_inputs("游戏密码：hunter2secret") == (None, None)
    assert read_inputs("联系方式：13800000000") == (None, "13800000000")
    assert read_inputs("246813579") == (None, None)


@pytest.mark.parametrize(
    ("box", "account"),
    [("QQ：123456\nQQ密码：Xy99887766", "123456"), ("QQ：123456\n密码：Xy99887766", "123456"),
     ("QQ 123456 密码 Xy99887766", "123456"), ("QQ密码 Xy99887766", None),
     ("QQ：123456 / 密码：Xy99887766", "123456"), ("Steam密码：Xy99887766", None),
     ("Steam账号：gamer01\nSteam密码：Xy99887766", "gamer01"),
     ("QQ：123456 QQ密码：Xy99887766 区服：一区", "123456"),
     ("充值账号：abc----Xy99887766", "abc"), ("充值账号：246 Steam密码：Xy99887766", "246")],
)  # fmt: skip
def test_a_password_given_by_the_buyer_is_no_code(box: str, account: str | None) -> None:
    read = read_box(box)
    assert (read.secrets, read.message, read.account) == ((), None, account)


@pytest.mark.parametrize(
    "box",
    ["账号：gamer01 密码：Xy99887766", "账号：gamer01\n密码：Xy99887766",
     "账号密码：gamer01 Xy998877", "卡号：6001234567 密码：99887766",
     "ABCD-1234-EFGH（有效期至2027-08-18）",
     "邮箱：me@shop.example 密码：Xy99887766", "卡号：6001234567 密码：99887766 QQ：123456"],
)  # fmt: skip
def test_a_delivered_account_is_one_code(box: str) -> None:
    read = read_box(box)
    assert (len(read.secrets), read.account) == (1, None)


@pytest.mark.parametrize(
    "line",
    ["13800001234", "QQ:123456", "角色名:ShadowLord88", "备注:urgent1234", "Please wait 24h",
     "Out of stock, refund in progress", "Not delivered yet", "Click to reveal", "Coming soon",
     "加Q群：123456789", "有效期：2027-08-18", "订单号：A12345678",
     "13800001234 请联系", "联系邮箱：me12345@shop.example", "查询密码：Xy99887766"],
)  # fmt: skip
def test_what_is_no_code(line: str) -> None:
    assert read_box(line).secrets == ()
    assert len(read_box(f"ABCD-1234-EFGH\n{line}").secrets) == 1


def test_the_orders_own_number_is_no_code() -> None:
    number = "LC20260816172096"
    assert read_box(number, number) == read_box("")
    assert len(read_box(f"{number}\nABCD-1234-EFGH", number).secrets) == 1
    told = f"您的单 {number} 已经安排发货，请耐心等待"
    assert read_box(told, number).message == told


@pytest.mark.parametrize(
    ("line", "code"),
    [("您的CDK：ABCD1234EFGH5678 请妥善保管不要泄露", "1234EFGH"),
     ("激活密钥为 A1B2C3D4E5F6G7H8 请尽快使用", "C3D4E5"),
     ("授权码是 ABCD1234EFGH5678 请妥善保管不要泄露", "1234EFGH"),
     ("您的密钥 sk-abcdefghijkl 请妥善保管不要泄露", "defgh"),
     ("您的密钥在这里 sk-abcdef-ghijkl9 请妥善保管", "cdef"),
     ("提货码 8839 2017 7263 5501 请到店里出示使用", "2017"),
     ("您购买的商品卡密是 ABCD-EFGH-IJKL", "EFGH"),
     ("您购买的商品在此请收好 ABCD-EFGH-IJKL", "EFGH"),
     ("商品已经发出请您查收 ABCD1234EFGH", "1234"), ("Your code is ABCDEFGHIJ, use it", "CDEFGH"),
     ("失败原因：卡密 ABCD1234EFGH 已被使用", "1234")],
)  # fmt: skip
def test_no_code_stands_in_a_message(line: str, code: str) -> None:
    read = read_box(line)
    told = f"{read.message}{read.reason}"
    assert "****" in told
    assert code not in told


@pytest.mark.parametrize(
    "line",
    ["2026-08-18 14:23:05 已为您充值成功，请查收",
     "请到 https://shop.example/a1b2c3d4 领取您的商品", "订单号 A12345678 正在人工处理请等待",
     "有问题请加客服QQ 123456789 处理",
     "已到账 12345.67元，请查收", "Please wait, order A12345678 is not delivered yet"],
)  # fmt: skip
def test_a_message_keeps_what_is_no_code(line: str) -> None:
    assert read_box(line).message == line


def test_an_account_is_cut_where_its_password_begins() -> None:
    assert read_inputs("账号：abc----qwe123pass")[0] == "abc"
    assert read_inputs("充值账号：13800000000/hunter2secret")[0] == "13800000000"
    assert read_inputs("充值账号：me@shop.example/hunter2secret")[0] == "me@shop.example"
    assert read_inputs("下单账号：https://v.example.com/1")[0] == "https://v.example.com/1"
    assert read_inputs("下单账号：v.x.example/1")[0] == "v.x.example/1"
