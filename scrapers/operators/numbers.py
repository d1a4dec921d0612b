"""Read filing and licence numbers, the 统一社会信用代码, address, phone and email of a site."""

from __future__ import annotations

import re
from collections.abc import Callable

from scrapers.dom import Found
from scrapers.operators.lines import Line
from scrapers.text import fold

FOLDED = frozenset({"icp", "licence", "code", "phone", "email"})
"""Fields of signs and digits: white space and full-width forms are no part of them."""
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ICP = re.compile(
    rf"[{_PROVINCES}]\s?ICP\s?备\s?(?P<n>\d{{6,10}})\s?号(?:\s?[-－]\s?\d{{1,4}}[A-Za-z]?)?",
    re.IGNORECASE,
)
_LICENCE = re.compile(
    rf"[{_PROVINCES}]?\s?(?:[AB]\d(?:\s?[.、]\s?[AB]\d){{0,4}}\s?-\s?(?P<n>(?:19|20)\d{{6}}))(?!\d)\s?号?"
    rf"|[{_PROVINCES}]\s?ICP\s?证\s?(?P<m>\d{{6,8}})\s?号?(?:\s?-\s?\d{{1,3}})?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])"
)
_CODE_LABEL = re.compile(r"信用代码|营业执照|注册号|税号")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PHONE_LABEL = re.compile(
    r"(?:电\s?话|热\s?线|手\s?机|(?<![a-z])tel(?:ephone)?|phone)(?:号码?)?[\s:：()（）]{0,4}$",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(r"举报|监督|违法|不良|投诉电话|网警|反诈|110|12315|12377")
_PHONE = re.compile(
    r"(?<![\d-])(?:\+?86[- ]?)?"
    r"(?:[48]00[- ]?\d{3}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|1[3-9]\d{9})(?![\d-])"
)
_EMAIL = re.compile(
    r"(?<![\w.@-])[A-Za-z0-9][\w.+-]{0,63}@(?:[\w-]+\.)+[A-Za-z]{2,}(?![\w@])", re.ASCII
)
_ADDRESS = re.compile(
    r"(?<![\u4e00-\u9fff])(?:(?:公司|经营|办公|联系|注册|单位|实际经营)?地\s?址|住\s?所|经营场所)\s?[:：\s]\s?"
    r"(?P<a>[^|｜·；;。\n]{6,80}?)(?=\s*(?:[|｜·；;。\n]|邮\s?编|电\s?话|客服|联系|热线|邮箱|统一|©|$))"
)
_PLACE = re.compile(r"[省市区县州镇乡村路街道巷号楼栋室园]")


def plain(text: str) -> str:
    """Return a number as it is cited: no white space, no full-width forms."""
    return re.sub(r"\s", "", fold(text)).replace("－", "-")


def icp(lines: list[Line]) -> Found | None:
    """Return the filing number (京ICP备…号-1); 公网安备 is none. None where two are shown."""
    return _only(lines, _ICP, lambda match: match["n"])


def licence(lines: list[Line]) -> Found | None:
    """Return the number of a 增值电信业务经营许可证 (B2-…) or an ICP证."""
    return _only(lines, _LICENCE, lambda match: match["n"] or match["m"])


def credit_code(lines: list[Line]) -> Found | None:
    """Return the 统一社会信用代码 whose check digit is right and that is named so."""
    told = [x for x in lines if _CODE_LABEL.search(x.text)]
    return _only(told, _CODE, lambda match: match[0] if is_credit_code(match[0]) else "0")


def is_credit_code(text: str) -> bool:
    """Say whether the check digit is right (GB 32100-2015: weights 3^i mod 31)."""
    values = [_ALPHABET.find(char) for char in text]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return len(text) == 18 and min(values) >= 0 and values[17] == -total % 31


def phone(lines: list[Line]) -> Found | None:
    """Return the first phone number that is labelled as one and not an authority's."""
    for line in lines:
        for match in _PHONE.finditer(line.text):
            before = line.text[max(0, match.start() - 16) : match.start()]
            if (
                _PHONE_LABEL.search(before)
                and not _NOT_OURS.search(before)
                and _real(match[0][-7:])
            ):
                return line.place(match[0])
    return None


def email(lines: list[Line]) -> Found | None:
    """Return the email address, None where there are several."""
    return _only(lines, _EMAIL, lambda match: match[0].lower())


def address(lines: list[Line]) -> Found | None:
    """Return the labelled address (never 收货地址), None where there are several."""
    told = [
        x for x in lines if any(len(_PLACE.findall(m["a"])) > 1 for m in _ADDRESS.finditer(x.text))
    ]
    return _only(told, _ADDRESS, lambda match: match["a"], group="a")


def _only(
    lines: list[Line],
    pattern: re.Pattern[str],
    key: Callable[[re.Match[str]], str],
    *,
    group: str | int = 0,
) -> Found | None:
    """Return the first match where all of them tell the same; placeholders do not count."""
    told = [(line, match) for line in lines for match in pattern.finditer(line.text)]
    told = [(line, match) for line, match in told if _real(key(match))]
    if len({key(match) for _, match in told}) != 1:
        return None
    line, match = told[0]
    return line.place(match[group].strip())


def _real(number: str) -> bool:
    """Say whether it is no placeholder such as 00000000 or 12345678."""
    digits = re.sub(r"\D", "", number) if not re.search(r"[\u4e00-\u9fff@]", number) else number
    return len(set(digits)) > 1 and digits not in {"12345678", "1234567890"}
