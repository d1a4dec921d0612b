import io
import json
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from helper.capture import sheet
from helper.steps import sheets
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer
from helper.steps.store import Store

from .conftest import Captures

Picture = Callable[..., bytes]
STRIP = {"x": 0, "width": 640, "height": 40, "scale": 1, "scroll_height": 80}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge() -> bytes:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def bad(kind: str, whole: bytes) -> bytes:
    return {
        "not a picture": b"<html>not a picture</html>",
        "empty": b"",
        "only a signature": whole[:8],
        "cut in the header": whole[:20],
        "cut": whole[:-30],
        "without end": whole[:-12],
        "flipped": whole[:60] + bytes([whole[60] ^ 255]) + whole[61:],
        "60000 x 60000": huge(),
    }[kind]


BAD = [
    "not a picture", "empty", "only a signature", "cut in the header", "cut", "without end",
    "flipped", "60000 x 60000",
]  # fmt: skip


def through(store: Store, uuid: str) -> None:
    """Do what the workflow does with what was seen, up to the seal."""
    keep_parts(store, uuid)
    sheets.draw_viewport_sheet(store, uuid)
    sheets.stitch_page(store, uuid)
    Sealer(store).seal(uuid, "S0")


def test_the_sheet_has_the_picture_under_its_address(
    store: Store, captures: Captures, picture: Picture
) -> None:
    uuid = captures.new(("seen/viewport", picture(), {}))
    keep_parts(store, uuid)
    sheets.draw_viewport_sheet(store, uuid)
    data = store.read_role(captures.view(uuid).artifacts, "seen/sheet")
    drawn = Image.open(io.BytesIO(data or b""))
    assert drawn.width == 640
    assert drawn.height > 40
    assert drawn.convert("RGB").getpixel((5, drawn.height - 1)) == (0, 0, 128)
    assert captures.view(uuid).notes == ()


