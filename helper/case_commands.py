"""`kazheng case …`: look at cases, note, attach, close. See `dealing_commands` for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helper.given import has_vault
from helper.messages import text
from helper.options import Case, Data, Json, command, kept_store, told
from helper.printing import advice_lines, case_lines, emit

if TYPE_CHECKING:
    from helper.messages import Language
    from helper.steps.store import Store

app = typer.Typer(no_args_is_help=True)


@app.command("list", help=told("case_list"))
def list_cases(data: Data = None, as_json: Json = False) -> None:
    """List all cases with their due dates and gaps."""
    from helper.result import case_result  # noqa: PLC0415
    from helper.steps.store import open_store  # noqa: PLC0415

    with command(data, as_json) as chosen:
        cases = []
        if has_vault(chosen):  # a mistyped --data must not look like lost evidence, nor make one
            store = open_store(chosen)
            cases = [case_result(store, case) for case in store.vault.cases()]
        lines = [line for case in cases for line in case_lines(case, chosen.language)]
        none = text("cli.case.none", chosen.language, data=chosen.data)
        emit({"cases": cases}, as_json=as_json, lines=lines or [none])


@app.command("show", help=told("case_show"))
def show(case: Case, data: Data = None, as_json: Json = False) -> None:
    """Show one case with its due dates and gaps."""
    from helper.result import case_result  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        found = case_result(store, store.vault.case(case))
        emit(found, as_json=as_json, lines=case_lines(found, chosen.language))


@app.command("note", help=told("case_note"))
def note(
    case: Case,
    words: Annotated[str, typer.Argument(help=told("words"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a note to a case."""

    def add(store: Store, _language: Language) -> None:
        from helper.errors import InvalidError  # noqa: PLC0415

        if not words.strip():
            raise InvalidError(reason="empty_note")
        store.vault.add_note(case, words.strip(), store.now())

    change(data, as_json, case, add)


@app.command("attach", help=told("case_attach"))
def attach(
    case: Case,
    file: Annotated[Path, typer.Argument(help=told("own_file"))],
    note: Annotated[str, typer.Option(help=told("own_note"))] = "",
    kind: Annotated[str | None, typer.Option(help=told("own_kind"))] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a file of your own to a case: bill, chat export, recording, photo."""
    from helper.steps import attach as bringing  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        view = bringing.attach(store, case, file, note=note, kind=kind)
        own = next(item for item in view.artifacts if item.role == "attachment")
        attached = {"capture_id": view.capture_id, **own.model_dump(mode="json")}
        found = {**store.vault.case(case).model_dump(mode="json"), "attached": attached}
        line = text("cli.attached", chosen.language, case_id=case, **attached)
        emit(found, as_json=as_json, lines=[line])


@app.command("correct", help=told("case_correct"))
def correct(
    case: Case,
    field: Annotated[str, typer.Argument(help=told("order_field"))],
    value: Annotated[str | None, typer.Argument(help=told("order_value"))] = None,
    undo: Annotated[bool, typer.Option("--undo", help=told("correct_undo"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Give a field of the order a value of your own; the read one stays beside it."""
    if (value is None) != undo:
        raise typer.BadParameter(told("correct_usage"), param_hint="VALUE")

    def set_or_undo(store: Store, _language: Language) -> None:
        if value is None:
            store.vault.undo_correction(case, field)
        else:
            store.vault.add_correction(case, field, value, store.now())

    change(data, as_json, case, set_or_undo)


@app.command("move", help=told("case_move"))
def move(
    case: Case,
    capture: Annotated[str, typer.Argument(help=told("capture_id"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put a page that was kept into this case."""

    def take(store: Store, _language: Language) -> None:
        store.vault.move_capture(capture, case, store.now())

    change(data, as_json, case, take)


@app.command("close", help=told("case_close"))
def close(
    case: Case,
    because: Annotated[str | None, typer.Option(help=told("close_because"))] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Close a case; nothing is deleted."""
    from helper.complaints.course.closing import REASONS, warning  # noqa: PLC0415

    if because is not None:
        one_of(because, REASONS, "--because")

    def end(store: Store, language: Language) -> dict[str, Any]:
        store.vault.close_case(case, store.now(), because)
        said = warning(store.vault.case(case), because, language)
        return {"warnings": [said] if said else []}

    change(data, as_json, case, end)


@app.command("advise", help=told("case_advise"))
def advise(
    case: Case,
    issue: Annotated[str | None, typer.Option(help=told("issue"))] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say what comes next, what is due, proved and missing, and what may be asked for."""
    from helper.desk import Desk  # noqa: PLC0415

    with command(data, as_json) as chosen:
        desk = Desk(kept_store(chosen))
        found = asyncio.run(desk.advise(case, issue, chosen.language))
        emit(found, as_json=as_json, lines=advice_lines(found, chosen.language))


@app.command("reply", help=told("case_reply"))
def answer(
    case: Case,
    move: Annotated[str, typer.Option(help=told("reply_move"))],
    issue: Annotated[str | None, typer.Option(help=told("issue"))] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Answer one counter-move of the other side, with the facts of the case."""
    from helper.desk import Desk  # noqa: PLC0415

    with command(data, as_json) as chosen:
        desk = Desk(kept_store(chosen))
        made = asyncio.run(desk.reply(case, move, issue, chosen.language))
        emit(made, as_json=as_json, lines=[made.text, "", *made.remarks, made.next_step])


@app.command("reopen", help=told("case_reopen"))
def reopen(case: Case, data: Data = None, as_json: Json = False) -> None:
    """Open a closed case again."""
    change(data, as_json, case, lambda store, _: store.vault.reopen_case(case, store.now()))


def change(
    data: Path | None,
    as_json: bool,
    case: str,
    make: Callable[[Store, Language], Mapping[str, Any] | None],
) -> None:
    """Change a case and print it; what `make` returns stands beside it, its warnings come last."""
    from helper.result import case_result  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        beside = make(store, chosen.language) or {}
        found = store.vault.case(case)
        lines = case_lines(case_result(store, found), chosen.language)
        lines += [
            text("cli.told.warning", chosen.language, sentence=said)
            for said in beside.get("warnings", ())
        ]
        emit({**found.model_dump(mode="json"), **beside}, as_json=as_json, lines=lines)


def one_of(value: str, allowed: Sequence[str], option: str) -> None:
    """Refuse as wrong usage what is none of the values an option may have."""
    if value not in allowed:
        raise typer.BadParameter(", ".join(allowed), param_hint=option)
