"""How well the generic reader does on the pages of known platforms, whose files it does not use.

Every non-null leaf field of the expected orders counts once. A field read right is a hit; a field
read that is not expected, or has another value, is wrong; a field expected and not read so is
missed. Orders are matched by their number, else by their place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scrapers import generic
from scrapers.page import documents, parse
from tests.scrapers.conftest import Case, cases, flat

_DIGITS = re.compile(r"\.\d+\.")


@dataclass
class Score:
    """Counts of one field, and where it went wrong."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Return the share of what was read that is right."""
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Return the share of what the pages show that was read."""
        return self.right / max(1, self.right + len(self.missed))


def leave_one_out(chosen: Iterable[Case] | None = None) -> dict[str, Score]:
    """Return the score of each field over the pages of all platforms, and of all fields as `*`."""
    scores: dict[str, Score] = defaultdict(Score)
    for case in cases() if chosen is None else chosen:
        if case.platform == "generic":
            continue
        for read, wanted in _matched(_read(case), case.expected["orders"]):
            _count(scores, case.name, read, wanted)
    return dict(scores)


def _read(case: Case) -> list[dict[str, Any]]:
    url = case.expected["url"]
    for document in documents(case.data, url=url)[:20]:
        orders = generic.read(parse(document, case.captured_at)).orders
        if orders:
            return [flat(order) for order in orders]
    return []


def _matched(
    read: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    rest = list(read)
    pairs = []
    for order in wanted:
        number = order.get("order_no")
        own = next((one for one in rest if one.get("order_no") == number), None)
        if own is None and len(wanted) == 1 and rest:
            own = rest[0]
        if own is not None:
            rest.remove(own)
        pairs.append((own or {}, order))
    return pairs + [(order, {}) for order in rest]


def _count(
    scores: dict[str, Score], name: str, read: dict[str, Any], wanted: dict[str, Any]
) -> None:
    for path in sorted({*_leaves(read), *_leaves(wanted)}):
        mine, theirs = read.get(path), wanted.get(path)
        for score in (scores["*"], scores[_DIGITS.sub(".*.", path)]):
            if mine == theirs:
                score.right += 1
                continue
            if mine not in (None, "unknown"):
                score.wrong.append(f"{name}: {path} is {theirs!r}, read {mine!r}")
            if theirs not in (None, "unknown"):
                score.missed.append(f"{name}: {path} is {theirs!r}, read {mine!r}")


def _leaves(order: dict[str, Any]) -> list[str]:
    return [
        path
        for path, value in order.items()
        if path.split(".")[0] not in {"platform", "url"} and value != "unknown"
    ]
