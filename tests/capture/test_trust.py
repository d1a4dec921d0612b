"""Hostile pages, lent sessions, certificates: what must never get out, in the real browser."""

import base64
import hashlib
import json
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helper.capture.browser import WarmBrowser
from helper.capture.witness import EXPECTED, visit
from helper.settings import Settings

from .conftest import (
    ORDER,
    Site,
    everything,
    file_of,
    request,
    response,
    serve,
)

pytestmark = pytest.mark.browser


async def test_a_hostile_page_reaches_nothing_private(
    site: Site, inside: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def socket(got: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(got)
        async for message in link:
            assert message.type is WSMsgType.TEXT
        return link

    inside.routes["/socket"] = socket
    at = f"127.0.0.1:{inside.port}"
    site.page("/worker.js", f"fetch('http://{at}/worker',{{mode:'no-cors'}}).catch(()=>0);"
              f"try {{ new WebSocket('ws://{at}/worker-socket') }} catch (e) {{}}")  # fmt: skip
    site.raw("/worker.js", f"fetch('http://{at}/worker',{{mode:'no-cors'}}).catch(()=>0);"
             f"new WebSocket('ws://{at}/worker-socket')".encode(), "text/javascript")  # fmt: skip
    site.page(
        "/evil",
        f"""<title>a</title><p>订单号 KZ6 在这里，金额 12.50 元，已付款未发货</p>
        <iframe src="http://{at}/frame"></iframe><img src="http://{at}/picture">
        <iframe srcdoc="<img src='http://{at}/srcdoc'>"></iframe>
        <script src="http://localhost:{inside.port}/script"></script>
        <link rel=preconnect href="http://{at}"><link rel=prefetch href="http://{at}/prefetch">
        <script>
        for (const to of ['ws://{at}/socket', 'ws://[::1]:{inside.port}/socket',
                          'ws://x.localhost:{inside.port}/socket']) new WebSocket(to);
        fetch('http://{at}/fetch', {{mode: 'no-cors'}}).catch(() => 0);
        navigator.sendBeacon('http://{at}/beacon', 'x');
        new EventSource('http://{at}/events');
        new Worker('/worker.js'); new SharedWorker('/worker.js');
        document.body.insertAdjacentHTML('beforeend',
          `<form id=f target=t method=post action="http://{at}/form"></form>
           <iframe name=t></iframe>`);
        f.submit();
        </script>""",
    )
    made = await visit(browser, request(f"{site.origin}/evil"), tmp_path / "v")
    assert inside.asked == []
    refused = {note.split()[-1] for note in made.notes if note.startswith("address_refused")}
    hosts = ("127.0.0.1", "::1", "localhost", "x.localhost")
    assert refused == {f"{host}:{inside.port}" for host in hosts}, "each was tried"
    assert "订单号 KZ6".encode() in file_of(made, "witness/html")


async def test_a_redirect_to_a_private_address_or_our_own_port_is_refused(
    site: Site, inside: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def away(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{inside.origin}/v1/hello"})

    site.routes["/away"] = away
    wanted = request(f"{site.origin}/away", own_ports=frozenset({inside.port}))
    made = await visit(browser, wanted, tmp_path / "v")
    assert inside.asked == []
    assert {lack.reason for lack in made.missing} == {"address_refused"}
    assert any(note.startswith("address_refused: own_port") for note in made.notes)
    assert response(made, f"{site.origin}/away").status == "302"
    straight = await visit(
        browser,
        request(f"{inside.origin}/x", own_ports=frozenset({inside.port})),
        tmp_path / "w",
    )
    assert inside.asked == []
    assert straight.files == ()
    assert {lack.role for lack in straight.missing} == set(EXPECTED)


COOKIE = "Z3x9-secret-session-value-7q"
STORED = "token-9f8e7d6c5b4a39281706"


def lent(port: int) -> dict:
    return {
        "cookies": [
            {
                "name": "sid", "value": COOKIE, "domain": "127.0.0.1", "path": "/",
                "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax",
            }
        ],
        "origins": [
            {
                "origin": f"http://127.0.0.1:{port}",
                "localStorage": [{"name": "token", "value": STORED}],
            }
        ],
    }  # fmt: skip


async def test_a_lent_session_is_used_and_left_nowhere(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def member(got: web.Request) -> web.Response:
        if got.cookies.get("sid") != COOKIE:
            return web.Response(status=403, text="请登录")
        answer = web.Response(
            text="<title>会员</title><p>会员的订单 KZ5 金额 12.50 元，已付款，等待发货</p><script>"
            "const t=localStorage.token;fetch('/api?t='+t,{method:'POST',body:JSON.stringify({t}),"
            "headers:{'X-My':t,Authorization:'Bearer '+t}})</script>",
            content_type="text/html",
        )
        answer.set_cookie("fresh", COOKIE[::-1], httponly=True)
        return answer

    async def api(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    site.routes |= {"/member": member, "/api": api}
    wanted = request(f"{site.origin}/member", storage_state=lent(site.port))
    made = await visit(browser, wanted, tmp_path / "v")
    assert (made.status, made.session, made.missing) == (200, "lent", ())
    assert b"KZ5" in file_of(made, "witness/html")
    asked = next(h for h in site.headers if "X-My" in h)
    assert asked["X-My"] == STORED
    data = everything(tmp_path)
    for secret in (COOKIE, COOKIE[::-1], STORED):
        assert secret.encode() not in data
    assert b"sid=sha256-salted-" in data
    assert b"fresh=sha256-salted-" in data
    assert COOKIE not in repr(wanted)


async def test_a_page_that_prints_the_cookie_is_withheld_and_says_so(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/leak", f"<title>a</title><p>{COOKIE}</p>" + "订单" * 40)
    wanted = request(f"{site.origin}/leak", storage_state=lent(site.port))
    made = await visit(browser, wanted, tmp_path / "v")
    reasons = {lack.role: lack.reason for lack in made.missing}
    withheld = ("witness/html", "witness/text", "witness/mhtml", "witness/pdf")
    assert reasons == dict.fromkeys(withheld, "session_in_page")
    assert COOKIE.encode() not in everything(tmp_path)


async def test_a_token_inside_stored_json_and_a_printed_session_cookie_are_left_nowhere(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.e30.x/y+z=="
    state = lent(site.port)
    state["cookies"][0]["httpOnly"] = False
    state["origins"][0]["localStorage"][0]["value"] = json.dumps({"user": {"token": token}})
    site.page(
        "/spa",
        "<title>会员</title><p>会员的订单 KZ5 金额 12.50 元，已付款，等待发货</p><script>"
        "const t = JSON.parse(localStorage.token).user.token;"
        "fetch('/api?t=' + encodeURIComponent(t), {method: 'POST', headers: {'X-My': t},"
        "body: new URLSearchParams({t})}); fetch('/me')</script>",
    )
    site.raw("/api", b"{}", "application/json")
    site.raw("/me", json.dumps({"session": COOKIE}).encode(), "application/json")
    wanted = request(f"{site.origin}/spa", storage_state=state)
    made = await visit(browser, wanted, tmp_path / "v")
    assert made.missing == ()
    assert f"body_not_kept: session_in_body {site.origin}/me" in made.notes
    assert any(headers.get("X-My") == token for headers in site.headers)
    data = everything(tmp_path)
    for secret in (token, quote(token, safe=""), COOKIE):
        assert secret.encode() not in data


async def test_without_the_session_the_visit_is_clean(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/one", "<title>a</title><script>document.cookie='seen=1'</script>" + "订单" * 40)
    for folder in ("a", "b"):
        await visit(browser, request(f"{site.origin}/one"), tmp_path / folder)
    pages = [h for a, h in zip(site.asked, site.headers, strict=True) if a == "GET /one"]
    assert len(pages) == 2
    assert all("Cookie" not in headers for headers in pages)


def certificate(folder: Path) -> tuple[ssl.SSLContext, x509.Certificate, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "tls.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    spki = made.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return context, made, base64.b64encode(hashlib.sha256(spki).digest()).decode()


async def test_https_keeps_the_certificate_of_the_connection(tmp_path: Path) -> None:
    context, made_certificate, spki = certificate(tmp_path)
    shop = Site(scheme="https")
    runner = await serve(shop, context)
    shop.page("/order", ORDER)
    warm = WarmBrowser(Settings(data=tmp_path, trusted_spki=(spki,)))
    try:
        made = await visit(warm, request(f"{shop.origin}/order"), tmp_path / "v")
        der = made_certificate.public_bytes(serialization.Encoding.DER)
        assert made.missing == ()
        assert made.certificate_sha256 == hashlib.sha256(der).hexdigest()
        assert "trusted_key" in made.notes
        chain = x509.load_pem_x509_certificates(file_of(made, "witness/tls"))
        assert chain[0] == made_certificate
    finally:
        await warm.stop()
        await runner.cleanup()


async def test_an_untrusted_certificate_is_recorded_and_not_passed(
    browser: WarmBrowser, tmp_path: Path
) -> None:
    context, _, _ = certificate(tmp_path)
    shop = Site(scheme="https")
    runner = await serve(shop, context)
    shop.page("/order", ORDER)
    try:
        made = await visit(browser, request(f"{shop.origin}/order"), tmp_path / "v")
    finally:
        await runner.cleanup()
    assert shop.asked == []
    assert {lack.reason for lack in made.missing} == {"tls_error"}
    assert "trusted_key" not in made.notes
    assert "ERR_CERT_AUTHORITY_INVALID" in (made.missing[0].detail or "")
