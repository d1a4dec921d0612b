"""A file that the user brought is stamped like a page, and the bundle shows and proves it."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from helper.demo import timekeeper
from helper.evidence import clock_table, der, pinned
from helper.evidence.verify import verify
from helper.exporting import export
from helper.model import CaptureView
from helper.steps.attach import attach
from helper.steps.keep import keep_parts
from helper.steps.read import read_order
from helper.steps.seal import Sealer
from tests.evidence.test_attacks import browser, judged, tab  # noqa: F401  # fixtures

from .stamped import Keepers, World, away


def brought(world: World, folder: Path) -> CaptureView:
    """Attach a bill to the case of the world's capture."""
    read_order(world.store, world.uuid)
    Sealer(world.store).seal_rest(world.uuid)
    bill = folder / "微信账单 3月.txt"
    bill.write_text("付款 98 元", "utf-8")
    case_id = world.store.vault.cases()[0].case_id
    return attach(world.store, case_id, bill, limit=1000, kind="payment")


async def test_a_brought_file_gets_stamps_and_a_second_seal(
    world: World, keepers: Keepers, tmp_path: Path
) -> None:
    view = brought(world, tmp_path)
    stamper = world.stamper(keepers[0].settings("one"), keepers[1].settings("two"))
    await stamper.turn()
    found = world.captures.view(view.capture_id)
    assert [(one.stage, one.state) for one in found.stamps] == [("S0", "stamped")] * 2
    assert [seal.stage for seal in found.seals] == ["S0", "S2"]
    assert {"S0-one.tsq", "S0-one.tsr", "S0-two.tsr"} <= world.listed(found.seals[-1])
    await world.later(stamper)
    assert world.captures.view(view.capture_id) == found


async def test_one_that_is_attached_between_other_seals_is_not_passed_over(
    world: World, keepers: Keepers, tmp_path: Path
) -> None:
    stamper = world.stamper(keepers[0].settings("one"), keepers[1].settings("two"))
    await stamper.turn()
    view = brought(world, tmp_path)
    await stamper.turn()
    assert [seal.stage for seal in world.captures.view(view.capture_id).seals] == ["S0", "S2"]


async def test_the_first_seal_of_a_page_is_not_stamped(world: World, keepers: Keepers) -> None:
    await world.stamper(keepers[0].settings("one"), keepers[1].settings("two")).turn()
    assert {one.stage for one in world.stamps().values()} == {"S1"}


async def test_offline_it_is_pending(world: World, tmp_path: Path) -> None:
    view = brought(world, tmp_path)
    await world.stamper(away("one")).turn()
    found = world.captures.view(view.capture_id)
    assert [(one.state, one.reason) for one in found.stamps] == [("pending", "unreachable")]
    assert [seal.stage for seal in found.seals] == ["S0"]


@pytest.mark.browser
async def test_the_bundle_holds_its_stamps_and_both_verifiers_take_them(
    world: World, keepers: Keepers, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, tab: Page,  # noqa: F811  # the fixture imported above
) -> None:  # fmt: skip
    view = brought(world, tmp_path)
    one, two = (keepers[0].settings("one"), keepers[1].settings("two"))
    await world.stamper(one, two).turn()
    path = export(world.store, str(view.case_id), tmp_path / "案件.zip").path
    roots = tuple(keeper.keeper.root for keeper in keepers)
    monkeypatch.setattr(pinned, "package_roots", lambda: roots)
    found = verify(path)
    stamps = next(check for check in found.checks if check.name == "stamps")
    assert (found.verdict, stamps.verdict) == ("pass", "pass"), found
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.startswith(f"stamps/{view.capture_id}/")]
        assert f"stamps/{view.capture_id}/S0-one.tsr" in names
        said = archive.read(clock_table.NAME).decode()
    assert "时间戳 one (S0-one)" in said
    assert (await judged(tab, path))["verdict"] == "pass"
    spoilt = tmp_path / "spoilt"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(spoilt)
    (spoilt / names[0]).write_bytes(b"another")
    assert verify(spoilt).verdict == "fail"
    assert (await judged(tab, spoilt))["verdict"] == "fail"


async def test_a_stamp_says_how_far_the_clock_of_this_computer_was_off(
    world: World, keepers: Keepers
) -> None:
    stamper = world.stamper(keepers[0].settings("one"))
    await stamper.turn()
    view = world.captures.view(world.uuid)
    [row] = clock_table.table([view], world.store.blobs.path)
    assert row.at == world.stamps()["one"].stamped_at
    assert row.at is not None
    assert row.offset_ms == pytest.approx((world.clock.now - row.at).total_seconds() * 1000)
    assert row.error_ms == 1000.0
    assert "S1-one.clock.json" in {a.name for a in view.artifacts}


async def test_the_accuracy_of_a_stamp_is_noted_and_widens_the_error(
    world: World, keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = timekeeper.tst_info

    def accurate(*said: Any) -> bytes:
        parts = [part.whole for part in der.read(plain(*said)).parts()]
        accuracy = der.value(der.SEQUENCE, der.number(2))
        return der.value(der.SEQUENCE, *parts[:5], accuracy, *parts[5:])

    monkeypatch.setattr(timekeeper, "tst_info", accurate)
    await world.stamper(keepers[0].settings("one")).turn()
    assert json.loads(world.read("S1-one.clock.json"))["accuracy_ms"] == 2000.0
    view = world.captures.view(world.uuid)
    [row] = clock_table.table([view], world.store.blobs.path)
    assert row.error_ms == 3000.0


async def test_stamps_of_every_stage_lie_where_the_verifier_looks_for_their_seals(
    world: World, keepers: Keepers, tmp_path: Path,
    picture: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    bill = brought(world, tmp_path)
    world.captures.more(world.uuid, ("seen/strip", picture(), {"index": 0}))
    keep_parts(world.store, world.uuid)
    strips = Sealer(world.store).seal_rest(world.uuid)
    assert strips is not None
    await world.stamper(keepers[0].settings("one")).turn()
    path = export(world.store, str(bill.case_id), tmp_path / "案件.zip").path
    monkeypatch.setattr(pinned, "package_roots", lambda: (keepers[0].keeper.root,))
    found = next(check for check in verify(path).checks if check.name == "stamps")
    assert found.verdict == "pass"
    for capture_id, name, seal in (
        (bill.capture_id, "S0-one", "S0"),
        (world.uuid, "S1-one", "S1"),
        (world.uuid, f"partial-{strips.index}-one", "partial"),
    ):
        where = rf"stamps/{capture_id}/{name}\.tsr, for seals/{capture_id}/\d+-{seal}/manifest"
        assert re.search(where, found.detail), (where, found.detail)
