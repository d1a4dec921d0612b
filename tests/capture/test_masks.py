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
