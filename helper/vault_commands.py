"""Commands on the vault as a whole: backup, restore, identity, browsers, what is kept, delete."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helper.case_commands import app as cases
from helper.complaints.wording import moment
from helper.messages import Language, text
from helper.options import Case, Data, Json, command, kept_store, told
from helper.printing import emit

if TYPE_CHECKING:
    from helper.stored import Stored

app = typer.Typer()
identity = typer.Typer(no_args_is_help=True)
browsers = typer.Typer(no_args_is_help=True)
app.add_typer(identity, name="identity", help=told("identity"))
app.add_typer(browsers, name="browsers", help=told("browsers"))
Passphrase = Annotated[bool, typer.Option("--passphrase-stdin", help=told("passphrase_stdin"))]
WithoutKeys = Annotated[bool, typer.Option("--without-keys", help=told("without_keys"))]
_MIB = 1 << 20


@app.command("backup", help=told("backup"))
def backup(
    file: Annotated[Path, typer.Argument(help=told("backup_file"))],
    from_stdin: Passphrase = False,
    without_keys: WithoutKeys = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write the whole vault into one file; the helper may go on running."""
    from helper import backup as saving  # noqa: PLC0415
    from helper.errors import PasswordNeededError  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        given = None if without_keys else _passphrase(chosen.language, from_stdin, twice=True)
        if given is None and not without_keys:
            raise PasswordNeededError(reason="backup_choice")
        made = saving.backup(store, file, given, _progress("cli.backup.progress", chosen.language))
        keys = "keys" if made.keys else "no_keys"
        mib = f"{made.bytes / _MIB:.1f}"
        values = {"path": made.path, "cases": made.cases, "captures": made.captures, "mib": mib}
        lines = [
            text("cli.backup.done", chosen.language, **values),
            text(f"cli.backup.{keys}", chosen.language),
        ]
        lines += [text("cli.backup.missing", chosen.language, sha256=one) for one in made.missing]
        emit(made, as_json=as_json, lines=lines)


