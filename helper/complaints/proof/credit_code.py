"""统一社会信用代码: 18 characters of GB 32100-2015, the last one a check digit."""

from __future__ import annotations

_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18


def is_credit_code(text: str) -> bool:
    """Tell whether a code can be one: length, characters and check digit (weights 3^i mod 31)."""
    code = text.strip().upper()
    if len(code) != _LENGTH or any(character not in _DIGITS for character in code):
        return False
    total = sum(_DIGITS.index(c) * pow(3, i, 31) for i, c in enumerate(code[:-1]))
    return _DIGITS[-total % 31] == code[-1]
