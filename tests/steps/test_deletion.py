"""After a case was deleted: evidence handed out before, and that of other cases, still holds."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from helper.evidence.verify import verify
from helper.exporting import export_case
from helper.steps.keep import keep_parts
from helper.steps.read import read_order
from helper.steps.seal import Sealer
from helper.steps.store import Store
from helper.vault.ledger import entry_whole

from .conftest import Captures


@pytest.fixture
def two(store: Store, captures: Captures, picture) -> tuple[str, str]:
    """Two cases; a seal of the one stands between two of the other."""
    first = captures.new(("seen/viewport", picture(), {}), ("seen/html", b"<p>x", {}))
    second = captures.new(("seen/html", b"<p>y", {}), url="https://other.example/o/2")
    for uuid in (first, second):
        keep_parts(store, uuid)
        read_order(store, uuid)
        Sealer(store).seal(uuid, "S0")
    Sealer(store).seal(first, "S1")
    for uuid in (first, second):
        store.vault.set_state(uuid, "sealed")
    views = {uuid: store.vault.capture(uuid).case_id for uuid in (first, second)}
    return views[first], views[second]


def test_bundles_hold_before_and_after(store: Store, two: tuple[str, str], tmp_path: Path):
    earlier = [export_case(store, one, tmp_path / f"{one}.zip") for one in two]
    done = store.delete_case(two[1])
    assert (done.captures, done.seals) == (1, 1)
    later = export_case(store, two[0], tmp_path / "later.zip")
    for path in (*earlier, later):
        assert verify(path).verdict == "pass", path
    with zipfile.ZipFile(later) as archive:
        lines = archive.read("ledger.jsonl").decode().splitlines()
    assert [json.loads(line)["index"] for line in lines] == [0, 1, 2, 3]


def test_what_is_sealed_after_a_deletion_holds_too(
    store: Store, two: tuple[str, str], captures: Captures, tmp_path: Path
):
    store.delete_case(two[0])
    uuid = captures.new(("seen/html", b"<p>z", {}), url="https://third.example/o/3")
    keep_parts(store, uuid)
    read_order(store, uuid)
    Sealer(store).seal(uuid, "S0")
    for number, case in enumerate(store.vault.cases()):
        out = export_case(store, case.case_id, tmp_path / f"{number}.zip")
        assert verify(out).verdict == "pass"


def test_an_entry_that_was_linked_in_full_stays_linked(
    store: Store, two: tuple[str, str], tmp_path
):
    """Version 0.1 linked the whole entry: of such a one its hashes and capture id stay."""
    first = store.ledger.entries()[0]
    whole = entry_whole(first)
    with store.vault.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE ledger SET previous = ? WHERE position = 1",
            (hashlib.sha256(whole).hexdigest(),),
        )
        connection.exec_driver_sql("DELETE FROM ledger WHERE position > 1")
    store.delete_case(two[0])
    assert store.ledger.entries()[0].line == whole
    found = verify(export_case(store, two[1], tmp_path / "x.zip"))  # its manifest is a newer one
    assert {one.name: one.verdict for one in found.checks}["ledger"] == "pass"
