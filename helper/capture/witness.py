"""The second visit: a clean context, the user's session only if lent, one moment for all artifacts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from helper.capture import addresses, archive, artifacts, sheet
from helper.capture.artifacts import ArtifactError
from helper.capture.browser import WarmBrowser
from helper.capture.fonts import cjk_font
from helper.capture.gate import Gate, system_proxy
from helper.capture.masks import Masks
from helper.capture.network import NetworkLog
from helper.capture.settle import LOAD_SECONDS, World, settle
from helper.capture.window import HEIGHT, SLOT_WIDTH
from helper.model import Missing, Role, Session, Viewport

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Dialog, Download, Page

EXPECTED: tuple[Role, ...] = (
    "witness/page", "witness/sheet", "witness/window", "witness/pdf", "witness/mhtml",
    "witness/html", "witness/warc", "witness/har",
)  # fmt: skip
_FRAME = 87
"""Height of tab strip and address bar; only the first guess of the window's size."""
_DEFAULT = Viewport(width=1280, height=900)
_NO_PRINT = "window.print = () => {};"
_ATTEMPTS = 2


@dataclass(frozen=True)
class VisitRequest:
    """What to visit, as whom, for how long. `storage_state` (a lent session) stays in memory."""

    capture_id: str
    url: str
    user_agent: str | None = None
    viewport: Viewport | None = None
    timezone: str | None = None
    language: str | None = None
    storage_state: dict[str, Any] | None = field(default=None, repr=False)
    own_ports: frozenset[int] = frozenset()
    seconds: float = 45.0


@dataclass(frozen=True)
class Produced:
    """A file the visit wrote."""

    role: Role
    name: str
    media_type: str
    path: Path


@dataclass(frozen=True)
class Visit:
    """What came of a visit. `notes` are codes, some with `: detail` after them."""

    final_url: str
    status: int | None
    title: str
    started_at: datetime
    finished_at: datetime
    session: Session
    peer: str | None
    certificate_sha256: str | None
    files: tuple[Produced, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]


@dataclass
class _Taken:
    """What one attempt has so far; kept whatever happens next."""

    folder: Path
    masks: Masks
    final_url: str
    status: int | None = None
    title: str = ""
    peer: str | None = None
    certificate_sha256: str | None = None
    files: list[Produced] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, code: str) -> None:
        """Add a note once."""
        if code not in self.notes:
            self.notes.append(code)

    def lack(self, role: str, reason: str, detail: str | None = None) -> None:
        """Record that a role is missing."""
        self.missing.append(Missing(role=role, reason=reason, detail=detail and detail[:300]))

    async def keep(self, role: Role, name: str, media_type: str, data: bytes) -> None:
        """Write and sync a file."""
        path = self.folder / name
        await asyncio.to_thread(_write, path, data)
        self.files.append(Produced(role, name, media_type, path))

    async def attempt(self, role: Role, take: Callable[[], Awaitable[None]]) -> None:
        """Run one step; its failure becomes an entry of `missing`, a dead browser goes on up."""
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        try:
            await take()
        except ArtifactError as error:
            self.lack(role, error.reason, error.detail)
        except TimeoutError:
            self.lack(role, "timeout")
        except OSError as error:
            self.lack(role, "disk", error.strerror)
        except Error as error:
            if _is_closed(error):
                raise
            self.lack(role, "browser_error", _first_line(error))
        except (ValueError, KeyError) as error:
            self.lack(role, "unusable", str(error))


async def visit(browser: WarmBrowser, request: VisitRequest, folder: Path) -> Visit:
    """Visit the page and write its artifacts into the folder.

    Never raises for the page's sake: what failed is in `missing`. Raise BrowserMissingError or
    BrowserFailedError if there is no browser to visit with.
    """
    started = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    seen_origin = addresses.origin(request.url)
    refusal = addresses.allowed(
        request.url, seen_origin=seen_origin, own_ports=request.own_ports
    )
    taken = _Taken(folder, Masks(request.storage_state), request.url)
    if refusal is not None:
        for role in EXPECTED:
            taken.lack(role, "address_refused", refusal)
        return _finish(taken, request, started)
    await browser.start()
    host = urlsplit(request.url).hostname or ""
    notes: list[str] = []
    async with browser.slot(host) as slot:
        for number in range(_ATTEMPTS):
            taken = _Taken(folder, Masks(request.storage_state), request.url, notes=notes)
            if await _attempt(browser, request, taken, slot) or number + 1 == _ATTEMPTS:
                break
            notes = ["browser_restarted"]
    if cjk_font() is None:
        taken.note("no_cjk_font")
    return _finish(taken, request, started)


