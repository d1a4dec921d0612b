"""Read the times of a chat: full ones, 昨天 14:23, 星期二 10:00, and 14:23 under a day's line.

A time whose day the page does not tell is None: a bare 14:23 may be of any day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from scrapers.moments import SHANGHAI, moment
from scrapers.text import fold

_HALF = r"(?:上午|下午|凌晨|早上|中午|晚上)"
_CLOCK = rf"(?:{_HALF}\s*)?\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s*[ap]\.?m\.?)?"
_WEEKDAY = r"(?:星期|周)[一二三四五六日天]"
_RELATIVE = rf"今天|今日|昨天|昨日|前天|today|yesterday|{_WEEKDAY}"
_DATE = r"(?:\d{4}\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
_DAY = rf"(?:{_DATE}(?:\s*{_WEEKDAY})?|{_RELATIVE})"
_AGO = r"刚刚|\d{1,3}\s*(?:秒|分钟|小时|天)前|just now|\d{1,3}\s*(?:minutes?|hours?|days?) ago"
TIME: Final = re.compile(
    rf"{_DAY}[\sT,，]*{_CLOCK}|\d{{1,2}}/\d{{1,2}}/\d{{4}},?\s*{_CLOCK}|{_CLOCK}|{_DAY}|{_AGO}",
    re.IGNORECASE,
)
"""What a chat shows as a time, a day or how long ago."""
_TIMED = re.compile(rf"(?:(?P<day>{_DAY})[\sT,，]*)?(?P<clock>{_CLOCK})?", re.IGNORECASE)
_BEFORE = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2}
_AROUND = "()[]—-· "
_WEEK = "一二三四五六日"
_SLACK = timedelta(minutes=10)  # clocks differ a little


def is_time(text: str) -> bool:
    """Say whether `text` is a time of a chat and nothing else."""
    plain = fold(text).strip(_AROUND)
    return len(plain) <= 40 and TIME.fullmatch(plain) is not None


@dataclass
class Clock:
    """Follows the days of one chat, line after line; `seen` is when the page was captured."""

    seen: datetime | None
    _day: date | None = None
    _last: datetime | None = None
    _relative: bool = False
    _by_line: bool = False

    def line(self, text: str) -> datetime | None:
        """Take a line between messages that says when: it tells the day of what follows.

        Today's times are shown bare by chats that write 昨天 and 星期二 for other days; under a
        full date a bare one may be of the next day.
        """
        return self._take(text, self._today_after_relative(), by_line=True)

    def own(self, text: str) -> datetime | None:
        """Return the moment of a message's own time; a bare one is of the line's day above."""
        day = self._day if self._by_line else self._today_after_relative()
        return self._take(text, day, by_line=False)

    def _take(self, text: str, bare_day: date | None, *, by_line: bool) -> datetime | None:
        plain = fold(text).strip(_AROUND)
        match = _TIMED.fullmatch(plain)
        if match is None:  # 8/18/2026, 2:23 PM, or 刚刚
            return moment(plain)
        if match["day"] is None:
            found = self._bare(match["clock"], bare_day)
            if found is None:
                self._day, self._relative = None, False
        else:
            self._day, self._by_line = self._day_of(match["day"]), by_line
            self._relative = _is_relative(match["day"])
            found = _at(self._day, match["clock"]) if self._day and match["clock"] else None
        if found:
            self._day = found.astimezone(SHANGHAI).date()
        self._last = found
        return found

    def _today_after_relative(self) -> date | None:
        today = self.seen.astimezone(SHANGHAI).date() if self.seen else None
        return today if today and (self._relative or self._day == today) else None

    def _bare(self, clock: str, day: date | None) -> datetime | None:
        """Put a bare time on a day, unless it lies before the line above or after the capture."""
        found = _at(day, clock) if day else None
        if found is None or (self._last and found < self._last.replace(second=0, microsecond=0)):
            return None
        return None if self.seen and found > self.seen + _SLACK else found

    def _day_of(self, name: str) -> date | None:
        lower = name.lower()
        today = self.seen.astimezone(SHANGHAI).date() if self.seen else None
        if _is_relative(lower):
            if today is None:
                return None
            if lower in _BEFORE:
                return today - timedelta(days=_BEFORE[lower])
            back = (today.weekday() - _WEEK.index(lower[-1].replace("天", "日"))) % 7
            return today - timedelta(days=back) if back else None  # today, or a week ago
        plain = re.sub(rf"\s*{_WEEKDAY}$", "", name)
        at = moment(f"{plain} 00:00", seen=self.seen)
        return at.date() if at else None


def _is_relative(name: str) -> bool:
    return re.fullmatch(_RELATIVE, name, re.IGNORECASE) is not None


def _at(day: date, clock: str) -> datetime | None:
    return moment(f"{day.isoformat()} {clock.replace('早上', '上午')}")
