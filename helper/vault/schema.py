"""The tables of the vault. Times are ISO 8601 text with zone, records are JSON text.

The workflow engine keeps its own tables in the same file; it never touches these.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
)

SCHEMA_VERSION: Final = 4
"""2: entries, readings, and drafts with keys that an older program does not know. 3: such keys in
the meta of captures. 4: bare links in the ledger, behind which an older program would break it.

All of it is additive, so an older vault opens as it is and becomes one of this version. An older
program would leave out of a case what the user told, and stumble over drafts and captures: it must
refuse instead.
"""

metadata: Final = MetaData()

vault: Final = Table(
    "kazheng_vault",
    metadata,
    Column("schema_version", Integer, nullable=False),
)

cases: Final = Table(
    "cases",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("case_id", Text, nullable=False, unique=True),
    Column("platform_key", Text),
    Column("host", Text),
    Column("order_no", Text),
    Column("title", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("closed_at", Text),
    Index("cases_by_order", "host", "order_no"),
)

captures: Final = Table(
    "captures",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("capture_id", Text, nullable=False, unique=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), index=True),
    Column("state", Text, nullable=False),
    Column("final", Boolean, nullable=False, default=False),
    Column("session_wanted", Boolean, nullable=False, default=False),
    Column("meta", Text, nullable=False),
    Column("order_record", Text),
    Column("corroboration", Text),
    Index("captures_by_state", "state"),
)


def _of_capture(name: str, *columns: Column[str] | Column[int], unique: tuple[str, ...]) -> Table:
    """Make a table whose rows belong to a capture, in the order they came."""
    return Table(
        name,
        metadata,
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("capture_id", Text, ForeignKey("captures.capture_id"), nullable=False),
        *columns,
        UniqueConstraint("capture_id", *unique),
    )


parts: Final = _of_capture(
    "parts",
    Column("sha256", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("received", Integer, nullable=False, default=0),
    unique=("sha256", "role", "about"),
)

artifacts: Final = _of_capture(
    "artifacts",
    Column("name", Text, nullable=False),
    Column("record", Text, nullable=False),
    unique=("name",),
)

missing: Final = _of_capture(
    "missing",
    Column("role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text),
    unique=("role", "reason"),
)

capture_notes: Final = _of_capture(
    "capture_notes",
    Column("note", Text, nullable=False),
    unique=("note",),
)

steps: Final = _of_capture(
    "steps",
    Column("step", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("detail", Text),
    unique=("step",),
)

readings: Final = _of_capture("readings", Column("record", Text, nullable=False), unique=())

ledger: Final = Table(
    "ledger",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("capture_id", Text, ForeignKey("captures.capture_id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("previous", Text),
    Column("sealed_at", Text, nullable=False),
    UniqueConstraint("capture_id", "stage", "manifest"),
)

ledger_links: Final = Table(
    "ledger_links",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    Column("deletion", Text),
)
"""Entries of which only the link is left, and those that tell of a deletion: see `ledger`."""

stamps: Final = _of_capture(
    "stamps",
    Column("manifest", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("seal_index", Integer, nullable=False),
    Column("authority", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Text, nullable=False),
    Column("reason", Text),
    Column("query", Text),
    Column("reply", Text),
    Column("stamped_at", Text),
    Column("root", Text),
    Column("listed", Integer, nullable=False, default=0),
    unique=("manifest", "authority"),
)
Index("stamps_by_state", stamps.c.state)
Index("stamps_by_authority", stamps.c.authority, stamps.c.state, stamps.c.stamped_at)


def _of_case(name: str, *columns: Column[str]) -> Table:
    """Make a table whose rows belong to a case, in the order they came."""
    return Table(
        name,
        metadata,
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("case_id", Text, ForeignKey("cases.case_id"), nullable=False, index=True),
        *columns,
    )


corrections: Final = _of_case(
    "corrections",
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("read", Text),
    Column("at", Text, nullable=False),
)

notes: Final = _of_case(
    "notes",
    Column("step", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("detail", Text),
)

filings: Final = _of_case(
    "filings",
    Column("draft_id", Text, nullable=False),
    Column("record", Text, nullable=False),
)

entries: Final = _of_case(
    "entries",
    Column("entry_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)

drafts: Final = _of_case(
    "drafts",
    Column("draft_id", Text, nullable=False, unique=True),
    Column("record", Text, nullable=False),
)

composed: Final = _of_case(
    "composed",
    Column("draft_id", Text, nullable=False, unique=True),
    Column("record", Text, nullable=False),
)
"""Drafts in our words alone, where the user's own stand in `drafts`."""

changes: Final = Table(
    "changes",
    metadata,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("revision", Integer, nullable=False),
)

