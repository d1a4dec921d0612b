"""The commands. Each takes `--data DIR` and `--json`; exit 0 done, 1 explained error, 2 usage."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from helper import (
    __version__,
    check_command,
    dealing_commands,
    draft_commands,
    import_command,
    library_commands,
    serve_commands,
    vault_commands,
)
from helper.complaints import packaged
from helper.errors import PasswordNeededError
from helper.given import (
    bill_password,
    existing,
    fingerprint,
    has_vault,
    moment,
    page_file,
    web_address,
)
from helper.messages import coded, pick_language, text, warned
from helper.options import Case, Data, Json, command, kept_store, told
from helper.printing import (
    draft_lines,
    emit,
    environment_lines,
    missing_lines,
    statistics_lines,
    used_wrongly,
    verdict_lines,
)

_CHANNELS = ", ".join(
    key for key, row in packaged.data("ladder")["channels"].items() if row["kind"] == "draft"
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=told("kazheng"),
)
app.add_typer(dealing_commands.app, name="case", help=told("case"))
app.command("check", help=told("check"))(check_command.check)
app.add_typer(draft_commands.app)
app.command("serve", help=told("serve"))(serve_commands.serve)
app.command("console", help=told("console"))(serve_commands.console)
app.add_typer(library_commands.app)
app.add_typer(vault_commands.app)
app.command("import-captures", help=told("import_captures"))(import_command.import_captures)


def main() -> None:
    """Run the command line; wrong usage ends with exit code 2 and, with --json, its document."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    language = pick_language(os.environ.get("KAZHENG_LANGUAGE"))
    sys.exit(used_wrongly(app, as_json="--json" in sys.argv[1:], language=language))


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kazheng {__version__}")
        raise typer.Exit


