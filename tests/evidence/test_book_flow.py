"""Where lines are broken."""

from helper.capture.fonts import cjk_font
from helper.evidence.book_flow import wrap
from helper.evidence.pdf_font import Face


def face() -> Face:
    font = cjk_font()
    assert font is not None
    return Face(*font)


def test_no_line_begins_with_the_space_it_was_broken_at() -> None:
    lines = wrap(face(), "一二三四五 六七八九十 一二三", 10, 50)
    assert lines == ["一二三四五", "六七八九十", "一二三"]


def test_no_line_ends_with_an_opening_bracket() -> None:
    assert wrap(face(), "一二三四（五六）", 10, 50) == ["一二三四", "（五六）"]


def test_spaces_at_the_beginning_of_a_line_of_the_text_stay() -> None:
    assert wrap(face(), "a\n    b", 10, 50) == ["a", "    b"]
