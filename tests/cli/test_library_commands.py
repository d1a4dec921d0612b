"""`search` and `compare` on a vault that no helper runs for: what is new is found at once."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.model import CaptureMeta
from helper.settings import Settings
from helper.steps.store import Store, open_store
from scrapers.record import OrderRecord

EARLY, LATE = (str(UUID(int=number)) for number in (1, 2))


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data)], env={"KAZHENG_LANGUAGE": "en"})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = open_store(Settings(data=tmp_path / "data"))
    keep(store, EARLY, "支持七天退款", 0)
    keep(store, LATE, "概不退款", 60)
    store.close()
    return store.settings.data


def keep(store: Store, uuid: str, said: str, minutes: int) -> None:
    at = store.now() + timedelta(minutes=minutes)
    meta = CaptureMeta(url="https://shop.example/o/1", title="<b>订单</b>", clicked_at=at)
    store.vault.create_capture(uuid, meta, [])
    store.vault.add_artifacts(uuid, [store.keep("seen/text", said.encode(), "text/plain")])
    store.vault.put_order(uuid, OrderRecord(order_no="A1B2"))
    store.vault.join_case(
        uuid, platform_key=None, host="shop.example", order_no="A1B2", wanted=None,
        title="Card", now=at,
    )  # fmt: skip
    store.note(uuid, "read")


def test_search_finds_captures_and_orders(data: Path) -> None:
    found = json.loads(run(data, "search", "退款", "a1", "--json").stdout)
    assert found["terms"] == ["退款", "a1"]
    assert [one["capture_id"] for one in found["captures"]] == [LATE, EARLY]
    first = found["captures"][0]
    assert (first["order_no"], first["title"]) == ("A1B2", "<b>订单</b>")
    assert [one["text"] for one in first["snippet"] if one["hit"]] == ["A1", "退款"]
    assert (found["orders"], found["more"], found["waiting"]) == ([], False, 0)
    orders = json.loads(run(data, "search", "b2", "--json").stdout)["orders"]
    assert [one["order_no"] for one in orders] == ["A1B2"]
    assert "概不【退款】" in run(data, "search", "退款").stdout
    assert "No page or order" in run(data, "search", "香蕉").stdout


def test_compare_shows_what_a_page_said_before_and_says_later(data: Path) -> None:
    found = json.loads(run(data, "compare", LATE, EARLY, "--json").stdout)
    assert (found["before"]["capture_id"], found["after"]["capture_id"]) == (EARLY, LATE)
    assert found["same_page"]
    assert found["text"]["state"] == "differs"
    shown = run(data, "compare", EARLY, LATE).stdout
    assert "- 支持七天退款" in shown
    assert "+ 概不退款" in shown


def test_what_cannot_be_compared_or_searched_is_explained(data: Path, tmp_path: Path) -> None:
    for words, code in (
        (("compare", EARLY, EARLY), "refused"), (("compare", EARLY, "x"), "not_found"),
    ):  # fmt: skip
        done = run(data, *words, "--json")
        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"]["code"] == code
    none = run(tmp_path / "nothing", "search", "x", "--json")
    assert json.loads(none.stdout)["error"]["code"] == "not_found"
    assert not (tmp_path / "nothing").exists()
