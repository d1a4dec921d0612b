"""Set text and tables on pages, line by line: nothing is cut off, whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from helper.evidence.pdf import HEIGHT, WIDTH, Page
from helper.evidence.pdf_font import Face

LEFT: Final = 48.0
BODY: Final = WIDTH - 2 * LEFT
TOP: Final = HEIGHT - 62
BOTTOM: Final = 54.0
PAGE: Final = TOP - BOTTOM
CAPTION: Final = 16.0
"""Height of the words above a picture."""
_GREY = 0.42
_HANGING = "，。；：、）》”’！？,.;:)]"
"""May stand a little over the edge: a line does not begin with them."""
_OPENING = "（《“‘【(["
_BREAKS = " /?&=-_.,;:，。；：、）》"


@dataclass
class Flow:
    """Fills pages from top to bottom; `y` is where the next thing may stand."""

    face: Face
    pages: list[Page] = field(default_factory=list)
    y: float = 0.0

    def page(self) -> None:
        """Begin a new page."""
        self.pages.append(Page())
        self.y = TOP

    def need(self, height: float) -> None:
        """Begin a new page if less than that is left."""
        if not self.pages or self.y - height < BOTTOM:
            self.page()

    def space(self, height: float) -> None:
        """Leave room."""
        self.y -= height

    def heading(self, text: str, size: float = 15) -> None:
        """Set a heading; it does not stand alone at the foot of a page."""
        self.need(size * 5)
        self.space(size * 0.4)
        self.text(text, size, bold=True)
        self.pages[-1].line(LEFT, self.y + size * 0.05, BODY)
        self.space(size * 0.5)

    def text(
        self, text: str, size: float = 10, *, grey: float = 0.08, bold: bool = False,
        indent: float = 0, mark: str = "",
    ) -> None:  # fmt: skip
        """Set a paragraph; `mark` stands before its first line, in the indent."""
        for number, line in enumerate(wrap(self.face, text, size, BODY - indent)):
            self.need(size * 1.55)
            self.space(size * 1.2)
            if mark and not number:
                self.pages[-1].text(self.face, LEFT, self.y, size, mark, grey=grey)
            self.pages[-1].text(self.face, LEFT + indent, self.y, size, line, grey=grey, bold=bold)
            self.space(size * 0.35)

    def facts(self, rows: Sequence[tuple[str, str]], size: float = 9, label: float = 112) -> None:
        """Set names and values in two columns."""
        for name, value in rows:
            self._row([(name, label - 8, _GREY), (value, BODY - label, 0.08)], size)
            self.space(2)

    def table(
        self, widths: Sequence[float], head: Sequence[str], rows: Sequence[Sequence[str]],
        size: float = 8,
    ) -> None:  # fmt: skip
        """Set a table; `widths` are shares of 100. Its head stands again on every page."""
        inner = [BODY * width / 100 - 6 for width in widths]

        def top() -> None:
            cells = [(name, width, _GREY) for name, width in zip(head, inner, strict=True)]
            self._row(cells, size)
            self.pages[-1].line(LEFT, self.y - 1, BODY, grey=0.3)
            self.space(4)

        self.need(size * 8)
        top()
        for row in rows:
            cells = [(value, width, 0.08) for value, width in zip(row, inner, strict=True)]
            self._row(cells, size, on_new_page=top)
            self.pages[-1].line(LEFT, self.y - 1, BODY)
            self.space(4)

    def _row(
        self, cells: Sequence[tuple[str, float, float]], size: float, on_new_page: object = None
    ) -> None:
        wrapped = [wrap(self.face, text, size, width) for text, width, _ in cells]
        step, done, count = size * 1.4, 0, max(len(lines) for lines in wrapped)
        if count * step < PAGE / 4:  # a short row stays in one piece
            self._break(count * step, on_new_page)
        while done < count:
            self._break(step, on_new_page)
            fitting = max(int((self.y - BOTTOM) / step), 1)
            x = LEFT
            for lines, (_, width, grey) in zip(wrapped, cells, strict=True):
                # Cell by cell: whoever searches or copies gets a whole address or hash.
                for number, line in enumerate(lines[done : done + fitting]):
                    y = self.y - size * 1.1 - number * step
                    self.pages[-1].text(self.face, x, y, size, line, grey=grey)
                x += width + (6 if len(cells) > 2 else 8)
            self.space(min(fitting, count - done) * step)
            done += fitting

    def _break(self, height: float, on_new_page: object) -> None:
        before = len(self.pages)
        self.need(height)
        if len(self.pages) > before and callable(on_new_page):
            on_new_page()


def framed(flow: Flow, words: str, drawing: int, size: tuple[float, float]) -> None:
    """Draw a caption, and what was written before under it, in a frame."""
    width, height = size
    flow.need(height + CAPTION + 1)
    flow.text(words, 7.5, grey=_GREY)
    flow.space(height + 2)
    page = flow.pages[-1]
    page.picture(drawing, LEFT, flow.y, width, height)
    page.box(LEFT, flow.y, width, height)


def wrap(face: Face, text: str, size: float, width: float) -> list[str]:
    """Break a text into lines no wider than `width` points; line breaks in it stay."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrapped(face, face.drawable(paragraph), size, width)
    return lines


def _wrapped(face: Face, text: str, size: float, width: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for character in text:
        wide = face.width(character, size)
        hangs = character in _HANGING and used + wide <= width + size * 0.5
        if line and used + wide > width and not hangs:
            kept, line = _broken(line, character)
            lines.append(kept)
            used = face.width(line, size)
            if character == " " and not line:
                continue
        line += character
        used += wide
    return [*lines, line]


def _broken(line: str, after: str) -> tuple[str, str]:
    """Break a full line: between words if a break is near its end, else where it is full."""
    if after in _HANGING and len(line) > 1:  # no line begins with a comma
        return line[:-1], line[-1]
    if line[-1] in _OPENING and len(line) > 1:  # nor ends with an opening bracket
        return line[:-1], line[-1]
    if after == " " or not (line[-1].isascii() and after.isascii()):
        return line, ""
    for at in range(len(line) - 1, len(line) * 2 // 3, -1):
        if line[at] in _BREAKS or not line[at].isascii():
            return line[: at + 1], line[at + 1 :]
    return line, ""
