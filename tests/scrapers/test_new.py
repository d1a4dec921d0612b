"""`python -m scrapers.new`: three files that pass at once, and nothing of anybody in them."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.new.anonymise import Anonymised, anonymise
from scrapers.new.drafting import literal
from scrapers.new.pseudonyms import Pseudonyms
from scrapers.page import MAX_BYTES, Document, load, parse

ROOT = Path(__file__).parents[2]
URL = "https://shop-of-zhang.invalid/orders/DD20260601123456789?contact=13912345678"
PRIVATE = [
    "DD20260601123456789", "20260601123456789", "4200001234202606019876543210", "13912345678",
    "139 1234 5678", "zhang.san", "zhangsan_88", "zhangsan", "273645981", "wx-zsan-2024", "张三丰",
    "欧阳小鱼", "王大锤的小店", "幻想西游", "XQ7K-99PL-ZZ31-M4TV", "QW8E-RT55", "hunter2secret",
    "6222020212345678901",
    "11010519491231002X", "shop-of-zhang", "f3a9c2d17b6e", "eyJhbGciOiJIUzI1NiJ9", "203.0.113.77",
    "浦东新区张江路88号", "张江路", "JSESS-77aa88bb", "laowang", "2026-06-01", "6月2日",
    "3721.55", "886",
]  # fmt: skip
PAGE = f"""<!DOCTYPE html><html lang="zh-CN" data-shop="xkpay-web"><head><meta charset="utf-8">
<title>订单 DD20260601123456789 - 王大锤的小店</title>
<meta name="csrf-token" content="f3a9c2d17b6e">
<meta name="description" content="张三丰 13912345678"><base href="https://shop-of-zhang.invalid/">
<link rel="stylesheet" href="https://shop-of-zhang.invalid/static/xkpay/web.css?t=f3a9c2d17b6e">
<link rel="canonical" href="{URL}"><style>.u::after{{content:"张三丰"}}</style>
<script>window.__STATE__={{"phone":"13912345678","token":"eyJhbGciOiJIUzI1NiJ9.e30.x"}}</script>
<script type="application/json"
 id="state">{{"name":"张三丰","card":"XQ7K-99PL-ZZ31-M4TV"}}</script></head>
<body data-user="zhangsan_88" data-ip="203.0.113.77" onload="track('13912345678')">
<!-- order of 张三丰, 13912345678 --><svg><text>张三丰</text></svg>
<div class="xk-top user-zhangsan" id="u-273645981">
<a href="/u/zhangsan/273645981?sid=JSESS-77aa88bb"
 title="张三丰的主页"><img src="https://cdn.invalid/avatar/laowang.png?u=273645981" alt="张三丰">
</a>
 您好，张三丰（zhangsan_88），账户余额：3721.55 <a
 href="mailto:zhang.san@qq.com">zhang.san@qq.com</a></div>
<main class="xk-order" data-order-no="DD20260601123456789" style="background:url(/u/zhangsan.png)">
<h2 class="xk-title">订单信息</h2><div class="xk-row"><span>订单号</span>
<b class="xk-no">DD20260601123456789</b>
<button data-clipboard-text="DD20260601123456789" v-on:click="copy('13912345678')">复制</button>
</div>
<div class="xk-row"><span>商品名称</span><b>幻想西游 点卡 100元</b></div>
<div class="xk-row"><span>购买数量</span><b>2</b></div><div class="xk-row"><span>订单金额</span>
<b>¥196.00</b></div>
<div class="xk-row"><span>订单状态</span><b class="xk-state">已完成</b></div>
<div class="xk-row"><span>支付方式</span><b>支付宝</b></div>
<div class="xk-row"><span>下单时间</span><b>2026-06-01 12:34:56</b></div>
<div class="xk-row"><span>交易号</span><b>4200001234202606019876543210</b></div>
<div class="xk-row"><span>充值账号</span><b>273645981</b></div><div class="xk-row">
<span>取卡密码</span><b>886</b></div>
<div class="xk-row"><span>下单邮箱</span><b>zhang.san@qq.com</b></div>
<div class="xk-row"><span>收货人</span><b>张三丰 <i>139</i><i>1234</i><i>5678</i></b></div>
<p>地址：上海市浦东新区张江路88号，微信 wx-zsan-2024，身份证 11010519491231002X，卡
 6222020212345678901</p>
