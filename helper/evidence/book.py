"""The 证据册: the evidence of a case as one PDF for a court or a platform.

Drawn by our own small PDF writer with a Chinese font of this computer, not printed by Chromium:

- nothing blocks an export: no browser, no display and no server is needed. Without a Chinese font
  there is no book; the export says so and is otherwise whole. No font is shipped: only the
  characters used go into the file, out of a font whose own flags allow it;
- page numbers in the list are those of the pages: exhibits are laid out first, the list last;
- memory stays flat: pictures are read, cut, reduced, encoded and written one after another,
  while a browser lays out a document with all its pictures at once.

Pictures are printed reduced; the untouched files with the printed hashes are in the bundle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from helper.evidence import book_compared, book_print, book_statements
from helper.evidence.book_exhibits import Entry, Read, entries, is_brought
from helper.evidence.book_flow import BODY, LEFT, Flow
from helper.evidence.book_statements import both, clipped
from helper.evidence.clocks import moment
from helper.evidence.pdf import HEIGHT, WIDTH, PdfWriter
from helper.evidence.pdf_font import Face, UnusableFontError
from helper.messages import field_label, text
from helper.model import CaptureView, CaseView, Exhibit
from helper.vault.files import room_on_disk

LONGEST_URL = 3_000
_LONGEST_TITLE = 600
_LONGEST_ON_COVER = 200


@dataclass(frozen=True)
class Happening:
    """What happened: China time, words, whence (`page`, `bill`, `own`), the capture that shows."""

    at: str
    text: str
    source: str
    capture_id: str | None = None


class BookError(Exception):
    """The book was not made; `reason` is a code of `missing.<reason>`."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(reason, detail)


@dataclass
class _Section:
    """Pages that belong together; `label` stands in their head, an exhibit counts its own."""

    flow: Flow
    title: str
    label: str = ""


def make_book(
    case: CaseView,
    captures: Sequence[CaptureView],
    read: Read,
    out: Path,
    *,
    exhibits: Sequence[Exhibit],
    font: tuple[Path, int] | None,
    installation: str,
    created_at: datetime,
    signature: str = "",
    course: Sequence[Happening] = (),
) -> int:
    """Write the book of the sealed captures and return how many pages it has.

    `read` gives the file of a hash, `exhibits` are those of the whole bundle with their numbers,
    `font` is a font file with the number of its face, `signature` what the book says of the time
    stamp of its own signature, `course` what happened, by time. The same case gives the same
    bytes. Raises DiskFullError, BookError(book_no_font).
    """
    if font is None:
        raise BookError("book_no_font", "none found")
    try:
        face = Face(*font)
    except UnusableFontError as error:
        raise BookError("book_no_font", str(error)) from error
    views = sorted(captures, key=lambda view: view.meta.clicked_at)
    with room_on_disk(out), out.open("wb") as stream:
        writer = PdfWriter(stream, face)
        found = entries(case, views, read, exhibits)
        printed = [_exhibit(entry, read, writer, face) for entry in found]
        tail = [
            *_course(face, course, found),
            *_tail(face, views, read, installation, signature),
        ]
        front = _front(case, views, found, printed, tail, installation, created_at)
        sections = [*front, *printed, *tail]
        _number(sections, case.case_id, installation)
        pages = [page for section in sections for page in section.flow.pages]
        title = f"{text('book.title')} {case.case_id}"
        created = created_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        writer.finish(pages, _marks(sections), title, created)
    return len(pages)


def _front(
    case: CaseView,
    views: Sequence[CaptureView],
    found: Sequence[Entry],
    exhibits: Sequence[_Section],
    tail: Sequence[_Section],
    installation: str,
    created_at: datetime,
) -> list[_Section]:
    """Lay out cover and list, again until the list is as long as its own page numbers assume."""
    own = 2
    while True:
        starts: list[tuple[int, int]] = []
        at = own
        for section in exhibits:
            starts.append((at + 1, at + len(section.flow.pages)))
            at += len(section.flow.pages)
        total = at + sum(len(section.flow.pages) for section in tail)
        face = tail[0].flow.face
        cover = Flow(face)
        _cover(cover, case, views, len(found), total, installation, created_at)
        listing = Flow(face)
        _list(listing, found, starts)
        made = len(cover.pages) + len(listing.pages)
        if made <= own:
            for _ in range(own - made):
                listing.page()
            return [
                _Section(cover, text("book.cover")),
                _Section(listing, text("book.list"), text("book.list")),
            ]
        own = made


