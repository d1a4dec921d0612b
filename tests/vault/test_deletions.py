"""Deleting a case: what goes, what others need stays, what a crash leaves is finished later."""

import hashlib
import itertools
import json
import os
import re
import sqlite3
import uuid
from pathlib import Path

import pytest

from helper.dealings import Contact
from helper.errors import GoneError, NotFoundError, RefusedError
from helper.exporting import standing
from helper.keeper import BACKUP
from helper.model import Artifact
from helper.settings import Settings
from helper.vault import schema
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue
from helper.vault.deletions import sweep
from helper.vault.gone import note_gone
from helper.vault.ledger import Bare, Ledger, entry_hash

OLD = 1_700_000_000


@pytest.fixture
def two(catalogue: Catalogue, ledger: Ledger, blobs: Blobs, make) -> tuple[str, str]:
    """Two cases with a sealed page each; one file is the same in both."""
    found = []
    for number in (1, 2):
        uuid = make.uuid(number)
        meta = make.meta(url=f"https://shop.example/order/{number}", title=f"geheim-{number}")
        catalogue.create_capture(uuid, meta, [])
        found.append(
            catalogue.join_case(
                uuid,
                platform_key=None,
                host="shop.example",
                order_no=f"A{number}",
                wanted=None,
                title=f"geheim-{number}",
                now=make.noon,
            )
        )
        for name, data in (("own.html", f"own {number}".encode()), ("same.pem", b"same")):
            artifact = Artifact(
                role="seen/html", name=name, sha256=blobs.keep_bytes(data), bytes=len(data),
                media_type="text/html",
            )  # fmt: skip
            catalogue.add_artifacts(uuid, [artifact])
        ledger.append(
            uuid, "S0", blobs.keep_bytes(f"manifest {number}".encode()),
            blobs.keep_bytes(f"signature {number}".encode()), make.noon, after=ledger.head(),
        )  # fmt: skip
        catalogue.set_state(uuid, "sealed")
    catalogue.add_entry(found[0], Contact(at=make.noon, way="chat", said="geheim"), make.noon)
    catalogue.add_note(found[0], "geheim", make.noon)
    for number in (1, 2):
        [wanted] = [one for one in catalogue.stale(99) if one.ref == make.uuid(number)]
        catalogue.put_listed(
            wanted, f"geheim-{number}", f"seltenes wort {number} xylophon{number}",
            clicked_at=make.noon,
            title=f"geheim-{number}", url="https://shop.example/", host=None, address=None,
            kind="order", order_no=None, thumbnail=None, made_of="x",
        )  # fmt: skip
    return found[0], found[1]


def aged(blobs: Blobs, data: Path) -> list[Path]:
    files = [path for path in (data / "blobs").glob("*/*") if path.is_file()]
    for path in files:
        os.utime(path, (OLD, OLD))
    return files


def test_a_deleted_case_is_gone_and_the_other_stands(catalogue, two, make):
    gone = catalogue.delete_case(two[0], make.noon)
    assert (gone.captures, gone.seals) == (1, 1)
    assert [case.case_id for case in catalogue.cases()] == [two[1]]
    with pytest.raises(NotFoundError):
        catalogue.capture(make.uuid(1))
    with pytest.raises(NotFoundError):
        catalogue.delete_case(two[0], make.noon)


def test_no_table_names_the_case_or_its_captures_any_more(catalogue, two, make, settings: Settings):
    catalogue.delete_case(two[0], make.noon)
    catalogue.spare(catalogue.doomed())
    raw = sqlite3.connect(settings.data / "vault.db")
    for table in schema.metadata.sorted_tables:
        rows = repr(raw.execute(f'select * from "{table.name}"').fetchall())
        assert two[0] not in rows, table.name
        assert make.uuid(1) not in rows, table.name
    raw.close()


def test_what_was_deleted_is_not_left_in_the_file(catalogue, two, make, settings: Settings):
    catalogue.delete_case(two[0], make.noon)  # the helper goes on running
    raw = b"".join(path.read_bytes() for path in settings.data.glob("vault.db*"))
    assert b"geheim-2" in raw
    assert b"geheim-1" not in raw
    assert b"seltenes wort 1" not in raw
    assert b"phon2" in raw  # as the index has it
    assert b"phon1" not in raw


def test_only_what_no_other_case_uses_is_removed(catalogue, blobs, two, make, settings: Settings):
    aged(blobs, settings.data)
    made = [settings.data / "cache/pages" / f"{hashlib.sha256(data).hexdigest()}.html"
            for data in (b"own 1", b"own 2")]  # fmt: skip
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"made of it")
    catalogue.delete_case(two[0], make.noon)
    assert sweep(catalogue, blobs, settings.data) == 0
    assert [path.exists() for path in made] == [False, True]
    left = {path.read_bytes() for path in (settings.data / "blobs").glob("*/*")}
    assert left == {b"own 2", b"same", b"manifest 2", b"signature 2"}
    assert catalogue.doomed() == []


def test_what_came_a_moment_ago_waits_for_its_row(catalogue, blobs, two, make, settings: Settings):
    aged(blobs, settings.data)
    catalogue.delete_case(two[0], make.noon)
    again = blobs.keep_bytes(b"own 1")  # another capture keeps the same bytes just now
    assert sweep(catalogue, blobs, settings.data) == 1
    assert blobs.read(again) == b"own 1"


