"""The library: every capture, found by words and filters; two of one page beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, cast, get_args
from urllib.parse import urlencode

from aiohttp import web

from helper.complaints.course.statistics import Statistics, parsed_figures, statistics_of
from helper.errors import InvalidError
from helper.model import CaptureId, CaptureState
from helper.steps.comparing import Comparison, compare
from helper.vault.library import Choices, Filters, Listed, Listing
from helper.vault.search import OrderHit
from helper.web.bodies import RecordId
from helper.web.console.pages import Page, Visit
from helper.web.console.render import ZONE
from helper.web.replies import shaped

_ROWS: Final = 30
_ORDERS: Final = 5
_MOST_TAKEN: Final = _ROWS
_ASKED: Final = ("q", "host", "kind", "state", "case", "from", "until", "missing")


@dataclass(frozen=True)
class Shelf:
    """What the library's page shows; `asked` is what it was asked for, by the field's name."""

    asked: dict[str, str]
    listing: Listing
    orders: tuple[OrderHit, ...]
    choices: Choices
    after: str | None
    """What the page begins after; None on the first."""

    @property
    def fields(self) -> dict[str, str]:
        """What every field of the form holds."""
        return dict.fromkeys(_ASKED, "") | self.asked

    @property
    def first(self) -> str:
        """Address of the first page of the same list."""
        return _address(self.asked)

    @property
    def later(self) -> str | None:
        """Address of the next page, which holds what is older."""
        return _address(self.asked, self.listing.after) if self.listing.after else None

    @property
    def filtered(self) -> bool:
        """Tell whether anything but words narrows the list."""
        return any(name != "q" for name in self.asked)


async def library(visit: Visit) -> web.Response:
    """List captures, newest first, those that hold all words and pass the filters."""
    return visit.page("library.html", shelf=await asyncio.to_thread(_shelf, visit))


async def comparison(visit: Visit) -> web.Response:
    """Show what changed between two captures; with one alone, between it and its neighbour."""
    found, same = await asyncio.to_thread(_compared, visit)
    return visit.page("compare.html", found=found, same=same)


async def shops(visit: Visit) -> web.Response:
    """Show one's own cases in figures, by shop, as far as their digests are made."""
    found, waiting = await asyncio.to_thread(_figures, visit)
    return visit.page("shops.html", found=found, waiting=waiting)


async def take(visit: Visit) -> web.Response:
    """Show the cases of what was picked, each with the ways to take its evidence along."""
    picked = dict.fromkeys(visit.request.query.getall("case", []))
    ids = [shaped(RecordId, one, "case") for one in picked][:_MOST_TAKEN]
    found = await asyncio.to_thread(lambda: [visit.services.vault.around(one) for one in ids])
    return visit.page("take.html", cases=[case for case in found if case is not None])


PAGES: Final = (
    Page("GET", "/library", library),
    Page("GET", "/library/compare", comparison),
    Page("GET", "/library/take", take),
    Page("GET", "/library/shops", shops),
)


def _shelf(visit: Visit) -> Shelf:
    vault = visit.services.vault
    asked = {name: value for name in _ASKED if (value := visit.query(name))}
    after = visit.query("after") or None
    listing = vault.listed(_filters(asked), limit=_ROWS, after=after)
    words = asked.get("q", "")
    first = words and after is None and len(asked) == 1
    return Shelf(
        asked=asked,
        listing=listing,
        orders=vault.found_orders(words, limit=_ORDERS) if first else (),
        choices=vault.choices(),
        after=after,
    )


def _address(asked: Mapping[str, str], after: str | None = None) -> str:
    given = {**asked, **({"after": after} if after else {})}
    return f"/library?{urlencode(given)}" if given else "/library"


def _figures(visit: Visit) -> tuple[Statistics, int]:
    """Return the figures, and how many cases are not in them yet."""
    records, waiting = visit.services.vault.digest_figures()
    known = [found for one in records if (found := parsed_figures(one)) is not None]
    return statistics_of(known, visit.language), waiting


def _filters(asked: dict[str, str]) -> Filters:
    """Return the filters of a query; raises InvalidError for what no form of ours sends."""
    state = asked.get("state")
    if state is not None and state not in get_args(CaptureState):
        raise InvalidError(what="state")
    case_id = asked.get("case")
    return Filters(
        words=asked.get("q", ""),
        host=asked.get("host"),
        state=cast("CaptureState | None", state),
        case_id=shaped(RecordId, case_id, "case") if case_id else None,
        kind=asked.get("kind"),
        since=_day(asked.get("from"), "from"),
        until=_day(asked.get("until"), "until", days=1),
        missing="missing" in asked,
    )


def _day(said: str | None, name: str, *, days: int = 0) -> datetime | None:
    """Return the beginning of a day in China, or of one some days later."""
    if said is None:
        return None
    try:
        day = date.fromisoformat(said) + timedelta(days=days)
        return datetime.combine(day, time(), ZONE)
    except (ValueError, OverflowError):
        raise InvalidError(what=name) from None


def _compared(visit: Visit) -> tuple[Comparison | None, tuple[Listed, ...]]:
    """Return the comparison, None where there is nothing to compare with, and the page's newest."""
    vault = visit.services.vault
    one = shaped(CaptureId, visit.query("a"), "capture")
    other = visit.query("b") or vault.neighbour(one)
    if other is None:
        return None, (vault.listed_one(one),)
    return compare(vault, one, shaped(CaptureId, other, "capture")), vault.same_page(one)
