"""`kazheng demo --once` as a program that other programs read, and what it does without luck."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helper.demo import driver
from helper.demo.driver import demo_browser, launch
from helper.errors import BrowserFailedError
from helper.messages import explain
from helper.settings import Settings
from tests.chromium import driver as one_driver

SEEN = {"seen/viewport", "seen/sheet", "seen/page", "seen/mhtml", "seen/html", "seen/context"}
WITNESS = {"witness/page", "witness/sheet", "witness/window", "witness/pdf", "witness/warc"}
SEALS = {"manifest", "signature"}


def kazheng(folder: Path, *words: str, **environment: str) -> tuple[int, Any, str]:
    """Run a command; return exit code, its JSON document and what it told on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "helper.cli", *words, "--json"],
        env={**os.environ, "KAZHENG_LANGUAGE": "en", "TMPDIR": str(folder), **environment},
        capture_output=True,
        check=False,
        timeout=150,
    )
    errors = done.stderr.decode("utf-8", "replace")
    assert done.stdout, errors[-3000:]
    return done.returncode, json.loads(done.stdout), errors


def flip(source: Path, target: Path, name: str) -> None:
    """Copy a ZIP with one byte of one member changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            data = bytearray(old.read(member))
            if member.filename == name:
                data[len(data) // 2] ^= 1
            new.writestr(member, bytes(data))


@pytest.fixture
def short() -> Iterator[Path]:
    """Give a folder with a short path: Chromium puts a socket there, and that has 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="kz", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.mark.parametrize("shop", ["wangzi", pytest.param("weijie", marks=pytest.mark.long)])
def test_one_run_gives_everything_that_was_promised(shop: str, tmp_path: Path, short: Path) -> None:
    data = tmp_path / "data"
    code, found, errors = kazheng(short, "demo", "--once", "--shop", shop, "--data", str(data))
    assert code == 0, (found, errors[-2000:])

    order = found["order"]
    assert order["schema"] == "kazheng/order/1"
    assert order["order_no"]
    assert order["platform"]["key"] == shop
    assert order["status"] in {"paid", "processing"}
    assert order["items"][0]["title"]
    https = order["url"].startswith("https://")
    roles = {item["role"] for item in found["artifacts"]}
    assert roles >= SEEN | WITNESS | SEALS
    assert ("witness/tls" in roles) is https
    assert found["missing"] == []
    assert found["corroboration"]["verdict"] == "agree"
    assert {"click_to_kept", "click_to_s0", "click_to_sealed"} <= found["timings_ms"].keys()

    draft = found["draft"]
    assert order["order_no"] in draft["text"]
    assert order["amount"] in draft["text"]
    assert "证据1" in draft["text"]
    assert draft["exhibits"]

    filled = found["filled"]
    assert filled["fields"]
    assert [field for field in filled["fields"] if not field["ok"]] == []
    assert filled["attached"] >= 1
    assert filled["submitted"] is False

    evidence = Path(found["evidence"])
    code, verdict, _ = kazheng(short, "verify", str(evidence))
    assert (code, verdict["verdict"]) == (0, "pass")
    with zipfile.ZipFile(evidence) as bundle:
        changed = next(name for name in bundle.namelist() if name.endswith(".mhtml"))
    flip(evidence, tmp_path / "changed.zip", changed)
    code, verdict, _ = kazheng(short, "verify", str(tmp_path / "changed.zip"))
    assert (code, verdict["verdict"]) == (1, "fail")

    assert evidence.is_relative_to(data)
    code, cases, _ = kazheng(short, "case", "list", "--data", str(data))
    assert code == 0
    [case] = cases["cases"]
    assert case["case_id"] == found["case_id"]
    states = {date["key"]: date["state"] for date in case["due"]}
    assert (states["limitation"], states["fifteen_days"]) == ("running", "unknown")
    assert all(date["todo"] and date["source"] for date in case["due"])
    assert case["gaps"] == draft["gaps"]


@pytest.mark.long
def test_a_session_that_is_not_lent_never_agrees(short: Path) -> None:
    code, found, errors = kazheng(short, "demo", "--once", "--shop", "wangzi", "--no-lend")
    assert code == 0, (found, errors[-2000:])
    assert found["corroboration"]["verdict"] == "not_comparable"
    assert found["corroboration"]["session"] == "not_lent"
    kept = Path(found["evidence"])
    assert kept.is_file()
    assert str(kept.parent) in errors


@pytest.mark.skipif(os.name == "nt", reason="Windows: the browser that ignores flags is a script")
async def test_a_browser_that_ignores_the_flag_still_gets_the_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google Chrome ignores --load-extension since version 137."""
    monkeypatch.setattr(driver, "_FLAG_SECONDS", 1)
    script = tmp_path / "browser"
    script.write_text(
        "#!/bin/sh\nfor word do shift\n"
        f' case "$word" in --load-extension=*) touch "{tmp_path}/ignored" ;;'
        ' *) set -- "$@" "$word" ;; esac\ndone\n'
        f'exec "{demo_browser(Settings())}" "$@"\n',
        "utf-8",
    )
    script.chmod(0o700)
    async with one_driver() as playwright:
        person = await launch(playwright, executable=script, profile=tmp_path / "profile")
        page = await person.extension_page("pages/options.html")
        assert await page.title()
        await person.close()
    assert (tmp_path / "ignored").exists()


async def test_an_extension_that_does_not_come_up_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "_FLAG_SECONDS", 1)
    monkeypatch.setattr(driver, "_EXTENSION_SECONDS", 2)
    (tmp_path / "empty").mkdir()
    async with one_driver() as playwright:
        with pytest.raises(BrowserFailedError) as failure:
            await launch(
                playwright,
                executable=demo_browser(Settings()),
                profile=tmp_path / "profile",
                extension=tmp_path / "empty",
            )
    said = explain(failure.value, "en")
    assert str(demo_browser(Settings())) in said["message"]
    assert str(tmp_path / "empty") in said["next_step"]


@pytest.mark.long
def test_a_demo_that_failed_leaves_nothing_behind(short: Path) -> None:
    code, found, _ = kazheng(short, "demo", "--once", KAZHENG_BROWSER=str(short / "no-browser"))
    assert code == 1
    assert found["error"]["code"] == "browser_missing"
    assert list(short.glob("kazheng-*")) == []