@app.callback()
def kazheng(
    _version: Annotated[
        bool,
        typer.Option("--version", help=told("version"), callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command(help=told("demo"))
def demo(
    data: Data = None,
    once: Annotated[bool, typer.Option("--once", help=told("once"))] = False,
    shop: Annotated[str, typer.Option(help=told("shop"))] = "wangzi",
    lend: Annotated[bool, typer.Option("--lend/--no-lend", help=told("lend"))] = True,
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


@app.command(help=told("pair"))
def pair(data: Data = None, as_json: Json = False) -> None:
    """Show a pairing code for the extension; valid once, for two minutes."""
    from helper.steps.store import open_store  # noqa: PLC0415
    from helper.web.pairing import LIFETIME, offer  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = open_store(chosen)
        found = {"code": offer(store.vault, store.now()), "seconds": int(LIFETIME.total_seconds())}
        emit(found, as_json=as_json, lines=[text("cli.pairing", chosen.language, **found)])


@app.command(help=told("capture"))
def capture(
    url: Annotated[str, typer.Argument(help=told("address"))],
    data: Data = None,
    session: Annotated[Path | None, typer.Option(help=told("session"))] = None,
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
            *environment_lines(found, chosen.language),
        ]
        emit(found, as_json=as_json, lines=lines)


@app.command(help=told("extract"))
def extract(
    file: Annotated[Path, typer.Argument(help=told("page_file"))],
    url: Annotated[str, typer.Option(help=told("page_url"))],
    captured_at: Annotated[str | None, typer.Option(help=told("captured_at"))] = None,
    all_orders: Annotated[bool, typer.Option("--all", help=told("all"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Read the order out of a saved HTML or MHTML page."""
    from scrapers.read import extract_bytes  # noqa: PLC0415

    with command(data, as_json) as chosen:
        at = moment(captured_at) if captured_at else None
        page = page_file(file, web_address(url))
        found = extract_bytes(page, url=url, captured_at=at, all_orders=all_orders)
        codes = dict.fromkeys(
            [
                *found.warnings,
                *(code for order in found.orders for code in order.warnings),
                *(found.product.warnings if found.product else ()),
            ]
        )
        lines = [
            found.model_dump_json(indent=1),
            *(warned(code, chosen.language) for code in codes),
        ]
        emit(found, as_json=as_json, lines=lines)


@app.command(help=told("draft"))
def draft(
    case: Case,
    channel: Annotated[str, typer.Option(help=told("channel", known=_CHANNELS))],
    document: Annotated[str | None, typer.Option(help=told("document"))] = None,
    issue: Annotated[str | None, typer.Option(help=told("issue"))] = None,
    demand: Annotated[str | None, typer.Option(help=told("demand"))] = None,
    facts: Annotated[str | None, typer.Option(help=told("facts"))] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draft the complaint of a case for one channel."""
    from helper.desk import Desk  # noqa: PLC0415

    with command(data, as_json) as chosen:
        desk = Desk(kept_store(chosen))
        given = {"facts": facts} if facts else {}
        making = desk.make_draft(
            case, channel=channel, document=document, issue=issue, demand=demand, answers=given
        )
        found = asyncio.run(making)
        emit(found, as_json=as_json, lines=draft_lines(found, chosen.language))


@app.command(help=told("export"))
def export(
    case: Case,
    out: Annotated[Path, typer.Option(help=told("out"))],
    redacted: Annotated[bool, typer.Option("--redacted", help=told("redacted"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write a case's evidence as a ZIP that `verify` reads."""
    from helper.exporting import export as write  # noqa: PLC0415

    with command(data, as_json) as chosen:
        done = write(kept_store(chosen), case, out, redacted=redacted)
        lacks = [item.model_dump(mode="json") for item in done.missing]
        found = {"case_id": case, "evidence": str(done.path), "redacted": redacted}
        said = "cli.exported_redacted" if redacted else "cli.exported"
        lines = [text(said, chosen.language, path=done.path)]
        lines += missing_lines(lacks, chosen.language)
        emit({**found, "missing": lacks}, as_json=as_json, lines=lines)


@app.command("import-bill", help=told("import_bill"))
def import_bill(
    file: Annotated[Path, typer.Argument(help=told("bill_file"))],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=told("password_stdin"))
    ] = False,
    accept_likely: Annotated[
        bool, typer.Option("--accept-likely", help=told("accept_likely"))
    ] = False,
    whole: Annotated[bool, typer.Option("--attach", help=told("attach_bill"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Read a bill and add to each case the payment that belongs to it."""
    from helper.steps import bill as bringing  # noqa: PLC0415
    from helper.steps.store import open_store  # noqa: PLC0415

    with command(data, as_json) as chosen:
        password = bill_password(from_stdin=password_stdin)
        content = bringing.bill_bytes(file)
        try:
            bill = bringing.read(file, content, password)
        except PasswordNeededError:
            if password or as_json or not sys.stdin.isatty():
                raise
            asked = typer.prompt(text("bills.password", chosen.language), hide_input=True, err=True)
            bill = bringing.read(file, content, asked)
        store = open_store(chosen) if has_vault(chosen) else None
        found = bringing.bring(store, file, content, bill, accept_likely=accept_likely, whole=whole)
        emit(found, as_json=as_json, lines=bringing.said(found, chosen.language))


@app.command(help=told("stats"))
def stats(data: Data = None, as_json: Json = False) -> None:
    """Show one's own cases in figures, by shop; nothing leaves the computer."""
    from helper.complaints.course.statistics import statistics  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        cases = store.vault.cases()
        drafts = {case.case_id: store.vault.drafts_of(case.case_id) for case in cases}
        found = statistics(cases, drafts, now=store.now(), language=chosen.language)
        emit(found, as_json=as_json, lines=statistics_lines(found))


@app.command(help=told("verify"))
def verify(
    path: Annotated[Path, typer.Argument(help=told("evidence"))],
    installation: Annotated[str | None, typer.Option(help=told("installation"))] = None,
    stamp_root: Annotated[list[Path] | None, typer.Option(help=told("stamp_root"))] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check exported evidence from the files alone."""
    from helper.evidence import pinned  # noqa: PLC0415
    from helper.evidence.verify import verify as check  # noqa: PLC0415

    if not fingerprint(installation):
        raise typer.BadParameter(told("installation"), param_hint="--installation")
    try:
        roots = [root for file in stamp_root or [] for root in pinned.roots_in(file)]
    except (OSError, ValueError):
        raise typer.BadParameter(told("stamp_root"), param_hint="--stamp-root") from None
    with command(data, as_json) as chosen:
        found = check(existing(path), installation, stamp_roots=roots)
        emit(found, as_json=as_json, lines=verdict_lines(found, chosen.language))
        if found.verdict != "pass":
            raise typer.Exit(1)


@app.command(help=told("doctor"))
def doctor(
    fix: Annotated[bool, typer.Option("--fix", help=told("fix"))] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help=told("quiet"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check browser, fonts, display, port, disk and clock; say how to mend what is wrong."""
    from helper import doctor as practice  # noqa: PLC0415

    with command(data, as_json) as chosen:
        findings = practice.examine(chosen, fix=fix, ask=not quiet)
        lines = practice.lines(findings, chosen.language, quiet=quiet)
        emit({"checks": findings}, as_json=as_json, lines=lines)
        if any(finding.verdict == "problem" for finding in findings):
            raise typer.Exit(1)


if __name__ == "__main__":
    main()