def test_without_a_chinese_font_the_capture_notes_it(
    store: Store, captures: Captures, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helper.steps.sheets.cjk_font", lambda: None)
    monkeypatch.setattr("helper.capture.sheet.cjk_font", lambda: None)
    uuid = captures.new(("seen/viewport", picture(), {}), title="订单")
    through(store, uuid)
    assert captures.view(uuid).notes == ("no_cjk_font",)
    assert "seen-sheet.png" in captures.names(uuid)


def test_without_a_picture_it_says_so(store: Store, captures: Captures) -> None:
    uuid = captures.new(("seen/html", b"<p>", {}))
    through(store, uuid)
    assert captures.lacks(uuid) == {("seen/sheet", "no_seen_picture"), ("seen/page", "no_strips")}


def test_strips_become_a_page_with_its_sheet_and_a_log(
    store: Store, captures: Captures, picture: Picture
) -> None:
    uuid = captures.new(
        ("seen/strip", picture(colour="navy"), {"index": 0, "y": 0, **STRIP}),
        ("seen/strip", picture(colour="red"), {"index": 1, "y": 40, **STRIP}),
    )
    keep_parts(store, uuid)
    sheets.stitch_page(store, uuid)
    artifacts = captures.view(uuid).artifacts
    page = Image.open(io.BytesIO(store.read_role(artifacts, "seen/page") or b""))
    assert page.size == (640, 80)
    assert [page.getpixel((0, y)) for y in (0, 79)] == [(0, 0, 128), (255, 0, 0)]
    assert "seen-page-sheet.png" in captures.names(uuid)
    rows = json.loads(store.read_role(artifacts, "log") or b"")
    assert [row["y"] for row in rows] == [0, 40]


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_viewport_picture_is_said_and_the_capture_sealed(
    store: Store, captures: Captures, picture: Picture, kind: str
) -> None:
    uuid = captures.new(("seen/viewport", bad(kind, picture()), {}))
    through(store, uuid)
    assert ("seen/sheet", "sheet_failed") in captures.lacks(uuid)
    assert captures.names(uuid) == ["seen-viewport.png"]
    assert [seal.stage for seal in captures.view(uuid).seals] == ["S0"]


@pytest.mark.parametrize("kind", [kind for kind in BAD if kind != "without end"])
def test_a_bad_strip_is_said_and_the_capture_sealed(
    store: Store, captures: Captures, picture: Picture, kind: str
) -> None:
    uuid = captures.new(
        ("seen/viewport", picture(), {}),
        ("seen/strip", picture(), {"index": 0, "y": 0, **STRIP}),
        ("seen/strip", bad(kind, picture(colour="red")), {"index": 1, "y": 40, **STRIP}),
    )
    through(store, uuid)
    assert captures.lacks(uuid) == {("seen/page", "stitch_failed")}
    assert {"seen-strip-00.png", "seen-strip-01.png"} <= set(captures.names(uuid))
    assert captures.view(uuid).seals


@pytest.mark.parametrize(
    "about",
    [
        {"width": 1e-300}, {"width": "x"}, {"y": 1e300}, {"y": None}, {"scroll_height": 1e308},
        {"scroll_height": 10**400}, {"name": 1, "sha256": {}}, {"width": []}, {"y": {"a": 1}},
    ],
)  # fmt: skip
def test_odd_positions_never_stop_the_seal(
    store: Store, captures: Captures, picture: Picture, about: dict
) -> None:
    uuid = captures.new(("seen/strip", picture(), {"index": 0, "y": 0, **STRIP, **about}))
    through(store, uuid)
    roles = {item.role for item in captures.view(uuid).artifacts}
    assert "seen/page" in roles or ("seen/page", "stitch_failed") in captures.lacks(uuid)
    assert captures.view(uuid).seals


@pytest.mark.parametrize(
    "meta",
    [
        {"clicked_at": "9999-12-31T23:59:59+00:00"},
        {"clicked_at": "0001-01-01T00:00:00+00:00", "timezone": "America/New_York"},
        {"timezone": "../../etc/passwd"},
        {"url": "http://[", "title": "\ud800"},
    ],
)
def test_odd_words_never_stop_the_seal(
    store: Store, captures: Captures, picture: Picture, meta: dict
) -> None:
    try:
        uuid = captures.new(("seen/viewport", picture(), {}), **meta)
    except ValueError:
        return  # refused where it comes in: nothing was accepted that could wait for its seal
    through(store, uuid)
    drawn = "seen-sheet.png" in captures.names(uuid)
    assert drawn or ("seen/sheet", "sheet_failed") in captures.lacks(uuid)
    assert captures.view(uuid).seals


def caption_of(
    store: Store,
    captures: Captures,
    monkeypatch: pytest.MonkeyPatch,
    *parts: tuple[str, bytes, dict],
) -> sheet.Caption:
    """Return what the sheet of the whole page was drawn with; the drawing itself goes on."""
    drawn: list[sheet.Caption] = []
    compose = sheet.compose

    def watch(picture: bytes, caption: sheet.Caption) -> bytes:
        drawn.append(caption)
        return compose(picture, caption)

    monkeypatch.setattr(sheet, "compose", watch)
    uuid = captures.new(*parts)
    keep_parts(store, uuid)
    sheets.stitch_page(store, uuid)
    return drawn[-1]


def test_the_sheet_of_the_whole_page_says_that_it_is_composed(
    store: Store, captures: Captures, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = {"selector": "header", "property": "position", "from": "sticky", "to": "relative"}
    strips = [
        ("seen/strip", picture(), {**STRIP, "index": 0, "y": 0}),
        (
            "seen/strip",
            picture(),
            {**STRIP, "index": 1, "y": 40, "page_changes": [change, {**change, "property": "top"}]},
        ),
    ]
    assert caption_of(store, captures, monkeypatch, *strips).composed == (2, 1)
    sent_whole = ("seen/strip", strips[0][1], {**strips[0][2], "page_changes": [change]})
    assert caption_of(store, captures, monkeypatch, *strips, sent_whole).composed == (2, 1)
    told = [(role, data, {**about, "page_changes": None}) for role, data, about in strips]
    assert caption_of(store, captures, monkeypatch, *told).composed == (2, None)


@pytest.mark.parametrize(
    ("context", "zone"),
    [
        (b'{"page": {"timezone": "America/New_York"}}', "America/New_York"),
        (b'{"page": {"timezone": "<x>"}}', "Asia/Shanghai"),
        (b"[" * 9999, "Asia/Shanghai"),
    ],
)
def test_the_sheet_tells_the_time_of_the_page(
    context: bytes,
    zone: str,
    store: Store,
    captures: Captures,
    picture: Picture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = [
        ("seen/context", context, {}),
        ("seen/strip", picture(), {**STRIP, "index": 0, "y": 0, "scroll_height": 40}),
    ]
    assert caption_of(store, captures, monkeypatch, *parts).timezone == zone
