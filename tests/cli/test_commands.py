"""The commands as programs: one JSON document, sentences in the reader's language, exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app

PAGE = "<!doctype html><meta charset=utf-8><title>x</title><p>nothing here</p>"


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"KAZHENG_LANGUAGE": "en", **environment})


def test_settings_that_cannot_be_used_are_explained_by_every_command(tmp_path: Path) -> None:
    for words in (["doctor"], ["case", "list"], ["verify", "x"], ["pair"]):
        done = run(*words, "--json", "--data", str(tmp_path), KAZHENG_VISIT_SECONDS="abc")
        assert done.exit_code == 1, words
        assert json.loads(done.stdout)["error"]["code"] == "invalid"


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_port_out_of_range_is_wrong_usage(port: str, tmp_path: Path) -> None:
    assert run("serve", "--port", port, "--data", str(tmp_path)).exit_code == 2


def test_verify_speaks_the_readers_language(tmp_path: Path) -> None:
    damaged = tmp_path / "evidence.zip"
    damaged.write_bytes(b"not a zip")
    done = run("verify", str(damaged), KAZHENG_LANGUAGE="zh_CN")
    assert done.exit_code == 1
    assert "文件包无法读取" in done.stdout
    assert "核验不通过" in done.stdout
    found = json.loads(run("verify", str(damaged), "--json").stdout)
    assert found["verdict"] == "fail"
    assert found["checks"][0]["detail"]


def test_extract_tells_its_warnings_as_sentences(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    done = run("extract", str(page), "--url", "https://shop.example/")
    assert done.exit_code == 0
    assert "No order was found on the page." in done.stdout
    found = json.loads(run("extract", str(page), "--url", "https://x.example/", "--json").stdout)
    assert "no_order" in found["warnings"]


def test_an_empty_vault_has_no_cases(tmp_path: Path) -> None:
    done = run("case", "list", "--json", "--data", str(tmp_path))
    assert json.loads(done.stdout) == {"cases": []}
    done = run("case", "show", "c-none", "--json", "--data", str(tmp_path))
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "not_found"
