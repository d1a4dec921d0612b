"""The environment record of a capture: the check line by line, and the facts that it rests on."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from helper.capture import cleanliness, environment, machine, surroundings
from helper.capture.browser import WarmBrowser
from helper.capture.cleanliness import Extension, Visited
from helper.capture.packed import EXTENSION, folder_sha256
from helper.capture.surroundings import Surroundings
from helper.model import CaptureMeta
from helper.settings import Settings

FORMAT = "kazheng/environment/1"
NOTES = {
    "clock": "clock_wrong",
    "hosts_file": "hosts_line",
    "dns": "dns_inner",
    "system_proxy": "proxy_set",
}
"""Warnings of the record that the popup tells too."""


async def measure(browser: WarmBrowser, settings: Settings, url: str) -> Surroundings:
    """Measure what surrounds a visit; meanwhile hash the browser's file if it is not known yet."""
    around, _ = await asyncio.gather(surroundings.measure(settings, url), _hash_browser(browser))
    return around


async def _hash_browser(browser: WarmBrowser) -> None:
    with suppress(Exception):  # only to be quicker later: the record itself says what fails
        async with asyncio.timeout(surroundings.ANSWER_SECONDS):
            if browser.alive:
                await environment.record(browser)


async def record(
    browser: WarmBrowser, settings: Settings, meta: CaptureMeta, around: Surroundings,
    visited: Visited, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Return the record as plain JSON values: format, lines, clock table, facts."""
    program = await environment.record(browser)
    extension = await asyncio.to_thread(extension_of, meta)
    lines = cleanliness.check(around, program, visited, extension, len(settings.trusted_spki))
    return {
        "format": FORMAT,
        "recorded_at": now.isoformat(),
        "site": around.host,
        "lines": [line.model_dump(mode="json") for line in lines],
        "warnings": list(cleanliness.warnings(lines)),
        "clocks": clock_table(around, visited),
        "hosts_file": str(settings.hosts_file or machine.hosts_place()),
        **program,
    }


def encode(found: Mapping[str, Any]) -> bytes:
    """Return the bytes that are kept of a record."""
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode()


def clock_table(around: Surroundings, visited: Visited) -> list[dict[str, Any]]:
    """Return `{source, at, offset_ms, error_ms, …}` of every clock that was asked.

    `offset_ms` is this computer's clock minus the source's; None, with a reason, of a silent one.
    """
    rows = [{**dataclasses.asdict(one), "source": f"ntp {one.source}"} for one in around.clocks]
    site = visited.site_clock
    if site is not None:
        rows.append({**dataclasses.asdict(site), "source": f"date {around.host}"})
    return [row | {"at": row["at"].isoformat() if row["at"] else None} for row in rows]


def extension_of(meta: CaptureMeta, folder: Path = EXTENSION) -> Extension:
    """Return the extension's hash: what it said of itself, else that of the shipped folder."""
    version = meta.extension_version
    if version is None:
        return Extension("none")
    if meta.extension_sha256 is not None:
        return Extension("told", meta.extension_sha256, version)
    return Extension("shipped", folder_sha256(folder), version, _version(folder))


def warned(found: Mapping[str, Any]) -> list[str]:
    """Return the notes (codes of `notes.<code>`) for the warnings of a record."""
    return [NOTES[key] for key in found["warnings"] if key in NOTES]


def _version(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "manifest.json").read_text("utf-8")).get("version"))
    except (OSError, ValueError, AttributeError):
        return None
