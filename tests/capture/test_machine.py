"""Hosts file, proxies, tunnels, hashes of folders."""

from pathlib import Path

import pytest

from helper.capture import machine

HOSTS = """\ufeff# a comment
127.0.0.1 localhost
0.0.0.0 ads.example  shop.example.evil  # shop.example
6.6.6.6\tSHOP.example www.shop.example other.example # mine
7.7.7.7 static.shop.example
"""


def hosts(folder: Path, text: str = HOSTS) -> Path:
    path = folder / "主机 hosts"
    path.write_text(text, "utf-8")
    return path


def test_only_the_lines_that_touch_the_site_are_told(tmp_path: Path) -> None:
    found = machine.hosts_lines(hosts(tmp_path), "shop.example")
    assert found.lines == (
        "6.6.6.6 SHOP.example www.shop.example",
        "7.7.7.7 static.shop.example",
    )
    assert machine.hosts_lines(hosts(tmp_path), "www.shop.example").lines == found.lines[:1]
    assert machine.hosts_lines(hosts(tmp_path), "wangzi.localhost").lines == ()


def test_a_hosts_file_that_is_not_there_says_nothing_and_an_unreadable_one_why(
    tmp_path: Path,
) -> None:
    assert machine.hosts_lines(tmp_path / "none", "shop.example") == machine.HostsFile()
    assert machine.hosts_lines(tmp_path, "shop.example").reason in {
        "IsADirectoryError", "PermissionError",
    }  # fmt: skip


def test_a_hosts_file_of_any_size_is_bounded(tmp_path: Path) -> None:
    many = "6.6.6.6 shop.example{}\n"
    text = "".join(f"6.6.{n % 250}.{n // 250} a{n}.shop.example\n" for n in range(500))
    assert len(machine.hosts_lines(hosts(tmp_path, text), "shop.example").lines) == 20
    large = hosts(tmp_path, many * 800_000)
    assert machine.hosts_lines(large, "shop.example").reason == "too_large"


def test_where_the_hosts_file_is() -> None:
    windows = machine.hosts_place("win32", {"SystemRoot": "D:/Windows"})
    assert windows.as_posix() == "D:/Windows/System32/drivers/etc/hosts"
    assert machine.hosts_place("linux", {}) == Path("/etc/hosts")


def test_proxies_are_told_without_user_and_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert machine.proxies() == {}
    monkeypatch.setenv("https_proxy", "http://annabel:open%40sesame@10.0.0.1:8080")
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1080")
    monkeypatch.setenv("no_proxy", "localhost")
    assert machine.proxies() == {"all": "127.0.0.1:1080", "https": "10.0.0.1:8080"}
    monkeypatch.setenv("http_proxy", "http://[oops")
    assert machine.proxies()["http"] == "unreadable"


def test_tunnels_are_known_by_their_kind_and_named_by_nothing_else() -> None:
    names = [
        "eth0", "lo", "docker0", "tun0", "wg1", "张三的 WireGuard 家", "utun3", "以太网",
        "TAP-Windows Adapter V9", "tunnelling-club", "Clash", "wlan0", "工作 VPN",
    ]  # fmt: skip
    assert machine.vpn_kinds(names) == (
        "clash", "tap-windows", "tun", "utun", "vpn", "wg", "wireguard",
    )  # fmt: skip
    assert all(isinstance(kind, str) for kind in machine.vpn_interfaces())
