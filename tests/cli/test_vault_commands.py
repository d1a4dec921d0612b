"""Commands on the vault as a whole, as programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.errors import NotFoundError
from helper.model import CaptureMeta
from helper.settings import Settings
from helper.steps.store import Store, open_store

CAPTURE = "12345678-1234-1234-1234-123456789012"
WORDS = "four unrelated words here"


def run(data: Path, *words: str, given: str | None = None, language: str = "en") -> Result:
    return CliRunner().invoke(
        app, [*words, "--data", str(data)], input=given,
        env={"KAZHENG_LANGUAGE": language, "COLUMNS": "200"},
    )  # fmt: skip


def error(done: Result) -> dict[str, str]:
    assert done.exit_code == 1, done.output
    return json.loads(done.stdout)["error"]


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(Settings(data=tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def case(store: Store) -> str:
    meta = CaptureMeta(url="https://shop.example/o/1", clicked_at="2026-03-01T12:00:00+08:00")
    store.vault.create_capture(CAPTURE, meta, [])
    store.vault.add_artifacts(CAPTURE, [store.keep("seen/viewport", b"picture", "image/png")])
    return store.vault.join_case(
        CAPTURE, platform_key=None, host="shop.example", order_no="A1", wanted=None,
        title="月卡 A1", now=store.now(),
    )  # fmt: skip


def test_a_case_is_deleted_only_when_that_was_confirmed(store: Store, case: str) -> None:
    data = store.settings.data
    told = error(run(data, "case", "delete", case, "--json"))
    assert "月卡 A1" in told["message"]
    assert "--yes" in told["next_step"]
    assert store.vault.case(case).captures
    done = json.loads(run(data, "case", "delete", case, "--yes", "--json").stdout)
    assert (done["case_id"], done["captures"]) == (case, 1)
    assert any("Bundles" in sentence for sentence in done["stays"])
    with pytest.raises(NotFoundError):
        store.vault.case(case)
    assert error(run(data, "case", "delete", case, "--yes", "--json"))["code"] == "not_found"


def test_the_identity_is_set_a_field_at_a_time_shown_and_forgotten(store: Store) -> None:
    data = store.settings.data
    run(data, "identity", "set", "--name", "欧阳试", "--phone", "13900001111")
    told = json.loads(run(data, "identity", "set", "--phone", "13900002222", "--json").stdout)
    assert (told["name"], told["phone"], told["email"]) == ("欧阳试", "13900002222", "")
    assert "姓名: 欧阳试" in run(data, "identity", "show", language="zh_CN").stdout
    assert error(run(data, "identity", "set", "--name", "x" * 500, "--json"))["code"] == "invalid"
    given = json.dumps({"id_number": "11010519491231002X", "phone": "13900003333"})
    told = json.loads(run(data, "identity", "set", "--stdin", "--json", given=given).stdout)
    assert (told["name"], told["phone"]) == ("欧阳试", "13900003333")
    assert told["id_number"] == "11010519491231002X"
    for odd in ("", "[1]", "name"):
        refused = error(run(data, "identity", "set", "--stdin", "--json", given=odd))
        assert refused["code"] == "invalid"
        assert "JSON" in refused["message"]
    run(data, "identity", "forget")
    assert "blanks" in run(data, "identity", "show").stdout


def test_a_browser_is_listed_and_its_pairing_ended(store: Store) -> None:
    data = store.settings.data
    assert "No browser" in run(data, "browsers", "list").stdout
    store.vault.offer_pairing(b"k" * 32, store.now())
    store.vault.accept_pairing("a" * 32, "Edge", b"k" * 32, store.now())
    [one] = json.loads(run(data, "browsers", "list", "--json").stdout)["browsers"]
    assert (one["pairing_id"], one["name"]) == ("a" * 32, "Edge")
    assert run(data, "browsers", "revoke", "a" * 32).exit_code == 0
    assert store.vault.pairings() == []
    assert error(run(data, "browsers", "revoke", "a" * 32, "--json"))["code"] == "not_found"


def test_a_backup_asks_to_decide_about_the_keys_and_comes_back(
    store: Store, case: str, tmp_path: Path
) -> None:
    data, file, new = store.settings.data, str(tmp_path / "备份.zip"), tmp_path / "new"
    told = error(run(data, "backup", file, "--json"))
    assert "--without-keys" in told["next_step"]
    short = run(data, "backup", file, "--passphrase-stdin", "--json", given="short\n")
    assert "8" in error(short)["next_step"]
    assert not Path(file).exists()
    made = run(data, "backup", file, "--passphrase-stdin", "--json", given=f"{WORDS}\n")
    assert json.loads(made.stdout)["keys"] is True
    assert "--without-keys" in error(run(new, "restore", file, "--json"))["next_step"]
    done = run(new, "restore", file, "--passphrase-stdin", given=f"{WORDS}\n")
    assert "same fingerprint" in done.stdout
    again = json.loads(run(new, "case", "show", case, "--json").stdout)
    assert again["title"] == "月卡 A1"
    assert "--data" in error(run(new, "restore", file, "--without-keys", "--json"))["next_step"]


def test_without_keys_both_commands_say_what_that_means(
    store: Store, case: str, tmp_path: Path
) -> None:
    file = str(tmp_path / "b.zip")
    made = run(store.settings.data, "backup", file, "--without-keys")
    assert "does not verify" in made.stdout
    assert "does not verify" in run(tmp_path / "new", "restore", file).stdout


def test_what_is_stored_is_told_with_its_bytes(store: Store, case: str) -> None:
    data = store.settings.data
    found = json.loads(run(data, "stored", "--json").stdout)
    places = {place["key"]: place for place in found["places"]}
    assert places["blobs"] == {
        "key": "blobs", "path": str(data / "blobs"), "bytes": len(b"picture"), "files": 1,
    }  # fmt: skip
    assert places["keys"]["bytes"] == 32
    assert places["database"]["bytes"] > 0
    assert found["bytes"] == sum(place["bytes"] for place in found["places"])
    [share] = found["cases"]
    assert (share["case_id"], share["captures"], share["bytes"]) == (case, 1, 7)
    assert store.vault.case_size(case) == (case, "月卡 A1", 1, 7)
    said = run(data, "stored", language="zh_CN").stdout
    assert "证据内容" in said
    assert "stored." not in said
