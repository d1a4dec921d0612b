"""Every reason the web layer gives has its sentence and next step in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import helper
from helper.messages import LANGUAGES, Language

ROOM = Path(helper.__file__).parent
SOURCES = [*ROOM.glob("web/*.py"), ROOM / "capture" / "intake.py"]
CODES = {
    "UnauthorizedError": "unauthorized",
    "ForbiddenError": "forbidden",
    "PairingError": "pairing_failed",
    "ConflictError": "conflict",
    "RefusedError": "refused",
}


def reasons() -> set[str]:
    found = set()
    for path in SOURCES:
        text = path.read_text("utf-8")
        for error, arguments in re.findall(r"(\w+Error)\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text):
            if error in CODES and (reason := re.search(r'reason="(\w+)"', arguments)):
                found.add(f"errors.{CODES[error]}.{reason[1]}")
    return found


def texts(language: Language) -> dict[str, str]:
    path = ROOM / "locales" / language / "web.json"
    loaded: dict[str, str] = json.loads(path.read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_explained(language: Language) -> None:
    given = reasons()
    assert len(given) >= 18
    known = texts(language)
    assert {f"{key}.{part}" for key in given for part in ("message", "next_step")} <= set(known)


def test_both_languages_say_the_same_things() -> None:
    chinese, english = (texts(language) for language in LANGUAGES)
    assert set(chinese) == set(english)
    for key, text in chinese.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key
