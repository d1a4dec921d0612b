"""What commands print: one JSON document on stdout, or sentences; logs go to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import BaseModel

from helper.errors import KazhengError
from helper.messages import Language, explain


def emit(value: Any, *, as_json: bool, lines: list[str]) -> None:
    """Print the value as JSON, or the lines for a person."""
    if as_json:
        sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n")
        return
    for line in lines:
        typer.echo(line)


def plain(value: Any) -> Any:
    """Turn records into what JSON can hold."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@contextmanager
def explained(*, as_json: bool, language: Language) -> Iterator[None]:
    """End the command with exit code 1 and an explained error when it failed for a known reason."""
    try:
        yield
    except KazhengError as error:
        said = explain(error, language)
        if as_json:
            sys.stdout.write(json.dumps({"error": said}, ensure_ascii=False) + "\n")
        else:
            typer.echo(f"{said['message']}\n{said['next_step']}", err=True)
        raise typer.Exit(1) from error
