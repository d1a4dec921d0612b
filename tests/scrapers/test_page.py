"""Bytes become a page in every encoding, whole or broken."""

from __future__ import annotations

import pytest

from scrapers.page import MAX_BYTES, PageTooLargeError, cut, decode, documents, load
from scrapers.read import extract_bytes
from scrapers.reading import shown_text

ORDER = "<p>订单号：AB20260818</p><p>商品名称：芒果季卡</p><p>订单金额：68.00元</p>"


def html(charset: str | None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>查询订单结果</title></head><body>{ORDER}</body></html>"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (html("utf-8").encode(), ""),
        (html(None).encode(), ""),
        (html("utf-8").encode("utf-8-sig"), ""),
        (html(None).encode("utf-16"), ""),
        (html("gb2312").encode("gb18030"), ""),
        (html("gbk").encode("gbk"), ""),
        (html(None).encode("gb18030"), ""),
        (html(None).encode("gb18030"), "text/html; charset=gbk"),
        (html("gbk").encode(), ""),  # a snapshot: UTF-8 bytes under the page's old meta tag
        (html("no-such-charset").encode(), ""),
        (html("base64").encode(), ""),  # a codec, but not one of text
        (html("utf-8").encode("gb18030"), ""),  # a page that lies
    ],
)
def test_encodings(data: bytes, media_type: str) -> None:
    page = load(data, url="https://x.invalid/", media_type=media_type)
    assert "芒果季卡" in page.soup.get_text()


def test_big5() -> None:
    page = load('<meta charset="big5"><p>訂單號：AB20260818'.encode("big5"), url="")
    assert "訂單號" in page.soup.get_text()


def test_broken_bytes_do_not_spoil_the_rest() -> None:
    data = html("utf-8").encode()
    broken = data.replace("订".encode(), b"\xff\xfe", 1)[:-9] + b"\xe5"
    assert "芒果季卡" in decode(broken)


def test_a_short_gbk_text_that_is_valid_utf8_by_chance() -> None:
    assert decode('<meta charset="gbk">联通'.encode("gbk")).endswith("联通")


def test_mhtml_gives_the_page_and_its_frames() -> None:
    data = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.invalid/o\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n'
        b'\tboundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://a.invalid/o\r\n"
        b"\r\n<p>one =E8=AE=A2</p>\r\n--b\r\nContent-Type: text/html\r\n"
        b"Content-Location: https://b.invalid/f\r\n\r\n<p>two</p>\r\n--b--\r\n"
    )
    found = documents(data, url="")
    assert [document.url for document in found] == ["https://a.invalid/o", "https://b.invalid/f"]
    assert "订" in found[0].html
    assert documents(data, url="https://c.invalid/")[0].url == "https://c.invalid/"


def test_a_page_over_the_limit_is_refused() -> None:
    with pytest.raises(PageTooLargeError):
        load(b" " * (MAX_BYTES + 1), url="")


def test_a_huge_page_keeps_its_beginning_and_its_end() -> None:
    filler = "<i>x</i>" * 200_000
    short = cut(f"<p>first</p>{filler}<p>last</p>")
    assert short.startswith("<p>first</p>")
    assert short.endswith("<p>last</p>")
    result = extract_bytes(f"{filler}{html(None)}".encode(), url="https://x.invalid/")
    assert result.orders[0].order_no == "AB20260818"
    assert "page_cut" in result.warnings


def test_tags_in_scripts_are_not_counted() -> None:
    script = "<script>" + "i<n;" * 100_000 + "</script>"
    result = extract_bytes(f"{script}{html(None)}".encode(), url="https://x.invalid/")
    assert result.orders[0].order_no == "AB20260818"
    assert "page_cut" not in result.warnings


def test_the_shown_text_leaves_out_what_is_hidden_or_folded() -> None:
    page = (
        "<p>shown</p><p hidden>gone</p><details><summary>title</summary><p>rule</p></details>"
        "<details open><summary>more</summary><p>seen</p></details>"
    )
    assert shown_text(load(page.encode(), url="https://x.example/")).split() == [
        "shown",
        "title",
        "more",
        "seen",
    ]
