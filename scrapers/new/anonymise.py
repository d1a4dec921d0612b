"""Make a saved page one that may be kept in the repository: its structure, nobody's data.

Scripts, styles, comments, frames and pictures are emptied; texts and values go through
`Pseudonyms`; of attributes only those that a selector needs stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from scrapers.contract import Page
from scrapers.dom import INLINE, attribute
from scrapers.new.pseudonyms import Pseudonyms
from scrapers.page import SHADOW
from scrapers.pairs import find_pairs

_DROPPED = (
    *("style", "noscript", "iframe", "frame", "object", "embed", "svg", "canvas", "video"),
    *("audio", "base", "source", "track", "param", "math"),
)
_PLAIN_META = frozenset({"generator", "application-name"})
_STRUCTURE = frozenset(
    [
        *("class", "id", "name", "for", "rel", "role", "type", "lang", "dir", "scope", "method"),
        *("colspan", "rowspan", "headers", "slot", "shadowrootmode", "hidden", "disabled"),
        *("readonly", "checked", "selected", "open", "multiple", "required", "aria-hidden"),
    ]
)
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data"})
_SAID = re.compile(
    r"value|placeholder|title|alt|datetime|label|aria-label|(?:data-(?!v-)|order|trade)[a-z_-]*"
)
"""Attributes whose words a page shows or its scripts use; what is in no list is dropped."""
_HIDES = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]+")
_CODE = re.compile(r"(?=[A-Z_-]*\d)[A-Z0-9]{3,}(?:[-_][A-Z0-9]{3,})+")
_SOFTWARE = re.compile(r"(?:https?:)?//(?:www\.)?((?:github\.com|gitee\.com)/[\w.-]+/[\w.-]+)")
_PRIVATE = frozenset(
    [
        *("wallet", "recharge_account", "game_password", "seller_contact", "buyer_contact"),
        *("secrets", "secret_part", "order_info", "order_no", "child_order_no", "trade_no"),
    ]
)
_LONGEST_TEXT = 300
_LONGEST_VALUE = 2000
_RARE = 2


@dataclass(frozen=True)
class Anonymised:
    """The page that may be kept, and what in it a person still has to look at."""

    html: str
    url: str
    captured_at: datetime | None
    kept: tuple[str, ...]
    """Parts of the page that stand there as they were: asset paths, generator, software links."""
    altered: frozenset[str]
    """Classes and names that are not those of the real page: no selector may use them."""
    lingering: tuple[str, ...]
    """Words of the page's text that are also words of its classes or paths."""


def anonymise(
    page: Page, *, key: str, case: str, words: frozenset[str] = frozenset()
) -> Anonymised:
    """Return the anonymised page; `page.soup` is used up. Pure and deterministic.

    `words` of the shop's own stay beside those that all shops use.
    """
    return _Work(page.soup, Pseudonyms(case, words)).run(page, key)


