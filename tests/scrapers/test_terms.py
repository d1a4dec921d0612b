"""Agreements: every saved page gives the clauses that stand beside it; numbers and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scrapers import texts
from scrapers.page import load
from scrapers.read import extract_bytes
from scrapers.texts.clauses import Numbering, head_of

from .test_chats import URL, stands

if TYPE_CHECKING:
    from .conftest import Case


def read_of(case: Case) -> dict[str, Any]:
    terms = case.extraction().terms
    return terms.model_dump(mode="json") if terms else {}


@pytest.mark.parametrize("part", ["name", "version", "dated", "effective"])
def test_field(all_cases: list[Case], part: str) -> None:
    for case in all_cases:
        wanted = case.expected.get("terms", {})
        assert read_of(case).get(part) == wanted.get(part), case.name


@pytest.mark.parametrize("part", ["number", "text", "topics"])
def test_clauses(all_cases: list[Case], part: str) -> None:
    for case in all_cases:
        wanted = case.expected.get("terms", {}).get("clauses", [])
        read = [one[part] for one in read_of(case).get("clauses", [])]
        empty = [] if part == "topics" else None
        assert read == [one.get(part, empty) for one in wanted], case.name


def test_every_source_stands_in_its_element(all_cases: list[Case]) -> None:
    pages = [case for case in all_cases if "terms" in case.expected]
    assert len(pages) >= 5
    for case in pages:
        terms = case.extraction().terms
        assert terms is not None
        shown = {key for key in ("name", "version", "dated", "effective") if getattr(terms, key)}
        assert set(terms.sources) == shown
        for source in [*terms.sources.values(), *(one.source for one in terms.clauses)]:
            assert stands(case, source), (case.name, source)


def cited(*lines: str) -> list[str | None]:
    numbering = Numbering()
    heads = [head_of(line) for line in lines]
    return [numbering.take(head) if head else None for head in heads]


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [(("第四条 发货", "（一）甲", "（二）乙", "第五条 退款", "（一）丙"),
      ["第四条", "第四条（一）", "第四条（二）", "第五条", "第五条（一）"]),
     (("第4.2条 发货",), ["第4.2条"]),
     (("第十二条 发货", "第一百零三条 发货"), ["第十二条", "第一百零三条"]),
     (("1. 总则", "1.1 甲", "1.2 乙", "2. 发货", "2.1 丙"), ["1", "1.1", "1.2", "2", "2.1"]),
     (("一、发货", "1、甲", "2、乙", "二、退款", "1、丙"), ["一", "一、1", "一、2", "二", "二、1"]),
     (("1. 甲", "1) 乙", "2) 丙", "2. 丁"), ["1", "1、1)", "1、2)", "2"]),
     (("1. 甲", "3. 乙", "2. 丙"), ["1", None, "2"]),
     (("1.2万元以上", "3.5折起", "2026.3.1 更新", "24小时内"), [None, None, None, None])],
)  # fmt: skip
def test_numbers_as_they_are_cited(lines: tuple[str, ...], numbers: list[str | None]) -> None:
    assert cited(*lines) == numbers


def page(body: str) -> bytes:
    return f"<title>某店</title>{body}".encode()


def test_two_dates_of_update_are_none() -> None:
    body = "<h1>用户协议</h1><p>更新日期：2026-01-01</p><p>更新日期：2026-02-01</p>"
    clauses = "<p>第一条 甲</p><p>第二条 乙</p><p>第三条 丙</p>"
    terms = extract_bytes(page(body + clauses), url=URL).terms
    assert terms is not None
    assert terms.dated is None


@pytest.mark.parametrize(
    "body",
    ["<h1>用户协议</h1><p>正在加载</p>", "<h1>某商品</h1><p>1、甲</p><p>2、乙</p><p>3、丙</p>",
     "<a href=/x>用户协议</a><p>1、甲</p><p>2、乙</p><p>3、丙</p>"],
)  # fmt: skip
def test_what_is_no_agreement(body: str) -> None:
    found = extract_bytes(page(body), url=URL)
    assert (found.terms, found.page_kind) == (None, "other")


@pytest.mark.timeout(120)  # work that grows with the square of the page would take hours
@pytest.mark.parametrize(
    "piece",
    ["<p>第四条 退款</p>", "<p>1.1 退款</p>", "1.1 退款。", "<div>一、退款", "<ol><li>退款",
     "<h1>用户协议", "更新日期：2026年1月1日 ", "第1条 <b>退</b>款<p>a</p>",
     "<div class=title>用户协议"],
)  # fmt: skip
@pytest.mark.long
def test_a_large_page_of(piece: str) -> None:
    body = "<h1>用户协议</h1>" + piece * (1_500_000 // len(piece.encode()))
    texts.read(load(page(body), url=URL))
