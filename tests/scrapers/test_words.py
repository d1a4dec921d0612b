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
from scrapers.text import mask, mask_text


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
