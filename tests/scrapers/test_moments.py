from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.moments import SHANGHAI, moment

TIMES = st.datetimes(
    min_value=datetime(2010, 1, 1),  # noqa: DTZ001
    max_value=datetime(2099, 12, 31),  # noqa: DTZ001
).map(lambda at: at.replace(microsecond=0))
HALF = {True: "AM", False: "PM"}


@given(TIMES, st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d %H:%M:%S",
                               "%Y年%m月%d日 %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
                               "%Y年%m月%d日%H时%M分%S秒"]))  # fmt: skip
def test_what_is_printed_is_read(at: datetime, form: str) -> None:
    assert moment(at.strftime(form)) == at.replace(tzinfo=SHANGHAI)


@given(TIMES)
def test_the_forms_of_javascript(at: datetime) -> None:
    hour = (at.hour - 1) % 12 + 1
    tail = f"{hour}:{at.minute:02}:{at.second:02}"
    aware = at.replace(tzinfo=SHANGHAI)
    assert moment(f"{at.month}/{at.day}/{at.year}, {tail} {HALF[at.hour < 12]}") == aware
    half = "上午" if at.hour < 12 else "下午"
    assert moment(f"{at.year}/{at.month}/{at.day} {half}{tail}") == aware


@given(TIMES, st.sampled_from(["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M",
                               "%Y-%m-%dT%H:%M", "%Y年%m月%d日%H时%M分"]))  # fmt: skip
def test_minutes_are_enough(at: datetime, form: str) -> None:
    assert moment(at.strftime(form)) == at.replace(second=0, tzinfo=SHANGHAI)


@given(TIMES, st.sampled_from(["北京时间", "中国标准时间", "(UTC+8)", "GMT+0800", "+08:00"]))
def test_a_zone_in_words_holds(at: datetime, zone: str) -> None:
    assert moment(f"{at:%Y-%m-%d %H:%M:%S} {zone}") == at.replace(tzinfo=SHANGHAI)


@given(TIMES, st.integers(min_value=-12, max_value=14))
def test_a_named_zone_holds(at: datetime, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    assert moment(f"{at.isoformat()}{hours:+03d}:00") == at.replace(tzinfo=zone)


@given(st.text(max_size=80))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    read = moment(text, seen=datetime(2026, 8, 18, tzinfo=UTC))
    assert read is None or read.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-08-18 14:23", "2026-08-18T14:23:00+08:00"),
        ("2026/8/18 14:23:05", "2026-08-18T14:23:05+08:00"),
        ("8/18/2026, 2:23:05 PM", "2026-08-18T14:23:05+08:00"),
        ("18/08/2026, 14:23:05", "2026-08-18T14:23:05+08:00"),
        ("2026-08-18T06:23:05Z", "2026-08-18T06:23:05+00:00"),
        ("2026-08-18 14:23:05 (UTC+8)", "2026-08-18T14:23:05+08:00"),
        ("2026-08-18 星期二 14:23", "2026-08-18T14:23:00+08:00"),
        ("2026-08-18 14:23:05.123", "2026-08-18T14:23:05.123000+08:00"),
        ("8月3日 14:23", "2026-08-03T14:23:00+08:00"),
        ("12-30 23:59", "2025-12-30T23:59:00+08:00"),
    ],
)
def test_forms_of_shops(text: str, iso: str) -> None:
    read = moment(text, seen=datetime(2026, 8, 18, 8, tzinfo=UTC))
    assert read is not None
    assert read.isoformat() == iso


@pytest.mark.parametrize(
    "text",
    ["", "-", "2026-08-18", "刚刚", "3分钟前", "2026-13-01 10:00", "2026-02-30 10:00:00",
     "03/04/2026, 14:23:05", "2026-08-18 25:00:00", "14:23:05", "13/13/2026, 1:00:00 PM"],
)  # fmt: skip
def test_what_is_ambiguous_or_incomplete_is_none(text: str) -> None:
    assert moment(text) is None


def test_without_the_moment_of_capture_a_date_without_year_is_none() -> None:
    assert moment("8月3日 14:23") is None
