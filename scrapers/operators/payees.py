"""Find the sentence in which a page asks to pay a person instead of through the shop's checkout."""

from __future__ import annotations

import re

from scrapers.dom import Found
from scrapers.operators.lines import Line

SIGNS = (
    r"收款|转账|打款|汇款|付款[给到至]|扫[^，。；]{0,10}码|加.{0,3}(?:微信|VX|V信|支付宝|QQ|好友)"
)
"""One of these stands in every such sentence."""
_WHO = r"(?:客服|店主|老板|卖家|商家|站长|群主)?(?:的)?"
_WECHAT = r"(?:微信|支付宝|VX|V信|QQ)"
_ASKS = re.compile(
    rf"(?:个人|私人){_WECHAT}?收款码"
    rf"|扫[^，。；]{{0,10}}(?:个人|私人|店主|老板|站长)(?:的)?{_WECHAT}?(?:收款)?(?:二维)?码[^，。；]{{0,8}}(?:付款|支付|转账)"
    rf"|(?:转账|打款|汇款|付款)(?:给|到|至|入){_WHO}(?:个人|私人)(?:的)?(?:{_WECHAT}|银行)?(?:账户|帐户|账号|帐号|卡)"
    rf"|(?:加|添加|扫码加){_WHO}(?:{_WECHAT}|好友)号?[^，。；]{{0,14}}(?:付款|转账|打款)"
    rf"|{_WECHAT}(?:直接)?转账(?:给|到|至)(?:我|店主|老板|客服|卖家|站长)"
    r"|收款(?:人|户名|人姓名)\s?[:：]\s?(?!平台|商家|本店|本站|客服|卖家|店主|公司)[\u4e00-\u9fff*＊·]{2,4}(?![\u4e00-\u9fff])",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"勿|不要|不得|不用|不会|不支持|不接受|不可|不允许|无需|严禁|禁止|谨防|警惕|防止|切莫|别|拒绝|骗|投诉|举报|如果|如遇|若|凡|任何"
    r"|冒充|从不|绝不|违规|线下|诱导|要求|退款|提现|佣金|分成|推广|我已|我都|我刚|已经|了吗|吗|[?？]"
)
_SENTENCE = re.compile(r"[^。；！!\n]+[？?]?")


def demanded(line: Line) -> Found | None:
    """Return the sentence; a warning, a question or a report of such a demand is none."""
    text = line.text
    if not _ASKS.search(text):
        return None
    for sentence in _SENTENCE.findall(text):
        if _ASKS.search(sentence) and not _NOT_ASKED.search(sentence):
            return line.place(sentence.strip())
    return None
