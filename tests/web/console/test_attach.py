"""A file of the user is added on the page of a case; what may not be sent leaves nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from helper.model import CaptureMeta
from helper.web.server import create_app, serve
from helper.web.services import Limits
from scrapers.bills.files import MAX_BYTES
from scrapers.moments import SHANGHAI
from scrapers.record import OrderRecord
from tests.scrapers import bill_files as made
from tests.scrapers.bill_files import wechat_row
from tests.web.console.conftest import Town

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def case_id(town: Town) -> str:
    found = town.store.vault.capture(await town.keep()).case_id
    assert found is not None
    return found


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mine") / "账单 <b>.png"
    Image.new("RGB", (600, 300), "#0f6c5b").save(path)
    return path


async def choose(page: Page, town: Town, case_id: str, file: Path) -> None:
    await page.goto(town.url(f"/cases/{case_id}?add=payment#attach"))
    await page.get_by_label("说明（可不填）").fill("支付宝导出")
    await page.get_by_label("文件", exact=True).set_input_files(file)
    await page.get_by_role("button", name="添加", exact=True).click()


def kept(town: Town, case_id: str) -> int:
    return len(town.store.vault.case(case_id).captures)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def left(town: Town) -> list[Path]:
    return list(town.services.work.rglob("*"))


async def test_a_picture_is_added_sealed_and_shown(town: Town, case_id: str, picture: Path) -> None:
    page = await town.enter()
    await page.goto(town.url(f"/cases/{case_id}?add=payment#attach"))
    await expect(page.get_by_label("这是什么")).to_have_value("payment")
    await choose(page, town, case_id, picture)
    await expect(page.locator("#said")).to_contain_text("已添加并封存：账单 _b_.png")
    thumb = page.locator(".exhibit", has_text="账单 _b_.png").locator("img")
    await thumb.scroll_into_view_if_needed()
    await expect(thumb).to_have_js_property("naturalWidth", 320)
    view = town.store.vault.case(case_id).captures[-1]
    [own] = [item for item in view.artifacts if item.role == "attachment"]
    assert (view.state, own.about["kind"], own.about["note"]) == ("sealed", "payment", "支付宝导出")
    assert own.sha256 == sha256_of(picture)
    # The browser does not say when the file was changed, and when it was sent is not that.
    brought = next(item for item in view.artifacts if item.name == "brought.json")
    assert b'"file_changed_at": null' in town.store.blobs.read(brought.sha256)
    assert left(town) == []


async def test_a_bill_is_read_its_row_is_taken_and_shown_and_the_file_is_not_kept(
    town: Town, case_id: str, tmp_path: Path
) -> None:
    own = wechat_row(at="2026-03-01 12:01:00", merchant="KZ202603011200", amount="¥29.00")
    other = wechat_row(trade="4200002026081299990000000001", merchant="X9", who="早餐店")
    bill = tmp_path / "微信支付账单.zip"
    bill.write_bytes(made.zipped(made.wechat_csv(own, other), "账单.csv", "314159"))
    page = await town.enter()
    await page.goto(town.url(f"/cases/{case_id}?add=payment#attach"))
    form, found = page.locator("#bill"), page.locator("#billed")
    await form.get_by_label("账单文件").set_input_files(bill)
    await form.get_by_role("button", name="导入账单").click()
    await expect(page.get_by_role("alert")).to_contain_text("请把密码写在“账单的密码”里")
    await form.get_by_label("账单的密码").fill("314159")
    await form.get_by_role("button", name="导入账单").click()
    await expect(found).to_contain_text("读出 2 笔收支")
    await expect(found).to_contain_text("微信支付 29.00 元，北京时间 2026-03-01 12:01:00")
    await expect(found).to_contain_text("商户单号就是订单号")
    await expect(found).to_contain_text("已把这一笔的摘录加入案件")
    await expect(page.locator("#said")).to_be_empty()
    await expect(page.get_by_role("row", name="交易号")).to_contain_text("来自账单")
    extract = page.locator(".exhibit", has_text="付款账单摘录")
    await expect(extract).to_contain_text("没有图片")
    bytes_kept = [path.read_bytes() for path in town.folder.rglob("*") if path.is_file()]
    assert not [one for one in bytes_kept if "早餐店".encode() in one or b"314159" in one]
    assert left(town) == []
    town.problems.clear()  # the browser notes the refusal


async def test_what_is_only_likely_is_taken_into_the_case_that_asks_and_no_other(
    town: Town, case_id: str, tmp_path: Path, stranger: aiohttp.ClientSession
) -> None:
    page = await town.enter()
    await page.goto(town.url(f"/cases/{case_id}"))
    token = str(await page.get_attribute("body", "data-token")).encode()
    headers = {"Origin": town.url("/").rstrip("/"), "Cookie": await town.cookie(page)}
    orders = {number: likely_case(town, number) for number in (61, 62)}
    rows = [
        wechat_row(at=f"2026-05-{number - 50} 12:01:00", merchant="/", amount=f"¥{number}.00",
                   trade=f"42000020260511{number:014d}")
        for number in orders
    ]  # fmt: skip
    bill = made.wechat_csv(*rows)
    for ticked in (False, True):
        fields = [("csrf", None, token), ("password", None, b"")]
        fields += [("likely", None, b"yes")] if ticked else []
        reply = await stranger.post(
            town.url(f"/cases/{orders[61]}/bills"), headers=headers,
            data=form(*fields, ("file", "账单.csv", bill)),
        )  # fmt: skip
        assert reply.status == 200
        said = await reply.text()
        again = "用“把只是可能对上的也加入这个案件”再导入一次"
        assert said.count(again) == (0 if ticked else 1)
        assert said.count(f"请在案件 {orders[62]} 的页面上导入这份账单") == 1
        assert f'href="/cases/{orders[62]}?add=payment#bill"' in said
        assert f'href="/cases/{orders[61]}"' in said
        assert [kept(town, one) for one in orders.values()] == [2 if ticked else 1, 1]


async def test_a_bill_that_is_not_chosen_or_too_large_is_refused_as_a_bill(
    town: Town, case_id: str, stranger: aiohttp.ClientSession
) -> None:
    page = await town.enter()
    token = str(await page.get_attribute("body", "data-token")).encode()
    headers = {"Origin": town.url("/").rstrip("/"), "Cookie": await town.cookie(page)}
    said = {}
    for name, size in (("", 0), ("账单.csv", MAX_BYTES + 1)):
        sent = form(("csrf", None, token))
        sent.add_field("file", BytesIO(bytes(size)), filename=name, content_type="text/csv")
        reply = await stranger.post(
            town.url(f"/cases/{case_id}/bills"), headers=headers,
            data=sent,
        )  # fmt: skip
        said[reply.status] = await reply.text()
    assert "再点“导入账单”" in said[400]
    assert "账单太大：账单.csv，上限 20 MB" in said[413]
    assert "请按较短的时间段导出" in said[413]
    assert left(town) == []


def likely_case(town: Town, number: int) -> str:
    """Keep an order whose payment is known by amount and time alone; return its case."""
    uuid, vault = str(UUID(int=9000 + number)), town.store.vault
    ordered = datetime(2026, 5, number - 50, 12, tzinfo=SHANGHAI)
    vault.create_capture(uuid, CaptureMeta(url="https://b.example/o", clicked_at=ordered), [])
    order = OrderRecord(order_no=f"B{number}", amount=Decimal(number), created_at=ordered)
    vault.put_order(uuid, order)
    return vault.join_case(
        uuid, platform_key=None, host="b.example", order_no=order.order_no, wanted=None,
        title="订单", now=town.store.now(),
    )  # fmt: skip


async def test_without_scripts_of_ours_the_form_works_and_needs_a_file(
    town: Town, case_id: str, picture: Path
) -> None:
    page = await town.enter(java_script_enabled=True)
    await page.route("**/htmx.min.js*", lambda route: route.fulfill(body=""))
    await choose(page, town, case_id, picture)
    await expect(page.locator("#said")).to_contain_text("已添加并封存")
    await page.goto(town.url(f"/cases/{case_id}#attach"))
    before = kept(town, case_id)
    await page.get_by_role("button", name="添加", exact=True).click()
    await expect(page.get_by_label("文件", exact=True)).to_be_focused()
    assert kept(town, case_id) == before
    await page.context.close()


async def test_what_is_too_large_or_empty_is_refused_in_words_and_nothing_stays(
    town: Town, case_id: str, tmp_path: Path
) -> None:
    small = await serve(create_app(replace(town.services, limits=Limits(part_bytes=200_000))), 0)
    whole, town.port = town.port, small.port
    try:
        page = await town.enter(viewport={"width": 1280, "height": 800})
        for size in (200_001, 700_000):  # one is seen by what comes, one by what is announced
            (tmp_path / "big.bin").write_bytes(bytes(size))
            before = kept(town, case_id)
            await choose(page, town, case_id, tmp_path / "big.bin")
            await expect(page.locator("#said")).to_contain_text("文件太大")
            await expect(page.locator("#said")).to_contain_text("200000")
        (tmp_path / "none.txt").write_bytes(b"")
        await choose(page, town, case_id, tmp_path / "none.txt")
        await expect(page.locator("#said")).to_contain_text("文件是空的：none.txt")
        assert kept(town, case_id) == before
        assert left(town) == []
        await page.context.close()
    finally:
        town.port = whole
        await small.stop()
        town.problems.clear()  # the browser notes each refusal


def form(*parts: tuple[str, str | None, bytes]) -> aiohttp.FormData:
    data = aiohttp.FormData(quote_fields=False)
    for name, filename, value in parts:
        if filename is None:
            data.add_field(name, value.decode())
        else:
            data.add_field(name, value, filename=filename, content_type="image/png")
    return data


async def test_what_no_form_of_ours_sends_is_refused_before_a_byte_is_kept(
    town: Town, case_id: str, stranger: aiohttp.ClientSession
) -> None:
    page = await town.enter()
    await page.goto(town.url(f"/cases/{case_id}"))
    token = str(await page.get_attribute("body", "data-token")).encode()
    before = kept(town, case_id)
    file, csrf = ("file", "a.png", b"picture"), ("csrf", None, token)
    rest = [("note", None, b""), ("kind", None, b"")]
    wrong: list[tuple[int, list[tuple[str, str | None, bytes]]]] = [
        (403, [("csrf", None, b"wrong"), *rest, file]),
        (403, [*rest, file]),
        (403, [file, csrf, *rest]),  # the token after the file comes too late
        (400, [csrf, *rest, file, ("second", "b.png", b"picture")]),
        (400, [csrf, *rest, file, ("note", None, b"more")]),
        (400, [csrf, *rest]),
        (400, [csrf, ("note", None, b""), ("kind", None, b"nonsense"), file]),
        (413, [csrf, ("note", None, b"x" * 70_000), file]),
    ]
    headers = {
        "Origin": town.url("/").rstrip("/"),
        "Cookie": await town.cookie(page),
    }
    for status, parts in wrong:
        reply = await stranger.post(
            town.url(f"/cases/{case_id}/files"), data=form(*parts), headers=headers,
            allow_redirects=False,
        )  # fmt: skip
        assert (reply.status, [name for name, *_ in parts]) == (
            status, [name for name, *_ in parts]
        )  # fmt: skip
    for wrong_token in ([("csrf", None, b"wrong"), file], [file], [file, csrf]):
        reply = await stranger.post(
            town.url(f"/cases/{case_id}/bills"), data=form(*wrong_token), headers=headers,
            allow_redirects=False,
        )  # fmt: skip
        assert reply.status == 403
    assert kept(town, case_id) == before
    assert left(town) == []
