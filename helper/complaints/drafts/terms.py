"""The time that a letter gives the other side."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from helper.complaints.wording import SHANGHAI

_DAYS = 7
_MOST = 60
_TYPED = re.compile(r"\s*(\d{1,3})\s*(?:天|日|days?)?\s*")


def term_of(days: Any, now: datetime) -> tuple[datetime, str]:
    """Return the last moment and the period in words.

    `days` is a number, or as it was typed: `3`, `3 天`; other than 1 to 60 it is not taken.
    """
    count = _count(days)
    end = now.astimezone(SHANGHAI) + timedelta(days=count)
    return end.replace(hour=23, minute=59, second=0, microsecond=0), f"{count} 日"


def _count(days: Any) -> int:
    typed = _TYPED.fullmatch(days) if isinstance(days, str) else None
    given = int(typed[1]) if typed else days
    whole = isinstance(given, int) and not isinstance(given, bool)
    return given if whole and 1 <= given <= _MOST else _DAYS
