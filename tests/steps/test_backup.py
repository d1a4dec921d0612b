"""The vault as one file and back; hostile, cut and foreign files are refused and leave nothing."""

import hashlib
import json
import sqlite3
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helper.backup import DATABASE, FORMAT, KEYS, LISTING, backup
from helper.errors import InvalidError, KazhengError, PasswordNeededError, RefusedError, VaultError
from helper.evidence import seal
from helper.evidence.verify import verify
from helper.exporting import export_case
from helper.keeper import Keeper
from helper.restoring import restore
from helper.settings import Settings
from helper.steps.keep import keep_parts
from helper.steps.read import read_order
from helper.steps.seal import Sealer
from helper.steps.store import Store, open_store
from helper.vault.identity import Identity

from .conftest import Captures

ME = Identity(name="欧阳试", phone="13900001111")
WORDS = "正确的 马 电池 订书钉"


@pytest.fixture
def case_id(store: Store, captures: Captures, picture) -> str:
    uuid = captures.new(("seen/viewport", picture(), {}), ("seen/html", b"<p>x", {}))
    keep_parts(store, uuid)
    read_order(store, uuid)
    Sealer(store).seal(uuid, "S0")
    store.put_identity(ME)
    store.vault.offer_pairing(b"K" * 32, store.now())
    store.vault.accept_pairing("p" * 32, "browser", b"B" * 32, store.now())
    return store.vault.cases()[0].case_id


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Store]]:
    stores: list[Store] = []

    def open_at(data: Path) -> Store:
        stores.append(open_store(Settings(data=data)))
        return stores[-1]

    yield open_at
    for one in stores:
        one.close()


def fingerprint(store: Store) -> str:
    return seal.fingerprint(seal.public_key(store.key))


def nothing_left(folder: Path) -> bool:
    return not list(folder.glob("new*"))


def test_with_the_keys_it_is_the_same_vault(store: Store, case_id: str, tmp_path: Path, opened):
    made = backup(store, tmp_path / "备份.zip", WORDS)
    assert (made.keys, made.missing, made.cases, made.captures) == (True, (), 1, 1)
    done = restore(made.path, tmp_path / "new", WORDS)
    assert (done.keys, done.data) == (True, tmp_path / "new")
    again = opened(tmp_path / "new")
    assert again.vault.case(case_id) == store.vault.case(case_id)
    assert again.ledger.entries() == store.ledger.entries()
    assert again.identity() == ME
    assert again.vault.pairings() == []  # a browser is paired anew
    out = export_case(again, case_id, tmp_path / "case.zip")
    assert verify(out, fingerprint(store)).verdict == "pass"
    assert not list(tmp_path.glob("new.*"))


def test_without_a_passphrase_no_secret_is_in_the_file(
    store: Store, case_id: str, tmp_path: Path, opened
):
    made = backup(store, tmp_path / "b.zip", None)
    data = made.path.read_bytes()
    for secret in (store.key, b"K" * 32, b"B" * 32, store.vault.engine and ME.phone.encode()):
        assert secret not in data
    with zipfile.ZipFile(made.path) as archive:
        assert KEYS not in archive.namelist()
    done = restore(made.path, tmp_path / "new", None)
    assert done.keys is False
    again = opened(tmp_path / "new")
    assert fingerprint(again) != done.installation == fingerprint(store)
    assert again.identity() == Identity()
    assert again.vault.case(case_id) == store.vault.case(case_id)


def test_the_passphrase_is_asked_for_and_must_be_right(
    store: Store, case_id: str, tmp_path: Path, opened
):
    made = backup(store, tmp_path / "b.zip", WORDS)
    for given, reason in ((None, "backup_keys"), ("wrong", "backup_passphrase")):
        with pytest.raises(PasswordNeededError) as error:
            restore(made.path, tmp_path / "new", given)
        assert error.value.details["reason"] == reason
        assert nothing_left(tmp_path)
    assert restore(made.path, tmp_path / "new", None, without_keys=True).keys is False
    assert fingerprint(opened(tmp_path / "new")) != fingerprint(store)


def test_a_folder_with_anything_in_it_is_left_alone(store: Store, case_id: str, tmp_path: Path):
    made = backup(store, tmp_path / "b.zip", None)
    (tmp_path / "new").mkdir()
    assert restore(made.path, tmp_path / "new", None).data.is_dir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RefusedError):
        restore(made.path, tmp_path / "new", None)
    assert sorted(tmp_path.rglob("*")) == before


def test_captures_that_arrive_meanwhile_do_not_disturb_it(
    store: Store, case_id: str, captures: Captures, tmp_path: Path, opened
):
    stop = threading.Event()

    def arrive() -> None:
        while not stop.is_set():
            keep_parts(store, captures.new(("seen/html", b"<p>more", {})))

    writer = threading.Thread(target=arrive)
    writer.start()
    try:
        made = backup(store, tmp_path / "b.zip", None)
    finally:
        stop.set()
        writer.join()
    restore(made.path, tmp_path / "new", None)
    assert len(opened(tmp_path / "new").vault.recent(100_000)) == made.captures


