import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from helper.capture import replay
from helper.capture.archive import About, write_warc
from helper.capture.browser import WarmBrowser
from helper.capture.network import Exchange
from helper.capture.replay import Live, ReadBack
from helper.errors import DiskFullError
from helper.evidence import wacz
from helper.messages import LANGUAGES, catalogue
from helper.model import Missing
from helper.steps.archive import LOG, NAME, Archivist
from helper.steps.seal import Sealer
from helper.steps.store import Store

from .conftest import NOON, URL, Captures


@pytest.fixture
async def archivist(store: Store) -> AsyncIterator[Archivist]:
    browser = WarmBrowser(store.settings)
    yield Archivist(store, browser)
    await browser.stop()


def visited(store: Store, captures: Captures, folder: Path, *, warc: bool = True) -> str:
    """A capture whose visit brought a page, and a WARC of it."""
    uuid = captures.new()
    body = "<title>订单</title><p>订单号 KZ1</p>".encode()
    path = folder / "witness-network.warc.gz"
    answer = Exchange("1", 0, URL, "GET", "Document", NOON, status=200, body=body,
                      headers=[("Content-Type", "text/html; charset=utf-8")])  # fmt: skip
    write_warc(path, [answer], About("kazheng/0", "agent", {}))
    facts = {"final_url": URL, "title": "订单", "viewport": None,
             "started_at": (NOON + timedelta(seconds=1)).isoformat()}  # fmt: skip
    kept = [
        store.keep("witness/html", body, "text/html", name="witness-page.html"),
        store.keep("seen/strip", b"strip", "image/png", name="seen-strip-00.png"),
        store.keep(
            "log", json.dumps(facts).encode(), "application/json", name="witness-visit.json"
        ),
    ]
    if warc:
        kept.append(store.keep("witness/warc", path.read_bytes(), "application/warc",
                               name=path.name))  # fmt: skip
    store.vault.add_artifacts(uuid, kept)
    return uuid


def test_the_archive_holds_the_warc_and_the_files_of_the_capture(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path
) -> None:
    uuid = visited(store, captures, tmp_path)
    archivist.write(uuid)
    archivist.write(uuid)
    view = captures.view(uuid)
    assert [item.name for item in view.artifacts if item.role == "wacz"] == [NAME]
    with zipfile.ZipFile(io.BytesIO(store.read_role(view.artifacts, "wacz") or b"")) as archive:
        names = set(archive.namelist())
        page = json.loads(archive.read("pages/pages.jsonl").splitlines()[1])
        said = json.loads(archive.read("datapackage.json"))["description"]
    assert {"archive/witness-network.warc.gz", "evidence/witness-page.html"} <= names
    assert "evidence/seen-strip-00.png" not in names
    assert (page["id"], page["url"], page["title"]) == (uuid, URL, "订单")
    assert "salted hashes" in said
    assert not list((store.settings.data / "work").iterdir())


def test_the_archive_is_sealed_with_the_visit(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path
) -> None:
    uuid = visited(store, captures, tmp_path)
    archivist.write(uuid)
    entry = Sealer(store).seal(uuid, "S1")
    listed = json.loads(store.blobs.read(entry.manifest))["artifacts"]
    assert NAME in {item["name"] for item in listed}


def test_an_installation_signs_all_its_archives_with_one_key(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path
) -> None:
    keys = set()
    for _ in range(2):
        uuid = visited(store, captures, tmp_path)
        archivist.write(uuid)
        data = store.read_role(captures.view(uuid).artifacts, "wacz") or b""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            keys.add(json.loads(archive.read("datapackage-digest.json"))["signedData"]["publicKey"])
    assert len(keys) == 1


def test_without_a_warc_the_reason_is_said_once(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path
) -> None:
    uuid = visited(store, captures, tmp_path, warc=False)
    archivist.write(uuid)
    assert captures.lacks(uuid) == {("wacz", "no_warc")}
    alone = captures.new()
    store.vault.add_missing(alone, [Missing(role="witness", reason="post")])
    archivist.write(alone)
    assert captures.lacks(alone) == {("witness", "post")}


def test_an_unforeseen_failure_costs_the_archive_only(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def broken(*_: object, **__: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(wacz, "write", broken)
    uuid = visited(store, captures, tmp_path)
    archivist.write(uuid)
    assert captures.lacks(uuid) == {("wacz", "archive_failed")}


def test_a_full_disk_is_left_to_be_tried_again(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wacz, "write", full)
    uuid = visited(store, captures, tmp_path)
    with pytest.raises(DiskFullError):
        archivist.write(uuid)
    assert captures.lacks(uuid) == set()


def log_of(store: Store, captures: Captures, uuid: str) -> dict[str, Any]:
    found = next(item for item in captures.view(uuid).artifacts if item.name == LOG)
    return dict(json.loads(store.blobs.read(found.sha256)))


async def test_without_a_browser_the_log_says_why_nothing_was_read_back(
    store: Store, captures: Captures, tmp_path: Path
) -> None:
    settings = store.settings.model_copy(update={"browser": "/nonexistent/browser"})
    archivist = Archivist(store, WarmBrowser(settings))
    uuid = visited(store, captures, tmp_path)
    archivist.write(uuid)
    await archivist.read_back(uuid)
    found = log_of(store, captures, uuid)
    assert (found["reason"], found["text_same"]) == ("browser_missing", None)
    assert captures.view(uuid).steps[-1].step == "read_back"


async def test_whatever_ends_the_reading_is_a_reason_without_its_text(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    async def broken(*_: object) -> ReadBack:
        raise KeyError("SECRET")

    monkeypatch.setattr(replay, "read_back", broken)
    uuid = visited(store, captures, tmp_path)
    archivist.write(uuid)
    await archivist.read_back(uuid)
    found = log_of(store, captures, uuid)
    assert (found["reason"], found["detail"]) == ("internal", "KeyError")


async def test_what_was_compared_is_kept_beside_the_archive_it_is_about(
    store: Store, captures: Captures, archivist: Archivist, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    given: list[Live] = []

    async def read(_: WarmBrowser, warc: Path, live: Live) -> ReadBack:
        given.append(live)
        return ReadBack(text_same=True, picture_difference=0.25, missing_urls=("https://a/b",))

    monkeypatch.setattr(replay, "read_back", read)
    uuid = visited(store, captures, tmp_path)
    await archivist.read_back(uuid)  # no archive yet: nothing to read
    assert LOG not in captures.names(uuid)
    archivist.write(uuid)
    await archivist.read_back(uuid)
    await archivist.read_back(uuid)
    found = log_of(store, captures, uuid)
    archive = next(item for item in captures.view(uuid).artifacts if item.name == NAME)
    assert found["archive_sha256"] == archive.sha256
    assert (found["text_same"], found["picture_difference"]) == (True, 0.25)
    assert found["missing_urls"] == ["https://a/b"]
    assert [(live.url, live.asked) for live in given] == [(URL, URL)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_note_of_the_archive_has_its_words(language: Any) -> None:
    keys = {"missing.no_warc", "missing.archive_failed", "notes.scroller_cut",
            "notes.scrollers_left_out", "notes.frames_not_opened"}  # fmt: skip
    assert keys - set(catalogue(language)) == set()