<p>139 1234 5678，6月2日由欧阳小鱼处理，IP 203.0.113.77</p>
<textarea class="xk-cards" name="cards" readonly>XQ7K-99PL-ZZ31-M4TV
QW8E-RT55-0001-AAAA</textarea>
<form action="/pay/DD20260601123456789?token=f3a9c2d17b6e">
<input type="hidden" name="_token" value="f3a9c2d17b6e">
<input type="password" name="pw" value="hunter2secret">
<input name="phone" value="13912345678" placeholder="张三丰">
<select name="who"><option>欧阳小鱼</option><option selected>张三丰</option></select></form></main>
<iframe src="/frame?name={quote("张三丰")}" srcdoc="<p>13912345678</p>"></iframe>
<noscript>张三丰</noscript>
<template><p>张三丰</p></template><a href="/s?q={quote("张三丰")}&amp;p=zhangsan">x</a>
<a href="https://github.com/xk/xkpay">XKPay</a><footer>王大锤的小店 客服QQ：273645981</footer>
<script src="https://shop-of-zhang.invalid/static/xkpay/web.js?u=zhangsan"></script></body>
</html>"""


BARE = "<p>订单号：AB123456</p><p>金额：5.00元</p>"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what the command reads and writes."""
    root = tmp_path_factory.mktemp("tree")
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("scrapers", "extension", "tests/scrapers", "tests/pages"):
        shutil.copytree(ROOT / name, root / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "order.html").write_text(PAGE, "utf-8")
    return root


def run(tree: Path, *arguments: str, module: str = "scrapers.new") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=tree, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def files(tree: Path, key: str) -> dict[str, bytes]:
    """Return all that stands in the tree for this key."""
    found = [tree / f"scrapers/sites/{key}.py", *(tree / f"tests/pages/{key}").glob("*")]
    return {path.name: path.read_bytes() for path in found if path.exists()}


@pytest.fixture(scope="module")
def added(tree: Path) -> dict[str, bytes]:
    code, said = run(tree, "xk_pay", "order.html", "--url", URL, "--name", "小卡支付",
                     "--captured-at", "2026-06-01T15:00:00+08:00")  # fmt: skip
    assert code == 0, said
    return files(tree, "xk_pay")


@pytest.mark.long
def test_three_files_that_pass_at_once(tree: Path, added: dict[str, bytes]) -> None:
    assert set(added) == {"xk_pay.py", "order.html", "order.json"}
    for module, *arguments in (
        ["scrapers.rules"], ["ruff", "check", "scrapers/sites"],
        ["ruff", "format", "--check", "scrapers/sites/xk_pay.py"],
        ["pytest", "-q", "-p", "no:cacheprovider", "tests/scrapers/test_rules.py",
         "tests/scrapers/test_pages.py", "-k", "xk_pay or field or rules or every"],
    ):  # fmt: skip
        code, said = run(tree, *arguments, module=module)
        assert code == 0, said
    assert "xk_pay" in (tree / "extension/rules.json").read_text("utf-8")


def test_every_field_is_read_by_a_line_of_its_own(added: dict[str, bytes]) -> None:
    sheet = json.loads(added["order.json"])
    (order,) = sheet["orders"]
    assert {name: order[name] for name in ("status", "amount", "items.0.quantity")} == {
        "status": "completed", "amount": "196.00", "items.0.quantity": 2,
    }  # fmt: skip
    assert order["payment.method"] == "alipay"
    source = added["xk_pay.py"].decode()
    for label in ("订单号", "商品名称", "购买数量", "订单金额", "下单时间", "充值账号", "下单邮箱"):
        assert f'order.labelled("{label}")' in source
    assert sheet["page_kind"] == "order"
    assert re.search(r'"order": r"\^/orders/\[A-Za-z\]\*\\d\+', source)
    assert "DD" not in sheet["url"]
    assert 'data-shop="xkpay-web"' in source


@pytest.mark.parametrize("value", PRIVATE)
def test_nothing_of_anybody_is_in_the_files(added: dict[str, bytes], value: str) -> None:
    for name, data in added.items():
        text = data.decode().lower()
        forms = (text, unquote(text), re.sub(r"<[^>]+>|\s", "", text))
        assert not [form for form in forms if value.lower() in form], name


