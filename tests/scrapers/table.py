"""The table of saved pages for the end of `make test`: platform, page, states, fields read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tests.scrapers.conftest import Case, cases


def lines() -> Iterator[str]:
    """Yield one line a page; its name tells the theme; of the fields, how many are exact."""
    yield f"{'platform':12}{'theme and page':32}{'fields':>9}  states"
    exact = whole = pages = 0
    for platform, group in groupby(cases(), key=lambda case: case.platform):
        for case in group:
            right, wanted = _exact(case)
            exact, whole, pages = exact + right, whole + wanted, pages + 1
            page = case.name.partition("/")[2]
            yield f"{platform:12}{page:32}{right:>4}/{wanted:<4}  {_states(case)}"
    yield f"{pages} saved pages, {exact} of {whole} fields exact"


def _exact(case: Case) -> tuple[int, int]:
    read = [*case.orders(), case.product() or {}]
    wanted = [*case.expected["orders"], case.expected.get("product", {})]
    right = sum(
        mine.get(path) == value
        for mine, theirs in zip(read, wanted, strict=False)
        for path, value in theirs.items()
    )
    return right, sum(map(len, wanted))


def _states(case: Case) -> str:
    states = [order.get("status", "unknown") for order in case.expected["orders"]]
    return ", ".join(dict.fromkeys(states)) or f"no order ({case.expected['page_kind']})"
