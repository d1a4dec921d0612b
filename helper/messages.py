"""The helper's own catalogues: `locales/<language>/<area>.json`, flat keys to text.

Simplified Chinese first, English second; a key missing in one language falls back to the other,
then to the key itself. A test keeps both languages complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from helper.errors import KazhengError

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")
_FOLDER = Path(__file__).parent / "locales"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return all texts of a language."""
    texts: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.json")):
        texts |= json.loads(path.read_text("utf-8"))
    return texts


def pick_language(accept: str | None) -> Language:
    """Choose the language from an Accept-Language header or a locale name."""
    return "en" if accept and accept.lower().startswith("en") else "zh_CN"


def text(key: str, language: Language = "zh_CN", **values: object) -> str:
    """Return the text for a key with its placeholders filled."""
    for name in (language, *LANGUAGES):
        found = catalogue(name).get(key)
        if found is not None:
            return found.format_map(_Known(values))
    return key


def coded(area: str, code: str, language: Language) -> str:
    """Return the sentence of a code `name` or `name:detail` from an area of the catalogue."""
    name, _, detail = code.partition(":")
    said = named(area, name, language)
    return f"{said} ({detail.strip()})" if detail.strip() else said


def named(area: str, code: str, language: Language) -> str:
    """Return the text of a code, the code itself where the catalogue has none."""
    key = f"{area}.{code}"
    said = text(key, language)
    return code if said == key else said


def field_label(path: str, language: Language = "zh_CN") -> str:
    """Return the words for a field of an order, its path where there are none.

    Of a list, values after the first are numbered.
    """
    parts = path.split(".")
    said = named("book.field", ".".join(part for part in parts if not part.isdigit()), language)
    number = next((int(part) + 1 for part in parts if part.isdigit()), 1)
    return f"{said} {number}" if number > 1 else said


def warned(code: str, language: Language = "zh_CN") -> str:
    """Return the sentence of a reader's warning, the field it names in words."""
    name, _, detail = code.partition(":")
    return coded("warnings", f"{name}:{field_label(detail, language)}", language)


def explain(error: KazhengError, language: Language = "zh_CN") -> dict[str, str]:
    """Return `{code, message, next_step}` for a person to read."""
    reason = error.details.get("reason") or error.details.get("kind")
    keys = [f"errors.{error.code}.{reason}"] if reason else []
    keys.append(f"errors.{error.code}")
    known = catalogue(language)
    key = next((key for key in keys if f"{key}.message" in known), keys[-1])
    return {
        "code": error.code,
        "message": text(f"{key}.message", language, **error.details),
        "next_step": text(f"{key}.next_step", language, **error.details),
    }


class _Known(dict[str, object]):
    """Leaves an unknown placeholder as it is, so that a text is never lost to a typing error."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
