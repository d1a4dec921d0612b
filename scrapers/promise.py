"""Read a delivery promise: the times to deliver that a text names. Pure; nothing is guessed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_SPAN = re.compile(r"(?<![\d.])(\d{1,4})\s*(分钟|个小时|小时|分|天|日)(?:之|以)?内")
_CLAUSE = re.compile(r"[，。；,;\n]")
_DELIVERY = re.compile(r"到账|到帐|发货|发卡|发放|充值|代充|交付|送达|完成")
_AFTERWARDS = re.compile(r"退|换|售后|质保|无理由|投诉|联系|补发")
_SENTENCE = re.compile(r"[。；;！!\n]")
_AT_ONCE = re.compile(r"(?:即时|即刻|立即|立刻|马上|实时|秒)(?:自动)?(?:到账|到帐|发货|发卡|送达)")
_ISO = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")
UNSURE = re.compile(r"\d\s*(?:个?工作日|[-~～至到]\s*\d)")
UNITS = {"分钟": "M", "分": "M", "小时": "H", "个小时": "H", "天": "D", "日": "D"}


def duration(text: str) -> str | None:
    """Return the one time to deliver that a text names as ISO 8601 (`PT10M`, `PT24H`, `P3D`).

    “24小时自动发货” is no limit, so “内” must follow; of two different times none is taken.
    """
    if UNSURE.search(text):  # working days and ranges need a calendar or an opinion
        return None
    named = {
        iso(int(match[1]), UNITS[match[2]])
        for clause in _clauses(text)
        for match in _SPAN.finditer(clause)
    }
    return named.pop() if len({span(one) for one in named}) == 1 else None


def sentence(text: str) -> str | None:
    """Return the sentence of a description that promises delivery in one time, or at once.

    None where it names two different times, or a range: which one holds is not ours to say.
    """
    said = {one.strip(): "，".join(_clauses(one)) for one in _SENTENCE.split(text)}
    timed = [one for one, of in said.items() if _SPAN.search(of) or UNSURE.search(of)]
    if timed:
        return timed[0] if duration("，".join(said[one] for one in timed)) else None
    return next((one for one, of in said.items() if _AT_ONCE.search(of)), None)


def _clauses(text: str) -> list[str]:
    """Return the clauses about delivery itself, not about what follows when it fails."""
    clauses = _CLAUSE.split(text)
    return [one for one in clauses if _DELIVERY.search(one) and not _AFTERWARDS.search(one)]


def span(promised: str) -> timedelta | None:
    """Return the length of an ISO 8601 duration such as `PT24H`, None for anything else."""
    match = _ISO.fullmatch(promised)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def latest(promised: str) -> datetime | None:
    """Return the moment that an ISO 8601 date and time with zone names, None for anything else."""
    try:
        value = datetime.fromisoformat(promised)
    except ValueError:
        return None
    return value if value.tzinfo is not None else None


def iso(number: int, unit: str) -> str:
    """Return a number of `UNITS` as ISO 8601."""
    return f"P{number}D" if unit == "D" else f"PT{number}{unit}"
