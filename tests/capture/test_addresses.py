import pytest

from helper.capture.addresses import allowed, is_fake_ip, origin, refuse_answer, refuse_peer

SEEN = "http://192.168.1.5:8080"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://shop.example/order?id=1", None),
        ("wss://shop.example/live", None),
        ("http://198.18.0.7/", None),
        ("http://127.0.0.1/", "loopback"),
        ("http://127.8.9.1:99/", "loopback"),
        ("http://2130706433/", "loopback"),
        ("http://0x7f.1/", "loopback"),
        ("http://0177.0.0.1/", "loopback"),
        ("http://localhost/", "loopback"),
        ("http://LOCALHOST./", "loopback"),
        ("http://a.localhost:3000/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://[::ffff:127.0.0.1]/", "loopback"),
        ("http://[64:ff9b::7f00:1]/", "loopback"),
        ("http://[2002:7f00:1::]/", "loopback"),
        ("http://[64:ff9b:1::7f00:1]/", "loopback"),
        ("http://[64:ff9b:1::a00:1]/", "private"),
        ("http://[::127.0.0.1]/", "loopback"),
        ("http://[::10.0.0.1]/", "private"),
        ("http://[::ffff:0:127.0.0.1]/", "loopback"),
        ("http://[::ffff:0:169.254.169.254]/", "metadata"),
        ("http://[fec0::1]/", "private"),
        ("http://[2606:4700::1]/", None),
        ("http://[64:ff9b:1:7f00:0:100::]/", "private"),
        ("http://[5f00::1]/", "private"),
        ("http://0.0.0.0/", "reserved"),
        ("http://[::]/", "reserved"),
        ("http://224.0.0.1/", "reserved"),
        ("http://10.0.0.1/", "private"),
        ("http://172.16.0.1/", "private"),
        ("http://192.168.1.5:81/", "private"),
        ("http://100.64.0.1/", "private"),
        ("http://[fd12::1]/", "private"),
        ("http://169.254.1.1/", "link_local"),
        ("http://[fe80::1]/", "link_local"),
        ("http://169.254.169.254/latest/meta-data", "metadata"),
        ("http://100.100.100.200/", "metadata"),
        ("http://metadata.google.internal/", "metadata"),
        ("ws://192.168.1.9/", "private"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://shop.example/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("http://shop.example:99999/", "scheme"),
        ("http://[bad/", "scheme"),
        ("", "scheme"),
    ],
)
def test_only_public_web_addresses_are_allowed(url: str, reason: str | None) -> None:
    assert allowed(url, seen_origin=None, own_ports=()) == reason


def test_the_seen_origin_itself_is_allowed_and_nothing_beside_it() -> None:
    assert allowed(SEEN + "/order", seen_origin=SEEN, own_ports=()) is None
    assert allowed("ws://192.168.1.5:8080/live", seen_origin=SEEN, own_ports=()) is None
    assert allowed("http://192.168.1.6:8080/", seen_origin=SEEN, own_ports=()) == "private"


def test_own_ports_are_refused_even_on_the_seen_origin() -> None:
    seen = "http://127.0.0.1:17650"
    for url in (seen, "http://kazheng.localhost:17650/", "http://[::1]:17650/v1/hello"):
        assert allowed(url, seen_origin=seen, own_ports={17650}) == "own_port"
    assert allowed("https://shop.example:17650/", seen_origin=None, own_ports={17650}) is None


def test_a_public_name_that_resolves_to_a_private_address_is_refused() -> None:
    given = {"host": "shop.example", "port": 443, "seen_origin": "https://shop.example:443"}
    assert refuse_peer("93.184.216.34", own_ports=(), **given) is None
    given["seen_origin"] = None
    assert refuse_peer("10.0.0.1", own_ports=(), **given) == "private"


@pytest.mark.parametrize(
    ("ip", "reason"),
    [
        ("93.184.216.34", None),
        ("192.168.1.7", None),
        ("10.1.2.3", None),
        ("fd12::1", None),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("0.0.0.0", "reserved"),
        ("0.0.0.1", "private"),
        ("240.0.0.1", "private"),
        ("169.254.1.1", "link_local"),
        ("fe80::1", "link_local"),
        ("169.254.169.254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("fd00:ec2::254", "metadata"),
    ],
)
def test_the_name_of_the_seen_origin_leads_to_an_intranet_at_most(
    ip: str, reason: str | None
) -> None:
    given = {"host": "shop.example", "port": 8080, "own_ports": ()}
    assert refuse_peer(ip, seen_origin="http://shop.example:8080", **given) == reason
    assert refuse_answer((ip,), seen_origin="http://shop.example:8080", **given) == reason


def test_localhost_as_seen_origin_leads_to_loopback_only() -> None:
    given = {"host": "shop.localhost", "port": 80, "own_ports": ()}
    seen = "http://shop.localhost:80"
    assert refuse_answer(("127.0.0.1", "::1"), seen_origin=seen, **given) is None
    assert refuse_answer(("192.168.1.7",), seen_origin=seen, **given) == "private"


def test_a_metadata_name_is_refused_even_as_seen_origin() -> None:
    url = "http://metadata.google.internal/"
    assert allowed(url, seen_origin=origin(url), own_ports=()) == "metadata"


def test_an_answer_of_public_and_private_addresses_is_refused() -> None:
    given = {"host": "shop.example", "port": 443, "own_ports": ()}
    seen = "https://shop.example:443"
    for mixed in (("93.184.216.34", "10.0.0.1"), ("10.0.0.1", "2606:4700::1")):
        assert refuse_answer(mixed, seen_origin=seen, **given) == "mixed"
        assert refuse_answer(mixed, seen_origin=None, **given) == "private"
    assert refuse_answer(("10.0.0.1", "fd12::1"), seen_origin=seen, **given) is None
    assert refuse_answer(("93.184.216.34", "2606:4700::1"), seen_origin=None, **given) is None
    assert refuse_answer((), seen_origin=None, **given) is None


def test_origins_have_one_spelling() -> None:
    assert origin("HTTPS://Shop.Example/x") == "https://shop.example:443"
    assert origin("ws://shop.example/x") == "http://shop.example:80"
    assert origin("about:blank") is None


def test_fake_ip_range_is_known() -> None:
    assert is_fake_ip("198.19.255.1")
    assert not is_fake_ip("198.20.0.1")
