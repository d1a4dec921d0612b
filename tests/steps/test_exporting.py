"""An export carries the 证据册, and goes on without it where it cannot be made."""

import io
import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from helper import exporting
from helper.evidence import book, book_sign
from helper.evidence.verify import verify
from helper.exporting import BOOK, NO_BOOK, export
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
