"""What commands print: one JSON document on stdout, or sentences; logs go to stderr."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import BaseModel

from helper.errors import KazhengError
from helper.messages import Language, explain, text


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


def coded(area: str, code: str, language: Language) -> str:
    """Return the sentence of a code `name` or `name:detail` from an area of the catalogue."""
    name, _, detail = code.partition(":")
    sentence = text(f"{area}.{name}", language)
    said = name if sentence == f"{area}.{name}" else sentence
    return f"{said} ({detail.strip()})" if detail.strip() else said


def missing_lines(missing: Iterable[Mapping[str, Any]], language: Language) -> list[str]:
    """Return one sentence for everything that could not be captured."""
    return [
        text(
            "cli.missing",
            language,
            role=item["role"],
            sentence=coded("missing", item["reason"], language),
        )
        for item in missing
    ]


def case_lines(case: Mapping[str, Any], language: Language) -> list[str]:
    """Return a case in sentences: its order, due dates, gaps, captures and drafts."""
    lines = [f"{case['case_id']}  {case['order_no'] or '-'}  {case['title']}"]
    for date in case["due"]:
        key = "cli.case.passed" if date["passed"] else "cli.case.due"
        lines.append("    " + text(key, language, name=date["name"], at=date["at"]))
    lines += ["    " + text("cli.case.gap", language, sentence=gap["text"]) for gap in case["gaps"]]
    pages = [one for one in case["captures"] if one["meta"]["extra"].get("origin") != "brought"]
    captures = [f"{capture['capture_id']} ({capture['state']})" for capture in pages]
    files = [one["meta"]["title"] for one in case["captures"] if one not in pages]
    named = (("captures", captures), ("attachments", files), ("drafts", case["drafts"]))
    for key, names in named:
        if names:
            lines.append("    " + text(f"cli.case.{key}", language, names=", ".join(names)))
    return lines


@contextmanager
def explained(*, as_json: bool, language: Language) -> Iterator[None]:
    """End the command with exit code 1 and an explained error when the block fails."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except KazhengError as error:
        _fail(explain(error, language), as_json=as_json)
        raise typer.Exit(1) from error
    except Exception as error:
        # The last resort: whoever reads stdout gets one document and a sentence even for a
        # mistake of ours; the traceback goes to stderr, where the next step sends its reader.
        traceback.print_exc(file=sys.stderr)
        _fail(explain(KazhengError(), language), as_json=as_json)
        raise typer.Exit(1) from error


def _fail(said: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"error": said}, ensure_ascii=False) + "\n")
    else:
        typer.echo(f"{said['message']}\n{said['next_step']}", err=True)
