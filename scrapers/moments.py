"""Read dates with a time of day; an ambiguous or incomplete one is None, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from scrapers.text import fold

SHANGHAI = ZoneInfo("Asia/Shanghai")

_HALF = r"(?P<half>上午|下午|凌晨|中午|晚上|am|pm)"
_TIME = (
    rf"(?:{_HALF}\s*)?(?P<hour>\d{{1,2}})\s*[:时點点]\s*(?P<minute>\d{{1,2}})\s*分?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,9}))?\s*秒?)?"
    r"(?:\s*(?P<meridiem>am|pm|a\.m\.|p\.m\.))?"
    r"\s*\(?(?P<zone>z|utc|gmt|(?:utc|gmt)?\s*[+-]\d{1,2}(?::?\d{2})?|北京时间|中国标准时间)?\)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    rf"[\sT,]*(?:(?:星期|周)[一二三四五六日天]\s*)?{_TIME}",
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})/(?P<other>\d{{1,2}})/(?P<year>\d{{4}})[\s,]+{_TIME}", re.IGNORECASE
)
_NO_YEAR = re.compile(
    rf"(?P<month>\d{{1,2}})\s*[-/月]\s*(?P<day>\d{{1,2}})\s*日?\s+{_TIME}", re.IGNORECASE
)
_NO_YEAR_CHINESE = re.compile(
    rf"(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*日\s*{_TIME}", re.IGNORECASE
)
_FIRST_YEAR = 2000
"""What is shown as older is an empty field: seconds that are counted from 1970."""
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")


def moment(text: str, zone: tzinfo = SHANGHAI, seen: datetime | None = None) -> datetime | None:
    """Read the date and time that `text` is, aware in `zone` unless the text names another.

    A date without a year is read only when `seen` (the moment of capture) tells the year:
    the last such date that is not after it.
    """
    plain = fold(text)
    if len(plain) > 60:
        return None
    if match := _YEAR_FIRST.fullmatch(plain):
        return _build(match, int(match["year"]), int(match["month"]), int(match["day"]), zone)
    if match := _YEAR_LAST.fullmatch(plain):
        return _year_last(match, zone)
    match = _NO_YEAR.fullmatch(plain) or _NO_YEAR_CHINESE.fullmatch(plain)
    if match and seen is not None:
        return _without_year(match, zone, seen)
    return None


def _year_last(match: re.Match[str], zone: tzinfo) -> datetime | None:
    first, other, year = int(match["first"]), int(match["other"]), int(match["year"])
    if match["meridiem"] or other > 12:  # en-US: month first
        return _build(match, year, first, other, zone)
    if first > 12:  # en-GB: day first
        return _build(match, year, other, first, zone)
    return None


def _without_year(match: re.Match[str], zone: tzinfo, seen: datetime) -> datetime | None:
    month, day, year = int(match["month"]), int(match["day"]), seen.astimezone(zone).year
    for candidate in (year, year - 1):
        found = _build(match, candidate, month, day, zone)
        if found is not None and found <= seen + timedelta(minutes=10):  # clocks differ a little
            return found
    return None


def _build(match: re.Match[str], year: int, month: int, day: int, zone: tzinfo) -> datetime | None:
    hour = _hour(int(match["hour"]), (match["half"] or match["meridiem"] or "").lower())
    if hour is None or year < _FIRST_YEAR:
        return None
    second, micro = int(match["second"] or 0), int((match["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        return datetime(
            year, month, day, hour, int(match["minute"]), second, micro, _zone(match["zone"], zone)
        )
    except ValueError:
        return None


def _hour(hour: int, half: str) -> int | None:
    half = half.replace(".", "")
    if half == "晚上" and hour == 12:
        return None  # of which day?
    if half in {"pm", "下午", "晚上"}:
        return hour + 12 if hour < 12 else hour if hour == 12 or half != "pm" else None
    if half in {"am", "上午", "凌晨"}:
        return 0 if hour == 12 else hour if hour < 12 else None
    if half == "中午" and hour in {1, 2}:
        return hour + 12
    return hour


def _zone(text: str | None, zone: tzinfo) -> tzinfo:
    name = (text or "").lower().replace(" ", "")
    if not name:
        return zone
    if name in {"北京时间", "中国标准时间"}:
        return SHANGHAI
    offset = _OFFSET.search(name)
    if offset is None:
        return UTC
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
