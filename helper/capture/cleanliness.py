"""The check of the environment (清洁性检查) line by line, in words a judge reads. Pure.

Each line is ok, a note (known limits, what was not measured) or a warning (what could have changed
what the page showed, or when). `value` is what was found, for programs.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from helper.capture import addresses
from helper.capture.resolvers import Answers
from helper.capture.site_clock import SiteClock
from helper.capture.sntp import Reading
from helper.capture.surroundings import Surroundings
from helper.messages import LANGUAGES, text
from helper.model import Session
from scrapers.record import Frozen

State = Literal["ok", "note", "warning"]
CLOCK_OK_MS = 2_000
CLOCK_WARNING_MS = 30_000
"""Beyond this the clock was not merely drifting: somebody set it, or it lost its power."""
_PEER_BY_PROXY = "proxy "


class Line(Frozen):
    """One line of the check; `text` is the sentence in each language."""

    key: str
    state: State
    value: Any
    text: dict[str, str]


@dataclass(frozen=True)
class Extension:
    """The extension that kept the page: the hash of its files, and who says so.

    `origin`: `told` by the extension itself, `shipped` the folder that came with the helper,
    `none` if no extension took part.
    """

    origin: Literal["told", "shipped", "none"]
    sha256: str | None = None
    version: str | None = None
    shipped_version: str | None = None


@dataclass(frozen=True)
class Visited:
    """What the second visit says; `peer` is the address it was connected to, None without one."""

    made: bool
    peer: str | None = None
    session: Session = "not_lent"
    site_clock: SiteClock | None = None


def check(
    around: Surroundings, program: Mapping[str, Any], visited: Visited, extension: Extension,
    trusted_keys: int,
) -> tuple[Line, ...]:  # fmt: skip
    """Return all lines; `program` is the record of helper, system and browser."""
    return (
        clock(around.clocks, visited.site_clock),
        site_clock(visited, measured=any(one.offset_ms is not None for one in around.clocks)),
        names(around, visited),
        hosts_file(around),
        proxy(around),
        browser_proxy(visited),
        tunnels(around.vpn),
        *_computer(program),
        *_browser(program, visited, trusted_keys),
        _extension(extension),
    )


def warnings(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the keys of the lines that warn."""
    return tuple(line.key for line in lines if line.state == "warning")


def clock(readings: Sequence[Reading], site: SiteClock | None) -> Line:
    """Judge this computer's clock by the middle one of what the NTP servers say."""
    offsets = [reading.offset_ms for reading in readings if reading.offset_ms is not None]
    reasons = {reading.source: reading.reason for reading in readings if reading.reason}
    value: dict[str, Any] = {"offset_ms": None, "servers": len(offsets), "silent": reasons}
    if not offsets:
        value["reason"] = "no_answer" if readings else "not_asked"
        if site is not None and abs(site.offset_ms) > CLOCK_WARNING_MS + site.error_ms:
            found = {**value, "offset_ms": site.offset_ms}
            return _line("clock", "warning", found, "by_site", seconds=_seconds(site.offset_ms))
        return _line("clock", "note", value, value["reason"], servers=len(readings))
    offset = round(statistics.median(offsets), 1)
    value["offset_ms"] = offset
    size = abs(offset)
    state: State = (
        "ok" if size <= CLOCK_OK_MS else "note" if size <= CLOCK_WARNING_MS else "warning"
    )
    words = {"seconds": _seconds(offset), "servers": len(offsets), "asked": len(readings)}
    code = "ok" if state == "ok" else "fast" if offset > 0 else "slow"
    return _line("clock", state, value, code, **words)


def site_clock(visited: Visited, *, measured: bool) -> Line:
    """Compare with the Date header of the site, whose clock may be wrong itself."""
    site = visited.site_clock
    if site is None:
        return _line("site_clock", "note", None, "none" if visited.made else "no_visit")
    value = {"offset_ms": site.offset_ms, "error_ms": site.error_ms, "date": site.at.isoformat()}
    near = abs(site.offset_ms) <= CLOCK_OK_MS + site.error_ms
    code = "ok" if near else "differs" if measured else "differs_alone"
    return _line("site_clock", "ok" if near else "note", value, code,
                 seconds=_seconds(site.offset_ms))  # fmt: skip


def names(around: Surroundings, visited: Visited) -> Line:
    """Compare the address really used with what resolvers elsewhere say of the name."""
    answers = (around.system_names, *around.public_names)
    value = {
        "host": around.host,
        "used": visited.peer,
        "answers": {one.resolver: list(one.addresses) or one.reason for one in answers},
    }
    state, code = _judge_names(around.system_names, around.public_names, visited)
    used = visited.peer or next(iter(around.system_names.addresses), "-")
    return _line("dns", state, value, code, host=around.host, used=used)


