"""The verifier page: one HTML file out of `verify_page/` and the texts of the catalogue."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from helper.messages import LANGUAGES, catalogue

SOURCES: Final = (
    "hashing",
    "container",
    "canonical",
    "records",
    "signing",
    "checks",
    "seals",
    "stamps",
    "main",
)
_FOLDER = Path(__file__).with_name("verify_page")


@cache
def verifier_page() -> str:
    """Return the page; its policy allows exactly its own script and style, and no network."""
    script = "\n".join(['"use strict";', _texts(), *map(_source, SOURCES)])
    style = (_FOLDER / "page.css").read_text("utf-8")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    page = (_FOLDER / "page.html").read_text("utf-8")
    for mark, part in (("%POLICY%", policy), ("%STYLE%", style), ("%SCRIPT%", script)):
        page = page.replace(mark, part)
    return page


def _source(name: str) -> str:
    return (_FOLDER / f"{name}.js").read_text("utf-8")


def _texts() -> str:
    wanted = ("verify.", "verify_page.")
    texts = {
        language: {k: v for k, v in sorted(catalogue(language).items()) if k.startswith(wanted)}
        for language in LANGUAGES
    }
    said = json.dumps(texts, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return f"const TEXTS = {said};\n"


def _hash(inline: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
