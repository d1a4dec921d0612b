"""Rules for every test: what drives a browser is marked, and in CI nothing may be skipped."""

import os
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# No test asks anybody outside, nor does a helper that a test starts as a process.
os.environ |= {"KAZHENG_TIME_SERVERS": "", "KAZHENG_RESOLVERS": ""}
BROWSER_ROOMS = ("e2e", "extension")
BROWSER_FIXTURES = {"browser", "chromium", "person", "tab", "world"}
ALLOWED = (
    re.compile(r"Windows"),
    re.compile(r"POSIX"),
    re.compile(r"no IPv6"),
)
"""Reasons for which CI may skip a test: what another system has, or what no package installs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the real browser, by its folder or by the fixtures it asks for."""
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
