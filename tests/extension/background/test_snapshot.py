"""The HTML snapshot: what the page holds now, read so that the page cannot spoil it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.extension.background.world import World

pytestmark = pytest.mark.browser

FORM = """<!doctype html><html lang=zh><title>表单</title><form id=f>
<input id=name value=old><input id=tick type=checkbox><input id=off type=checkbox checked>
<input id=a type=radio name=r checked><input id=b type=radio name=r>
<select id=s><option value=1 selected>一</option><option value=2>二</option></select>
<textarea id=t>old</textarea></form><script>
document.querySelector("#name").value = "新 <值> \\"引号\\"";
document.querySelector("#tick").checked = true;
document.querySelector("#off").checked = false;
document.querySelector("#b").checked = true;
document.querySelector("#s").value = "2";
document.querySelector("#t").value = "新的</textarea><b>内容";
</script></html>"""

DOCTYPE = """<!doctype html><html lang=zh><title>类型</title><p>正文</p><script>
document.doctype.replaceWith(document.implementation.createDocumentType(
  "html", '"><h1 id=injected>订单 999</h1><!--', "'><h1 id=injected>"));
</script></html>"""

SHADOW = """<!doctype html><html lang=zh><title>影子</title><div id=open></div><div id=closed></div>
<template id=inert shadowrootmode-x><p>惰性</p></template><canvas id=c width=4 height=4></canvas>
<iframe id=frame srcdoc="<p id=inner>框架里</p><input id=typed>"></iframe><script>
open_ = document.querySelector("#open").attachShadow({mode: "open"});
open_.innerHTML = "<p id=o>订单在影子里</p>";
const sheet = new CSSStyleSheet(); sheet.replaceSync("p { color: rgb(1, 2, 3) }");
open_.adoptedStyleSheets = [sheet];
const closed = document.querySelector("#closed").attachShadow({mode: "closed"});
closed.innerHTML = "<p id=x>封闭的影子</p>";
document.querySelector("#c").getContext("2d").fillRect(0, 0, 4, 4);
document.querySelector("#frame").onload = () => {
  document.querySelector("#frame").contentDocument.querySelector("#typed").value = "框架值";
  document.title = "好了";
};
</script></html>"""

TAMPER = """<!doctype html><html lang=zh><title>真标题</title>
<p id=amount>应付 100.00 元</p><img name=documentElement><img name=body><img name=title>
<form id=clobber><input name=childNodes><input name=firstChild><input name=attributes>
<input name=nodeType><input name=localName value=真值></form>
<style id=st></style><div id=c></div><script>
const lie = () => "应付 1.00 元";
for (const [prototype, name] of [[Node.prototype, "textContent"], [Node.prototype, "nodeValue"],
  [HTMLElement.prototype, "innerText"], [Element.prototype, "innerHTML"],
  [Element.prototype, "outerHTML"], [CharacterData.prototype, "data"],
  [HTMLInputElement.prototype, "value"], [Document.prototype, "title"]])
  Object.defineProperty(prototype, name, {get: lie, configurable: true});
for (const name of ["getAttribute", "querySelectorAll", "cloneNode", "getBoundingClientRect"])
  Element.prototype[name] = Node.prototype[name] = Document.prototype[name] = lie;
