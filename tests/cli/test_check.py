"""`kazheng check` as a program: files, kept pages, cases, and an address on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from helper.cli import app
from helper.demo import platform
from helper.model import CaptureMeta
from helper.settings import Settings
from helper.steps.store import Store, open_store

PAGES = Path(__file__).parents[1] / "pages"
NOW = datetime(2026, 8, 18, 8, tzinfo=UTC)
SHOP = "http://lechuang.localhost:17702"
FIRST, SECOND, THIRD = (f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2, 3))


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"KAZHENG_LANGUAGE": "zh_CN", **environment})


def checked(*words: str) -> dict[str, Any]:
    done = run("check", *words, "--json")
    assert done.exit_code == 0, done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def states(found: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["state"] for one in found["checks"]}


def keep(store: Store, uuid: str, url: str, page: bytes, wanted: str | None = None) -> str:
    at = NOW + timedelta(minutes=int(uuid[-1]))
    meta = CaptureMeta(url=url, clicked_at=at)
    store.vault.create_capture(uuid, meta, [])
    store.vault.add_artifacts(uuid, [store.keep("witness/html", page, "text/html")])
    return store.vault.join_case(
        uuid, platform_key="lechuang", host=meta.host, order_no=None, wanted=wanted, title="x",
        now=at,
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A vault with a case: product page and agreement of one shop, and a page of another host."""
    folder = tmp_path / "数据 文件夹"
    store = open_store(Settings(data=folder))
    product, agreement = (PAGES / "lechuang" / f"{n}.html" for n in ("product", "agreement"))
    case = keep(store, FIRST, f"{SHOP}/item/g-astro-100", product.read_bytes())
    keep(store, SECOND, f"{SHOP}/agreement", agreement.read_bytes(), case)
    keep(store, THIRD, "https://else.example/", "<p>请转账到个人账户。</p>".encode(), case)
    store.close()
    return folder


def test_a_saved_file_is_looked_at_and_nothing_is_made(tmp_path: Path) -> None:
    page = PAGES / "generic/operator-personal-payee.html"
    folder = tmp_path / "none"
    found = checked(str(page), "--url", "https://aqi.example/p/3", "--data", str(folder))
    assert states(found)["payee"] == "warn"
    assert (found["capture_id"], found["case_id"]) == (None, None)
    assert not folder.exists()
    assert states(checked(str(page)))["address"] == "unknown"


def test_a_person_reads_what_to_be_careful_about_first(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>店</title><p>本店最终解释权归本店所有。</p>", "utf-8")
    said = run("check", str(page)).stdout.splitlines()
    assert said[0].startswith("看了 ")
    assert said[2] == "［要当心］条款：写着解释权归店铺：“本店最终解释权归本店所有”。"
    assert any("《网络交易监督管理办法》第二十一条" in line for line in said)
    assert "Careful" in run("check", str(page), KAZHENG_LANGUAGE="en").stdout


def test_a_kept_page_is_read_from_the_vault(data: Path) -> None:
    found = checked(FIRST, "--data", str(data))
    assert found["capture_id"] == FIRST
    assert found["case_id"].startswith("c-")
    assert states(found)["promise"] == "ok"
    assert states(found)["aftersales"] == "missing"
    assert {"checks", "summary", "advice", "unseen"} <= set(found)


def test_the_pages_of_a_shop_are_looked_at_together(data: Path) -> None:
    case = checked(FIRST, "--data", str(data))["case_id"]
    found = checked(case, "--data", str(data))
    assert (found["capture_id"], found["case_id"]) == (None, case)
    seen = states(found)
    assert (seen["promise"], seen["aftersales"], seen["price"]) == ("ok", "ok", "ok")
    assert seen["payee"] == "unknown"  # the page of the other host is not the shop's


@pytest.mark.parametrize("what", [FIRST, "c-nothing", "gone.html"])
def test_what_is_not_there_is_told_and_no_vault_is_made(what: str, tmp_path: Path) -> None:
    folder = tmp_path / "none"
    done = run("check", what, "--json", "--data", str(folder))
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["message"] == f"没有找到：{what}"
    assert not folder.exists()


def test_a_kept_page_without_its_html_cannot_be_looked_at(data: Path) -> None:
    store = open_store(Settings(data=data))
    bare = FIRST[:-1] + "9"
    store.vault.create_capture(bare, CaptureMeta(url=SHOP, clicked_at=NOW), [])
    store.close()
    done = run("check", bare, "--json", "--data", str(data))
    assert json.loads(done.stdout)["error"]["code"] == "refused"


@pytest.mark.browser
@pytest.mark.parametrize("shop", ["wangzi", pytest.param("weijie", marks=pytest.mark.long)])
async def test_an_address_is_kept_before_it_is_looked_at(shop: str, tmp_path: Path) -> None:
    demo = await platform.start(tmp_path / "demo")
    url = demo.orders[f"{shop}:not_delivered"].product_url
    words = ("check", url, "--json", "--data", str(tmp_path / "data"))
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "helper.cli", *words, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "KAZHENG_TRUSTED_SPKI": demo.spki, "KAZHENG_AUTHORITIES": "none",
             "KAZHENG_CALENDARS": "none", "KAZHENG_LANGUAGE": "zh_CN"},
    )  # fmt: skip
    said, _ = await program.communicate()
    await demo.stop()
    found = json.loads(said)
    assert program.returncode == 0, found
    seen = states(found)
    assert (seen["promise"], seen["operator"], seen["icp"]) == ("ok", "ok", "missing")
    assert seen["address"] == ("ok" if shop == "wangzi" else "warn")
    store = open_store(Settings(data=tmp_path / "data"))
    kept = store.vault.capture(found["capture_id"])
    store.close()
    assert kept.state == "sealed"
    assert kept.case_id == found["case_id"]
    assert any(item.role == "witness/html" for item in kept.artifacts)
