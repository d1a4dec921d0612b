"""How well the generic reader does alone, and how fast pages are read beside bare parsing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice

from bs4 import BeautifulSoup

from scrapers.page import documents, load
from scrapers.read import read
from tests.scrapers.conftest import Case, cases
from tests.scrapers.leave_one_out import leave_one_out

PAGES = 1000


def quality() -> None:
    """Print precision and recall of the generic reader on the platforms' pages, by field."""
    scores = leave_one_out()
    print("generic reader alone, all platforms' pages: right / wrong / missed, precision, recall")
    for name, score in sorted(scores.items(), key=lambda item: (item[0] == "*", item[0])):
        counts = f"{score.right:6}{len(score.wrong):6}{len(score.missed):6}"
        print(f"  {name:28}{counts}{score.precision:8.3f}{score.recall:8.3f}")
    total = scores["*"]
    for line in dict.fromkeys([*total.wrong, *total.missed]):
        print(f"  {line}")


def throughput(runs: int) -> None:
    """Time `extract` over 1,000 saved pages beside BeautifulSoup with lxml on the same pages."""
    chosen = list(islice(cycle(cases()), PAGES))
    bare, whole = _bare, _whole
    for case in chosen[: len(chosen) // 10]:  # warm caches of both
        bare(case)
        whole(case)
    parsed, extracted = [], []
    for _ in range(runs):
        parsed.append(_seconds(bare, chosen))
        extracted.append(_seconds(whole, chosen))
    ratios = sorted(e / p for e, p in zip(map(sum, extracted), map(sum, parsed), strict=True))
    each = sorted(1000 * second for second in min(extracted, key=sum))
    base = sorted(1000 * second for second in min(parsed, key=sum))
    print(
        f"extract, {PAGES} pages of {_kib(chosen):.1f} KiB on average, processor time, {runs} runs"
    )
    for name, values in (("extract", each), ("bs4+lxml", base)):
        rate = 1000 * len(values) / sum(values)
        spread = " / ".join(f"{value:.2f}" for value in _spread(values))
        print(f"  {name:10}{rate:8.0f} pages/s   ms: min/p50/p90/p99/max {spread}")
    print(f"  times bare parsing: min/median/max {ratios[0]:.2f} / "
          f"{statistics.median(ratios):.2f} / {ratios[-1]:.2f}")  # fmt: skip


def _bare(case: Case) -> None:
    BeautifulSoup(documents(case.data, url="")[0].html, "lxml")


def _whole(case: Case) -> None:
    read(load(case.data, url=case.expected["url"], captured_at=case.captured_at))


def _seconds(work: Callable[[Case], None], chosen: list[Case]) -> list[float]:
    times = []
    for case in chosen:
        begun = time.process_time()
        work(case)
        times.append(time.process_time() - begun)
    return times


def _spread(values: list[float]) -> list[float]:
    last = len(values) - 1
    return [values[round(last * share)] for share in (0, 0.5, 0.9, 0.99, 1)]


def _kib(chosen: list[Case]) -> float:
    return statistics.mean(len(case.data) for case in chosen) / 1024
