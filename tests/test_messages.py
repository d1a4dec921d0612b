"""The catalogues are complete: both languages, every error, every reason that the code gives."""

import inspect
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from helper import errors
from helper.messages import LANGUAGES, catalogue, explain
from helper.model import Role
from scrapers.bills.matching import Reason
from scrapers.bills.record import Refusal

ROOT = Path(__file__).parents[1]
SOURCES = [path.read_text("utf-8") for path in (ROOT / "helper").rglob("*.py")]


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("zh_CN")) == set(catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_in_two_areas(language: str) -> None:
    areas = (ROOT / "helper/locales" / language).glob("*.json")
    keys = [key for area in areas for key in json.loads(area.read_text("utf-8"))]
    assert sorted(keys) == sorted(set(keys))


def test_every_warning_of_a_reader_has_a_sentence() -> None:
    readers = [path.read_text("utf-8") for path in (ROOT / "scrapers").rglob("*.py")]
    pattern = r'(?:warn|warnings\.append)\(\s*f?"([a-z_]+)["{:]'
    codes = {code for text in readers for code in re.findall(pattern, text)}
    codes = {code for code in codes if not code.endswith("_")} | {"page_cut", "more_orders"}
    assert {code for code in codes if f"warnings.{code}" not in catalogue("zh_CN")} == set()


def test_every_reason_of_the_extension_has_a_sentence() -> None:
    texts = json.loads((ROOT / "extension/_locales/zh_CN/messages.json").read_text("utf-8"))
    prefix = "missing_reason_"
    codes = {key.removeprefix(prefix) for key in texts if key.startswith(prefix)}
    assert {code for code in codes if f"missing.{code}" not in catalogue("zh_CN")} == set()


def test_every_code_of_a_bill_has_a_sentence() -> None:
    apart = {"several_orders", "several_payments"}
    wanted = {f"bills.reason.{code}" for code in set(get_args(Reason)) - apart}
    wanted |= {f"bills.{code}" for code in apart}
    locked = {"password_needed", "wrong_password", "too_large"}
    wanted |= {f"errors.invalid.bill_{code}.message" for code in set(get_args(Refusal)) - locked}
    codes = re.findall(
        r'"(bill_[a-z]+)[":]', (ROOT / "scrapers/bills/__init__.py").read_text("utf-8")
    )
    assert codes
    wanted |= {f"warnings.{code}" for code in codes}
    assert wanted - set(catalogue("zh_CN")) == set()


def test_every_check_of_verify_has_its_words() -> None:
    source = (ROOT / "helper/evidence/verify.py").read_text("utf-8")
    names = set(re.findall(r'(?:_attempt|\.add)\(\s*"(\w+)"', source))
    assert names
    words = ("title", "pass", "fail", "proves", "limits")
    wanted = {f"verify.{name}.{word}" for name in names for word in words}
    assert wanted <= set(catalogue("zh_CN"))


@pytest.mark.parametrize("area", ["purpose", "cli.role"])
def test_every_role_has_its_words(area: str) -> None:
    wanted = {f"{area}.{role}" for role in get_args(Role)}
    assert wanted - set(catalogue("zh_CN")) == set()


def test_placeholders_agree() -> None:
    for key, zh in catalogue("zh_CN").items():
        names = {
            language: set(re.findall(r"{(\w+)}", catalogue(language)[key]))
            for language in LANGUAGES
        }
        assert names["zh_CN"] == names["en"], (key, zh)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_says_what_to_do_next(language: str) -> None:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        said = explain(kind(), language)
        assert not said["message"].startswith("errors."), kind
        assert not said["next_step"].startswith("errors."), kind


def test_every_missing_reason_has_a_sentence() -> None:
    found = {
        m
        for text in SOURCES
        for m in re.findall(r'Missing\(\s*role="?[^,]+,\s*reason="(\w+)"', text)
    }
    assert found
    assert {reason for reason in found if f"missing.{reason}" not in catalogue("zh_CN")} == set()


def test_the_extension_has_both_languages() -> None:
    keys = {
        language: set(
            json.loads((ROOT / f"extension/_locales/{language}/messages.json").read_text("utf-8"))
        )
        for language in LANGUAGES
    }
    assert keys["zh_CN"] == keys["en"]
