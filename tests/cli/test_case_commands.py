"""The commands on a case that is there: what they change can be seen, what they write can be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.complaints.ladder.channels import channels
from helper.model import CaptureMeta
from helper.settings import Settings
from helper.steps.seal import Sealer
from helper.steps.store import Store, open_store
from scrapers.record import OrderRecord

PAGE = Path(__file__).parents[1] / "pages" / "lechuang" / "failed.html"
CAPTURE = "12345678-1234-1234-1234-123456789012"


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(
        app, [*words, "--data", str(data)], env={"KAZHENG_LANGUAGE": "en", "COLUMNS": "200"}
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(Settings(data=tmp_path / "data"))


@pytest.fixture
def case(store: Store) -> str:
    """A case with one sealed capture of a paid order."""
    meta = CaptureMeta(url="https://shop.example/o/1", clicked_at=store.now())
    store.vault.create_capture(CAPTURE, meta, [])
    picture = store.keep("seen/viewport", b"picture", "image/png")
    store.vault.add_artifacts(CAPTURE, [picture])
    order = OrderRecord(order_no="A1", status="paid", status_text="已付款", amount="9.90")
    store.vault.put_order(CAPTURE, order)
    case_id = store.vault.join_case(
        CAPTURE, platform_key=None, host="shop.example", order_no="A1", wanted=None,
        title="Card", now=store.now(),
    )  # fmt: skip
    Sealer(store).seal(CAPTURE, "S0")
    return case_id


def test_a_note_and_the_end_of_a_case_can_be_seen(store: Store, case: str) -> None:
    data = store.settings.data
    assert "called the shop" in run(data, "case", "note", case, "called the shop").stdout
    assert "closed (China time" in run(data, "case", "close", case).stdout
    shown = run(data, "case", "show", case).stdout
    assert "called the shop" in shown
    assert "closed (China time" in shown


def test_a_reply_to_what_the_shop_says_is_written_from_the_case(store: Store, case: str) -> None:
    data = store.settings.data
    told = json.loads(run(data, "case", "reply", case, "--move", "delay", "--json").stdout)
    assert told["text"].startswith("订单号 A1，订单金额 9.90。")
    assert told["sentences"][0]["meaning"] == "Order A1, amount 9.90."
    assert told["text"] in run(data, "case", "reply", case, "--move", "delay").stdout
    wrong = run(data, "case", "reply", case, "--move", "shout", "--json")
    assert wrong.exit_code == 1
    assert "no_refund_virtual" in json.loads(wrong.stdout)["error"]["next_step"]


def test_an_empty_note_is_refused(store: Store, case: str) -> None:
    assert run(store.settings.data, "case", "note", case, "  ").exit_code == 1
    assert store.vault.case(case).notes == ()


def test_a_correction_is_shown_beside_what_was_read_and_taken_back(store: Store, case: str) -> None:
    data = store.settings.data
    shown = run(data, "case", "correct", case, "amount", "12.50").stdout
    assert "your value for amount: 12.50 (read on the page: 9.90)" in shown
    told = json.loads(run(data, "case", "show", case, "--json").stdout)
    assert (told["order"]["amount"], told["order"]["sources"]["amount"]["artifact"]) == (
        "12.50",
        "user",
    )
    assert told["corrections"][0]["read"] == "9.90"
    back = run(data, "case", "correct", case, "amount", "--undo")
    assert (back.exit_code, "12.50" in back.stdout) == (0, False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("prize", "1"), "payment.paid_at"),
        (("amount", "much"), "98.00"),
        (("created_at", "gestern"), "2026-11-20 14:23"),
        (("amount", "--undo"), "kazheng case show"),
    ],
)
def test_a_wrong_correction_is_explained(
    words: tuple[str, ...], told: str, store: Store, case: str
) -> None:
    done = run(store.settings.data, "case", "correct", case, *words, "--json")
    assert done.exit_code == 1
    assert told in json.loads(done.stdout)["error"]["next_step"]
    assert store.vault.case(case).corrections == ()


@pytest.mark.parametrize("words", [(), ("9.90", "--undo")])
def test_a_correction_needs_a_value_or_its_undoing(
    words: tuple[str, ...], store: Store, case: str
) -> None:
    assert run(store.settings.data, "case", "correct", case, "amount", *words).exit_code == 2


def test_the_number_of_another_case_is_refused_and_its_page_can_be_moved(
    store: Store, case: str
) -> None:
    page = CAPTURE[:-1] + "3"
    meta = CaptureMeta(url="https://shop.example/o/7", clicked_at=store.now())
    store.vault.create_capture(page, meta, [])
    store.vault.put_order(page, OrderRecord(order_no="A7"))
    second = store.vault.join_case(
        page, platform_key=None, host="shop.example", order_no="A7", wanted=None, title="x",
        now=store.now(),
    )  # fmt: skip
    data = store.settings.data
    refused = run(data, "case", "correct", second, "order_no", "A1", "--json")
    error = json.loads(refused.stdout)["error"]
    assert (refused.exit_code, error["code"]) == (1, "conflict")
    assert f"kazheng case move {case}" in error["next_step"]
    moved = run(data, "case", "move", case, page)
    assert page in moved.stdout
    assert len(store.vault.case(case).captures) == 2


def test_an_unknown_case_is_named_with_the_way_to_the_list(store: Store, case: str) -> None:
    done = run(store.settings.data, "case", "show", "c-none")
    assert done.exit_code == 1
    assert "kazheng case list" in done.stderr
    assert "c-none" in done.stderr


def test_a_draft_tells_what_is_missing_and_what_to_change(store: Store, case: str) -> None:
    words = ("--channel", "merchant_platform", "--demand", "尽快处理")
    told = run(store.settings.data, "draft", case, *words).stdout
    assert "Missing: " in told
    assert "Please change “尽快处理”" in told


@pytest.mark.parametrize(("option", "known"), [("--channel", "12315"), ("--issue", "dead_code")])
def test_a_wrong_key_is_answered_with_the_right_ones(
    option: str, known: str, store: Store, case: str
) -> None:
    given = {"--channel": "merchant_platform"} | {option: "nonsense"}
    words = [word for pair in given.items() for word in pair]
    done = run(store.settings.data, "draft", case, *words, "--json")
    error = json.loads(done.stdout)["error"]
    assert "nonsense" in error["message"]
    assert known in error["next_step"]


@pytest.mark.parametrize("out", ["gone/evidence.zip", "."])
def test_an_export_that_cannot_be_written_is_explained(
    out: str, store: Store, case: str, tmp_path: Path
) -> None:
    done = run(store.settings.data, "export", case, "--out", str(tmp_path / out), "--json")
    assert done.exit_code == 1
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "invalid"
    assert str(tmp_path / out) in error["message"]


def test_a_redacted_copy_is_not_said_to_hold_what_it_covers(
    store: Store, case: str, tmp_path: Path
) -> None:
    told = {
        words: run(store.settings.data, "export", case, "--out", str(tmp_path / "e.zip"), *words)
        for words in ((), ("--redacted",))
    }
    assert "It holds contact data" in told[()].stdout
    assert told[("--redacted",)].stdout.startswith("Redacted copy: ")
    assert "It holds contact data" not in told[("--redacted",)].stdout


def test_bytes_that_are_gone_are_named_as_such(store: Store, case: str, tmp_path: Path) -> None:
    [picture] = store.vault.capture(CAPTURE).artifacts
    store.blobs.path(picture.sha256).unlink()
    done = run(store.settings.data, "export", case, "--out", str(tmp_path / "e.zip"), "--json")
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "vault"
    assert picture.sha256 in error["message"]


def test_a_command_that_only_reads_loads_no_engine_and_no_server(tmp_path: Path) -> None:
    open_store(Settings(data=tmp_path)).close()
    words = ["case", "list", "--data", str(tmp_path)]
    code = (
        "import sys; from helper.cli import app\n"
        f"try: app({words!r})\n"
        "finally: print(sorted({'dbos', 'aiohttp', 'playwright'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_helper_that_starts_loads_nothing_that_only_some_pages_need() -> None:
    heavy = {"fontTools", "rfc3161_client", "playwright"}
    code = f"import sys, helper.app; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(os.name == "nt", reason="Windows: a pipe that nobody reads breaks otherwise")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_stops_reading_gets_no_traceback(tmp_path: Path, form: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = ["-m", "helper.cli", "extract", str(PAGE), "--url", "https://x.invalid/", *form]
    done = subprocess.run(
        [sys.executable, *words], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def advised(store: Store, case: str) -> str:
    told = json.loads(run(store.settings.data, "case", "advise", case, "--json").stdout)
    return str(told["issue"])


def test_every_command_takes_the_issue_of_the_users_newest_act(store: Store, case: str) -> None:
    data = store.settings.data
    guessed = advised(store, case)
    run(data, "draft", case, "--channel", "merchant_platform", "--issue", "not_as_described")
    run(data, "case", "answers", case, "--issue", "other", "resale=no")
    drafted = run(data, "draft", case, "--channel", "merchant_platform", "--json")
    assert guessed not in {"other", "not_as_described"}
    assert json.loads(drafted.stdout)["issue"] == advised(store, case) == "other"
    run(
        data, "draft", case, "--channel", "merchant_platform", "--issue", "not_as_described",
        "--facts", "面值不对",
    )  # fmt: skip
    assert advised(store, case) == "not_as_described"
    asked = run(data, "case", "reply", case, "--move", "no_refund_virtual", "--json")
    named = run(
        data, "case", "reply", case, "--move", "no_refund_virtual", "--json",
        "--issue", "not_as_described",
    )  # fmt: skip
    assert asked.stdout == named.stdout


def test_what_is_due_is_counted_for_the_issue_that_is_advised(store: Store, case: str) -> None:
    shown = json.loads(run(store.settings.data, "case", "show", case, "--json").stdout)
    told = json.loads(run(store.settings.data, "case", "advise", case, "--json").stdout)
    assert [one["key"] for one in shown["due"]] == [one["key"] for one in told["clocks"]]


def test_an_answer_for_the_issue_itself_wins_over_a_later_one_for_another(
    store: Store, case: str
) -> None:
    data = store.settings.data
    run(data, "case", "answers", case, "--issue", "dead_code", "code_shared=yes")
    run(data, "case", "answers", case, "--issue", "other", "code_shared=no")
    told = run(data, "case", "advise", case, "--issue", "dead_code", "--json")
    codes = [one["code"] for one in json.loads(told.stdout)["decision"]["warnings"]]
    assert "code_shared" in codes


def test_a_draft_of_a_closed_case_says_so(store: Store, case: str) -> None:
    data = store.settings.data
    words = ("draft", case, "--channel", "merchant_platform")
    assert "case reopen" not in run(data, *words).stdout
    run(data, "case", "close", case)
    assert f"kazheng case reopen {case}" in run(data, *words).stdout


def test_the_help_of_a_draft_names_every_channel_that_takes_one(store: Store) -> None:
    said = run(store.settings.data, "draft", "--help").stdout
    assert all(one.id in said for one in channels() if one.kind == "draft")
    assert "gsxt" not in said


def test_the_sum_that_may_be_asked_for_is_in_the_currency_of_the_order(
    store: Store, case: str
) -> None:
    data = store.settings.data
    run(data, "case", "correct", case, "currency", "USDT")
    said = run(data, "case", "advise", case).stdout
    assert "asked for: 9.90 USDT" in said
    assert "yuan" not in said.split("asked for:")[1].splitlines()[0]


@pytest.mark.parametrize("value", ["99999999999999999999", "1000000000"])
def test_a_corrected_sum_beyond_any_order_is_named_with_the_limit(
    value: str, store: Store, case: str
) -> None:
    done = run(store.settings.data, "case", "correct", case, "amount", value, "--json")
    error = json.loads(done.stdout)["error"]
    assert value in error["message"]
    assert "999999999.99" in error["message"]
    assert store.vault.case(case).corrections == ()
