"""Gather a case for the bundle: sealed captures, and the 证据册 made of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helper.capture.fonts import cjk_font
from helper.complaints.exhibits import choose
from helper.errors import KazhengError, RefusedError
from helper.evidence import bundle, seal
from helper.messages import LANGUAGES, text
from helper.model import CaptureView, CaseView, Missing
from helper.steps.store import Store

BOOK = "证据册.pdf"
NO_BOOK = "证据册-未制作.txt"
_log = logging.getLogger("kazheng")


@dataclass(frozen=True)
class Exported:
    """The ZIP, and what could not be made for it."""

    path: Path
    missing: tuple[Missing, ...]


def export_case(store: Store, case_id: str, out: Path) -> Path:
    """Write all sealed captures of a case as ZIP; raises RefusedError when none is sealed."""
    return export(store, case_id, out).path


def export(store: Store, case_id: str, out: Path) -> Exported:
    """Write all sealed captures of a case as ZIP; say what could not be made of them.

    Raises RefusedError when none is sealed.
    """
    case = store.vault.case(case_id)
    sealed = [view for view in case.captures if view.seals]
    if not sealed:
        raise RefusedError(reason="nothing_sealed", case_id=case_id)
    with store.work_folder() as folder:
        book, missing = make_book(store, case, sealed, folder)
        derived: tuple[str, bytes | Path] = (
            (BOOK, book) if book is not None else (NO_BOOK, _words(missing))
        )
        path = bundle.write(
            out,
            case_id=case_id,
            captures=sealed,
            ledger=store.ledger.entries(),
            read=store.blobs.path,
            key=store.key,
            created_at=store.now(),
            derived=[derived],
        )
    return Exported(path, tuple(missing))


def make_book(
    store: Store, case: CaseView, captures: Sequence[CaptureView], folder: Path
) -> tuple[Path | None, list[Missing]]:
    """Make the book in a folder, signed where that works; an export never fails for want of it."""
    try:
        return _made(store, case, captures, folder)
    except KazhengError:
        raise  # a full disk would fail the bundle as well
    except Exception as error:  # noqa: BLE001
        # Whatever a hostile page made of a picture or a title, the evidence must leave the house.
        _log.exception("no evidence book for %s", case.case_id)
        missing = Missing(role="book", reason="book_failed", detail=type(error).__name__)
        return None, [missing]


def _made(
    store: Store, case: CaseView, captures: Sequence[CaptureView], folder: Path
) -> tuple[Path | None, list[Missing]]:
    from helper.evidence import book  # noqa: PLC0415  # fontTools only where a book is made

    at, plain, signed = store.now(), folder / "book.pdf", folder / "book-signed.pdf"
    try:
        book.make_book(
            case,
            captures,
            store.blobs.path,
            plain,
            font=cjk_font(),
            installation=seal.fingerprint(seal.public_key(store.key)),
            created_at=at,
            cited=choose(case, channel=""),
        )
    except book.BookError as error:
        return None, [Missing(role="book", reason=error.reason, detail=error.detail)]
    try:
        from helper.evidence import book_sign  # noqa: PLC0415  # optional at run time

        book_sign.sign(plain, signed, key=store.key, at=at)
    except Exception as error:  # noqa: BLE001
        # An import that fails on some system, a broken clock: the book is read without it.
        _log.exception("the evidence book is not signed")
        detail = type(error).__name__
        return plain, [Missing(role="book/signature", reason="book_unsigned", detail=detail)]
    return signed, []


def _words(missing: Sequence[Missing]) -> bytes:
    lines = [
        f"{text(f'missing.{entry.reason}', language)} ({entry.detail})"
        for entry in missing
        for language in LANGUAGES
    ]
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
