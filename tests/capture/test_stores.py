"""Packages for the stores: the same bytes everywhere, and what they say of themselves is true."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from helper.capture import stores
from helper.capture.packed import EXTENSION, folder_sha256

MANIFEST: dict[str, Any] = json.loads((EXTENSION / "manifest.json").read_text("utf-8"))


@pytest.fixture(params=stores.BROWSERS)
def browser(request: pytest.FixtureRequest) -> stores.Browser:
    found: stores.Browser = request.param
    return found


def test_a_package_is_the_same_on_every_run_and_in_every_folder(
    browser: stores.Browser, tmp_path: Path
) -> None:
    copy = tmp_path / "另一个 文件夹"
    shutil.copytree(EXTENSION, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
        path.chmod(0o777)
    (copy / ".DS_Store").touch()
    made = [
        stores.write(browser, tmp_path / "first"),
        stores.write(browser, tmp_path / "second"),
        stores.write(browser, tmp_path / "third", copy),
    ]
    assert len({path.name for path in made}) == len({path.read_bytes() for path in made}) == 1


def test_a_package_is_an_extension_that_knows_its_own_files(
    browser: stores.Browser, tmp_path: Path
) -> None:
    with zipfile.ZipFile(stores.write(browser, tmp_path)) as package:
        assert package.testzip() is None
        package.extractall(tmp_path / "unpacked")
        names = package.namelist()
    assert "tsconfig.json" not in names
    assert json.loads((tmp_path / "unpacked/files.json").read_text("utf-8")) == names
    manifest = json.loads((tmp_path / "unpacked/manifest.json").read_text("utf-8"))
    assert "key" not in manifest
    background = manifest["background"]
    for name in background.get("scripts", [background.get("service_worker")]):
        assert name in names
    assert folder_sha256(tmp_path / "unpacked")


def test_no_page_is_seen_before_a_click() -> None:
    assert "content_scripts" not in MANIFEST
    assert MANIFEST["host_permissions"] == ["http://127.0.0.1/*"]
    watching = {"tabs", "webRequest", "webNavigation", "history", "cookies", "pageCapture"}
    assert not watching & set(MANIFEST["permissions"])
    source = "".join(path.read_text("utf-8") for path in EXTENSION.rglob("*.js"))
    assert "registerContentScripts" not in source


def test_every_permission_that_is_asked_for_is_used() -> None:
    source = "".join(path.read_text("utf-8") for path in (EXTENSION / "background").glob("*.js"))
    wanted = {*MANIFEST["permissions"], *MANIFEST["optional_permissions"]}
    # The click itself, and the outbox, of which no call tells.
    assert {name for name in wanted if f"api.{name}." not in source} == {
        "activeTab", "unlimitedStorage",
    }  # fmt: skip


class Page(HTMLParser):
    """The lists of the privacy page: permissions by the place they stand in, declared data."""

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[str, list[str]] = {}
        self.texts: list[str] = []
        self.collected: list[str] = []
        self._list: list[str] = []
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "dl":
            self._list = self.lists.setdefault(given["id"] or "", [])
        self._code = tag == "code"
        if name := given.get("data-collected"):
            self.collected.append(name)
        if tag == "dd":
            self.texts.append(given["data-i18n"] or "")

    def handle_data(self, data: str) -> None:
        if self._code:
            self._list.append(data)
            self._code = False


@pytest.fixture
def privacy() -> Page:
    page = Page()
    page.feed((EXTENSION / "pages/privacy.html").read_text("utf-8"))
    return page


def test_the_statement_explains_every_permission(privacy: Page) -> None:
    needed = {*MANIFEST["permissions"], *MANIFEST["host_permissions"]}
    optional = {*MANIFEST["optional_permissions"], *MANIFEST["optional_host_permissions"]}
    assert set(privacy.lists["permissions"]) == needed
    assert set(privacy.lists["optional"]) == optional


def test_the_statement_and_the_declaration_name_the_same_data(privacy: Page) -> None:
    gecko = MANIFEST["browser_specific_settings"]["gecko"]
    assert privacy.collected == gecko["data_collection_permissions"]["required"]
    assert "optional" not in gecko["data_collection_permissions"]


@pytest.mark.parametrize(
    ("feature", "data"),
    [
        ("filling", "personallyIdentifyingInfo"),
        ("recognise", "financialAndPaymentInfo"),
        ("chat", "personalCommunications"),
        ("session", "authenticationInfo"),
        ("walk", "browsingActivity"),
    ],
)
def test_what_a_feature_gives_to_the_helper_is_declared_by_the_stores_name(
    feature: str, data: str
) -> None:
    """Orders show payments, a login lets in, a walk is a way through a site."""
    gecko = MANIFEST["browser_specific_settings"]["gecko"]
    there = (EXTENSION / f"background/{feature}.js").exists()
    assert (data in gecko["data_collection_permissions"]["required"]) == there


def test_the_readme_names_the_first_firefox_that_takes_the_extension() -> None:
    first = MANIFEST["browser_specific_settings"]["gecko"]["strict_min_version"].split(".")[0]
    readme = (EXTENSION.parent / "README.md").read_text("utf-8")
    assert set(re.findall(r"Firefox[ （](\d+)", readme)) == {first}


def test_the_statement_is_linked_where_people_are() -> None:
    for name in ("welcome.html", "options.html"):
        assert 'href="privacy.html"' in (EXTENSION / "pages" / name).read_text("utf-8")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_texts_of_the_stores_are_not_too_long(language: str, privacy: Page) -> None:
    path = EXTENSION / "_locales" / language / "messages.json"
    texts = {key: row["message"] for key, row in json.loads(path.read_text("utf-8")).items()}
    most = {"name": 45, "short_name": 12, "description": 132}  # the narrowest of the three stores
    for key, limit in most.items():
        assert MANIFEST[key] == f"__MSG_{key}__"
        assert 0 < len(texts[key]) <= limit
    assert all(re.search(r"\w{4}", texts[key]) for key in privacy.texts)