def test_a_crash_before_the_files_went_is_finished_later(
    catalogue, blobs, two, make, settings: Settings
):
    folder = settings.data / "incoming" / make.uuid(1)
    folder.mkdir(parents=True)
    (folder / "x.part").write_bytes(b"x")
    gone, other = (standing(settings.data / "cache", one, redacted=False) for one in two)
    backup = settings.data / "cache/exports" / BACKUP
    for made in (gone, other, backup):
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(b"x")
    aged(blobs, settings.data)
    catalogue.delete_case(two[0], make.noon)
    assert (folder / "x.part").exists()  # here the power went
    again = Catalogue(catalogue.engine)
    assert sweep(again, blobs, settings.data) == 0
    assert not folder.exists()
    assert [made.exists() for made in (gone, other, backup)] == [False, True, True]
    assert not {b"own 1"} & {p.read_bytes() for p in (settings.data / "blobs").glob("*/*")}


def test_the_ledger_keeps_its_links_and_that_there_was_a_deletion(catalogue, ledger, two, make):
    before = ledger.entries()
    catalogue.delete_case(two[0], make.noon)
    first, second, told = ledger.entries()
    assert isinstance(first, Bare)
    assert isinstance(told, Bare)
    assert second == before[1]
    assert second.previous == entry_hash(first) == entry_hash(before[0])
    assert json.loads(told.line)["previous"] == entry_hash(second)
    assert json.loads(told.deletion) == {"deleted_at": make.noon.isoformat(), "places": [0]}
    assert not re.search(make.uuid(1), repr(ledger.entries()))
    more = ledger.append(make.uuid(2), "S1", "0" * 64, "1" * 64, make.noon, after=ledger.head())
    assert (more.index, more.previous) == (3, entry_hash(told))


def test_deleting_the_last_of_the_chain_and_then_all_keeps_it_whole(catalogue, ledger, two, make):
    catalogue.delete_case(two[1], make.noon)
    catalogue.delete_case(two[0], make.noon)
    entries = ledger.entries()
    assert [one.index for one in entries] == [0, 1, 2, 3]
    for one, after in itertools.pairwise(entries):
        assert json.loads(after.line)["previous"] == entry_hash(one)


def test_a_case_that_is_being_worked_on_is_not_deleted(catalogue, two, make):
    catalogue.set_state(make.uuid(1), "kept")
    catalogue.add_step(make.uuid(1), "keep", make.moment(5))
    with pytest.raises(RefusedError):
        catalogue.delete_case(two[0], make.moment(14))
    assert catalogue.delete_case(two[0], make.moment(16)).captures == 1


def test_a_place_that_is_none_of_ours_is_struck_off_and_left_alone(
    catalogue, blobs, two, make, settings: Settings
):
    outside = settings.data.parent / "x"
    outside.mkdir()
    (settings.data / "incoming").mkdir()
    odd = ["blobs/" + "g" * 64, "blobs/../keys", "incoming/../../x", "incoming/..", "incoming/",
           "work/a/../../../x", "../x", "/", str(outside), r"work/..\..\x"]  # fmt: skip
    with catalogue.engine.begin() as connection:
        for place in odd:
            connection.execute(schema.doomed.insert().values(place=place))
    assert sweep(catalogue, blobs, settings.data) == 0
    assert catalogue.doomed() == []
    assert outside.is_dir()
    assert (settings.data / "incoming").is_dir()


def test_a_deleted_capture_is_not_made_anew(catalogue, two, make):
    catalogue.delete_case(two[0], make.noon)
    assert catalogue.was_deleted(make.uuid(1))
    with pytest.raises(GoneError):
        catalogue.create_capture(make.uuid(1), make.meta(), [make.part()])
    assert not catalogue.was_deleted(make.uuid(2))
    brought = str(uuid.uuid5(uuid.NAMESPACE_URL, "a file"))
    with catalogue.engine.begin() as connection:
        note_gone(connection, [brought])
    assert not catalogue.was_deleted(brought), "the same file may be brought again"


def test_words_that_a_crash_left_in_the_index_go_later(
    catalogue, blobs, two, make, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as dying:
        dying.setattr(Catalogue, "forget_words", lambda _: None)
        catalogue.delete_case(two[0], make.noon)
    sweep(catalogue, blobs, settings.data)
    assert b"phon1" not in b"".join(path.read_bytes() for path in settings.data.glob("vault.db*"))


def test_bytes_that_no_row_names_go_once_they_are_old(catalogue, blobs, two, settings: Settings):
    aged(blobs, settings.data)
    lost = blobs.keep_bytes(b"a crash came before the row")
    os.utime(blobs.path(lost), (OLD, OLD))
    young = blobs.keep_bytes(b"its row is still to come")
    catalogue.doom_orphans(blobs.older(OLD + 1))
    assert sweep(catalogue, blobs, settings.data) == 0
    assert blobs.size(lost) is None
    assert blobs.size(young)
    assert all(blobs.size(item.sha256) for case in two for item in artifacts(catalogue, case))


def artifacts(catalogue: Catalogue, case_id: str) -> list[Artifact]:
    return [item for view in catalogue.case(case_id).captures for item in view.artifacts]
