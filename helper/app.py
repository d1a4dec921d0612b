"""The one place that knows all parts: opens a vault, starts the workflow engine, serves."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig

from helper import __version__
from helper.capture.browser import WarmBrowser
from helper.desk import Desk
from helper.errors import DiskFullError, KazhengError, VaultError
from helper.keeper import Keeper
from helper.messages import explain
from helper.model import CaptureId, Step
from helper.pipeline import WORKFLOW_VERSION, Pipeline
from helper.settings import Settings
from helper.steps import advising
from helper.steps.digesting import Digester
from helper.steps.indexing import Indexer
from helper.steps.rounds import to_its_end
from helper.steps.stamping import Stamper
from helper.steps.store import Store, open_store
from helper.steps.visit import Sessions, Visitor
from helper.vault.catalogue import Catalogue
from helper.vault.files import make_folder
from helper.vault.store import cause
from helper.web.server import Running, create_app, serve
from helper.web.services import Services

MakeWay = Callable[[], Awaitable[None]]
_log = logging.getLogger("kazheng")
_POLL_SECONDS = 0.15
_RESUME_SECONDS = 60.0
_TURNS_AN_HOUR = 60


@dataclass(frozen=True)
class Helper:
    """A running helper: its vault, its workflow, its desk, and the server if it serves."""

    settings: Settings
    store: Store
    pipeline: Pipeline
    desk: Desk
    browser: WarmBrowser
    sessions: Sessions
    keeper: Keeper
    running: Running | None = None

    def steps(self, capture_id: CaptureId) -> AsyncIterator[Step]:
        """Yield the steps of a capture until it is sealed, and why it stands still meanwhile."""
        return steps_of(self.store.vault, capture_id, self.pipeline.unwritten)

    async def sealed(self, capture_id: CaptureId, seconds: float) -> bool:
        """Wait until a capture is sealed; False when that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                async for _ in self.steps(capture_id):
                    pass
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def open_helper(
    settings: Settings, *, port: int | None = None, make_way: MakeWay | None = None
) -> AsyncIterator[Helper]:
    """Run the helper until the block ends; with a port (0: any free one) it serves there.

    `make_way` is called right before, and stops what was served on that port meanwhile.
    """
    with _alone(settings.data):
        store = open_store(settings)
        await _tidy(store.clear_leftovers)
        browser = WarmBrowser(settings)
        sessions = Sessions()
        own_ports = {port} if port else set()
        with _engine(settings):
            pipeline = Pipeline(store, Visitor(store, browser, sessions, own_ports))
            DBOS.launch()
            keeper = Keeper(store)
            keeper.forget_backup()
            helper = Helper(settings, store, pipeline, Desk(store), browser, sessions, keeper)
            tasks = [
                asyncio.create_task(_warm(browser)),
                asyncio.create_task(Stamper(store, pipeline.sealer).work()),
                asyncio.create_task(Digester(store).work()),
                asyncio.create_task(Indexer(store).work()),
            ]
            try:
                async with _served(helper, port, make_way) as running:
                    if running is not None:
                        own_ports.add(running.port)
                    tasks.append(asyncio.create_task(_resume(helper)))
                    yield replace(helper, running=running)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await keeper.stop()
                await pipeline.stop()
                await browser.stop()
                store.close()


def trouble_of(settings: Settings) -> KazhengError | None:
    """Open the vault and let go of it; return why a helper cannot have it, None if it can."""
    try:
        with _alone(settings.data):
            open_store(settings).close()
    except (VaultError, DiskFullError) as error:
        return error
    return None


def services(helper: Helper) -> Services:
    """Give the web layer the parts it needs."""

    async def lend(capture_id: str, state: Mapping[str, Any]) -> None:
        view = await asyncio.to_thread(helper.store.vault.capture, capture_id)
        visited = any(step.step == "witness" for step in view.steps)
        promised = view.meta.session == "lent" and view.meta.revisit == "allowed"
        if promised and not visited:
            await helper.sessions.lend(capture_id, dict(state))

    return Services(
        version=__version__,
        vault=helper.store.vault,
        blobs=helper.store.blobs,
        incoming=helper.settings.data / "incoming",
        start_capture=helper.pipeline.start,
        strips_complete=helper.pipeline.strips_complete,
        lend_session=lend,
        make_draft=helper.desk.make_draft,
        suggest=helper.desk.suggest,
        edit_draft=helper.desk.edit_draft,
        outgoing=helper.desk.outgoing,
        packet=helper.desk.packet,
        advise=helper.desk.advise,
        due=helper.desk.due,
        reply=helper.desk.reply,
        fill_plan=helper.desk.fill_plan,
        filled=helper.desk.filled,
        keeper=helper.keeper,
        prepared=helper.desk.prepared,
        subscribe=helper.steps,
        export=helper.desk.export,
        attach=helper.desk.attach,
        bring_bill=helper.desk.bring_bill,
        unwritten=helper.pipeline.unwritten,
        digest_form=advising.form(helper.store),
    )


