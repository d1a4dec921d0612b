"""The first page: what is safe, what is missing, what is due, what to do now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from helper.complaints.course.closing import amount
from helper.complaints.digest import LEVELS, Action, Level, parsed
from helper.complaints.due.clocks import Clock
from helper.messages import Language, text
from helper.vault.catalogue import Catalogue
from helper.vault.digests import NONE, Counts, Key, Listed
from helper.web.console.pages import Page, Visit

_MOST: Final = 50
_CLOCKS: Final = 5
_OPEN_LEVELS: Final[tuple[Level, ...]] = ("risk", "due", "waiting", "quiet")
_PLACES: Final[dict[Action, str]] = {
    "capture": "#gaps", "answer": "#questions", "submitted": "#tell-filed",
    "wait": "#tell-answer", "close": "#close",
}  # fmt: skip
"""Where on the page of a case its next step is done."""


@dataclass(frozen=True)
class Row:
    """A case as one sentence and one button: a link, or where `writes` is set a draft to make.

    `level` None: it is being worked out, or `failed` to be. `old` is when what is shown was true,
    if it no longer may be; `closing` says what to do before a way ends.
    """

    case_id: str
    title: str
    level: Level | None
    sentence: str
    button: str
    link: str
    host: str | None = None
    order_no: str | None = None
    amount: str | None = None
    writes: dict[str, str] | None = None
    clock: Clock | None = None
    closing: str = ""
    gaps: int = 0
    old: datetime | None = None
    failed: bool = False

    @property
    def group(self) -> str:
        """What the heading above it says."""
        return self.level or ("unknown" if self.failed else "none")


@dataclass(frozen=True)
class Today:
    """What the page shows. `further` is the query of the next page, None on the last one.

    `levels` are those that have cases, with how many; `paired` names the paired browsers, read
    only where nothing is kept yet.
    """

    rows: tuple[Row, ...]
    clocks: tuple[Row, ...]
    counts: Counts
    levels: dict[Level, int]
    head: str
    start: bool
    further: str | None
    paired: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Tell whether proof is known to lack in no case."""
        levels = self.counts.levels
        return bool(levels) and NONE not in levels and not self.counts.lacking

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing yet at all."""
        return not (self.rows or self.counts.captures or self.counts.closed)


async def show(visit: Visit) -> web.Response:
    """Show the most urgent cases, or those behind `after`, or from the level `from` on."""
    after = _after(visit)
    found = await asyncio.to_thread(
        look, visit.services.vault, visit.services.digest_form, visit.services.now(),
        after=after, language=visit.language,
    )  # fmt: skip
    return visit.page(
        "today.html",
        today=found,
        left=left,
    )


PAGES: Final = (Page("GET", "/", show),)


def look(
    vault: Catalogue, form: str, now: datetime, *, after: Key | None, language: Language
) -> Today:
    """Return the page out of the kept digests; it works out none."""
    listed = vault.digests_by_urgency(form, now, limit=_MOST + 1, after=after)
    rows = [row(one, language) for one in listed[:_MOST]]
    clocks = vault.digests_by_clock(form, now, _CLOCKS)
    counts = vault.digest_counts(form, now)
    levels = {
        level: counts.levels[LEVELS.index(level)]
        for level in _OPEN_LEVELS
        if LEVELS.index(level) in counts.levels
    }
    nothing = not (listed or counts.captures)
    return Today(
        rows=tuple(sorted(rows, key=lambda row: 2 if row.level else row.failed)),
        clocks=tuple(row(one, language) for one in clocks),
        counts=counts,
        levels=levels,
        head=_head(levels, counts, language),
        start=after is None,
        further=_query(listed[_MOST - 1].key) if len(listed) > _MOST else None,
        paired=tuple(one.name for one in vault.pairings()) if nothing else (),
    )


def row(one: Listed, language: Language) -> Row:
    """Return a case as it is listed."""
    found, link = parsed(one.record), f"/cases/{one.case_id}"
    if found is None:
        key = "none_made" if one.fresh else "working"
        said = text(f"console.today.{key}", language)
        button = text("console.today.open", language)
        return Row(one.case_id, one.title, None, said, button, link, failed=one.fresh)
    told = found.told[language]
    writes = None
    if found.action == "draft" and one.fresh:
        channel, _, document = (found.target or "").partition("/")
        writes = {"channel": channel, "document": document, "issue": found.issue}
    elif found.action == "fill":
        link = f"/drafts/{found.target}"
    return Row(
        case_id=one.case_id,
        title=one.title,
        level=found.level,
        sentence=told.step,
        button=told.button,
        link=link + _PLACES.get(found.action, ""),
        host=found.host,
        order_no=found.order_no,
        amount=amount(found.amount, found.currency, language) if found.amount else None,
        writes=writes,
        clock=next(iter(told.clocks), None),
        closing=next(iter(told.closing), ""),
        gaps=found.counts.gaps,
        old=None if one.fresh else one.made_at,
    )


def left(at: datetime, now: datetime, language: Language) -> str:
    """Return how much time is left, in the two largest units; `console.js` counts on from it."""
    seconds = int((at - now).total_seconds())
    if seconds <= 0:
        return text("console.today.left.over", language)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    unit = "days" if days else "hours" if hours else "minutes"
    values = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
    return text(f"console.today.left.{unit}", language, **values)


def _head(levels: dict[Level, int], counts: Counts, language: Language) -> str:
    """Say in one sentence how it stands: the most urgent that is known."""
    found = {
        "risk": levels.get("risk"),
        "due": levels.get("due"),
        "working": counts.stale,
        "unknown": counts.levels.get(NONE),
        "waiting": levels.get("waiting"),
    }
    key = next((name for name, count in found.items() if count), "calm")
    return text(f"console.today.head.{key}", language, count=found.get(key))


def _after(visit: Visit) -> Key | None:
    """Return behind which place the page begins; what is no place begins at the top."""
    level, _, rest = visit.query("after").partition("~")
    place, _, case_id = rest.partition("~")
    if level.lstrip("-").isdecimal() and len(level) < 3:
        return Key(int(level), place, case_id)
    wanted = visit.query("from")
    if wanted in _OPEN_LEVELS[1:]:
        return Key(LEVELS.index(wanted) - 1, "~", "")  # behind all places of the level before
    return None


def _query(key: Key) -> str:
    return f"{key.level}~{key.place}~{key.case_id}"