class _Work:
    def __init__(self, soup: BeautifulSoup, names: Pseudonyms) -> None:
        self.soup = soup
        self.names = names
        self.kept: list[str] = []
        self.uses: Counter[str] = Counter()
        self.assets: set[str] = set()
        self.altered: set[str] = set()

    def run(self, page: Page, key: str) -> Anonymised:
        self._force()
        self._strip()
        self._texts()
        tags = [tag for tag in self.soup.descendants if isinstance(tag, Tag)]
        for tag in tags:
            self._values(tag)
        self.uses.update(word for tag in tags for word in {run.lower() for run in _runs(tag)})
        self.assets = {run.lower() for tag in tags if _is_asset(tag) for run in _runs(tag)}
        url = self._page_address(page.url, key)
        for tag in tags:
            self._structure(tag)
        for tag in self.soup.find_all(SHADOW):
            tag.name = "template"
        used = {run.lower() for tag in tags for run in _runs(tag)} | set(
            _RUN.findall(urlsplit(url).path.lower())
        )
        words = {word for word in self.names.replaced if len(word) > 3}
        return Anonymised(
            html=f"<!DOCTYPE html>\n{self.soup.decode().strip()}\n",
            url=url,
            captured_at=self._moved(page.captured_at),
            kept=tuple(dict.fromkeys(self.kept)),
            altered=frozenset(self.altered),
            lingering=tuple(sorted(words & used)),
        )

    def _force(self) -> None:
        """Even a short number is private where a label says that it is one."""
        for pair in find_pairs(self.soup):
            if pair.field in _PRIVATE:
                self.names.force(pair.found.text)

    def _moved(self, at: datetime | None) -> datetime | None:
        if at is None:
            return None
        day = self.names.moved(at.date())
        return at.replace(year=day.year, month=day.month, day=day.day, microsecond=0)

    # --- what goes ------------------------------------------------------------------------

    def _strip(self) -> None:
        for text in list(
            self.soup.find_all(string=lambda one: isinstance(one, PreformattedString))
        ):
            text.extract()
        for tag in self.soup.find_all(_DROPPED):
            tag.decompose()
        for tag in self.soup.find_all(["script", "template"]):
            tag.clear()
            if not tag.has_attr("src"):
                tag.decompose()
        for option in self.soup.select("option:not([selected]):not(:first-child)"):
            option.decompose()
        for mark in self.soup.find_all(["meta", "link"]):
            meta = attribute(mark, "name").lower() in _PLAIN_META
            if not meta and "stylesheet" not in attribute(mark, "rel"):
                mark.decompose()
        if self.soup.head is not None:
            self.soup.head.insert(0, self.soup.new_tag("meta", attrs={"charset": "utf-8"}))

    # --- texts ----------------------------------------------------------------------------

    def _texts(self) -> None:
        texts = [text for text in self.soup.find_all(string=True) if text.strip()]
        joined: set[int] = set()
        for one, other in pairwise(texts):
            if one[-1:].isdigit() and other[:1].isdigit() and _line(one) is _line(other):
                joined |= {id(one), id(other)}
        for text in self.soup.find_all(string=True):
            parent = text.parent
            fixed = parent is not None and parent.name in {"pre", "textarea"}
            plain = str(text) if fixed else _squeezed(text)[:_LONGEST_TEXT]
            text.replace_with(
                NavigableString(self.names.clean(plain[:_LONGEST_VALUE], joined=id(text) in joined))
            )

    # --- attributes -----------------------------------------------------------------------

    def _values(self, tag: Tag) -> None:
        """Clean what an attribute says; what selectors need is left for `_structure`."""
        for name, value in list(tag.attrs.items()):
            text = " ".join(value) if isinstance(value, list) else str(value)
            if name in _STRUCTURE or self._is_mark(tag, name):
                continue
            if name == "style":
                hides = _HIDES.search(text)
                text = hides[0] if hides else ""
            elif name in _ADDRESSES:
                text = self._link(text)
            elif _is_password(tag) or not _SAID.fullmatch(name) or len(text) > _LONGEST_VALUE:
                text = ""
            else:
                text = self.names.clean(text)
            if text or (name in {"value", "alt"} and not value):
                tag[name] = text
            else:
                del tag[name]

    def _is_mark(self, tag: Tag, name: str) -> bool:
        """Say whether the attribute may tell the software: assets, generator, data of the body."""
        return (
            (name in {"href", "src"} and _is_asset(tag))
            or tag.name == "meta"
            or (tag.name in {"html", "body"} and name.startswith("data-"))
        )

    def _link(self, url: str) -> str:
        software = _SOFTWARE.match(url.strip())
        if software:
            self.kept.append(f"https://{software[1]}")
            return self.kept[-1]
        try:
            parts = urlsplit(url.strip())
        except ValueError:
            return "#"
        if parts.scheme not in {"", "http", "https"}:
            return "#"
        query = f"?{parts.query}" if parts.query else ""
        return self.names.address((parts.path or "/") + query)

    def _structure(self, tag: Tag) -> None:
        """Keep classes, names and asset paths, but no number and no rare word of the text."""
        for name in list(tag.attrs):
            if name in _STRUCTURE:
                text = attribute(tag, name)
                tag[name] = self._scrubbed(text)
                self.altered |= set(attribute(tag, name).split()) - set(text.split())
            elif self._is_mark(tag, name) and name != "charset":
                text = attribute(tag, name).strip()
                known = not name.startswith("data-") or bool(
                    self.assets.intersection(_RUN.findall(text.lower()))
                )
                asset = name in {"href", "src"}
                if asset or known:
                    text = self._scrubbed(_path(text) if asset else text)
                    self.kept += [text] if text and name != "name" else []
                else:
                    text = self.names.clean(text)  # perhaps the user's, not the software's
                tag[name] = quote(text, safe="/:@!$&'()*+,;=~") if asset else text

    def _scrubbed(self, text: str) -> str:
        """Return a class, name or path without numbers, hashes and rare words of the text."""
        clean = text if text.isascii() else self.names.clean(text)
        clean = _CODE.sub(lambda match: self.names.clean(match.group()), clean)
        return _RUN.sub(lambda match: self._run(match.group()), clean)

    def _run(self, run: str) -> str:
        digits = sum(map(str.isdigit, run))
        coded = digits >= 4 or (len(run) >= 8 and 0 < digits < len(run))
        private = len(run) > 3 and run.lower() in self.names.replaced
        rare = self.uses[run.lower()] <= _RARE and run.lower() not in self.assets
        return self.names.swap(run) if coded or (private and (digits or rare)) else run

    def _page_address(self, url: str, key: str) -> str:
        """Return the page's address on a host of nobody, its plain words kept."""
        parts = urlsplit(url)
        pairs = [pair.partition("=") for pair in parts.query.split("&") if pair]
        query = "&".join(
            self._scrubbed(name) + equals + quote(self.names.clean(unquote(value)), safe="")
            for name, equals, value in pairs
        )
        path = quote(self._scrubbed(unquote(parts.path)) or "/", safe="/:@!$&'()*+,;=~")
        host = f"{key.replace('_', '-')}.example.com"
        return f"https://{host}{path}" + (f"?{query}" if query else "")


def _runs(tag: Tag) -> Iterator[str]:
    for name, value in tag.attrs.items():
        if name in _STRUCTURE or (_is_asset(tag) and name in {"href", "src"}):
            text = " ".join(value) if isinstance(value, list) else str(value)
            yield from _RUN.findall(_path(text) if name in {"href", "src"} else text)


def _path(url: str) -> str:
    """Return the path of an asset's address, empty where it is none of the web."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return unquote(parts.path) if parts.scheme in {"", "http", "https"} else ""


def _is_password(tag: Tag) -> bool:
    return attribute(tag, "type").lower() == "password"


def _is_asset(tag: Tag) -> bool:
    return tag.name in {"link", "script"}


def _line(text: NavigableString) -> Tag | None:
    """Return the block that a text stands in."""
    return next((tag for tag in text.parents if tag.name not in INLINE), None)


def _squeezed(text: str) -> str:
    return re.sub(r"[ \t\r\f]+", " ", re.sub(r"\s*\n\s*", "\n", text))