def clean(body: str, url: str = "https://a.invalid/o/1", case: str = "order") -> Anonymised:
    page = load(f"<body>{body}</body>".encode(), url=url)
    return anonymise(page, key="some_shop", case=case)


VALUES = st.one_of(
    st.text(alphabet="张王李赵刘陈杨黄周吴徐孙朱马胡郭林何高梁", min_size=2, max_size=4),
    st.text(alphabet="0123456789", min_size=5, max_size=19),
    st.from_regex(r"\A[A-Z]{2}[0-9]{6,12}\Z"),
    st.from_regex(r"\A[a-z]{4,7}[0-9]{4}\Z"),
    st.from_regex(r"\A[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z]\d[A-Z0-9]{2}\Z"),
)
PLACES = (
    "<p>x{v}</p>", "<p>订单号：{v} 状态</p>", "<b title='{v}'>a</b>", "<i data-x='{v}'>a</i>",
    "<input value='{v}'>", "<input type=hidden value='{v}'>", "<textarea>{v}</textarea>",
    "<!-- {v} -->", "<script>var a='{v}'</script>", "<a href='/u/{v}/x'>a</a>",
    "<a href='/u?q={q}'>a</a>", "<a href='https://h.invalid/{q}#{v}'>a</a>",
    "<img src='/a/{v}.png' alt='{v}'>", "<p class='u-{v}'>{v}</p>", "<p id='{v}'>a</p>",
    "<div style='background:url({v})'>a</div>", "<svg><text>{v}</text></svg>",
    "<iframe srcdoc='{v}' src='/{v}'></iframe>", "<select><option value='{v}'>{v}</select>",
    "<pre>{v}\n{v}</pre>", "<table><tr><th>联系方式<td>{v}</table>", "<template>{v}</template>",
    "<form action='/{v}'><button formaction='/{v}' name='n{v}'>{v}</button></form>",
    "<p {v}='1' on{v}='{v}'>a</p>", "<x-a><template shadowrootmode=open>{v}</template></x-a>",
)  # fmt: skip


@given(VALUES, st.lists(st.sampled_from(PLACES), min_size=1, max_size=4))
@settings(max_examples=200)
def test_wherever_a_value_stands_it_does_not_survive_unlisted(
    value: str, places: list[str]
) -> None:
    body = "".join(place.format(v=value, q=quote(value)) for place in places)
    made = clean(body, f"https://a.invalid/o/{quote(value)}?t={quote(value)}")
    words = set(re.findall("[a-z]+", value.lower()))
    if value.lower() in unquote(made.html + made.url).lower():
        assert words
        assert words <= set(made.lingering)


def test_a_word_that_many_classes_hold_is_listed_not_cut() -> None:
    made = clean("<p class='polo-a'>polo</p><p class='polo-b'>x</p><p class='polo-c'>x</p>")
    assert made.lingering == ("polo",)
    assert 'class="polo-a"' in made.html


def test_a_value_is_replaced_the_same_way_everywhere() -> None:
    number = "AB12CD34EF56"
    body = f'<p data-order-no="{number}">订单号：{number}</p><a href="/o/{number}">{number}</a>'
    made = clean(body, f"https://a.invalid/o/{number}")
    found = re.findall(r"[A-Z]{2}\d\d[A-Z]{2}\d\d[A-Z]{2}\d\d", made.html + made.url)
    assert len(found) == 5
    assert set(found) != {number}
    assert len(set(found)) == 1


def test_a_replacement_tells_the_shape_and_nothing_of_the_value() -> None:
    """Whoever tries all phone numbers or codes finds the same page for each of them."""
    one = clean("<p>手机：13912345678 卡密：AAAA-1111 张三</p>")
    other = clean("<p>手机：13587654321 卡密：ZQXV-9283 李四</p>")
    assert one.html == other.html
    assert one.html != clean("<p>手机：13912345678 卡密：AAAA-1111 张三</p>", case="second").html


