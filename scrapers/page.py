"""Turn saved bytes (HTML or MHTML, in any encoding) into a `Page`.

Order of trust for the encoding: byte order mark, valid UTF-8 (a browser's snapshot is UTF-8
whatever its meta tag says), the declared one, GB 18030, UTF-8 with replacements.
"""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Final

from bs4 import BeautifulSoup

from scrapers.contract import CUT_ID, Page

MAX_BYTES: Final = 20 * 1024 * 1024
SHADOW: Final = "shadow-root"
MAX_TAGS: Final = 45_000
CUT_MARK: Final = f'<wbr id="{CUT_ID}">'
_SOFT_BREAK = re.compile(r"<wbr\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z]")
_MAX_PARTS = 5000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,40})|"""
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_\-]{2,40})""",
    re.IGNORECASE,
)
_MEDIA_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w\-]+)", re.IGNORECASE)
_MHTML_HEAD = re.compile(rb"\A\s*(?:[A-Za-z\-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){1,40}?"
                         rb"[Cc]ontent-[Tt]ype:\s*multipart/related")  # fmt: skip
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "x-gbk", "hz-gb-2312", "cp936", "chinese"})
_ALIASES = dict.fromkeys(_CHINESE, "gb18030") | {"big5": "big5hkscs", "x-user-defined": "utf-8"}
_BROKEN = "\ufffd"


class PageTooLargeError(ValueError):
    """The saved page is larger than `MAX_BYTES`."""


@dataclass(frozen=True)
class Document:
    """One HTML document of a saved page as text: the page itself or one of its frames."""

    html: str
    url: str


def documents(data: bytes, *, url: str, media_type: str = "") -> list[Document]:
    """Return the page's own document first, then its frames (MHTML only).

    Raises PageTooLargeError.
    """
    if len(data) > MAX_BYTES:
        raise PageTooLargeError(f"{len(data)} bytes, at most {MAX_BYTES}")
    if _MHTML_HEAD.match(data[:8192]):
        found = _from_mhtml(data, url)
        if found:
            return found
    return [Document(decode(data, media_type), url)]


def load(
    data: bytes, *, url: str, captured_at: datetime | None = None, media_type: str = ""
) -> Page:
    """Parse a saved HTML or MHTML page; raises PageTooLargeError, and nothing else on any bytes."""
    return parse(documents(data, url=url, media_type=media_type)[0], captured_at)


def parse(document: Document, captured_at: datetime | None) -> Page:
    """Parse one document; an open shadow root is there an element named `shadow-root`."""
    html = _SOFT_BREAK.sub("", cut(document.html.replace("\x00", "")))
    soup = BeautifulSoup(html, "lxml")
    if "<template" in html.lower():
        for shadow in soup.find_all("template", shadowrootmode=True):
            shadow.name = SHADOW  # CSS selectors never enter a template
    return Page(document.url, soup, captured_at)


def cut(html: str) -> str:
    """Bound the number of tags: keep the first and the last ones, and mark where it was cut.

    A page of real shops has a few thousand; without the bound 5 MB of bare tags take a minute.
    """
    if html.count("<") <= MAX_TAGS:
        return html
    html = _without_signs(html)
    starts = [match.start() for match in _TAG.finditer(html)]
    if len(starts) <= MAX_TAGS:
        return html
    head, tail = starts[MAX_TAGS * 2 // 3], starts[-MAX_TAGS // 3]
    return f"{html[:head]}<!----></script></style>{CUT_MARK}{html[tail:]}"


def _without_signs(html: str) -> str:
    """Put `‹` for `<` in the scripts: `i<n` looks like a tag, and only their JSON is read."""
    kept: list[str] = []
    position, lower = 0, html.lower()
    while len(lower) == len(html):
        start = lower.find("<script", position)
        begin = lower.find(">", start) + 1 if start >= 0 else 0
        end = lower.find("</script", begin) if begin else -1
        if end < 0:
            break
        kept += (html[position:begin], html[begin:end].replace("<", "‹"))
        position = end
    return "".join([*kept, html[position:]])


def decode(data: bytes, media_type: str = "") -> str:
    """Decode page bytes; never raises, bytes that fit no encoding become U+FFFD."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    declared = _declared(data, media_type)
    text = data.decode("utf-8", "replace")
    broken = text.count(_BROKEN)
    if broken == 0 and (declared is None or _is_surely_utf8(text)):
        return text
    candidates = [name for name in (declared, "gb18030") if name not in {None, "utf-8"}]
    other = [(data.decode(name, "replace"), name) for name in candidates if name]
    if broken and declared == "utf-8" and broken * 20 < _foreign(text):
        return text
    best = min(other, key=lambda pair: pair[0].count(_BROKEN), default=(text, "utf-8"))[0]
    return text if broken and broken <= best.count(_BROKEN) else best


def _is_surely_utf8(text: str) -> bool:
    """Say whether text that is valid UTF-8 also looks so.

    GBK is at times valid by chance, but then it gives two-byte sequences only (below U+0800).
    """
    return text.isascii() or any(char >= "\u0800" for char in text)


def _foreign(text: str) -> int:
    return sum(not char.isascii() for char in text)


def _declared(data: bytes, media_type: str) -> str | None:
    match = _MEDIA_CHARSET.search(media_type)
    name = match[1] if match else ""
    if not name and (found := _DECLARED.search(data[:8192])):
        name = (found[1] or found[2]).decode("ascii", "replace")
    name = _ALIASES.get(name.lower(), name.lower())
    try:
        known = codecs.lookup(name).name if name else None
    except LookupError:
        return None
    return known if known is not None and _is_text_codec(known) else None


def _is_text_codec(name: str) -> bool:
    try:
        b"".decode(name)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def _from_mhtml(data: bytes, url: str) -> list[Document]:
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    own = _header(message, "Snapshot-Content-Location")
    found: list[Document] = []
    for count, part in enumerate(message.walk()):
        if count > _MAX_PARTS:
            break
        if part.get_content_type() not in {"text/html", "application/xhtml+xml"}:
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        location = _header(part, "Content-Location") or own
        address = (url or own or location) if not found else location
        found.append(Document(decode(payload, _header(part, "Content-Type")), address))
    return found


def _header(message: Message, name: str) -> str:
    try:
        return str(message.get(name, "")).strip()
    except (ValueError, LookupError):
        return ""
