"""Visits by the real browser to servers on loopback."""

import asyncio
import hashlib
import json
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from aiohttp import WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helper.capture.browser import WarmBrowser
from helper.capture.environment import record
from helper.capture.run import Run
from helper.capture.witness import EXPECTED, visit
from helper.errors import BrowserMissingError
from helper.model import Viewport
from helper.settings import Settings

from .conftest import (
    Site,
    everything,
    file_of,
    picture_of,
    records,
    request,
    response,
    serve,
)

pytestmark = pytest.mark.browser

ORDER = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>订单详情 – 王子卡盟</title>
<style>body{margin:0;font:16px sans-serif} div{height:300px} .last{background:#00a000}</style></head>
<body><h1>订单号 KZ20240102</h1><div>已付款，未发货</div><div></div><div></div><div></div>
<div class="last">底部</div></body></html>"""


async def test_an_order_page_gives_every_artifact(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    url = f"{site.origin}/order?no=KZ20240102&shop=%E7%8E%8B%E5%AD%90"
    made = await visit(browser, request(url), tmp_path / "v")
    assert made.missing == ()
    assert set(EXPECTED) <= {produced.role for produced in made.files}
    assert (made.final_url, made.status, made.session) == (url, 200, "not_lent")
    assert made.title == "订单详情 – 王子卡盟"
    assert made.peer == "127.0.0.1"
    assert all(produced.path.stat().st_size > 0 for produced in made.files)
    assert file_of(made, "witness/pdf").startswith(b"%PDF-")
    assert "订单号 KZ20240102".encode() in file_of(made, "witness/html")
    assert b"KZ20240102" in file_of(made, "witness/mhtml")
    har = json.loads(file_of(made, "witness/har"))
    assert har["log"]["entries"][0]["request"]["url"] == url


async def test_page_sheet_and_window_show_the_whole_page(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    view = Viewport(width=1000, height=700)
    made = await visit(browser, request(f"{site.origin}/order", viewport=view), tmp_path / "v")
    page, sheet = picture_of(made, "witness/page"), picture_of(made, "witness/sheet")
    window = picture_of(made, "witness/window")
    green = (0, 160, 0)
    assert page.height > 1500
    assert page.convert("RGB").getpixel((300, page.height - 5)) == green
    below = sheet.crop((0, sheet.height - page.height, page.width, sheet.height))
    assert below.tobytes() == page.tobytes()
    assert window.width == 1000
    assert window.height > page.height + 60
    assert window.getpixel((300, window.height - 5)) == green
    bar = window.crop((0, 40, window.width, 85)).convert("L")
    assert bar.getextrema()[0] < 100, "the address bar has dark text"


async def test_a_gbk_page_keeps_its_exact_bytes(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    body = "<meta charset=gbk><title>订单</title>微捷发卡 金额￥12.50".encode("gbk")
    site.raw("/gbk", body, "text/html")
    made = await visit(browser, request(f"{site.origin}/gbk"), tmp_path / "v")
    kept = response(made, f"{site.origin}/gbk")
    assert hashlib.sha256(kept.body).digest() == hashlib.sha256(body).digest()
    assert made.title == "订单"
    assert "微捷发卡".encode() in file_of(made, "witness/html")


async def test_redirects_and_post_requests_are_in_the_archive(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/order", "X-Hop": "一".encode().hex()})

    async def ask(got: web.Request) -> web.Response:
        return web.json_response({"echo": (await got.read()).decode()})

    site.routes["/go"] = moved
    site.routes["/api"] = ask
    site.page(
        "/order",
        "<title>a</title><p id=x>加载中</p><script>fetch('/api',{method:'POST',body:'no=1&类=卡'})"
        ".then(r=>r.json()).then(j=>x.textContent='到了 '+j.echo)</script>",
    )
    made = await visit(browser, request(f"{site.origin}/go"), tmp_path / "v")
    assert made.final_url == f"{site.origin}/order"
    hop = response(made, f"{site.origin}/go")
    assert (hop.status, hop.headers["location"]) == ("302", "/order")
    assert json.loads(response(made, f"{site.origin}/api").body) == {"echo": "no=1&类=卡"}
    posted = [r for r in records(made) if r.kind == "request" and r.url.endswith("/api")]
    assert posted[0].body.decode() == "no=1&类=卡"
    assert "到了 no=1&amp;类=卡".encode() in file_of(made, "witness/html")
    assert site.asked.count("GET /order") == 1


async def test_a_page_rendered_late_is_waited_for(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page(
        "/late",
        "<title>a</title><main id=m>正在加载…</main><script>setTimeout(() => {"
        "m.innerHTML='订单号 KZ9 金额 12.50 元 <img loading=lazy src=/p.png>'}, 700)</script>",
    )
    site.raw("/p.png", b"x", "image/png")
    made = await visit(browser, request(f"{site.origin}/late"), tmp_path / "v")
    assert "订单号 KZ9".encode() in file_of(made, "witness/html")
    assert "GET /p.png" in site.asked


async def test_lazy_pictures_below_the_fold_are_loaded(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    images = "".join(
        f"<div style='height:900px'><img loading=lazy src=/i/{n} width=9 height=9></div>"
        for n in range(12)
    )
    site.page("/lazy", f"<title>a</title><body>{images}")
    for n in range(12):
        site.raw(f"/i/{n}", b"GIF89a", "image/gif")
    made = await visit(browser, request(f"{site.origin}/lazy"), tmp_path / "v")
    assert made.missing == ()
    assert {f"GET /i/{n}" for n in range(12)} <= set(site.asked)


@pytest.mark.parametrize("kind", ["picture", "document"])
async def test_a_page_that_never_ends_is_kept_as_it_is(
    site: Site, browser: WarmBrowser, tmp_path: Path, kind: str
) -> None:
    async def endless(got: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
        await answer.prepare(got)
        await answer.write("<title>a</title><p>订单号 KZ7".encode() + b" " * 2000)
        await site.release.wait()
        return answer

    site.page("/order", "<title>a</title><p>订单号 KZ7</p><img src=/never>")
    site.routes["/never"] = endless
    path = "/order" if kind == "picture" else "/never"
    started = asyncio.get_running_loop().time()
    made = await visit(browser, request(f"{site.origin}{path}", seconds=20), tmp_path / "v")
    assert asyncio.get_running_loop().time() - started < 22
    assert "load_unfinished" in made.notes
    assert ("document_endless" in made.notes) is (kind == "document")
    assert "订单号 KZ7".encode() in file_of(made, "witness/html")
    assert {"witness/page", "witness/sheet", "witness/warc"} <= {f.role for f in made.files}


async def test_dialogs_popups_downloads_and_printing_do_not_stop_a_visit(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.raw("/file.zip", b"PK", "application/zip", **{"Content-Disposition": "attachment"})
    site.page(
        "/loud",
        "<title>a</title><p>订单号 KZ8</p><a id=f href=/file.zip download></a><script>"
        "alert('先付款');confirm('确定?');prompt('密码');window.open('/pop');f.click();print()"
        "</script>",
    )
    made = await visit(browser, request(f"{site.origin}/loud"), tmp_path / "v")
    assert made.missing == ()
    assert [note for note in made.notes if note.startswith("dialog_dismissed")] == [
        "dialog_dismissed: 先付款", "dialog_dismissed: 确定?", "dialog_dismissed: 密码",
    ]  # fmt: skip


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
          `<form id=f target=t method=post action="http://{at}/form"></form><iframe name=t></iframe>`);
        f.submit();
        </script>""",
    )
    made = await visit(browser, request(f"{site.origin}/evil"), tmp_path / "v")
    assert inside.asked == []
    assert any(note.startswith("address_refused: loopback") for note in made.notes)
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
    assert "KZ5".encode() in file_of(made, "witness/html")
    asked = next(h for h in site.headers if "X-My" in h)
    assert asked["X-My"] == STORED
    data = everything(tmp_path)
    for secret in (COOKIE, COOKIE[::-1], STORED):
        assert secret.encode() not in data
    assert b"sid=sha256-salted:" in data
    assert b"fresh=sha256-salted:" in data
    assert COOKIE not in repr(wanted)


