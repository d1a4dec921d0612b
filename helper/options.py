"""What all commands share: their options, and how they meet settings and failures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helper.errors import NotFoundError
from helper.given import has_vault
from helper.messages import pick_language, text
from helper.printing import explained
from helper.settings import Settings

if TYPE_CHECKING:
    from helper.steps.store import Store


def told(name: str, **values: str) -> str:
    """Return the help of a command or option in the reader's language."""
    return text(f"cli.help.{name}", pick_language(os.environ.get("KAZHENG_LANGUAGE")), **values)


Data = Annotated[Path | None, typer.Option("--data", help=told("data"))]
Json = Annotated[bool, typer.Option("--json", help=told("json"))]
Case = Annotated[str, typer.Argument(help=told("case_id"))]


@contextmanager
def command(data: Path | None, as_json: bool, **given: object) -> Iterator[Settings]:
    """Give a command its settings, the command line winning; explain whatever fails in it."""
    language = pick_language(os.environ.get("KAZHENG_LANGUAGE"))
    with explained(as_json=as_json, language=language):
        yield Settings.from_environment(os.environ, data=data, language=language, **given)


def kept_store(settings: Settings) -> Store:
    """Open the vault that exists; raises NotFoundError(no_vault) where there is none."""
    from helper.steps.store import open_store  # noqa: PLC0415

    if not has_vault(settings):
        raise NotFoundError(reason="no_vault", data=str(settings.data))
    return open_store(settings)
