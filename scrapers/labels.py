"""What the labels of order pages mean. The order of words within a field is their rank."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scrapers.text import cjk_count, compact, fold, simplified

_WORDS: dict[str, str] = {
    "order_no": (
        "订单号 订单编号 订单号码 订单单号 订单id 交易订单号 商户订单号 商户单号 商家订单号 "
        "订单流水号 充值订单号 平台订单号 交易单号 流水号 单号 订单 orderno orderno. "
        "ordernumber orderid order# order"
    ),
    "child_order_no": "子订单号 子订单编号 suborderno childorderno",
    "trade_no": (
        "支付单号 支付流水号 支付订单号 支付交易号 第三方单号 微信交易单号 支付宝交易号 交易号 "
        "转账单号 付款单号 渠道流水 渠道流水号 渠道单号 支付流水 transactionid tradeno"
    ),
    "row_id": "id 编号 序号 no no. #",
    "title": (
        "订单名称 商品名称 产品名称 购买商品 商品标题 宝贝名称 商品信息名称 套餐名称 充值商品 "
        "商品 名称 产品 宝贝 productname product goods item ordername"
    ),
    "sku": "规格 商品规格 商品类型 类别/sku 类别 款式 面值 套餐 sku spec variant",
    "quantity": "购买数量 下单数量 商品件数 商品数量 订购数量 数量 件数 已发卡密 quantity qty",
    "unit_price": "商品单价 单价 商品价格 价格 售价 unitprice price",
    "amount": (
        "实际支付价格 实际支付金额 实际支付 实付金额 实付款 实付 实付总额 支付金额 付款金额 "
        "已付金额 实际付款 应付金额 应付总额 应付 待付金额 需付款 需支付 订单总价 订单金额 "
        "订单总额 订单总金额 交易金额 商品总价 总价 总金额 总额 合计 总计 金额 amountpaid "
        "paidamount actuallypaid orderamount ordertotal totalpaid grandtotal total amount"
    ),
    "list_total": "原始金额 原价 商品原价 小计 商品金额 市场价 subtotal originalamount listprice",
    "discount": (
        "优惠金额 优惠 共减 礼券金额 优惠券 折扣 优惠券抵扣 已优惠 折扣金额 discount coupon"
    ),
    "refunded": "已退款金额 退款金额 已退金额 退款 退回金额 refunded refundedamount refundamount",
    "wallet": (
        "余额 账户余额 当前余额 可用余额 钱包余额 余额支付 在线支付 手续费 服务费 运费 积分 "
        "佣金 押金 保证金 balance fee walletpaid onlinepaid"
    ),
    "created_at": (
        "下单时间 订单创建时间 创建时间 购买时间 提交时间 订单时间 下单日期 购买日期 创建日期 "
        "日期 时间 createdat orderedat ordertime orderdate createdtime date"
    ),
    "paid_at": (
        "付款时间 支付时间 支付完成时间 付款日期 支付日期 paidat paymenttime paytime paymentdate"
    ),
    "delivered_at": (
        "发货时间 交付时间 到账时间 完成时间 发卡时间 充值时间 deliveredat deliverytime"
    ),
    "other_time": (
        "交易时间 过期时间 取消时间 退款时间 有效期 到期时间 更新时间 最近修改时间 剩余时间 "
        "关闭时间 expiresat cancelledat canceledat refundedat updatedat"
    ),
    "payment_method": (
        "支付方式 付款方式 支付通道 支付渠道 支付类型 付款渠道 收/付款方式 paymentmethod "
        "paymethod paidby payment"
    ),
    "status": "订单状态 当前状态 交易状态 充值状态 处理状态 状态 orderstatus status state",
    "pay_status": "付款状态 支付状态 paymentstatus paystatus",
    "delivery_status": (
        "发货状态 交付状态 发卡状态 deliverystatus fulfillmentstatus shippingstatus"
    ),
    "delivery_kind": (
        "订单类型 发货方式 交付方式 发货类型 交付类型 类型 deliverytype deliverymethod type"
    ),
    "promise": (
        "发货承诺 到账承诺 最晚发货 最晚发货时间 最晚到账时间 "
        "发货时效 到账时间承诺 承诺时效 到账时效 预计到账 预计到账时间 预计发货 "
        "处理时效 充值时效 发货说明 交付时效 售后承诺 deliverypromise estimateddelivery"
    ),
    "recharge_account": (
        "充值账号 充值帐号 充值账户 下单账号 充值号码 下单qq 充值qq 充值手机号 充值手机 充值uid "
        "游戏账号 游戏id 角色id 账号id uid 下单帐号 qq号 手机号 rechargeaccount accountid "
        "gameid"
    ),
    "order_info": "下单信息 提交信息 充值信息 下单资料 附加信息 orderinfo submittedinfo",
    "game_password": (
        "qq密码 游戏密码 充值密码 账号密码 登录密码 下单密码 支付密码 查询密码 取卡密码 "
        "安全密码 独立密码 loginpassword gamepassword"
    ),
    "secrets": (
        "卡密 卡密信息 以下是你的卡密信息 订单详情 宝贝内容 交付信息 提取卡密 提取的卡密 "
        "卡密内容 卡密详情 卡券信息 发货内容 发货信息 商品内容 交付内容 兑换码 激活码 提货信息 "
        "卡密列表 您的卡密 我的卡密 cardsecret cardinfo redeemcode deliverycontent deliveryinfo"
    ),
    "secret_part": (
        "卡号 密码 卡密码 帐号 账号 账户 key cdk cdkey code cardno password pin account card"
    ),
    "result": "处理结果 充值结果 订单备注 商家回复 result",
    "failure_reason": (
        "失败原因 异常信息 异常原因 退款原因 退单原因 取消原因 失败说明 关闭原因 failurereason "
        "refundreason errormessage reason"
    ),
    "seller_name": (
        "商家名称 店铺名称 卖家 商家 店铺 商户 商户名称 供货商 卖家昵称 卖家名称 收款方 seller "
        "merchant shop store"
    ),
    "seller_contact": (
        "联系商家 商家联系方式 商家qq 卖家qq 客服qq 商家微信 客服微信 商家电话 卖家联系方式 "
        "sellercontact contactseller"
    ),
    "buyer_contact": (
        "下单邮箱 联系方式 邮箱 买家邮箱 联系邮箱 联系qq 联系电话 下单联系方式 查询联系方式 "
        "接收邮箱 email contact buyeremail e-mail"
    ),
    "ticket": (
        "投诉编号 售后单号 售后编号 申请编号 维权编号 纠纷编号 "
        "工单编号 工单号 投诉单号 受理编号 举报编号 受理单号 投诉状态 工单状态 "
        "投诉结果 投诉类型 ticketno ticketid ticketstatus"
    ),
    "other": (
        "操作 使用说明 商品说明 商品简介 商品详情 备注 订单操作 订单实时状态 收货人 购买须知 "
        "温馨提示 下单ip 订单信息 订单详细信息 商品信息 支付信息 退款记录 库存 销量 分类 收/支 "
        "交易对方 交易类型 actions action remark note"
    ),
}
COLON = re.compile(r"[:：﹕︰]")
_LEADING = re.compile(r"\s*(\S{3,10})\s+(?=\S)")
_TRAILING = re.compile(r"[，,；;。]\s*([^，,；;。\s]{3,8})\s*$")
_TIMES = frozenset({"created_at", "paid_at", "delivered_at"})
_WORD_EDGE = re.compile(r"[\s,，;；|、。]")
BOXES = frozenset(
    {"secrets", "order_info", "result", "failure_reason", "promise", "seller_contact"}
)


@dataclass(frozen=True)
class Meaning:
    """The field a label names; a lower `rank` is a better label for it."""

    field: str
    rank: int


_MEANINGS: dict[str, Meaning] = {
    word: Meaning(field, rank)
    for field, words in _WORDS.items()
    for rank, word in enumerate(words.split())
}
_EDGES = " :*·•●▪◆◇■□▶►-|【】[]()<>「」#"


def label_key(text: str) -> str:
    """Return the form of a label by which labels are compared."""
    return simplified(compact(text)).strip(_EDGES)


def meaning(text: str) -> Meaning | None:
    """Return what the label `text` (with or without colon) means; None if it is not listed."""
    if len(text) > 48:
        return None
    key = label_key(text)
    return _MEANINGS.get(key) or (_MEANINGS.get("id") if key == "" and "#" in text else None)


@dataclass(frozen=True)
class LabelInText:
    """A label inside a token: where its value starts and ends in the token's text."""

    text: str
    meaning: Meaning | None
    start: int
    value_start: int


