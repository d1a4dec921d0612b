"""Read a delivery promise: the times to deliver that a text names. Pure; nothing is guessed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_SPAN = re.compile(r"(?<![\d.])(\d{1,4})\s*(分钟|个小时|小时|分|天|日)(?:之|以)?内")
_CLAUSE = re.compile(r"[，。；,;\n]")
_DELIVERY = re.compile(r"到账|到帐|发货|发卡|发放|充值|代充|交付|送达|完成")
_AFTERWARDS = re.compile(r"退|换|售后|质保|无理由|投诉|联系|补发")
_ISO = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")
_UNSURE = re.compile(r"\d\s*(?:个?工作日|[-~～至到]\s*\d)")
_UNITS = {"分钟": "M", "分": "M", "小时": "H", "个小时": "H", "天": "D", "日": "D"}


def duration(text: str) -> str | None:
    """Return the one time to deliver that a text names as ISO 8601 (`PT10M`, `PT24H`, `P3D`).

    “24小时自动发货” is no limit, so “内” must follow; of two different times none is taken.
    """
    if _UNSURE.search(text):  # working days and ranges need a calendar or an opinion
        return None
    clauses = [c for c in _CLAUSE.split(text) if _DELIVERY.search(c) and not _AFTERWARDS.search(c)]
    named = {
        _iso(int(match[1]), _UNITS[match[2]])
        for clause in clauses
        for match in _SPAN.finditer(clause)
    }
    return named.pop() if len({span(one) for one in named}) == 1 else None


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


def _iso(number: int, unit: str) -> str:
    return f"P{number}D" if unit == "D" else f"PT{number}{unit}"
