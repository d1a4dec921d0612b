"""`kazheng import-bill` as a program: what it prints, how it takes a password, what it refuses."""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.model import CaptureMeta
from helper.settings import Settings
from helper.steps.store import open_store
from scrapers.moments import SHANGHAI
from scrapers.record import OrderRecord
from tests.scrapers import bill_files as made
from tests.scrapers.bill_files import ORDER, TRADE, wechat_row

UUID = "00000000-0000-0000-0000-000000000001"
MADE = datetime(2026, 8, 18, 14, 23, 5, tzinfo=SHANGHAI)


def run(*words: str, language: str = "zh_CN", given: str = "", **environment: str) -> Result:
    settings = {"KAZHENG_LANGUAGE": language, **environment}
    return CliRunner().invoke(app, ["import-bill", *words], input=given, env=settings)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "数据 文件夹"
    store = open_store(Settings(data=folder))
    meta = CaptureMeta(url="https://shop.example/1", clicked_at=MADE)
    store.vault.create_capture(UUID, meta, [])
    order = OrderRecord(order_no=ORDER, amount=Decimal(36), created_at=MADE)
    store.vault.put_order(UUID, order)
    store.vault.join_case(
        UUID, platform_key=None, host="shop.example", order_no=ORDER, wanted=None, title="订单",
        now=MADE,
    )  # fmt: skip
    store.vault.engine.dispose()
    return folder


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "微信支付账单 8月.csv"
    path.write_bytes(made.wechat_csv(wechat_row(), wechat_row(trade="4200000001", merchant="/")))
    return path


@pytest.fixture
def locked(tmp_path: Path, bill: Path) -> Path:
    path = tmp_path / "微信支付账单.zip"
    path.write_bytes(made.zipped(bill.read_bytes(), "账单.csv", "314159"))
    return path


def error(done: Result) -> dict[str, str]:
    assert done.exit_code == 1
    return dict(json.loads(done.stdout)["error"])


def test_payments_and_what_they_matched(data: Path, bill: Path) -> None:
    found = json.loads(run(str(bill), "--json", "--data", str(data)).stdout)
    assert [one["amount"] for one in found["payments"]] == ["36.00", "36.00"]
    assert found["payments"][0]["at"] == "2026-08-18T14:24:11+08:00"
    assert found["payments"][0]["source"]["row"] == 18
    [matched] = found["matched"]
    assert (matched["order_no"], matched["trade_no"]) == (ORDER, TRADE)
    assert (matched["payment"], matched["state"]) == (0, "added")


def test_a_person_reads_the_match_and_its_reason(data: Path, bill: Path) -> None:
    done = run(str(bill), "--data", str(data)).stdout
    assert "依据：商户单号就是订单号；金额相同" in done
    assert "可能重复付款" in done
    assert "已把这一笔的摘录加入案件" in done
    shown = CliRunner().invoke(app, ["case", "list", "--data", str(data)]).stdout
    assert "付款账单摘录-20260818-142411.txt (卡证把它对到这个订单的依据：商户单号" in shown
    assert "案件里已有这一笔" in run(str(bill), "--data", str(data)).stdout
    assert "the merchant number is the order number" in run(
        str(bill), "--data", str(data), language="en"
    ).stdout  # fmt: skip


def test_payments_of_no_case_are_counted_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(made.wechat_csv(wechat_row(who="早餐店")))
    done = run(str(path), "--data", str(tmp_path / "none")).stdout
    assert "读出 1 笔收支" in done
    assert "没有一笔付款对得上" in done
    assert "早餐店" not in done
    assert not (tmp_path / "none").exists()


def test_a_locked_bill_says_how_to_give_the_password(data: Path, locked: Path) -> None:
    told = error(run(str(locked), "--json", "--data", str(data)))
    assert told["code"] == "password_needed"
    assert "KAZHENG_BILL_PASSWORD" in told["next_step"]
    assert "--password-stdin" in told["next_step"]


def test_the_password_comes_from_the_environment_or_standard_input(
    data: Path, locked: Path
) -> None:
    words = (str(locked), "--json", "--data", str(data))
    by_variable = run(*words, KAZHENG_BILL_PASSWORD="314159")
    assert len(json.loads(by_variable.stdout)["payments"]) == 2
    by_pipe = run(*words, "--password-stdin", given="314159\n")
    assert len(json.loads(by_pipe.stdout)["payments"]) == 2


def test_a_wrong_password_is_told_and_stands_nowhere(data: Path, locked: Path) -> None:
    done = run(str(locked), "--json", "--data", str(data), KAZHENG_BILL_PASSWORD="271828")
    assert "密码不对" in error(done)["message"]
    assert "271828" not in done.output
    files = [path for path in data.rglob("*") if path.is_file()]
    assert not [path for path in files if b"271828" in path.read_bytes()]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminal")
def test_a_terminal_is_asked_for_the_password_and_does_not_show_it(
    data: Path, locked: Path
) -> None:
    import pty  # noqa: PLC0415  # not on Windows
    import termios  # noqa: PLC0415

    mine, theirs = pty.openpty()
    command = [sys.executable, "-m", "helper.cli", "import-bill", str(locked), "--data", str(data)]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, close_fds=True,
        start_new_session=True, env={**os.environ, "KAZHENG_LANGUAGE": "zh_CN"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while "身份证后六位".encode() not in shown:
        shown += os.read(mine, 1000)
    while termios.tcgetattr(mine)[3] & termios.ECHO:  # what is typed before is thrown away
        time.sleep(0.01)
    os.write(mine, b"314159\n")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "依据：商户单号就是订单号" in out.decode()
    assert b"314159" not in shown + out
    os.close(mine)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "文件读不了"),
        (b"", "文件是空的"),
        (b"PK\x03\x04damaged", "已损坏"),
        (b"a,b,c\n1,2,3\n", "没有认出"),
        (made.wechat_csv(header="交易时间,交易类型,交易对方,商品,收/支"), "金额(元)、交易单号"),
        (b"x" * (50 << 20), "上限 20 MB"),
    ],
    ids=["none", "empty", "damaged", "other", "columns", "large"],
)  # fmt: skip
def test_what_is_no_bill_is_explained(content: bytes | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    if content is not None:
        path.write_bytes(content)
    said = error(run(str(path), "--json", "--data", str(tmp_path / "data")))
    assert told in said["message"]
    assert said["next_step"]