@app.command("restore", help=told("restore"))
def restore(
    file: Annotated[Path, typer.Argument(help=told("backup_file"))],
    from_stdin: Passphrase = False,
    without_keys: WithoutKeys = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make a vault of a backup, in a folder that has none."""
    from helper import restoring  # noqa: PLC0415
    from helper.errors import PasswordNeededError  # noqa: PLC0415

    with command(data, as_json) as chosen:
        told_so = _progress("cli.restore.progress", chosen.language)
        given = _passphrase(chosen.language, from_stdin, asks=False)

        def make(words: str | None) -> restoring.Restored:
            return restoring.restore(
                file, chosen.data, words, without_keys=without_keys, progress=told_so
            )

        try:
            done = make(given)
        except PasswordNeededError:
            if given or as_json or not sys.stdin.isatty():
                raise
            done = make(_passphrase(chosen.language, from_stdin=False))
        values = {"data": done.data, "cases": done.cases, "captures": done.captures}
        key = "keys" if done.keys else "no_keys"
        lines = [
            text("cli.restore.done", chosen.language, **values),
            text(f"cli.restore.{key}", chosen.language, installation=done.installation),
            text("cli.restore.browsers", chosen.language),
        ]
        lines += [text("cli.backup.missing", chosen.language, sha256=one) for one in done.missing]
        emit(done, as_json=as_json, lines=lines)


@cases.command("delete", help=told("case_delete"))
def delete(
    case: Case,
    yes: Annotated[bool, typer.Option("--yes", help=told("yes"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Delete a case with all that only it has."""
    from helper.errors import RefusedError  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        found = store.vault.case(case)
        if not yes:
            raise RefusedError(
                reason="delete_unconfirmed", case_id=case, title=found.title,
                captures=len(found.captures),
            )  # fmt: skip
        done = store.delete_case(case)
        stays = [text("deletion.stays", chosen.language)]
        stays += [text("deletion.ledger", chosen.language, count=done.seals)] * bool(done.seals)
        stays += [text("deletion.waiting", chosen.language, count=done.waiting)] * bool(
            done.waiting
        )
        line = text("deletion.done", chosen.language, case_id=case, captures=done.captures)
        emit(
            {"case_id": case, **done._asdict(), "stays": stays},
            as_json=as_json,
            lines=[line, *stays],
        )


@identity.command("show", help=told("identity_show"))
def show_identity(data: Data = None, as_json: Json = False) -> None:
    """Show who signs the letters."""
    with command(data, as_json) as chosen:
        found = kept_store(chosen).identity()
        emit(found, as_json=as_json, lines=_identity_lines(found, chosen.language))


@identity.command("set", help=told("identity_set"))
def set_identity(
    name: Annotated[str | None, typer.Option(help=told("identity_name"))] = None,
    phone: Annotated[str | None, typer.Option(help=told("identity_phone"))] = None,
    email: Annotated[str | None, typer.Option(help=told("identity_email"))] = None,
    address: Annotated[str | None, typer.Option(help=told("identity_address"))] = None,
    id_number: Annotated[str | None, typer.Option(help=told("identity_id_number"))] = None,
    from_stdin: Annotated[bool, typer.Option("--stdin", help=told("identity_stdin"))] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Change who signs the letters; what is not given stays, an empty value goes.

    Other programs see the command line: standard input is for what they should not.
    """
    from helper.given import json_object, record  # noqa: PLC0415
    from helper.steps.store import open_store  # noqa: PLC0415
    from helper.vault.identity import Identity  # noqa: PLC0415

    given = {
        "name": name, "phone": phone, "email": email, "address": address, "id_number": id_number,
    }  # fmt: skip
    with command(data, as_json) as chosen:
        told_now = json_object(sys.stdin.read()) if from_stdin else {}
        told_now |= {key: value for key, value in given.items() if value is not None}
        store = open_store(chosen)
        found = record(Identity, store.identity().model_dump() | told_now)
        store.put_identity(found)
        emit(found, as_json=as_json, lines=_identity_lines(found, chosen.language))


@identity.command("forget", help=told("identity_forget"))
def forget_identity(data: Data = None, as_json: Json = False) -> None:
    """Forget who signs the letters."""
    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        store.vault.forget_identity()
        emit(store.identity(), as_json=as_json, lines=[text("identity.none", chosen.language)])


@browsers.command("list", help=told("browsers_list"))
def list_browsers(data: Data = None, as_json: Json = False) -> None:
    """List the browsers that are paired."""
    with command(data, as_json) as chosen:
        found = kept_store(chosen).vault.pairings()
        lines = [f"{one.pairing_id}  {moment(one.at)}  {one.name}" for one in found]
        none = text("cli.browsers.none", chosen.language)
        shown = [{**one._asdict(), "at": one.at.isoformat()} for one in found]
        emit({"browsers": shown}, as_json=as_json, lines=lines or [none])


@browsers.command("revoke", help=told("browsers_revoke"))
def revoke_browser(
    pairing: Annotated[str, typer.Argument(help=told("pairing_id"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """End the pairing of a browser; nothing it kept is lost."""
    from helper.errors import NotFoundError  # noqa: PLC0415

    with command(data, as_json) as chosen:
        vault = kept_store(chosen).vault
        if all(one.pairing_id != pairing for one in vault.pairings()):
            raise NotFoundError(kind="pairing", id=pairing)
        vault.revoke_pairing(pairing)
        line = text("cli.browsers.revoked", chosen.language, pairing_id=pairing)
        emit({"revoked": pairing}, as_json=as_json, lines=[line])


@app.command("stored", help=told("stored"))
def stored(data: Data = None, as_json: Json = False) -> None:
    """Say what is stored where on this computer, and how many bytes that is."""
    from helper.stored import look  # noqa: PLC0415

    with command(data, as_json) as chosen:
        found = look(kept_store(chosen))
        emit(found, as_json=as_json, lines=list(_stored_lines(found, chosen.language)))


def _passphrase(
    language: Language, from_stdin: bool, *, twice: bool = False, asks: bool = True
) -> str | None:
    """Return a passphrase: the first line of standard input, or typed in where somebody sits.

    It is no option, as other programs see the command line.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n") or None
    if not asks or not sys.stdin.isatty():
        return None
    words = text("cli.backup.passphrase", language)
    return str(typer.prompt(words, hide_input=True, err=True, confirmation_prompt=twice))


def _progress(key: str, language: Language) -> Any:
    """Return what tells a person on standard error how far a long copy is."""

    def tell(done: int, total: int) -> None:
        if done and done % 500 == 0 and sys.stderr.isatty():
            typer.echo(text(key, language, done=done, total=total), err=True)

    return tell


def _identity_lines(found: Any, language: Language) -> list[str]:
    lines = [f"{text(f'identity.{name}', language)}: {value}" for name, value in found if value]
    return lines or [text("identity.none", language)]


def _stored_lines(found: Stored, language: Language) -> Iterator[str]:
    for place in found.places:
        mib = f"{place.bytes / _MIB:.1f}"
        yield f"{text(f'stored.{place.key}', language)}: {mib} MiB  {place.path}"
        yield "    " + text(f"stored.{place.key}.what", language)
    for case in found.cases:
        mib = f"{case.bytes / _MIB:.1f}"
        yield text("stored.case", language, mib=mib, **case.model_dump(exclude={"bytes"}))
