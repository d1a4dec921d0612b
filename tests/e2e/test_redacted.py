"""A redacted copy of a real capture: nothing private in any layer, the pictures covered."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.e2e.test_secrets import layers
from tests.e2e.world import World

PRIVATE = {
    "wangzi:dead_code": ("FGSP-7Q2M-K9XW-4TRB", "xiaoyu@example.com", "xiaoyu", "小鱼"),
    "weijie:dead_code": ("GN26P-4HT8Q-WX3RC-77KDM-Z9B2V", "xiaoyu@example.com"),
}
OWN, NOTE = "张三13800138000.png", "收货人李四 电话13900139000"
OF_THE_USER = ("张三", "李四", "13800138000", "13900139000")


@pytest.mark.long
@pytest.mark.parametrize("key", ["wangzi:dead_code", "weijie:dead_code"])
async def test_a_redacted_copy_shows_nothing_private_and_the_order(common: World, key: str) -> None:
    if key.startswith("wangzi"):
        await common.log_in()
    view = await common.sealed(await common.one_click(common.demo.orders[key].url))
    case = view.case_id or ""
    own = common.folder / OWN
    Image.new("RGB", (8, 8)).save(own)
    code, _ = await common.command("case", "attach", case, str(own), "--note", NOTE)
    assert code == 0
    name = key.replace(":", "-")
    out, plain = common.folder / f"{name}-redacted.zip", common.folder / f"{name}.zip"
    code, exported = await common.command("export", case, "--out", str(out), "--redacted")
    assert (code, exported["redacted"]) == (0, True)
    code, verified = await common.command("verify", str(out))
    assert (code, verified["verdict"], verified["redacted"]) == (0, "pass", True), verified
    code, _ = await common.command("export", case, "--out", str(plain))
    assert code == 0

    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            for layer in (name.encode(), *everything(archive.read(name))):
                found = [v for v in (*PRIVATE[key], *OF_THE_USER) if v.encode() in layer]
                assert found == [], name
    left = {item["name"] for item in member(out, "/bundle.json")["redaction"]["left_out"]}
    assert {"自带材料-1.png", "brought.json"} <= left

    order = view.order
    assert order is not None
    text = bytes_of(out, "/seen-text.txt").decode()
    for fact in (order.order_no, order.status_text, order.items[0].title, order.amount):
        assert str(fact) in text
    check_pictures(out, plain, PRIVATE[key], str(order.order_no))


def everything(data: bytes) -> Iterator[bytes]:
    """Yield the bytes, what is compressed in them, and the texts inside pictures."""
    yield from layers(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        image = Image.open(io.BytesIO(data))
        image.load()
        yield from (f"{name}={value}".encode() for name, value in image.info.items())


def check_pictures(out: Path, plain: Path, private: tuple[str, ...], order_no: str) -> None:
    """Every private text above the fold is one colour in the copy; the order is as it was."""
    covered, seen = (picture(path, "/seen-viewport.png") for path in (out, plain))
    page = member(plain, "/seen-context.json")["page"]
    scale = seen.width / page["viewport"]["width"]
    hidden, kept = 0, 0
    for item in page["text_rectangles"]:
        left, top = item["x"] - page["scroll"]["x"], item["y"] - page["scroll"]["y"]
        sides = (left, top, left + item["width"], top + item["height"])
        box = tuple(round(side * scale) for side in sides)
        if box[3] > seen.height or seen.crop(box).getcolors(1):
            continue
        if any(value in item["text"] for value in private):
            hidden += 1
            assert covered.crop(box).getcolors(1) == [
                ((box[2] - box[0]) * (box[3] - box[1]), (20, 20, 20))
            ], item
        elif item["text"] == order_no:
            assert ImageChops.difference(covered.crop(box), seen.crop(box)).getbbox() is None
            kept += 1
    assert hidden >= len(private) // 2
    assert kept


def bytes_of(path: Path, end: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(next(name for name in archive.namelist() if f"/{name}".endswith(end)))


def member(path: Path, end: str) -> Any:
    return json.loads(bytes_of(path, end))


def picture(path: Path, end: str) -> Image.Image:
    return Image.open(io.BytesIO(bytes_of(path, end))).convert("RGB")
