"""One attempt at a visit in one browser context: open, settle, take everything."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helper.capture import addresses, artifacts, page_text, sheet, site_clock
from helper.capture.artifacts import ArtifactError
from helper.capture.browser import WarmBrowser
from helper.capture.gate import Gate
from helper.capture.network import NetworkLog
from helper.capture.settle import LOAD_SECONDS, World, settle
from helper.capture.visits import EXPECTED, Taken, VisitRequest, every, first_line, is_closed
from helper.capture.window import HEIGHT, SLOT_WIDTH
from helper.model import Role, Viewport

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Dialog, Download, Page

DEFAULT_VIEWPORT = Viewport(width=1280, height=900)
_FRAME = 87
"""Height of tab strip and address bar; only the first guess of the window's size."""
_DOCUMENT_SECONDS = 12.0
"""A document that takes longer to arrive is let through and its bytes are not kept."""
_NO_PRINT = "window.print = () => {};"
"""The print dialog of a page would block it for good."""


class Run:
    """One attempt in one context."""

    def __init__(
        self, browser: WarmBrowser, request: VisitRequest, taken: Taken, slot: int, gate: Gate,
        context: BrowserContext,
    ) -> None:  # fmt: skip
        self.browser, self.request, self.taken = browser, request, taken
        self.slot, self.gate, self.context = slot, gate, context
        self.log: NetworkLog | None = None
        self.window_id = 0
        self.agent = ""
        self.limit: asyncio.Timeout | None = None
        self.crashed = False
        self.printed = False
        """Whether a text of the page prints a session value: its PDF would, too."""
        self.at = datetime.now(UTC)

    async def whole(self) -> None:
        """Load the page, let it settle, take everything."""
        page = await self.context.new_page()
        self._watch(page)
        cdp = await self.context.new_cdp_session(page)
        self.log = log = NetworkLog(cdp, min(_DOCUMENT_SECONDS, self.request.seconds / 4))
        await asyncio.gather(log.start(), self._place(cdp), page.add_init_script(_NO_PRINT))
        if not await self._open(page, log):
            return
        world = World(cdp)
        load_seconds = min(LOAD_SECONDS, self.request.seconds / 4)
        self.taken.notes.extend(await settle(world, log, load_seconds))
        await self._identify(page, cdp, world)
        await self._take(page, cdp, world)

    def _watch(self, page: Page) -> None:
        """Dismiss dialogs, refuse downloads, close other pages, noting each; end with a crash."""

        async def dismiss(dialog: Dialog) -> None:
            self.taken.note(f"dialog_dismissed: {self.taken.masks.text(dialog.message)[:200]}")
            await dialog.dismiss()

        async def close(other: Page) -> None:
            if other is not page:
                self.taken.note("popup_closed")
                await other.close()

        def refuse(download: Download) -> None:
            self.taken.note(f"download_refused: {self.taken.masks.text(download.url)[:200]}")

        def crash(_: Page) -> None:
            self.crashed = True
            if self.limit is not None:
                self.limit.reschedule(0)  # calls to a crashed page are never answered

        page.on("crash", crash)
        page.on("dialog", dismiss)
        page.on("download", refuse)
        self.context.on("page", close)

    async def _place(self, cdp: CDPSession) -> None:
        if self.browser.display is None:
            return
        view = self.request.viewport or DEFAULT_VIEWPORT
        if view.bare:  # else the page is laid out narrower than it was seen
            await cdp.send("Emulation.setScrollbarsHidden", {"hidden": True})
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
            if is_closed(error) and not self.browser.alive:
                raise
            reason, detail = self._why(first_line(error))
            for role in EXPECTED:
                if role not in {"witness/warc", "witness/har"}:
                    self.taken.lack(role, reason, detail)
            return False
        finally:
            endless.cancel()
            going.cancel()
        self.taken.status = response.status if response is not None else None
        self.taken.site_clock = site_clock.read(response) if response is not None else None
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
        url, title, self.agent = facts or (page.url, "", "")
        taken.masks.add_cookies(await self.context.cookies())
        taken.final_url, taken.title = taken.masks.text(url), taken.masks.text(title)
        origin = addresses.origin(url)
        if origin is None:
            return
        parts = urlsplit(origin)
        taken.peer = self.gate.peer(parts.hostname or "", parts.port or 0)
        if parts.scheme != "https":
            return

        async def chain() -> None:
            pem, about, leaf = await artifacts.certificates(cdp, f"https://{urlsplit(url).netloc}")
            taken.certificate_sha256 = leaf
            await taken.keep("witness/tls", "witness-tls.pem", "application/x-pem-file", pem)
            await taken.keep("witness/tls", "witness-tls.json", "application/json", about)

        await taken.attempt("witness/tls", chain)

    async def _take(self, page: Page, cdp: CDPSession, world: World) -> None:
        """Take every artifact of the page."""
        taken = self.taken
        size, taken.viewport = await asyncio.gather(
            artifacts.page_size(cdp, world), artifacts.viewport(world)
        )

        async def dom() -> None:
            await self._keep_text("witness/html", "witness-page.html", "text/html;charset=utf-8",
                                  await artifacts.dom(world))  # fmt: skip

        async def text() -> None:
            await self._keep_text("witness/text", "witness-page.txt", "text/plain;charset=utf-8",
                                  await page_text.take(world))  # fmt: skip

        async def mhtml() -> None:
            await self._keep_text("witness/mhtml", "witness-page.mhtml", "multipart/related",
                                  await artifacts.mhtml(cdp))  # fmt: skip

        async def pdf() -> None:
            await self._pdf(cdp, world)

        grown: artifacts.GrownWindow | None = None

        async def grow() -> None:
            nonlocal grown
            grown = await self._grow(page, cdp, world, size)

        async def window() -> None:
            await self._window(grown)

        async def scrollers() -> None:
            await self._scrollers(cdp, world, size)

        async def pictures() -> None:
            await self._pictures(cdp, size)

        await every(
            taken,
            (
                ("witness/html", dom),
                ("witness/text", text),
                ("witness/mhtml", mhtml),
            ),
        )
        await taken.attempt("witness/page", pictures)
        await taken.attempt("witness/window", grow)
        # printing holds the page's thread: the display is pictured meanwhile
        await every(taken, (("witness/pdf", pdf), ("witness/window", window)))
        await taken.attempt("witness/scroller", scrollers)

    async def _keep_text(self, role: Role, name: str, media_type: str, data: bytes) -> None:
        """Keep a page text, unless it prints a session value."""
        self.taken.masks.add_cookies(await self.context.cookies())
        if self.taken.masks.shows(data):
            self.printed = True
            raise ArtifactError("session_in_page")
        await self.taken.keep(role, name, media_type, data)

    async def _pdf(self, cdp: CDPSession, world: World) -> None:
        """Keep the PDF, unless a text of the page prints a session value: it cannot be searched."""
        taken = self.taken
        if self.printed or taken.masks.shows(await artifacts.drawn(world)):
            raise ArtifactError("session_in_page")
        data = await artifacts.pdf(cdp, taken.title)
        if taken.masks.shows(data):
            raise ArtifactError("session_in_page")
        await taken.keep("witness/pdf", "witness-page.pdf", "application/pdf", data)

    async def _scrollers(self, cdp: CDPSession, world: World, size: artifacts.PageSize) -> None:
        taken = self.taken
        found = await artifacts.scrollers(cdp, world, size.scale)
        for note in found.notes:
            taken.note(note)
        for number, tiles in enumerate(found.tiles, 1):
            for place, tile in enumerate(tiles, 1):
                mark = "" if len(tiles) == 1 else f"-{place:02d}"
                name = f"witness-scroller-{number}{mark}.png"
                await taken.keep("witness/scroller", name, "image/png", tile)

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

    async def _grow(
        self, page: Page, cdp: CDPSession, world: World, size: artifacts.PageSize
    ) -> artifacts.GrownWindow:
        if self.browser.display is None:
            raise ArtifactError("no_private_display")
        if self.taken.masks.shows(await artifacts.framed(world)):
            raise ArtifactError("session_in_page")
        grown = await artifacts.grow_window(page, cdp, world, window_id=self.window_id, size=size)
        if not grown.whole:
            self.taken.note("window_shows_part")
        return grown

    async def _window(self, grown: artifacts.GrownWindow | None) -> None:
        display = self.browser.display
        if grown is None or display is None:
            return  # why stands in `missing`
        data = await artifacts.window(display, self.slot, grown)
        await self.taken.keep("witness/window", "witness-window.png", "image/png", data)
