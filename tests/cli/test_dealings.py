"""What the user tells of a case by commands: kept, shown, refused where it cannot be, undone."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.model import CaptureMeta
from helper.settings import Settings
from helper.steps.seal import Sealer
from helper.steps.store import Store, open_store
from scrapers.record import OrderRecord, Payment

CAPTURE = "12345678-1234-1234-1234-123456789012"
ORDERED, PAID = "2026-01-05T10:00:30+08:00", "2026-01-05T10:01:00+08:00"


def run(store: Store, *words: str, language: str = "zh_CN") -> Result:
    return CliRunner().invoke(
        app, [*words, "--data", str(store.settings.data)],
        env={"KAZHENG_LANGUAGE": language, "COLUMNS": "200"},
    )  # fmt: skip


def told(store: Store, *words: str) -> dict[str, Any]:
    done = run(store, "case", *words, "--json")
    assert done.exit_code == 0, done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refused(store: Store, *words: str) -> dict[str, str]:
    done = run(store, "case", *words, "--json")
    assert done.exit_code == 1, done.stdout
    error: dict[str, str] = json.loads(done.stdout)["error"]
    return error


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(Settings(data=tmp_path / "data"))


@pytest.fixture
def case(store: Store) -> str:
    """A case with one sealed capture of an order of 29 yuan, paid at 10:01."""
    meta = CaptureMeta(url="https://shop.example/o/1", clicked_at="2026-01-06T10:00:00+08:00")
    store.vault.create_capture(CAPTURE, meta, [])
    store.vault.add_artifacts(CAPTURE, [store.keep("seen/viewport", b"picture", "image/png")])
    order = OrderRecord(
        order_no="A1", status="paid", status_text="已付款", amount="29.00", currency="CNY",
        created_at=ORDERED, payment=Payment(paid_at=PAID),
    )  # fmt: skip
    store.vault.put_order(CAPTURE, order)
    case_id = store.vault.join_case(
        CAPTURE, platform_key=None, host="shop.example", order_no="A1", wanted=None,
        title="Card", now=store.now(),
    )  # fmt: skip
    Sealer(store).seal(CAPTURE, "S0")
    return case_id


DAY = ("--at", "2026-01-07T12:00")


def test_a_contact_is_kept_with_all_that_was_told_and_shown(store: Store, case: str) -> None:
    found = told(
        store, "contact", case, "--way", "chat", "--said", "问退款", "--promised", "三天内退",
        "--promised-by", "2026-01-10", "--agent", "08", "--who", "小王", "--side", "platform",
        "--capture", CAPTURE, *DAY,
    )  # fmt: skip
    [entry] = found["entries"]
    assert entry["entry_id"] == found["entry_id"]
    assert entry["what"] == {
        "kind": "contact", "at": "2026-01-07T12:00:00+08:00", "way": "chat", "side": "platform",
        "who": "小王", "agent_no": "08", "said": "问退款", "promised": "三天内退",
        "promised_by": "2026-01-10T23:59:59+08:00", "capture_id": CAPTURE,
    }  # fmt: skip
    shown = run(store, "case", "show", case).stdout
    assert "聊天联系平台（小王，工号 08）：“问退款”；对方答应：“三天内退”" in shown
    assert entry["entry_id"] in shown


def test_an_answer_a_refund_a_party_and_answers_are_kept(store: Store, case: str) -> None:
    told(store, "filed", case, "--channel", "wechat_pay", "--number", "T1", *DAY)
    answer = ("--channel", "wechat_pay", "--outcome", "coupon", "--offered", "5元", "--by", "sms")
    found = told(store, "answer", case, *answer, "--at", "2026-01-08T12:00")
    assert found["warnings"] == []
    assert found["entries"][-1]["what"]["offered"] == "5.00"
    assert found["entries"][-1]["what"]["by"] == "sms"
    told(store, "refund", case, "--amount", "¥29", "--at", "2026-01-09")
    told(store, "party", case, "--name", "示例公司", "--code", "91X", "--found-in", "footer")
    found = told(
        store, "answers", case, "--issue", "dead_code", "resale=否", "used=yes", "x=提示=错"
    )
    what = [entry["what"] for entry in found["entries"]]
    assert what[1]["amount"] == "29.00"
    assert (what[2]["name"], what[2]["found_in"]) == ("示例公司", "footer")
    assert what[3]["answers"] == {"resale": False, "used": True, "x": "提示=错"}
    assert found["filings"][0]["number"] == "T1"
    shown = run(store, "case", "show", case).stdout
    assert "2026-01-09  退款到账 29.00 元" in shown
    assert f"kazheng case close {case} --because refunded" in shown


FUTURE = ("--at", "2999-01-01")


@pytest.mark.parametrize(
    ("words", "told_in", "words_of_error"),
    [
        (("contact", "--way", "chat", "--said", "x", *FUTURE), "message", "2999-01-01"),
        (("contact", "--way", "chat", "--said", "x", "--at", "1900-01-01"), "message", "1900"),
        (("contact", "--way", "chat", "--said", "x", "--at", "gestern"), "message", "gestern"),
        (("contact", "--way", "chat"), "next_step", "无人接听"),
        (("contact", "--way", "chat", "--said", "x", "--promised-by", "2026-01-01", *DAY),
         "message", "2026-01-01"),
        (("contact", "--way", "chat", "--said", "x", "--capture", "none"),
         "next_step", "case move"),
        (("refund", "--amount", "0"), "next_step", "29.00"),
        (("refund", "--amount", "-5"), "next_step", "29.00"),
        (("refund", "--amount", "many"), "message", "many"),
        (("refund", "--amount", "NaN"), "message", "NaN"),
        (("refund", "--amount", "Infinity"), "message", "Infinity"),
        (("refund", "--amount", "1000000000"), "message", "999999999.99"),
        (("refund", "--amount", "0.001"), "next_step", "2 位小数"),
        (("refund", "--amount", "0.001", "--currency", "rmb"), "next_step", "2 位小数"),
        (("refund", "--amount", "29", "--at", "1970-01-01"), "message", "太早"),
        (("contact", "--way", "chat", "--said", "x", "--promised-by", "2099-01-01", *DAY),
         "message", "太远"),
        (("contact", "--way", "chat", "--said", "x" * 10_000), "message", "--said"),
        (("contact", "--way", "chat", "--said", "x" * 10_000), "message", "10000"),
        (("contact", "--way", "chat", "--said", "x", "--agent", "1" * 201), "message", "--agent"),
        (("filed", "--channel", "12315", "--number", "1" * 300), "message", "--number"),
        (("filed", "--channel", "12315", "--number", "1" * 300), "next_step", "200"),
        (("party", "--name", ""), "message", "--name"),
        (("answer", "--channel", "gsxt", "--outcome", "silent", *DAY), "message", "gsxt"),
        (("filed", "--channel", "gsxt", *DAY), "next_step", "12315"),
        (("refund", "--amount", "29", "--at", "2026-01-04"), "next_step", "created_at"),
        (("answer", "--channel", "12315", "--outcome", "silent", "--at", "2026-01-05T09:59"),
         "next_step", "created_at"),
        (("filed", "--channel", "12315", "--at", "2026-01-05T09:59"), "next_step", "created_at"),
        (("filed", "--channel", "nobody"), "next_step", "12315"),
        (("filed", "--channel", "12315", "--draft", "d-none"), "message", "d-none"),
        (("answers", "--issue", "nonsense", "a=1"), "next_step", "dead_code"),
        (("undo", "e-none"), "next_step", "kazheng case show"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_next_step(
    words: tuple[str, ...], told_in: str, words_of_error: str, store: Store, case: str
) -> None:
    name, *rest = words
    before = store.vault.case(case)
    assert words_of_error in refused(store, name, case, *rest)[told_in]
    assert store.vault.case(case) == before


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (("contact", "--way", "pigeon", "--said", "x"), "in_person"),
        (("contact", "--way", "chat", "--said", "x", "--side", "nobody"), "merchant"),
        (("answer", "--channel", "12315", "--outcome", "fine"), "coupon"),
        (("answer", "--channel", "12315", "--outcome", "silent", "--by", "owl"), "sms"),
        (("party", "--name", "x", "--role", "boss"), "payee"),
        (("party", "--name", "x", "--found-in", "dream"), "footer"),
        (("close", "--because", "tired"), "withdrawn"),
        (("answers", "--issue", "other", "resale"), "KEY=VALUE"),
    ],
)
def test_a_value_that_no_option_has_is_wrong_usage(
    words: tuple[str, ...], known: str, store: Store, case: str
) -> None:
    name, *rest = words
    done = run(store, "case", name, case, *rest)
    assert done.exit_code == 2
    assert known in done.output


def test_a_time_of_the_orders_own_minute_or_day_is_not_before_it(store: Store, case: str) -> None:
    for at in ("2026-01-05T10:00", "2026-01-05"):
        told(store, "filed", case, "--channel", "12315", "--at", at)
    assert len(store.vault.case(case).filings) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("refund", "--amount", "290", *DAY), "超过了付款 29.00 元"),
        (("refund", "--amount", "5", "--currency", "usdt", *DAY), "币种 USDT"),
        (("contact", "--way", "chat", "--said", "问库存", "--at", "2026-01-04T12:00"), "下单前"),
        (("answer", "--channel", "12315", "--outcome", "silent", *DAY), "kazheng case filed"),
        (("answer", "--channel", "12315", "--outcome", "partial", "--offered", "99", *DAY),
         "超过付款"),
        (("party", "--name", "示例公司", "--code", "123"), "18 位"),
        (("answers", "--issue", "dead_code", "used_as_tolt=yes"), "键写错了：used_as_tolt"),
        (("answers", "--issue", "dead_code", "code_shared=perhaps"), "不会被采用：code_shared"),
    ],
)  # fmt: skip
def test_what_is_unlikely_is_kept_and_named(
    words: tuple[str, ...], said: str, store: Store, case: str
) -> None:
    name, *rest = words
    done = run(store, "case", name, case, *rest)
    assert (done.exit_code, said in done.stdout) == (0, True)
    assert len(store.vault.case(case).entries) == 1


def test_no_refusal_of_the_command_line_speaks_of_the_extension(store: Store, case: str) -> None:
    for words in (("party", "--name", ""), ("contact", "--way", "chat", "--said", "x" * 5001)):
        assert "扩展" not in refused(store, words[0], case, *words[1:])["next_step"]


def test_answers_that_some_rule_knows_raise_no_doubt(store: Store, case: str) -> None:
    words = ("days=3天", "facts=是", "fraud_signs=失联", "resale=no", "illegal_content=假币广告")
    found = told(store, "answers", case, "--issue", "dead_code", *words)
    assert found["warnings"] == []


def test_a_register_code_that_can_be_one_raises_no_doubt(store: Store, case: str) -> None:
    code = ("--code", "91350100M000100Y43")
    assert told(store, "party", case, "--name", "示例公司", *code)["warnings"] == []


def test_a_coin_may_have_more_than_two_decimals(store: Store, case: str) -> None:
    found = told(store, "refund", case, "--amount", "0.001", "--currency", "USDT", *DAY)
    assert found["entries"][0]["what"]["amount"] == "0.001"


def test_a_refund_in_another_currency_is_not_counted_and_closing_says_so(
    store: Store, case: str
) -> None:
    told(store, "refund", case, "--amount", "29", "--currency", "USDT", *DAY)
    [said] = told(store, "close", case)["warnings"]
    assert "0.00 元" in said
    assert "29.00 USDT" in said


def test_what_was_told_is_taken_back(store: Store, case: str) -> None:
    entry = told(store, "refund", case, "--amount", "29", *DAY)["entry_id"]
    filing = told(store, "filed", case, "--channel", "12315", *DAY)["entry_id"]
    assert told(store, "undo", case, entry)["entries"] == []
    assert told(store, "undo", case, filing)["filings"] == []


def test_closing_before_the_money_is_back_warns_and_can_be_undone(store: Store, case: str) -> None:
    closed = run(store, "case", "close", case, "--because", "withdrawn").stdout
    assert "结案" in closed
    assert "撤回" in closed
    assert f"kazheng case reopen {case}" in closed
    assert told(store, "reopen", case)["closed_at"] is None
    assert told(store, "close", case, "--because", "reissued")["warnings"] == []
    told(store, "reopen", case)
    told(store, "refund", case, "--amount", "29", *DAY)
    assert told(store, "close", case, "--because", "refunded")["warnings"] == []


def test_a_resolved_answer_suggests_to_look_before_closing(store: Store, case: str) -> None:
    told(store, "answer", case, "--channel", "12315", "--outcome", "resolved", *DAY)
    shown = json.loads(run(store, "case", "show", case, "--json").stdout)
    assert "确认解决" in shown["closing"]
    assert shown["closed_at"] is None


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_time_line_and_the_figures_are_whole_sentences(
    language: str, store: Store, case: str
) -> None:
    told(store, "contact", case, "--way", "phone", "--said", "x", *DAY)
    for words in (("case", "timeline", case), ("stats",)):
        said = run(store, *words, language=language).stdout
        assert len(said.splitlines()) > 2
        assert "{" not in said
        assert "timeline." not in said


def test_the_time_line_and_the_figures_are_json_too(store: Store, case: str) -> None:
    events = told(store, "timeline", case)["events"]
    assert [event["key"] for event in events] == ["ordered", "paid", "captured"]
    figures = json.loads(run(store, "stats", "--json").stdout)
    assert (figures["cases"], figures["shops"][0]["sums"][0]["paid"]) == (1, "29.00")
