"""`kazheng demo`: the whole way on a demo shop, by hand or, with `--once`, by itself."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from platform import system as platform_name
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from urllib.parse import urlsplit

import typer

from helper.app import Helper, open_helper
from helper.capture.packed import EXTENSION
from helper.demo import platform, stage, timekeeper, tour
from helper.demo.driver import Person, demo_browser, first_line, launch
from helper.errors import BrowserFailedError
from helper.messages import Language, coded, text
from helper.printing import missing_lines
from helper.settings import Authority, Settings
from helper.web.pairing import offer

SHOPS = ("wangzi", "lechuang", "weijie")


async def demonstrate(
    settings: Settings, *, keep: bool, once: bool, shop: str, lend: bool
) -> dict[str, Any] | None:
    """Run the demonstration; returns its result with `once`, else None when the window closes.

    With `keep` everything goes into the data folder of the settings and stays. Without it a
    demonstration by hand leaves nothing behind; `once` makes a folder for vault and evidence ZIP
    that stays, and says where. Raises BrowserFailedError for whatever the browser refuses.
    """
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    language = settings.language
    if not once and not has_display():
        typer.echo(text("demo.no_display", language), err=True)
        once = True
    with TemporaryDirectory(prefix="kazheng-demo-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        data = settings.data if keep else _data_folder(folder, once=once)
        if not keep:
            key = "demo.summary.kept_at" if once else "demo.temporary"
            typer.echo(text(key, language, data=data), err=True)
        try:
            async with _stage(settings, folder, data, once=once) as (helper, demo, person):
                if once:
                    return await tour.once(helper, demo, person, shop=shop, lend=lend)
                await _by_hand(helper, demo, person, shop)
                return None
        except BaseException as error:
            if not keep:
                shutil.rmtree(data, ignore_errors=True)
            if not isinstance(error, Error):
                raise
            raise BrowserFailedError(reason="demo", cause=first_line(error)) from error


def summary(result: Mapping[str, Any], language: Language) -> list[str]:
    """Return the result of `--once` in sentences."""
    order, timings = result["order"] or {}, result["timings_ms"]
    compared = (result["corroboration"] or {}).get("verdict", "no_visit")
    items = order.get("items") or [{}]
    return [
        text(
            "demo.summary.order",
            language,
            order_no=order.get("order_no"),
            amount=order.get("amount"),
            status=order.get("status_text") or order.get("status"),
            product=items[0].get("title"),
        ),
        text(
            "demo.summary.kept",
            language,
            kept=timings.get("click_to_kept"),
            sealed=timings.get("click_to_sealed"),
            verdict=coded("corroboration", compared, language),
        ),
        text(
            "demo.summary.filled",
            language,
            filled=len(result["filled"]["fields"]),
            attached=result["filled"]["attached"],
        ),
        *missing_lines(result["missing"], language),
        text("demo.summary.evidence", language, evidence=result["evidence"]),
    ]


def has_display() -> bool:
    """Tell whether a person can see a window here."""
    if platform_name() in {"Windows", "Darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@asynccontextmanager
async def _stage(
    settings: Settings, folder: Path, data: Path, *, once: bool
) -> AsyncIterator[tuple[Helper, platform.Demo, Person]]:
    from playwright.async_api import async_playwright  # noqa: PLC0415

    demo = await platform.start(folder / "platform")
    hosts = [urlsplit(origin).hostname or "" for origin in demo.origins.values()]
    try:
        async with (
            timekeeper.pair(folder / "authorities") as authorities,
            open_helper(_chosen(settings, data, demo, authorities), port=0) as helper,
            async_playwright() as playwright,
        ):
            person = await launch(
                playwright,
                executable=demo_browser(helper.settings),
                profile=folder / "profile",
                extension=stage.with_permissions(folder, hosts) if once else EXTENSION,
                headless=once,
                spki=demo.spki,
                viewport=(1280, 800) if once else None,
            )
            try:
                code = await asyncio.to_thread(offer, helper.store.vault, helper.store.now())
                port = helper.running.port if helper.running else 0
                await stage.pair(person, port=port, code=code)
                yield helper, demo, person
            finally:
                await _close(person)
    finally:
        await demo.stop()


def _chosen(
    settings: Settings, data: Path, demo: platform.Demo, authorities: tuple[Authority, ...]
) -> Settings:
    """Return the settings of the demonstration: nobody outside is asked for anything."""
    return settings.model_copy(
        update={
            "data": data,
            "trusted_spki": (demo.spki,),
            "outside": False,
            "authorities": authorities,
            "calendars": (),
            "beacons": (),
            "time_servers": (),
            "resolvers": (),
        }
    )


async def _by_hand(helper: Helper, demo: platform.Demo, person: Person, shop: str) -> None:
    await tour.log_in(person, demo)
    order = demo.orders[f"{shop}:not_delivered"]
    page = await person.open(order.url)
    await page.bring_to_front()
    typer.echo(text("demo.window", helper.settings.language), err=True)
    closed = asyncio.Event()
    person.context.on("close", lambda _: closed.set())
    await closed.wait()


async def _close(person: Person) -> None:
    from playwright.async_api import Error  # noqa: PLC0415

    # The person may have closed the window first: that is how the demo ends.
    with suppress(Error):
        await person.close()


def _data_folder(folder: Path, *, once: bool) -> Path:
    """Return where the vault goes: with `once` a folder that outlives the demo."""
    return Path(mkdtemp(prefix="kazheng-demo-data-")) if once else folder / "data"
