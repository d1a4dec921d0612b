"""A page that is left or loaded anew while it is kept gives nothing to the one before."""

from __future__ import annotations

import json

import pytest
from aiohttp import web

from tests.extension.background.world import World

pytestmark = pytest.mark.browser

BEFORE = """([area, name]) => {
  const real = chrome[area][name].bind(chrome[area]);
  chrome[area][name] = async (options) => {
    if (await ACT(options)) chrome[area][name] = real;
    return real(options);
  };
}"""
GOES_ON = """async ({ tabId }) => {
  const url = "URL";
  await chrome.tabs.update(tabId, { url });
  for (;;) {
    const tab = await chrome.tabs.get(tabId);
    if (tab.url === url && tab.status === "complete") return true;
    await new Promise((done) => setTimeout(done, 20));
  }
}"""
CLOSES = """async ({ target, files }) => {
  if (!files?.includes("content/snapshot.js")) return false;
  await chrome.tabs.remove(target.tabId);
  return true;
}"""


async def first_do(world: World, call: str, what: str) -> None:
    """Have the worker do something once, right before it makes a call to the browser."""
    area, name = call.split(".")
    script = BEFORE.replace("ACT", f"({what})")
    await world.person.context.service_workers[0].evaluate(script, [area, name])


async def test_a_page_that_the_person_went_on_to_is_no_part_of_the_one_before(
    world: World,
) -> None:
    world.shop.pages["/order"] = "<!doctype html><title>订单</title><p>订单 12345678"
    world.shop.pages["/other"] = "<!doctype html><title>别的</title><p>订单 87654321"
    page = await world.open("/order")
    tab = await world.click(page)
    going = GOES_ON.replace("URL", f"{world.shop.origin}/other")
    await first_do(world, "pageCapture.saveAsMHTML", going)
    uuid = (await world.message("capture", tabId=tab))["uuid"]
    await world.reached(uuid, "sent")
    assert "12345678" in world.helper.bytes(uuid, "seen/html").decode()
    assert world.helper.parts(uuid, "seen/mhtml") == []
    missing = world.helper.vault.capture(uuid).meta.missing
    assert ("seen/mhtml", "address_changed") in {(item.role, item.reason) for item in missing}


LOADED_ANEW = """async ({ tabId, target, files, args }) => {
  if (!(WHEN)) return false;
  const id = tabId ?? target.tabId;
  const loaded = new Promise((done) => {
    chrome.tabs.onUpdated.addListener((tab, { status }) => {
      if (tab === id && status === "complete") done();
    });
  });
  await chrome.tabs.reload(id);
  await loaded;
  return true;
}"""
READ = {"seen/html", "seen/text", "seen/mhtml"}


@pytest.mark.parametrize(
    ("call", "when", "size", "gone"),
    [
        ("scripting.executeScript", "files?.includes('content/snapshot.js')", 1, READ),
        ("scripting.executeScript", "args?.[0] === 'html' && args[1] === 1", 9_000_000, READ),
        ("pageCapture.saveAsMHTML", "true", 1, {"seen/mhtml"}),
    ],
    ids=["snapshot", "pieces", "mhtml"],
)
async def test_a_page_loaded_anew_at_its_address_is_no_part_of_the_one_before(
    world: World, call: str, when: str, size: int, gone: set[str]
) -> None:
    served: list[str] = []

    async def turned(_: web.Request) -> web.StreamResponse:
        served.append(f"订单 1234567{len(served)}")
        html = f"<!doctype html><title>订单</title><p>{served[-1]}<p hidden>{'甲' * size}"
        return web.Response(text=html, content_type="text/html", charset="utf-8")

    world.shop.pages["/order"] = turned
    tab = await world.click(await world.open("/order"))
    await first_do(world, call, LOADED_ANEW.replace("WHEN", when))
    uuid = (await world.message("capture", tabId=tab))["uuid"]
    await world.reached(uuid, "sent")
    missing = world.helper.vault.capture(uuid).meta.missing
    assert {(item.role, item.reason) for item in missing} == {
        (one, "page_reloaded") for one in gone
    }
    roles = {part.role for part in world.helper.parts(uuid)}
    assert roles & READ == READ - gone
    if "seen/html" in roles:
        assert served[0] in world.helper.bytes(uuid, "seen/html").decode()
    assert len(served) == 2


async def test_a_tab_closed_while_it_is_read_is_called_closed(world: World) -> None:
    world.shop.pages["/order"] = "<!doctype html><title>订单</title><p>订单"
    page = await world.open("/order")
    tab = await world.click(page)
    await first_do(world, "scripting.executeScript", CLOSES)
    uuid = (await world.message("capture", tabId=tab))["uuid"]
    await world.reached(uuid, "sent")
    missing = world.helper.vault.capture(uuid).meta.missing
    assert {(item.role, item.reason) for item in missing} == {
        (role, "tab_closed") for role in ("seen/html", "seen/text", "seen/mhtml")
    }


LEFT_BEFORE_THE_STRIPS = """async ({ args }) => {
  if (args?.[0] !== "go") return false;
  const [other] = await chrome.tabs.query({ active: false });
  await chrome.tabs.update(other.id, { active: true });
  return true;
}"""


async def test_why_there_is_no_strip_is_told_where_not_even_the_first_came(world: World) -> None:
    world.shop.pages["/order"] = "<!doctype html><p style='height:3000px'>订单"
    page = await world.open("/order")
    await page.evaluate("scrollTo(0, 300)")
    tab = await world.click(page)
    await first_do(world, "scripting.executeScript", LEFT_BEFORE_THE_STRIPS)
    uuid = (await world.message("capture", tabId=tab))["uuid"]
    await world.reached(uuid, "sent")
    assert world.helper.parts(uuid, "seen/strip") == []
    _, log = world.helper.parts(uuid, "seen/context")
    assert [row["reason"] for row in log.about["missing"]] == ["tab_changed"]
    told = json.loads(world.helper.blobs.read(log.sha256))
    assert (told["format"], told["page_changes"]) == ("kazheng/strips/1", [])
