import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helper.capture import fonts, sheet
from helper.capture.sheet import Caption, compose
from helper.capture.stitch import StitchError, stitch

URL = "https://shop.example/order?no=1&shop=%E7%8E%8B"


def caption(url: str = URL, title: str = "订单") -> Caption:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    return Caption(url, title, moment, "Asia/Shanghai", "seen", "capture", "203.0.113.5", "ab" * 32)


def noise(width: int, height: int, mode: str = "RGB", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 80).convert(mode).save(out, kind, compress_level=3)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
@pytest.mark.parametrize("width", [300, 900])
def test_the_picture_below_the_strip_is_untouched(mode: str, width: int) -> None:
    data = noise(width, 211, mode)
    made = opened(compose(data, caption()))
    top = made.height - 211
    below = made.crop((0, top, width, made.height)).convert("RGB")
    assert top > 100
    assert below.tobytes() == opened(data).convert("RGB").tobytes()


@settings(max_examples=40)
@given(st.integers(640, 700), st.integers(1, 40), st.integers(0, 9))
def test_a_spliced_sheet_is_a_sound_png(width: int, height: int, level: int) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(
        out, "PNG", compress_level=level
    )
    made = opened(compose(out.getvalue(), caption()))
    assert made.size[0] == width
    assert made.crop((0, made.height - height, width, made.height)).tobytes() == (
        opened(out.getvalue()).tobytes()
    )


def test_a_jpeg_picture_gets_a_sheet_too() -> None:
    assert opened(compose(noise(700, 100, kind="JPEG"), caption())).width == 700


def test_no_picture_is_explained() -> None:
    with pytest.raises(ValueError, match="unreadable"):
        compose(b"<html>", caption())


def drawn(monkeypatch: pytest.MonkeyPatch, said: Caption, width: int = 900) -> list[str]:
    """Return the lines that are really put on the strip."""
    lines: list[str] = []
    put = sheet._Pen.put

    def watched(self: sheet._Pen, x: float, y: float, line: str, ink: tuple[int, int, int]) -> None:
        assert x + self.measure(line) <= width + 1
        lines.append(line)
        put(self, x, y, line, ink)

    monkeypatch.setattr(sheet._Pen, "put", watched)
    compose(noise(width, 10), said)
    return lines


def test_a_long_url_is_wrapped_and_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    url = URL + "&token=" + "aB3-" * 900
    assert url in "".join(drawn(monkeypatch, caption(url)))


def test_times_are_local_and_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(drawn(monkeypatch, caption()))
    assert "2026-01-02 11:04:05 +08:00 Asia/Shanghai" in text
    assert "2026-01-02 03:04:05.000 UTC" in text


def test_the_strip_says_that_it_was_added(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(drawn(monkeypatch, caption()))
    assert "由卡证添加" in text
    assert "added by Kazheng" in text


def test_characters_that_mislead_are_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(drawn(monkeypatch, caption(title="a\u202egpj\n\u200bz")))
    assert "a\\u202Egpj\\u000A\\u200Bz" in text


def test_without_a_chinese_font_the_codes_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "cjk_font", lambda: None)
    assert "\\u8BA2\\u5355" in "".join(drawn(monkeypatch, caption()))


def test_this_computer_has_a_chinese_font() -> None:
    assert fonts.cjk_font() is not None


def strips(page: Image.Image, tops: list[int], height: int, scale: float) -> list[tuple]:
    made = []
    for index, top in enumerate(tops):
        out = io.BytesIO()
        box = (0, round(top * scale), page.width, round((top + height) * scale))
        page.crop(box).save(out, "PNG")
        about = {
            "index": index, "x": 0, "y": top, "width": page.width / scale, "height": height,
            "scale": 9, "scroll_height": page.height / scale,
        }  # fmt: skip
        made.append((out.getvalue(), about))
    return made


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_overlapping_strips_make_the_page_again(scale: float) -> None:
    page = opened(noise(int(400 * scale), int(1000 * scale)))
    made = opened(stitch(strips(page, [600, 0, 400], 400, scale)))
    assert made.tobytes() == page.tobytes()


def test_a_missing_strip_is_a_gap_not_a_white_area() -> None:
    page = opened(noise(400, 1000))
    with pytest.raises(StitchError, match="gap"):
        stitch(strips(page, [0, 600], 400, 1.0))
    with pytest.raises(StitchError, match="gap"):
        stitch(strips(page, [0, 400], 400, 1.0))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([], "empty"),
        ([(b"GIF89a", {})], "unreadable"),
        ([(noise(400, 400), {"y": 0, "width": 400, "height": 400, "scroll_height": 10**9})], "too"),
    ],
)
def test_bad_strips_are_refused_with_a_reason(given: list, reason: str) -> None:
    with pytest.raises(StitchError, match=reason):
        stitch(given)


def test_a_font_installed_while_the_helper_runs_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(fonts._search.cache_clear)
    fonts._search.cache_clear()
    monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path])
    assert fonts.cjk_font() is None
    (tmp_path / "msyh.ttc").touch()
    assert fonts.cjk_font() == (tmp_path / "msyh.ttc", 0)
