"""The catalogues are complete, and every text that pages and background name is in them."""

import json
import re
from pathlib import Path

import pytest

from helper.messages import catalogue

VERDICTS = {"agree", "differs", "not_comparable", "no_witness", "no_order"}
EXTENSION = Path(__file__).resolve().parents[2] / "extension"
SCRAPERS = EXTENSION.parent / "scrapers"


def texts(language):
    path = EXTENSION / "_locales" / language / "messages.json"
    return {key: row["message"] for key, row in json.loads(path.read_text("utf-8")).items()}


def named():
    found = set()
    for path in (EXTENSION / "pages").glob("*.html"):
        found |= set(re.findall(r'data-i18n(?:-[a-z-]+)?="(\w+)"', path.read_text("utf-8")))
    for path in (EXTENSION / "pages").glob("*.js"):
        found |= set(re.findall(r'\bt\(\s*"(\w+)"', path.read_text("utf-8")))
    found |= set(re.findall(r"__MSG_(\w+)__", (EXTENSION / "manifest.json").read_text("utf-8")))
    return found


def test_both_languages_have_the_same_texts():
    assert texts("zh_CN").keys() == texts("en").keys()


def test_both_languages_take_the_same_values():
    english = texts("en")
    odd = {
        key
        for key, text in texts("zh_CN").items()
        if set(re.findall(r"\$\d", text)) != set(re.findall(r"\$\d", english[key]))
    }
    assert odd == set()


def test_every_named_text_exists():
    assert named() - texts("zh_CN").keys() == set()


def test_every_reason_to_refuse_has_a_sentence_and_a_next_step():
    codes = set()
    for path in (EXTENSION / "background").glob("*.js"):
        codes |= set(re.findall(r'Refusal\(\s*"(\w+)"', path.read_text("utf-8")))
    for path in (EXTENSION / "content").glob("fill.js"):
        codes |= set(re.findall(r'"(fill_\w+)"', path.read_text("utf-8")))
    wanted = {f"error_{code}{end}" for code in codes for end in ("", "_next")}
    assert wanted - texts("zh_CN").keys() == set()


@pytest.mark.parametrize("area", ["missing", "corroboration"])
def test_every_reason_of_the_helper_has_words_in_the_popup(area):
    reasons = {key.partition(".")[2] for key in catalogue("zh_CN") if key.startswith(f"{area}.")}
    known = texts("zh_CN")
    assert {one for one in reasons if f"{area}_reason_{one}" not in known} - VERDICTS == set()


def test_every_remark_on_the_visit_has_words_in_the_popup():
    codes = {key.partition(".")[2] for key in catalogue("zh_CN") if key.startswith("notes.")}
    assert {one for one in codes if f"note_{one}" not in texts("zh_CN")} == set()


def test_every_doubt_of_the_reader_has_words():
    source = "".join(path.read_text("utf-8") for path in SCRAPERS.rglob("*.py"))
    codes = set(re.findall(r"""(?:warn\(|warnings\.append\(|more = )f?"(\w+?)(?=[":])""", source))
    codes |= {f"order_no_from_{origin}" for origin in ("text", "attribute", "address")}
    codes = {code for code in codes if not code.startswith("bill_")}  # commands read bills
    assert {"unreadable", "views_disagree", "more_orders", "reader_failed"} <= codes
    assert {one for one in codes if f"warning_{one}" not in texts("zh_CN")} == set()


def test_only_one_file_knows_the_port():
    knowing = {
        path.relative_to(EXTENSION).as_posix()
        for path in EXTENSION.rglob("*")
        if path.suffix in {".js", ".json", ".html"} and "17650" in path.read_text("utf-8")
    }
    assert knowing == {"background/helper.js"}


@pytest.mark.parametrize("path", sorted((EXTENSION / "pages").glob("*.*")), ids=lambda p: p.name)
def test_no_chinese_text_stands_in_the_pages(path):
    assert re.findall(r"[\u4e00-\u9fff]+", path.read_text("utf-8")) == []