async def test_a_page_that_prints_the_cookie_is_withheld_and_says_so(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/leak", f"<title>a</title><p>{COOKIE}</p>" + "订单" * 40)
    wanted = request(f"{site.origin}/leak", storage_state=lent(site.port))
    made = await visit(browser, wanted, tmp_path / "v")
    reasons = {lack.role: lack.reason for lack in made.missing}
    assert reasons == {"witness/html": "session_in_page", "witness/mhtml": "session_in_page"}
    assert COOKIE.encode() not in everything(tmp_path)


async def test_without_the_session_the_visit_is_clean(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/one", "<title>a</title><script>document.cookie='seen=1'</script>" + "订单" * 40)
    for folder in ("a", "b"):
        await visit(browser, request(f"{site.origin}/one"), tmp_path / folder)
    assert all("Cookie" not in header for header in site.headers)


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
    import base64

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
    assert "ERR_CERT_AUTHORITY_INVALID" in (made.missing[0].detail or "")


async def test_a_tall_page_is_pictured_to_its_end_in_tiles(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page(
        "/tall",
        "<title>a</title><body style='margin:0'><div style='height:40000px'>上</div>"
        "<div style='height:100px;background:#00a000'>下</div>",
    )
    made = await visit(browser, request(f"{site.origin}/tall"), tmp_path / "v")
    pages = [f.path for f in made.files if f.role == "witness/page"]
    sheets = [f.path for f in made.files if f.role == "witness/sheet"]
    assert len(pages) == len(sheets) == 2
    from PIL import Image

    last = Image.open(pages[-1]).convert("RGB")
    assert sum(Image.open(path).height for path in pages) == 40100
    assert last.getpixel((5, last.height - 3)) == (0, 160, 0)
    assert "window_shows_part" in made.notes


async def test_an_inner_scroller_is_pictured_whole(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    rows = "".join(f"<p>客服{n:03d} 10:00 请稍等</p>" for n in range(60))
    site.page(
        "/chat",
        "<title>a</title><h1>聊天</h1><div style='overflow:hidden;height:400px'>"
        f"<div id=c style='height:300px;width:500px;overflow-y:auto'>{rows}</div></div>",
    )
    made = await visit(browser, request(f"{site.origin}/chat"), tmp_path / "v")
    assert picture_of(made, "witness/scroller").height > 1500


async def test_a_tall_body_of_thirty_megabytes_passes(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    body = b"<title>a</title><p>\xe8\xae\xa2\xe5\x8d\x95</p><!--" + b"x" * 30_000_000 + b"-->"
    site.raw("/big", body, "text/html; charset=utf-8")
    made = await visit(browser, request(f"{site.origin}/big"), tmp_path / "v")
    assert hashlib.sha256(response(made, f"{site.origin}/big").body).digest() == (
        hashlib.sha256(body).digest()
    )
    assert made.missing == ()


async def test_a_browser_killed_in_the_middle_is_started_again(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def fatal(_: web.Request) -> web.Response:
        if len(site.asked) == 1:
            number = await browser.process_id()
            assert number is not None
            psutil.Process(number).kill()
        return web.Response(text=ORDER, content_type="text/html")

    site.routes["/order"] = fatal
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.missing == ()
    assert "browser_restarted" in made.notes
    assert browser.starts == 2
    again = await visit(browser, request(f"{site.origin}/order"), tmp_path / "w")
    assert "browser_restarted" not in again.notes


async def test_a_deadline_keeps_what_there_is_and_names_the_rest(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(self: Run, *_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Run, "_window", stuck)
    site.page("/order", ORDER)
    made = await visit(browser, request(f"{site.origin}/order", seconds=6), tmp_path / "v")
    assert [(lack.role, lack.reason) for lack in made.missing] == [("witness/window", "deadline")]
    assert {"witness/page", "witness/warc", "witness/har"} <= {f.role for f in made.files}


async def test_a_blocked_page_still_gives_its_bytes(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/loop", "<title>a</title><p>订单</p><script>for(;;){}</script>")
    made = await visit(browser, request(f"{site.origin}/loop", seconds=8), tmp_path / "v")
    assert response(made, f"{site.origin}/loop").status == "200"
    assert "page_blocked" in made.notes
    site.page("/order", ORDER)
    assert (await visit(browser, request(f"{site.origin}/order"), tmp_path / "w")).missing == ()


async def test_a_server_that_is_down_is_explained(browser: WarmBrowser, tmp_path: Path) -> None:
    made = await visit(browser, request("http://127.0.0.1:9/"), tmp_path / "v")
    assert {lack.reason for lack in made.missing} == {"unreachable"}


async def test_two_hosts_are_visited_at_once_each_in_its_own_window(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def coloured(got: web.Request) -> web.Response:
        colour = parse_qs(urlsplit(got.path_qs).query)["c"][0]
        text = f"<title>{colour}</title><body style='background:#{colour}'>" + "订单" * 40
        return web.Response(text=text, content_type="text/html")

    site.routes["/c"] = coloured
    hosts = {"a.localhost": "00a000", "b.localhost": "a00000"}
    made = await asyncio.gather(
        *(
            visit(browser, request(f"http://{host}:{site.port}/c?c={colour}"), tmp_path / host)
            for host, colour in hosts.items()
        )
    )
    for one, colour in zip(made, hosts.values(), strict=True):
        window = picture_of(one, "witness/window")
        assert window.getpixel((200, window.height - 10)) == tuple(bytes.fromhex(colour))


async def test_without_a_display_the_window_is_missing_with_its_reason(
    site: Site, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    warm = WarmBrowser(Settings(data=tmp_path, private_display=False))
    view = Viewport(width=900, height=700, scale=2.0)
    try:
        made = await visit(warm, request(f"{site.origin}/order", viewport=view), tmp_path / "v")
    finally:
        await warm.stop()
    assert [(lack.role, lack.reason) for lack in made.missing] == [
        ("witness/window", "no_private_display")
    ]
    assert picture_of(made, "witness/page").width == 1800


async def test_no_browser_is_an_explained_error(tmp_path: Path) -> None:
    warm = WarmBrowser(Settings(data=tmp_path, browser="/nowhere/chrome"))
    with pytest.raises(BrowserMissingError) as raised:
        await visit(warm, request("https://shop.example/"), tmp_path / "v")
    assert raised.value.details["looked"] == ["/nowhere/chrome"]
    await warm.stop()


async def test_the_environment_names_the_program_that_runs(
    browser: WarmBrowser, tmp_path: Path
) -> None:
    await browser.start()
    about = json.loads(json.dumps(await record(browser)))
    program = Path(about["browser"]["path"])
    assert about["browser"]["sha256"] == hashlib.sha256(program.read_bytes()).hexdigest()
    assert about["browser"]["version"]
    assert about["cjk_font"]


async def test_another_user_cannot_look_at_the_private_display(browser: WarmBrowser) -> None:
    await browser.start()
    assert browser.display is not None
    code = f"import mss\nwith mss.MSS(display={browser.display.name!r}) as s: s.grab(s.monitors[0])"
    import os
    import sys

    environment = {k: v for k, v in os.environ.items() if k != "XAUTHORITY"}
    environment["HOME"] = "/nonexistent"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, env=environment
    )
    assert done.returncode != 0


async def test_stopping_leaves_no_process_and_no_profile(tmp_path: Path) -> None:
    warm = WarmBrowser(Settings(data=tmp_path))
    await warm.start()
    number = await warm.process_id()
    display = warm.display
    assert number is not None
    assert display is not None
    await warm.stop()
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == "zombie"
    assert display.process.returncode is not None
    assert not display.authority.exists()