@pytest.mark.parametrize(
    "text",
    ["订单号：", "支付宝当面付", "已完成", "¥196.00", "1,288.00 元", "1.2万元", "× 2", "14:23:05",
     "承诺24小时内发货", "Order number", "自动发货"],
)  # fmt: skip
def test_words_of_shops_and_amounts_stay(text: str) -> None:
    assert Pseudonyms("order").clean(text) == text


def test_dates_keep_their_distance_and_their_form() -> None:
    made = Pseudonyms("order")
    dates = ["2025-12-30 23:59:59", "2026/1/2 08:00", "1/2/2026, 8:00:00 AM", "1月2日 08:00"]
    assert [made.clean(text) for text in dates][:3] == [
        "2026-08-18 23:59:59", "2026/8/21 08:00", "8/21/2026, 8:00:00 AM",
    ]  # fmt: skip


def test_a_shadow_root_is_still_one() -> None:
    page = load(b'<x-a><template shadowrootmode="open"><p>\xe8\xae\xa2\xe5\x8d\x95\xe5\x8f\xb7'
                b"\xef\xbc\x9aAB123456</p></template></x-a>", url="https://a.invalid/")  # fmt: skip
    made = anonymise(page, key="k", case="order")
    again = parse(Document(made.html, made.url), None)
    assert again.soup.select_one("x-a > shadow-root > p") is not None
    assert "AB123456" not in made.html


def test_a_second_page_adds_only_page_and_record(tree: Path, added: dict[str, bytes]) -> None:
    failed = PAGE.replace("已完成", "已退款").replace("幻想西游", "幻想三国")
    (tree / "second.html").write_text(failed, "utf-8")
    arguments = ("xk_pay", "second.html", "--url", URL, "--case", "refunded")
    code, said = run(tree, *arguments)
    assert code == 0, said
    after = files(tree, "xk_pay")
    assert set(after) - set(added) == {"refunded.html", "refunded.json"}
    assert {name: after[name] for name in added} == added
    assert json.loads(after["refunded.json"])["orders"][0]["status"] == "refunded"
    code, said = run(tree, *arguments)
    assert code == 1
    assert "--force" in said
    assert run(tree, *arguments, "--force")[0] == 0
    assert files(tree, "xk_pay") == after


HARD = """<div class="shop-query"><input name="no" value="LQ20260817A7K2M9"></div>
<div class="shop-result"><strong>LQ20260817A7K2M9</strong> <span>立省 季卡一张</span></div>"""
BY_HAND = '''"""A shop that shows no label; written by hand."""

from __future__ import annotations

from scrapers.contract import Page, Platform
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord


def extract(page: Page) -> list[OrderRecord]:
    """Read the one order."""
    order = Reader(page)
    build = RecordBuilder(page, key="by_hand")
    build.text("order_no", order.text(".shop-result strong"))
    build.text("items.0.title", part(order.text(".shop-result span"), r"立省\\s*(.+)"))
    return [build.record()]


PLATFORM = Platform(
    key="by_hand", name="By hand", hosts=(), path={}, fingerprint=(".shop-result",), extract=extract
)
'''


def test_a_platform_file_written_by_hand_gets_its_page_and_keeps_its_words(tree: Path) -> None:
    (tree / "hard.html").write_text(HARD, "utf-8")
    code, said = run(tree, "by_hand", "hard.html", "--url", URL)
    assert code == 1
    assert "scrapers/sites/by_hand.py by hand" in said
    (tree / "scrapers/sites/by_hand.py").write_text(BY_HAND, "utf-8")
    code, said = run(tree, "by_hand", "hard.html", "--url", URL)
    (tree / "scrapers/sites/by_hand.py").rename(tree / "by_hand.txt")  # no platform of other tests
    assert code == 0, said
    made = files(tree, "by_hand")
    assert "items.0.title" in json.loads(made["order.json"])["orders"][0]
    assert "立省" in made["order.html"].decode()
    assert "A7K2M9" not in made["order.html"].decode()
    shutil.rmtree(tree / "tests/pages/by_hand")


