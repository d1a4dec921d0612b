"""Tell what a card box holds: card codes, a message of the shop, or the buyer's own account.

A game password that the buyer gave is never returned; the codes leave only masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scrapers.labels import LabelInText, meaning, split_labels
from scrapers.money import money
from scrapers.record import Secret
from scrapers.status import is_status
from scrapers.text import cjk_count, compact, fold, is_placeholder, mask, mask_text, squeeze

MAX_SECRETS = 200
_LABEL_WORDS = re.compile(
    r"卡号|卡密|密码|账号|帐号|账户|激活码|兑换码|充值码|序列号|邮箱|辅助|密保|卡|码|第\d+[张条个]|面值|元"
)
_PASSWORD = re.compile(r"密码|password|pwd", re.IGNORECASE)
_LOOSE_COLON = re.compile(r"\s*[\r\n]\s*([:：])")
_RECHARGE = frozenset({"recharge_account"})
_ACCOUNTS = frozenset({"recharge_account", "secret_part"})
_CONTACTS = frozenset({"buyer_contact"})
_NO_CODE = re.compile(r"[*•●]{3}|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\sT]*\d{1,2}:\d{2}|https?://")
_LINK_WITH_CODE = re.compile(r"https?://\S+.*(?:提取码|访问码|密码)\s*[:：]?\s*[0-9A-Za-z]{4}")
_CODE_WORD = re.compile(r"卡密|卡号|密码|兑换码|激活码|充值码|序列号")
_CODE_IN_SENTENCE = re.compile(r"(?!\d{4}-\d\d-\d\d)(?=[A-Za-z\-]*\d)[0-9A-Za-z][0-9A-Za-z\-]{5,}")
_NO_MESSAGE = re.compile(
    r"暂无\S{0,6}|(?:付款|支付|发货)(?:成功)?后\S{0,4}(?:显示|可见|查看)"
    r"|(?:点击|点此|查看|提取|复制|一键|显示|获取)\S{0,10}|\S*[*•●]{3,}\S*"
)
_CAPTION = re.compile(
    r"(?:发货|交付|到账)时间\s*[:：]?\s*\d{4}[-/.年]|^共\s*\d+\s*[条张个]|仅显示前\s*\d+"
)
_REFUND = re.compile(r"已退款|退款金额|已退还|已退回")
_CAUSE = re.compile(
    r"失败|不符|错误|异常|无法|不足|缺货|无货|维护|封禁|冻结|超限|拒绝|不存在|不支持"
)
_KINDS = frozenset(
    [
        "manual",
        "auto",
        "automatic",
        "自动交付",
        "人工交付",
        "自动发货",
        "人工发货",
        "人工处理",
        "手动发货",
    ]
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


def read_box(text: str) -> Content:
    """Read the text of a card box, one entry a line."""
    lines = _lines(text)
    account = _account(lines, _RECHARGE)
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
            reason = reason or line[labels[0].value_start :].strip() or None
        elif is_secret(plain):
            secrets.append(mask(plain))
        elif _REFUND.search(line) and (amount := money(line)) and amount.currency:
            refund = refund or line
        elif _is_message(line):
            messages.append(_without_codes(line))
    return Content(tuple(secrets), " ".join(messages)[:300] or None, reason=reason, refund=refund)


def is_cause(message: str) -> bool:
    """Say whether what a shop wrote in place of a code tells why there is none."""
    return _CAUSE.search(message) is not None


def _is_message(line: str) -> bool:
    """Say whether a line tells the buyer something: no label, state, caption or placeholder."""
    said = not (_PASSWORD.search(line) or _CAPTION.search(line) or _NO_MESSAGE.fullmatch(line))
    return said and meaning(line) is None and not is_status(line) and not _is_kind(line)


def _is_kind(line: str) -> bool:
    return compact(line) in _KINDS


def read_inputs(text: str) -> tuple[str | None, str | None]:
    """Return the account and the contact from the buyer's own inputs (下单信息).

    Passwords are left out; a value without a label may be either, so it is neither.
    """
    lines = _lines(text)
    account = _account(lines, _RECHARGE) or _account(lines, _ACCOUNTS)
    return account, _account(lines, _CONTACTS)


def _without_codes(line: str) -> str:
    """Mask the codes in a sentence that hands one over (您的卡密是 …)."""
    if not _CODE_WORD.search(line):
        return line
    return _CODE_IN_SENTENCE.sub(lambda match: mask_text(match.group()), line)


def _names_reason(label: LabelInText) -> bool:
    return label.meaning is not None and label.meaning.field == "failure_reason"


def _lines(text: str) -> list[str]:
    """Return the entries: a label and its value, 卡号 and its 密码 on one line."""
    text = _LOOSE_COLON.sub(r"\1", text)
    lines = [line for line in (squeeze(line) for line in re.split(r"[\r\n]+", text)) if line]
    return _joined([line for line in lines if not is_placeholder(line)][: MAX_SECRETS * 2])


def _account(lines: list[str], wanted: frozenset[str]) -> str | None:
    """Return the value of the first label of a wanted field; None when no line has one."""
    for line in lines:
        labels = split_labels(line)
        for place, label in enumerate(labels):
            if label.meaning and label.meaning.field in wanted and not _PASSWORD.search(label.text):
                end = labels[place + 1].start if place + 1 < len(labels) else len(line)
                return line[label.value_start : end].strip()
    return None


def _joined(lines: list[str]) -> list[str]:
    """Put 卡号 and 密码 that stand on lines of their own on one line."""
    joined: list[str] = []
    for line in lines:
        labels = split_labels(line)
        starts_password = (
            bool(labels) and labels[0].start == 0 and bool(_PASSWORD.search(labels[0].text))
        )
        bare_label = bool(joined) and joined[-1].endswith((":", "："))
        if joined and (bare_label or (starts_password and not _PASSWORD.search(joined[-1]))):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def is_secret(line: str) -> bool:
    """Say whether a line of a card box is a code rather than a sentence."""
    if _LINK_WITH_CODE.search(line):
        return True
    if is_status(line) or _is_kind(line) or len(line) < 4 or _NO_CODE.search(line):
        return False
    amount = money(line)
    if amount is not None and amount.currency:
        return False
    rest = _LABEL_WORDS.sub("", fold(line))
    return cjk_count(rest) <= 3 and sum(char.isalnum() and char.isascii() for char in rest) >= 4
