"""What makes captures listed and searchable: which rows are stale, and how they are kept.

A row and its searchable text follow from the rest of the vault and may be made anew at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import ValidationError
from sqlalchemy import Connection, delete, func, insert, select

from helper.dealings import Entry
from helper.model import CaptureId, CaptureMeta, Correction
from helper.vault import schema
from helper.vault.cases import corrections_of
from helper.vault.digests import sortable
from helper.vault.entries import entries_of
from helper.vault.search import put_document, remove_document
from helper.vault.store import Store, reading, writing
from scrapers.record import OrderRecord

_captures = schema.captures
_cases = schema.cases
_documents = schema.documents
_library = schema.library
_stale = schema.stale
_TRACKING: Final = frozenset({"spm", "scm", "fbclid", "gclid", "msclkid", "_"})


@dataclass(frozen=True)
class Stale:
    """A capture or a case whose document is to be made anew; `position` is this request's."""

    position: int
    ref: str


@dataclass(frozen=True)
class Around:
    """What of a case decides how its documents read: `orders` of all captures, newest last."""

    position: int
    case_id: str
    title: str
    host: str | None
    order_no: str | None
    orders: tuple[OrderRecord, ...]
    corrections: tuple[Correction, ...]
    entries: tuple[Entry, ...]


class Indexed(Store):
    """The making of the library of the catalogue."""

    def make_stale(self, made_by: str) -> None:
        """Ask for every row that is not there, or that was made by other rules.

        `made_by` begins `made_of` of a row made by the rules of now.
        """
        known = select(_library.c.capture_id).where(_library.c.made_of.startswith(made_by))
        asked = select(_stale.c.ref)
        documents = select(-_documents.c.position).where(_documents.c.position < 0)
        with writing(self.engine) as connection:
            for table, ref, undone in (
                (_cases, _cases.c.case_id, _cases.c.position.not_in(documents)),
                (_captures, _captures.c.capture_id, _captures.c.capture_id.not_in(known)),
            ):
                wanted = select(ref).where(undone, ref.not_in(asked)).order_by(table.c.position)
                connection.execute(insert(_stale).from_select(["ref"], wanted))

    def stale(self, limit: int, only: Collection[str] = ()) -> list[Stale]:
        """Return what is to be made anew, what was asked for last first: the user waits for it.

        With `only` nothing but those captures and cases.
        """
        which = select(_stale).order_by(_stale.c.position.desc()).limit(limit)
        with reading(self.engine) as connection:
            rows = connection.execute(which.where(_stale.c.ref.in_(only)) if only else which)
            return [Stale(position=row.position, ref=row.ref) for row in rows]

    def stale_count(self) -> int:
        """Count what is to be made anew."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(_stale)).scalar_one()

    def around(self, case_id: str) -> Around | None:
        """Return what of a case decides how its documents read; None where it is gone."""
        with reading(self.engine) as connection:
            row = connection.execute(
                select(_cases).where(_cases.c.case_id == case_id)
            ).one_or_none()
            if row is None:
                return None
            clicked_at = func.json_extract(_captures.c.meta, "$.clicked_at").label("clicked_at")
            read = connection.execute(
                select(_captures.c.order_record, clicked_at).where(
                    _captures.c.case_id == case_id, _captures.c.order_record.is_not(None)
                )
            ).all()
            return Around(
                position=row.position,
                case_id=case_id,
                title=row.title,
                host=row.host,
                order_no=row.order_no,
                orders=tuple(
                    OrderRecord.model_validate_json(one.order_record)
                    for one in sorted(read, key=lambda one: datetime.fromisoformat(one.clicked_at))
                ),
                corrections=corrections_of(connection, case_id),
                entries=entries_of(connection, case_id),
            )

    def made_of(self, capture_id: CaptureId) -> str | None:
        """Return the hash of what a row was made of, None where there is no row."""
        with reading(self.engine) as connection:
            wanted = select(_library.c.made_of).where(_library.c.capture_id == capture_id)
            return connection.execute(wanted).scalar()

    def put_listed(
        self, request: Stale, head: str, body: str, *, clicked_at: datetime, **values: Any
    ) -> None:
        """Keep the row and the text of a capture, in place of what was there.

        A capture that is gone meanwhile gets none.
        """
        with writing(self.engine) as connection:
            _done(connection, request)
            position = connection.execute(
                select(_captures.c.position).where(_captures.c.capture_id == request.ref)
            ).scalar()
            if position is not None:
                _put_row(connection, position, request.ref, clicked_at, **values)
                put_document(connection, position, head, body)

    def put_wordless(self, request: Stale) -> None:
        """Keep a row without words for what could not be read; it is tried again after a restart.

        Of a capture only its meta is looked at; one without a readable one has no row.
        """
        case = select(-_cases.c.position).where(_cases.c.case_id == request.ref)
        capture = select(_captures.c.position, _captures.c.meta).where(
            _captures.c.capture_id == request.ref
        )
        with writing(self.engine) as connection:
            _done(connection, request)
            row = connection.execute(capture).one_or_none()
            position = row.position if row else connection.execute(case).scalar()
            if position is None:
                return
            remove_document(connection, position)
            connection.execute(delete(_library).where(_library.c.position == position))
            try:
                meta = CaptureMeta.model_validate_json(row.meta) if row else None
            except ValidationError:
                return
            if meta is not None:
                _put_row(
                    connection, position, request.ref, meta.clicked_at,
                    title="", url="", host=meta.host, address=address_of(meta.url), kind="unread",
                    order_no=None, thumbnail=None, made_of="",
                )  # fmt: skip
                put_document(connection, position, "", "")

    def put_case_text(self, request: Stale, position: int, head: str, body: str) -> None:
        """Make the words of a case searchable, in place of what was there.

        A case that is gone meanwhile gets none.
        """
        here = (_cases.c.case_id == request.ref) & (_cases.c.position == position)
        with writing(self.engine) as connection:
            _done(connection, request)
            if connection.execute(select(_cases.c.position).where(here)).first() is not None:
                put_document(connection, -position, head, body)

    def is_as_it_was(self, request: Stale) -> None:
        """Record that nothing of a row has changed."""
        with writing(self.engine) as connection:
            _done(connection, request)

    def forget_gone(self, request: Stale) -> None:
        """Forget every row and text whose capture or case is no longer there."""
        with writing(self.engine) as connection:
            _done(connection, request)
            here = select(_captures.c.position).union_all(select(-_cases.c.position))
            gone = select(_documents.c.position).where(_documents.c.position.not_in(here))
            for position in connection.execute(gone).scalars().all():
                remove_document(connection, position)
            kept = select(_captures.c.position)
            connection.execute(delete(_library).where(_library.c.position.not_in(kept)))


def address_of(url: str) -> str | None:
    """Return a hash that is the same for addresses of one page; None where there is none.

    The order of parameters, what only tells where a visitor came from, and the place on the page
    do not count.
    """
    try:
        parts = urlsplit(url)
        given = sorted(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        return None
    if not parts.netloc:
        return None
    query = urlencode([(k, v) for k, v in given if k not in _TRACKING and k[:4] != "utm_"])
    route = parts.fragment if parts.fragment[:1] in {"/", "!"} else ""
    host = parts.netloc.rpartition("@")[2].lower()
    same = "\n".join((host, parts.path.rstrip("/"), query, route))
    return hashlib.sha256(same.encode("utf-8", "replace")).hexdigest()[:32]


def _put_row(
    connection: Connection,
    position: int,
    capture_id: CaptureId,
    clicked_at: datetime,
    **values: Any,
) -> None:
    connection.execute(delete(_library).where(_library.c.position == position))
    times = {"clicked_at": clicked_at.isoformat(), "sort_at": sortable(clicked_at)}
    row = insert(_library).values(position=position, capture_id=capture_id, **times, **values)
    connection.execute(row)


def _done(connection: Connection, request: Stale) -> None:
    """Take back a request, unless it was made again since it was read."""
    same = (_stale.c.ref == request.ref) & (_stale.c.position <= request.position)
    connection.execute(delete(_stale).where(same))
