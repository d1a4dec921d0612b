"""The time that a letter gives the other side."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from helper.complaints.wording import SHANGHAI

_DAYS = 7
_MOST = 60


def term_of(days: Any, now: datetime) -> tuple[datetime, str]:
    """Return the last moment and the period in words; `days` other than 1 to 60 is not taken."""
    count = days if isinstance(days, int) and 1 <= days <= _MOST else _DAYS
    end = now.astimezone(SHANGHAI) + timedelta(days=count)
    return end.replace(hour=23, minute=59, second=0, microsecond=0), f"{count} 日"
