"""Trouble gets one clear sentence with the next step, and the page is kept all the same."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from helper.demo import stage
from tests.e2e.world import World, until
from tests.e2e.world import world as build


@pytest.mark.long
async def test_a_page_that_is_no_order_says_so(common: World) -> None:
    view = await common.sealed(await common.one_click(f"{common.demo.origins['lechuang']}/"))
    assert view.order is None
    assert [item.reason for item in view.missing if item.role == "order"] == ["no_order_on_page"]
    assert view.corroboration is not None
    assert view.corroboration.verdict == "no_order"


@pytest.mark.long
async def test_a_page_from_a_post_is_not_visited_again(common: World) -> None:
    page = await common.person.open(f"{common.demo.origins['lechuang']}/query")
    order = common.demo.orders["lechuang:not_delivered"]
    await page.fill(
        "form [name=order_no], form [name=keyword], form input[type=text]", order.order_no
    )
    await page.keyboard.press("Enter")
    await page.wait_for_load_state("networkidle")
    await page.wait_for_selector(f"text={order.order_no}")
    seen = len(common.demo.visits)
    view = await common.sealed(await common.click(page))
    assert [item.reason for item in view.missing if item.role == "witness"] == ["post"]
    assert view.order is not None
    assert view.order.order_no == order.order_no
    assert not [v for v in common.demo.visits[seen:] if v.path.startswith("/query")]


async def test_without_a_browser_the_page_is_kept(tmp_path: Path) -> None:
    async with build(tmp_path) as world:
        await world.stop_helper()
        world.environment["KAZHENG_BROWSER"] = str(tmp_path / "no browser here")
        await world.start_helper()
        view = await world.sealed(await world.one_click(world.demo.orders["lechuang:failed"].url))
        assert [i.reason for i in view.missing if i.role == "witness"] == ["browser_missing"]
        assert {"seen/viewport", "seen/sheet"} <= {item.role for item in view.artifacts}


async def test_an_unpaired_extension_keeps_the_page_and_says_what_to_do(tmp_path: Path) -> None:
    async with build(tmp_path, paired=False) as world:
        page = await world.person.open(world.demo.orders["lechuang:failed"].url)
        uuid = await world.click(page)

        async def phase() -> bool:
            state = await world.message(type="capture-state", uuid=uuid)
            return bool(state["local"]["phase"] == "kept_here")

        await until(phase, "not kept in the outbox")
        popup = await world.person.click_toolbar(page)
        assert await popup.wait_for("document.querySelector('#helper').innerText")
        await popup.close()
        _, offered = await world.command("pair")
        await stage.pair(world.person, port=world.port, code=offered["code"])
        assert (await world.sealed(uuid, 120)).state == "sealed"


def kazheng(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "helper.cli", *words],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip


def test_a_port_in_use_is_explained(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = kazheng("serve", "--data", str(tmp_path), "--port", port)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_helper_on_the_port_of_the_first_says_who_has_the_vault(tmp_path: Path) -> None:
    import sqlite3  # noqa: PLC0415

    lock = sqlite3.connect(tmp_path / "in-use.lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = ("serve", "--data", str(tmp_path), "--port", port, "--json")
        done = kazheng(*words, KAZHENG_START_SECONDS="1")
    lock.close()
    assert done.returncode == 1
    assert '"code": "vault"' in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("draft", "c-none", "--channel", "merchant_platform"),
        ("case", "show", "c-none"),
        ("export", "c-none", "--out", "x.zip"),
        ("capture", "ftp://example.invalid/"),
        ("extract", "no-such-file.html", "--url", "http://a.invalid/"),
    ],
)
def test_bad_input_is_explained(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = kazheng(*words, "--data", str(tmp_path / "数据 data"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
