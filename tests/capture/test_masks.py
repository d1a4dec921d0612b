import json
import quopri
import time
from urllib.parse import quote, quote_plus, urlsplit

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
    assert sent.startswith("sid=sha256-salted-")
    assert "; lang=sha256-salted-" in sent
    assert SECRET not in sent
    kept = masks.header("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly")
    assert kept.endswith("; Path=/; HttpOnly")
    assert SECRET not in kept


def test_equal_secrets_stay_equal_in_one_capture_only() -> None:
    one, other = Masks(None), Masks(None)
    assert one.value("x") == one.value("x") != other.value("x")


def test_authorization_keeps_its_scheme() -> None:
    assert Masks(None).header("Authorization", "Bearer abc").startswith("Bearer sha256-salted-")


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
        ("PHPSESSID", "a1b2c"),
        ("remember", "qwertyuiopasdfghjklz"),
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
        ("PHPSESSID", "2024"),
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


SPECIAL = "q7/W+8e=R9&t0<yU"


@pytest.mark.parametrize(
    "printed",
    [
        "q7\\/W+8e=R9&t0<yU",
        "q7\\u002fW\\u002B8e\\u003dR9\\u0026t0\\u003CyU",
        "q7%2fW%2b8e%3dR9%26t0%3cyU",
        "q7%252FW%252B8e%253DR9%2526t0%253CyU",
        "q7/W&#43;8e=R9&amp;t0&lt;yU",
        "q7&#x2f;W&#x2B;8e&#61;R9&#38;t0&#60;yU",
        "q7\\x2fW\\x2b8e\\x3dR9\\x26t0\\x3cyU",
        "q7=2FW+8e=3DR9&t0<=\r\nyU",
    ],
    ids=["json", "script", "url", "url twice", "template", "html", "literal", "printable"],
)
def test_a_session_value_is_known_in_the_spelling_of_any_text(printed: str) -> None:
    masks = Masks({"cookies": [{"name": "token", "value": SPECIAL}], "origins": []})
    assert masks.shows(f"<p>{printed}</p>".encode())
    assert not masks.shows(f"<p>{printed[:-1]}</p>".encode())


@pytest.mark.parametrize(
    "form", ["q7\\/W+8e=R9&t0<yU", "q7%2fW%2b8e%3dR9%26t0%3cyU", "q7/W&#43;8e=R9&amp;t0&lt;yU"]
)
def test_other_spellings_of_a_secret_go_from_texts_too(form: str) -> None:
    masks = Masks({"cookies": [{"name": "token", "value": SPECIAL}], "origins": []})
    assert masks.text(f"a {form} b") == f"a {masks.value(SPECIAL)} b"
    assert masks.body(f"a {form} b".encode()) == f"a {masks.value(SPECIAL)} b".encode()


def test_a_secret_in_a_host_goes_though_browsers_write_hosts_small() -> None:
    masks = Masks({"cookies": [{"name": "token", "value": "DeadBeef0123"}], "origins": []})
    assert masks.text("deadbeef0123.example:80") == f"{masks.value('DeadBeef0123')}.example:80"
    assert urlsplit(masks.text("http://deadbeef0123.example:8099/")).port == 8099


def named(name: str, value: str) -> Masks:
    local = [{"name": name, "value": value}]
    return Masks({"cookies": [], "origins": [{"origin": "https://a", "localStorage": local}]})


@pytest.mark.parametrize(
    ("name", "value", "token"),
    [
        ("token", "abc123def456", "abc123def456"),
        ("token", "Bearer abc123def456", "abc123def456"),
        ("jwt", "qwertyuiopasdfghjklz", "qwertyuiopasdfghjklz"),
        ("user", json.dumps({"id": 7, "access_token": "abc123def456"}), "abc123def456"),
        ("auth", json.dumps({"user": {"key": "abc123def4567890"}}), "abc123def4567890"),
        ("persist:root", json.dumps({"a": json.dumps({"jwt": "abc123def456"})}), "abc123def456"),
        ("user", json.dumps({"v": TOKEN}), TOKEN),
        ("x", "a1b2c3d4" * 4, "a1b2c3d4" * 4),
    ],
)
def test_a_page_that_prints_a_stored_token_is_known(name: str, value: str, token: str) -> None:
    masks = named(name, value)
    assert masks.shows(f'{{"t": "{token}"}}'.encode())
    assert token not in masks.text(f"https://a/?t={token}")


@pytest.mark.parametrize(
    ("name", "value", "printed"),
    [
        ("lastOrder", "KZ2024010212345678", "KZ2024010212345678"),
        ("lastOrder", "20240102123456789012345678901234", "20240102123456789012345678901234"),
        ("author", "zhangsan1988", "zhangsan1988"),
        ("device", "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("logo", "https://cdn.example/a1b2c3d4a1b2c3d4a1b2c3d4/logo.png",
         "https://cdn.example/a1b2c3d4a1b2c3d4a1b2c3d4/logo.png"),
        ("user", json.dumps({"token": "abc123def456", "name": "zhangsan1988"}), "zhangsan1988"),
        ("cart", json.dumps({"note": "20 元话费 A1 到账 B2 请注意查收谢谢谢谢谢谢谢谢谢谢谢"}),
         "20 元话费 A1 到账 B2 请注意查收谢谢谢谢谢谢谢谢谢谢谢"),
    ],
)  # fmt: skip
def test_what_a_shop_only_remembers_withholds_no_page(name: str, value: str, printed: str) -> None:
    assert not named(name, value).shows(f"<p>{printed}</p>".encode())


def test_thousands_of_stored_strings_cost_little() -> None:
    masks = stored(json.dumps([f"value-{n:06d}-abcdefghij" for n in range(20_000)]))
    started = time.process_time()
    for _ in range(3_000):
        masks.header("Accept", "text/html,application/xhtml+xml;q=0.9,image/avif,*/*;q=0.8" * 2)
    assert time.process_time() - started < 3
