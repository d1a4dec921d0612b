"""The table of clocks out of the files of a bundle, for who verifies it. Hostile input: bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from helper.evidence import clocks
from helper.evidence.clocks import Row
from helper.evidence.container import Files, chunks
from helper.evidence.records import Listing, Manifest

_LARGEST: Final = 1 << 20
_MOST_ROWS: Final = 500
_MOST_VALUES: Final = 50_000


def read_clocks(files: Files, listing: Listing, manifests: Sequence[Manifest]) -> tuple[Row, ...]:
    """Return the clocks that sealed records name; what cannot be read gives no row."""
    return tuple(islice((_plain(row) for row in _rows(files, listing, manifests)), _MOST_ROWS))


def _rows(files: Files, listing: Listing, manifests: Sequence[Manifest]) -> Iterator[Row]:
    places = {(item.capture_id, item.name): item.path for item in listing.artifacts}
    sealed = {
        (manifest.capture_id, item.name): item.role
        for manifest in manifests
        for item in manifest.artifacts
    }
    for (capture_id, name), role in sealed.items():
        path = places.get((capture_id, name), "")
        if role == "environment":
            yield from clocks.measured(capture_id, _read(files, path))
        elif role == "timestamp" and name.endswith(clocks.NOTE_ENDING):
            row = clocks.stamped(capture_id, name, _read(files, path))
            if row is not None:
                yield row


def _read(files: Files, path: str) -> object:
    if not 0 < files.sizes.get(path, 0) <= _LARGEST:
        return None
    data = b"".join(chunks(files, path))
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MOST_VALUES:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _plain(row: Row) -> Row:
    """Return a row with what a terminal might obey escaped."""
    reason = None if row.reason is None else _visible(row.reason)
    capture_id, source = _visible(row.capture_id), _visible(row.source)
    return replace(row, capture_id=capture_id, source=source, reason=reason)


def _visible(said: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in said)
