"""Every form map fits a saved page of its form: each selector finds the one control it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from bs4 import Tag

from helper.complaints.drafts.receipt import receipt_number
from scrapers.contract import ComplaintForm, FormField
from scrapers.page import load
from scrapers.read import PLATFORMS

if TYPE_CHECKING:
    from tests.scrapers.conftest import Case

FORMS = {one.key: one.complaint_form for one in PLATFORMS if one.complaint_form}


def forms_of(key: str, form: ComplaintForm, all_cases: list[Case]) -> list[Tag]:
    """Return the form on each saved page that has it; its address must be the form's."""
    found = []
    for case in all_cases:
        if case.platform != key:
            continue
        url = case.expected["url"]
        tags = load(case.data, url=url).soup.select(form.selector)
        if tags:
            parts = urlsplit(url)
            assert re.search(form.path, f"{parts.path}?{parts.query}".rstrip("?")), case.name
            assert len(tags) == 1, case.name
            found += tags
    return found


@pytest.mark.parametrize("key", FORMS)
def test_each_selector_finds_its_one_control(key: str, all_cases: list[Case]) -> None:
    form = FORMS[key]
    saved = forms_of(key, form, all_cases)
    assert saved, f"tests/pages/{key}/ holds no page with its complaint form"
    for field in form.fields:
        held = [controls for root in saved if (controls := root.select(field.selector))]
        assert held, (key, field.name)
        assert len(held) == len(saved) or not field.required, (key, field.name)
        for controls in held:
            assert len({tag.get("name") for tag in controls}) == 1, (key, field.name)
            assert len(controls) == 1 or field.kind == "radio", (key, field.name)
            assert all(fits(tag, field) for tag in controls), (key, field.name)
            assert set(field.options.values()) <= set(offered(controls)), (key, field.name)


def fits(tag: Tag, field: FormField) -> bool:
    """Say whether a control is of the field's kind and takes what the map says it takes."""
    kind = tag.get("type", "text") if tag.name == "input" else tag.name
    limit = tag.get("maxlength")
    return (
        kind == field.kind
        and (limit is None or str(field.max_length) == limit)
        and tag.get("accept", "") == field.accept
    )


def offered(controls: list[Tag]) -> list[str]:
    options = [option for tag in controls for option in tag.select("option")]
    return [str(tag.get("value", "")) for tag in options or controls]


@pytest.mark.parametrize("key", [key for key, form in FORMS.items() if form.receipt_no])
def test_the_number_of_a_complaint_is_read_from_its_page(key: str, all_cases: list[Case]) -> None:
    form = FORMS[key]
    pages = [
        load(case.data, url=case.expected["url"]).soup
        for case in all_cases
        if case.platform == key and case.expected["page_kind"] == "receipt"
    ]
    assert pages, f"tests/pages/{key}/ holds no page after the form"
    for soup in pages:
        (shown,) = soup.select(form.receipt_no or "")
        assert receipt_number(soup.get_text("\n"), form.receipt_pattern) in shown.get_text()
