"""The derived copy: it shows the page, names its original, runs nothing and reaches nothing."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.errors import InvalidError, KazhengError, TooLargeError
from helper.evidence import single
from helper.evidence.single import single_file
from tests.chromium import chromium

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ADDRESS = "https://shop.example/order/1"
SHA = "ab" * 32


def mhtml(page: str, *parts: tuple[str, str, bytes], encoding: str = "utf-8") -> bytes:
    out = [b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n']
    for where, kind, data in ((ADDRESS, "text/html", page.encode(encoding)), *parts):
        name = f"Content-ID: <{where[4:]}>" if where.startswith("cid:") else (
            f"Content-Location: {where}"
        )  # fmt: skip
        head = f"--B\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{name}\r\n\r\n"
        out.append(head.encode() + base64.encodebytes(data) + b"\r\n")
    return b"".join([*out, b"--B--\r\n"])


def made(page: str, *parts: tuple[str, str, bytes], **options: str) -> str:
    return single_file(mhtml(page, *parts, **options), SHA).decode()


def test_the_copy_names_its_original_and_forbids_everything() -> None:
    text = made("<!DOCTYPE html><title>订单</title><p>订单号 KZ1</p>")
    assert text.startswith("<!DOCTYPE html>")
    assert text.count("<!DOCTYPE") == 1
    assert SHA in text
    assert ADDRESS in text
    assert text.index("default-src 'none'") < text.index("<title>")
    assert "订单号 KZ1" in text


def test_pictures_styles_fonts_and_imports_come_along() -> None:
    text = made(
        '<link rel=stylesheet href="/a.css" media=screen><img src=/p.png>'
        "<div style=\"background:url('p.png')\">x</div>",
        ("https://shop.example/a.css", "text/css",
         b'@import url("b.css") print; p > b{color:red} div{background:url(p.png)}'),
        ("https://shop.example/b.css", "text/css", b"@font-face{src:url(f.woff2)}"),
        ("https://shop.example/p.png", "image/png", PNG),
        ("https://shop.example/order/p.png", "image/png", PNG),
        ("https://shop.example/f.woff2", "font/woff2", b"wOF2"),
    )  # fmt: skip
    inlined = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert text.count(inlined) == 3
    assert '@media print {@font-face{src:url("data:font/woff2;base64,d09GMg==")}}' in text
    assert "p > b{color:red}" in text
    assert '<style media="screen">' in text
    assert "left out" not in text


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_a_page_in_gbk_or_with_a_mark_is_read(encoding: str) -> None:
    charset = "gbk" if encoding == "gbk" else "utf-8"
    assert "微捷发卡" in made(f"<meta charset={charset}><p>微捷发卡 订单</p>", encoding=encoding)


HOSTILE = """
<base href=http://evil.example/><meta http-equiv=refresh content="0;url=http://evil.example">
<script>bad()</script><svg><script>bad()</script><a xlink:href="javascript:bad()">x</a>
<set attributeName=href to="javascript:bad()"/></svg><img src=x onerror=bad()>
<a href=" java\nscript:bad()">1</a><a href="data:text/html,<script>bad()</script>">2</a>
<a href=https://shop.example/ ping=http://evil.example>3</a>
<form action=http://evil.example><button formaction=javascript:bad()>4</button></form>
<iframe src=http://evil.example srcdoc="<script>bad()</script>"></iframe>
<object data=http://evil.example></object><embed src=http://evil.example>
<link rel=preconnect href=http://evil.example><link rel=icon href=http://evil.example>
<video src=http://evil.example poster=http://evil.example/p><source src=http://evil.example>
</video><img srcset="http://evil.example 2x"><body background=http://evil.example onload=bad()>
<style>@import url(http://evil.example/a.css);@import "http://evil.example";
a{background:url( "http://evil.example" )}</style><p style="background:url(http://evil.example)">p
</p><input type=image src=http://evil.example><noscript>bad()</noscript>
<template shadowmode=open><script>bad()</script><p onclick=bad()>shadow</p></template>"""


def test_nothing_that_runs_or_reaches_out_is_left() -> None:
    text = made(HOSTILE)
    assert "evil.example" not in text
    assert "bad()" not in text
    assert not re.search(r"<(script|object|embed|base|form [^>]*action)", text)
    assert "resources left out" in text
    assert '<template shadowrootmode="open">' in text


def test_what_stands_beside_old_and_new_elements_stays() -> None:
    text = made(
        "<picture><source srcset=/x.webp><img src=/p.png></picture><embed src=/e><p>后文</p>",
        ("https://shop.example/p.png", "image/png", PNG),
    )
    assert "data:image/png" in text
    assert "后文" in text


def test_a_style_cannot_end_its_element() -> None:
    text = made(
        "<link rel=stylesheet href=/a.css>",
        ("https://shop.example/a.css", "text/css", b"</style><script>bad()</script>"),
    )
    assert "<script" not in text
    assert text.count("</style>") == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"<p>html", b"Content-Type: multipart/related; boundary=B\r\n\r\n--B--",
     b"Content-Type: multipart/related; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nx",
     b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
              for n in range(3000))],
    ids=["empty", "html", "no parts", "no page", "nested"],
)  # fmt: skip
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidError):
        single_file(data, SHA)


def test_broken_base64_and_unknown_codecs_cost_one_resource() -> None:
    data = mhtml("<img src=/p.png><p>订单</p>", ("https://shop.example/p.png", "image/png", PNG))
    broken = data.replace(base64.encodebytes(PNG)[:20], b"!!!!\xff\xfe===")
    assert "订单" in single_file(broken, SHA).decode()
    unknown = data.replace(b"text/html", b"text/html; charset=nonsense")
    assert "订单" in single_file(unknown, SHA).decode()


def test_a_style_that_imports_itself_ends() -> None:
    sheet = ("https://shop.example/a.css", "text/css", b'@import "a.css";p{color:red}')
    assert "color:red" in made("<link rel=stylesheet href=/a.css>", sheet)


def test_one_picture_shown_a_thousand_times_does_not_multiply() -> None:
    page = "<img src=/p.png>" * 400 + "<p>订单</p>"
    data = mhtml(page, ("https://shop.example/p.png", "image/png", bytes(600_000)))
    text = single_file(data, SHA)
    assert len(text) < single.LARGEST_OUTPUT + 2**20
    assert "resources left out: " in text.decode()


def test_frames_in_frames_end() -> None:
    frame = ("cid:f@x", "text/html", b"<p>inner</p><iframe src=cid:f@x></iframe>")
    text = made("<iframe src=cid:f@x></iframe>", frame)
    assert text.count("inner") == 3
    assert 'sandbox=""' in text


def test_fifty_megabytes_pass_and_too_much_is_refused() -> None:
    big = ("https://shop.example/b.bin", "image/png", bytes(50_000_000))
    assert "订单" in made("<p>订单</p>", big)
    for page in ("x" * (single.LARGEST_DOCUMENT + 1), "<b>" * (single.MOST_TAGS + 1)):
        with pytest.raises(TooLargeError):
            made(page)


def test_a_deep_page_is_copied_or_refused() -> None:
    text = made("<div>" * 50_000 + "订单")
    assert "订单" in text


@given(st.binary(max_size=400), st.text(max_size=200))
def test_any_bytes_give_a_copy_or_an_explained_error(noise: bytes, page: str) -> None:
    for data in (noise, mhtml(page, ("https://shop.example/x", "text/css", noise), encoding="utf-8")
                 if page.isascii() else b"MIME-Version: 1.0\r\n" + noise):  # fmt: skip
        try:
            text = single_file(data, SHA)
        except KazhengError:
            continue
        assert b"<script" not in text.lower()


@pytest.mark.browser
async def test_the_copy_opens_offline_and_shows_pictures_frames_and_shadow(tmp_path: Path) -> None:
    page = (
        "<!DOCTYPE html><title>t</title><img id=i src=/p.png><iframe src=cid:f@x></iframe>"
        "<div id=h><template shadowmode=open><p>影子</p></template></div>"
        "<style>p > b{color:rgb(1, 2, 3)}</style><p><b>粗</b></p>"
        "<script>document.title='ran'</script>"
    )
    text = made(page, ("https://shop.example/p.png", "image/png", PNG),
                ("cid:f@x", "text/html", "<meta charset=utf-8><p>内页</p>".encode()))  # fmt: skip
    file = tmp_path / "副本 copy.html"
    file.write_text(text, "utf-8")
    async with chromium() as browser:
        shown = await browser.new_page()
        asked: list[str] = []
        shown.on("request", lambda request: asked.append(request.url))
        await shown.goto(file.as_uri())
        assert await shown.title() == "t"
        assert await shown.evaluate("document.getElementById('i').naturalWidth") == 1
        colour = "getComputedStyle(document.querySelector('b')).color"
        assert await shown.evaluate(colour) == "rgb(1, 2, 3)"
        shadow = "document.getElementById('h').shadowRoot.textContent"
        assert await shown.evaluate(shadow) == "影子"
        inner = next(frame for frame in shown.frames if frame != shown.main_frame)
        assert "内页" in await inner.content()
        assert {url.partition(":")[0] for url in asked} <= {"file", "data", "about"}


def test_the_hash_must_be_a_hash() -> None:
    with pytest.raises(InvalidError):
        single_file(mhtml("<p>x"), "<b>")
    assert (
        hashlib.sha256(b"").hexdigest()
        in single_file(mhtml("<p>x"), hashlib.sha256(b"").hexdigest()).decode()
    )
