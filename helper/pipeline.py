"""The durable workflow of one capture: (visit ‖ keep, seal S0, read ‖ strips) → compare → seal S1.

The WACZ is written before S1 and read back after it, when no visit needs the browser.
DBOS stores the workflow's input and each step's result, so nothing secret passes through them.
Steps run at least once: each looks first whether its work is already in the vault. After a crash
the next start goes on with the step that was not finished. The vault alone says what is left to
do; one workflow of a capture runs at a time, so one begun too often finds its work done.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from dbos import DBOS, SetWorkflowID

from helper.capture.chunks import RECORDING
from helper.errors import DiskFullError, KazhengError
from helper.model import CaptureId, Missing, Step
from helper.steps import bound, read, sheets
from helper.steps.archive import Archivist
from helper.steps.chat import read_chat
from helper.steps.keep import keep_parts
from helper.steps.recording import drop_chunks
from helper.steps.seal import Sealer
from helper.steps.second import compare_json
from helper.steps.store import Store
from helper.steps.visit import Visitor
from helper.vault.store import explained
from helper.vault.workflows import Workflow, id_of

_log = logging.getLogger("kazheng")
WORKFLOW_VERSION = "3"
"""Recovery belongs to one version: raised only when the order of the steps changes."""
CHAT_SECONDS = 660
"""What the extension takes at most for a chat: `IN_ALL_MILLISECONDS` there, and a minute."""


class Pipeline:
    """Runs captures. Registers its workflows by name, so that recovery finds them again."""

    def __init__(self, store: Store, visitor: Visitor) -> None:
        self.store = store
        self.visitor = visitor
        self.sealer = Sealer(store)
        self.archivist = Archivist(store, visitor.browser)
        self._strips: dict[CaptureId, asyncio.Event] = {}
        self._starting = asyncio.Lock()
        self._turns: WeakValueDictionary[CaptureId, asyncio.Lock] = WeakValueDictionary()
        self._alive: set[str] = set()
        self._running: set[asyncio.Task[Any]] = set()
        self._bounds: set[CaptureId] = set()
        self._unwritten: dict[CaptureId, Step] = {}

        @DBOS.workflow(name="capture")
        async def capture(capture_id: CaptureId) -> None:
            await self._watched(capture_id, self._capture, self._read_back)

        @DBOS.workflow(name="late")
        async def late(capture_id: CaptureId) -> None:
            await self._watched(capture_id, self._take_late)

        self._workflows = {"capture": capture, "late": late}

    async def start(self, capture_id: CaptureId) -> None:
        """Begin the workflow of a committed capture; a second call changes nothing."""
        self._bound(capture_id)
        await self._begin("capture", capture_id)

    async def seal_interrupted(self, capture_id: CaptureId) -> None:
        """Seal as partial what has arrived of a capture whose upload a crash cut off.

        No workflow: every start of the helper looks anew whether there is anything to seal.
        """
        async with self._turn(capture_id):
            await asyncio.to_thread(self._interrupted, capture_id)

    async def start_late(self, capture_id: CaptureId) -> None:
        """Give strips that came after the last seal a seal of their own."""
        await self._begin("late", capture_id)

    async def strips_complete(self, capture_id: CaptureId) -> None:
        """Say that the last strip is in."""
        await asyncio.to_thread(self.store.note, capture_id, "all_kept")
        event = self._strips.get(capture_id)
        if event is not None:
            event.set()
        if capture_id in await asyncio.to_thread(self.store.vault.with_late_strips):
            await self.start_late(capture_id)

    def unwritten(self, capture_id: CaptureId) -> Step | None:
        """Return why a capture stands still, where a full disk let nobody write that down."""
        return self._unwritten.get(capture_id)

    async def stop(self) -> None:
        """Leave what runs where it is; the next start goes on from there."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _bound(self, capture_id: CaptureId) -> None:
        """Fetch the bound "not before" beside the workflow: no seal ever waits for it."""
        if capture_id in self._bounds:
            return
        self._bounds.add(capture_id)
        task = asyncio.create_task(bound.fetch(self.store, capture_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: self._bounds.discard(capture_id))

    async def _watched(
        self,
        capture_id: CaptureId,
        work: Callable[[CaptureId], Awaitable[None]],
        afterwards: Callable[[CaptureId], Awaitable[None]] | None = None,
    ) -> None:
        """Do the work, then what nobody waits for; a failure is noted and begun anew later."""
        workflow_id = str(DBOS.workflow_id)
        self._alive.add(workflow_id)
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        try:
            with explained(self.store.vault.engine):  # the engine writes to the same disk
                async with self._turn(capture_id):
                    self._unwritten.pop(capture_id, None)
                    await work(capture_id)
                if afterwards is not None:
                    await afterwards(capture_id)
        except Exception as error:
            # Whatever it was, it must stand in the capture's steps: silence would be a lost seal.
            _log.exception("capture %s stopped", capture_id)
            await self._note_failed(capture_id, error)
            raise
        finally:
            self._alive.discard(workflow_id)

    async def _note_failed(self, capture_id: CaptureId, error: Exception) -> None:
        """Note why a capture stands still; in memory where there is no room for the note either."""
        reason = error.code if isinstance(error, KazhengError) else type(error).__name__
        try:
            await asyncio.to_thread(self.store.note, capture_id, "failed", reason)
        except DiskFullError:
            step = Step(step="failed", at=self.store.now(), detail=reason)
            self._unwritten[capture_id] = step
        except KazhengError:
            _log.exception("why capture %s stopped is not noted", capture_id)

    def _turn(self, capture_id: CaptureId) -> asyncio.Lock:
        return self._turns.setdefault(capture_id, asyncio.Lock())

    async def _begin(self, name: Workflow, capture_id: CaptureId) -> None:
        """Start a workflow unless it runs or is done.

        One that failed, or that nobody runs any more (the engine could not write its end down, an
        older version left it), is begun anew under the next number. Raises DiskFullError.
        """
        async with self._starting:
            with explained(self.store.vault.engine):
                for attempt in itertools.count(1):
                    workflow_id = id_of(name, capture_id, attempt)
                    if workflow_id in self._alive:
                        return
                    known = await DBOS.get_workflow_status_async(workflow_id)
                    if known is None:
                        await self._launch(name, capture_id, workflow_id)
                        return
                    if known.status == "SUCCESS":
                        return

    async def _launch(self, name: Workflow, capture_id: CaptureId, workflow_id: str) -> None:
        self._alive.add(workflow_id)
        try:
            with SetWorkflowID(workflow_id):
                await DBOS.start_workflow_async(self._workflows[name], capture_id)
        except BaseException:
            self._alive.discard(workflow_id)
            raise

    async def _capture(self, capture_id: CaptureId) -> None:
        """Take a capture from its first commit to its second seal.

        The visit starts at once: the shop may change its page while the strips still come.
        """
        if not await self._look("is_sealed", self._is_sealed, capture_id):
            await _all(
                DBOS.run_step_async({"name": "visit"}, self.visitor.visit, capture_id),
                self._step("keep", self._keep, capture_id),
                DBOS.run_step_async({"name": "strips"}, self._await_strips, capture_id),
            )
            await self._step("finish", self._finish, capture_id)
        if await self._look("has_late", self._has_late, capture_id):
            await self._take_late(capture_id)  # their commit came while it was being sealed

    async def _read_back(self, capture_id: CaptureId) -> None:
        await DBOS.run_step_async({"name": "read_back"}, self.archivist.read_back, capture_id)
        await self._step("seal_read_back", self._seal_read_back, capture_id)

    async def _take_late(self, capture_id: CaptureId) -> None:
        await self._step("late", self._late, capture_id)

    def _is_sealed(self, capture_id: CaptureId) -> bool:
        return self.store.vault.capture(capture_id).state == "sealed"

    def _has_late(self, capture_id: CaptureId) -> bool:
        return capture_id in self.store.vault.with_late_strips()

    def _keep(self, capture_id: CaptureId) -> None:
        keep_parts(self.store, capture_id)
        if not self.store.vault.parts(capture_id):
            return  # `kazheng capture`: nothing was seen in a tab
        sheets.draw_viewport_sheet(self.store, capture_id)
        self.sealer.seal(capture_id, "S0")
        if self._has_seen_html(capture_id):
            read.read_order(self.store, capture_id)

    def _has_seen_html(self, capture_id: CaptureId) -> bool:
        artifacts = self.store.vault.capture(capture_id).artifacts
        return any(item.role == "seen/html" for item in artifacts)

    def _finish(self, capture_id: CaptureId) -> None:
        steps = {step.step for step in self.store.vault.capture(capture_id).steps}
        if "strips_late" in steps and self.store.vault.is_final(capture_id):
            self._take_strips(capture_id)  # they came while the visit was still under way
        if not self._has_seen_html(capture_id):
            read.read_order(self.store, capture_id)
        read_chat(self.store, capture_id)
        compare_json(self.store, capture_id)
        read.compare_witness(self.store, capture_id)
        self.archivist.write(capture_id)
        self.sealer.seal(capture_id, "S1")
        drop_chunks(self.store, capture_id)
        self.store.vault.set_state(capture_id, "sealed")

    def _seal_read_back(self, capture_id: CaptureId) -> None:
        steps = {step.step for step in self.store.vault.capture(capture_id).steps}
        if "read_back" in steps:
            self.sealer.seal_rest(capture_id)

    def _late(self, capture_id: CaptureId) -> None:
        """Seal strips that came after the capture had been sealed without them."""
        keep_parts(self.store, capture_id)
        sheets.stitch_page(self.store, capture_id)
        read_chat(self.store, capture_id)
        self.sealer.seal_rest(capture_id)
        drop_chunks(self.store, capture_id)
        self.store.note(capture_id, "strips")

    def _interrupted(self, capture_id: CaptureId) -> None:
        """Seal what there is; if the upload goes on after all, its own seals follow."""
        keep_parts(self.store, capture_id)
        lacking = dict.fromkeys(
            Missing(role=part.role, reason="upload_interrupted")
            for part, received in self.store.vault.parts(capture_id)
            if received < part.size or part.role == RECORDING  # its end has not come
        )
        if self._has_seen_html(capture_id):
            read.read_order(self.store, capture_id)
        read_chat(self.store, capture_id)
        self.sealer.seal_rest(capture_id, list(lacking))

    def _take_strips(self, capture_id: CaptureId) -> None:
        keep_parts(self.store, capture_id)
        sheets.stitch_page(self.store, capture_id)
        self.store.note(capture_id, "strips")

    async def _await_strips(self, capture_id: CaptureId) -> None:
        vault = self.store.vault
        event = self._strips.setdefault(capture_id, asyncio.Event())
        if await asyncio.to_thread(vault.is_final, capture_id):
            event.set()
        meta = (await asyncio.to_thread(vault.capture, capture_id)).meta
        walk = CHAT_SECONDS if meta.extra.get("chat") is True else 0
        seconds = self.store.settings.strips_seconds + walk
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            missing = Missing(role="seen/page", reason="strips_late")
            await asyncio.to_thread(vault.add_missing, capture_id, [missing])
            await asyncio.to_thread(self.store.note, capture_id, "strips_late")
            await asyncio.to_thread(keep_parts, self.store, capture_id)
            return
        finally:
            self._strips.pop(capture_id, None)
        await asyncio.to_thread(self._take_strips, capture_id)

    async def _look(
        self, name: str, look: Callable[[CaptureId], bool], capture_id: CaptureId
    ) -> bool:
        """Answer a question as it was answered the first time: a step done again must fit."""

        async def run() -> bool:
            return await asyncio.to_thread(look, capture_id)

        return await DBOS.run_step_async({"name": name}, run)

    async def _step(self, name: str, work: Callable[..., None], *given: Any) -> None:
        async def run() -> None:
            await asyncio.to_thread(work, *given)

        await DBOS.run_step_async({"name": name}, run)


async def _all(*works: Coroutine[Any, Any, None]) -> None:
    """Do all works; of those that fail the first is raised, once none goes on any more."""
    for ended in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended
