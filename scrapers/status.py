"""Words of shops for order states (`data/states.json`), ways of payment, kinds of delivery."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from scrapers.record import DeliveryKind, PaymentMethod, Status
from scrapers.text import compact, fold, is_placeholder, simplified
from scrapers.words import vocabulary

STATUS = cast("dict[Status, tuple[str, ...]]", vocabulary("states"))
_STATUS_OF: dict[str, Status] = {word: status for status, words in STATUS.items() for word in words}
_BREAKS = " ([|/,.!;【。"
_TELLS = re.compile(
    r"退|失败|关闭|取消|付|发货|完成|到账|超时|异常|\d/\d|refund|fail|cancel|paid|expired"
)
_TAIL = re.compile(r"\s*[(（\[【|/,，。!！;；\s].*$", re.DOTALL)

_METHODS: tuple[tuple[PaymentMethod, str], ...] = (
    ("alipay", "支付宝|alipay|zfb"),
    ("wechat", "微信|wechat|weixin|wxpay"),
    ("qq", "qq钱包|qqpay|qq支付|财付通|^qq$"),
    ("usdt", "usdt|trc20|泰达|erc20"),
    ("balance", "余额|站内|钱包支付|账户支付|预存款|balance|wallet"),
    ("bank", "银行|银联|网银|云闪付|信用卡|储蓄卡|unionpay|bank|credit ?card|debit"),
)
_KIND_WORDS = frozenset(
    [
        "自动发货",
        "自动发卡",
        "自动交付",
        "自动充值",
        "人工发货",
        "人工交付",
        "人工处理",
        "人工充值",
        "人工代充",
        "手动发货",
        "手工发货",
        "在线直充",
        "manual",
        "auto",
        "automatic",
    ]
)
_KINDS: tuple[tuple[DeliveryKind, str], ...] = (
    ("direct_recharge", "直充|在线充值|充值到账|自动充值"),
    ("manual", "人工|代充|手动|手工|manual"),
    ("card_secret", "卡密|卡券|自动发货|自动发卡|自动交付|兑换码|激活码|cardsecret|automatic|auto"),
    ("download", "下载|download"),
)


def status(text: str) -> Status:
    """Map a status text to its state; only an exact word counts, all else is `unknown`."""
    plain = fold(text)
    whole = _STATUS_OF.get(_word(plain))
    tail = _TAIL.search(plain)
    if whole is not None or tail is None:
        return whole or "unknown"
    head = _STATUS_OF.get(_word(plain[: tail.start()]), "unknown")
    same = _STATUS_OF.get(_word(tail.group().lstrip(_BREAKS))) == head
    return head if same or not _TELLS.search(simplified(compact(tail.group()))) else "unknown"


def is_status(text: str) -> bool:
    """Say whether `text` is exactly one known status word."""
    return len(text) <= 40 and _word(text) in _STATUS_OF


@lru_cache(4096)
def _word(text: str) -> str:
    return simplified(compact(text)).strip(":。.!•·●()[]【】_-").replace("_", "")


def combine(pay: Status, delivery: Status) -> Status:
    """Join the two axes of shops that show payment and delivery, or a trade and its refund."""
    if pay == "cancelled" and delivery == "refunded":
        return delivery
    if delivery == "unknown" or pay in {"pending_payment", "cancelled", "expired"}:
        return pay
    if pay in {"refunded", "refunding", "partially_refunded", "failed"}:
        return pay
    return delivery


def payment_method(text: str) -> PaymentMethod:
    """Map a way of payment as shown to its kind; an unlisted one is `other`."""
    if is_placeholder(text):
        return "unknown"
    plain = simplified(compact(text))
    for method, pattern in _METHODS:
        if re.search(pattern, plain):
            return method
    return "unknown" if plain in {"未知", "unknown", "未选择"} else "other"


def split_methods(text: str) -> list[PaymentMethod]:
    """Return the different ways of payment that a text names."""
    plain = simplified(compact(text))
    return [method for method, pattern in _METHODS if re.search(pattern, plain)]


def is_delivery_kind(text: str) -> bool:
    """Say whether `text` is exactly one word for a kind of delivery, as a badge shows it."""
    return simplified(compact(text)) in _KIND_WORDS


def delivery_kind(text: str) -> DeliveryKind:
    """Map a delivery type as shown (自动发货, 人工处理) to its kind."""
    plain = simplified(compact(text))
    for kind, pattern in _KINDS:
        if re.search(pattern, plain):
            return kind
    return "unknown"
