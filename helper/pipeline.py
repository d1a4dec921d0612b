"""The durable workflow of one capture: (visit ‖ keep, seal S0, read ‖ strips) → compare → seal S1.

The WACZ is written before S1 and read back after it, when no visit needs the browser.
DBOS stores the workflow's input and each step's result, so nothing secret passes through them.
Steps run at least once: each looks first whether its work is already in the vault. After a crash
the next start goes on with the step that was not finished.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from dbos import DBOS, SetWorkflowID, WorkflowStatus

from helper.errors import KazhengError
from helper.model import CaptureId, Missing
from helper.steps import read, sheets
from helper.steps.archive import Archivist
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer
from helper.steps.store import Store
from helper.steps.visit import Visitor

_log = logging.getLogger("kazheng")
_FAILED = {"ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"}
WORKFLOW_VERSION = "2"
"""Recovery belongs to one version: raised only when the order of the steps changes."""


class Pipeline:
    """Runs captures. Registers its workflows by name, so that recovery finds them again."""

    def __init__(self, store: Store, visitor: Visitor) -> None:
        self.store = store
        self.visitor = visitor
        self.sealer = Sealer(store)
        self.archivist = Archivist(store, visitor.browser)
        self._strips: dict[CaptureId, asyncio.Event] = {}
        self._starting = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

        @DBOS.workflow(name="capture")
        async def capture(capture_id: CaptureId) -> None:
            await self._watched(capture_id, self._capture(capture_id))

        @DBOS.workflow(name="late")
        async def late(capture_id: CaptureId) -> None:
            await self._watched(capture_id, self._step("late", self._late, capture_id))

        self._workflows = {"capture": capture, "late": late}

    async def start(self, capture_id: CaptureId) -> None:
        """Begin the workflow of a committed capture; a second call changes nothing."""
        await self._begin("capture", capture_id)

    async def strips_complete(self, capture_id: CaptureId) -> None:
        """Say that the last strip is in; late strips get a seal of their own."""
        await asyncio.to_thread(self.store.note, capture_id, "all_kept")
        self._strips_event(capture_id).set()
        view = await asyncio.to_thread(self.store.vault.capture, capture_id)
        steps = {step.step for step in view.steps}
        if view.state == "sealed" and "strips_late" in steps and "strips" not in steps:
            await self._begin("late", capture_id)

    async def stop(self) -> None:
        """Leave what runs where it is; the next start goes on from there."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _watched(self, capture_id: CaptureId, work: Coroutine[Any, Any, None]) -> None:
        """Do the work; a failure is noted as a step and the work is begun anew later."""
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        try:
            await work
        except Exception as error:
            # Whatever it was, it must stand in the capture's steps: silence would be a lost seal.
            _log.exception("capture %s stopped", capture_id)
            reason = error.code if isinstance(error, KazhengError) else type(error).__name__
            await asyncio.to_thread(self.store.note, capture_id, "failed", reason)
            raise

    async def _begin(self, name: str, capture_id: CaptureId) -> None:
        """Start a workflow unless it runs, waits or is done; the engine resumes what was cut off.

        One that failed (a full disk), or that an older version left, is begun anew under the next
        number.
        """
        async with self._starting:
            for attempt in itertools.count(1):
                workflow_id = f"{name}:{capture_id}:{attempt}"
                known = await DBOS.get_workflow_status_async(workflow_id)
                if known is None:
                    with SetWorkflowID(workflow_id):
                        await DBOS.start_workflow_async(self._workflows[name], capture_id)
                if known is None or not _given_up(known):
                    return

    async def _capture(self, capture_id: CaptureId) -> None:
        """Take a capture from its first commit to its second seal.

        The visit starts at once: the shop may change its page while the strips still come.
        """
        await asyncio.gather(
            DBOS.run_step_async({"name": "visit"}, self.visitor.visit, capture_id),
            self._step("keep", self._keep, capture_id),
            DBOS.run_step_async({"name": "strips"}, self._await_strips, capture_id),
        )
        await self._step("finish", self._finish, capture_id)
        await DBOS.run_step_async({"name": "read_back"}, self.archivist.read_back, capture_id)
        await self._step("seal_read_back", self._seal_read_back, capture_id)

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
        read.compare_witness(self.store, capture_id)
        self.archivist.write(capture_id)
        self.sealer.seal(capture_id, "S1")
        self.store.vault.set_state(capture_id, "sealed")

    def _seal_read_back(self, capture_id: CaptureId) -> None:
        steps = {step.step for step in self.store.vault.capture(capture_id).steps}
        if "read_back" in steps:
            self.sealer.seal(capture_id, "partial")

    def _late(self, capture_id: CaptureId) -> None:
        """Seal strips that came after the capture had been sealed without them."""
        self._take_strips(capture_id)
        self.sealer.seal(capture_id, "partial")

    def _take_strips(self, capture_id: CaptureId) -> None:
        keep_parts(self.store, capture_id)
        sheets.stitch_page(self.store, capture_id)
        self.store.note(capture_id, "strips")

    async def _await_strips(self, capture_id: CaptureId) -> None:
        vault = self.store.vault
        event = self._strips_event(capture_id)
        if await asyncio.to_thread(vault.is_final, capture_id):
            event.set()
        try:
            async with asyncio.timeout(self.store.settings.strips_seconds):
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

    def _strips_event(self, capture_id: CaptureId) -> asyncio.Event:
        return self._strips.setdefault(capture_id, asyncio.Event())

    async def _step(self, name: str, work: Callable[..., None], *given: Any) -> None:
        async def run() -> None:
            await asyncio.to_thread(work, *given)

        await DBOS.run_step_async({"name": name}, run)


def _given_up(known: WorkflowStatus) -> bool:
    """Tell whether nothing will go on with a workflow: it failed, or its version is gone."""
    unfinished = known.status in {"PENDING", "ENQUEUED"}
    return known.status in _FAILED or (unfinished and known.app_version != WORKFLOW_VERSION)
