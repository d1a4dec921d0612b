"""Pictures of two visits compared by the share of their area that differs."""

import io

import pytest
from PIL import Image, ImageDraw

from helper.evidence.picture_difference import Region, compare


def page(width: int = 1280, height: int = 1600, *, box: tuple[int, int, int, int] | None = None,
         scale: int = 1) -> bytes:  # fmt: skip
    picture = Image.new("RGB", (width * scale, height * scale), "white")
    draw = ImageDraw.Draw(picture)
    boxes = [((40, y, 400, y + 12), (20, y % 255, 60)) for y in range(0, height, 40)]
    for (left, top, right, bottom), colour in [*boxes, *([(box, "red")] if box else [])]:
        corners = (left * scale, top * scale, right * scale - 1, bottom * scale - 1)
        draw.rectangle(corners, fill=colour)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def test_the_same_page_at_another_scale_is_the_same() -> None:
    found = compare(page(), page(scale=2), role="seen/page")
    assert (found.state, found.seen) == ("same", "seen/page")
    assert found.share is not None
    assert found.share < 0.001


def test_pages_laid_out_at_different_widths_are_not_compared() -> None:
    found = compare(page(), page(width=1265), role="seen/page")
    assert (found.state, found.reason, found.share) == ("not_compared", "widths_differ", None)


def test_a_scroll_bar_beside_the_page_is_no_part_of_it() -> None:
    whole = Image.new("RGB", (1280, 1600), "grey")
    whole.paste(Image.open(io.BytesIO(page(width=1265))), (0, 0))
    out = io.BytesIO()
    whole.save(out, "PNG")
    found = compare(out.getvalue(), page(width=1265), role="seen/page", page_share=1265 / 1280)
    assert found.state == "same"


def test_the_share_is_that_of_the_area_that_differs() -> None:
    changed = page(box=(640, 400, 1280, 1200))
    found = compare(page(), changed, role="seen/page")
    assert found.state == "differs"
    assert found.share == pytest.approx(0.25, abs=0.02)


def test_one_changed_line_of_text_is_seen() -> None:
    found = compare(page(), page(box=(640, 400, 760, 418)), role="seen/page")
    assert found.state == "differs"
    assert found.share == pytest.approx(120 * 18 / (1280 * 1600), abs=0.002)


def test_what_only_one_reaches_differs() -> None:
    found = compare(page(), page(height=3200), role="seen/page")
    assert found.share == pytest.approx(0.5, abs=0.02)


def test_the_part_in_view_is_compared_with_that_part_of_the_page() -> None:
    whole = Image.open(io.BytesIO(page(box=(700, 900, 900, 1000))))
    out = io.BytesIO()
    whole.crop((0, 600, 1280, 1400)).save(out, "PNG")
    found = compare(out.getvalue(), page(box=(700, 900, 900, 1000)), role="seen/viewport",
                    region=Region(600, 1280))  # fmt: skip
    assert (found.state, found.seen) == ("same", "seen/viewport")
    elsewhere = compare(out.getvalue(), page(), role="seen/viewport", region=Region(600, 1280))
    assert elsewhere.state == "differs"
    below = compare(out.getvalue(), page(), role="seen/viewport", region=Region(99_999, 1280))
    assert below.state == "differs"


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", page()[:500]])
def test_what_is_no_picture_is_not_compared(data: bytes) -> None:
    for pair in ((data, page()), (page(), data)):
        found = compare(*pair, role="seen/page")
        assert (found.state, found.reason, found.share) == (
            "not_compared", "picture_unreadable", None,
        )  # fmt: skip


def bomb(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("size", [(10_000, 10_000), (2, 60_000), (60_000, 1)])
def test_pictures_that_would_take_all_memory_are_not_opened(size: tuple[int, int]) -> None:
    found = compare(page(), bomb(*size), role="seen/page")
    assert (found.state, found.reason) == ("not_compared", "picture_too_large")


def test_a_picture_that_is_missing_is_said() -> None:
    assert compare(None, page(), role=None).reason == "no_picture"
