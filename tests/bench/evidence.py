"""Seal and verify as a share of plain SHA-256; memory of an export of 5 and of 50 captures."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from helper.evidence.verify import verify
from helper.exporting import export_case
from helper.steps.keep import keep_parts
from tests.bench.material import Bench, Page, Size, draw, keep_visit, sealed, take_in

LARGE: Final = Size(strips=10, photographs=20, film=24 << 20)
"""A capture of some 70 MB, 180 MB with its archive."""
_CHUNK: Final = 1 << 20
_POLL_SECONDS = 0.02
_COMMAND: Final = "from helper.cli import main; main()"
_WITHOUT_BOOK: Final = (
    "import helper.exporting as e; e.make_book = lambda *_: (None, []); " + _COMMAND
)


def speed(folder: Path, runs: int) -> None:
    """Print seal and verify beside plain SHA-256 over the same bytes, in turn."""
    (folder / "made").mkdir(parents=True)
    bench = Bench.open(folder / "data")
    seals, checks = _Table("seal"), _Table("verify")
    pages: list[Page] = []
    for number in range(runs):
        page = draw(number, LARGE, folder / "made")
        _seal(bench, page, seals)
        pages.append(page)
    seals.show(runs)
    bundle = _one_case(bench, pages[:1], folder / "case.zip")
    unpacked = folder / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(unpacked)
    _passes(bundle)
    print(f"a bundle of {bundle.stat().st_size / 1e6:.0f} MB; a command starts anew each time")
    for _ in range(runs):
        checks.add("plain SHA-256", bundle.stat().st_size, lambda: _plain([bundle]))
        for name, path in (("ZIP", bundle), ("folder", unpacked)):
            size = sum(file.stat().st_size for file in _files(path))
            checks.add(f"{name}, call", size, partial(_passes, path))
            checks.add(f"{name}, command", size, partial(_command, "verify", str(path)))
    checks.show(runs)
    bench.store.close()


def memory(folder: Path, captures: int) -> None:
    """Print peak memory and time of `kazheng export` after 5 captures and at the end.

    50 captures of 25 MB, and 19 MB of archive each, want 5 GB of disk.
    """
    (folder / "made").mkdir(parents=True)
    data = folder / "data"
    bench = Bench.open(data)
    early = min(5, captures)
    print(f"export of a case, peak memory and seconds: {early} / {captures} captures")
    found: dict[str, list[Run]] = {}
    for number in range(captures):
        page = draw(number, Size(), folder / "made")
        sealed(bench, page)
        if number + 1 in {early, captures}:
            case = bench.store.vault.cases()[0].case_id
            for name, code, more in (
                ("whole", _COMMAND, []),
                ("without the book", _WITHOUT_BOOK, []),
                ("redacted", _COMMAND, ["--redacted"]),
            ):
                out = folder / f"{name}.zip"
                given = ["export", case, "--out", str(out), "--data", str(data), "--json", *more]
                found.setdefault(name, []).append(measured(code, given))
                size = out.stat().st_size >> 20
                if name == "whole":
                    found.setdefault("verify of it", []).append(
                        measured(_COMMAND, ["verify", str(out), "--json"])
                    )
                print(f"  {number + 1:3} captures, {name}: {size} MiB", flush=True)
                out.unlink()
    for name, ended in found.items():
        first, last = ended[0], ended[-1]
        grown = 100 * (last.peak / first.peak - 1)
        print(
            f"  {name:18} {first.peak >> 20:5} / {last.peak >> 20:5} MiB ({grown:+.0f} %)"
            f" {first.seconds:7.1f} / {last.seconds:7.1f} s"
        )
    bench.store.close()


@dataclass(frozen=True)
class Run:
    """A command that ended: the most memory it held at once in bytes, and how long it took."""

    peak: int
    seconds: float


def measured(code: str, arguments: list[str]) -> Run:
    """Run a command line in a process of its own; raises where it fails."""
    begun, peak = time.perf_counter(), 0
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, env=_quiet()
    ) as child:
        watched = psutil.Process(child.pid)
        while child.poll() is None:
            peak = max(peak, _peak(watched))
            time.sleep(_POLL_SECONDS)
        assert child.stdout is not None
        said = child.stdout.read().decode()
    if child.returncode:
        raise RuntimeError(f"exit {child.returncode}: {said}")
    told = json.loads(said)
    if told.get("missing") or told.get("verdict") == "fail":
        raise RuntimeError(said)
    return Run(peak, time.perf_counter() - begun)


def _peak(process: psutil.Process) -> int:
    """Return the most resident bytes so far; where no system tells, those of now."""
    try:
        status = Path(f"/proc/{process.pid}/status")
        if status.exists():
            lines = status.read_text().splitlines()
            return next((int(x.split()[1]) << 10 for x in lines if x.startswith("VmHWM")), 0)
        info = process.memory_info()
    except (psutil.NoSuchProcess, OSError):
        return 0
    return int(getattr(info, "peak_wset", info.rss))


class _Table:
    """Megabytes a second of several ways, and their share of the first."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._rates: dict[str, list[float]] = {}

    def add(self, name: str, size: int, work: Callable[[], object]) -> float:
        """Time a work over so many bytes; return its seconds."""
        begun = time.perf_counter()
        work()
        seconds = time.perf_counter() - begun
        self.enter(name, size, seconds)
        return seconds

    def enter(self, name: str, size: int, seconds: float) -> None:
        """Enter what was timed."""
        self._rates.setdefault(name, []).append(size / 1e6 / seconds)

    def show(self, runs: int) -> None:
        """Print least, median and most, and the share of the medians."""
        print(f"{self._title}, {runs} runs, MB/s: min / median / max, share of plain SHA-256")
        plain = statistics.median(next(iter(self._rates.values())))
        for name, rates in self._rates.items():
            middle = statistics.median(rates)
            print(
                f"  {name:22} {min(rates):8.0f} {middle:8.0f} {max(rates):8.0f}"
                f" {100 * middle / plain:6.0f} %"
            )


