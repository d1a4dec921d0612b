"""A good stamp that lies where it does not belong: the page says what the command says."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Page

from helper.demo import timekeeper
from helper.evidence import pinned, stamp
from helper.evidence.token import LARGEST
from helper.evidence.verify import verify
from tests.evidence.judging import judged, names, same
from tests.evidence.test_attacks import browser, tab  # noqa: F401  # fixtures

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEEPER = timekeeper.create("Authority", NOON)


async def test_both_fail_a_good_stamp_of_another_seal_and_name_it(
    case,
    tab: Page,  # noqa: F811  # the fixture imported above
    monkeypatch: pytest.MonkeyPatch,
):
    """The key's holder lays the old stamp of one capture beside another of today."""
    monkeypatch.setattr(pinned, "package_roots", lambda: (KEEPER.root,))
    one, two = (view.capture_id for view in case.catalogue.cases()[0].captures)
    seals = {(seal.capture_id, seal.stage): seal for seal in case.ledger.entries()}
    for capture_id, stem, of in (
        (one, "S1-a", (two, "S0")),
        (one, "S1-b", (one, "S0")),
        (two, "partial-1-c", (two, "S0")),
        (two, "any-d", (two, "S0")),
    ):
        query = stamp.request(case.blobs.read(seals[of].manifest))
        case.keep(capture_id, "timestamp-query", f"{stem}.tsq", query)
        case.keep(capture_id, "timestamp", f"{stem}.tsr", KEEPER.reply(query, NOON))
        path = case.write(f"{stem}.zip")
        found, there = await judged(tab, path), verify(path)
        assert names(found) == same(there)
        said = next(check for check in found["checks"] if check["name"] == "stamps")
        assert said["verdict"] == "fail"
        assert f"stamps/{capture_id}/{stem}.tsr: wrong_imprint" in said["detail"]
        assert said["detail"] == there.checks[-1].detail


@pytest.mark.long
async def test_the_page_judges_a_thousand_stamps_and_no_larger_ones(
    case,
    tab: Page,  # noqa: F811
):
    view = case.catalogue.cases()[0].captures[0]
    query = stamp.request(case.blobs.read(view.seals[-1].manifest))
    reply = KEEPER.reply(query, NOON)
    case.keep(view.capture_id, "timestamp-query", "S1-000.tsq", query)
    case.keep(view.capture_id, "timestamp", "S1-000.tsr", bytes(LARGEST + 1))
    for number in range(1, 1002):
        case.keep(view.capture_id, "timestamp-query", f"S1-{number:04}.tsq", query)
        case.keep(view.capture_id, "timestamp", f"S1-{number:04}.tsr", reply)
    found = await judged(tab, case.write())
    check = next(check for check in found["checks"] if check["name"] == "stamps")
    assert check["verdict"] == "not_confirmed"
    said = check["detail"]
    assert said.startswith("1002 time stamps, 999 of them for a manifest of this bundle")
    folder = f"stamps/{view.capture_id}"
    left = ", ".join(f"{folder}/S1-{name}.tsr" for name in ("000", "1000", "1001"))
    assert said.endswith(f"; 2 more than the 1000 that are judged; not judged: {left}")
