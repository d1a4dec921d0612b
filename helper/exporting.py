"""Gather a case for the bundle: sealed captures, and the 证据册 made of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from helper.capture.fonts import cjk_font
from helper.capture.services import UnansweredError
from helper.complaints import exhibits
from helper.complaints.course import instants
from helper.complaints.course.timeline import timeline
from helper.errors import (
    DiskFullError,
    InvalidError,
    KazhengError,
    NotFoundError,
    RefusedError,
    VaultError,
)
from helper.evidence import book_stamps, bundle, clock_table, redact, seal
from helper.evidence.book_exhibits import sealed_names
from helper.messages import LANGUAGES, text
from helper.model import CaptureView, CaseView, Draft, Exhibit, Missing
from helper.steps.store import Store
from helper.vault.files import room_on_disk
from helper.vault.ledger import Entry

if TYPE_CHECKING:
    from helper.evidence.book import Happening

BOOK = "证据册.pdf"
NO_BOOK = "证据册-未制作.txt"
_log = logging.getLogger("kazheng")
_COURSE = frozenset(
    {"ordered", "paid", "promise_over", "delivered", "notice", "pledge", "contact", "filed",
     "answered", "refunded"}
)  # fmt: skip
"""What of the time line goes into the book: neither notes nor drafts, nor exhibits once more."""


@dataclass(frozen=True)
class _Snapshot:
    """A case at one moment: bundle and book are made of the same seals and exhibits."""

    case: CaseView
    captures: tuple[CaptureView, ...]
    """The sealed ones, with no seal that `ledger` lacks."""
    ledger: tuple[Entry, ...]
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True)
class Exported:
    """The ZIP, and what could not be made for it."""

    path: Path
    missing: tuple[Missing, ...]


def standing(cache: Path, case_id: str, *, redacted: bool) -> Path:
    """Return where the console's export of a case lies; a newer one takes its place.

    The folder is the case's own: it goes with the case (`vault/deletions.py`).
    """
    return cache / "exports" / case_id / f"{case_id}{'-redacted' if redacted else ''}.zip"


def export_case(store: Store, case_id: str, out: Path, *, redacted: bool = False) -> Path:
    """Write all sealed captures of a case as ZIP and return its path, as `export`."""
    return export(store, case_id, out, redacted=redacted).path


def export(store: Store, case_id: str, out: Path, *, redacted: bool = False) -> Exported:
    """Write all sealed captures of a case as ZIP; say what could not be made of them.

    A redacted copy holds no book and no single files: they would show what it covers.
    Raises RefusedError when none is sealed, InvalidError(out) where it cannot be written,
    DiskFullError, VaultError(missing_blob).
    """
    found = _snapshot(store, case_id)
    case, sealed = found.case, found.captures
    _require_blobs(store, sealed)
    if out.is_dir():
        raise InvalidError(reason="out", what=str(out), cause="")
    try:
        with store.work_folder() as folder:
            derived, missing = ([], []) if redacted else _derived(store, found, folder)
            path = bundle.write(
                out,
                case_id=case_id,
                captures=sealed,
                ledger=found.ledger,
                read=store.blobs.path,
                key=store.key,
                created_at=store.now(),
                exhibits=found.exhibits,
                derived=derived,
                redaction=redact.of_case(case, store.blobs.read) if redacted else None,
            )
    except OSError as error:
        cause = f"（{error.strerror}）" if error.strerror else ""
        raise InvalidError(reason="out", what=str(out), cause=cause) from error
    return Exported(path, tuple(missing))


def _snapshot(store: Store, case_id: str) -> _Snapshot:
    """Read ledger, then case; what is sealed after that is for the next export.

    Raises RefusedError(nothing_sealed).
    """
    ledger = tuple(store.ledger.entries())
    case = store.vault.case(case_id)
    views = (
        view.model_copy(update={"seals": tuple(s for s in view.seals if s.index < len(ledger))})
        for view in case.captures
    )
    sealed = tuple(view for view in views if view.seals)
    if not sealed:
        raise RefusedError(reason="nothing_sealed", case_id=case_id)
    kept = case.model_copy(update={"captures": tuple(_sealed_only(store, v) for v in sealed)})
    numbered = exhibits.numbered(kept, _cited(store, kept))
    return _Snapshot(case, sealed, ledger, numbered)


def _cited(store: Store, case: CaseView) -> Draft | None:
    """Return the draft whose numbers hold: the last one that was filed, else the last one."""
    filed = max((one for one in case.filings if one.draft_id), key=lambda one: one.at, default=None)
    if filed is not None:
        with suppress(NotFoundError):
            return store.vault.draft(filed.draft_id)
    return store.vault.latest_draft(case.case_id)


def _sealed_only(store: Store, view: CaptureView) -> CaptureView:
    """Leave out what no manifest has: it is not in the bundle and takes no number."""
    names = sealed_names(view, store.blobs.path)
    return view.model_copy(
        update={"artifacts": tuple(item for item in view.artifacts if item.name in names)}
    )


def _derived(
    store: Store, found: _Snapshot, folder: Path
) -> tuple[list[tuple[str, bytes | Path]], list[Missing]]:
    """Make what is easier to read than the originals: the book, the pages as single files."""
    book, missing = make_book(store, found, folder)
    made = (BOOK, book) if book is not None else (NO_BOOK, _words(missing))
    table = clock_table.page(
        clock_table.table(found.captures, store.blobs.path), found.case.case_id
    )
    return [made, (clock_table.NAME, table), *single_files(store, found.captures, folder)], missing


def single_files(
    store: Store, captures: Sequence[CaptureView], folder: Path
) -> Iterator[tuple[str, bytes | Path]]:
    """Write each page as one HTML file without script, made of its MHTML; originals prevail."""
    from helper.evidence.single import single_file  # noqa: PLC0415  # lxml only where needed

    for number, view in enumerate(captures, 1):
        for item in view.artifacts:
            if item.role not in {"seen/mhtml", "witness/mhtml"}:
                continue
            name = f"采集{number}-{PurePosixPath(item.name).stem}.html"
            try:
                page = single_file(store.blobs.read(item.sha256), item.sha256)
            except Exception as error:  # noqa: BLE001  # a hostile page; the original is there
                _log.warning("no single file of %s: %s", item.name, type(error).__name__)
                continue
            (folder / name).write_bytes(page)
            yield f"单文件网页/{name}", folder / name


def _require_blobs(store: Store, captures: Sequence[CaptureView]) -> None:
    """Raise VaultError(missing_blob) where bytes that the vault lists are not in it."""
    for view in captures:
        listed = [item.sha256 for item in view.artifacts]
        listed += [part for seal in view.seals for part in (seal.manifest, seal.signature)]
        for sha256 in listed:
            if not store.blobs.path(sha256).exists():
                raise VaultError(reason="missing_blob", path=str(store.blobs.path(sha256)))


def make_book(store: Store, found: _Snapshot, folder: Path) -> tuple[Path | None, list[Missing]]:
    """Make the book in a folder, signed where that works; an export never fails for want of it."""
    try:
        return _made(store, found, folder)
    except KazhengError:
        raise  # a full disk would fail the bundle as well
    except Exception as error:  # noqa: BLE001
        # Whatever a hostile page made of a picture or a title, the evidence must leave the house.
        _log.exception("no evidence book for %s", found.case.case_id)
        missing = Missing(role="book", reason="book_failed", detail=type(error).__name__)
        return None, [missing]


def _made(store: Store, found: _Snapshot, folder: Path) -> tuple[Path | None, list[Missing]]:
    """Draw the book and sign it, with a time stamp where one is to be had; the book says which."""
    at, plain, signed = store.now(), folder / "book.pdf", folder / "book-signed.pdf"
    stamps = _stamper(store)
    while True:
        lacks = _draw(store, found, plain, at, stamps)
        if lacks is not None:
            return None, [lacks]
        try:
            from helper.evidence import book_sign  # noqa: PLC0415  # optional at run time

            with room_on_disk(signed):
                book_sign.sign(plain, signed, key=store.key, at=at, stamper=stamps.stamper)
        except DiskFullError:
            raise  # it would fail the bundle as well, or leave it poorer for want of room
        except Exception as error:  # noqa: BLE001
            # An import that fails on some system, a broken clock: the book is read without it.
            _log.exception("the evidence book is not signed")
            if stamps.stamper is None:
                detail = type(error).__name__
                return plain, [
                    Missing(role="book/signature", reason="book_unsigned", detail=detail)
                ]
            # It had answered just before. Drawn anew: the book says what its signature has.
            why = error.reason if isinstance(error, UnansweredError) else "refused"
            stamps = book_stamps.Found(reason=why)
        else:
            return signed, _unstamped(stamps)


def _stamper(store: Store) -> book_stamps.Found:
    """Look for who stamps the book's signature; without one it is signed all the same."""
    try:
        from helper.steps import book_stamp  # noqa: PLC0415  # pyHanko, optional at run time

        return book_stamp.find(store.settings)
    except Exception:  # noqa: BLE001  # no stamp is worth a book
        _log.exception("nobody stamps the evidence book")
        return book_stamps.Found(reason="refused")


