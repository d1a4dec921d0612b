"""The check of the environment: what is ok, what a note, what a warning, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from helper.capture import cleanliness
from helper.capture.cleanliness import Extension, Line, Visited
from helper.capture.machine import HostsFile
from helper.capture.resolvers import Answers
from helper.capture.site_clock import SiteClock, compare
from helper.capture.sntp import Reading
from helper.capture.surroundings import Surroundings
from helper.messages import LANGUAGES

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHA = "ab" * 32
PEER = "93.184.216.34"
PROGRAM = {
    "system": {"name": "Windows", "release": "11", "version": "x", "machine": "AMD64"},
    "browser": {"version": "140.0", "sha256": SHA, "sandboxed": True},
    "cjk_font": "msyh.ttc",
    "clock": {"local_offset_minutes": -210},
}


def reading(offset_ms: float | None, reason: str | None = None) -> Reading:
    return Reading("ntp.example", NOON, offset_ms, 5.0, 2, reason)


AROUND = Surroundings(
    host="shop.example",
    clocks=(reading(12.0), reading(20.0), reading(None, "no_answer")),
    system_names=Answers("system", (PEER,)),
    public_names=(Answers("223.5.5.5", (PEER,)), Answers("1.1.1.1", reason="no_answer")),
    hosts=HostsFile(),
    proxies={},
    vpn=(),
)
TOLD = Extension("told", SHA, "1.0")
CLEAN = Visited(True, PEER, "lent", SiteClock(NOON, 300.0, 520.0))


def check(
    around: Surroundings = AROUND, visited: Visited = CLEAN, keys: int = 0,
    extension: Extension = TOLD, **program: object,
) -> dict[str, Line]:  # fmt: skip
    lines = cleanliness.check(around, PROGRAM | program, visited, extension, keys)
    for line in lines:
        for language in LANGUAGES:
            said = line.text[language]
            assert said
            assert not said.startswith("environment."), said
            assert "{" not in said
    return {line.key: line for line in lines}


def test_a_clean_computer_has_no_warning_and_no_note() -> None:
    assert {key: line.state for key, line in check().items() if line.state != "ok"} == {}


@pytest.mark.parametrize(
    ("offset", "state", "words"),
    [
        (1_999.0, "ok", "可信"), (-25_000.0, "note", "慢 25.0 秒"),
        (600_000.0, "warning", "快 600.0 秒"), (-600_000.0, "warning", "慢 600.0 秒"),
    ],
)  # fmt: skip
def test_a_clock_is_judged_by_the_middle_server(offset: float, state: str, words: str) -> None:
    lone_liar = reading(9_000_000.0)
    clocks = (reading(offset), lone_liar, reading(offset), reading(None, "no_answer"))
    line = check(replace(AROUND, clocks=clocks))["clock"]
    assert (line.state, line.value["offset_ms"]) == (state, offset)
    assert words in line.text["zh_CN"]


def test_without_an_answer_the_offset_is_not_measured_and_says_why() -> None:
    line = check(replace(AROUND, clocks=(reading(None, "no_answer"),)))["clock"]
    assert (line.state, line.value["reason"]) == ("note", "no_answer")
    assert check(replace(AROUND, clocks=()))["clock"].value["reason"] == "not_asked"


def test_where_no_server_answers_the_sites_clock_warns() -> None:
    visited = replace(CLEAN, site_clock=SiteClock(NOON, 600_000.0, 520.0))
    found = check(replace(AROUND, clocks=()), visited)
    assert (found["clock"].state, found["site_clock"].state) == ("warning", "note")
    found = check(AROUND, visited)
    assert (found["clock"].state, found["site_clock"].state) == ("ok", "note")


@pytest.mark.parametrize(
    ("peer", "system", "public", "state"),
    [
        (PEER, (PEER,), (PEER,), "ok"),
        ("93.184.216.99", ("93.184.216.99",), (PEER,), "note"),
        ("10.0.0.8", ("10.0.0.8",), (PEER,), "warning"),
        ("198.18.0.5", ("198.18.0.5",), (PEER,), "warning"),
        (None, ("127.0.0.1",), (PEER,), "warning"),
        (None, (PEER,), (PEER,), "note"),
        (PEER, (PEER,), (), "note"),
        ("proxy 127.0.0.1:7890", ("127.0.0.1",), (PEER,), "note"),
    ],
)
def test_the_address_used_is_compared_with_what_strangers_are_told(
    peer: str | None, system: tuple[str, ...], public: tuple[str, ...], state: str
) -> None:
    answers = Answers("223.5.5.5", public, None if public else "no_answer")
    around = replace(AROUND, system_names=Answers("system", system), public_names=(answers,))
    line = check(around, replace(CLEAN, peer=peer))["dns"]
    assert line.state == state
    assert line.value["answers"]["223.5.5.5"] == (list(public) or "no_answer")


def test_an_inner_name_is_not_asked_for() -> None:
    inside = Answers("system", reason="inside")
    around = replace(AROUND, host="wangzi.localhost", system_names=inside, public_names=())
    assert check(around, replace(CLEAN, peer="127.0.0.1"))["dns"].state == "note"


def test_a_hosts_line_warns_and_is_shown() -> None:
    line = check(replace(AROUND, hosts=HostsFile(("6.6.6.6 shop.example",))))["hosts_file"]
    assert line.state == "warning"
    assert "6.6.6.6 shop.example" in line.text["en"]
    unread = check(replace(AROUND, hosts=HostsFile(reason="PermissionError")))["hosts_file"]
    assert unread.state == "note"


def test_a_proxy_warns_and_that_of_the_visit_too() -> None:
    found = check(
        replace(AROUND, proxies={"https": "10.0.0.1:8080"}),
        replace(CLEAN, peer="proxy 10.0.0.1:8080"),
    )
    assert (found["system_proxy"].state, found["browser_proxy"].state) == ("warning", "warning")
    assert "10.0.0.1:8080" in found["system_proxy"].text["zh_CN"]
    assert check(replace(AROUND, proxies=None))["system_proxy"].state == "note"


def test_what_is_not_known_is_a_note_never_ok() -> None:
    nothing = Visited(made=False)
    browser = {"version": None, "sha256": None, "sandboxed": False}
    around = replace(AROUND, vpn=None)
    found = check(around, nothing, 1, Extension("none"), browser=browser, cjk_font=None)
    expected = {"site_clock", "dns", "browser_proxy", "vpn", "browser", "sandbox", "fonts",
                "trusted_keys", "extension"}  # fmt: skip
    assert {key for key, line in found.items() if line.state == "note"} == expected
    assert "browser_state" not in found
    assert check(replace(AROUND, vpn=("wg",)))["vpn"].state == "note"


@pytest.mark.parametrize(
    "extension",
    [
        Extension("shipped", SHA, "1.0", "1.0"), Extension("shipped", SHA, "0.9", "1.0"),
        Extension("shipped", None, "1.0"),
    ],
)  # fmt: skip
def test_only_an_extension_that_tells_its_hash_is_ok(extension: Extension) -> None:
    assert check(extension=extension)["extension"].state == "note"


def test_the_zone_is_said_with_its_sign() -> None:
    assert "UTC-03:30" in check()["time_zone"].text["en"]


def test_a_date_header_is_compared_within_its_precision() -> None:
    at = NOON.timestamp()
    found = compare("Sun, 01 Mar 2026 12:00:00 GMT", at + 0.4, at + 0.6)
    assert found == SiteClock(NOON, 0.0, 600.0)
    late = compare("Sun, 01 Mar 2026 12:00:00 GMT", at + 600, at + 600)
    assert late is not None
    assert late.offset_ms == pytest.approx(599_500)
    never = ("Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -1200")
    for broken in ("", "yesterday", "Sun, 99 Mar 2026 99:00:00 GMT", *never):
        assert compare(broken, at, at) is None
