"""JSON that a page got, out of a WARC as a visit writes it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from helper.capture.answers import json_answers
from helper.capture.archive import About, write_warc
from helper.capture.network import Exchange

ABOUT = About(software="kazheng/0", user_agent="x", peers={})


def exchange(url: str, body: bytes | None, kind: str = "application/json", **more: Any) -> Exchange:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    values = {"status": 200, "headers": [("Content-Type", kind)], "body": body}
    return Exchange("1", 0, url, "POST", "Fetch", at, **(values | more))


def answers(folder: Path, *log: Exchange) -> list[tuple[str, str]]:
    write_warc(folder / "x.warc.gz", log, ABOUT)
    return list(json_answers(folder / "x.warc.gz"))


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (b'{"a":1}', "application/json", '{"a":1}'),
        (b"\n [1]", "text/html; charset=utf-8", "\n [1]"),
        (b'\xef\xbb\xbf{"a":1}', "application/json", '{"a":1}'),
        ('{"a":"待发货"}'.encode("gbk"), "text/plain", '{"a":"待发货"}'),
    ],
)
def test_what_begins_as_json_is_read(tmp_path: Path, body: bytes, kind: str, text: str) -> None:
    assert answers(tmp_path, exchange("https://a.test/x", body, kind)) == [
        ("https://a.test/x", text)
    ]


def test_the_address_comes_without_what_may_be_secret(tmp_path: Path) -> None:
    url = "https://me:pw@a.test/orders/7?email=x@y.test&order_password=hunter2#top"
    assert answers(tmp_path, exchange(url, b"{}")) == [("https://a.test/orders/7", "{}")]


@pytest.mark.parametrize(
    "other",
    [
        exchange("https://a.test/", b"<html>", "text/html"),
        exchange("https://a.test/p.png", b"{}", "image/png"),
        exchange("https://a.test/x", b"{}", status=404),
        exchange("https://a.test/x", None, body_reason="session_in_body"),
        exchange("https://a.test/x", b"[" + b" " * 2_000_000 + b"]"),
        exchange("https://a.test/x", b""),
        exchange("https://a.test/x", None, status=None, error="net::ERR_FAILED"),
    ],
)
def test_what_is_no_answer_of_a_shop_is_passed_over(tmp_path: Path, other: Exchange) -> None:
    good = exchange("https://a.test/x", b"{}")
    assert answers(tmp_path, other, good) == [("https://a.test/x", "{}")]