def _finish(taken: _Taken, request: VisitRequest, started: datetime) -> Visit:
    known = {produced.role for produced in taken.files} | {lack.role for lack in taken.missing}
    for role in EXPECTED:
        if role not in known:
            taken.lack(role, "deadline")
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
    )


async def _attempt(
    browser: WarmBrowser, request: VisitRequest, taken: _Taken, slot: int
) -> bool:
    """Make one attempt; return False if the browser died and it should be made again."""
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    gate = Gate(addresses.origin(request.url), request.own_ports, system_proxy())
    proxy = await gate.start()
    try:
        async with contextlib.AsyncExitStack() as stack:
            context = await stack.enter_async_context(
                browser.context(**_options(browser, request, proxy))
            )
            run = _Run(browser, request, taken, slot, gate, context)
            try:
                async with asyncio.timeout(request.seconds):
                    await run.whole()
            except TimeoutError:
                taken.note("deadline")
            await run.close_records()
    except Error as error:
        if not browser.alive or _is_closed(error):
            taken.lack("witness/page", "browser_died", _first_line(error))
            return False
        for role in EXPECTED:
            taken.lack(role, "browser_error", _first_line(error))
    finally:
        await gate.stop()
    return True


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
        view = request.viewport or _DEFAULT
        options["viewport"] = {
            "width": min(max(view.width, 320), 3840), "height": min(max(view.height, 240), 2400),
        }  # fmt: skip
        options["device_scale_factor"] = min(max(view.scale, 1.0), 2.0)
    return options


