"""The commands as programs: one JSON document, sentences in the reader's language, exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from helper import __version__
from helper.cli import app, main

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


def test_extract_shows_a_product_and_tells_what_is_unsure_about_it() -> None:
    page = Path(__file__).parents[1] / "pages/generic/product-unsure.html"
    words = ["extract", str(page), "--url", "https://shop.example/p/8"]
    told = run(*words).stdout
    assert "山海纪行 点卡" in told
    assert "Several values fit, so none was taken. (price)" in told
    found = json.loads(run(*words, "--json").stdout)
    assert (found["orders"], found["product"]["title"]) == ([], "山海纪行 点卡")


def test_an_empty_vault_has_no_cases(tmp_path: Path) -> None:
    done = run("case", "list", "--json", "--data", str(tmp_path))
    assert json.loads(done.stdout) == {"cases": []}
    done = run("case", "show", "c-none", "--json", "--data", str(tmp_path))
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "words",
    [
        ["case", "show", "c-1"],
        ["case", "note", "c-1", "x"],
        ["case", "close", "c-1"],
        ["draft", "c-1", "--channel", "merchant_platform"],
        ["export", "c-1", "--out", "x.zip"],
    ],
)
def test_looking_into_a_folder_without_vault_makes_none(words: list[str], tmp_path: Path) -> None:
    data = tmp_path / "mistyped"
    done = run(*words, "--json", "--data", str(data))
    assert done.exit_code == 1
    assert str(data) in json.loads(done.stdout)["error"]["message"]
    assert not data.exists()


def test_an_empty_list_says_so_and_makes_no_vault(tmp_path: Path) -> None:
    data = tmp_path / "mistyped"
    done = run("case", "list", "--data", str(data))
    assert "No cases yet" in done.stdout
    assert not data.exists()


def test_a_path_that_is_not_there_is_no_failed_evidence(tmp_path: Path) -> None:
    done = run("verify", str(tmp_path / "gone.zip"), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "invalid"


def test_a_fingerprint_of_the_wrong_form_is_wrong_usage(tmp_path: Path) -> None:
    bundle = tmp_path / "evidence.zip"
    bundle.write_bytes(b"x")
    assert run("verify", str(bundle), "--installation", "abc").exit_code == 2


def test_a_stamp_root_that_is_no_certificate_is_wrong_usage(tmp_path: Path) -> None:
    bundle = tmp_path / "evidence.zip"
    bundle.write_bytes(b"x")
    for root in (bundle, tmp_path / "gone.pem"):
        assert run("verify", str(bundle), "--stamp-root", str(root)).exit_code == 2


@pytest.mark.parametrize(
    ("content", "words", "told"),
    [
        (None, [], "Cannot read the file"),
        (b"", [], "no saved page"),
        (b"\x00\x01\xff" * 999, [], "no saved page"),
        (b"# a text\nwith <key>\n", [], "no saved page"),
        (PAGE.encode(), ["--captured-at", "yesterday"], "no time"),
        (PAGE.encode(), ["--url", "foo"], "no web address"),
        (b"<p>" + b"x" * (20 << 20), [], "too large"),
    ],
)
def test_a_page_that_cannot_be_read_is_told_apart(
    content: bytes | None, words: list[str], told: str, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    if content is not None:
        page.write_bytes(content)
    done = run("extract", str(page), "--url", "https://shop.example/", *words, "--json")
    assert done.exit_code == 1
    assert told in json.loads(done.stdout)["error"]["message"]


def test_a_page_in_another_encoding_is_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes("<p>订单</p>".encode("utf-16"))
    assert run("extract", str(page), "--url", "https://shop.example/").exit_code == 0


@pytest.mark.parametrize(
    "words", [["draft"], ["nonsense"], ["doctor", "--nonsense"], ["serve", "--port", "x"]]
)
def test_wrong_usage_is_a_document_too(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["kazheng", *words, "--json"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "usage"
    assert error["message"]
    assert "--help" in error["next_step"]


def test_the_version_is_told() -> None:
    assert __version__ in run("--version").stdout
