"""`kazheng case attach` as a program."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.model import CaptureMeta
from helper.settings import Settings
from helper.steps.store import open_store

UUID = "00000000-0000-0000-0000-000000000001"


def run(*words: str, language: str = "zh_CN") -> Result:
    return CliRunner().invoke(app, list(words), env={"KAZHENG_LANGUAGE": language})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "数据 文件夹"
    store = open_store(Settings(data=folder))
    meta = CaptureMeta(url="https://shop.example/1", clicked_at=datetime(2026, 3, 1, tzinfo=UTC))
    store.vault.create_capture(UUID, meta, [])
    store.vault.join_case(
        UUID, platform_key=None, host="shop.example", order_no="A1", wanted=None, title="订单",
        now=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    store.vault.engine.dispose()
    return folder


@pytest.fixture
def case_id(data: Path) -> str:
    found = json.loads(run("case", "list", "--json", "--data", str(data)).stdout)
    return str(found["cases"][0]["case_id"])


def test_a_file_is_attached_and_shown(data: Path, case_id: str, tmp_path: Path) -> None:
    file = tmp_path / "账单 3月.txt"
    file.write_text("付款 98 元", "utf-8")
    words = ("case", "attach", case_id, str(file), "--note", "付款", "--data", str(data))
    found = json.loads(run(*words, "--json").stdout)
    assert found["case_id"] == case_id
    assert found["attached"]["role"] == "attachment"
    assert found["attached"]["about"]["note"] == "付款"
    assert [one["state"] for one in found["captures"]] == ["receiving", "sealed"]
    assert "标明为您自行提供" in run(*words).stdout
    shown = run("case", "show", case_id, "--data", str(data)).stdout
    assert "自行提供的文件：账单 3月.txt" in shown
    assert found["attached"]["capture_id"] not in shown.partition("自行提供")[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [("none.png", "没有这个文件"), (".", "这不是一个文件"), ("empty.txt", "文件是空的")],
)
def test_what_cannot_be_attached_is_explained(
    data: Path, case_id: str, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "empty.txt").touch()
    path = str(tmp_path / name)
    done = run("case", "attach", case_id, path, "--json", "--data", str(data))
    assert done.exit_code == 1
    error = json.loads(done.stdout)["error"]
    assert words in error["message"]
    assert error["next_step"]


def test_a_case_that_does_not_exist_is_explained(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a", "utf-8")
    path = str(tmp_path / "a.txt")
    done = run("case", "attach", "c-none", path, "--json", "--data", str(data))
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "not_found"
