"""Words of shops for order states, ways of payment and kinds of delivery."""

from __future__ import annotations

import re

from scrapers.record import DeliveryKind, PaymentMethod, Status
from scrapers.text import compact, fold, is_placeholder, simplified

_STATUS: dict[Status, str] = {
    "pending_payment": (
        "待支付 待付款 未支付 未付款 等待付款 等待支付 等待买家付款 待支付订单 待付 "
        "pendingpayment unpaid awaitingpayment waitingforpayment 待支付訂單"
    ),
    "paid": (
        "待处理 已支付 已付款 待发货 未发货 等待发货 待交付 订单已支付 支付成功 付款成功 "
        "等待处理 已付款待发货 已支付待发货 已付款,待发货 已付款,未发货 已支付,待发货 "
        "已支付,未发货 已付款未发货 已支付未发货 待充值 等待充值 paid pendingdelivery "
        "awaitingdelivery 等待卖家发货 未交付 待出货 未出货"
    ),
    "processing": (
        "处理中 正在处理 已处理 充值中 发货中 正在充值 订单处理中 正在发货 交付中 processing "
        "fulfilling inprogress"
    ),
    "partially_delivered": "部分交付 部分发货 部分到账 partiallydelivered",
    "delivered": "已发货 已交付 待收货 已发卡 已出货 发货成功 待确认收货 delivered shipped",
    "completed": (
        "已完成 交易成功 订单完成 完成 充值成功 交易完成 已收货 已到账 completed complete done"
    ),
    "failed": (
        "失败 已失败 处理失败 异常 状态异常 充值失败 发货失败 订单失败 订单异常 交易失败 failed "
        "error"
    ),
    "refunding": (
        "退款中 退款处理中 退款申请中 待退款 申请退款中 退款审核中 refunding refundpending"
    ),
    "refunded": "已退款 已退单 退款成功 全额退款 退款完成 已全额退款 refunded",
    "partially_refunded": "部分退款 已部分退款 partiallyrefunded",
    "cancelled": (
        "已取消 已关闭 交易关闭 订单关闭 订单已取消 已撤单 已作废 canceled cancelled closed"
    ),
    "expired": "已过期 已超时 超时关闭 支付超时 订单已过期 expired",
}
_STATUS_OF: dict[str, Status] = {
    word: status for status, words in _STATUS.items() for word in words.split()
}
_TAIL = re.compile(r"\s*[(（\[【|/,，。!！;；\s].*$", re.DOTALL)

_METHODS: tuple[tuple[PaymentMethod, str], ...] = (
    ("alipay", "支付宝|alipay|zfb"),
    ("wechat", "微信|wechat|weixin|wxpay"),
    ("qq", "qq钱包|qqpay|qq支付|财付通|^qq$"),
    ("usdt", "usdt|trc20|泰达|erc20"),
    ("balance", "余额|站内|钱包支付|账户支付|预存款|balance|wallet"),
    ("bank", "银行|银联|网银|云闪付|信用卡|储蓄卡|unionpay|bank|card"),
)
_KINDS: tuple[tuple[DeliveryKind, str], ...] = (
    ("direct_recharge", "直充|在线充值|充值到账|自动充值"),
    ("manual", "人工|代充|手动|manual"),
    ("card_secret", "卡密|卡券|自动发货|自动发卡|兑换码|激活码|cardsecret|automatic|auto"),
    ("download", "下载|download"),
)


def status(text: str) -> Status:
    """Map a status text to its state; only an exact word counts, all else is `unknown`."""
    return (
        _STATUS_OF.get(_word(text)) or _STATUS_OF.get(_word(_TAIL.sub("", fold(text)))) or "unknown"
    )


def is_status(text: str) -> bool:
    """Say whether `text` is exactly one known status word."""
    return len(text) <= 40 and _word(text) in _STATUS_OF


def _word(text: str) -> str:
    return simplified(compact(text)).strip(":。.!•·●()[]【】_-").replace("_", "")


def combine(pay: Status, delivery: Status) -> Status:
    """Join the two axes of shops that show payment and delivery apart."""
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


def delivery_kind(text: str) -> DeliveryKind:
    """Map a delivery type as shown (自动发货, 人工处理) to its kind."""
    plain = simplified(compact(text))
    for kind, pattern in _KINDS:
        if re.search(pattern, plain):
            return kind
    return "unknown"
