"""The JSON that a page carries in its own scripts: data blocks and states set at the start."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from bs4 import Tag

from scrapers.contract import Page
from scrapers.dom import attribute, selector_of
from scrapers.second.json_orders import MAX_CHARACTERS, Document

MAX_SCRIPTS: Final = 300
MAX_TRIED: Final = 8_000_000
"""Characters in which JSON is looked for; a page may begin an object without end at every word."""
_DATA = re.compile(r"application/(?:[\w.\-]+\+)?json", re.IGNORECASE)
_CODE = re.compile(r"(?:text|application)/(?:java|ecma)script|module|", re.IGNORECASE)
_ASSIGNED = re.compile(r"[\w\])\"']\s*=\s*(?=[{\[])")


def documents(page: Page) -> Iterator[Document]:
    """Yield the JSON texts of a page's scripts; code that is not JSON is not run and not read."""
    left = MAX_TRIED
    for script in islice(_inline(page), MAX_SCRIPTS):
        text, kind = script.get_text(), attribute(script, "type").strip()
        if not 2 < len(text) <= MAX_CHARACTERS:
            continue
        if _DATA.fullmatch(kind):
            found, tried = [text], len(text)
        elif _CODE.fullmatch(kind):
            found, tried = _assigned(text, left)
        else:
            continue
        left -= tried
        place = selector_of(script) if found else None
        if place is not None:
            yield from (Document(one, place) for one in found)
        if left < 0:
            return


def _inline(page: Page) -> Iterator[Tag]:
    return (tag for tag in page.index.select("script") if not tag.has_attr("src"))


def _assigned(text: str, most: int) -> tuple[list[str], int]:
    """Return the JSON that a script assigns (`window.__STATE__ = {…}`), and what was tried for it.

    Tried are characters, `most` of them.
    """
    decoder = json.JSONDecoder()
    found: list[str] = []
    end = tried = 0
    for match in _ASSIGNED.finditer(text):
        start = match.end()
        if start < end or tried > most:
            continue
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            tried += len(text) - start
            continue
        tried += end - start
        found.append(text[start:end])
    return found, tried
