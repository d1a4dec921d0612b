"""An export carries the 证据册, and goes on without it where it cannot be made."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from helper import exporting
from helper.capture.fonts import cjk_font
from helper.evidence import book, book_sign
from helper.evidence.verify import verify
from helper.exporting import BOOK, NO_BOOK, export
from helper.model import Draft, Filing
from helper.steps.attach import attach
from helper.steps.keep import keep_parts
from helper.steps.read import read_order
from helper.steps.seal import Sealer
from helper.steps.sheets import draw_viewport_sheet
from helper.steps.store import Store

from .conftest import Captures


@pytest.fixture
def case_id(store: Store, captures: Captures, picture, tmp_path: Path) -> str:
    uuid = captures.new(("seen/viewport", picture(), {}), ("seen/html", b"<p>x", {}))
    keep_parts(store, uuid)
    draw_viewport_sheet(store, uuid)
    read_order(store, uuid)
    Sealer(store).seal(uuid, "S0")
    case_id = store.vault.cases()[0].case_id
    (tmp_path / "聊天.txt").write_text("客服：稍等", "utf-8")
    attach(store, case_id, tmp_path / "聊天.txt", limit=1000)
    return case_id


def test_the_book_is_in_the_bundle_signed_and_bound(
    store: Store, case_id: str, tmp_path: Path
) -> None:
    done = export(store, case_id, tmp_path / "案件 包.zip")
    assert done.missing == ()
    assert verify(done.path).verdict == "pass"
    with zipfile.ZipFile(done.path) as archive:
        data = archive.read(BOOK)
        sums = archive.read("SHA256SUMS").decode()
    assert f"  {BOOK}\n" in sums
    assert len(PdfFileReader(io.BytesIO(data)).embedded_signatures) == 1
    pages = pdfium.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "客服：稍等" in text
    assert "证据2" in text


def test_a_changed_book_is_found(store: Store, case_id: str, tmp_path: Path) -> None:
    path = export(store, case_id, tmp_path / "e.zip").path
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    with (folder / BOOK).open("r+b") as stream:
        stream.seek(500)
        stream.write(b"!")
    found = verify(folder)
    assert found.verdict == "fail"
    assert any(BOOK in check.detail for check in found.checks)


def test_without_a_font_the_export_is_whole_and_says_so(
    store: Store, case_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "cjk_font", lambda: None)
    done = export(store, case_id, tmp_path / "e.zip")
    assert [(m.role, m.reason) for m in done.missing] == [("book", "book_no_font")]
    assert verify(done.path).verdict == "pass"
    with zipfile.ZipFile(done.path) as archive:
        assert BOOK not in archive.namelist()
        assert "没有可嵌入的中文字体" in archive.read(NO_BOOK).decode("utf-8-sig")


def test_a_book_that_fails_never_stops_the_evidence(
    store: Store, case_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(book, "make_book", broken)
    done = export(store, case_id, tmp_path / "e.zip")
    assert [(m.reason, m.detail) for m in done.missing] == [("book_failed", "ZeroDivisionError")]
    assert verify(done.path).verdict == "pass"


def test_a_signature_that_fails_leaves_the_book_unsigned(
    store: Store, case_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **more: object) -> None:
        raise OSError

    monkeypatch.setattr(book_sign, "sign", broken)
    done = export(store, case_id, tmp_path / "e.zip")
    assert [m.reason for m in done.missing] == ["book_unsigned"]
    with zipfile.ZipFile(done.path) as archive:
        assert archive.read(BOOK).startswith(b"%PDF-1.7")


def _numbers(path: Path) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return number and SHA-256 of each exhibit: by folder, by 证据目录, by book."""
    with zipfile.ZipFile(path) as archive:
        listing = archive.read("证据目录.html").decode()
        folders = {
            match[1]: hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if (match := re.match(r"(证据\d+) .*/", name))
        }
        pages = pdfium.PdfDocument(archive.read(BOOK))
    row = r"<tr class=.*?>(证据\d+)</td>.*([0-9a-f]{64})</td></tr>"
    listed = dict(re.findall(row, listing))
    book = {}
    for page in pages:
        text = re.sub(r"\s", "", page.get_textpage().get_text_range())
        if head := re.search(r"(证据\d+)·第1页", text):
            book[head[1]] = re.findall(r"SHA-256([0-9a-f]{64})", text)[0]
    return folders, listed, book


def test_book_list_and_folders_have_one_numbering(
    store: Store, case_id: str, captures: Captures, picture, tmp_path: Path
) -> None:
    given = (("seen/viewport", picture(700), {}), ("seen/html", b"<p>y", {}))
    uuid = captures.new(*given, case_id=case_id)
    keep_parts(store, uuid)
    draw_viewport_sheet(store, uuid)
    read_order(store, uuid)
    Sealer(store).seal(uuid, "S0")
    folders, listed, book = _numbers(export(store, case_id, tmp_path / "e.zip").path)
    assert len(folders) >= 4
    assert folders == listed == book
    assert sorted(folders) == [f"证据{n}" for n in range(1, len(folders) + 1)]


def test_the_numbers_of_the_filed_complaint_hold(store: Store, case_id: str) -> None:
    def drafted(name: str) -> Draft:
        texts = dict.fromkeys(("channel", "issue", "demand", "title", "text"), "x")
        empty = dict.fromkeys(("sentences", "exhibits", "gaps", "lint", "law"), ())
        own = {"draft_id": name, "case_id": case_id, "fields": {}, "created_at": store.now()}
        draft = Draft.model_validate(texts | empty | own)
        store.vault.put_draft(draft)
        return draft

    sent = drafted("d-sent")
    drafted("d-later")
    cited = exporting._cited(store, store.vault.case(case_id))
    assert cited is not None
    assert cited.draft_id == "d-later"
    filing = Filing(
        draft_id=sent.draft_id, channel=sent.channel, number="1", capture_id=None, at=store.now()
    )
    store.vault.add_filing(case_id, filing)
    by_phone = {"draft_id": "", "at": store.now()}  # later, and of no draft
    store.vault.add_filing(case_id, filing.model_copy(update=by_phone))
    cited = exporting._cited(store, store.vault.case(case_id))
    assert cited is not None
    assert cited.draft_id == "d-sent"


def test_a_seal_made_during_the_export_is_in_neither_book_nor_bundle(
    store: Store, case_id: str, captures: Captures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = store.vault.case(case_id).captures[0].capture_id
    before = len(store.ledger.entries())

    def meanwhile() -> tuple[Path, int] | None:
        Sealer(store).seal(uuid, "S2")
        return cjk_font()

    monkeypatch.setattr(exporting, "cjk_font", meanwhile)
    path = export(store, case_id, tmp_path / "e.zip").path
    assert len(store.ledger.entries()) > before
    assert verify(path).verdict == "pass"
    with zipfile.ZipFile(path) as archive:
        sealed = {seal["index"] for seal in json.loads(archive.read("bundle.json"))["seals"]}
        pages = pdfium.PdfDocument(archive.read(BOOK))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert {int(number) for number in re.findall(r"#(\d+) ", text)} == sealed
    assert sealed == set(range(before))