def _seal(bench: Bench, page: Page, table: _Table) -> None:
    """Time the ways from bytes that arrive to bytes that are sealed, archive and all."""
    one, whole = page.capture_id, page.bytes()
    seen = sum(len(data) for _, data in page.parts)
    files = [made.path for made in page.visit.files]
    table.add("plain SHA-256", whole - seen, lambda: _plain(files))
    spent = table.add("uploaded and kept", seen, lambda: asyncio.run(take_in(bench, page)))
    keep_parts(bench.store, one)
    spent += table.add("seal S0", seen, lambda: bench.sealer.seal(one, "S0"))
    spent += table.add("visit kept", whole - seen, lambda: keep_visit(bench, page))
    spent += table.add("archive written", whole, lambda: bench.archivist.write(one))
    spent += table.add("seal S1", whole, lambda: bench.sealer.seal(one, "S1"))
    table.enter("all of it", whole, spent)


def _one_case(bench: Bench, pages: list[Page], out: Path) -> Path:
    """Export all that was sealed for the speed of it, as one case."""
    case = ""
    for page in pages:
        case = bench.store.vault.join_case(
            page.capture_id, platform_key=None, host="shop.example", order_no="A1",
            wanted=case or None, title="订单", now=bench.store.now(),
        )  # fmt: skip
    return export_case(bench.store, case, out)


def _passes(path: Path) -> None:
    found = verify(path)
    if found.verdict != "pass":
        raise RuntimeError(found.model_dump_json(indent=1))


def _command(*arguments: str) -> None:
    measured(_COMMAND, [*arguments, "--json"])


def _plain(files: list[Path]) -> None:
    for path in files:
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]


def _quiet() -> dict[str, str]:
    return {**os.environ, "KAZHENG_OUTSIDE": "no"}
