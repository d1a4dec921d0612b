import gzip
import json

import pytest

from helper.evidence import cdxj


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Shop.example/A?b=2&a=1#x", "example,shop)/a?a=1&b=2"),
        ("http://shop.example", "example,shop)/"),
        ("https://shop.example:8443/订单 1", "example,shop:8443)/订单%201"),
        ("http://shop.example:80/", "example,shop)/"),
        ("http://[broken", "http://[broken"),
        ("urn:kazheng:refused", "urn:kazheng:refused"),
    ],
)
def test_keys_sort_by_host_and_are_spelled_once(url: str, key: str) -> None:
    assert cdxj.surt(url) == key


@pytest.mark.parametrize(
    ("mime", "body", "fields"),
    [
        ("application/x-www-form-urlencoded", b"no=1&a=2", "no=1&a=2"),
        ("application/json; charset=utf-8", b'{"a":{"b":1},"l":[{"b":2}],"n":null}',
         "b=1&b.2_=2&n=null"),
        ("text/plain;charset=UTF-8", b"\xff\x00", "__wb_post_data=/wA="),
        ("application/json", b"[" * 5000, ""),
        ("", b"abc", "__wb_post_data=YWJj"),
    ],
)  # fmt: skip
def test_bodies_of_requests_become_fields_of_the_key(mime: str, body: bytes, fields: str) -> None:
    assert cdxj.fields_of(mime, body) == fields


def test_a_post_has_a_key_of_its_own() -> None:
    entry = cdxj.Entry("https://a.cn/q?x=1", "20260101000000", "200", "", "", 0, 1)
    posted = cdxj.Entry(
        "https://a.cn/q?x=1", "20260101000000", "200", "", "", 0, 1, "", "POST", "no=7"
    )
    assert entry.key == "cn,a)/q?x=1"
    assert posted.key == "cn,a)/q?__wb_method=post&no=7&x=1"


def test_long_indexes_are_cut_into_blocks_that_can_be_found() -> None:
    lines = [f"cn,a)/{n:04d} 20260101000000 {{}}\n" for n in range(700)]
    data, index = cdxj.blocks(lines, "index.cdx.gz")
    head, *rows = index.decode().splitlines()
    assert json.loads(head.partition("!meta 0 ")[2])["filename"] == "index.cdx.gz"
    read = ""
    for row in rows:
        prefix, _, about = row.partition(" {")
        place = json.loads("{" + about)
        block = gzip.decompress(data[place["offset"] : place["offset"] + place["length"]]).decode()
        assert block.startswith(prefix)
        read += block
    assert len(rows) == 3
    assert read == "".join(lines)