JSON.stringify = lie; Array.prototype.join = lie; Reflect.apply = lie;
String.prototype.replace = lie;
XMLSerializer.prototype.serializeToString = lie; window.Range = window.CSS = null;
const add = (where, node) => document.querySelector(where).appendChild(node);
add("#c", document.createComment("--><b id=escaped>应付 1.00 元</b>"));
add("#st", document.createTextNode("</style><b id=escaped>应付 1.00 元"));
</script></html>"""

SECRET = """<!doctype html><html lang=zh><title>登录</title><form>
<input id=p type=password value=served-secret-1><input id=q type=text name=user_password>
<input id=r autocomplete=current-password><input id=u name=user>
<input id=delivered name=card_password readonly value=CARD-0001></form></html>"""
TYPED = {"p": "typed-secret-2", "q": "shown-secret-3", "r": "filled-secret-4", "u": "buyer"}


BREAK = """tabId => (globalThis.browser ?? chrome).scripting.executeScript({
  target: {tabId},
  func: () => { globalThis.getComputedStyle = () => { throw new Error("broken"); }; },
})"""


async def snapshot(world: World, html: str, title: str | None = None) -> tuple[str, BeautifulSoup]:
    world.shop.pages["/page"] = html
    page = await world.open("/page")
    if title:
        await page.wait_for_function("title => document.title === title", arg=title)
    uuid = await world.kept(page)
    text = world.helper.bytes(uuid, "seen/html").decode()
    return uuid, BeautifulSoup(text, "html.parser")


async def test_form_values_are_those_the_person_sees(world: World) -> None:
    _, soup = await snapshot(world, FORM)
    assert soup.select_one("#name")["value"] == '新 <值> "引号"'
    checked = {node["id"] for node in soup.select("input[checked]")}
    assert checked == {"tick", "b"}
    assert [node["value"] for node in soup.select("option[selected]")] == ["2"]
    assert soup.select_one("#t").get_text().strip() == "新的</textarea><b>内容"


async def test_shadow_roots_canvases_and_frames_are_in_it(world: World) -> None:
    uuid, soup = await snapshot(world, SHADOW, "好了")
    opened, closed = soup.select("template[shadowrootmode]")
    assert (opened["shadowrootmode"], closed["shadowrootmode"]) == ("open", "closed")
    assert opened.select_one("#o").decode_contents() == "订单在影子里"
    assert "rgb(1, 2, 3)" in opened.select_one("style").decode_contents()
    assert closed.select_one("#x").decode_contents() == "封闭的影子"
    assert soup.select_one("img#c")["src"].startswith("data:image/png;base64,")
    inner = BeautifulSoup(soup.select_one("#frame")["srcdoc"], "html.parser")
    assert inner.select_one("#inner").get_text() == "框架里"
    assert inner.select_one("#typed")["value"] == "框架值"
    text = world.helper.bytes(uuid, "seen/text").decode()
    assert all(words in text for words in ("订单在影子里", "封闭的影子", "框架里"))


async def test_the_snapshot_read_again_by_a_browser_shows_the_same(world: World) -> None:
    uuid, _ = await snapshot(world, SHADOW, "好了")
    html = world.helper.bytes(uuid, "seen/html").decode().replace("<script", "<script type=none")
    world.shop.pages["/again"] = html
    page = await world.open("/again")
    assert await page.inner_text("#o") == "订单在影子里"
    assert await page.frame_locator("#frame").locator("#typed").input_value() == "框架值"


async def test_a_page_that_overrides_everything_cannot_spoil_it(world: World) -> None:
    uuid, soup = await snapshot(world, TAMPER)
    assert soup.select_one("#amount").get_text() == "应付 100.00 元"
    assert soup.select_one("title").get_text() == "真标题"
    assert [node["value"] for node in soup.select("#clobber input[name=localName]")] == ["真值"]
    assert soup.select_one("#escaped") is None
    assert len(soup.select("#clobber input")) == 5
    text = world.helper.bytes(uuid, "seen/text").decode()
    assert "应付 100.00 元" in text
    assert "应付 1.00 元" not in text
    context = world.context(uuid)["page"]
    assert context["title"] == world.helper.vault.capture(uuid).meta.title == "真标题"
    assert {"应付 100.00 元"} == {
        item["text"] for item in context["text_rectangles"] if item["selector"] == "#amount"
    }


async def test_a_browser_reads_no_markup_out_of_a_spoiled_text(world: World) -> None:
    uuid, _ = await snapshot(world, TAMPER)
    html = world.helper.bytes(uuid, "seen/html").decode().replace("<script", "<script type=none")
    world.shop.pages["/again"] = html
    page = await world.open("/again")
    assert await page.locator("#escaped").count() == 0


async def test_a_doctype_cannot_go_on_as_markup(world: World) -> None:
    _, soup = await snapshot(world, DOCTYPE)
    assert soup.select("#injected, h1") == []
    assert soup.select_one("p").text == "正文"


async def test_what_is_typed_into_password_fields_is_nowhere(world: World) -> None:
    world.shop.pages["/page"] = SECRET
    page = await world.open("/page")
    for field, value in TYPED.items():
        await page.fill(f"#{field}", value)
    uuid = await world.kept(page)
    soup = BeautifulSoup(world.helper.bytes(uuid, "seen/html"), "html.parser")
    everything = b"".join(world.helper.blobs.read(part.sha256) for part in world.helper.parts(uuid))
    for secret in (b"secret-1", b"secret-2", b"secret-3", b"secret-4"):
        assert secret not in everything
    assert soup.select_one("#u")["value"] == "buyer"
    assert soup.select_one("#delivered")["value"] == "CARD-0001", "a delivered code is evidence"
    missing = world.helper.vault.capture(uuid).meta.missing
    assert [(item.role, item.reason) for item in missing] == [("seen/mhtml", "password_on_page")]


async def test_the_context_says_where_the_words_stand(world: World) -> None:
    world.shop.pages["/page"] = (
        "<!doctype html><title>订单</title><style>body{margin:0}p{margin:0;height:40px}</style>"
        "<div style='height:900px'></div><p id=no>订单号 12345678</p><p hidden>看不见</p>"
        "<p style='opacity:0'>透明</p>"
    )
    page = await world.open("/page", referer=world.shop.origin + "/list")
    box = await page.locator("#no").bounding_box()
    assert box is not None
    uuid = await world.kept(page)
    context = world.context(uuid)
    assert context["capture_id"] == uuid
    assert context["tab"]["address"] == f"{world.shop.origin}/page"
    inside = context["page"]
    [words] = inside["text_rectangles"]
    assert (words["text"], words["selector"]) == ("订单号 12345678", "#no")
    assert words["y"] == pytest.approx(box["y"], abs=12)
    assert inside["viewport"] == {"width": 1280, "height": 800, "scale": 1, "page_width": 1280}
    assert inside["timezone"] == "Asia/Shanghai"
    assert inside["referrer"] == f"{world.shop.origin}/list"
    assert inside["navigation"]["redirect_count"] == 0
    assert inside["navigation"]["response_status"] == 200


async def test_taking_the_snapshot_changes_nothing_in_the_page(world: World) -> None:
    world.shop.pages["/page"] = FORM.replace(
        "</html>",
        "<script>window.changes = 0; new MutationObserver(list => { changes += list.length })"
        ".observe(document, {subtree: true, childList: true, attributes: true,"
        " characterData: true})</script></html>",
    )
    page = await world.open("/page")
    await world.kept(page)
    assert await page.evaluate("changes") == 0


async def test_forms_with_impossible_addresses_cost_nothing(world: World) -> None:
    addresses = ("http://", "https://[bad", "http://a b/", "javascript:")
    forms = "".join(f"<form method=post action='{one}'></form>" for one in addresses)
    html = f"<!doctype html><title>坏</title><p>订单</p>{forms}"
    world.shop.pages["/page"] = html + "<form method=post id=own></form>"
    page = await world.open("/page", referer=f"{world.shop.origin}/page")
    uuid = await world.kept(page)
    roles = {part.role for part in world.helper.parts(uuid)}
    assert {"seen/html", "seen/text", "seen/mhtml", "seen/context"} <= roles
    assert world.context(uuid)["page"]["missing"] == []
    assert world.helper.vault.capture(uuid).meta.revisit == "post"


async def test_a_part_of_the_context_that_fails_leaves_the_rest(world: World) -> None:
    world.shop.pages["/page"] = (
        "<!doctype html><title>订单</title><p>订单号 12345678</p>"
        "<div style='height:90px;overflow:auto'><p style='height:300px'>条款</p></div>"
    )
    page = await world.open("/page")
    tab = await world.click(page)
    await world.console.evaluate(BREAK, tab)
    uuid = await world.kept(page)
    assert {part.role for part in world.helper.parts(uuid)} >= {"seen/html", "seen/text"}
    inside = world.context(uuid)["page"]
    assert inside["scrollers"] is None
    assert [item["part"] for item in inside["missing"]] == ["scrollers"]
    assert "broken" in inside["missing"][0]["reason"]
    assert inside["viewport"]["width"] == 1280


def lookup(result: str, value: str = "", form: str = "method=post", field: str = "") -> str:
    field = field or f"<input name=order_no placeholder=请输入订单号 value='{value}'>"
    return (
        "<!doctype html><html lang=zh><title>查单</title>"
        f"<form {form}>{field}<button>查询</button></form>{result}</html>"
    )


ONE = "<table><tr><td>订单编号：</td><td>WZ20260711083012</td></tr></table>"
LIST = "<p>订单号 20260711083012</p><p>订单号 20260711083013</p>"
NOTE = "<textarea name=text></textarea>"


ANSWERS = (
    ("/query", lookup(ONE)),
    ("/query", lookup(ONE, "WZ20260711083012")),
    ("/query", lookup(ONE, "WZ20260711083012", "method=POST action='?go=1'")),
    ("/query", lookup(LIST, "20260711083013")),
    ("/query", lookup("<p>交易单号:20260711083012</p>", field="<label>单号<input></label>")),
)
ORDERS = (
    ("/query", lookup("")),
    ("/query", lookup("<p>请输入订单号查询</p>")),
    ("/orders", lookup(LIST)),
    ("/order", lookup(ONE, form="method=post action=/complaint")),
    ("/order", lookup(ONE, "WZ20260711083012", "method=post action=/complaint")),
    ("/order", lookup(ONE, form="method=get")),
    ("/order", lookup(ONE, form="method=post action='https://elsewhere.test/order'")),
    ("/order?no=WZ20260711083012", lookup(ONE, "WZ20260711083012")),
    ("/order/WZ20260711083012", lookup(ONE)),
    ("/order", lookup(ONE, field="<input name=email placeholder=订阅邮箱>")),
    ("/order", lookup(ONE, field=f"<input name=order_no readonly value=WZ20260711083012>{NOTE}")),
    ("/order", lookup(ONE, field=f"<input name=order_no value=WZ20260711083012>{NOTE}")),
    ("/order", lookup(ONE, field="<input name=order_no type=hidden value=WZ20260711083012>")),
)
"""Pages that carry a form and are not its answer."""
SELF_POSTED = """async (tabId) => {
  const { SNAPSHOT: files } = await import("/background/freeze.js");
  const [{ result }] = await chrome.scripting.executeScript({ target: { tabId }, files });
  return result.summary.self_posted;
}"""


async def test_the_answer_of_a_lookup_form_is_told_from_a_page_that_carries_one(
    world: World,
) -> None:
    world.shop.pages["/"] = lookup("")
    page = await world.open("/")
    tab = await world.click(page)  # holds for all pages of the site
    for pages, own_answer in ((ANSWERS, True), (ORDERS, False)):
        for path, html in pages:
            world.shop.pages[path.partition("?")[0]] = html
            await page.goto(world.shop.origin + path)
            told = await world.console.evaluate(SELF_POSTED, tab)
            assert told is own_answer, (path, html)


@pytest.mark.parametrize(("pages", "visit"), [(ANSWERS, "post"), (ORDERS, "allowed")])
async def test_the_answer_of_a_form_is_not_visited_again(
    world: World, pages: tuple[tuple[str, str], ...], visit: str
) -> None:
    path, html = pages[0]
    world.shop.pages[path] = html
    uuid = await world.kept(await world.open(path))
    assert world.helper.vault.capture(uuid).meta.revisit == visit