def _cover(
    flow: Flow,
    case: CaseView,
    views: Sequence[CaptureView],
    count: int,
    total: int,
    installation: str,
    created_at: datetime,
) -> None:
    flow.page()
    flow.space(70)
    flow.text(text("book.title"), 34, bold=True)
    flow.text(text("book.title", "en"), 13, grey=0.4)
    flow.space(26)
    flow.facts([(both(f"book.cover.{key}"), value or text("book.unknown")) for key, value in (
        ("case", case.case_id),
        ("about", clipped(case.title, _LONGEST_ON_COVER)),
        ("order", case.order_no),
        ("platform", _platform(case)),
        ("seller", _seller(case)),
        *((("corrected", _corrected(case)),) if case.corrections else ()),
        ("buyer", text("book.cover.buyer_words")),
        ("captures", text("book.cover.captures_words", captures=_pages(views),
                          brought=len(views) - _pages(views))),
        ("exhibits", text("book.cover.exhibits_words", exhibits=count, pages=total)),
        ("made", moment(created_at)),
        ("installation", installation),
    )], 10.5, 178)  # fmt: skip
    flow.space(24)
    for key in ("book.cover.what", "book.cover.check"):
        flow.text(text(key), 10)
        flow.text(text(key, "en"), 8, grey=0.4)
        flow.space(6)


def _pages(views: Sequence[CaptureView]) -> int:
    return sum(1 for view in views if not is_brought(view))


def _platform(case: CaseView) -> str | None:
    known = case.order.platform if case.order else None
    names = [known.name if known else None, case.host]
    return clipped(" · ".join(name for name in names if name), _LONGEST_TITLE) or None


def _seller(case: CaseView) -> str | None:
    seller = case.order.seller if case.order else None
    if seller is None:
        return None
    names = " · ".join(part for part in (seller.name, seller.contact) if part)
    return clipped(names, _LONGEST_TITLE) or None


def _corrected(case: CaseView) -> str:
    keys = {"user": "book.cover.corrected_words", "attachment": "book.cover.from_bill"}
    said = (
        text(keys[item.origin], field=field_label(item.field),
             value=clipped(item.value, 200), read=clipped(item.read or "-", 200))
        for item in case.corrections
    )  # fmt: skip
    return "\n".join(said)


def _list(flow: Flow, found: Sequence[Entry], starts: Sequence[tuple[int, int]]) -> None:
    flow.page()
    flow.heading(both("book.list"))
    columns = ("number", "name", "url", "at", "purpose", "pages", "sha256")
    rows = [
        (
            f"证据{entry.number}",
            clipped(entry.name, 200),
            clipped(entry.view.meta.url, 120) or text("book.no_url"),
            entry.when,
            clipped(entry.purpose, 300),
            f"{first}" if first == last else f"{first}–{last}",
            entry.artifact.sha256,
        )
        for entry, (first, last) in zip(found, starts, strict=True)
    ]
    if rows:
        heads = [text(f"book.list.{column}") for column in columns]
        flow.table((8, 16, 20, 12, 18, 7, 19), heads, rows, 7.2)
    else:
        flow.text(text("book.list.none"))
    flow.space(6)
    flow.text(text("book.list.words"), 8.5, grey=0.3)


def _exhibit(entry: Entry, read: Read, writer: PdfWriter, face: Face) -> _Section:
    flow = Flow(face)
    flow.page()
    label = f"证据{entry.number}"
    flow.heading(f"{label}  {clipped(entry.name, _LONGEST_TITLE)}", 13)
    flow.facts(list(_facts(entry)), 8.5, 96)
    flow.space(8)
    book_print.exhibit(entry, read, writer, flow)
    return _Section(flow, f"{label} {clipped(entry.name, 80)}", label)


