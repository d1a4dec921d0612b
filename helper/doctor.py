"""What this computer has and lacks for the work, and how to mend it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Literal

from helper.capture.browser import find_browser
from helper.capture.fonts import cjk_font
from helper.errors import BrowserMissingError
from helper.messages import Language, text
from helper.settings import Settings
from scrapers.record import Frozen

PACKAGES = ("chromium", "chromium-l10n", "fonts-noto-cjk", "xvfb")
"""Debian packages that bring what a check may find missing."""
ROOM = 2 << 30
"""Bytes of free disk below which the doctor warns."""


class Finding(Frozen):
    """One line of the doctor: `next_step` is empty where nothing is to be done."""

    name: str
    verdict: Literal["ok", "note", "problem"]
    detail: str
    next_step: str = ""


def examine(settings: Settings, *, fix: bool = False) -> list[Finding]:
    """Check everything; with `fix` install Debian packages first where that is allowed."""
    findings = list(_checks(settings))
    if fix and any(f.name in {"browser", "font", "display"} and f.next_step for f in findings):
        _install()
        findings = list(_checks(settings))
    return findings


def lines(findings: list[Finding], language: Language, *, quiet: bool) -> list[str]:
    """Return the findings as sentences; quiet leaves out what is well."""
    shown = [f for f in findings if not (quiet and f.verdict == "ok")]
    out = []
    for finding in shown:
        name = text(f"doctor.{finding.name}", language)
        out.append(f"{text(f'doctor.{finding.verdict}', language)} {name}: {finding.detail}")
        if finding.next_step:
            out.append("    " + text(finding.next_step, language, packages=" ".join(PACKAGES)))
    return out


def _checks(settings: Settings) -> Iterator[Finding]:
    yield _browser(settings)
    yield _font()
    if sys.platform.startswith("linux"):
        yield _display()
    yield _port(settings.port)
    yield _disk(settings)


def _browser(settings: Settings) -> Finding:
    try:
        return Finding(name="browser", verdict="ok", detail=str(find_browser(settings)))
    except BrowserMissingError:
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
    try:
        with socket.socket() as probe:
            probe.settimeout(0.3)
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
    except OSError as error:
        return Finding(name="port", verdict="note", detail=str(error))
    if taken:
        return Finding(
            name="port", verdict="note", detail=str(port), next_step="doctor.port.next_step"
        )
    return Finding(name="port", verdict="ok", detail=str(port))


def _disk(settings: Settings) -> Finding:
    folder = next(p for p in (settings.data, *settings.data.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    detail = f"{settings.data} ({free / (1 << 30):.1f} GiB)"
    if free < ROOM:
        return Finding(
            name="disk", verdict="problem", detail=detail, next_step="doctor.disk.next_step"
        )
    return Finding(name="disk", verdict="ok", detail=detail)


def _step(name: str) -> str:
    debian = sys.platform.startswith("linux") and shutil.which("apt-get")
    return "doctor.apt.next_step" if debian else f"doctor.{name}.next_step"


def _install() -> None:
    """Install the Debian packages where we are root; elsewhere the findings say the line."""
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    if not is_root or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
    ):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
