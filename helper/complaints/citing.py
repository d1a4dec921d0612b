"""Name articles behind a sentence for the user: only rows that the law data holds in force."""

from __future__ import annotations

from collections.abc import Sequence

from helper import messages
from helper.complaints.law import article
from helper.messages import Language


def citing(keys: Sequence[str], language: Language) -> str:
    """Return `（民法典第五百一十二条）` for rows of the law, empty where none is in force."""
    found = [row for key in keys if (row := article(key)) is not None]
    named = "、".join(f"{row.short}{row.article}" for row in found)
    return messages.text("proof.law", language, articles=named) if named else ""
