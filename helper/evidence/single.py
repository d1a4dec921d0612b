"""One HTML file out of an MHTML: opens anywhere, offline, and runs nothing.

A derived copy for reading, never the evidence itself; a line at its top says so and names the
original by its hash. Scripts, handlers, forms' targets and everything that would reach out are
taken away, and a content security policy forbids them once more. The input may be hostile: sizes,
nesting and what is inlined are bounded.
"""

from __future__ import annotations

import base64
import html
import re
import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from helper.errors import InvalidError, TooLargeError
from helper.evidence.mhtml import Parts, read
from scrapers.page import decode

LARGEST_OUTPUT: Final = 48 * 2**20
"""Bytes of resources that are inlined; what does not fit is left out and counted."""
LARGEST_DOCUMENT: Final = 16 * 2**20
MOST_TAGS: Final = 200_000
POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "form-action 'none'; base-uri 'none'"
)
_DEEPEST_FRAME = 3
_DEEPEST_IMPORT = 5
_GONE = frozenset({"script", "noscript", "object", "applet", "portal", "fencedframe"})
_UNWRAPPED = frozenset(
    {"embed", "base", "meta", "source", "track", "set", "animate", "animatemotion",
     "animatetransform"}
)  # fmt: skip
"""They go as well, but libxml2 puts into them what follows them."""
_ADDRESSES = frozenset(
    {"src", "href", "xlink:href", "background", "poster", "data", "cite", "longdesc", "manifest"}
)
_DROPPED = frozenset(
    {
        "action", "formaction", "srcset", "imagesrcset", "srcdoc", "ping", "target", "integrity",
        "crossorigin", "nonce", "autofocus", "sandbox", "archive", "codebase", "classid",
        "attributionsrc", "dynsrc", "lowsrc", "is",
    }
)  # fmt: skip
_INLINED = frozenset({"src", "background", "poster"})
_HREFS = frozenset({"href", "xlink:href"})
_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"data:image/[\w.+-]+[;,]", re.IGNORECASE)
_MEDIA = re.compile(r"(?:image|font|audio|video|application)/[\w.+-]{1,60}")
_FONTS = re.compile(r"application/(?:x-)?(?:font|octet-stream|vnd\.ms-fontobject)")
_URL = re.compile(
    r"""url\(\s*(?:"([^"\\\n]{0,4096})"|'([^'\\\n]{0,4096})'|([^"'()\\\s]{0,4096}))\s*\)""",
    re.IGNORECASE,
)
_LONG_DATA = re.compile(r"url\(\s*[\"']?data:(?:image|font)/[^\"')]*[\"']?\s*\)", re.IGNORECASE)
_IMPORT = re.compile(
    r"""@import\s+(?:url\(\s*)?["']?([^"')\s;]{1,4096})["']?\s*\)?([^;{}]{0,200});""",
    re.IGNORECASE,
)
_NOTHING = "data:,"
_BANNER = (
    '<div style="all:initial;display:block;box-sizing:border-box;padding:6px 10px;'
    "background:#fff8e1;color:#333;border-bottom:1px solid #c9a227;"
    'font:12px/1.5 sans-serif;overflow-wrap:anywhere">'
    "卡证派生副本，仅供阅读，不是原件 · Derived copy made by Kazheng, for reading only. "
    "原件 MHTML / original SHA-256: {sha256}<br>{address}{left_out}</div>"
)


