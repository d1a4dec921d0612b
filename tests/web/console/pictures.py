"""Pictures of every page to look at: `python -m tests.web.console.pictures FOLDER [--only WORD]`.

A vault that is empty, one of a single dispute, and one of a person with much trouble; in both
languages, on a telephone and a desk, by day and by night. Pages that are long are cut into columns
side by side. `--only` takes words that a name must hold: `--only cases zh 390`, `--only full dark`.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from helper.dealings import Contact
from tests.bench import stock
from tests.chromium import chromium
from tests.web.console import walk
from tests.web.console.conftest import Town, served
from tests.web.console.walk import Things, worked_up

STATES = ("empty", "normal", "full")
_COLUMN = 1800
"""Pixels of height after which a page goes on in the next column."""


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_all(given.folder, given.only))


async def _all(folder: Path, only: list[str]) -> None:
    async with chromium() as browser:
        for state in STATES:
            if state in only or not set(only) & set(STATES):
                async with stood(browser, state) as (town, things):
                    await _state(town, things, state, folder, only)


def _looks(state: str) -> list[tuple[str, ...]]:
    looks = itertools.product(("zh", "en"), ("1280", "390"), ("light", "dark"))
    return [(state, *look) for look in looks]


@asynccontextmanager
async def stood(browser: Browser, state: str) -> AsyncIterator[tuple[Town, Things]]:
    """Serve a vault in this state, with the cases that are worth a look."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if state == "full":
            now = datetime.now(UTC)
            await asyncio.to_thread(stock.fill, folder / "data", now, cases=20, captures=1000)
        async with served(browser, folder) as town:
            cases = [stock.case_id(0)] if state == "full" else []
            if state == "normal":
                cases = [await _dispute(town)]
            await asyncio.to_thread(worked_up, town.store)
            things = Things.of(town.store.vault, cases)
            things.captures = things.captures[:2]
            things.drafts = things.drafts[-1:]
            yield town, things


async def _dispute(town: Town) -> str:
    await town.keep(0)
    case_id = town.store.vault.capture(await town.keep(1)).case_id
    assert case_id is not None
    now = town.store.now()
    said = Contact(at=now - timedelta(hours=5), way="chat", said="问退款", promised="今天退",
                   promised_by=now + timedelta(hours=4))  # fmt: skip
    town.store.vault.add_entry(case_id, said, now)
    await town.services.make_draft(
        case_id, channel="merchant_platform", document=None, issue="dead_code", demand=None,
        answers={"facts": "卡密兑换时提示已被使用。"}, language="zh_CN",
    )  # fmt: skip
    return case_id


async def _state(town: Town, things: Things, state: str, folder: Path, only: list[str]) -> None:
    for look in _looks(state):
        paths = {_name(path, look): path for path in walk.pages(things)}
        wanted = {name: path for name, path in paths.items() if set(only) <= set(name.split("-"))}
        if not wanted:
            continue
        _, language, width, scheme = look
        page = await town.enter(
            locale={"zh": "zh-CN", "en": "en-US"}[language],
            viewport={"width": int(width), "height": 800}, color_scheme=scheme,
        )  # fmt: skip
        for name, path in wanted.items():
            await page.goto(town.url(path))
            (folder / f"{name}.png").write_bytes(await taken(page))
            sys.stdout.write(f"{name} {' '.join(town.problems)}\n")
            town.problems.clear()
        await page.context.close()


def _name(path: str, look: tuple[str, ...]) -> str:
    words = [word for word in path.partition("?")[0].split("/") if word]
    short = [word for word in words if not any(sign.isdigit() for sign in word)]
    return "-".join([look[0], "+".join(short) or "today", *look[1:]])


async def taken(page: Page) -> bytes:
    """Return a picture of the whole page, in columns."""
    await page.evaluate(
        "for (const one of document.querySelectorAll('[loading]')) one.loading = 'eager'"
    )
    await page.wait_for_function("() => [...document.images].every((one) => one.complete)")
    whole = Image.open(io.BytesIO(await page.screenshot(full_page=True)))
    tops = range(0, whole.height, _COLUMN)
    sheet = Image.new("RGB", ((whole.width + 12) * len(tops), min(whole.height, _COLUMN)), "gray")
    for number, top in enumerate(tops):
        part = whole.crop((0, top, whole.width, min(top + _COLUMN, whole.height)))
        sheet.paste(part, (number * (whole.width + 12), 0))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    main()
