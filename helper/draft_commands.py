"""`kazheng drafts`, `edit`, `packet`: versions, the user's own words, the way to the phone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helper.complaints.wording import moment
from helper.messages import Language, text
from helper.model import Draft
from helper.options import Case, Data, Json, command, kept_store, told
from helper.printing import draft_lines, emit

if TYPE_CHECKING:
    from helper.complaints.drafts.editing import Change, Version

app = typer.Typer()
DraftId = Annotated[str, typer.Argument(metavar="DRAFT", help=told("draft_id"))]


@app.command("drafts", help=told("drafts"))
def drafts(case: Case, data: Data = None, as_json: Json = False) -> None:
    """List the versions of a case's drafts, what changed, and the sentences of the newest ones."""
    from helper.desk import history  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        found = history(store.vault, case)
        newest = {(one.channel, one.document): one for one in store.vault.drafts_of(case)}
        sentences = {one.draft_id: one.sentences for one in newest.values()}
        lines: list[str] = []
        for one in found:
            lines += _version_lines(one, chosen.language)
            lines += [f"    [{say.key}] {say.text}" for say in sentences.get(one.draft_id, ())]
        none = text("phone.no_drafts", chosen.language)
        emit({"case_id": case, "drafts": found}, as_json=as_json, lines=lines or [none])


@app.command("edit", help=told("edit"))
def edit(
    draft: DraftId,
    key: Annotated[str, typer.Argument(help=told("sentence_key"))],
    words: Annotated[str | None, typer.Argument(metavar="TEXT", help=told("own_words"))] = None,
    undo: Annotated[bool, typer.Option("--undo", help=told("edit_undo"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put a sentence of a draft into words of your own, or take them back."""
    from helper.desk import Desk  # noqa: PLC0415

    if (words is None) != undo:
        raise typer.BadParameter(told("edit_usage"), param_hint="TEXT")
    with command(data, as_json) as chosen:
        desk = Desk(kept_store(chosen))
        found = asyncio.run(desk.edit_draft(draft, key, words, chosen.language))
        emit(found, as_json=as_json, lines=_edited_lines(found, draft, chosen.language))


@app.command("packet", help=told("packet"))
def packet(
    draft: DraftId,
    out: Annotated[Path, typer.Option(metavar="DIR", help=told("packet_out"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write texts, pictures and QR codes of a draft for a form in the phone."""
    from helper import packing  # noqa: PLC0415
    from helper.desk import Desk  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        made = asyncio.run(Desk(store).packet(draft, chosen.language))
        done = packing.write(made, out, store.blobs.read, language=chosen.language)
        found = {
            "draft_id": draft,
            "folder": str(done.folder),
            "names": list(done.names),
            "remarks": list(done.remarks),
        }
        page = done.folder / packing.PAGE
        lines = [text("phone.packed", chosen.language, folder=done.folder, page=page)]
        emit(found, as_json=as_json, lines=[*lines, *done.remarks])


def _edited_lines(draft: Draft, before: str, language: Language) -> list[str]:
    new = draft.draft_id != before
    values = {"draft_id": draft.draft_id, "version": draft.version}
    lines = [text("phone.filed_kept", language, **values)] if new else []
    return [*lines, *draft_lines(draft, language)]


def _version_lines(one: Version, language: Language) -> Iterator[str]:
    filed = text("phone.version_filed", language) if one.filed else ""
    own = text("phone.version_edits", language, count=one.edits) if one.edits else ""
    values = {"at": moment(one.created_at), "number": one.version, "title": one.title}
    head = text("phone.version", language, draft_id=one.draft_id, **values)
    yield f"{head}{own}{filed}"
    yield f"    {one.channel} · {one.document}"
    yield from _change_lines(one.changes, language)


def _change_lines(changes: Iterable[Change], language: Language) -> Iterator[str]:
    for change in changes:
        said = change.after if change.before is None else change.before
        values = {"place": change.key, "said": said, "after": change.after}
        yield "    " + text(f"phone.change.{change.state}", language, **values)
