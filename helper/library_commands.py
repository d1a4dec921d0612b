"""`kazheng search`, `compare`: find what was kept, and what a page said before and later."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from helper.complaints.wording import moment
from helper.messages import Language, text
from helper.options import Data, Json, command, kept_store, told
from helper.printing import emit

if TYPE_CHECKING:
    from helper.evidence.changed_text import Line
    from helper.steps.comparing import Comparison
    from helper.vault.search import SearchResult, Segment

app = typer.Typer()
_SIGNS = {"removed": "- ", "added": "+ ", "equal": "  "}


@app.command("search", help=told("search"))
def search(
    terms: Annotated[list[str], typer.Argument(help=told("terms"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Find captures and orders that hold all terms; whatever is new is made searchable first."""
    from helper.steps.indexing import Indexer  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        Indexer(store).finish(told=_progress(chosen.language))
        found = store.vault.search(" ".join(terms))
        emit(found, as_json=as_json, lines=_found_lines(found, chosen.language))


@app.command("compare", help=told("compare"))
def compare(
    one: Annotated[str, typer.Argument(metavar="CAPTURE", help=told("compared"))],
    other: Annotated[str, typer.Argument(metavar="CAPTURE", help=told("compared"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show what changed in the text of a page between two captures of it."""
    from helper.steps.comparing import compare as changes_of  # noqa: PLC0415
    from helper.steps.indexing import Indexer  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        Indexer(store).finish(one, other)
        found = changes_of(store.vault, one, other)
        emit(found, as_json=as_json, lines=list(_changed_lines(found, chosen.language)))


def _progress(language: Language) -> Callable[[int], None]:
    """Return what tells a person on standard error how much is left to be made searchable."""

    def tell(left: int) -> None:
        if left and left % 100 < 4 and sys.stderr.isatty():
            typer.echo(text("library.preparing", language, left=left), err=True)

    return tell


def _found_lines(found: SearchResult, language: Language) -> list[str]:
    lines: list[str] = []
    for order in found.orders:
        number = order.order_no or "-"
        lines.append(f"{order.case_id}  {number}  {order.title}")
        lines.append("    " + _snippet(order.snippet))
    for one in found.captures:
        title = one.title or one.url
        lines.append(f"{one.capture_id}  {moment(one.clicked_at)}  {title}")
        lines.append("    " + _snippet(one.snippet))
    if found.more:
        lines.append(text("library.more", language))
    return lines or [text("library.none", language, words=" ".join(found.terms))]


def _snippet(pieces: Sequence[Segment]) -> str:
    said = "".join(f"【{one.text}】" if one.hit else one.text for one in pieces)
    return " ".join(said.split())


def _changed_lines(found: Comparison, language: Language) -> Iterator[str]:
    times = {"before": moment(found.before.clicked_at), "after": moment(found.after.clicked_at)}
    yield text("library.compared", language, **times, url=found.after.url)
    if not found.same_page:
        yield text("library.other_page", language, url=found.before.url)
    said = found.text
    key = said.reason if said.state == "not_compared" else said.state
    yield text(f"library.changes.{key}", language, removed=said.removed, added=said.added)
    if found.bought and found.bought_at:
        yield text(f"library.bought.{found.bought}", language, at=moment(found.bought_at))
    if not said.ordered:
        yield text("library.changes.unordered", language)
    if said.state == "differs":
        yield from (_line(line, language) for line in said.lines)


def _line(line: Line, language: Language) -> str:
    if line.kind == "skipped":
        return text("library.changes.skipped", language, count=line.skipped)
    return _SIGNS[line.kind] + "".join(part.text for part in line.parts)
