"""The data that comes with the package: law, channels, issues, templates."""

from __future__ import annotations

import json
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
