"""What a text that everybody can read must not show, and the text with it covered."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

COVER: Final = "****"
HASHED: Final = "sha256:"
"""Begins a given value of which only the hash is known, as of a card code."""
_LONG: Final = 6
"""From this length a given value is found inside other words and numbers too."""
_GENERAL: Final = frozenset(
    ["客服", "人工客服", "在线客服", "商家", "卖家", "平台", "店主", "店家"]
)
_GAP = r"[^0-9A-Za-z\u4e00-\u9fff，。；！？、：:“”《》（）\n]{0,3}"
"""What people put between the digits of one number."""
_HANDLE = r"(?=[a-z_-]*[\d_])[a-z][0-9a-z_-]{4,}"
"""An account beside the name of an app that has more uses than that: 微信 abc_123."""
_LABELLED: Final = {
    "code": r"(?:卡密|卡号|卡密码|密码|口令|激活码|兑换码|充值码|提货码|提取码|验证码|序列号|密钥)",
    "contact": r"(?:QQ(?:号码?|群号?)?"
    r"|(?:微信|WeChat|weixin|旺旺|支付宝|Telegram|电报)"
    rf"(?:号码?|账号|ID|(?=\s*[:：]|\s+{_HANDLE}))"
    r"|(?:加\s*(?:V信?|VX|WX|微信?|Q{1,2})|(?<![0-9A-Za-z])(?:VX|WX))(?:号码?)?)",
    "staff": r"(?:工号|客服编号|坐席号?|专员号)",
    "number": r"(?:订单号?|订单编号|单号|流水号|交易号|编号|充值账号|账号|用户名|(?<![A-Za-z])ID)",
}
_BETWEEN = r"\s*[:：为是]?\s*"
_LEAST: Final = {"code": 4, "contact": 5, "staff": 1, "number": 3}
_RUN = r"[0-9A-Za-z]{6,}"
_PATTERNS: Final = {
    "email": r"(?<![0-9A-Za-z_.%+-])[0-9A-Za-z_.%+-]++"
    r"\s?@\s?[0-9A-Za-z-]+(?:\s?\.\s?[0-9A-Za-z-]+)+",
    **{
        kind: rf"{label}{_BETWEEN}(?P<{kind}>[0-9A-Za-z_@.+#-]{{{_LEAST[kind]},}})"
        for kind, label in _LABELLED.items()
    },
    "name": r"(?:姓名|收货人|收件人|联系人|经办人|持卡人|户名)\s*[:：]\s*"
    r"(?P<name>[^\s，。；、,;（(]{2,12})",
    "address": r"(?:住址|地址)\s*[:：]\s*(?P<address>[^，。；;\n]{4,})",
    "place": r"[\u4e00-\u9fff]{2,7}(?:省|自治区|市|州)[\u4e00-\u9fff]{1,8}(?:市|区|县|旗|镇)"
    r"[\u4e00-\u9fff0-9A-Za-z-]{1,30}?(?:(?<=\d)(?:号楼?|弄|栋|幢|单元|室)|村|小区)"
    r"(?:[\u4e00-\u9fff]{0,6}\d+(?:号楼?|弄|栋|幢|单元|室|层)?)*",
    "grouped": r"(?<![0-9A-Za-z])[0-9A-Za-z]{4,8}(?:[-_ ][0-9A-Za-z]{4,8}){2,}(?![0-9A-Za-z])",
    "mixed": r"(?<![0-9A-Za-z])[0-9A-Za-z]{12,}(?![0-9A-Za-z])",
    "typed": rf"(?:输入|填入|兑换|激活)\s*[“「]?(?P<typed>{_RUN})(?![0-9A-Za-z])",
    "refused": rf"(?<![0-9A-Za-z])(?P<refused>{_RUN})"
    r"(?=[”」]?\s*(?:(?:显示|提示)\s*(?:已经?)?被?(?:无效|失效|使用|兑换)"
    r"|无效|失效|已经?被(?:使用|兑换)))",
    "digits": rf"(?<!\d)\d(?:{_GAP}\d){{6,}}[Xx]?",
}
_KEPT: Final = re.compile(
    r"(?:19|20)\d\d[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?"
    r"(?:[ T]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?(?!\d)"
    r"|(?<!\d)\d{1,9}(?:\.\d{1,2})?\s?(?:元|USDT|CNY)"
)
"""Dates, times and amounts: facts that a public text needs."""
_COUNTED: Final = "元|小时|个小时|分钟|天|日|年|月|条|%|％|倍|个|张|枚|件|次|笔"
_CODES: Final = ("grouped", "mixed", "typed", "refused")
_CODE_DIGITS = 4
"""Digits that make a long word without spaces a code."""
_LEAST_OUTSIDE = 5
"""Digits beside a date or an amount that make the whole a number."""
_PIECE = re.compile(r"[0-9A-Za-z]+")
_PIECES = re.compile(rf"[0-9A-Za-z]+(?:{_GAP}[0-9A-Za-z]+)*")
_MOST_PIECES = 8
_LETTER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")
_SMALL_WORD = re.compile(r"[a-z]{3}")
_MOBILE = re.compile(r"(?:86)?1[3-9]\d{9}")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PAYMENT = re.compile(r"\d{24,34}")
"""28 digits of WeChat and Alipay, up to 32 of a merchant's number."""
_ORDER_NUMBER = re.compile(r"[A-Z]{1,4}\d{8,}")