def split_labels(text: str) -> list[LabelInText]:
    """Find the labels with a colon inside one text."""
    labels: list[LabelInText] = []
    previous = 0
    for colon in list(COLON.finditer(text))[:200]:
        label = _label_before(text, previous, colon.start(), colon.end())
        if label is not None:
            labels.append(label)
            previous = colon.end()
    return labels


def leading_label(text: str) -> list[LabelInText]:
    """Find a known label at the start of a text that a blank parts from its value."""
    match = _LEADING.match(text) if len(text) <= 120 else None
    known = meaning(match[1]) if match else None
    if match is None or known is None or len(label_key(match[1])) < 3:
        return []
    rest = text[match.end() :]
    following = _LEADING.match(rest)
    if meaning(rest) or (following and meaning(following[1])):
        return []
    return [LabelInText(match[1], known, 0, match.end())]


def trailing_label(text: str) -> list[LabelInText]:
    """Find a time's label at the end of a sentence (已发放1张，发货时间); its value follows."""
    match = _TRAILING.search(text) if len(text) <= 120 else None
    known = meaning(match[1]) if match else None
    if match is None or known is None or known.field not in _TIMES:
        return []
    return [LabelInText(match[1], known, match.start(1), len(text))]


def _label_before(text: str, previous: int, end: int, value_start: int) -> LabelInText | None:
    low = max(previous, end - 24)
    segment = text[low:end]
    edges = [low] + [low + edge.end() for edge in _WORD_EDGE.finditer(segment)]
    for start in edges:  # the longest known label wins
        known = meaning(text[start:end])
        if known is not None and text[start:end].strip():
            return LabelInText(text[start:end].strip(), known, start, value_start)
    words = text[edges[-1] : end]
    word = words or text[edges[-2] : end].strip() if len(edges) > 1 else words
    plain = fold(word)
    if 2 <= len(plain) <= 10 and cjk_count(plain) == len(plain):
        return LabelInText(word.strip(), None, text.rfind(word, low, end), value_start)
    return None
