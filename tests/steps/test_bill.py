"""A bill is matched with the vault's orders, and a case gets the rows that concern it, once."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from helper.complaints.exhibits import payment_facts, payments
from helper.desk import Desk
from helper.errors import InvalidError, PasswordNeededError, TooLargeError
from helper.printing import case_lines, plain
from helper.steps.attach import RECORD, attach
from helper.steps.bill import ImportedBill, bill_bytes, bring, read
from helper.steps.store import Store
from scrapers.bills.files import MAX_BYTES
from scrapers.moments import SHANGHAI
from scrapers.record import OrderRecord
from tests.scrapers import bill_files as made
from tests.scrapers.bill_files import ORDER, TRADE, wechat_row

MADE = datetime(2026, 8, 18, 14, 23, 5, tzinfo=SHANGHAI)


def case_of(store: Store, captures: Any, **given: Any) -> str:
    """Return a case whose order was read from a page."""
    said = {"order_no": ORDER, "amount": Decimal(36), "created_at": MADE} | given
    order = OrderRecord.model_validate(said)
    capture_id = captures.new()
    store.vault.put_order(capture_id, order)
    return store.vault.join_case(
        capture_id, platform_key=None, host=order.order_no, order_no=order.order_no, wanted=None,
        title="订单", now=store.now(),
    )  # fmt: skip


def brought(store: Store | None, folder: Path, data: bytes, **given: bool) -> ImportedBill:
    path = folder / "微信支付账单 8月.csv"
    path.write_bytes(data)
    return bring(store, path, data, read(path, data, None), **given)


def extracts(store: Store, case_id: str) -> list[str]:
    return [
        store.blobs.read(item.sha256).decode()
        for capture in store.vault.case(case_id).captures
        for item in capture.artifacts
        if item.about.get("payment")
    ]


OTHER = wechat_row(
    trade="4200002026081299990000000001", merchant="X9", amount="¥5.20", who="早餐店"
)


def test_a_case_gets_its_own_row_and_nothing_else_of_the_bill(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    data = made.wechat_csv(wechat_row(), OTHER)
    found = brought(store, tmp_path, data)
    [matched] = found.matched
    assert (matched.case_id, matched.payment, matched.state) == (case_id, 0, "added")
    assert matched.reasons == ("merchant_no_is_order_no", "same_amount")
    [text] = extracts(store, case_id)
    line = data.decode("utf-8-sig").split("\r\n")[17]
    assert line in text
    assert found.sha256 in text
    assert "所在行：第 18 行" in text
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert "早餐店".encode() not in kept
    assert TRADE.encode() in kept


def test_the_extract_is_sealed_and_marked_as_brought(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    brought(store, tmp_path, made.wechat_csv(wechat_row()))
    capture = store.vault.case(case_id).captures[-1]
    assert capture.state == "sealed"
    assert capture.meta.extra["origin"] == "brought"
    own = next(item for item in capture.artifacts if item.role == "attachment")
    assert own.about["kind"] == "payment"
    assert str(own.about["note"]).endswith("依据：商户单号就是订单号；金额相同")
    log = next(item for item in capture.artifacts if item.name == RECORD)
    assert json.loads(store.blobs.read(log.sha256))["payment"]["trade_no"] == TRADE


def test_the_case_learns_what_its_order_does_not_say(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures, amount=None)
    brought(store, tmp_path, made.wechat_csv(wechat_row()))
    order = store.vault.case(case_id).order
    assert order is not None
    assert order.payment.trade_no == TRADE
    assert order.payment.paid_at == datetime(2026, 8, 18, 14, 24, 11, tzinfo=SHANGHAI)
    assert order.amount == 36
    assert order.sources["payment.trade_no"].artifact == "user"
    assert {one.origin for one in store.vault.case(case_id).corrections} == {"attachment"}
    store.vault.add_correction(case_id, "amount", "35.00", store.now())
    view = store.vault.case(case_id)
    assert [one.origin for one in view.corrections if one.field == "amount"] == [
        "attachment", "user",
    ]  # fmt: skip
    lines = case_lines(plain(view) | {"due": [], "gaps": []}, "zh_CN")
    assert any(line.strip().startswith(f"来自账单 payment.trade_no：{TRADE}") for line in lines)
    assert any(line.strip().startswith("本人填写 amount：35.00") for line in lines)


def test_what_the_page_shows_is_not_replaced(store: Store, captures: Any, tmp_path: Path) -> None:
    case_id = case_of(store, captures, payment={"paid_at": MADE, "trade_no": "GW20260818001"})
    brought(store, tmp_path, made.wechat_csv(wechat_row()))
    order = store.vault.case(case_id).order
    assert order is not None
    assert (order.payment.trade_no, order.payment.paid_at) == ("GW20260818001", MADE)
    assert store.vault.case(case_id).corrections == ()


def test_the_same_payment_is_never_added_twice(store: Store, captures: Any, tmp_path: Path) -> None:
    case_id = case_of(store, captures)
    data = made.wechat_csv(wechat_row())
    first = brought(store, tmp_path, data)
    view = store.vault.case(case_id)
    again = brought(store, tmp_path, data)
    other = brought(store, tmp_path, made.wechat_xlsx(OTHER, wechat_row()))
    assert [found.matched[0].state for found in (first, again, other)] == [
        "added", "already", "already",
    ]  # fmt: skip
    assert store.vault.case(case_id) == view


def test_an_extract_that_said_less_of_its_payment_is_the_same_payment(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    at = datetime(2026, 8, 18, 14, 24, 11, tzinfo=SHANGHAI).isoformat()
    less = {"provider": "wechat", "trade_no": TRADE, "paid_at": at, "amount": "36.00",
            "status": "paid", "stayed_out": True}  # fmt: skip
    (file := tmp_path / "extract.txt").write_text("x", "utf-8")
    attach(store, case_id, file, limit=9, kind="payment", facts={"payment": less})
    again = brought(store, tmp_path, made.wechat_csv(wechat_row()))
    assert again.matched[0].state == "already"


def test_an_extract_tells_whom_the_money_went_to(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    brought(store, tmp_path, made.wechat_csv(wechat_row(who="示例收款店")))
    [facts] = payment_facts(store.vault.case(case_id))
    assert (facts["counterparty"], facts["merchant_no"]) == ("示例收款店", ORDER)


def test_a_later_state_of_a_payment_is_added_but_is_no_second_bill(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    brought(store, tmp_path, made.wechat_csv(wechat_row()))
    back = (
        wechat_row(status="已全额退款"),
        wechat_row(
            at="2026-08-19 09:00:00",
            kind="快卡小站-退款",
            way="收入",
            status="已全额退款",
            trade="503001",
        ),
    )
    assert brought(store, tmp_path, made.wechat_csv(*back)).matched[0].state == "added"
    first, second = extracts(store, case_id)
    assert "【退款】" not in first
    assert "【退款】" in second
    kinds = [
        item.about.get("kind")
        for capture in store.vault.case(case_id).captures
        for item in capture.artifacts
        if item.role == "attachment"
    ]
    assert kinds == ["payment", None]


def test_a_likely_match_is_added_only_when_asked(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    data = made.wechat_csv(wechat_row(merchant="EPAY0818000001"))
    assert brought(store, tmp_path, data).matched[0].state == "not_added"
    assert extracts(store, case_id) == []
    assert store.vault.case(case_id).corrections == ()
    assert brought(store, tmp_path, data, accept_likely=True).matched[0].state == "added"
    assert "金额相同" in str(store.vault.case(case_id).captures[-1].meta.extra["note"])


def test_the_whole_bill_only_when_asked(store: Store, captures: Any, tmp_path: Path) -> None:
    case_id = case_of(store, captures)
    data = made.wechat_csv(wechat_row(), OTHER)
    for _ in range(2):
        assert brought(store, tmp_path, data, whole=True).whole
    found = [
        item.sha256
        for capture in store.vault.case(case_id).captures
        for item in capture.artifacts
        if item.role == "attachment" and not item.about.get("payment")
    ]
    assert [store.blobs.read(sha256) for sha256 in found] == [data]


def test_the_whole_bill_is_the_bytes_that_were_read(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    path, data = tmp_path / "账单.csv", made.wechat_csv(wechat_row())
    path.write_bytes(b"written anew meanwhile")
    bring(store, path, data, read(path, data, None), whole=True)
    kept = [
        store.blobs.read(item.sha256)
        for capture in store.vault.case(case_id).captures
        for item in capture.artifacts
        if item.role == "attachment"
    ]
    assert data in kept
    assert path.read_bytes() not in kept


def test_payments_without_a_number_of_their_own_stay_apart(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures)
    later = wechat_row(trade="/", at="2026-08-18 15:00:00")
    data = made.wechat_csv(wechat_row(trade="/"), later)
    for states in (["added", "added"], ["already", "already"]):
        assert [one.state for one in brought(store, tmp_path, data).matched] == states
    case = store.vault.case(case_id)
    times = [one.paid_at and one.paid_at.astimezone(SHANGHAI).hour for one in payments(case)]
    assert times == [14, 15]
    kinds = {item.about.get("kind") for c in case.captures for item in c.artifacts
             if item.about.get("payment")}  # fmt: skip
    assert kinds == {"payment"}


async def test_two_charges_for_an_order_suggest_that_complaint(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures, status="paid", status_text="已支付")
    desk = Desk(store)
    assert (await desk.suggest(case_id))["issue"] == "not_delivered"
    twice = made.wechat_csv(wechat_row(), wechat_row(trade="4200002026081814240087654321"))
    [double] = brought(store, tmp_path, twice).double_charges
    assert (double.order, double.confidence) == (case_id, "certain")
    assert len(extracts(store, case_id)) == 2
    assert (await desk.suggest(case_id))["reason"] == "two_payments"


async def test_a_charge_that_came_back_is_no_second_one(
    store: Store, captures: Any, tmp_path: Path
) -> None:
    case_id = case_of(store, captures, status="paid", status_text="已支付")
    second = wechat_row(trade="4200002026081814240087654321", status="已全额退款")
    assert brought(store, tmp_path, made.wechat_csv(wechat_row(), second)).double_charges == ()
    assert (await Desk(store).suggest(case_id))["issue"] == "not_delivered"


def test_two_cases_that_fit_get_nothing(store: Store, captures: Any, tmp_path: Path) -> None:
    cases = [case_of(store, captures, order_no=number) for number in ("A1", "B1")]
    found = brought(
        store, tmp_path, made.wechat_csv(wechat_row(merchant="EPAY0818000001")), accept_likely=True
    )
    assert found.matched == ()
    assert set(found.candidates[0].orders) == set(cases)
    assert [extracts(store, case_id) for case_id in cases] == [[], []]


def test_without_a_vault_a_bill_is_only_read(tmp_path: Path) -> None:
    found = brought(None, tmp_path, made.wechat_csv(wechat_row()))
    assert (len(found.payments), found.matched) == (1, ())


def test_a_bill_that_cannot_be_read_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    locked = made.zipped(made.wechat_csv(wechat_row()), "a.csv", "123456")
    for password, reason in ((None, "password_needed"), ("000000", "wrong_password")):
        with pytest.raises(PasswordNeededError) as told:
            read(path, locked, password)
        assert told.value.details["reason"] == reason
        assert "000000" not in str(told.value)
    with pytest.raises(InvalidError, match="bill_not_a_bill"):
        read(path, b"hello", None)
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(TooLargeError):
        bill_bytes(path)
    with pytest.raises(InvalidError):
        bill_bytes(tmp_path)
