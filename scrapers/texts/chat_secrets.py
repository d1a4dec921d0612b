"""Keep secrets out of a chat's record: card codes masked, passwords gone, order numbers kept."""

from __future__ import annotations

import re

from scrapers.masking import (
    CODE_WORD,
    is_order_number,
    names_password,
    without_codes,
    without_passwords,
)
from scrapers.text import mask_text

_LONE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-]{5,}")


def without_secrets(text: str, before: str, earlier: str = "") -> str:
    """Return a message with its codes masked; `before` is the message before it.

    Which of the long numbers is a code is told by the words of either; a number after 订单 is none.
    `earlier` are messages before that: an answer to a question for a password may come late.
    """
    if names_password(text) or names_password(before) or names_password(earlier):
        text = without_passwords(text)
    answers = CODE_WORD.search(before) is not None and re.search("订单|单号", before) is None
    lone = text.strip()
    if _LONE.fullmatch(lone) and any(map(str.isdigit, lone)) and not is_order_number(lone):
        return mask_text(lone)
    return without_codes(text, told=answers or CODE_WORD.search(text) is not None)