class Place(NamedTuple):
    """Where something private stands and what it is."""

    start: int
    end: int
    kind: str


def masked(text: str, private: Sequence[str] = ()) -> str:
    """Return a text for the public: what `private` names and what looks private is `****`.

    A given value is found however it is written: full width, in groups, with signs or spaces
    between its characters. A short one (three to five letters or digits) is covered only where
    it is a word of its own, one of a single character or of two digits not at all. One that begins
    with `HASHED` is found by its hash, with its signs or without.
    """
    while found := places(text, private):  # what stood apart may only now stand together
        for place in reversed(found):
            text = text[: place.start] + COVER + text[place.end :]
    return text


def places(text: str, private: Sequence[str] = ()) -> tuple[Place, ...]:
    """Return what is private in a text, in order, joined where it overlaps."""
    plain = _plain(text)
    found = [*_given(text, plain, private), *_known_shapes(plain)]
    joined: list[Place] = []
    for place in sorted(found, key=lambda one: one.start):  # of two, what is told by its label
        if joined and place.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = last._replace(end=max(last.end, place.end))
        else:
            joined.append(place)
    return tuple(joined)


def _plain(text: str) -> str:
    """Return a text with full-width forms and all digits as ASCII, character for character."""
    return text if text.isascii() else "".join(map(_ascii, text))


