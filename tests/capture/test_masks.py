import json
import quopri
import time
from urllib.parse import quote, quote_plus

import pytest

from helper.capture.masks import Masks

SECRET = "s3cr3t-value=abcdef0123456789"
STATE = {
    "cookies": [{"name": "sid", "value": SECRET, "httpOnly": True}],
    "origins": [{"origin": "https://a", "localStorage": [{"name": "jwt", "value": "j" * 40}]}],
}


def test_cookie_values_go_and_names_stay() -> None:
    masks = Masks(STATE)
    sent = masks.header("Cookie", f"sid={SECRET}; lang=zh")
    assert sent.startswith("sid=sha256-salted:")
    assert "; lang=sha256-salted:" in sent
    assert SECRET not in sent
    kept = masks.header("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly")
    assert kept.endswith("; Path=/; HttpOnly")
    assert SECRET not in kept


def test_equal_secrets_stay_equal_in_one_capture_only() -> None:
    one, other = Masks(None), Masks(None)
    assert one.value("x") == one.value("x") != other.value("x")


def test_authorization_keeps_its_scheme() -> None:
    assert Masks(None).header("Authorization", "Bearer abc").startswith("Bearer sha256-salted:")


def test_lent_values_go_from_urls_bodies_and_other_headers() -> None:
    masks = Masks(STATE)
    assert "j" * 40 not in masks.text("https://a/?t=" + "j" * 40)
    assert b"j" * 40 not in masks.body(b'{"t":"' + b"j" * 40 + b'"}')
    assert "j" * 40 not in masks.header("X-Anything", "j" * 40)


def test_a_page_that_prints_an_httponly_cookie_is_known_in_quoted_printable_too() -> None:
    masks = Masks(STATE)
    assert masks.shows(b"<p>" + SECRET.encode() + b"</p>")
    assert masks.shows(b"s3cr3t-val=\r\nue=3Dabcdef0123456789")
    assert not masks.shows(b"<p>order 1</p>")


def test_a_long_cookie_is_known_across_the_soft_line_breaks_of_mhtml() -> None:
    value = "k=9" * 60
    masks = Masks({"cookies": [{"name": "sid", "value": value}], "origins": []})
    assert masks.shows(quopri.encodestring(b"<p>" + value.encode()).replace(b"\n", b"\r\n"))


def stored(value: str) -> Masks:
    local = [{"name": "auth", "value": value}]
    return Masks({"cookies": [], "origins": [{"origin": "https://a", "localStorage": local}]})


TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.x/y+z=="


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        json.dumps({"token": TOKEN}),
        json.dumps({"user": {"keys": [{"jwt": TOKEN}], "age": 3, "on": True, "none": None}}),
        json.dumps(json.dumps({"token": TOKEN})),
        json.dumps({"persist:auth": json.dumps({"token": TOKEN})}),
    ],
)
def test_a_token_inside_stored_json_goes_from_urls_headers_and_bodies(value: str) -> None:
    masks = stored(value)
    assert TOKEN not in masks.header("X-My", f"Token {TOKEN}")
    for form in (TOKEN, quote(TOKEN, safe=""), quote(TOKEN)):
        assert form not in masks.text(f"https://a/?t={form}&x=1")
        assert form.encode() not in masks.body(f"t={form}&x=1".encode())
    assert masks.text(f"a {TOKEN} b") == f"a {masks.value(TOKEN)} b"


def test_short_leaves_and_hopeless_json_change_nothing() -> None:
    assert stored(json.dumps({"lang": "zh", "n": 12})).text("zh 12") == "zh 12"
    deep = "[" * 100_000
    assert stored(deep).text("x" + deep) != "x" + deep
    assert stored("[" * 900 + "]" * 900).text("zh") == "zh"


@pytest.mark.parametrize("form", [lambda v: quote(v, safe=""), quote_plus, quote])
def test_percent_encoded_secrets_go_and_stay_equal_to_the_plain_ones(form) -> None:
    secret = "a b/c+d=测试&0123456789"
    masks = Masks({"cookies": [{"name": "sid", "value": secret}], "origins": []})
    encoded = form(secret)
    assert masks.text(f"/?t={encoded}&n=1") == f"/?t={masks.value(secret)}&n=1"
    assert masks.body(f"t={encoded}".encode()) == f"t={masks.value(secret)}".encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHPSESSID", "qwertyuiopas"),
        ("connect.sid", "12345678"),
        ("my_token", "abcdefgh-ijkl"),
        ("X-Auth", "98765432"),
        ("remember", "a1" * 8),
    ],
)
def test_a_page_that_prints_a_lent_session_like_cookie_is_known(name: str, value: str) -> None:
    masks = Masks({"cookies": [{"name": name, "value": value}], "origins": []})
    assert masks.shows(f"<script>let s='{value}'</script>".encode())
    assert masks.shows(quote(f"x={value}", safe="").encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lang", "zh-CN"),
        ("sid", "1"),
        ("city", "shijiazhuang-hebei"),
        ("visits", "1234567890123456"),
        ("remember", "a1" * 7),
    ],
)
def test_a_cookie_that_is_nobodys_key_withholds_no_page(name: str, value: str) -> None:
    masks = Masks({"cookies": [{"name": name, "value": value}], "origins": []})
    assert not masks.shows(f"<p>{value}</p>".encode())


def test_a_cookie_set_at_the_visit_withholds_by_its_name_only() -> None:
    masks = Masks(None)
    masks.add_cookies([{"name": "visitor", "value": "a1" * 10}])
    assert not masks.shows(b"a1" * 10)
    masks.add_cookies([{"name": "sessionid", "value": "a1" * 12}])
    assert masks.shows(b"a1" * 12)


def test_thousands_of_stored_strings_cost_little() -> None:
    masks = stored(json.dumps([f"value-{n:06d}-abcdefghij" for n in range(20_000)]))
    started = time.process_time()
    for _ in range(3_000):
        masks.header("Accept", "text/html,application/xhtml+xml;q=0.9,image/avif,*/*;q=0.8" * 2)
    assert time.process_time() - started < 3
