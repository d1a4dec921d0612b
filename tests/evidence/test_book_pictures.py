import io
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from helper.capture.fonts import cjk_font
from helper.evidence import book_pictures
from helper.evidence.book_pictures import UnprintableError, cuts, write_pieces
from helper.evidence.pdf import PdfWriter
from helper.evidence.pdf_font import Face


def lines(height: int, step: int = 50, thick: int = 30) -> Image.Image:
    """Draw rows of letters: `thick` rows with something on them, then quiet ones."""
    image = Image.new("RGB", (400, height), "white")
    pen = ImageDraw.Draw(image)
    for y in range(0, height, step):
        for x in range(0, 400, 10):
            pen.rectangle((x, y, x + 4, y + thick - 1), fill="black")
    return image


@pytest.fixture
def writer() -> PdfWriter:
    font = cjk_font()
    assert font is not None
    return PdfWriter(io.BytesIO(), Face(*font))


def test_no_line_of_text_is_cut_through():
    found = list(cuts(lines(5000), 600, 1000))
    assert len(found) > 4
    for _, bottom in found[:-1]:
        assert bottom % 50 > 30, bottom


def test_pieces_follow_one_another_and_fit():
    found = list(cuts(lines(5000), 600, 1000))
    assert found[0][0] == 0
    assert found[-1][1] == 5000
    assert all(one[1] == two[0] for one, two in pairwise(found))
    assert found[0][1] <= 600
    assert all(0 < bottom - top <= 1000 for top, bottom in found)


def test_a_picture_without_a_quiet_row_is_cut_all_the_same():
    noise = Image.effect_noise((300, 3000), 90).convert("RGB")
    found = list(cuts(noise, 900, 900))
    assert [bottom for _, bottom in found][-1] == 3000
    assert all(0 < bottom - top <= 900 for top, bottom in found)


def test_the_last_piece_is_not_a_few_rows():
    for height in range(1001, 1010):
        top, bottom = list(cuts(lines(height), 1000, 1000))[-1]
        assert bottom - top > 50


def test_a_picture_begins_where_a_sensible_part_of_it_fits():
    (top, bottom), rest = cuts(lines(900), 400, 1000)
    assert (top, rest[1]) == (0, 900)
    assert 200 < bottom <= 400


def test_a_picture_does_not_begin_with_a_few_rows_at_the_foot_of_a_page():
    assert list(cuts(lines(900), 200, 1000)) == [(0, 900)]


def test_a_picture_a_little_too_tall_is_made_smaller_and_stays_whole(
    writer: PdfWriter, tmp_path: Path
):
    path = tmp_path / "tall.png"
    lines(600).save(path)
    (piece,) = write_pieces(path, writer, width=400, first=500, height=700).pieces
    assert (piece.top, piece.bottom, round(piece.height)) == (0, 600, 500)
    assert piece.width / piece.height == pytest.approx(400 / 600)


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "CMYK"])
def test_every_kind_of_pixel_is_printed(mode: str, writer: PdfWriter, tmp_path: Path):
    path = tmp_path / "picture"
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new("RGB", (50, 50), "navy").convert(mode).save(path, kind)
    printed = write_pieces(path, writer, width=400, first=300, height=700)
    assert [(piece.top, piece.bottom) for piece in printed.pieces] == [(0, 50)]


def test_a_small_picture_is_not_blown_up(writer: PdfWriter, tmp_path: Path):
    path = tmp_path / "small.png"
    Image.new("RGB", (50, 50), "navy").save(path)
    (piece,) = write_pieces(path, writer, width=400, first=300, height=700).pieces
    assert piece.width < 60


def test_a_bomb_is_not_decoded(writer: PdfWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "bomb.png"
    Image.new("1", (4000, 4000)).save(path)
    monkeypatch.setattr(book_pictures, "MOST_PIXELS", 1_000_000)
    with pytest.raises(UnprintableError, match="too_large"):
        write_pieces(path, writer, width=400, first=300, height=700)


def test_what_is_printed_is_no_longer_in_memory(tmp_path: Path):
    font = cjk_font()
    assert font is not None
    path = tmp_path / "noise.png"
    Image.effect_noise((900, 900), 90).convert("RGB").save(path)
    with (tmp_path / "out.pdf").open("wb") as stream:
        writer = PdfWriter(stream, Face(*font))

        def printed(count: int) -> int:
            for _ in range(count):
                write_pieces(path, writer, width=500, first=600, height=700)
            return stream.tell()

        small = printed(1)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            large = printed(8)
            kept = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert large - small > 3_000_000
    assert kept < 300_000
