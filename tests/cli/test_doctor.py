"""The doctor's findings and how they are told."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from helper.cli import app
from helper.demo import timekeeper
from helper.doctor import Finding, authorities, clock, examine, lines
from helper.messages import LANGUAGES
from helper.settings import Settings
from helper.steps.store import open_store
from tests.loopback import closed


def test_quiet_tells_only_what_is_not_well() -> None:
    findings = [
        Finding(name="disk", verdict="ok", detail="lots"),
        Finding(
            name="browser", verdict="problem", detail="-", next_step="doctor.browser.next_step"
        ),
    ]
    told = lines(findings, "en", quiet=True)
    assert len(told) == 2
    assert told[0] == "problem browser: -"
    assert told[1].startswith("    Install Chrome")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_words(language: str, tmp_path: Path) -> None:
    found = examine(Settings(data=tmp_path, browser="/nowhere/browser"))
    assert {"browser", "font", "port", "disk", "clock"} <= {finding.name for finding in found}
    told = lines(found, language, quiet=False)
    assert not [line for line in told if "doctor." in line]


def test_a_missing_browser_is_a_problem_with_a_next_step(tmp_path: Path) -> None:
    [browser] = [
        f for f in examine(Settings(data=tmp_path, browser="/nowhere/x")) if f.name == "browser"
    ]
    assert browser.verdict == "problem"
    assert browser.next_step


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_a_port_taken_on_either_loopback_address_is_noted(
    family: socket.AddressFamily, address: str, tmp_path: Path
) -> None:
    try:
        other = socket.create_server((address, 0), family=family)
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")
    with other:
        port = other.getsockname()[1]
        found = examine(Settings(data=tmp_path, port=port, browser="/nowhere/x"))
    [finding] = [f for f in found if f.name == "port"]
    assert finding.verdict == "note"
    assert address in finding.detail


def test_a_clock_that_was_never_set_is_a_problem() -> None:
    assert clock(datetime(1970, 1, 1, tzinfo=UTC), "Asia/Shanghai").verdict == "problem"
    assert clock(datetime(2026, 1, 1, tzinfo=UTC), "Asia/Shanghai").verdict == "ok"


@pytest.mark.parametrize("zone", ["CST-8", ":Asia/Shanghai", "UTC"])
def test_a_zone_that_means_something_is_well(zone: str) -> None:
    assert clock(datetime(2026, 1, 1, tzinfo=UTC), zone).verdict == "ok"


@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows does not read TZ names")
def test_an_unknown_zone_is_noted() -> None:
    assert clock(datetime(2026, 1, 1, tzinfo=UTC), "Nowhere/Town").verdict == "note"


def found_of(settings: Settings) -> dict[str, Finding]:
    return {one.detail.split()[0]: one for one in authorities(settings)}


async def test_every_authority_is_asked_and_told_with_what_to_do(tmp_path: Path) -> None:
    async with timekeeper.pair(tmp_path) as (first, second):
        unknown = second.model_copy(update={"key": "unknown", "name": "unknown", "root": None})
        away = first.model_copy(update={"key": "away", "name": "away", "url": closed()})
        given = Settings(data=tmp_path, authorities=(first, unknown, away))
        found = await asyncio.to_thread(found_of, given)
    assert found["demo-a"].verdict == "ok"
    assert found["unknown"].next_step == "doctor.authority.root.next_step"
    assert found["away"].verdict == "note"
    assert "unreachable" in found["away"].detail
    for language in LANGUAGES:
        told = lines(list(found.values()), language, quiet=False)
        assert not [line for line in told if "doctor." in line]


def test_nobody_is_asked_where_none_is_set_or_none_shall_be(tmp_path: Path) -> None:
    [finding] = authorities(Settings(data=tmp_path))
    assert finding.next_step == "doctor.authority.none.next_step"
    names = {one.name for one in examine(Settings(data=tmp_path, browser="/x"), ask=False)}
    assert "authority" not in names


def vault_of(data: Path) -> Finding:
    found = examine(Settings(data=data, browser="/nowhere/x"))
    return next(finding for finding in found if finding.name == "vault")


def test_a_vault_that_opens_is_well_and_none_is_made_by_looking(tmp_path: Path) -> None:
    assert vault_of(tmp_path / "none").verdict == "ok"
    assert not (tmp_path / "none").exists()
    open_store(Settings(data=tmp_path)).vault.engine.dispose()
    assert vault_of(tmp_path).verdict == "ok"


def test_a_broken_vault_is_a_problem_with_its_next_step(tmp_path: Path) -> None:
    (tmp_path / "vault.db").write_bytes(b"no database" * 999)
    found = vault_of(tmp_path)
    assert found.verdict == "problem"
    assert found.next_step == "errors.vault.damaged.next_step"


def test_a_folder_that_cannot_be_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert vault_of(tmp_path / "file" / "data").verdict == "problem"


def test_a_wrong_setting_for_the_browser_is_named(tmp_path: Path) -> None:
    told = lines(examine(Settings(data=tmp_path, browser="/nowhere/x")), "en", quiet=True)
    assert any("KAZHENG_BROWSER" in line and "/nowhere/x" in line for line in told)


def test_a_problem_ends_with_exit_code_1(tmp_path: Path) -> None:
    words = ["doctor", "--data", str(tmp_path)]
    assert CliRunner().invoke(app, words, env={"KAZHENG_BROWSER": "/nowhere/x"}).exit_code == 1


async def test_a_helper_that_serves_is_examined_without_standing_still(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as own:
        settings = Settings(data=tmp_path, port=own.getsockname()[1], browser="/nowhere/x")
        looking = asyncio.create_task(asyncio.to_thread(examine, settings, serving=True))
        await asyncio.sleep(0)
        assert not looking.done()
        found = await looking
    assert {"browser", "vault", "authority"} <= {finding.name for finding in found}
    assert "port" not in {finding.name for finding in found}
