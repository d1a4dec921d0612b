"""Tell what a card box holds: card codes, a message of the shop, or the buyer's own account.

A game password that the buyer gave is never returned; the codes leave only masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from scrapers.labels import LabelInText, meaning, split_labels
from scrapers.masking import is_english, is_words, names_password, without_codes
from scrapers.money import money
from scrapers.record import Secret
from scrapers.status import is_delivery_kind, is_status
from scrapers.text import cjk_count, fold, is_placeholder, mask, squeeze

MAX_SECRETS = 200
_LABEL_WORDS = re.compile(
    r"卡号|卡密|密码|账号|帐号|账户|激活码|兑换码|充值码|序列号|邮箱|辅助|密保|卡|码|第\d+[张条个]|面值|元|有效期至?"
)
_PASSWORD = re.compile(r"(?:密码|password|pwd)[是为]?\s?[:：]?\s?[!-~]", re.IGNORECASE)
_OWN_PASSWORD = re.compile(
    r"(?:QQ|微信|游戏|充值|登[录陆]|支付|安全|独立|二级|steam|epic|apple|login|game)"
    rf"(?:号|账号|帐号)?\s?{_PASSWORD.pattern}",
    re.IGNORECASE,
)
_OWN_ACCOUNT = re.compile(
    r"(?:^|[\s,，;；/])(?P<of>QQ|扣扣|微信|steam|epic|apple|(?=[账帐]号))(?:号码?|ID|账号|帐号)?"
    r"\s?[:：]?\s?(?P<account>[!-~]+)",
    re.IGNORECASE,
)
_OF_BUYER = re.compile(
    r"(?:(?:QQ|微信|角色名?称?|昵称|区服|大区|服务器|手机|电话|备注|留言)号?码?"
    r"|(?:查询|取卡|下单)密码)\s?[:：]",
    re.IGNORECASE,
)
_RECHARGE = frozenset({"recharge_account"})
_ACCOUNTS = frozenset({"recharge_account", "secret_part"})
_OF_CODES = frozenset({"secrets", "secret_part", "game_password", "result"})
_CONTACTS = frozenset({"buyer_contact"})
_NO_CODE = re.compile(
    r"[*•●]{3}|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\sT]*\d{1,2}:\d{2}|https?://"
    r"|^1[3-9]\d{9}[^0-9A-Za-z]*$|^[^0-9A-Za-z]*(?:QQ|Q?群|微信|电话|热线)号?\s?[:：]?\s?\d{5,12}$"
)
_DATE = re.compile(r"(?<![\w-])\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?![\w-])")
_LINK = re.compile(r"https?://\S+")
_CODE_OF_LINK = re.compile(r"(?:提取码|访问码|密码)\s{0,2}[:：]?\s{0,2}[0-9A-Za-z]{4}")
_ACCOUNT_ENDS = re.compile(
    r"-{3,}|\||[\s,，;；][^\s,，;；]{0,8}(?:密码|password|pwd)|(?:QQ|游戏|登录)?密码", re.IGNORECASE
)
_ADDRESS = re.compile(r"\w+://|(?:[\w-]+\.){2,5}[a-z]{2,}/", re.IGNORECASE)
_NO_MESSAGE = re.compile(
    r"暂无\S{0,6}|(?:付款|支付|发货)(?:成功)?后\S{0,4}(?:显示|可见|查看)"
    r"|(?:点击|点此|查看|提取|复制|一键|显示|获取)\S{0,10}"
    r"|(?:click|tap) .{1,40}",
    re.IGNORECASE,
)
_COVERED = re.compile(r"[*•●]{3}")
_CAPTION = re.compile(
    r"(?:发货|交付|到账)时间\s*[:：]?\s*\d{4}[-/.年]|^共\s*\d+\s*[条张个]|仅显示前\s*\d+"
)
_REFUND = re.compile(r"已退款|退款金额|已退还|已退回")
_CAUSE = re.compile(
    r"失败|不符|错误|异常|无法|不足|缺货|无货|维护|封禁|冻结|超限|拒绝|不存在|不支持"
)
_NUMBERED = re.compile(r"^(?:第?\d{1,3}[张条、.)）]\s*)(?=\S)")


@dataclass(frozen=True)
class Content:
    """What a card box held; `refund` is a sentence that names an amount given back."""

    secrets: tuple[Secret, ...] = ()
    message: str | None = None
    account: str | None = None
    reason: str | None = None
    refund: str | None = None


def read_box(text: str, order_no: str | None = None) -> Content:
    """Read the text of a card box, one entry a line; the order's own number is no code."""
    lines = [line for line in _lines(text) if line != order_no]
    account = _account(lines, _RECHARGE)
    if account is None:
        account = _given(lines)
    if account is not None:
        return Content(account=account or None)
    secrets: list[Secret] = []
    messages: list[str] = []
    reason: str | None = None
    refund: str | None = None
    for line in lines:
        plain = _NUMBERED.sub("", line)
        labels = split_labels(line)
        if labels and labels[0].start == 0 and _names_reason(labels[0]):
            why = line[labels[0].value_start :].strip()
            reason = reason or without_codes(why, told=True, order_no=order_no) or None
        elif is_secret(plain):
            secrets.append(mask(plain))
        elif _REFUND.search(line) and (amount := money(line)) and amount.currency:
            refund = refund or without_codes(line, told=True, order_no=order_no)
        elif _is_message(line):
            messages.append(without_codes(line, told=True, order_no=order_no))
    return Content(tuple(secrets), " ".join(messages)[:300] or None, reason=reason, refund=refund)