async def steps_of(
    vault: Catalogue, capture_id: CaptureId, unwritten: Callable[[CaptureId], Step | None]
) -> AsyncIterator[Step]:
    """Yield the steps of a capture as they are written down, until it is sealed.

    What could not be written, for want of room, is yielded as well.
    """
    told, trouble = 0, None
    while True:
        view = await asyncio.to_thread(vault.capture, capture_id)
        for step in view.steps[told:]:
            yield step
        told = len(view.steps)
        if view.state == "sealed":
            return
        before, trouble = trouble, unwritten(capture_id)
        if trouble is not None and trouble != before:
            yield trouble
        await asyncio.sleep(_POLL_SECONDS)


@asynccontextmanager
async def _served(
    helper: Helper, port: int | None, make_way: MakeWay | None
) -> AsyncIterator[Running | None]:
    if port is None:
        yield None
        return
    if make_way is not None:
        await make_way()
    parts = services(helper)
    running = await serve(create_app(parts), port)
    serving = helper.settings.serving
    try:
        with suppress(OSError):  # only `kazheng console` misses it, and says so
            serving.write_text(json.dumps({"port": running.port, "start": parts.start}), "utf-8")
        yield running
    finally:
        with suppress(OSError):  # a command reads it just now: Windows lets nobody remove it then
            serving.unlink()
        await running.stop()


async def _resume(helper: Helper) -> None:
    """Begin what was accepted but is not under way: after a crash, after a failed step."""
    store, vault, pipeline = helper.store, helper.store.vault, helper.pipeline
    await _begin_each(vault.receiving, pipeline.seal_interrupted)
    for turn in itertools.count():
        await _begin_each(vault.unsealed, pipeline.start)
        await _begin_each(vault.with_late_strips, pipeline.start_late)
        if turn == 0:
            await _tidy(store.doom_orphans)
        await _tidy(store.sweep if (turn + 1) % _TURNS_AN_HOUR else store.clear_leftovers)
        await asyncio.sleep(_RESUME_SECONDS)


async def _begin_each(
    find: Callable[[], list[CaptureId]], begin: Callable[[CaptureId], Awaitable[None]]
) -> None:
    try:
        for capture_id in await asyncio.to_thread(find):
            await begin(capture_id)
    except Exception as error:  # noqa: BLE001  # logged; whatever it is, the next round tries again
        _log.warning("captures wait: %s", error)


async def _tidy(work: Callable[[], object]) -> None:
    try:
        await to_its_end(work)
    except Exception as error:  # noqa: BLE001  # logged; the next round tries again
        _log.warning("files that may go wait: %s", error)


async def _warm(browser: WarmBrowser) -> None:
    try:
        await browser.start()
    except KazhengError as error:
        # The capture is kept all the same; each visit says what is missing.
        _log.warning("%s", explain(error, browser.settings.language)["message"])


@contextmanager
def _engine(settings: Settings) -> Iterator[None]:
    config: DBOSConfig = {
        "name": "kazheng",
        "system_database_url": settings.database_url,
        "application_version": WORKFLOW_VERSION,
        "executor_id": "local",
        "log_level": "ERROR",
    }
    DBOS(config=config)
    try:
        yield
    finally:
        DBOS.destroy(destroy_registry=True)
        # The engine had made its own pool the loop's default and has shut it down.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the vault for this process alone; the operating system lets go when it dies."""
    try:
        make_folder(data)
        lock = sqlite3.connect(data / "in-use.lock", timeout=0.5, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise VaultError(reason="unwritable", path=str(data)) from error
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            known = cause(str(error), str(data))
            raise known or VaultError(reason="unwritable", path=str(data)) from error
        yield