@cache
def _ascii(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


def _given(text: str, plain: str, private: Sequence[str]) -> Iterator[Place]:
    """Yield where the given values stand."""
    hashes = {value for value in private if value.startswith(HASHED)}
    yield from _hashed(plain, hashes)
    wanted = {value for value in map(_bones, {*private} - hashes) if value} - _GENERAL
    if not wanted:
        return
    loose, near = _skeleton(text, _is_sign), _skeleton(text, _is_space)
    for value in wanted:
        if value.isascii() and len(value) < _LONG:
            yield from _alone(value, plain)
        elif len(value) > 1:
            bones, indices = loose if value.isascii() else near
            at = bones.find(value)
            while at >= 0:
                yield Place(indices[at], indices[at + len(value) - 1] + 1, "given")
                at = bones.find(value, at + 1)


def _hashed(plain: str, hashes: set[str]) -> Iterator[Place]:
    """Yield the places whose text has one of these hashes, the pieces of a code joined or apart."""
    for run in _PIECES.finditer(plain) if hashes else ():
        pieces = [match.span() for match in _PIECE.finditer(plain, *run.span())]
        for first, (start, _) in enumerate(pieces):
            for _, end in pieces[first : first + _MOST_PIECES]:
                if hashes.intersection(_hash(one) for one in _spellings(plain[start:end])):
                    yield Place(start, end, "code")


def _spellings(said: str) -> set[str]:
    """Return how a code may have stood on its page: in groups of three to five, in capitals."""
    joined = "".join(_PIECE.findall(said))
    if len(joined) < _LONG:
        return set()
    groups = [re.findall(f".{{1,{size}}}", joined) for size in (3, 4, 5)]
    forms = {said, joined, *(sign.join(group) for sign in "- " for group in groups)}
    return {form for one in forms for form in (one, one.upper(), one.lower())}


def _hash(said: str) -> str:
    return HASHED + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _alone(value: str, plain: str) -> Iterator[Place]:
    """Yield where a short value is a word of its own and no figure of the case."""
    if len(value) < 3:
        return
    word = rf"(?<![0-9A-Za-z.]){re.escape(value)}(?![0-9A-Za-z])(?!\s*(?:{_COUNTED})|\.\d)"
    kept = [match.span() for match in _KEPT.finditer(plain)]
    for match in re.finditer(word, plain, re.IGNORECASE):
        if not any(start <= match.start() < end for start, end in kept):
            yield Place(*match.span(), "given")


def _skeleton(text: str, dropped: Callable[[str], bool]) -> tuple[str, list[int]]:
    """Return the characters that count, folded, and where each of them stands."""
    bones: list[str] = []
    indices: list[int] = []
    for index, char in enumerate(text):
        if not dropped(char):
            for folded in _folded(char):
                bones.append(folded)
                indices.append(index)
    return "".join(bones), indices


@lru_cache(1024)
def _bones(value: str) -> str:
    return _skeleton(value, _is_sign)[0]


@cache
def _folded(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char).casefold()
    return "".join(one for one in folded if one.isalnum()) or char


def _is_sign(char: str) -> bool:
    return not char.isalnum()


def _is_space(char: str) -> bool:
    """Tell whether a character may stand inside a name: 李 明, 李·明, but not 行李，明天."""
    return not char.isalnum() and char not in '，。；：！？、,;:!?“”"《》（）()【】\n'


def _known_shapes(plain: str) -> Iterator[Place]:
    kept = [match.span() for match in _KEPT.finditer(plain)]
    for kind, pattern in _compiled().items():
        group = kind if kind in pattern.groupindex else 0
        for match in pattern.finditer(plain):
            start, end = match.span(group)
            fact = any(first <= start and end <= last for first, last in kept)
            outside = sum(
                plain[at].isdigit() and not any(first <= at < last for first, last in kept)
                for at in range(start, end)
            )
            if not fact and _looks(kind, match[group], outside):
                yield Place(start, end, _kind(kind, match[group]))


def _looks(kind: str, value: str, outside: int) -> bool:
    """Tell whether a match is private; `outside` counts its digits that are no date or amount."""
    digits = sum(char.isdigit() for char in value)
    if kind == "grouped":
        return digits > 0
    if kind == "mixed":
        return len(value) > digits >= _CODE_DIGITS and not _SMALL_WORD.search(value)
    if kind in {"typed", "refused"}:
        return len(value) - 1 > digits > 1 and not _SMALL_WORD.search(value)
    if kind == "digits":
        return outside >= _LEAST_OUTSIDE
    return _LETTER.search(value) is not None


def _kind(kind: str, value: str) -> str:
    """Name a match: a long number by its form, else by the pattern that found it."""
    digits = "".join(char for char in value.upper() if char.isalnum())
    if kind in {*_CODES, "digits", "number"} and digits[:-1].isdigit():
        return _number(digits)
    if kind == "mixed" and _ORDER_NUMBER.fullmatch(digits):
        return "number"
    return {**dict.fromkeys(_CODES, "code"), "digits": "number", "place": "address"}.get(kind, kind)


def _number(digits: str) -> str:
    """Name digits by their form: mobile, identity, payment, bank card, else just a number."""
    if _MOBILE.fullmatch(digits):
        return "phone"
    if len(digits) == 18 and _is_identity(digits):
        return "identity"
    if _PAYMENT.fullmatch(digits):
        return "payment"
    if 16 <= len(digits) <= 19 and digits.isdigit() and _is_card(digits):
        return "bank_card"
    return "number"


def _is_identity(value: str) -> bool:
    """Check an 18-character identity number by GB 11643 (ISO 7064 MOD 11-2)."""
    if not value[:17].isdigit():
        return False
    total = sum(int(char) * weight for char, weight in zip(value, _IDENTITY_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == value[17].upper()


def _is_card(digits: str) -> bool:
    """Check a bank card number by Luhn."""
    doubled = [int(char) * (1 + index % 2) for index, char in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


@cache
def _compiled() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