HOSTILE = """<html data-evil"]="x"><link rel="stylesheet" href='/static/ev"il\\/kit/a.css'>
<link rel="stylesheet" href="/static/goodkit/a.css"><div class='b"ox o\\'><a:b><x>
<p>订单号：<b class='"+evil()+"'>AB123456</b></p><p>金额\\"：<b>5.00元</b></p>
<p>状态：<b>已完成</b></p></x></a:b></div>"""
EVIL = 'https://a.invalid/o"+evil()+"/?x"+evil()+"=1&y\\=2&order"+evil()+"=AB123456#"+evil()'


def test_no_page_writes_code(tree: Path) -> None:
    (tree / "hostile.html").write_text(HOSTILE, "utf-8")
    code, said = run(tree, "hostile", "hostile.html", "--url", EVIL)
    assert code == 0, said
    source = (tree / "scrapers/sites/hostile.py").read_text("utf-8")
    calls = {
        node.func.id for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }  # fmt: skip
    assert calls <= {"Reader", "RecordBuilder", "Platform", "_order", "part", "Found"}
    (tree / "scrapers/sites/hostile.py").unlink()
    shutil.rmtree(tree / "tests/pages/hostile")


@given(st.text(max_size=30))
def test_a_literal_is_its_text(text: str) -> None:
    for raw in (False, True):
        assert ast.literal_eval(literal(text, raw=raw)) == text


ROWS = """<table class="kd-table"><tr><td>订单号</td><td>商品名称</td>
<td>实付金额</td><td>状态</td></tr>{}</table>
<link rel="stylesheet" href="/static/kdshop/index-D4tBfWBs.css">"""
ROW = '<tr><td data-order-no="{0}">{0}</td><td>年卡</td><td>{1}.00</td><td>已完成</td></tr>'


def test_a_list_has_a_block_an_order_and_its_head_is_none(tree: Path) -> None:
    rows = "".join(ROW.format(f"KD2026060112{n}", n) for n in (3400, 3401, 3402))
    (tree / "list.html").write_text(ROWS.format(rows), "utf-8")
    code, out = run(tree, "kd_shop", "list.html", "--url", "https://a.invalid/my/orders")
    assert code == 0, out
    made = files(tree, "kd_shop")
    sheet = json.loads(made["order.json"])
    assert sheet["page_kind"] == "order_list"
    assert [order["amount"] for order in sheet["orders"]] == ["3400.00", "3401.00", "3402.00"]
    assert "/static/kdshop/" in made["kd_shop.py"].decode()
    assert "D4tBfWBs" not in made["kd_shop.py"].decode()
    (tree / "scrapers/sites/kd_shop.py").unlink()
    shutil.rmtree(tree / "tests/pages/kd_shop")


@pytest.mark.parametrize(
    ("key", "page", "options", "code", "says"),
    [
        ("Xk-Pay", PAGE, ["--url", URL], 2, "a letter first"),
        ("class", PAGE, ["--url", URL], 2, "keyword"),
        ("some_shop", PAGE, ["--url", URL, "--name", 'x"""'], 2, "1 to 40 letters"),
        ("some_shop", PAGE, ["--url", URL, "--captured-at", "2026-06-01"], 2, "such as 2026"),
        ("some_shop", PAGE, [], 1, "--url"),
        ("some_shop", "<p>关于我们</p>", ["--url", URL], 1, "No order was found"),
        ("some_shop", "x" * (MAX_BYTES + 1), ["--url", URL], 1, "too large"),
        ("some_shop", PAGE, ["--url", URL], 1, "sites/xk_pay.py already knows this page"),
        ("zfaka", PAGE, ["--url", URL], 1, "xk_pay"),
        ("some_shop", BARE, ["--url", URL], 1, "fingerprint"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("added")
def test_what_goes_wrong_is_explained_and_nothing_is_written(
    tree: Path, key: str, page: str, options: list[str], code: int, says: str
) -> None:
    (tree / "wrong.html").write_text(page, "utf-8")
    before = files(tree, key)
    ended, said = run(tree, key, "wrong.html", *options)
    assert (ended, says in said) == (code, True), said
    assert files(tree, key) == before


def test_a_frame_of_mhtml_and_its_own_address(tree: Path) -> None:
    saved = ROOT / "tests/pages/generic/frame-in-mhtml.mhtml"
    code, said = run(tree, "some_shop", str(saved))
    assert code == 1
    assert "fingerprint" in said  # it was read, but has no mark of any software