class _Run:
    """One attempt in one context."""

    def __init__(
        self, browser: WarmBrowser, request: VisitRequest, taken: _Taken, slot: int, gate: Gate,
        context: BrowserContext,
    ) -> None:  # fmt: skip
        self.browser, self.request, self.taken = browser, request, taken
        self.slot, self.gate, self.context = slot, gate, context
        self.log: NetworkLog | None = None
        self.window_id = 0
        self.agent = ""
        self.at = datetime.now(UTC)

    async def whole(self) -> None:
        """Load the page, let it settle, take everything."""
        page = await self.context.new_page()
        self._watch(page)
        cdp = await self.context.new_cdp_session(page)
        self.log = log = NetworkLog(cdp)
        await asyncio.gather(log.start(), self._place(cdp), page.add_init_script(_NO_PRINT))
        if not await self._open(page, log):
            return
        world = World(cdp)
        load_seconds = min(LOAD_SECONDS, self.request.seconds / 4)
        self.taken.notes.extend(await settle(world, log, load_seconds))
        await self._identify(page, cdp, world)
        await self._take(page, cdp, world)

    def _watch(self, page: Page) -> None:
        """Dismiss dialogs, refuse downloads, close other pages; note each kind."""

        async def dismiss(dialog: Dialog) -> None:
            self.taken.note(f"dialog_dismissed: {self.taken.masks.text(dialog.message)[:200]}")
            await dialog.dismiss()

        async def close(other: Page) -> None:
            if other is not page:
                self.taken.note("popup_closed")
                await other.close()

        def refuse(download: Download) -> None:
            self.taken.note(f"download_refused: {self.taken.masks.text(download.url)[:200]}")

        page.on("dialog", dismiss)
        page.on("download", refuse)
        self.context.on("page", close)

    async def _place(self, cdp: CDPSession) -> None:
        if self.browser.display is None:
            return
        view = self.request.viewport or _DEFAULT
        self.window_id = await artifacts.place_window(
            cdp,
            left=self.slot * SLOT_WIDTH,
            width=min(max(view.width, 500), SLOT_WIDTH),
            height=min(max(view.height, 300) + _FRAME, HEIGHT // 2),
        )

    async def _open(self, page: Page, log: NetworkLog) -> bool:
        """Navigate; False (and everything missing) if no page came."""
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        limit = self.request.seconds * 1000 * 0.6
        going = asyncio.ensure_future(
            page.goto(self.request.url, wait_until="commit", timeout=limit)
        )
        endless = asyncio.ensure_future(log.endless_document.wait())
        try:
            await asyncio.wait({going, endless}, return_when=asyncio.FIRST_COMPLETED)
            if not going.done():
                log.hold_documents = False
                self.taken.note("document_endless")
                going.cancel()
                await asyncio.gather(going, return_exceptions=True)
                going = asyncio.ensure_future(
                    page.goto(self.request.url, wait_until="commit", timeout=limit)
                )
            response = await going
        except Error as error:
            if _is_closed(error) and not self.browser.alive:
                raise
            reason, detail = self._why(_first_line(error))
            for role in EXPECTED:
                if role not in {"witness/warc", "witness/har"}:
                    self.taken.lack(role, reason, detail)
            return False
        finally:
            endless.cancel()
            going.cancel()
        self.taken.status = response.status if response is not None else None
        return True

    def _why(self, line: str) -> tuple[str, str]:
        """Return the reason code for a failed navigation."""
        if self.gate.refused and "ERR_SOCKS" in line:
            last = self.gate.refused[-1]
            return "address_refused", f"{last.reason} {last.host}:{last.port}"
        if "ERR_CERT" in line or "ERR_SSL" in line:
            return "tls_error", line
        if "Download is starting" in line or "ERR_ABORTED" in line:
            return "no_page", line
        if "Timeout" in line:
            return "no_answer", line
        return "unreachable", line

    async def _identify(self, page: Page, cdp: CDPSession, world: World) -> None:
        """Read address, title, peer and certificate of what was loaded."""
        taken = self.taken
        self.at = datetime.now(UTC)
        facts = await world.run("[location.href, document.title, navigator.userAgent]", 2.0)
        url, taken.title, self.agent = facts or (page.url, "", "")
        taken.final_url, taken.title = taken.masks.text(url), taken.masks.text(taken.title)
        origin = addresses.origin(url)
        if origin is None:
            return
        parts = urlsplit(origin)
        taken.peer = self.gate.peer(parts.hostname or "", parts.port or 0)
        if parts.scheme != "https":
            return

        async def chain() -> None:
            pem, about, leaf = await artifacts.certificates(cdp, origin)
            taken.certificate_sha256 = leaf
            await taken.keep("witness/tls", "witness-tls.pem", "application/x-pem-file", pem)
            await taken.keep("witness/tls", "witness-tls.json", "application/json", about)

        await taken.attempt("witness/tls", chain)

    async def _take(self, page: Page, cdp: CDPSession, world: World) -> None:
        """Take every artifact of the page."""
        taken = self.taken
        size = await artifacts.page_size(cdp, world)

        async def dom() -> None:
            await self._keep_text("witness/html", "witness-page.html", "text/html;charset=utf-8",
                                  await artifacts.dom(world))  # fmt: skip

        async def mhtml() -> None:
            await self._keep_text("witness/mhtml", "witness-page.mhtml", "multipart/related",
                                  await artifacts.mhtml(cdp))  # fmt: skip

        async def pdf() -> None:
            data = await artifacts.pdf(cdp, taken.title)
            await taken.keep("witness/pdf", "witness-page.pdf", "application/pdf", data)

        async def window() -> None:
            await self._window(page, cdp, world, size)

        async def scrollers() -> None:
            found = await artifacts.scrollers(cdp, world, size.scale)
            for number, data in enumerate(found, 1):
                name = f"witness-scroller-{number}.png"
                await taken.keep("witness/scroller", name, "image/png", data)

        steps: tuple[tuple[Role, Callable[[], Awaitable[None]]], ...]
        await _all(taken, (("witness/html", dom), ("witness/mhtml", mhtml)))
        await taken.attempt("witness/page", lambda: self._pictures(cdp, size))
        steps = (("witness/pdf", pdf), ("witness/window", window))
        await _all(taken, steps)
        await taken.attempt("witness/scroller", scrollers)

    async def _keep_text(self, role: Role, name: str, media_type: str, data: bytes) -> None:
        """Keep a page text, unless it prints a session value."""
        self.taken.masks.add_cookies(await self.context.cookies())  # type: ignore[arg-type]
        if self.taken.masks.shows(data):
            raise ArtifactError("session_in_page")
        await self.taken.keep(role, name, media_type, data)

    async def _pictures(self, cdp: CDPSession, size: artifacts.PageSize) -> None:
        taken = self.taken
        tiles = await artifacts.pictures(cdp, size)
        if size.height * size.scale > artifacts.TILE_HEIGHT * artifacts.MOST_TILES:
            taken.note(f"page_cut: {size.height}")
        caption = sheet.Caption(
            taken.final_url, taken.title, self.at, self.request.timezone, "witness",
            self.request.capture_id, taken.peer, taken.certificate_sha256,
        )  # fmt: skip
        for number, tile in enumerate(tiles, 1):
            mark = "" if len(tiles) == 1 else f"-{number:02d}"
            await taken.keep("witness/page", f"witness-page{mark}.png", "image/png", tile)

            async def compose(tile: bytes = tile, mark: str = mark) -> None:
                data = await asyncio.to_thread(sheet.compose, tile, caption)
                await taken.keep("witness/sheet", f"witness-sheet{mark}.png", "image/png", data)

            await taken.attempt("witness/sheet", compose)

    async def _window(
        self, page: Page, cdp: CDPSession, world: World, size: artifacts.PageSize
    ) -> None:
        display = self.browser.display
        if display is None:
            raise ArtifactError("no_private_display")
        shot = await artifacts.window(
            page, cdp, world, display=display, slot=self.slot, window_id=self.window_id, size=size
        )
        if not shot.whole:
            self.taken.note("window_shows_part")
        await self.taken.keep("witness/window", "witness-window.png", "image/png", shot.png)

    async def close_records(self) -> None:
        """Write what the network log has, also after a deadline."""
        if self.log is None:
            return
        await self.log.stop()
        taken, gate = self.taken, self.gate
        if self.browser.alive:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    taken.masks.add_cookies(await self.context.cookies())  # type: ignore[arg-type]
        for refusal in gate.refused:
            taken.note(f"address_refused: {refusal.reason} {refusal.host}:{refusal.port}")
        if gate.fake_ip:
            taken.note("fake_ip")
        if gate.upstream is not None:
            taken.note("system_proxy")
        if not self.browser.sandboxed:
            taken.note("no_sandbox")
        about = archive.About(
            software=f"kazheng/{version('kazheng')}",
            user_agent=self.agent or self.request.user_agent or "",
            peers={f"{host}:{port}": ip for (host, port), ip in gate.peers.items()},
            refused=[vars(refusal) for refusal in gate.refused],
        )
        exchanges = archive.masked(self.log.exchanges(), taken.masks)
        for exchange in exchanges:
            if exchange.body_reason is not None:
                taken.note(f"body_not_kept: {exchange.body_reason} {exchange.url[:200]}")
        names = {host: list(found) for host, found in gate.answers.items()}

        async def warc() -> None:
            path = taken.folder / "witness-network.warc.gz"
            await asyncio.to_thread(archive.write_warc, path, exchanges, about)
            await asyncio.to_thread(_sync, path)
            taken.files.append(Produced("witness/warc", path.name, "application/warc", path))

        async def har() -> None:
            data = await asyncio.to_thread(archive.har, exchanges, about, taken.title)
            await taken.keep("witness/har", "witness-network.har", "application/json", data)

        async def dns() -> None:
            data = json.dumps({"answers": names, "peers": about.peers}, indent=1).encode()
            await taken.keep("witness/dns", "witness-dns.json", "application/json", data)

        await _all(taken, (("witness/warc", warc), ("witness/har", har), ("witness/dns", dns)))


async def _all(
    taken: _Taken, steps: tuple[tuple[Role, Callable[[], Awaitable[None]]], ...]
) -> None:
    """Run steps at once; a dead browser ends them all."""
    await asyncio.gather(*(taken.attempt(role, step) for role, step in steps))


def _is_closed(error: Exception) -> bool:
    return "has been closed" in str(error) or "Target crashed" in str(error)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _sync(path: Path) -> None:
    with path.open("rb+") as out:
        os.fsync(out.fileno())
