"""What on this computer can lead a browser elsewhere: hosts file, proxies, tunnels."""

from __future__ import annotations

import os
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from helper.capture import addresses

_MOST_BYTES = 16 * 1024 * 1024
"""Lists that block advertisements reach a few megabytes."""
_MOST_LINES = 20
_NOT_LEADING = frozenset({"no"})
_VPN = (
    "wireguard", "openvpn", "tap-windows", "wintun", "nordlynx", "proton", "tailscale", "zerotier",
    "anyconnect", "globalprotect", "clash", "mihomo", "sing-box", "v2ray", "vpn", "utun", "tun",
    "tap", "wg", "ppp", "ipsec",
)  # fmt: skip
"""How the interfaces of tunnels are named by the systems and programs that make them."""
_STARTS_ONLY = frozenset({"utun", "tun", "tap", "wg", "ppp"})


@dataclass(frozen=True)
class HostsFile:
    """The lines that touch a site (`address name …`, no comments); `reason` if it was not read."""

    lines: tuple[str, ...] = ()
    reason: str | None = None


def hosts_place(system: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the system keeps its hosts file."""
    if system == "win32":
        root = environment.get("SystemRoot") or environment.get("SYSTEMROOT") or r"C:\Windows"
        return Path(root) / "System32" / "drivers" / "etc" / "hosts"
    return Path("/etc/hosts")


def hosts_lines(path: Path, host: str) -> HostsFile:
    """Return the lines of a hosts file that name a site, a part of it, or what it is part of."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return HostsFile()
    except OSError as error:
        return HostsFile(reason=type(error).__name__)
    if len(data) > _MOST_BYTES:
        return HostsFile(reason="too_large")
    site = addresses.host_key(host)
    found: dict[str, None] = {}
    for line in data.decode("utf-8-sig", "replace").splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        touching = [name for name in names if _touches(addresses.host_key(name), site)]
        if touching:
            found[" ".join([address, *touching])[:200]] = None
        if len(found) == _MOST_LINES:
            break
    return HostsFile(tuple(found))


def _touches(name: str, site: str) -> bool:
    return name == site or name.endswith(f".{site}") or ("." in name and site.endswith(f".{name}"))


def proxies() -> dict[str, str]:
    """Return the proxies set on this computer, `scheme: host:port`, without user and password.

    Of the environment, the Windows registry (an automatic script too) or macOS.
    """
    found = {
        scheme: _place(value)
        for scheme, value in urllib.request.getproxies().items()
        if value and scheme not in _NOT_LEADING
    }
    script = _windows_script()
    return dict(sorted((found | ({"pac": _place(script)} if script else {})).items()))


def _place(value: str) -> str:
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "unreadable"
    return f"{parts.hostname or 'unreadable'}{port}"


def _windows_script() -> str | None:
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415  # Windows alone has it

        key = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as settings:
            return str(winreg.QueryValueEx(settings, "AutoConfigURL")[0]) or None
    return None


def vpn_interfaces() -> tuple[str, ...]:
    """Return the kinds of interfaces in use that look like tunnels; their names may be personal."""
    stats, bound = psutil.net_if_stats(), psutil.net_if_addrs()
    used = [
        name
        for name, about in stats.items()
        if about.isup and any(_is_own(entry.address) for entry in bound.get(name, ()))
    ]
    return vpn_kinds(used)


def _is_own(address: str) -> bool:
    """Tell whether an interface has more than a link-local address, as idle tunnels of macOS do."""
    found = addresses.literal(address)
    return found is not None and not found.is_link_local


def vpn_kinds(names: Iterable[str]) -> tuple[str, ...]:
    """Return of which kind of tunnel interface names are; others are left out."""
    kinds = {_vpn_kind(name.lower()) for name in names}
    return tuple(sorted(kind for kind in kinds if kind is not None))


def _vpn_kind(name: str) -> str | None:
    for kind in _VPN:
        if name.startswith(kind) and name[len(kind) :].isdecimal():
            return kind
        if kind not in _STARTS_ONLY and kind in name:
            return kind
    return None
