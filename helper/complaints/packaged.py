"""The data that comes with the package: law, channels, issues, templates."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@cache
def data(name: str) -> Any:
    """Return the parsed `data/<name>.json`; callers must not change it."""
    return json.loads((_HERE / "data" / f"{name}.json").read_text("utf-8"))


@cache
def template(name: str) -> Any:
    """Return the parsed `templates/<name>.json`; callers must not change it."""
    return json.loads((_HERE / "templates" / f"{name}.json").read_text("utf-8"))


@cache
def words(*, formal: bool = False) -> Any:
    """Return the words of sentences; in `formal` ones the writer is 本人, not 我."""
    plain = template("words")
    return _each(plain, lambda text: text.replace("我", "本人")) if formal else plain


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_each(inner, change) for inner in value]
    return change(value)
