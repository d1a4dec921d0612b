"""The page of a capture: pictures of both visits, the kept page in its cage, seals, verifying."""

from __future__ import annotations

import io
import itertools

import aiohttp
import pytest
from PIL import ExifTags, Image, ImageDraw, ImageOps
from playwright.async_api import Page, expect

from helper.web.console.kept import shown
from helper.web.console.network import summary
from tests.web.console.conftest import Town

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def capture_id(town: Town) -> str:
    return await town.keep()


@pytest.fixture
async def page(town: Town, capture_id: str) -> Page:
    page = await town.enter()
    await page.goto(town.url(f"/captures/{capture_id}"))
    return page


async def test_both_visits_stand_side_by_side_with_what_is_missing(page: Page) -> None:
    for name in ("您看到的", "助手第二次访问看到的"):
        picture = page.get_by_role("region", name=name).locator("img")
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("complete", value=True)
        assert await picture.evaluate("image => image.naturalWidth") > 300
    await expect(page.get_by_role("region", name="封存", exact=True)).to_contain_text("第一次封存")
    await page.locator("summary", has_text="第二次访问的网络记录").click()
    await expect(page.locator("#network")).to_contain_text("个请求")


async def test_an_open_page_follows_its_time_stamps(
    page: Page, town: Town, capture_id: str
) -> None:
    seal = town.store.vault.capture(capture_id).seals[-1]
    await page.locator("summary", has_text="第二次访问的网络记录").click()
    await expect(page.locator("#network")).to_contain_text("个请求")
    town.store.vault.queue_stamps(seal, [("some.example", "rfc3161")], town.store.now())
    await expect(page.get_by_role("region", name="封存", exact=True)).to_contain_text(
        "some.example"
    )
    await expect(page.locator(".case-head")).to_contain_text("时间戳等待中")
    await expect(page.locator("#network")).to_contain_text("个请求")


async def test_the_kept_page_is_shown_in_a_cage(page: Page, town: Town) -> None:
    await page.get_by_text("打开保存的网页").click()
    frame = page.frame_locator("iframe.kept-page")
    await expect(frame.locator("body")).to_contain_text("KZ202603011200")
    inner = next(one for one in page.frames if one != page.main_frame)
    assert await inner.evaluate("self.origin") == "null"


async def test_it_is_verified_from_the_exported_file_which_is_taken_along(
    page: Page, town: Town, capture_id: str
) -> None:
    page.set_default_timeout(120_000)
    await page.get_by_role("button", name="现在核验").click()
    await expect(page.locator("#checked")).to_contain_text("没有被改动", timeout=120_000)
    case_id = town.store.vault.capture(capture_id).case_id
    await page.goto(town.url(f"/cases/{case_id}"))
    await page.get_by_role("button", name="完整证据包").click()
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="下载").click()
    path = await (await taken.value).path()
    assert path.read_bytes()[:2] == b"PK"


async def test_originals_are_downloads_and_pictures_are_made_anew(
    town: Town, capture_id: str, stranger: aiohttp.ClientSession
) -> None:
    page = await town.enter()
    headers = {"Cookie": await town.cookie(page)}
    kept = {item.role: item for item in town.store.vault.capture(capture_id).artifacts}
    base = town.url(f"/captures/{capture_id}")
    async with stranger.get(f"{base}/files/{kept['seen/html'].name}", headers=headers) as reply:
        assert reply.content_type == "application/octet-stream"
        assert reply.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in reply.headers["Content-Security-Policy"]
        assert await reply.read() == town.store.blobs.read(kept["seen/html"].sha256)
    name = kept["seen/viewport"].name
    async with stranger.get(f"{base}/picture/{name}", headers=headers) as reply:
        assert (reply.content_type, (await reply.read())[:2]) == ("image/jpeg", b"\xff\xd8")
        assert "no-cache" in reply.headers["Cache-Control"]  # its case may be deleted meanwhile
        again = headers | {"If-None-Match": reply.headers["ETag"]}
    async with stranger.get(f"{base}/picture/{name}", headers=again) as reply:
        assert (reply.status, await reply.read()) == (304, b"")
    async with stranger.get(f"{base}/picture/{kept['seen/html'].name}", headers=headers) as reply:
        assert reply.status == 404
    async with stranger.get(f"{base}/page/{kept['seen/mhtml'].name}", headers=headers) as reply:
        policy = reply.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox;")
        assert "script-src" not in policy
        assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    "har",
    [
        b"",
        b"[]",
        b'{"log": 1}',
        b'{"log": {"entries": [1, null]}}',
        b'{"log": {"entries": [{"request": 1}]}}',
        b'{"log": {"entries": [{"request": {"url": "x"}, "response": "x"}]}}',
        b'{"log": {"entries": [{"request": {"url": "x"}, "response": {"content": "x"}}]}}',
        b"[" * 100_000,
    ],
)
def test_a_broken_network_record_is_none_or_empty(har: bytes) -> None:
    found = summary(har)
    assert found is None or found.requests == 0


def test_a_picture_is_made_small_on_white_whatever_it_is() -> None:
    tall = Image.linear_gradient("L").resize((3300, 4400))
    ways = {
        "RGB": tall.convert("RGB"),
        "clear": Image.merge("RGBA", (tall, tall, tall, Image.new("L", tall.size, 255))),
        "palette": tall.convert("P"),
        "deep": Image.new("I;16", (3300, 4400), 65535),
    }
    ways["clear"].paste((9, 9, 9, 0), (0, 0, 3300, 8))
    for name, image in ways.items():
        file = io.BytesIO()
        image.save(file, "PNG")
        small = Image.open(io.BytesIO(shown(file.getvalue(), "picture"))).convert("L")
        assert (name, small.size) == (name, (1600, 2133))
        column = [int(small.getpixel((800, y))) for y in range(8, 2133)]
        assert all(after - before >= -2 for before, after in itertools.pairwise(column)), name
        assert (small.getpixel((800, 0)) or 0) > 250 or name in {"RGB", "palette"}
        upper = Image.open(io.BytesIO(shown(file.getvalue(), "thumb")))
        assert upper.size == (320, 400)


@pytest.mark.parametrize("turn", range(10))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_shown_as_its_camera_was_held(kind: str, turn: int) -> None:
    photo = Image.new("RGB", (4000, 2400), "white")
    pen = ImageDraw.Draw(photo)
    pen.rectangle((0, 0, 1999, 1199), fill="red")
    pen.rectangle((2000, 0, 3999, 1199), fill="blue")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    file = io.BytesIO()
    photo.save(file, kind, exif=exif)
    wanted = ImageOps.exif_transpose(Image.open(file))
    small = Image.open(io.BytesIO(shown(file.getvalue(), "picture")))
    assert small.size == (1600, 1600 * wanted.height // wanted.width)
    upper = Image.open(io.BytesIO(shown(file.getvalue(), "thumb")))
    assert upper.size == (320, min(320 * wanted.height // wanted.width, 400))
    same = wanted.resize(small.size)
    for picture in (small, upper.resize((1600, upper.height * 5))):
        places = [(x, y) for x in (100, 1500) for y in (100, picture.height - 100)]
        told = [[round(value / 255) for value in one.getpixel(at)] for at in places
                for one in (picture, same)]  # fmt: skip
        assert told[::2] == told[1::2]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"x" * 60_000])
def test_what_a_camera_wrote_down_wrongly_turns_nothing(exif: bytes) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(file, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(shown(file.getvalue(), "picture"))).size == (40, 20)
