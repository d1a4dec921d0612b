"""Name articles behind a sentence for the user: only rows that the law data holds in force."""

from __future__ import annotations

from collections.abc import Sequence

from helper import messages
from helper.complaints.law import article, cited
from helper.messages import Language


def citing(keys: Sequence[str], language: Language) -> str:
    """Return `（《民法典》第五百一十二条）` for rows of the law, empty where none is in force."""
    found = [row for key in keys if (row := article(key)) is not None]
    return messages.text("proof.law", language, articles=cited(found, language)) if found else ""
