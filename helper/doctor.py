"""What this computer has and lacks for the work, and how to mend it.

The key lies in a file, so no keyring is examined.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import zoneinfo
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from helper.capture.browser import find_browser
from helper.capture.fonts import cjk_font
from helper.capture.services import Asking, UnansweredError
from helper.errors import BrowserMissingError, KazhengError, VaultError
from helper.evidence import pinned, stamp
from helper.given import has_vault
from helper.messages import Language, text
from helper.settings import Authority, Settings
from helper.steps.store import open_store
from scrapers.record import Frozen

PACKAGES = ("chromium", "chromium-l10n", "fonts-noto-cjk", "xvfb")
"""Debian packages that bring what a check may find missing."""
ROOM = 2 << 30
"""Bytes of free disk below which the doctor warns."""
YEARS = range(2025, 2100)
"""A clock outside of these years was never set."""
_ANSWER_SECONDS = 8.0
_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


class Finding(Frozen):
    """One line of the doctor: `next_step` is empty where nothing is to be done."""

    name: str
    verdict: Literal["ok", "note", "problem"]
    detail: str
    next_step: str = ""


def examine(
    settings: Settings, *, fix: bool = False, ask: bool = True, serving: bool = False
) -> list[Finding]:
    """Check everything; with `fix` install Debian packages first where that is allowed.

    With `ask` every time-stamp authority is asked for a stamp of random bytes. A helper that is
    `serving` has its port itself. Takes seconds, with `fix` minutes: a loop calls it in a thread.
    """
    findings = list(_checks(settings, serving=serving))
    if fix and lacks_packages(findings):
        failure = _install()
        findings = list(_checks(settings, serving=serving))
        if failure is not None:
            findings.append(
                Finding(
                    name="install",
                    verdict="problem",
                    detail=failure,
                    next_step="doctor.install.next_step",
                )
            )
    return [*findings, *(authorities(settings) if ask else ())]


def lacks_packages(findings: Iterable[Finding]) -> bool:
    """Tell whether `fix` has anything to do."""
    return any(finding.next_step == "doctor.apt.next_step" for finding in findings)


def can_install() -> bool:
    """Tell whether this process may install Debian packages."""
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    return is_root and shutil.which("apt-get") is not None


def authorities(settings: Settings) -> list[Finding]:
    """Ask the time-stamp authorities whether they answer, all at once."""
    known = pinned.authorities(settings)
    if not known:
        step = "doctor.authority.none.next_step"
        return [Finding(name="authority", verdict="note", detail="-", next_step=step)]

    async def ask_all() -> list[Finding]:
        return await asyncio.gather(*(_authority(authority) for authority in known))

    return asyncio.run(ask_all())


async def _authority(authority: Authority) -> Finding:
    said = f"{authority.name} {authority.url}"
    sample = secrets.token_bytes(32)
    query = stamp.request(sample)
    try:
        reply = await Asking(seconds=_ANSWER_SECONDS).stamp(authority, query)
        found = stamp.check(sample, query, reply, pinned.roots_of(authority))
    except (UnansweredError, OSError, ValueError) as error:
        detail, step = f"{said}: {error}", "doctor.authority.next_step"
        return Finding(name="authority", verdict="note", detail=detail, next_step=step)
    if found.verdict == "confirmed":
        return Finding(name="authority", verdict="ok", detail=f"{said}: {found.authority}")
    unpinned = found.reason in {"root_not_pinned", "root_unreadable"}
    step = "doctor.authority.root.next_step" if unpinned else "doctor.authority.next_step"
    detail = f"{said}: {found.reason}"
    return Finding(name="authority", verdict="note", detail=detail, next_step=step)


def lines(findings: list[Finding], language: Language, *, quiet: bool) -> list[str]:
    """Return the findings as sentences; quiet leaves out what is well."""
    shown = [f for f in findings if not (quiet and f.verdict == "ok")]
    out = []
    for finding in shown:
        name = text(f"doctor.{finding.name}", language)
        out.append(f"{text(f'doctor.{finding.verdict}', language)} {name}: {finding.detail}")
        if finding.next_step:
            out.append("    " + advice(finding, language))
    return out


def advice(finding: Finding, language: Language) -> str:
    """Return what to do about a finding, empty where nothing is to be done."""
    if not finding.next_step:
        return ""
    values = {"packages": " ".join(PACKAGES), "detail": finding.detail}
    return text(finding.next_step, language, **values)


def _checks(settings: Settings, *, serving: bool) -> Iterator[Finding]:
    yield _browser(settings)
    yield _font()
    if sys.platform.startswith("linux"):
        yield _display()
    if not serving:
        yield _port(settings.port)
    yield _disk(settings)
    yield _vault(settings)
    yield clock(datetime.now(UTC), os.environ.get("TZ"))


def clock(now: datetime, zone: str | None) -> Finding:
    """Judge the clock that dates the evidence; `zone` is the variable TZ, None if not set."""
    detail = now.astimezone().isoformat(timespec="seconds")
    if now.year not in YEARS:
        return Finding(
            name="clock", verdict="problem", detail=detail, next_step="doctor.clock.next_step"
        )
    if not _zone_is_known(zone):
        return Finding(
            name="clock",
            verdict="note",
            detail=f"{detail} TZ={zone or '-'}",
            next_step="doctor.clock.zone.next_step",
        )
    return Finding(name="clock", verdict="ok", detail=detail)


def _zone_is_known(zone: str | None) -> bool:
    """Tell whether local time means something: an unknown TZ is silently taken for UTC."""
    if os.name == "nt":
        return True
    name = (zone or "").removeprefix(":")
    if not name:
        return Path("/etc/localtime").exists()
    if name[:1] == "/" or any(sign in name for sign in "0123456789<,"):
        return True  # a file, or a rule such as CST-8
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _browser(settings: Settings) -> Finding:
    try:
        return Finding(name="browser", verdict="ok", detail=str(find_browser(settings)))
    except BrowserMissingError:
        if settings.browser is not None:
            step = "doctor.browser.setting.next_step"
            detail = settings.browser
            return Finding(name="browser", verdict="problem", detail=detail, next_step=step)
        return Finding(name="browser", verdict="problem", detail="-", next_step=_step("browser"))


def _font() -> Finding:
    font = cjk_font()
    if font is not None:
        return Finding(name="font", verdict="ok", detail=str(font[0]))
    return Finding(name="font", verdict="note", detail="-", next_step=_step("font"))


def _display() -> Finding:
    found = shutil.which("Xvfb")
    if found:
        return Finding(name="display", verdict="ok", detail=found)
    return Finding(name="display", verdict="note", detail="-", next_step=_step("display"))


def _port(port: int) -> Finding:
    """Look at both loopback addresses: the helper must have the port on each."""
    taken = [address for family, address in _LOOPBACK if _answers(family, address, port)]
    if taken:
        return Finding(
            name="port",
            verdict="note",
            detail=f"{port} ({', '.join(taken)})",
            next_step="doctor.port.next_step",
        )
    return Finding(name="port", verdict="ok", detail=str(port))


def _answers(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.settimeout(0.3)
            return probe.connect_ex((address, port)) == 0
    except OSError:
        return False  # no IPv6 here: then there is nothing to hold either


def _disk(settings: Settings) -> Finding:
    folder = next(p for p in (settings.data, *settings.data.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    detail = f"{settings.data} ({free / (1 << 30):.1f} GiB)"
    if free < ROOM:
        return Finding(
            name="disk", verdict="problem", detail=detail, next_step="doctor.disk.next_step"
        )
    return Finding(name="disk", verdict="ok", detail=detail)


def _vault(settings: Settings) -> Finding:
    """Open the vault as a command would; one that was never written is only to be writable."""
    at = str(settings.data)
    try:
        if has_vault(settings):
            open_store(settings).vault.engine.dispose()
            return Finding(name="vault", verdict="ok", detail=at)
        folder = next(p for p in (settings.data, *settings.data.parents) if p.exists())
        if not folder.is_dir():
            raise VaultError(reason="unwritable", path=at)
        with tempfile.TemporaryFile(dir=folder):
            return Finding(name="vault", verdict="ok", detail=f"{at} (-)")
    except KazhengError as error:
        key = f"errors.{error.code}.{error.details.get('reason', '')}".rstrip(".")
        return Finding(name="vault", verdict="problem", detail=at, next_step=f"{key}.next_step")
    except OSError:
        step = "errors.vault.unwritable.next_step"
        return Finding(name="vault", verdict="problem", detail=at, next_step=step)


def _step(name: str) -> str:
    debian = sys.platform.startswith("linux") and shutil.which("apt-get")
    return "doctor.apt.next_step" if debian else f"doctor.{name}.next_step"


def _install() -> str | None:
    """Install the Debian packages where we are root; return why that failed, None if it did not.

    Elsewhere nothing is done: the findings say the line to type.
    """
    if not can_install():
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    failure = None
    for words in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            ["apt-get", "-qq", *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
        # an update may fail for one of several sources and the installation still work
        failure = done.stderr.strip()[-600:] or str(done.returncode) if done.returncode else None
    return failure
