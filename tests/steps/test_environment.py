"""The environment record as it is kept with a capture; the outside is stood in for on loopback."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from helper.capture.browser import WarmBrowser
from helper.model import CaptureMeta
from helper.steps import environment
from helper.steps.store import Store
from helper.steps.visit import Sessions, Visitor
from tests.capture.servers import dns_of, ntp, silent, udp_server

from .conftest import NOON, URL, Captures

PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    path = tmp_path / "hosts 文件"
    path.write_text("127.0.0.1 localhost\n", "utf-8")
    return path


@pytest.fixture
def edited(hosts: Path) -> Path:
    hosts.write_text("127.0.0.1 localhost\n203.0.113.9 shop.example\n", "utf-8")
    return hosts


async def kept(store: Store, **settings: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Keep a page that must not be visited again; return its environment record and notes."""
    captures = Captures(store)
    uuid = captures.new(revisit="post", extension_version="0.1.0")
    changed = store.settings.model_copy(update=settings)
    visitor = Visitor(
        Store(**{**vars(store), "settings": changed}), WarmBrowser(changed), Sessions(), set()
    )
    await visitor.visit(uuid)
    view = captures.view(uuid)
    assert [item.role for item in view.artifacts] == ["environment"]
    return json.loads(store.read_role(view.artifacts, "environment") or b""), view.notes


def line(found: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in found["lines"] if one["key"] == key)


async def test_a_clock_ten_minutes_wrong_is_a_warning(store: Store, hosts: Path) -> None:
    async with udp_server(ntp(-600)) as one, udp_server(ntp(-600)) as two, udp_server(silent) as no:
        found, notes = await kept(store, time_servers=(one, two, no), hosts_file=hosts)
    assert found["warnings"] == ["clock"]
    assert line(found, "clock")["value"]["offset_ms"] == pytest.approx(600_000, abs=1000)
    assert "600" in line(found, "clock")["text"]["zh_CN"]
    assert [row["source"] for row in found["clocks"]] == [f"ntp {one}", f"ntp {two}", f"ntp {no}"]
    assert found["clocks"][2]["reason"] == "no_answer"
    assert notes == ("clock_wrong",)


async def test_a_hosts_line_for_the_shop_is_a_warning(store: Store, edited: Path) -> None:
    found, notes = await kept(store, hosts_file=edited)
    assert found["warnings"] == ["hosts_file"]
    assert line(found, "hosts_file")["value"] == {"lines": ["203.0.113.9 shop.example"]}
    assert found["hosts_file"] == str(edited)
    assert notes == ("hosts_line",)


async def test_a_proxy_is_a_warning_without_its_password(
    store: Store, hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://annabel:open%40sesame@127.0.0.1:3128")
    found, notes = await kept(store, hosts_file=hosts)
    assert found["warnings"] == ["system_proxy"]
    assert line(found, "system_proxy")["value"] == {"https": "127.0.0.1:3128"}
    for secret in ("annabel", "sesame"):
        assert secret not in json.dumps(found)
    assert notes == ("proxy_set",)


async def test_a_name_led_to_an_inner_address_is_a_warning(
    store: Store, hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolved(*_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(2, 2, 17, "", ("10.1.2.3", 0))]

    zone = {"shop.example": ("93.184.216.34",)}
    async with udp_server(dns_of(zone)) as one, udp_server(silent) as two:
        real = socket.getaddrinfo
        monkeypatch.setattr(
            "helper.capture.udp.socket.getaddrinfo",
            lambda host, *more, **named: resolved() if host == "shop.example"
            else real(host, *more, **named),
        )  # fmt: skip
        found, notes = await kept(store, resolvers=(one, two), hosts_file=hosts)
    assert found["warnings"] == ["dns"]
    assert line(found, "dns")["value"]["answers"] == {
        "system": ["10.1.2.3"], one: ["93.184.216.34"], two: "no_answer",
    }  # fmt: skip
    assert notes == ("dns_inner",)


async def test_nobody_is_asked_where_nothing_is_set(
    store: Store, hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("helper.capture.udp.ask", forbidden)
    monkeypatch.setattr("helper.capture.udp.look_up", forbidden)
    found, notes = await kept(store, hosts_file=hosts)
    assert (found["warnings"], found["clocks"], notes) == ([], [], ())
    assert line(found, "clock")["state"] == "note"
    assert line(found, "clock")["value"]["reason"] == "not_asked"


async def test_nothing_personal_is_in_the_record(store: Store, hosts: Path) -> None:
    found, _ = await kept(store, hosts_file=hosts)
    said = json.dumps(found, ensure_ascii=False)
    for entries in psutil.net_if_addrs().values():
        for entry in entries:
            if entry.family == psutil.AF_LINK and entry.address.strip("0:-"):
                assert entry.address not in said
    assert os.uname().nodename not in said if hasattr(os, "uname") else True


async def test_every_line_has_state_value_and_both_languages(store: Store, hosts: Path) -> None:
    found, _ = await kept(store, hosts_file=hosts)
    assert found["format"] == "kazheng/environment/1"
    assert len(found["lines"]) > 8
    for one in found["lines"]:
        assert set(one) == {"key", "state", "value", "text"}
        assert one["state"] in {"ok", "note", "warning"}
        assert set(one["text"]) == {"zh_CN", "en"}


def test_the_extensions_own_word_comes_before_the_shipped_folder(tmp_path: Path) -> None:
    told = {"extension_sha256": "cd" * 32}
    meta = CaptureMeta(url=URL, clicked_at=NOON, extension_version="0.1.0", extra=told)
    assert environment.extension_of(meta).origin == "told"
    for odd in ("x", 7, None):
        other = meta.model_copy(update={"extra": {"extension_sha256": odd}})
        found = environment.extension_of(other)
        assert (found.origin, found.version, found.shipped_version) == ("shipped", "0.1.0", "0.1.0")
        assert found.sha256
        assert environment.extension_of(other, tmp_path / "none").sha256 is None
    alone = meta.model_copy(update={"extension_version": None})
    assert environment.extension_of(alone).origin == "none"
