"""What a page shows beside orders: a chat with customer service, or an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from bs4 import Tag

from scrapers.contract import Page
from scrapers.dom import attribute
from scrapers.record import Chat, Terms
from scrapers.text import squeeze
from scrapers.texts import chats, terms
from scrapers.texts.chat_words import is_about_chat

_MOST_HEADINGS = 100
_HEADINGS = frozenset({"title", "h1", "h2", "h3", "h4"})


@dataclass(frozen=True)
class Texts:
    """The chat or the agreement of a page; never both."""

    chat: Chat | None = None
    terms: Terms | None = None


def read(page: Page) -> Texts:
    """Read the chat or the agreement; most pages are seen to hold neither at a quick look."""
    talks, named = _signs(page)
    if not talks and not named:
        return Texts()
    walked = page.walked
    chat = chats.read(page, walked) if talks else None
    return Texts(chat, terms.read(page, walked) if named and not chat else None)


def _signs(page: Page) -> tuple[bool, bool]:
    """Say whether headings or class names speak of a chat, and whether a heading names terms."""
    named = False
    talks = any(map(is_about_chat, page.index.classes))
    left = _MOST_HEADINGS
    for tag in page.index.tags:
        attrs = tag.attrs
        if not talks and attrs:
            talks = attrs.get("role") == "log" or is_about_chat(attribute(tag, "id"))
        if left and (tag.name in _HEADINGS or ("class" in attrs and _is_title(tag))):
            left -= 1
            text = squeeze(" ".join(islice(tag.strings, 6)))[:100]
            talks = talks or chats.heads(text)
            named = named or any(terms.is_name(part) for part in terms.parts_of_title(text))
        if talks and named:
            break
    return talks, named


def _is_title(tag: Tag) -> bool:
    return "title" in f"{attribute(tag, 'class')} {attribute(tag, 'id')}"
