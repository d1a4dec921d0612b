"""The second visit: a clean context, the session only if lent, one moment for all artifacts."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from helper.capture import addresses
from helper.capture.browser import WarmBrowser
from helper.capture.fonts import cjk_font
from helper.capture.gate import Gate, system_proxy
from helper.capture.masks import Masks
from helper.capture.records import write_records
from helper.capture.run import DEFAULT_VIEWPORT, Run
from helper.capture.visits import (
    EXPECTED,
    Produced,
    Taken,
    Visit,
    VisitRequest,
    first_line,
    is_closed,
)

__all__ = ["EXPECTED", "Produced", "Visit", "VisitRequest", "visit"]

_ATTEMPTS = 2
_GRACE_SECONDS = 60.0
"""For all that is around the page's own time: context, records, closing."""


async def visit(browser: WarmBrowser, request: VisitRequest, folder: Path) -> Visit:
    """Visit the page and write its artifacts into the folder.

    Never raises for the page's sake: what failed is in `missing`. Raise BrowserMissingError or
    BrowserFailedError if there is no browser to visit with.
    """
    started = datetime.now(UTC)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    seen_origin = addresses.origin(request.url)
    refusal = addresses.allowed(request.url, seen_origin=seen_origin, own_ports=request.own_ports)
    taken = Taken(folder, Masks(request.storage_state), request.url)
    if refusal is not None:
        for role in EXPECTED:
            taken.lack(role, "address_refused", refusal)
        return _finish(taken, request, started)
    await browser.start()
    host = urlsplit(request.url).hostname or ""
    notes: list[str] = []
    async with browser.slot(host) as slot:
        for number in range(_ATTEMPTS):
            taken = Taken(folder, Masks(request.storage_state), request.url, notes=notes)
            if await _attempt(browser, request, taken, slot) or number + 1 == _ATTEMPTS:
                break
            notes = ["browser_restarted"]
    if await asyncio.to_thread(cjk_font) is None:
        taken.note("no_cjk_font")
    secure = any(url.lower().startswith("https:") for url in (request.url, taken.final_url))
    if secure and browser.settings.trusted_spki:
        taken.note("trusted_key")
    return _finish(taken, request, started)


def _finish(taken: Taken, request: VisitRequest, started: datetime) -> Visit:
    _lack_rest(taken, "deadline")
    taken.clean()
    return Visit(
        final_url=taken.final_url,
        status=taken.status,
        title=taken.title,
        started_at=started,
        finished_at=datetime.now(UTC),
        session="lent" if request.storage_state is not None else "not_lent",
        peer=taken.peer,
        certificate_sha256=taken.certificate_sha256,
        files=tuple(taken.files),
        missing=tuple(taken.missing),
        notes=tuple(taken.notes),
        site_clock=taken.site_clock,
        viewport=taken.viewport,
    )


def _lack_rest(taken: Taken, reason: str, detail: str | None = None) -> None:
    """Give a reason for every expected role that is neither there nor explained yet."""
    known = {produced.role for produced in taken.files} | {lack.role for lack in taken.missing}
    for role in EXPECTED:
        if role not in known:
            taken.lack(role, reason, detail)


async def _attempt(browser: WarmBrowser, request: VisitRequest, taken: Taken, slot: int) -> bool:
    """Make one attempt; return False if the browser died and it should be made again."""
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    gate = Gate(addresses.origin(request.url), request.own_ports, system_proxy())
    proxy = await gate.start()
    start = browser.starts
    try:
        async with (
            asyncio.timeout(request.seconds + _GRACE_SECONDS),
            contextlib.AsyncExitStack() as stack,
        ):
            context = await stack.enter_async_context(
                browser.context(**_options(browser, request, proxy))
            )
            run = Run(browser, request, taken, slot, gate, context)
            try:
                trouble = await _whole(run, request.seconds)
            except Error:
                await write_records(run)  # the page is gone; what it loaded is known
                raise
            await write_records(run)
            if trouble is not None:
                _lack_rest(taken, *trouble)
    except TimeoutError:
        browser.abandon(start)
        _lack_rest(taken, "browser_died", "frozen")
        return False
    except Error as error:
        detail = taken.masks.text(first_line(error))
        if not browser.alive or is_closed(error):
            _lack_rest(taken, "browser_died", detail)
            return False
        _lack_rest(taken, "browser_error", detail)
    finally:
        browser.afterwards(gate.stop)
    return True


async def _whole(run: Run, seconds: float) -> tuple[str, str] | None:
    """Take what can be taken; return reason and detail for the rest if an error ended it early.

    Raise only if page or browser are gone.
    """
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    taken = run.taken
    try:
        async with asyncio.timeout(seconds) as run.limit:
            await run.whole()
    except TimeoutError:
        if run.crashed:
            raise Error("Target crashed") from None
        taken.note("deadline")
        return None
    except Error as error:
        if not run.browser.alive or is_closed(error):
            raise
        trouble = "browser_error", taken.masks.text(first_line(error))
    except Exception as error:  # noqa: BLE001  # whatever it was: what is taken so far is kept
        trouble = "internal", type(error).__name__
    else:
        return None
    taken.note(": ".join(trouble))
    return trouble


def _options(browser: WarmBrowser, request: VisitRequest, proxy: str) -> dict[str, Any]:
    """Return the options of the clean context."""
    options: dict[str, Any] = {
        "accept_downloads": False,
        "service_workers": "block",
        "proxy": {"server": proxy, "bypass": "<-loopback>"},
    }
    wanted = {
        "user_agent": request.user_agent,
        "timezone_id": request.timezone,
        "locale": request.language,
        "storage_state": request.storage_state,
    }
    options |= {name: value for name, value in wanted.items() if value}
    if browser.display is not None:
        options["no_viewport"] = True
    else:
        view = request.viewport or DEFAULT_VIEWPORT
        width = min(view.page_width or view.width, view.width)  # headless has no scroll bars
        options["viewport"] = {
            "width": min(max(width, 320), 3840), "height": min(max(view.height, 240), 2400),
        }  # fmt: skip
        options["device_scale_factor"] = min(max(view.scale, 1.0), 2.0)
    return options
