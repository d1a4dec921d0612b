"""Read what a shop promises in a chat: to deliver, reissue, refund or answer, and by when."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal

from scrapers.moments import SHANGHAI, moment
from scrapers.promise import UNITS, UNSURE, iso, span
from scrapers.record import Pledge
from scrapers.text import chinese_number, fold

What = Literal["delivery", "reissue", "refund", "reply"]
_KINDS: tuple[tuple[What, re.Pattern[str]], ...] = (  # the first that a clause names
    ("reissue", re.compile(r"补发|重发|重新发|换货|换卡|补卡|更换")),
    ("refund", re.compile(r"退款|退还|退回|原路退|退给|退您|退钱|全额退")),
    ("delivery", re.compile(r"到账|到帐|发货|发卡|发放|充值|代充|交付|送达|补单|发给您|发您")),
    ("reply", re.compile(r"回复|答复|处理|解决|反馈|联系您|回电|核实|核查|回访")),
)
_NO_PROMISE = re.compile(
    r"如果|如|若|要是|假如|的话|超过|超时|未|没|不|无法|吗|\?|是否|能否|为什么|怎么|请您?在|请于|已经?|申请|可以|麻烦"
    r"|之前的|以前[的都也]|上次|别人|别的|其他|(?:到账|到帐|发货|发卡|发放|充值|交付|送达|完成|补发|重发|换货|退款|退回|处理|解决|回复)[好完]?了"
)
_ABOUT = re.compile(
    r"大概|大约|约\s*\d|正常|一般|通常|预计|应该|可能|差不多|左右|争取|尽量|最快|最早|至少|起码"
)
_STOP = re.compile(r"[，。；,;!！\n]")
_NUMERAL = "一二两三四五六七八九十"
_SPOKEN = re.compile(
    rf"(?<![\d.\-~～至到第几{_NUMERAL}])(\d{{1,4}}|半(?!分)|[{_NUMERAL}]{{1,3}})"
    r"\s*(分钟|个?小时|天|日)(?:之|以)?内"
)
_VAGUE = re.compile(
    r"马上|立即|立刻|尽快|尽早|第一时间|稍后|一会儿?|很快|下班前|工作日|"
    r"(?:\d|几|[一二两三四五六七八九十])[^\d，。]{0,4}(?:之|以)?内|[今明后]天"
)
_DAY = r"(?P<day>今天|今日|今晚|明天|明日|明早|明晚|后天|\d{1,2}月\d{1,2}[日号])"
_CLOCK = (
    r"(?P<clock>(?:(?:上午|下午|中午|晚上)\s*)?\d{1,2}\s*"
    r"(?:[:：]\s*\d{2}|[点时](?:半|\d{1,2}分?)?))"
)
_UNTIL = re.compile(rf"{_DAY}?\s*{_CLOCK}\s*(?:钟|整)?\s*(?:之|以)?前")
_BY_DAY = re.compile(rf"{_DAY}\s*(?:之?内|(?:之|以)?前|(?=到账|到帐|发货|退款|补发))")
_DAYS = {"今": 0, "明": 1, "后": 2}
_HALVES = {"晚": "晚上", "早": "上午"}


def promise_in(text: str, said_at: datetime | None) -> Pledge | None:
    """Return the first promise that a message of the shop's side makes; one with a time first.

    Questions, conditions, negations and what happened before are none; of what is about (大概) the
    time is not taken. A day (明天12点之前) is counted from `said_at`.
    """
    clauses = [part.strip() for part in _STOP.split(text)]
    made = [
        one
        for clause, before in zip(clauses, ["", *clauses], strict=False)
        if (one := _made(clause, said_at, about=before.endswith("情况下")))
    ]
    return next((one for one in made if one.within), next(iter(made), None))


def _made(clause: str, said_at: datetime | None, *, about: bool) -> Pledge | None:
    plain = fold(clause)
    about = about or _ABOUT.search(plain) is not None
    what = next((kind for kind, words in _KINDS if words.search(plain)), None)
    if what is None or _NO_PROMISE.search(plain):
        return None
    named = {_spoken(match) for match in _SPOKEN.finditer(plain)} - {""}
    limit = _UNTIL.search(plain) or _BY_DAY.search(plain)
    exact = len({span(one) for one in named}) == 1 and not UNSURE.search(plain)
    if exact and not limit and not about:
        return Pledge(what=what, within=named.pop(), text=clause)
    if named or limit or _VAGUE.search(plain):
        within = _by(limit, said_at) if limit and not named and not about else None
        return Pledge(what=what, within=within, text=clause)
    return None


def _spoken(match: re.Match[str]) -> str:
    """Return the span as ISO 8601; empty for 两三天, which is about."""
    unit = UNITS[match[2]]
    if match[1] == "半":
        return "PT30M" if unit == "H" else "PT12H"
    number = int(match[1]) if match[1].isdigit() else chinese_number(match[1])
    return iso(number, unit) if number else ""


def _by(limit: re.Match[str], said_at: datetime | None) -> str | None:
    """Return the date, or the moment, that 明天12点之前 names; None where it names none."""
    groups = limit.groupdict()
    name = groups["day"] or "今天"
    day = _day(name, said_at) if said_at else None
    if day is None or said_at is None or "clock" not in groups:
        return day.isoformat() if day else None
    clock = _HALVES.get(name[1], "") + re.sub(r"[点时](半|\d{1,2})?分?", _minutes, groups["clock"])
    at = moment(f"{day.isoformat()} {clock}")
    if at is None or at <= said_at or (at.hour < 12 and clock[0].isdigit()):
        return None  # 6点之前: morning or evening
    return at.isoformat()


def _minutes(match: re.Match[str]) -> str:
    return ":30" if match[1] == "半" else f":{int(match[1] or 0):02d}"


def _day(name: str, said_at: datetime) -> date | None:
    today = said_at.astimezone(SHANGHAI).date()
    if name[0] in _DAYS:
        return today + timedelta(days=_DAYS[name[0]])
    month, day = (int(part) for part in re.findall(r"\d+", name))
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if today <= found <= today + timedelta(days=60):
            return found
    return None
