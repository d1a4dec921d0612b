"""Clean text of a page: white space, full-width forms, placeholders, masking of card codes."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from scrapers.record import Secret

_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_PLACEHOLDERS = frozenset(
    [
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "无",
        "暂无",
        "空",
        "n/a",
        "null",
        "none",
        "undefined",
    ]
)
# Traditional forms of our vocabulary (i18n pages); single characters, so a table is enough.
_TRADITIONAL = str.maketrans(
    "訂單編號稱購買數實際總價額優惠創間狀態類賬帳聯繫處結異訊敗貨發過關閉銷確認點內備註說餘"
    "暫復複製動錢碼兌絡遊戲儲無條規賣種業時應當級區種規產詳狀資貝寶員後買與現費銀轉開長電話郵箱將為達錄齊單個對還裡計禮標題請問驗證補網誌統",
    "订单编号称购买数实际总价额优惠创间状态类账账联系处结异讯败货发过关闭销确认点内备注说余"
    "暂复复制动钱码兑络游戏储无条规卖种业时应当级区种规产详状资贝宝员后买与现费银转开长电话邮箱将为达录齐单个对还里计礼标题请问验证补网志统",
)
_NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNFILLED = re.compile(r"\{\{|\$\{|^加载中|^loading|^请(?:填写|输入|选择)")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-+=/.@#!$%^&*~]*")


def squeeze(text: str) -> str:
    """Return `text` with runs of white space as one blank, trimmed, without invisible marks."""
    return " ".join((text if text.isascii() else text.translate(_INVISIBLE)).split())


def fold(text: str) -> str:
    """Return `text` for comparing: NFKC (full-width forms become ASCII), squeezed."""
    return squeeze(text if text.isascii() else unicodedata.normalize("NFKC", text))


def compact(text: str) -> str:
    """Return `text` folded, lower case and without any white space."""
    return "".join(fold(text).split()).lower()


def simplified(text: str) -> str:
    """Return `text` with the traditional characters of our vocabulary as simplified ones."""
    return text.translate(_TRADITIONAL)


def chinese_number(text: str) -> int | None:
    """Return the number below 1000 that Chinese numerals write; None for 两三, which is about."""
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        elif digit or char not in _NUMERALS:
            return None
        else:
            digit = _NUMERALS[char]
    return total + digit or None


def is_placeholder(text: str) -> bool:
    """Say whether `text` stands for nothing: empty, a dash, 暂无."""
    plain = simplified(compact(text))
    return plain in _PLACEHOLDERS or bool(_UNFILLED.search(plain))


def cjk_count(text: str) -> int:
    """Count the Chinese characters of `text`."""
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


def mask_text(text: str) -> str:
    """Mask every code in `text`; at most two fifths of a code stay readable, never its length."""
    return _CODE.sub(lambda match: _mask_code(match.group()), squeeze(text))


def _mask_code(code: str) -> str:
    keep = min(4, len(code) // 5)
    return f"{code[:keep]}****{code[len(code) - keep :]}" if keep else "****"


def mask(secret: str) -> Secret:
    """Return the masked card code and the SHA-256 of its squeezed text in UTF-8."""
    plain = squeeze(secret)
    return Secret(masked=mask_text(plain), sha256=hashlib.sha256(plain.encode()).hexdigest())
