"""Rules for every test: what drives a browser is marked, and in CI nothing may be skipped."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.loopback import Loopback

TESTS = Path(__file__).parent
os.environ["KAZHENG_OUTSIDE"] = "no"  # no test asks anybody outside, nor do processes it starts
settings.register_profile("kazheng", deadline=None)  # how long it takes is for tests/bench to say
settings.load_profile("kazheng")
BROWSER_ROOMS = ("e2e", "extension", "firefox")
SLOW_ROOMS = ("e2e", "faults", "extension", "firefox", "capture")
"""Begun first, so that no worker is left with a long file at the end."""
BROWSER_FIXTURES = {"browser", "chromium", "person", "tab", "world"}
ALLOWED = (
    re.compile(r"Windows"),
    re.compile(r"POSIX"),
    re.compile(r"no IPv6"),
)
"""Reasons for which CI may skip a test: what another system has, or what no package installs."""


@pytest.fixture(scope="session", autouse=True)
async def one_driver() -> AsyncIterator[None]:
    """Let all modules drive browsers through one program."""
    from tests.chromium import sharing  # noqa: PLC0415, only once the rules above hold

    async with sharing():
        yield


@pytest.fixture
async def loopback() -> AsyncIterator["Loopback"]:
    """Give a starter of small servers."""
    from tests.loopback import Loopback  # noqa: PLC0415, this file is also used alone

    servers = Loopback()
    yield servers
    await servers.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the real browser, by folder or fixtures; put the slow rooms first."""
    items.sort(key=lambda item: not set(SLOW_ROOMS) & set(item.path.parts))
    for item in items:
        room = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        fixtures = set(getattr(item, "fixturenames", ()))
        if room in BROWSER_ROOMS or (room in {"capture", "demo"} and fixtures & BROWSER_FIXTURES):
            item.add_marker(pytest.mark.browser)


def unreasonable(skipped: list[pytest.TestReport]) -> list[str]:
    """Return the skipped tests whose reason is not allowed, each with its reason."""
    found = []
    for report in skipped:
        place = report.longrepr
        reason = place[2] if isinstance(place, tuple) else str(place)
        if not any(pattern.search(reason) for pattern in ALLOWED):
            found.append(f"{report.nodeid}: {reason}")
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print platform × theme × state after a run that read the saved pages."""
    passed: list[pytest.TestReport] = terminalreporter.stats.get("passed", [])
    if any("scrapers/test_pages.py" in report.nodeid for report in passed):
        from tests.scrapers.table import lines  # noqa: PLC0415, this file is also used alone

        terminalreporter.section("saved pages")
        for line in lines():
            terminalreporter.write_line(line)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session that skipped a test, where KAZHENG_NO_SKIP says so."""
    if not os.environ.get("KAZHENG_NO_SKIP"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    for line in unreasonable(reporter.stats.get("skipped", [])):
        reporter.write_line(f"skipped, but KAZHENG_NO_SKIP is set: {line}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
