"""The catalogue from several threads, while the workflow engine writes the same file."""

import asyncio
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from dbos import DBOS, DBOSConfig
from sqlalchemy import text

from helper.model import Artifact
from helper.settings import Settings
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.ledger import Ledger, entry_hash
from helper.vault.store import reading

CAPTURES = 12


async def use(catalogue: Catalogue, ledger: Ledger, make, number: int) -> None:
    """Take one capture through its life, every call in a thread."""
    uuid = make.uuid(number)
    call = asyncio.to_thread
    await call(catalogue.create_capture, uuid, make.meta(), [make.part(n) for n in range(4)])
    for part in range(4):
        await call(catalogue.set_received, uuid, make.part(part).sha256, 10)
    await call(catalogue.set_state, uuid, "kept")
    artifact = Artifact(role="log", name="a", sha256="0" * 64, bytes=0, media_type="text/plain")
    await call(catalogue.add_artifacts, uuid, [artifact])
    await call(
        catalogue.join_case,
        uuid,
        platform_key=None,
        host="shop.example",
        order_no="A1",
        wanted=None,
        title="",
        now=make.noon,
    )
    await call(ledger.append, uuid, "S0", make.part(number).sha256, "0" * 64, make.noon)
    await call(catalogue.recent, 5)
    await call(catalogue.set_state, uuid, "sealed")


def check(catalogue: Catalogue, ledger: Ledger) -> None:
    views = catalogue.recent(100)
    assert {view.state for view in views} == {"sealed"}
    assert len(views) == CAPTURES
    assert [len(case.captures) for case in catalogue.cases()] == [CAPTURES]
    entries = ledger.entries()
    assert [entry.previous for entry in entries[1:]] == [entry_hash(e) for e in entries[:-1]]
    assert len(entries) == CAPTURES


async def test_threads_do_not_disturb_each_other(catalogue: Catalogue, ledger: Ledger, make):
    await asyncio.gather(*(use(catalogue, ledger, make, n) for n in range(CAPTURES)))
    check(catalogue, ledger)


async def test_the_workflow_engine_shares_the_file(
    catalogue: Catalogue, ledger: Ledger, make, settings: Settings
):
    DBOS(
        config=DBOSConfig(
            name="kazheng-test",
            system_database_url=settings.database_url,
            run_admin_server=False,
            log_level="ERROR",
        )
    )

    @DBOS.step()
    async def act(number: int) -> None:
        await use(catalogue, ledger, make, number)

    @DBOS.step()
    async def rest(number: int) -> int:
        return number

    @DBOS.workflow()
    async def capture(number: int) -> int:
        for _ in range(5):
            await rest(number)
        await act(number)
        return await rest(number)

    DBOS.launch()
    try:
        handles = [await DBOS.start_workflow_async(capture, n) for n in range(CAPTURES)]
        done = await asyncio.gather(*(handle.get_result() for handle in handles))
    finally:
        DBOS.destroy()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())  # its own is shut
    assert done == list(range(CAPTURES))
    check(catalogue, ledger)
    with reading(catalogue.engine) as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_reader_sees_the_old_state_while_somebody_writes(catalogue: Catalogue, settings, make):
    catalogue.create_capture(make.uuid(), make.meta(), [])
    other = sqlite3.connect(settings.data / "vault.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE captures SET state = 'kept'")
    assert catalogue.capture(make.uuid()).state == "receiving"
    other.execute("COMMIT")
    other.close()
    assert catalogue.capture(make.uuid()).state == "kept"


KILLED = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from uuid import UUID
    from helper.model import CaptureMeta
    from helper.settings import Settings
    from helper.vault.blobs import Blobs
    from helper.vault.catalogue import Catalogue, open_engine
    from helper.vault.ledger import Ledger
    data = Path(sys.argv[1])
    engine = open_engine(Settings(data=data))
    catalogue, ledger, blobs = Catalogue(engine), Ledger(engine), Blobs(data / "blobs")
    number = 0
    while True:
        number += 1
        uuid, now = str(UUID(int=number)), datetime.now(UTC)
        catalogue.create_capture(uuid, CaptureMeta(url="https://a.example", clicked_at=now), [])
        sha256 = blobs.keep_bytes(uuid.encode())
        ledger.append(uuid, "S0", sha256, sha256, now)
        print(uuid, sha256, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 20])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, lines: int):
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    told = [process.stdout.readline().split() for _ in range(lines)]
    process.kill()
    told += [line.split() for line in process.communicate()[0].splitlines() if len(line) == 102]
    engine = open_engine(Settings(data=tmp_path))
    catalogue, blobs = Catalogue(engine), Blobs(tmp_path / "blobs")
    entries = Ledger(engine).entries()
    assert [entry.previous for entry in entries[1:]] == [entry_hash(e) for e in entries[:-1]]
    sealed = {entry.capture_id: entry.manifest for entry in entries}
    for uuid, sha256 in told:
        assert catalogue.capture(uuid)
        assert sealed[uuid] == sha256
        assert blobs.read(sha256) == uuid.encode()
    engine.dispose()


async def test_a_busy_writer_is_waited_for(catalogue: Catalogue, settings: Settings, make):
    other = sqlite3.connect(settings.data / "vault.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(
        asyncio.to_thread(catalogue.create_capture, make.uuid(), make.meta(), [])
    )
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    other.execute("COMMIT")
    other.close()
    await waiting
    assert catalogue.capture(make.uuid())