digests: Final = Table(
    "digests",
    metadata,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("form", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("valid_until", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("clock_at", Text),
    Column("due", Integer, nullable=False),
    Column("lacking", Integer, nullable=False),
    Column("record", Text, nullable=False),
    Index("digests_by_urgency", "level", "place", "case_id"),
    Index("digests_by_clock", "clock_at"),
    Index("digests_by_age", "made_at"),
)
"""What a case comes to, made from its `revision`; `form` names how, an older one is made anew."""

DERIVED: Final = (changes, digests)
"""Tables that hold nothing of a case but what follows from it."""

library: Final = Table(
    "library",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("capture_id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", Text),
    Column("address", Text),
    Column("clicked_at", Text, nullable=False),
    Column("sort_at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("order_no", Text),
    Column("thumbnail", Text),
    Column("made_of", Text, nullable=False),
    Index("library_by_time", "sort_at", "position"),
    Index("library_by_address", "address", "sort_at"),
    Index("library_by_host", "host", "sort_at"),
    Index("library_by_kind", "kind", "sort_at"),
)
"""What a list shows of each capture, made of it in the background, private words covered.

`position` is the capture's, `sort_at` the click in UTC, `address` the same for every capture of one
page, `made_of` a hash of all it was made of.
"""

documents: Final = Table(
    "documents",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("folded", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""What can be searched: of a capture at its position, of a case at its own, negative.

The words are covered like those of a redacted copy; `folded` is both as they are compared, first
in the row: it is looked through.
"""

stale: Final = Table(
    "library_stale",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("ref", Text, nullable=False, unique=True),
    sqlite_autoincrement=True,
)
"""Captures and cases whose document is to be made anew; triggers fill it. A change while one is
being made gives its row a new position, which never was another's."""

pairing_offer: Final = Table(
    "pairing_offer",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("tries", Integer, nullable=False),
)

pairings: Final = Table(
    "pairings",
    metadata,
    Column("pairing_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
)

entrances: Final = Table(
    "entrances",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("expires_at", Text, nullable=False),
)
"""Hashes of tokens that let a browser into the console once."""

doomed: Final = Table(
    "doomed",
    metadata,
    Column("place", Text, primary_key=True),
)
"""Files of deleted cases that may still be on disk: `blobs/<sha256>`, `incoming/…`, `work/…`."""

gone: Final = Table(
    "gone",
    metadata,
    Column("digest", Text, primary_key=True),
)
"""Hashes of the ids of deleted captures: whoever still has one to send is told so."""

identity: Final = Table(
    "identity",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Who signs the letters, encrypted under a key that is not in this file."""

_OF_CAPTURE: Final = "INSERT OR REPLACE INTO library_stale (ref) VALUES ({0}.capture_id);"
_OF_CASE: Final = (
    "INSERT OR REPLACE INTO library_stale (ref)"
    " SELECT case_id FROM cases WHERE case_id = {0}.case_id"
    " UNION ALL SELECT capture_id FROM captures WHERE case_id = {0}.case_id;"
)


def _update(table: str, *columns: str) -> str:
    """Return the event that some columns of a row get other values."""
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in columns)
    return f"UPDATE OF {', '.join(columns)} ON {table} WHEN {changed}"


_CHANGES: Final = {
    "captures_new": ("INSERT ON captures", _OF_CAPTURE.format("new")),
    "captures_gone": ("DELETE ON captures", _OF_CAPTURE.format("old") + _OF_CASE.format("old")),
    "captures_said": (_update("captures", "meta", "state"), _OF_CAPTURE.format("new")),
    "captures_read": (
        _update("captures", "order_record", "case_id"),
        _OF_CAPTURE.format("new") + _OF_CASE.format("old") + _OF_CASE.format("new"),
    ),
    "steps_read": ("INSERT ON steps WHEN new.step = 'read'", _OF_CAPTURE.format("new")),
    "shown_read": ("INSERT ON readings", _OF_CAPTURE.format("new")),
    "artifacts_gone": ("DELETE ON artifacts", _OF_CAPTURE.format("old")),
    "cases_new": ("INSERT ON cases", _OF_CASE.format("new")),
    "cases_said": (_update("cases", "title", "host", "order_no"), _OF_CASE.format("new")),
    "cases_gone": (
        "DELETE ON cases",
        "INSERT OR REPLACE INTO library_stale (ref) VALUES (old.case_id);",
    ),
    "corrections_new": ("INSERT ON corrections", _OF_CASE.format("new")),
    "corrections_gone": ("DELETE ON corrections", _OF_CASE.format("old")),
    "entries_new": ("INSERT ON entries", _OF_CASE.format("new")),
    "entries_gone": ("DELETE ON entries", _OF_CASE.format("old")),
}
"""What makes a document stale, whoever writes it: an older program too."""
_GRAMS: Final = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS library_grams"
    " USING fts5 (grams, content='', detail=none, tokenize='ascii')"
)
TRIGGERS: Final = {
    f"stale_{name}": f"CREATE TRIGGER stale_{name} AFTER {change} BEGIN {then} END"
    for name, (change, then) in _CHANGES.items()
}
"""By name, in the words in which SQLite keeps them; `store` makes them, anew where they differ."""
event.listen(metadata, "after_create", DDL(_GRAMS).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
