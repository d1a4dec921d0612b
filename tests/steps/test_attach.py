"""A file of the user becomes evidence of a case: sealed, marked, and counted as nothing else."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from helper.complaints.exhibits import choose, main_capture
from helper.errors import ConflictError, InvalidError, NotFoundError, TooLargeError
from helper.steps import attach as attaching
from helper.steps.attach import attach, safe_name
from helper.steps.keep import keep_parts
from helper.steps.read import read_order
from helper.steps.seal import Sealer
from helper.steps.store import Store

from .conftest import Captures

LIMIT = 1_000_000


@pytest.fixture
def case_id(store: Store, captures: Captures) -> str:
    uuid = captures.new(("seen/html", b"<p>x", {}))
    keep_parts(store, uuid)
    read_order(store, uuid)
    Sealer(store).seal(uuid, "S0")
    return store.vault.cases()[0].case_id


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    folder = tmp_path / "我的 文件"
    folder.mkdir()
    path = folder / "微信账单 3月.png"
    path.write_bytes(b"bill" * 500_00)
    return path


def test_the_file_is_kept_sealed_and_marked(store: Store, case_id: str, bill: Path) -> None:
    view = attach(store, case_id, bill, limit=LIMIT, note="付款 98 元", kind="payment")
    own, record = view.artifacts
    assert store.blobs.read(own.sha256) == bill.read_bytes()
    assert (own.role, own.name) == ("attachment", "attachment-微信账单 3月.png")
    assert (view.state, view.case_id, view.meta.url) == ("sealed", case_id, "")
    said = json.loads(store.blobs.read(record.sha256))
    assert said["origin"] == "brought"
    assert said["note"] == "付款 98 元"
    assert said["file_name"] == bill.name
    assert said["sha256"] == hashlib.sha256(bill.read_bytes()).hexdigest()
    manifest = json.loads(store.blobs.read(view.seals[0].manifest))
    assert [item["name"] for item in manifest["artifacts"]] == [own.name, "brought.json"]
    assert {(m["role"], m["reason"]) for m in manifest["missing"]} == {
        ("seen", "brought_by_user"), ("witness", "brought_by_user"),
    }  # fmt: skip


def test_it_is_no_page_of_the_case(store: Store, case_id: str, bill: Path) -> None:
    before = main_capture(store.vault.case(case_id))
    view = attach(store, case_id, bill, limit=LIMIT, kind="payment")
    case = store.vault.case(case_id)
    assert main_capture(case) == before
    assert (case.host, len(store.vault.cases())) == ("shop.example", 1)
    assert [e.capture_id for e in choose(case, channel="") if e.role == "attachment"] == [
        view.capture_id
    ]


def test_the_same_file_again_is_the_same_record(store: Store, case_id: str, bill: Path) -> None:
    first = attach(store, case_id, bill, limit=LIMIT)
    assert attach(store, case_id, bill, limit=LIMIT) == first
    assert len(store.vault.case(case_id).captures) == 2


def test_what_was_cut_off_is_finished_by_the_same_call(
    store: Store, case_id: str, bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(self: Sealer, *given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Sealer, "seal", torn)
        with pytest.raises(KeyboardInterrupt):
            attach(store, case_id, bill, limit=LIMIT)
    view = attach(store, case_id, bill, limit=LIMIT)
    assert (view.state, len(view.seals)) == ("sealed", 1)


def test_a_seal_of_another_program_between_is_waited_out(
    store: Store, case_id: str, bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal, calls = Sealer.seal, []

    def late(self: Sealer, *given: object) -> object:
        calls.append(given)
        if len(calls) < 3:
            raise ConflictError(kind="ledger", id="x")
        return seal(self, *given)

    monkeypatch.setattr(Sealer, "seal", late)
    assert attach(store, case_id, bill, limit=LIMIT).state == "sealed"
    monkeypatch.setattr(Sealer, "seal", lambda *_: (_ for _ in ()).throw(ConflictError(id="x")))
    other = bill.with_name("other.txt")
    other.write_text("other", "utf-8")
    with pytest.raises(ConflictError, match="attach_busy"):
        attach(store, case_id, other, limit=LIMIT)


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("none.png", NotFoundError, "attach_file"),
        ("", InvalidError, "attach_folder"),
        ("empty.txt", InvalidError, "attach_empty"),
        ("large.bin", TooLargeError, "attach"),
        ("a\0b", InvalidError, "attach_unreadable"),
    ],
)
def test_an_unusable_file_is_explained_and_nothing_is_kept(
    store: Store, case_id: str, tmp_path: Path, name: str, kind: type[Exception], reason: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / "large.bin").write_bytes(bytes(LIMIT + 1))
    with pytest.raises(kind, match=reason):
        attach(store, case_id, folder / name, limit=LIMIT)
    assert len(store.vault.case(case_id).captures) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="POSIX permissions, not for root")
def test_a_file_without_permission_is_explained(store: Store, case_id: str, bill: Path) -> None:
    bill.chmod(0)
    with pytest.raises(InvalidError, match="attach_unreadable"):
        attach(store, case_id, bill, limit=LIMIT)


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_pipe_is_not_waited_for(store: Store, case_id: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidError, match="attach_folder"):
        attach(store, case_id, tmp_path / "pipe", limit=LIMIT)


def test_a_case_or_kind_that_does_not_exist_is_refused(
    store: Store, case_id: str, bill: Path
) -> None:
    with pytest.raises(NotFoundError, match="c-none"):
        attach(store, "c-none", bill, limit=LIMIT)
    with pytest.raises(InvalidError, match="attach_kind"):
        attach(store, case_id, bill, limit=LIMIT, kind="odd")
    assert len(store.vault.cases()) == 1


def test_a_file_that_grows_beyond_the_limit_while_read_is_refused(
    store: Store, case_id: str, bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = attaching._changed_at

    def growing(path: Path, limit: int) -> object:
        found = changed(path, limit)
        path.write_bytes(bytes(LIMIT + 1))
        return found

    monkeypatch.setattr(attaching, "_changed_at", growing)
    with pytest.raises(TooLargeError):
        attach(store, case_id, bill, limit=LIMIT)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("账单.PNG", "账单.PNG"),
        ('a<b>:"/\\|?*.txt', "a_b________.txt"),
        ("x\u202egnp.exe", "xgnp.exe"),
        ("a\x00\x1fb\ud800.txt", "ab.txt"),
        ("...", "file"),
        (".txt", "txt"),
        ("  spaces   in .pdf ", "spaces in.pdf"),
        ("长" * 300 + ".jpeg", "长" * 76 + ".jpeg"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert safe_name(given) == kept
