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
def words(writer: str = "我") -> Any:
    """Return the words of sentences; the writer calls himself 我, 本人, 原告 or 申请人."""
    plain = template("words")
    return plain if writer == "我" else _each(plain, lambda text: text.replace("我", writer))


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_each(inner, change) for inner in value]
    return change(value)
