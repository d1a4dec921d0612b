"""The commands. Each takes `--data DIR` and `--json`; exit 0 done, 1 explained error, 2 usage."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helper.messages import pick_language, text
from helper.printing import case_lines, coded, emit, explained, missing_lines
from helper.settings import Settings

if TYPE_CHECKING:
    from helper.evidence.verify import Verification
    from helper.messages import Language

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
case_app = typer.Typer(no_args_is_help=True)
app.add_typer(case_app, name="case", help="Cases with their orders, due dates and gaps.")

Data = Annotated[Path | None, typer.Option("--data", help="Where everything is kept.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


@contextmanager
def command(data: Path | None, as_json: bool, **given: object) -> Iterator[Settings]:
    """Give a command its settings, the command line winning; explain whatever fails in it."""
    language = pick_language(os.environ.get("KAZHENG_LANGUAGE"))
    with explained(as_json=as_json, language=language):
        yield Settings.from_environment(os.environ, data=data, language=language, **given)


@app.command()
def demo(
    data: Data = None,
    once: Annotated[
        bool, typer.Option("--once", help="One click, one filled form, then end.")
    ] = False,
    shop: Annotated[str, typer.Option(help="wangzi, lechuang or weijie.")] = "wangzi",
    lend: Annotated[bool, typer.Option("--lend/--no-lend", help="Lend the session.")] = True,
    as_json: Json = False,
) -> None:
    """Show the whole way on a demo shop: click, evidence, order, draft, filled form."""
    from helper.demo import run  # noqa: PLC0415  # keeps other commands quick to start

    if shop not in run.SHOPS:
        raise typer.BadParameter(", ".join(run.SHOPS), param_hint="--shop")
    with command(data, as_json) as chosen:
        result = asyncio.run(
            run.demonstrate(chosen, keep=data is not None, once=once, shop=shop, lend=lend)
        )
        if result is not None:
            emit(result, as_json=as_json, lines=run.summary(result, chosen.language))


@app.command()
def serve(
    data: Data = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Loopback port; default 17650.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the helper until interrupted."""
    with command(data, as_json, port=port) as chosen:
        asyncio.run(_serve(chosen, as_json=as_json))


async def _serve(chosen: Settings, *, as_json: bool) -> None:
    from helper.app import open_helper  # noqa: PLC0415

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        if sys.platform != "win32":
            loop.add_signal_handler(getattr(signal, name), stop.set)
    async with open_helper(chosen, port=chosen.port) as helper:
        if helper.running is None:
            return
        found = {"port": helper.running.port, "data": str(chosen.data)}
        emit(found, as_json=as_json, lines=[text("cli.serving", chosen.language, **found)])
        sys.stdout.flush()
        await stop.wait()


@app.command()
def pair(data: Data = None, as_json: Json = False) -> None:
    """Show a pairing code for the extension; valid once, for two minutes."""
    from helper.app import open_store  # noqa: PLC0415
    from helper.web.pairing import LIFETIME, offer  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = open_store(chosen)
        found = {"code": offer(store.vault, store.now()), "seconds": int(LIFETIME.total_seconds())}
        emit(found, as_json=as_json, lines=[text("cli.pairing", chosen.language, **found)])


@app.command()
def capture(
    url: str,
    data: Data = None,
    session: Annotated[Path | None, typer.Option(help="A Playwright storage_state file.")] = None,
    as_json: Json = False,
) -> None:
    """Keep a page by the helper's own visit alone."""
    from helper.visiting import capture_address  # noqa: PLC0415

    with command(data, as_json) as chosen:
        found = asyncio.run(capture_address(chosen, url, session))
        lines = [
            text("cli.captured", chosen.language, **found),
            *missing_lines(found["missing"], chosen.language),
            *(coded("notes", note, chosen.language) for note in found["notes"]),
        ]
        emit(found, as_json=as_json, lines=lines)