def _judge_names(system: Answers, public: Sequence[Answers], visited: Visited) -> tuple[State, str]:
    used = visited.peer
    told = {address for one in public for address in one.addresses}
    if system.reason == "inside":
        return "note", "inside"
    if used is not None and used.startswith(_PEER_BY_PROXY):
        return "note", "by_proxy"
    if told and any(_is_inner(one) for one in ([used] if used else system.addresses)):
        return "warning", "inner_address"
    if used is None or not told:
        return "note", "no_visit" if used is None else "not_measured" if public else "not_asked"
    return ("ok", "agrees") if used in told else ("note", "differs")


def _is_inner(address: str) -> bool:
    found = addresses.literal(address)
    return found is not None and (not found.is_global or addresses.is_fake_ip(str(found)))


def hosts_file(around: Surroundings) -> Line:
    """Say whether the hosts file leads the site's name elsewhere."""
    found = around.hosts
    if found.reason is not None:
        return _line("hosts_file", "note", {"reason": found.reason}, "unread", why=found.reason)
    if found.lines:
        said = "; ".join(found.lines)
        return _line("hosts_file", "warning", {"lines": list(found.lines)}, "lines", lines=said)
    return _line("hosts_file", "ok", {"lines": []}, "ok", host=around.host)


def proxy(around: Surroundings) -> Line:
    """Say which proxies this computer has set."""
    if around.proxies is None:
        return _line("system_proxy", "note", None, "not_measured")
    if not around.proxies:
        return _line("system_proxy", "ok", {}, "ok")
    said = ", ".join(f"{scheme} {place}" for scheme, place in around.proxies.items())
    return _line("system_proxy", "warning", around.proxies, "set", proxies=said)


def browser_proxy(visited: Visited) -> Line:
    """Say how the browser of the second visit went out; that of the user does not tell."""
    peer = visited.peer
    if not visited.made or peer is None:
        return _line("browser_proxy", "note", {"witness": None, "seen": None}, "no_visit")
    if peer.startswith(_PEER_BY_PROXY):
        place = peer.removeprefix(_PEER_BY_PROXY)
        value = {"witness": place, "seen": None}
        return _line("browser_proxy", "warning", value, "through", place=place)
    return _line("browser_proxy", "ok", {"witness": "direct", "seen": None}, "direct")


def tunnels(kinds: Sequence[str] | None) -> Line:
    """Say which interfaces look like VPNs, by kind."""
    if kinds is None:
        return _line("vpn", "note", None, "not_measured")
    if kinds:
        return _line("vpn", "note", list(kinds), "found", kinds=", ".join(kinds))
    return _line("vpn", "ok", [], "ok")


def _computer(program: Mapping[str, Any]) -> Iterator[Line]:
    system, time = program["system"], program["clock"]
    said = " ".join(str(system[name]) for name in ("name", "release", "machine"))
    yield _line("system", "ok", system, "ok", system=said)
    offset = int(time["local_offset_minutes"])
    sign, hours, minutes = "+" if offset >= 0 else "-", *divmod(abs(offset), 60)
    zone = f"UTC{sign}{hours:02d}:{minutes:02d}"
    yield _line("time_zone", "ok", {"offset_minutes": offset}, "ok", zone=zone)
    font = program["cjk_font"]
    yield _line("fonts", "ok" if font else "note", font, "ok" if font else "none", font=font)


def _browser(program: Mapping[str, Any], visited: Visited, trusted_keys: int) -> Iterator[Line]:
    about = program["browser"]
    known = about["sha256"] is not None
    code = "ok" if known else "no_hash" if about["version"] else "none"
    yield _line("browser", "ok" if known else "note", about, code,
                version=about["version"] or "-", sha256=about["sha256"] or "-")  # fmt: skip
    if not about["sandboxed"]:
        yield _line("sandbox", "note", value=False, code="off")
    clean = {"cache": "empty", "history": "empty", "session": visited.session}
    if visited.made:
        yield _line("browser_state", "ok", clean, visited.session)
    if trusted_keys:
        yield _line("trusted_keys", "note", trusted_keys, "set", count=trusted_keys)


def _extension(found: Extension) -> Line:
    value = {
        "origin": found.origin,
        "sha256": found.sha256,
        "version": found.version,
        "shipped_version": found.shipped_version,
    }
    words = {"sha256": found.sha256 or "-", "version": found.version or "-",
             "shipped": found.shipped_version or "-"}  # fmt: skip
    if found.origin == "shipped" and found.sha256 is None:
        return _line("extension", "note", value, "no_folder", **words)
    if found.origin == "shipped" and found.version != found.shipped_version:
        return _line("extension", "note", value, "other_version", **words)
    return _line("extension", "ok" if found.origin == "told" else "note", value, found.origin,
                 **words)  # fmt: skip


def _seconds(milliseconds: float) -> str:
    return f"{abs(milliseconds) / 1000:.1f}"


def _line(key: str, state: State, value: Any, code: str, **words: object) -> Line:
    name = f"environment.{key}.{code}"
    said: dict[str, str] = {language: text(name, language, **words) for language in LANGUAGES}
    return Line(key=key, state=state, value=value, text=said)
