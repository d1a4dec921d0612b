"""The console over a large vault: server time of every page, and memory over many views."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
import psutil

from helper.settings import Settings
from helper.steps import advising
from helper.steps.digesting import refresh
from helper.steps.indexing import RULES, Indexer
from helper.steps.store import Store, open_store
from helper.web.console.entrance import HOST, address
from tests.bench import stock

VIEWS = 1000
RUNS = 40
LARGE = "case, 500 captures"
CHANGED = "the same, just changed"
PAGES: dict[str, str] = {
    "today": "/",
    "today, further": "/?after={after}",
    "library": "/library",
    "library, words": "/library?q=订单 退",
    "library, a number": "/library?q=2026",
    "library, filters": "/library?host=shop3.example&missing=1&from=2026-01-01",
    "library, compare": "/library/compare?a={capture}",
    "library, shops": "/library/shops",
    "case": "/cases/{case}",
    LARGE: "/cases/{large}",
    CHANGED: "/cases/{large}",
    "capture": "/captures/{capture}",
    "draft": "/drafts/{draft}",
    "settings": "/settings",
}
"""What is measured, by name; `{case}`, `{large}`, `{capture}`, `{draft}`, `{after}` are filled."""


async def measure(runs: int = RUNS, views: int = VIEWS) -> None:
    """Print milliseconds from request to whole answer, and the helper's memory.

    On a computer that is busy with other things the CPU time says more.
    """
    data = await asyncio.to_thread(stock.folder, datetime.now(UTC))
    store = await asyncio.to_thread(open_store, Settings(data=data))
    await asyncio.to_thread(_digests, store)
    await asyncio.to_thread(_index, store)
    known = _known(store)
    async with _served(data) as (process, port), _let_in(store, port) as session:
        paths = {name: path.format(**known) for name, path in PAGES.items()}
        print(f"console, {stock.CASES} cases, {stock.CAPTURES} captures, {runs} views a page: ms")
        print(f"  {'':24}{'p50':>8}{'p95':>8}{'max':>8}{'of CPU':>8}{'KiB':>8}")
        for name, path in paths.items():
            for _ in range(3):
                size = await _size(session, path) >> 10
            spent = _cpu(process)
            took = []
            for number in range(runs):
                if name == CHANGED:  # what was read of it before holds no more
                    store.vault.add_note(known["large"], str(number), store.now())
                took.append(await _view(session, path))
            took.sort()
            each = (_cpu(process) - spent) / runs
            middle, high = statistics.median(took), took[int(len(took) * 0.95)]
            print(f"  {name:24}{middle:8.1f}{high:8.1f}{took[-1]:8.1f}{each:8.1f}{size:8}")
        await _memory(
            session, [p for n, p in paths.items() if n not in {LARGE, CHANGED}], process, views
        )
    store.close()


def _digests(store: Store) -> None:
    """Make all digests, and print how long each takes."""
    begun, made = time.perf_counter(), 0
    while count := len(store.vault.stale_digests(advising.form(store), store.now(), 50)):
        refresh(store, 50)
        made += count
    if made:
        each = 1000 * (time.perf_counter() - begun) / made
        print(f"digests: {made} made, {each:.0f} ms each")


def _index(store: Store) -> None:
    """Make all captures searchable, and print how long each takes."""
    begun, made, indexer = time.perf_counter(), 0, Indexer(store)
    store.vault.make_stale(RULES)
    while count := indexer.turn():
        made += count
    if made:
        each = 1000 * (time.perf_counter() - begun) / made
        print(f"library: {made} captures and cases made searchable, {each:.0f} ms each")


def _known(store: Store) -> dict[str, str]:
    """Return what the addresses name: an ordinary case, the largest one, a capture, a draft."""
    now, form = store.now(), advising.form(store)
    first = store.vault.digests_by_urgency(form, now, limit=50)
    level, place, case_id = first[-1].key
    case = store.vault.case(first[20].case_id)
    return {
        "case": case.case_id,
        "large": stock.case_id(0),
        "capture": case.captures[0].capture_id,
        "draft": next(one for listed in first for one in store.vault.case(listed.case_id).drafts),
        "after": quote(f"{level}~{place}~{case_id}"),
    }


@asynccontextmanager
async def _served(data: Path) -> AsyncIterator[tuple[psutil.Process, int]]:
    """Run a real helper over the vault that asks nobody outside."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "helper.cli", "serve", "--json", "--data", str(data), "--port", "0",
        stdout=asyncio.subprocess.PIPE, env=os.environ | {"KAZHENG_OUTSIDE": "no"},
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    while not said.endswith("}\n"):
        said += (await process.stdout.readline()).decode()
    try:
        yield psutil.Process(process.pid), json.loads(said)["port"]
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def _let_in(store: Store, port: int) -> AsyncIterator[aiohttp.ClientSession]:
    """Log in as a browser does; the console's name is this computer."""
    token = urlsplit(address(store.vault, port, store.now())).fragment
    origin = f"http://{HOST}:{port}"
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{port}", cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Host": f"{HOST}:{port}", "Origin": origin, "Accept-Language": "zh-CN"},
    ) as session:  # fmt: skip
        form = {"token": token, "to": "/"}
        async with session.post("/enter", data=form, allow_redirects=False) as reply:
            [cookie] = reply.cookies.values()
        session.headers["Cookie"] = f"{cookie.key}={cookie.value}"
        yield session


def _cpu(process: psutil.Process) -> float:
    """Return the milliseconds of CPU that the helper has used, without its browser."""
    used = process.cpu_times()
    return 1000 * (used.user + used.system)


async def _view(session: aiohttp.ClientSession, path: str) -> float:
    begun = time.perf_counter()
    await _size(session, path)
    return 1000 * (time.perf_counter() - begun)


async def _size(session: aiohttp.ClientSession, path: str) -> int:
    async with session.get(path, allow_redirects=False) as reply:
        body = await reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{path}: {reply.status}")
        return len(body)


async def _memory(
    session: aiohttp.ClientSession, paths: list[str], process: psutil.Process, views: int
) -> None:
    """Look at the pages in turn; print the memory early and late."""
    seen = []
    for number in range(views):
        await _view(session, paths[number % len(paths)])
        if number in {views // 10, views - 1}:
            seen.append(process.memory_info().rss >> 20)
    early, late = seen
    print(f"memory of the helper: {early} MiB after {views // 10} views, {late} after {views}")
