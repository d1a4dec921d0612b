"""Keep secrets out of a chat's record: card codes masked, passwords gone, order numbers kept."""

from __future__ import annotations

import re

from scrapers.text import mask_text

_CODE_WORD = re.compile(
    r"卡密|卡号|密码|兑换码|激活码|充值码|序列号|授权码|验证码|提取码|cd-?key|激活密钥|\bcode\b",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?P<word>密码|口令|密保答案|password|passwd|pwd)(?P<gap>\s*(?:是|为|[:：=])?\s*)(?P<code>[!-~]{3,})",
    re.IGNORECASE,
)
_ASKS_PASSWORD = re.compile(r"密码|口令|password", re.IGNORECASE)
_ORDER_WORD = re.compile(r"(?:订单|单号|流水号?|工单|编号|交易号)\S{0,4}\s*[:：#]?\s*$")
_CODE = re.compile(r"https?://\S+|(?<![0-9A-Za-z*])[0-9A-Za-z][0-9A-Za-z_\-]{5,}(?![0-9A-Za-z*])")
_GROUPED = re.compile(r"[0-9A-Z]{3,}(?:-[0-9A-Z]{2,}){1,}")
_ORDER_NUMBER = re.compile(r"[A-Za-z]{0,5}\d{8,}")
_DATE = re.compile(r"\d{4}-\d{1,2}(?:-\d{1,2})?|\d{1,2}-\d{1,2}")
_CARD = re.compile("卡密|卡号")


def without_secrets(text: str, before: str) -> str:
    """Return a message with its codes masked; `before` is the message before it.

    Which of the long numbers is a code is told by the words of either; a number after 订单 is none.
    """
    if _ASKS_PASSWORD.search(before) and re.fullmatch(r"[!-~]{4,}", text.strip()):
        return "****"
    text = _PASSWORD.sub(lambda match: f"{match['word']}{match['gap']}****", text)
    told = _CODE_WORD.search(text) is not None
    answers = _CODE_WORD.search(before) is not None and re.search("订单|单号", before) is None
    whole = len(text.split()) == 1

    hide = _ASKS_PASSWORD.search(text) is not None and _CARD.search(text) is None

    def masked(match: re.Match[str]) -> str:
        code = match[0]
        has_digit = any(char.isdigit() for char in code)
        if not has_digit or ":" in code or _DATE.fullmatch(code) or names_order(match.start()):
            return code
        if not _GROUPED.fullmatch(code):
            is_order = _ORDER_NUMBER.fullmatch(code) is not None
            if not (told or answers or (whole and not is_order)):
                return code
        return "****" if hide else mask_text(code)

    def names_order(place: int) -> bool:
        return _ORDER_WORD.search(text[max(0, place - 16) : place]) is not None

    return _CODE.sub(masked, text)
