"""Find the number that a shop or authority gave to a complaint, in the text of its page."""

from __future__ import annotations

import re
import unicodedata

_MOST = 200_000
_WORDS = (
    r"(?:投诉|举报|申诉|维权)(?:单)?(?:编号|单号|序号|号码|号|ID)",
    r"(?:工单|服务单|售后单|售后|受理|登记|反馈|查询)(?:单)?(?:编号|单号|流水号|号码|号|ID)",
    r"(?:complaint|ticket|case|reference)\s*(?:no\.?|number|id|\#)",
    r"工单|ticket",
)
_VALUE = r"(?P<number>[A-Za-z0-9](?:[A-Za-z0-9_-]{2,38}[A-Za-z0-9])?)(?![A-Za-z0-9_-])"
_GAP = r"(?:\s|是|为|[:：=#№【\[(（“「]){0,20}"
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def receipt_number(text: str, pattern: str | None) -> str | None:
    """Return the complaint or ticket number in a page's text, None where there is none.

    `pattern` is the platform's own regular expression (its first group, else all of it); where it
    finds nothing, the usual words (投诉编号, 工单号, ticket no.) are looked for, surest first.
    """
    plain = _plain(text)
    own = _by_pattern(text[:_MOST], pattern) or _by_pattern(plain, pattern)
    return own or _by_words(plain)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text[:_MOST])
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")


def _by_pattern(text: str, pattern: str | None) -> str | None:
    if not pattern:
        return None
    try:
        match = re.search(pattern, text)
    except re.error:  # a faulty platform file must not lose the receipt
        return None
    if match is None:
        return None
    found = match[1] if match.re.groups else match[0]
    return (found or "").strip() or None


def _by_words(text: str) -> str | None:
    for words in _WORDS:
        for match in re.finditer(rf"(?:{words}){_GAP}{_VALUE}", text, re.IGNORECASE | re.ASCII):
            number = match["number"]
            if any(c.isdigit() for c in number) and not _DATE.match(number):
                return number
    return None
