"""Which addresses a witness visit may reach: pure rules, no look-ups.

Only http(s) and WebSockets to public addresses. Others are refused unless the captured page itself
was on that very origin, and was there by what cannot be moved: an address, or `localhost`. A name
can be: whoever owns it may point it elsewhere before the visit, so the seen name may lead into an
intranet but never to loopback, link-local or metadata addresses, nor to public and private ones at
once. The helper's own ports are refused always. 198.18.0.0/15 is what local proxies hand out as
"fake IP": allowed, noted.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_FAKE_IP = ipaddress.ip_network("198.18.0.0/15")
_WITH_IPV4 = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/96", "::ffff:0:0:0/96", "::/96")
)
"""NAT64 (RFC 6052, RFC 8215), IPv4-translated (RFC 2765), IPv4-compatible (RFC 4291, 2.5.5.1)."""
_INTRANET = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""RFC 1918, RFC 6598, RFC 4193."""
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data"})
_METADATA_ADDRESSES = frozenset({"169.254.169.254", "100.100.100.200", "fd00:ec2::254"})


def origin(url: str) -> str | None:
    """Return `scheme://host:port` in one spelling, None where the URL is no web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or port is None:
        return None
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    host = host_key(parts.hostname)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def host_key(host: str) -> str:
    """Return a host name or address literal in one spelling (legacy IPv4 forms resolved)."""
    plain = host.strip("[]").rstrip(".").lower()
    found = literal(plain)
    return str(found) if found is not None else plain


def literal(host: str) -> Address | None:
    """Return the address a host literal means (also `2130706433`, `0x7f.1`), None for names."""
    text = host.strip("[]").split("%", 1)[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if not text or not text[0].isdigit():
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, UnicodeError):
        return None


def allowed(url: str, *, seen_origin: str | None, own_ports: Collection[int]) -> str | None:
    """Return None if a request to the URL may be made, else the reason code of the refusal."""
    target = origin(url)
    if target is None:
        return "scheme"
    parts = urlsplit(target)
    host, port = parts.hostname or "", parts.port or 0
    return refuse_target(host, port, seen_origin=seen_origin, own_ports=own_ports)


def refuse_target(
    host: str, port: int, *, seen_origin: str | None, own_ports: Collection[int]
) -> str | None:
    """Judge host and port before anything is resolved; return a reason code or None."""
    host = host_key(host)
    address = literal(host)
    if address is not None:
        return refuse_peer(
            address, host=host, port=port, seen_origin=seen_origin, own_ports=own_ports
        )
    if host in _METADATA_NAMES:
        return "metadata"
    if not is_local(host):
        return None
    if port in own_ports:
        return "own_port"
    return None if _is_seen(host, port, seen_origin) else "loopback"


def refuse_peer(
    ip: str | Address, *, host: str, port: int, seen_origin: str | None, own_ports: Collection[int]
) -> str | None:
    """Judge a resolved or connected address of `host:port`; return a reason code or None."""
    address = _unwrap(ipaddress.ip_address(ip) if isinstance(ip, str) else ip)
    if address.is_loopback and port in own_ports:
        return "own_port"
    reason = _kind(address)
    if reason is None or not _is_seen(host_key(host), port, seen_origin):
        return reason
    if literal(host) is not None:
        return None
    if is_local(host):
        return None if reason == "loopback" else reason
    intranet = reason == "private" and any(address in network for network in _INTRANET)
    return None if intranet else reason


def refuse_answer(
    ips: Sequence[str], *, host: str, port: int, seen_origin: str | None, own_ports: Collection[int]
) -> str | None:
    """Judge all addresses that a name resolved to; return a reason code or None.

    One refused address refuses them all; public and private ones together are `mixed`.
    """
    for ip in ips:
        reason = refuse_peer(ip, host=host, port=port, seen_origin=seen_origin, own_ports=own_ports)
        if reason is not None:
            return reason
    public = {_kind(_unwrap(ipaddress.ip_address(ip))) is None for ip in ips}
    return "mixed" if len(public) > 1 else None


def is_local(host: str) -> bool:
    """Tell whether a name means this computer by its form (RFC 6761, section 6.3)."""
    plain = host_key(host)
    return plain == "localhost" or plain.endswith(".localhost")


def is_fake_ip(ip: str) -> bool:
    """Tell whether an address is of 198.18.0.0/15, the range of fake-IP proxies."""
    return _unwrap(ipaddress.ip_address(ip)) in _FAKE_IP


def _kind(address: Address) -> str | None:
    if str(address) in _METADATA_ADDRESSES:
        return "metadata"
    if address.is_loopback:
        return "loopback"
    if address.is_unspecified or address.is_multicast:
        return "reserved"
    if address.is_link_local:
        return "link_local"
    return None if address in _FAKE_IP or _is_public(address) else "private"


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (
        address.is_site_local or address.is_reserved
    ):
        return False  # deprecated, or given to nobody
    return address.is_global


def _unwrap(address: Address) -> Address:
    """Return the IPv4 address that a mapped, translated, 6to4 or Teredo address leads to."""
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    teredo = address.teredo
    inside = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    if inside is None and any(address in network for network in _WITH_IPV4):
        inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inside or address


def _is_seen(host: str, port: int, seen_origin: str | None) -> bool:
    if seen_origin is None:
        return False
    parts = urlsplit(seen_origin)
    return (parts.hostname, parts.port) == (host, port)