def _unstamped(found: book_stamps.Found) -> list[Missing]:
    if found.stamper is not None or found.reason is None:
        return []
    return [Missing(role="book/timestamp", reason="book_unstamped", detail=found.reason)]


def _draw(
    store: Store, found: _Snapshot, out: Path, at: datetime, stamps: book_stamps.Found
) -> Missing | None:
    """Write the unsigned book; return why there is none."""
    from helper.evidence import book  # noqa: PLC0415  # fontTools only where a book is made

    try:
        book.make_book(
            found.case,
            found.captures,
            store.blobs.path,
            out,
            exhibits=found.exhibits,
            font=cjk_font(),
            installation=seal.fingerprint(seal.public_key(store.key)),
            created_at=at,
            signature=stamps.said,
            course=_course(found.case, at),
        )
    except book.BookError as error:
        return Missing(role="book", reason=error.reason, detail=error.detail)
    return None


def _course(case: CaseView, now: datetime) -> list[Happening]:
    """Return what happened, for the book of a case in which there was more than pages."""
    from helper.evidence.book import Happening  # noqa: PLC0415

    if not (case.entries or case.filings):
        return []
    unknown = text("book.course.unknown")
    return [
        Happening(unknown if one.at is None else instants.said(one.at), one.text, one.source,
                  one.capture_id)
        for one in timeline(case, now=now)
        if one.key in _COURSE
    ]  # fmt: skip


def _words(missing: Sequence[Missing]) -> bytes:
    lines = [
        f"{text(f'missing.{entry.reason}', language)} ({entry.detail})"
        for entry in missing
        for language in LANGUAGES
    ]
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
