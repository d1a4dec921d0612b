"""The exhibits of the 证据册 as they were numbered, and what each is to show."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from helper.evidence.clocks import moment
from helper.evidence.layout import folder_name
from helper.messages import text
from helper.model import Artifact, CaptureView, CaseView, Exhibit

Read = Callable[[str], Path]
Kind = Literal["picture", "order", "text", "pdf", "page", "file"]
BROUGHT: Final = "brought"
"""`extra.origin` of a record that is a file the user brought, not a page that was kept."""
_LARGEST_RECORD = 16 * 2**20


@dataclass(frozen=True)
class Entry:
    """An exhibit: number, words, its path in the bundle, file, the capture it belongs to."""

    number: int
    path: str
    name: str
    purpose: str
    kind: Kind
    artifact: Artifact
    view: CaptureView
    at: datetime

    @property
    def when(self) -> str:
        """Time with offset."""
        return moment(self.at)


def entries(
    case: CaseView, captures: Sequence[CaptureView], read: Read, exhibits: Sequence[Exhibit]
) -> list[Entry]:
    """Return the exhibits among what is sealed, by number; none is numbered here."""
    views = {view.capture_id: view for view in captures}
    sealed = {view.capture_id: sealed_names(view, read) for view in captures}
    known = {
        (view.capture_id, item.sha256): item
        for view in captures
        for item in view.artifacts
        if item.name in sealed[view.capture_id]
    }
    visited = {view.capture_id: _visited_at(view, read) for view in captures}
    found = []
    for exhibit in sorted(exhibits, key=lambda one: one.number):
        item = known.get((exhibit.capture_id, exhibit.sha256))
        if item is not None:
            view, at = views[exhibit.capture_id], visited[exhibit.capture_id]
            found.append(_entry(case, view, item, exhibit, at))
    return found


def is_brought(view: CaptureView) -> bool:
    """Tell whether a record is a file the user brought."""
    return view.meta.extra.get("origin") == BROUGHT


def record(view: CaptureView, name: str, read: Read) -> object:
    """Return a JSON file of a capture; None where there is none, or it is not readable."""
    found = next((item for item in view.artifacts if item.name == name), None)
    return load(found.sha256, read) if found else None


def load(sha256: str, read: Read) -> object:
    """Return kept JSON; None where it is not readable."""
    try:
        path = read(sha256)
        if path.stat().st_size > _LARGEST_RECORD:
            return None
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def sealed_names(view: CaptureView, read: Read) -> frozenset[str]:
    """Return the names that stand in a manifest of the capture: only these are in the bundle."""
    names: set[str] = set()
    for seal in view.seals:
        manifest = load(seal.manifest, read)
        listed = manifest.get("artifacts", []) if isinstance(manifest, Mapping) else []
        names |= {str(item["name"]) for item in listed}
    return frozenset(names)


def _entry(
    case: CaseView,
    view: CaptureView,
    item: Artifact,
    exhibit: Exhibit,
    visited: datetime | None,
) -> Entry:
    witness = item.role.startswith("witness/")
    name = exhibit.label.removeprefix(f"证据{exhibit.number} ")
    if item.role == "attachment":
        name += f"：{item.about.get('file_name') or item.name}"
    return Entry(
        number=exhibit.number,
        path=f"{folder_name(exhibit.label)}/{item.name}",
        name=name,
        purpose=_purpose(case, view, item),
        kind=_kind(item),
        artifact=item,
        view=view,
        at=visited if witness and visited else view.meta.clicked_at,
    )


def _purpose(case: CaseView, view: CaptureView, item: Artifact) -> str:
    side = "brought" if item.role == "attachment" else item.role.partition("/")[0]
    own = text(f"book.purpose.{item.role}")
    words = text(f"book.purpose.{side}") if own.startswith("book.") else own
    order = view.order
    if item.role == "attachment":
        note = item.about.get("note")
        return f"{words}\n{text('book.note')}：{str(note)[:500]}" if note else words
    if order is not None and order.order_no:
        words += "\n" + text("book.purpose.order_no", order_no=order.order_no)
        if order.status_text:
            words += text("book.purpose.status", status=order.status_text[:60])
    elif case.order_no:
        words += "\n" + text("book.purpose.no_order")
    return words


def _kind(item: Artifact) -> Kind:
    if item.role == "order":
        return "order"
    if item.media_type.startswith("image/"):
        return "picture"
    if item.role == "witness/pdf":
        return "pdf"
    if item.role.endswith(("/html", "/mhtml", "/chat")):
        return "page"
    return "text" if item.media_type.startswith("text/plain") else "file"


def _visited_at(view: CaptureView, read: Read) -> datetime | None:
    if view.corroboration is not None and view.corroboration.witness_at is not None:
        return view.corroboration.witness_at
    facts = record(view, "witness-visit.json", read)
    try:
        found = (
            datetime.fromisoformat(str(facts["started_at"])) if isinstance(facts, dict) else None
        )
    except (KeyError, ValueError):
        return None
    return found if found is not None and found.tzinfo is not None else None
