"""The vocabularies of the readers: `data/*.json`.

Each file maps a field or state to its words, the best first, and each word to its sources: the
systems, shops or bills that show it; `common` is a word of general use that none of them shows.
Words stand in lower case without blanks, in Simplified Chinese and English; Traditional Chinese
is turned into Simplified before it is looked up (`text.simplified`).
"""

from __future__ import annotations

import json
from importlib.resources import files


def vocabulary(name: str) -> dict[str, tuple[str, ...]]:
    """Return the words of each field of `data/<name>.json`, the best first."""
    text = files("scrapers").joinpath(f"data/{name}.json").read_text("utf-8")
    return {field: tuple(words) for field, words in json.loads(text).items()}
