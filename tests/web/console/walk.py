"""The addresses of all pages that can be looked at, from the console's own table.

A page that is added to `rooms.PAGES` is walked by the tests beside this without a word here, as
long as its address names what these do; else they fail and say so.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from helper.model import CaptureView
from helper.steps import advising
from helper.steps.digesting import refresh
from helper.steps.indexing import RULES, Indexer
from helper.steps.store import Store
from helper.vault.catalogue import Catalogue
from helper.web.console import rooms

ENDLESS = {"/live"}
"""Answers that go on as long as a page is open; every page follows one by itself."""
FILES = ("/text", "/pdf", "/files/{name}", "/exports/{kind}", "/backup/file", "/static/{name}")
"""What a browser takes as a file, by the end of its path."""
SMALL = ("/thumb/{name}", "/picture/{name}")


@dataclass
class Things:
    """What addresses name; `asked` are queries for the paths that take some."""

    cases: list[str] = field(default_factory=list)
    captures: list[CaptureView] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    asked: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, vault: Catalogue, cases: list[str]) -> Things:
        """Return all that belongs to these cases."""
        found = cls(cases)
        for case in map(vault.case, cases):
            found.captures += case.captures[-20:]
            found.drafts += [one.draft_id for one in vault.drafts_of(case.case_id)]
        ids = [one.capture_id for one in found.captures]
        pairs = [f"a={a}&b={b}" for a, b in itertools.pairwise(ids[:6])]
        found.asked["/library/compare"] = pairs or [f"a={one}" for one in ids]
        found.asked["/library/take"] = ["&".join(f"case={one}" for one in cases[:5])]
        found.asked["/settings/delete"] = [f"case={one}" for one in cases]
        return found


def pages(things: Things) -> Iterator[str]:
    """Yield the addresses that show a page to read."""
    for path in _paths():
        if not path.endswith((*FILES, *SMALL)):
            yield from _filled(path, things)


def files(things: Things) -> Iterator[str]:
    """Yield the addresses of what is taken along, and of pictures."""
    for path in _paths():
        if path.endswith((*FILES, *SMALL)):
            yield from _filled(path, things)


def _paths() -> list[str]:
    return [page.path for page in rooms.PAGES if page.method == "GET" and page.path not in ENDLESS]


def _filled(path: str, things: Things) -> Iterator[str]:
    room = path.split("/")[1]
    ids: list[tuple[str, CaptureView | None]] = [("", None)]
    if "{id}" in path:
        ids = {
            "cases": [(one, None) for one in things.cases],
            "drafts": [(one, None) for one in things.drafts],
            "captures": [(one.capture_id, one) for one in things.captures],
        }[room]
    for id_, view in ids:
        for rest in _rests(path, view):
            plain = path.replace("{id}", id_)
            for name, value in rest.items():
                plain = plain.replace(f"{{{name}}}", quote(value, safe=""))
            assert not re.search(r"\{\w+\}", plain), f"{path} names what the walk does not know"
            for query in things.asked.get(path, [""]):
                yield f"{plain}?{query}" if query else plain


def _rests(path: str, view: CaptureView | None) -> list[dict[str, str]]:
    if "{kind}" in path:
        return [{"kind": "whole"}, {"kind": "redacted"}]
    if "{name}" not in path:
        return [{}]
    if view is None:
        return [{"name": "style.css"}]
    wanted = {"thumb": "image/", "picture": "image/", "page": "multipart/"}
    start = wanted.get(path.split("/")[3], "")
    return [{"name": one.name} for one in view.artifacts if one.media_type.startswith(start)]


def worked_up(store: Store) -> None:
    """Do what the helper does in the background: digests and the index of words."""
    while store.vault.stale_digests(advising.form(store), store.now(), 50):
        refresh(store, 50)
    store.vault.make_stale(RULES)
    while Indexer(store).turn():
        pass