def test_bytes_that_are_lost_or_changed_are_named_and_the_rest_is_saved(
    store: Store, case_id: str, tmp_path: Path, opened
):
    lost, changed = (item.sha256 for item in store.vault.case(case_id).captures[0].artifacts[:2])
    store.blobs.path(lost).unlink()
    store.blobs.path(changed).write_bytes(b"changed")
    [sealed] = store.vault.case(case_id).captures[0].seals
    store.blobs.path(sealed.signature).unlink()
    store.blobs.path(sealed.signature).mkdir()  # no file that can be read
    made = backup(store, tmp_path / "b.zip", None)
    assert set(made.missing) == {lost, changed, sealed.signature}
    assert restore(made.path, tmp_path / "new", None).missing == made.missing
    assert opened(tmp_path / "new").blobs.size(lost) is None


def test_a_cut_or_changed_file_is_explained_and_leaves_nothing(
    store: Store, case_id: str, tmp_path: Path
):
    whole = backup(store, tmp_path / "b.zip", None).path.read_bytes()
    bad = tmp_path / "bad.zip"
    spots = range(0, len(whole), max(len(whole) // 60, 1))
    for at in spots:
        bad.write_bytes(whole[:at])
        with pytest.raises(InvalidError):
            restore(bad, tmp_path / "new", None)
        assert nothing_left(tmp_path)
    unnoticed = []
    for at in spots:
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            restore(bad, tmp_path / f"other{at}", None)
            unnoticed.append(at)
        except KazhengError:
            assert not list(tmp_path.glob(f"other{at}*"))
    # Only times and the like of ZIP's own headers may be another: no byte of the vault is.
    for at in unnoticed:
        files = (path for path in (tmp_path / f"other{at}" / "blobs").rglob("*") if path.is_file())
        assert all(store.blobs.read(path.name) == path.read_bytes() for path in files)


def rewritten(source: Path, out: Path, change: Callable[[zipfile.ZipFile], None], **skip: str):
    """Copy a backup without some members and let the test add others."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if info.filename not in skip.values():
                new.writestr(info, old.read(info))
        change(new)
    return out


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "C:\\evil", "blobs/../../evil", "keys/installation", "blobs/ab/x",
     "vault.db-wal", "blobs/ab/" + "a" * 64, "in-use.lock", "work/"],
)  # fmt: skip
def test_a_name_that_no_backup_has_is_refused(
    name: str, store: Store, case_id: str, tmp_path: Path
):
    made = backup(store, tmp_path / "b.zip", None)
    bad = rewritten(made.path, tmp_path / "bad.zip", lambda new: new.writestr(name, b"x"))
    with pytest.raises(InvalidError) as error:
        restore(bad, tmp_path / "new", None)
    assert error.value.details["reason"] == "backup_damaged"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "bad.zip", "data"]


def test_what_unpacks_to_more_than_the_file_is_refused(store: Store, case_id: str, tmp_path: Path):
    made = backup(store, tmp_path / "b.zip", None)

    def packed(new: zipfile.ZipFile) -> None:
        new.writestr(KEYS, b"\0" * 4000, zipfile.ZIP_DEFLATED)

    def repeated(new: zipfile.ZipFile) -> None:
        for number in range(50):  # fifty names for the bytes of one file
            sha256 = f"{number:064x}"
            twin = zipfile.ZipInfo(f"blobs/{sha256[:2]}/{sha256}")
            first = max(new.infolist(), key=lambda one: one.file_size)
            for field in ("header_offset", "CRC", "file_size", "compress_size"):
                setattr(twin, field, getattr(first, field))
            new.filelist.append(twin)

    for number, change in enumerate((packed, repeated)):
        bad = rewritten(made.path, tmp_path / f"bad{number}.zip", change)
        with pytest.raises(InvalidError):
            restore(bad, tmp_path / "new", None)
        assert nothing_left(tmp_path)


def test_a_newer_and_an_unknown_backup_say_so(store: Store, case_id: str, tmp_path: Path):
    made = backup(store, tmp_path / "b.zip", None)
    with zipfile.ZipFile(made.path) as archive:
        told = json.loads(archive.read(LISTING))
    for change, kind in (
        ({"schema_version": 999}, VaultError),
        ({"format": FORMAT.replace("1", "9")}, InvalidError),
        ({"blobs": 7_000}, InvalidError),
    ):
        text = json.dumps(told | change)
        bad = rewritten(
            made.path, tmp_path / "bad.zip", lambda new, text=text: new.writestr(LISTING, text),
            without=LISTING,
        )  # fmt: skip
        with pytest.raises(kind):
            restore(bad, tmp_path / "new", None)
        assert nothing_left(tmp_path)


def altered(source: Path, script: str) -> Path:
    """Copy a backup with another database, and a list that fits it."""
    with zipfile.ZipFile(source) as archive:
        told = json.loads(archive.read(LISTING))
        path = source.with_name("evil.db")
        path.write_bytes(archive.read(DATABASE))
    evil = sqlite3.connect(path)
    evil.executescript(script)
    evil.close()
    data = path.read_bytes()
    path.unlink()
    told["database"] = hashlib.sha256(data).hexdigest()

    def swap(new: zipfile.ZipFile) -> None:
        new.writestr(DATABASE, data)
        new.writestr(LISTING, json.dumps(told))

    return rewritten(source, source.with_name("bad.zip"), swap, one=DATABASE, two=LISTING)


OUTSIDE = "../../x"


@pytest.mark.parametrize(
    "script",
    [
        f"UPDATE ledger SET manifest = '{'g' * 64}'",
        "UPDATE artifacts SET record = json_set(record, '$.sha256', '../../../x')",
        "UPDATE artifacts SET record = '{'",
        f"UPDATE captures SET capture_id = '{OUTSIDE}'; DELETE FROM artifacts; DELETE FROM parts",
        f"UPDATE cases SET case_id = '{OUTSIDE}'",
        f"INSERT INTO composed (case_id, draft_id, record) VALUES ('c-1', '{OUTSIDE}', '{{}}')",
        f"INSERT INTO drafts VALUES (9, 'c-1', 'd-1', json_object('draft_id', '{OUTSIDE}'))",
        "DROP TABLE library; CREATE TABLE library (x)",
    ],
)
def test_a_database_that_names_files_elsewhere_or_is_none_of_ours_is_refused(
    script: str, store: Store, case_id: str, tmp_path: Path
):
    made = backup(store, tmp_path / "b.zip", None)
    bad = altered(made.path, script)
    with pytest.raises(InvalidError) as error:
        restore(bad, tmp_path / "new", None)
    assert error.value.details["reason"] == "backup_damaged"
    assert nothing_left(tmp_path)


def test_nothing_in_a_foreign_database_acts_or_lets_anybody_in(
    store: Store, case_id: str, tmp_path: Path, opened
):
    """The workflow engine would run what it finds in its tables: pickled calls."""
    made = backup(store, tmp_path / "b.zip", None)
    bad = altered(
        made.path,
        """CREATE TABLE workflow_status (inputs TEXT); INSERT INTO workflow_status VALUES ('evil');
        CREATE TABLE "a""b" (x); CREATE VIEW v AS SELECT 1;
        CREATE TRIGGER t AFTER UPDATE ON cases BEGIN DELETE FROM cases; END;
        INSERT INTO pairings VALUES ('aa', 'evil', x'00', '2026-01-01T00:00:00+00:00');
        INSERT INTO entrances VALUES ('evil', '2999-01-01T00:00:00+00:00');""",
    )
    restore(bad, tmp_path / "new", None)
    again = opened(tmp_path / "new")
    assert again.vault.pairings() == []
    again.vault.close_case(case_id, store.now())
    assert again.vault.case(case_id).closed_at
    left = sqlite3.connect(tmp_path / "new" / "vault.db")
    names = {name for (name,) in left.execute("SELECT name FROM sqlite_master")}
    assert not names & {"workflow_status", 'a"b', "v", "t"}
    assert left.execute("SELECT count(*) FROM entrances").fetchone() == (0,)
    left.close()


async def test_a_helper_that_stops_leaves_no_half_backup(
    store: Store, case_id: str, captures: Captures
):
    for number in range(20):
        keep_parts(store, captures.new(("seen/html", f"<p>{number}".encode(), {})))
    keeper = Keeper(store)
    making = keeper.begin_backup(WORDS)
    assert keeper.begin_backup(None) is making  # one at a time
    with pytest.raises(RefusedError):  # its files are still to be read
        await keeper.delete_case(case_id)
    assert store.vault.case(case_id)
    await keeper.stop()
    assert making.failed or making.made
    assert [path.name for path in keeper.backup_file.parent.glob("*.tmp")] == []
    assert keeper.backup_file.exists() is (making.made is not None)


def test_what_is_no_zip_at_all_is_explained(tmp_path: Path):
    for number, data in enumerate((b"", b"PK\3\4", b"x" * 5000, struct.pack("<I", 0x06054B50))):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(data)
        with pytest.raises(InvalidError):
            restore(path, tmp_path / "new", None)
    with pytest.raises(InvalidError):
        restore(tmp_path / "gone.zip", tmp_path / "new", None)


def test_a_backup_that_cannot_be_written_leaves_nothing(store: Store, case_id: str, tmp_path: Path):
    with pytest.raises(InvalidError):
        backup(store, tmp_path / "no such folder" / "b.zip", None)
    (tmp_path / "taken").mkdir()
    with pytest.raises(InvalidError):
        backup(store, tmp_path / "taken", None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "taken"]
    assert list((store.settings.data / "work").iterdir()) == []