def is_cause(message: str) -> bool:
    """Say whether what a shop wrote in place of a code tells why there is none."""
    return _CAUSE.search(message) is not None


def _is_message(line: str) -> bool:
    """Say whether a line tells the buyer something: no label, state, caption or placeholder."""
    covered = " " not in line and _COVERED.search(line)
    if names_password(line) or covered or _CAPTION.search(line) or _NO_MESSAGE.fullmatch(line):
        return False
    said = _value_of_other(line)
    worded = cjk_count(line) > 0 or is_english(line) if said is None else cjk_count(said) > 3
    return worded and meaning(line) is None and not is_status(line) and not is_delivery_kind(line)


def read_inputs(text: str) -> tuple[str | None, str | None]:
    """Return the account and the contact from the buyer's own inputs (下单信息).

    Passwords are left out; a value without a label may be either, so it is neither.
    """
    lines = _lines(text)
    account = _account(lines, _RECHARGE) or _account(lines, _ACCOUNTS)
    return account, _account(lines, _CONTACTS)


def _given(lines: list[str]) -> str | None:
    """Return the buyer's own account where a box gives back the login; empty: only a password.

    `QQ密码` is such a login, and so is a bare 密码 beside a QQ; 账号 and 密码 alone are delivered.
    """
    own = [line for line in lines if _PASSWORD.search(line) and "----" not in line]
    for line in own:
        account = _OWN_ACCOUNT.search(line)
        if _OWN_PASSWORD.search(line) or (account and account["of"] and "卡" not in line):
            given = account or next(filter(None, map(_OWN_ACCOUNT.search, lines)), None)
            return without_password(given["account"]) if given else ""
    return None


def without_password(account: str) -> str:
    """Cut an account where a password follows it: `abc----pw`, `138…/pw`."""
    account = _ACCOUNT_ENDS.split(account, maxsplit=1)[0]
    return (account if _ADDRESS.match(account) else account.partition("/")[0]).strip()


def _names_reason(label: LabelInText) -> bool:
    return label.meaning is not None and label.meaning.field == "failure_reason"


def _lines(text: str) -> list[str]:
    """Return the entries: a label and its value, 卡号 and its 密码 on one line."""
    squeezed = (squeeze(line) for line in re.split(r"[\r\n]+", text))
    lines: list[str] = []
    for line in islice(filter(None, squeezed), MAX_SECRETS * 4):
        if lines and line[0] in ":：":
            lines[-1] += line
        else:
            lines.append(line)
    return _joined([line for line in lines if not is_placeholder(line)][: MAX_SECRETS * 2])


def _account(lines: list[str], wanted: frozenset[str]) -> str | None:
    """Return the value of the first label of a wanted field; None when no line has one."""
    for line in lines:
        labels = split_labels(line)
        for place, label in enumerate(labels):
            if label.meaning and label.meaning.field in wanted and not names_password(label.text):
                end = labels[place + 1].start if place + 1 < len(labels) else len(line)
                return without_password(line[label.value_start : end].strip())
    return None


def _joined(lines: list[str]) -> list[str]:
    """Put 卡号 and 密码 that stand on lines of their own on one line."""
    joined: list[str] = []
    for line in lines:
        labels = split_labels(line)
        starts_password = bool(labels) and labels[0].start == 0 and not _OF_BUYER.match(line)
        starts_password = starts_password and bool(names_password(labels[0].text))
        bare_label = bool(joined) and joined[-1].endswith((":", "："))
        if joined and (bare_label or (starts_password and not names_password(joined[-1]))):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def is_secret(line: str) -> bool:
    """Say whether a line of a card box is a code rather than a sentence."""
    link = _LINK.search(line)
    if link and _CODE_OF_LINK.search(line, link.end()):
        return True
    if is_status(line) or is_delivery_kind(line) or len(line) < 4 or _NO_CODE.search(line):
        return False
    if is_english(line) or is_words(line) or _value_of_other(line) is not None:
        return False
    amount = money(line)
    if amount is not None and amount.currency:
        return False
    rest = _LABEL_WORDS.sub("", _DATE.sub("", fold(line)))
    return cjk_count(rest) <= 3 and sum(char.isalnum() and char.isascii() for char in rest) >= 4


def _value_of_other(line: str) -> str | None:
    """Return what stands after the label of something else (订单号：…); None without such a label.

    邮箱 and its 密码 are a delivered account.
    """
    if of_buyer := _OF_BUYER.match(line):
        return line[of_buyer.end() :]
    label = next(iter(split_labels(line)), None)
    known = label.meaning if label and label.start == 0 else None
    if label is None or known is None or known.field in _OF_CODES:
        return None
    delivered = known.field in _CONTACTS and (names_password(line) or "----" in line)
    return None if delivered else line[label.value_start :]
