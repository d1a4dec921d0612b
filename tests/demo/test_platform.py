from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from helper.demo import platform
from helper.demo.platform import HOSTS, Demo
from helper.demo.ports import bind_pair


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


IPV6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
STATES = ("pending", "not_delivered", "dead_code", "failed", "refunded", "double_charged")


def test_every_shop_has_an_order_in_every_state(demo: Demo) -> None:
    expected = {f"{shop}:{state}" for shop in ("wangzi", "lechuang", "weijie") for state in STATES}
    assert expected | {"wangzi:late"} == set(demo.orders)


@pytest.mark.parametrize(("address", "family"), [("127.0.0.1", 2), ("::1", socket.AF_INET6)])
@IPV6
async def test_every_site_answers_on_both_loopback_addresses(
    demo: Demo, address: str, family: int
) -> None:
    for origin in demo.origins.values():
        port = urlsplit(origin).port
        _, writer = await asyncio.open_connection(address, port)
        writer.close()
        await writer.wait_closed()


async def test_the_authority_vouches_for_the_shop_on_https(demo: Demo) -> None:
    trust = ssl.create_default_context(cafile=str(demo.authority))
    _, writer = await asyncio.open_connection(
        "127.0.0.1",
        urlsplit(demo.origins["wangzi"]).port,
        ssl=trust,
        server_hostname="wangzi.localhost",
    )
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    key = x509.load_der_x509_certificate(der).public_key()
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert base64.b64encode(hashlib.sha256(public).digest()).decode() == demo.spki


async def test_all_dates_are_counted_back_from_now(tmp_path: Path) -> None:
    now = datetime(2027, 2, 3, 4, 5, 6, tzinfo=UTC)
    demo = await platform.start(tmp_path, now)
    await demo.stop()
    paid = demo.orders["wangzi:not_delivered"].paid_at
    assert paid is not None
    assert timedelta(days=1) < now - paid < timedelta(days=3)
    assert "20270201" in demo.orders["wangzi:not_delivered"].order_no


async def test_stop_closes_every_port(tmp_path: Path) -> None:
    demo = await platform.start(tmp_path)
    await demo.stop()
    for origin in demo.origins.values():
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", urlsplit(origin).port)


@IPV6
def test_a_port_that_is_taken_on_one_address_is_refused() -> None:
    with socket.socket(socket.AF_INET6) as other:
        other.bind(("::1", 0))
        with pytest.raises(OSError, match=r"[Aa]ddress"):
            bind_pair(other.getsockname()[1])


def test_hosts_are_names_under_localhost() -> None:
    assert all(host.endswith(".localhost") for host in HOSTS.values())