def _facts(entry: Entry) -> list[tuple[str, str]]:
    view, item = entry.view, entry.artifact
    side = item.role.partition("/")[0]
    how = text("book.how.brought" if item.role == "attachment" else f"book.how.{side}")
    url, title = view.meta.url, view.meta.title
    rows = [
        ("url", _address(url) if url else text("book.no_url")),
        ("file_name" if is_brought(view) else "title", clipped(title, _LONGEST_TITLE)),
        ("at", f"{entry.when}（UTC {entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}）"),
        ("how", how),
        ("purpose", entry.purpose),
        ("capture", view.capture_id),
        ("file", text("book.file_words", path=entry.path, bytes=item.bytes)),
        ("sha256", item.sha256),
    ]
    return [(text(f"book.fact.{key}"), value) for key, value in rows if value]


def _address(url: str) -> str:
    if len(url) <= LONGEST_URL:
        return url
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    return text("book.long_url", text=url[:LONGEST_URL], count=len(url), sha256=digest)


def _course(face: Face, course: Sequence[Happening], found: Sequence[Entry]) -> Iterator[_Section]:
    """Lay out what happened, each with the exhibit that shows it, or as the user's own word."""
    if not course:
        return
    exhibits: dict[str, int] = {}
    for entry in found:
        exhibits.setdefault(entry.view.capture_id, entry.number)
    flow = Flow(face)
    flow.page()
    flow.heading(both("book.course"))
    rows = [
        (one.at, clipped(one.text, 400), _shown_by(one, exhibits.get(one.capture_id or "")))
        for one in course
    ]
    heads = [text(f"book.course.{column}") for column in ("at", "what", "source")]
    flow.table((18, 62, 20), heads, rows, 8.5)
    flow.space(6)
    flow.text(text("book.course.words"), 8.5, grey=0.3)
    yield _Section(flow, text("book.course"), text("book.course"))


def _shown_by(one: Happening, number: int | None) -> str:
    own = text(f"book.course.{one.source}")
    return f"{own}\n证据{number}" if number is not None else own


def _tail(
    face: Face,
    views: Sequence[CaptureView],
    read: Read,
    installation: str,
    signature: str,
) -> list[_Section]:
    flows = {
        key: Flow(face) for key in ("compared", "environment", "integrity", "missing", "limits")
    }
    for flow in flows.values():
        flow.page()
    book_compared.comparisons(flows["compared"], views)
    book_statements.environment(flows["environment"], views, read)
    book_statements.integrity(flows["integrity"], views, installation, signature)
    book_statements.missing(flows["missing"], views)
    book_statements.limits(flows["limits"])
    return [_Section(flow, text(f"book.{key}"), text(f"book.{key}")) for key, flow in flows.items()]


def _number(sections: Sequence[_Section], case_id: str, installation: str) -> None:
    """Put the running head and foot on every page."""
    total = sum(len(section.flow.pages) for section in sections)
    number = 0
    for section in sections:
        for own, page in enumerate(section.flow.pages, 1):
            number += 1
            face = section.flow.face
            words = text("book.head", label=section.label, own=own, count=len(section.flow.pages))
            left = face.drawable(f"{text('book.title')} · {case_id}")
            right = face.drawable(words if section.label else text("book.cover"))
            page.text(face, LEFT, HEIGHT - 38, 8, left, grey=0.42)
            page.text(face, LEFT + BODY - face.width(right, 8), HEIGHT - 38, 8, right, grey=0.42)
            page.line(LEFT, HEIGHT - 44, BODY)
            foot = face.drawable(text("book.foot", number=number, total=total))
            page.line(LEFT, 40, BODY)
            page.text(face, LEFT, 28, 7, f"Kazheng · {installation[:16]}", grey=0.42)
            page.text(face, WIDTH - LEFT - face.width(foot, 8), 28, 8, foot, grey=0.42)


def _marks(sections: Sequence[_Section]) -> list[tuple[str, int]]:
    marks, at = [], 0
    for section in sections:
        marks.append((section.title, at))
        at += len(section.flow.pages)
    return marks
