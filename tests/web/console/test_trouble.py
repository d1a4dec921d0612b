"""A vault that cannot be opened: the console comes up all the same, and says what to do."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from helper.settings import Settings
from helper.steps.store import open_store
from helper.vault.schema import SCHEMA_VERSION

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture
def serve() -> Iterator[Callable[[Path], dict[str, Any]]]:
    """Start `kazheng serve` and return the document it prints."""
    running: list[subprocess.Popen[str]] = []

    def start(data: Path) -> dict[str, Any]:
        words = ["serve", "--json", "--port", "0", "--data", str(data)]
        process = subprocess.Popen(
            [sys.executable, "-m", "helper.cli", *words], text=True, stdout=subprocess.PIPE,
            env=os.environ | {"KAZHENG_LANGUAGE": "en", "KAZHENG_START_SECONDS": "1"},
        )  # fmt: skip
        running.append(process)
        assert process.stdout is not None
        text = ""
        for line in process.stdout:
            text += line
            if line == "}\n":
                break
        return dict(json.loads(text))

    yield start
    for process in running:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stdout is not None
        process.stdout.close()


def vault(data: Path) -> Path:
    open_store(Settings(data=data)).close()
    return data / "vault.db"


def asked(port: int, path: str, host: str, **headers: str) -> tuple[int, str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Host": f"{host}:{port}", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read().decode(), reply.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


@pytest.mark.browser
async def test_a_damaged_vault_is_explained_and_opens_again_once_it_is_mended(
    browser: Browser, tmp_path: Path, serve: Any
) -> None:
    good = vault(tmp_path / "data").read_bytes()
    (tmp_path / "data/vault.db").write_bytes(b"no database at all" * 999)
    found = serve(tmp_path / "data")
    assert (found["error"]["code"], "damaged" in found["error"]["message"]) == ("vault", True)
    context = await browser.new_context(locale="zh-CN")
    page = await context.new_page()
    outside: list[str] = []
    page.on("request", lambda one: one.url.startswith(found["url"]) or outside.append(one.url))
    await page.goto(found["url"] + "cases/c-1")
    assert "保管库文件已损坏" in await page.get_by_role("alert").inner_text()
    assert "kazheng restore" in await page.inner_text("main")
    await page.get_by_role("button", name="再试一次").press("Enter")
    await page.get_by_role("alert").wait_for()
    (tmp_path / "data/vault.db").write_bytes(good)
    await page.get_by_role("button", name="再试一次").press("Enter")
    await page.get_by_role("heading", name="保管库可以打开了").wait_for()
    await page.get_by_role("heading", name="打开工作台").wait_for(timeout=90_000)
    assert outside == []
    await context.close()


def test_the_api_says_why_and_strangers_get_nothing(tmp_path: Path, serve: Any) -> None:
    with sqlite3.connect(vault(tmp_path / "data")) as raw:
        raw.execute("UPDATE kazheng_vault SET schema_version = 999")
    raw.close()
    port = serve(tmp_path / "data")["port"]
    status, body, _ = asked(port, "/v1/hello?n=" + "0" * 64, "127.0.0.1")
    error = json.loads(body)["error"]
    assert (status, error["code"], error["reason"]) == (503, "vault", "newer")
    assert (
        f"up to {SCHEMA_VERSION}"
        in json.loads(asked(port, "/v1/cases", "127.0.0.1", **{"Accept-Language": "en"})[1])[
            "error"
        ]["message"]
    )
    for host in ("evil.example", "127.0.0.1.evil.example"):
        assert asked(port, "/v1/hello", host)[0] == 403
    status, body, headers = asked(port, "/", "kazheng.localhost")
    assert (status, "保管库现在打不开" in body) == (503, True)
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert asked(port, "/", "kazheng.localhost", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/again", data=b"", method="POST",
        headers={"Host": f"kazheng.localhost:{port}", "Origin": "http://evil.example"},
    )  # fmt: skip
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert refused.value.code == 403
    refused.value.close()


def test_a_vault_that_another_program_holds_is_said_too(tmp_path: Path, serve: Any) -> None:
    vault(tmp_path / "data")
    lock = sqlite3.connect(tmp_path / "data/in-use.lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        found = serve(tmp_path / "data")
        assert "Another program holds the vault" in found["error"]["message"]
    finally:
        lock.close()
