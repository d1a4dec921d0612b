"""The JSON that a page carries in its own scripts: data blocks and states set at the start."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from scrapers.contract import Page
from scrapers.dom import attribute, selector_of
from scrapers.json_orders import MAX_CHARACTERS, Document

MAX_SCRIPTS: Final = 60
MAX_TRIES: Final = 40
_DATA = re.compile(r"application/(?:[\w.\-]+\+)?json", re.IGNORECASE)
_CODE = re.compile(r"(?:text|application)/(?:java|ecma)script|module", re.IGNORECASE)
_ASSIGNED = re.compile(r"[\w\])\"']\s*=\s*(?=[{\[])")


def documents(page: Page) -> Iterator[Document]:
    """Yield the JSON texts of a page's scripts; code that is not JSON is not run and not read."""
    for script in islice(page.soup.find_all("script"), MAX_SCRIPTS):
        text = script.get_text()
        if not 2 < len(text) <= MAX_CHARACTERS:
            continue
        place = selector_of(script)
        kind = attribute(script, "type")
        if place is None or script.has_attr("src"):
            continue
        if _DATA.fullmatch(kind.strip()):
            yield Document(text, place)
        elif not kind or _CODE.fullmatch(kind.strip()):
            for found in _assigned(text):
                yield Document(found, place)


def _assigned(text: str) -> Iterator[str]:
    """Yield what is assigned in a script where it is JSON (`window.__STATE__ = {…}`)."""
    decoder = json.JSONDecoder()
    end = 0
    for match in islice(_ASSIGNED.finditer(text), MAX_TRIES):
        if match.end() < end:
            continue
        try:
            _, end = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        yield text[match.end() : end]
