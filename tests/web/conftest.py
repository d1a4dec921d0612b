"""A real server on loopback over a real vault; only the pipeline behind it is recorded."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from helper.complaints.advice import Advice, advise
from helper.complaints.drafts.packet import Packet, packet
from helper.complaints.due.clocks import Clock
from helper.complaints.ladder.replies import Reply, reply
from helper.desk import Due
from helper.exporting import Exported
from helper.filling import FillPlan, Upload
from helper.keeper import Keeper
from helper.messages import Language
from helper.model import CaptureMeta, CaptureView, CaseView, Draft, Exhibit, Part, Step
from helper.settings import Settings
from helper.steps.bill import ImportedBill
from helper.steps.store import Store
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.ledger import Ledger
from helper.web import pairing
from helper.web.server import Running, create_app, serve
from helper.web.services import FilledReport, Services
from tests.web.client import Client, meta, part

UUID = "00000000-0000-4000-8000-000000000001"
CASE, DRAFT = "c-" + hashlib.sha256(UUID.encode()).hexdigest()[:10], "d-1"
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
STEPS = (Step(step="kept", at=NOW), Step(step="sealed", at=NOW, detail="封存"))


@dataclass
class Recorder:
    """Stands where the pipeline and the desk will be; remembers what it was asked."""

    vault: Catalogue
    blobs: Blobs
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    steps: asyncio.Queue[Step | None] = field(default_factory=asyncio.Queue)
    unsubscribed: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None
    made: dict[tuple[str, str], Path] = field(default_factory=dict)

    async def start_capture(self, uuid: str) -> None:
        self.calls.append(("start", uuid))
        if self.error:
            raise self.error

    async def strips_complete(self, uuid: str) -> None:
        self.calls.append(("strips", uuid))

    async def lend_session(self, uuid: str, state: Mapping[str, Any]) -> None:
        self.calls.append(("lend", uuid, state))

    async def make_draft(self, case_id: str, **asked: Any) -> Draft:
        self.calls.append(("draft", case_id, asked))
        return self.vault.draft(DRAFT)

    async def suggest(self, case_id: str, language: Language) -> Mapping[str, Any]:
        return {"issue": "not_delivered", "language": language}

    async def edit_draft(
        self, draft_id: str, key: str, text: str | None, language: Language
    ) -> Draft:
        self.calls.append(("edit", draft_id, key, text, language))
        return self.vault.draft(draft_id)

    async def outgoing(self, draft_id: str) -> Draft:
        return await asyncio.to_thread(self.vault.draft, draft_id)

    async def packet(self, draft_id: str, language: Language) -> Packet:
        return packet(self.vault.draft(draft_id), language=language)

    async def advise(self, case: str | CaseView, issue: str | None, language: Language) -> Advice:
        read = self.vault.case(case) if isinstance(case, str) else case
        return advise(read, issue or "other", {}, rules=(), now=NOW, language=language)

    async def due(self, language: Language) -> tuple[Due, ...]:
        soon = Clock(
            key="k",
            name="n",
            at=NOW,
            state="due_soon",
            whose="law",
            source="s",
            todo="t",
            since=None,
        )
        return (Due(case_id=CASE, title=language, clock=soon),)

    async def reply(self, case_id: str, move: str, issue: str | None, language: Language) -> Reply:
        case = self.vault.case(case_id)
        return reply(case, move, issue or "other", now=NOW, language=language)

    async def fill_plan(self, draft_id: str, upload: Upload | None, language: Language) -> FillPlan:
        self.calls.append(("fill", draft_id, upload, language))
        draft = self.vault.draft(draft_id)
        return FillPlan(
            draft_id=draft_id, case_id=draft.case_id, platform=None,
            origins=("https://shop.example",), values={"order_no": "1"}, files=(),
        )  # fmt: skip

    async def filled(self, draft_id: str, report: FilledReport) -> None:
        self.calls.append(("filled", draft_id, report))

    def prepared(self, draft_id: str, sha256: str) -> Path | None:
        return self.made.get((draft_id, sha256))

    async def export(self, case_id: str, *, redacted: bool) -> Exported:
        raise AssertionError("only the console exports")

    async def attach(self, case_id: str, path: Path, **about: Any) -> CaptureView:
        raise AssertionError("only the console attaches")

    async def bring_bill(self, case_id: str, path: Path, **about: Any) -> ImportedBill:
        raise AssertionError("only the console reads bills")

    async def subscribe(self, uuid: str) -> AsyncIterator[Step]:
        try:
            while (step := await self.steps.get()) is not None:
                yield step
        finally:
            self.unsubscribed.set()


@dataclass
class World:
    """A served vault and a client that is paired with it."""

    services: Services
    recorder: Recorder
    running: Running
    client: Client
    clock: Callable[[timedelta], None]

    @property
    def port(self) -> int:
        return self.running.port

    @property
    def vault(self) -> Catalogue:
        return self.services.vault


def make_services(data: Path, now: Callable[[], datetime]) -> tuple[Services, Recorder]:
    settings = Settings(data=data)
    vault, blobs = Catalogue(open_engine(settings)), Blobs(data / "blobs")
    recorder = Recorder(vault, blobs)
    services = Services(
        version="0.1.0",
        vault=vault,
        blobs=blobs,
        incoming=data / "incoming",
        start_capture=recorder.start_capture,
        strips_complete=recorder.strips_complete,
        lend_session=recorder.lend_session,
        make_draft=recorder.make_draft,
        suggest=recorder.suggest,
        edit_draft=recorder.edit_draft,
        outgoing=recorder.outgoing,
        packet=recorder.packet,
        advise=recorder.advise,
        due=recorder.due,
        reply=recorder.reply,
        fill_plan=recorder.fill_plan,
        filled=recorder.filled,
        prepared=recorder.prepared,
        subscribe=recorder.subscribe,
        export=recorder.export,
        attach=recorder.attach,
        bring_bill=recorder.bring_bill,
        keeper=Keeper(Store(settings, vault, Ledger(vault.engine), blobs, bytes(32), now)),
        now=now,
        heartbeat_seconds=0.05,
    )
    return services, recorder


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    shift = [timedelta()]

    def now() -> datetime:
        return datetime.now(UTC) + shift[0]

    def advance(by: timedelta) -> None:
        shift[0] += by

    services, recorder = make_services(tmp_path, now)
    running = await serve(create_app(services), 0)
    client = await Client.pair(running.port, pairing.offer(services.vault, now()))
    yield World(services, recorder, running, client, advance)
    await running.stop()
    services.vault.engine.dispose()


@pytest.fixture
def stocked(world: World) -> World:
    """A world with one capture, its case, a draft and a file of the draft."""
    vault, picture = world.vault, b"picture"
    sha256 = world.services.blobs.keep_bytes(picture)
    announced = Part.model_validate(part(picture, "seen/viewport", "image/png"))
    vault.create_capture(UUID, CaptureMeta.model_validate(meta()), [announced])
    vault.set_received(UUID, sha256, len(picture))
    vault.join_case(
        UUID, platform_key=None, host="shop.example", order_no="1",
        wanted=None, title="order 1", now=NOW,
    )  # fmt: skip
    exhibit = Exhibit(
        number=1, label="证据1", name="sheet.png", role="seen/sheet", capture_id=UUID,
        sha256=sha256, media_type="image/png", bytes=len(picture),
    )  # fmt: skip
    vault.put_draft(
        Draft(
            draft_id=DRAFT,
            case_id=CASE,
            channel="merchant_platform",
            issue="not_delivered",
            demand="退款",
            title="t",
            fields={},
            text="t",
            sentences=(),
            exhibits=(exhibit,),
            gaps=(),
            lint=(),
            law=(),
            created_at=NOW,
        )
    )
    return world