def single_file(mhtml: bytes, original_sha256: str) -> bytes:
    """Return the page of an MHTML as one HTML file in UTF-8 without anything that runs.

    Raises InvalidError for what is no MHTML with a page in it, TooLargeError beyond the limits.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", original_sha256):
        raise InvalidError(what="original_sha256")
    parts = read(mhtml)
    copy = _Copy(parts)
    try:
        soup = copy.document(parts.page, parts.page_type, parts.address, 0)
        body = soup.body or soup
        body.insert(0, BeautifulSoup(copy.banner(original_sha256), "html.parser"))
        text = soup.decode(formatter="minimal")
    except RecursionError:
        raise InvalidError(what="mhtml: nested too deeply") from None
    return text.encode("utf-8", "replace")


@dataclass
class _Copy:
    """One derivation: what has been inlined so far, what had to stay out."""

    parts: Parts
    left: int = LARGEST_OUTPUT
    left_out: int = 0
    _styles: dict[str, str] = field(default_factory=dict)
    _mark: str = field(default_factory=lambda: f"kept-{secrets.token_hex(8)}")
    """Stands for what is finished; no page can know it."""

    def banner(self, sha256: str) -> str:
        """Return the line at the top."""
        address = html.escape(self.parts.address[:2000])
        left = f" · 未能收入的资源 / resources left out: {self.left_out}" if self.left_out else ""
        return _BANNER.format(sha256=sha256, address=address, left_out=left)

    def document(self, data: bytes, media_type: str, base: str, depth: int) -> BeautifulSoup:
        """Return a document without anything that runs or reaches out."""
        if len(data) > LARGEST_DOCUMENT:
            raise TooLargeError(limit=LARGEST_DOCUMENT, size=len(data))
        if (tags := data.count(b"<")) > MOST_TAGS:
            raise TooLargeError(limit=MOST_TAGS, size=tags)
        soup = BeautifulSoup(decode(data, media_type), "lxml")
        for tag in soup.find_all(True):
            if "_decomposed" in vars(tag):  # the property looks through the whole tree
                continue
            if tag.name in _UNWRAPPED:
                tag.unwrap()
            else:
                self._clean(tag, base, depth)
        head = soup.head
        if head is None:
            head = soup.new_tag("head")
            (soup.html or soup).insert(0, head)
        policy = {"http-equiv": "Content-Security-Policy", "content": POLICY}
        head.insert(0, soup.new_tag("meta", attrs=policy))
        head.insert(0, soup.new_tag("meta", attrs={"charset": "utf-8"}))
        return soup

    def _clean(self, tag: Tag, base: str, depth: int) -> None:
        if tag.name in _GONE:
            tag.decompose()
            return
        if tag.name == "link":
            self._link(tag, base)
            return
        frame = str(tag.get("src") or "") if tag.name in {"iframe", "frame"} else None
        if tag.name == "style":
            tag.string = _harmless(self._css(tag.get_text(), base, 0))
        for name in list(tag.attrs):
            self._attribute(tag, name, base)
        if frame is not None:
            self._frame(tag, _joined(base, frame), depth)

    def _attribute(self, tag: Tag, name: str, base: str) -> None:
        value, low = str(tag.attrs[name]), name.lower()
        if low.startswith("on") or low in _DROPPED:
            del tag.attrs[name]
        elif low == "style":
            tag.attrs[name] = self._css(value, base, 0)
        elif low == "shadowmode":  # as older Chromium writes it
            tag.attrs["shadowrootmode"] = tag.attrs.pop(name)
        elif low in _ADDRESSES:
            kept = self._address(tag.name, low, value.strip(), base)
            if kept is None:
                del tag.attrs[name]
            else:
                tag.attrs[name] = kept

    def _address(self, tag: str, name: str, value: str, base: str) -> str | None:
        """Return what an attribute may lead to: inlined bytes, or a link somebody clicks."""
        if name == "src" and tag in {"iframe", "frame", "video", "audio"}:
            return None
        if name in _INLINED or (name in _HREFS and tag in {"image", "feimage"}):
            return value if _DATA_IMAGE.match(value) else self._inline(_joined(base, value))
        if name in _HREFS and value.startswith("#"):
            return value  # in the page, or inside an SVG
        if name in _HREFS and tag in {"a", "area"}:
            full = _joined(base, value)
            return full if _LINK.match(full) else None
        return None

    def _link(self, tag: Tag, base: str) -> None:
        """Turn a style sheet into a style element; every other link reaches out."""
        wanted = tag.get("rel")
        rel = {word.lower() for word in (wanted if isinstance(wanted, list) else [str(wanted)])}
        if "stylesheet" not in rel or "alternate" in rel:
            tag.decompose()
            return
        text = self._sheet(_joined(base, str(tag.get("href") or "")), 0)
        media = str(tag.get("media") or "")
        tag.name, tag.attrs = "style", {"media": media} if media else {}
        tag.can_be_empty_element = False
        tag.string = _harmless(text)

    def _sheet(self, address: str, depth: int) -> str:
        found = self.parts.get(address)
        if found is None or depth > _DEEPEST_IMPORT:
            self.left_out += 1
            return ""
        if address not in self._styles:
            self._styles[address] = ""  # one that imports itself finds nothing
            text = decode(found.data, found.media_type)
            self._styles[address] = self._css(text, address, depth)
        return self._spend(self._styles[address])

    def _css(self, text: str, base: str, depth: int) -> str:
        """Return a style with its resources inlined and nothing that reaches out."""
        kept: list[str] = []

        def aside(whole: str) -> str:
            kept.append(whole)
            return f"url(#{self._mark}-{len(kept) - 1})"

        def imported(match: re.Match[str]) -> str:
            sheet = self._sheet(_joined(base, match[1]), depth + 1)
            media = match[2].strip()
            return aside(f"@media {media} {{{sheet}}}" if media and sheet else sheet)

        def resource(match: re.Match[str]) -> str:
            value = (match[1] or match[2] or match[3] or "").strip()
            if not value or value.startswith("#") or _DATA_IMAGE.match(value):
                return match[0]
            return f'url("{self._inline(_joined(base, value)) or _NOTHING}")'

        short = _LONG_DATA.sub(lambda match: aside(match[0]), text)
        done = _URL.sub(resource, _IMPORT.sub(imported, short))
        return re.sub(rf"url\(#{self._mark}-(\d+)\)", lambda match: kept[int(match[1])], done)

    def _frame(self, tag: Tag, address: str, depth: int) -> None:
        """Put a frame's own document into the frame, in a sandbox without rights."""
        found = self.parts.get(address)
        tag.name = "iframe"
        tag.attrs["sandbox"] = ""
        if found is None or depth >= _DEEPEST_FRAME or not found.media_type.startswith("text/html"):
            self.left_out += 1
            return
        inner = self.document(found.data, found.media_type, found.location or address, depth + 1)
        tag.attrs["srcdoc"] = self._spend(inner.decode(formatter="minimal"))

    def _inline(self, address: str) -> str | None:
        found = self.parts.get(address)
        kind = found.media_type.partition(";")[0].strip().lower() if found else ""
        if (
            found is None
            or not _MEDIA.fullmatch(kind)
            or (kind.startswith("application/") and not _FONTS.match(kind))
        ):
            self.left_out += 1
            return None
        made = f"data:{kind};base64,{base64.b64encode(found.data).decode('ascii')}"
        return self._spend(made) or None

    def _spend(self, text: str) -> str:
        """Return the text if there is room for it, else nothing."""
        if len(text) > self.left:
            self.left_out += 1
            return ""
        self.left -= len(text)
        return text


def _joined(base: str, value: str) -> str:
    try:
        return urljoin(base, value)
    except ValueError:
        return value


def _harmless(css: str) -> str:
    """Return a style that cannot end its element."""
    return re.sub(r"<(?=[/!a-zA-Z])", r"\\3c ", css)
