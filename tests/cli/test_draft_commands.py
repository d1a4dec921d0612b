"""Versions, own words and the way to the phone as commands on a case that is there."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.model import CaptureMeta, Filing
from helper.packing import PAGE, TEXT
from helper.settings import Settings
from helper.steps.store import Store, open_store
from scrapers.record import Delivery, OrderRecord, Payment, Secret
from scrapers.text import mask_text
from tests.cli.test_packing import picture

CAPTURE = "12345678-1234-1234-1234-12345678901{}"
CODE, TRADE_NO, PHONE = "QX7T-99KM-4WPL", "42000202611201423", "13812345678"
IDENTITY = "11010519491231002X"
CORE, MINE = "short.brief", "我付了 9.90 元，没有收到（证据1）。"


def run(store: Store, *words: str, limits: str = "") -> Result:
    data = str(store.settings.data)
    env = {"KAZHENG_LANGUAGE": "zh_CN", "COLUMNS": "200", "KAZHENG_LIMITS": limits}
    return CliRunner().invoke(app, [*words, "--data", data], env=env)


def told(done: Result) -> Any:
    return json.loads(done.stdout)


def order(**values: Any) -> OrderRecord:
    plain = {
        "order_no": "A1", "status": "paid", "status_text": "已付款", "amount": "9.90",
        "currency": "CNY", "payment": Payment(trade_no=TRADE_NO), "buyer_contact": PHONE,
    }  # fmt: skip
    return OrderRecord.model_validate(plain | values)


def capture(store: Store, number: int, shown: OrderRecord, page: str = "订单号 A1 已付款") -> str:
    """Keep a page of the order; return the case."""
    uuid = CAPTURE.format(number)
    clicked = store.now() + timedelta(minutes=number)
    store.vault.create_capture(uuid, CaptureMeta(url="https://a.example/1", clicked_at=clicked), [])
    kept = [
        store.keep("seen/viewport", picture(60 + number), "image/png"),
        store.keep("seen/text", page.encode(), "text/plain"),
    ]
    store.vault.add_artifacts(uuid, kept)
    store.vault.put_order(uuid, shown)
    return store.vault.join_case(
        uuid, platform_key=None, host="a.example", order_no="A1", wanted=None, title="Card",
        now=store.now(),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(Settings(data=tmp_path / "data"))


@pytest.fixture
def case(store: Store) -> str:
    return capture(store, 1, order())


def make(store: Store, case: str, channel: str = "wechat_pay", issue: str = "not_delivered") -> Any:
    return told(run(store, "draft", case, "--channel", channel, "--issue", issue, "--json"))


def test_the_same_complaint_again_is_no_version_a_changed_case_is(store: Store, case: str) -> None:
    first, again = make(store, case), make(store, case)
    assert (again["draft_id"], again["version"]) == (first["draft_id"], 1)
    run(store, "case", "correct", case, "amount", "12.50")
    new = make(store, case)
    assert (new["version"], new["replaces"]) == (2, first["draft_id"])
    assert make(store, case, "alipay")["version"] == 1
    found = told(run(store, "drafts", case, "--json"))["drafts"]
    assert [one["version"] for one in found] == [1, 2, 1]
    [core, *_] = found[1]["changes"]
    assert (core["key"], core["state"]) == (CORE, "changed")
    assert ("9.90" in core["before"], "12.50" in core["after"]) == (True, True)
    shown = run(store, "drafts", case).stdout
    assert f"改动 [{CORE}] {core['before']} → {core['after']}" in shown


def test_own_words_survive_a_new_capture_and_are_taken_back(store: Store, case: str) -> None:
    first = make(store, case)["draft_id"]
    edited = told(run(store, "edit", first, CORE, MINE, "--json"))
    assert edited["text"].startswith(f"{MINE}请")
    assert edited["lint"] == []
    capture(store, 2, order(status="cancelled", status_text="已关闭"))
    new = make(store, case)
    assert (new["version"], new["text"].startswith(f"{MINE}请")) == (2, True)
    [finding] = [one for one in new["lint"] if one["rule"] == "edit_outdated"]
    assert "已关闭" in finding["better"]
    shown = run(store, "drafts", case).stdout
    assert f"[{CORE}] {MINE}" in shown
    assert "您改写了 1 句" in shown
    back = told(run(store, "edit", new["draft_id"], CORE, "--undo", "--json"))
    assert (back["edits"], back["text"].startswith(finding["better"])) == ([], True)
    assert store.vault.draft(first).text.startswith(MINE)


def test_an_edit_of_a_filed_draft_is_said_to_stand_in_a_new_one(store: Store, case: str) -> None:
    first = make(store, case)
    filing = Filing(
        draft_id=first["draft_id"], channel="x", number=None, capture_id=None, at=store.now()
    )
    store.vault.add_filing(case, filing)
    done = run(store, "edit", first["draft_id"], CORE, MINE)
    assert "原样保留" in done.stdout
    assert "第 2 版" in done.stdout
    assert "已提交" in run(store, "drafts", case).stdout
    assert store.vault.draft(first["draft_id"]).text == first["text"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((CORE, " "), "是空的"),
        (("none", "x"), "没有这一句"),
        ((CORE, "--undo"), "没有您的改写"),
    ],
)
def test_an_edit_that_cannot_be_is_explained(
    store: Store, case: str, words: tuple[str, ...], said: str
) -> None:
    draft = make(store, case)["draft_id"]
    done = run(store, "edit", draft, *words)
    assert (done.exit_code, said in done.stderr) == (1, True)
    assert store.vault.draft(draft).edits == ()


def test_an_edit_of_an_older_version_names_the_newest(store: Store, case: str) -> None:
    first = make(store, case)["draft_id"]
    run(store, "case", "correct", case, "amount", "12.50")
    newest = make(store, case)["draft_id"]
    done = run(store, "edit", first, CORE, MINE)
    assert (done.exit_code, newest in done.stderr) == (1, True)
    assert "没有这份投诉稿" in run(store, "edit", "d-9", CORE, MINE).stderr


@pytest.mark.parametrize("words", [(), ("x", "--undo")])
def test_an_edit_needs_words_or_their_undoing(
    store: Store, case: str, words: tuple[str, ...]
) -> None:
    assert run(store, "edit", "d-1", CORE, *words).exit_code == 2


def test_a_packet_is_written_with_its_page_named(store: Store, case: str, tmp_path: Path) -> None:
    draft, out = make(store, case), tmp_path / "手机 1"
    done = run(store, "packet", draft["draft_id"], "--out", str(out))
    assert str(out / PAGE) in done.stdout
    assert "没有查到" in done.stdout
    assert (out / TEXT).read_text("utf-8-sig") == draft["text"]
    [kept] = out.glob("证据1-*.png")
    assert kept.read_bytes() == store.blobs.read(draft["exhibits"][0]["sha256"])
    again = run(store, "packet", draft["draft_id"], "--out", str(out), "--json")
    assert (again.exit_code, "已经有内容" in again.stdout) == (1, True)


def test_limits_read_in_the_phone_are_kept(store: Store, case: str, tmp_path: Path) -> None:
    capture(store, 2, order())
    draft, out = make(store, case)["draft_id"], tmp_path / "p"
    limits = "wechat_pay.files=1,wechat_pay.file_bytes=1024"
    found = told(run(store, "packet", draft, "--out", str(out), "--json", limits=limits))
    [name] = [name for name in found["names"] if "证据" in name]
    assert (name.startswith("证据1-"), name.endswith(".jpg")) == (True, True)
    assert (out / name).stat().st_size <= 1024
    assert any("证据2" in remark for remark in found["remarks"])


def test_a_public_packet_shows_no_private_value_not_even_the_users(
    store: Store, tmp_path: Path
) -> None:
    code = Secret(masked=mask_text(CODE), sha256=hashlib.sha256(CODE.encode()).hexdigest())
    state = {"status": "delivered", "status_text": "已发货"}
    shown = order(delivery=Delivery(secrets=(code,)), **state)
    case = capture(store, 1, shown, f"订单号 A1\n卡密：{CODE}\n手机号：{PHONE}")
    draft = make(store, case, "heimao", "dead_code")["draft_id"]
    numbers = f"电话 {PHONE}，支付单号 {TRADE_NO}，身份证 {IDENTITY}"
    mine = f"卡密 {CODE} 不能用，{numbers}，付了 9.90 元（证据1）。"
    run(store, "edit", draft, "problem.core", mine)
    out = tmp_path / "p"
    run(store, "packet", draft, "--out", str(out))
    written = "".join(path.read_text("utf-8-sig") for path in out.rglob("*") if path.is_file())
    for value in (CODE, PHONE, TRADE_NO, IDENTITY):
        assert value not in written
    assert "付了 9.90 元" in written
    assert "****" in written
    assert not list(out.glob("*.png"))
