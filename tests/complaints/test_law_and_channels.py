"""The data: only verified law in force, quoted word for word."""

import re

import pytest

from helper.complaints import packaged
from helper.complaints.law import article, articles, told
from helper.model import LawRef
from scrapers.text import chinese_number

CITED = [
    (issue, row["row"], row["quote"])
    for issue, value in packaged.data("issues").items()
    for row in value["law"]
]


@pytest.mark.parametrize(("issue", "row", "quote"), CITED)
def test_what_is_quoted_stands_in_the_article(issue: str, row: str, quote: str) -> None:
    found = article(row)
    assert found is not None
    assert quote in found.text


def test_every_row_is_verified_in_force_and_dated() -> None:
    rows = packaged.data("law")
    assert all(row["verified"] is True and row["status"] == "in_force" for row in rows.values())
    assert all(len(row["effective"]) == 10 for row in rows.values())
    assert set(rows) >= {row for _, row, _ in CITED}


def test_an_unverified_or_repealed_row_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    row = packaged.data("law")["civil_577"]
    for wrong in ({"verified": False}, {"status": "repealed"}):
        rows = {"civil_577": row | wrong}
        monkeypatch.setattr(packaged, "data", lambda _name, rows=rows: rows)
        assert article("civil_577") is None
    assert article("nothing") is None


def test_the_repealed_interim_measures_are_nowhere() -> None:
    rows = [
        {**row, "text": ""} for row in packaged.data("law").values()
    ]  # a new law names the old one it ends
    assert "暂行办法" not in f"{rows}{packaged.data('issues')}"


def test_an_article_has_its_name_in_english_before_the_official_one() -> None:
    for one in articles():
        official = f"《{one.short}》{one.article}"
        number = chinese_number(one.article[1:-1].replace("零", ""))
        assert one.said("zh_CN") == official
        assert re.fullmatch(rf"[A-Z][A-Za-z'() -]+, Art. {number} {official}", one.said("en"))
    gone = LawRef(law="某法", article="第一条", effective="2000-01-01")
    assert told(gone, "en") == "《某法》第一条"


def test_every_issue_cites_the_civil_code_that_holds_for_everybody() -> None:
    for issue in packaged.data("issues"):
        assert [row for key, row, _ in CITED if key == issue and row.startswith("civil_")]