@app.command()
def extract(
    file: Path,
    url: Annotated[str, typer.Option(help="The address the page had.")],
    captured_at: Annotated[str | None, typer.Option(help="ISO 8601 with zone.")] = None,
    all_orders: Annotated[bool, typer.Option("--all", help="All orders of the page.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Read the order out of a saved HTML or MHTML page."""
    from helper.errors import InvalidError  # noqa: PLC0415
    from scrapers.page import PageTooLargeError  # noqa: PLC0415
    from scrapers.read import extract_bytes  # noqa: PLC0415

    with command(data, as_json) as chosen:
        try:
            at = datetime.fromisoformat(captured_at) if captured_at else None
            found = extract_bytes(file.read_bytes(), url=url, captured_at=at, all_orders=all_orders)
        except (OSError, PageTooLargeError, ValueError) as error:
            raise InvalidError(what=str(error)) from error
        codes = dict.fromkeys(
            [*found.warnings, *(code for order in found.orders for code in order.warnings)]
        )
        lines = [
            found.model_dump_json(indent=1),
            *(coded("warnings", code, chosen.language) for code in codes),
        ]
        emit(found, as_json=as_json, lines=lines)


@app.command()
def draft(
    case: str,
    channel: Annotated[str, typer.Option(help="An id of the channels.")],
    issue: Annotated[str | None, typer.Option(help="Issue type; default: the guess.")] = None,
    demand: Annotated[str | None, typer.Option(help="What you ask for.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draft the complaint of a case for one channel."""
    from helper.app import open_store  # noqa: PLC0415
    from helper.desk import Desk  # noqa: PLC0415

    with command(data, as_json) as chosen:
        desk = Desk(open_store(chosen))
        found = asyncio.run(desk.make_draft(case, channel=channel, issue=issue, demand=demand))
        emit(found, as_json=as_json, lines=[found.title, "", found.text])


@case_app.command("list")
def case_list(data: Data = None, as_json: Json = False) -> None:
    """List all cases with their due dates and gaps."""
    from helper.app import open_store  # noqa: PLC0415
    from helper.result import case_result  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = open_store(chosen)
        cases = [case_result(store, case) for case in store.vault.cases()]
        lines = [line for case in cases for line in case_lines(case, chosen.language)]
        emit({"cases": cases}, as_json=as_json, lines=lines)


@case_app.command("show")
def case_show(case: str, data: Data = None, as_json: Json = False) -> None:
    """Show one case with its due dates and gaps."""
    from helper.app import open_store  # noqa: PLC0415
    from helper.result import case_result  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = open_store(chosen)
        found = case_result(store, store.vault.case(case))
        emit(found, as_json=as_json, lines=case_lines(found, chosen.language))


@case_app.command("note")
def case_note(case: str, words: str, data: Data = None, as_json: Json = False) -> None:
    """Add a note to a case."""
    _on_case(data, as_json, case, lambda store: store.vault.add_note(case, words, store.now()))


@case_app.command("attach")
def case_attach(
    case: str,
    file: Path,
    note: Annotated[str, typer.Option(help="What the file shows.")] = "",
    kind: Annotated[
        str | None, typer.Option(help="payment, redeem_error, chat, product or received.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a file of your own to a case: bill, chat export, recording, photo."""
    from helper.app import open_store  # noqa: PLC0415
    from helper.steps.attach import attach  # noqa: PLC0415
    from helper.web.services import Limits  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = open_store(chosen)
        view = attach(store, case, file, limit=Limits().part_bytes, note=note, kind=kind)
        own = next(item for item in view.artifacts if item.role == "attachment")
        attached = {"capture_id": view.capture_id, **own.model_dump(mode="json")}
        found = {**store.vault.case(case).model_dump(mode="json"), "attached": attached}
        line = text("cli.attached", chosen.language, case_id=case, **attached)
        emit(found, as_json=as_json, lines=[line])


@case_app.command("close")
def case_close(case: str, data: Data = None, as_json: Json = False) -> None:
    """Close a case; nothing is deleted."""
    _on_case(data, as_json, case, lambda store: store.vault.close_case(case, store.now()))


def _on_case(data: Path | None, as_json: bool, case: str, change: Any) -> None:
    from helper.app import open_store  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = open_store(chosen)
        change(store)
        found = store.vault.case(case)
        emit(found, as_json=as_json, lines=[found.case_id])


@app.command()
def export(
    case: str,
    out: Annotated[Path, typer.Option(help="The ZIP to write.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write a case's evidence as a ZIP that `verify` reads."""
    from helper.app import open_store  # noqa: PLC0415
    from helper.exporting import export as write  # noqa: PLC0415

    with command(data, as_json) as chosen:
        done = write(open_store(chosen), case, out)
        lacks = [item.model_dump(mode="json") for item in done.missing]
        found = {"case_id": case, "evidence": str(done.path), "missing": lacks}
        lines = [str(done.path), *missing_lines(lacks, chosen.language)]
        emit(found, as_json=as_json, lines=lines)


@app.command()
def verify(
    path: Path,
    installation: Annotated[str | None, typer.Option(help="Expected fingerprint.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check exported evidence from the files alone."""
    from helper.evidence.verify import verify as check  # noqa: PLC0415

    with command(data, as_json) as chosen:
        found = check(path, installation)
        emit(found, as_json=as_json, lines=_verdict_lines(found, chosen.language))
        if found.verdict != "pass":
            raise typer.Exit(1)


def _verdict_lines(found: Verification, language: Language) -> list[str]:
    """Return the checks as sentences; what failed is followed by its technical detail."""
    lines = []
    for item in found.checks:
        key = f"verify.{item.name}"
        mark = text(f"cli.verify.mark.{item.verdict}", language)
        sentence = text(f"{key}.{item.verdict}", language)
        lines.append(f"{mark} {text(f'{key}.title', language)}: {sentence}")
        if item.verdict != "pass":
            lines.append(f"    {item.detail}")
    lines.append(text(f"verify.{found.verdict}", language))
    if found.installation is not None:
        compared = any(item.name == "installation" for item in found.checks)
        key = "cli.verify.installation" if compared else "verify.not_compared"
        lines.append(text(key, language, installation=found.installation))
    return lines


@app.command()
def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Install what is missing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only what is wrong.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check browser, fonts, display, port, disk and clock; say how to mend what is wrong."""
    from helper import doctor as practice  # noqa: PLC0415

    with command(data, as_json) as chosen:
        findings = practice.examine(chosen, fix=fix)
        lines = practice.lines(findings, chosen.language, quiet=quiet)
        emit({"checks": findings}, as_json=as_json, lines=lines)


if __name__ == "__main__":
    main()
