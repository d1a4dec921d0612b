"""The stamps of a bundle: confirmed only under a root of the package, a bad one fails it."""

import tracemalloc
from datetime import UTC, datetime

import pytest

from helper.capture import services
from helper.demo import timekeeper
from helper.evidence import pinned, stamp, stamped, token
from helper.evidence.container import opened
from helper.evidence.verify import Check, verify

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEEPER = timekeeper.create("Authority", NOW)


def checked(path) -> Check:
    return next(check for check in verify(path).checks if check.name == "stamps")


@pytest.fixture
def written(case):
    """Give a function that stamps the last seal; its reply may be spoilt."""
    view = case.catalogue.cases()[0].captures[0]
    manifest = case.blobs.read(view.seals[-1].manifest)

    def make(query: bytes | None = None, reply: bytes | None = None):
        asked = query or stamp.request(manifest)
        case.keep(view.capture_id, "timestamp-query", "S1-authority.tsq", asked)
        answer = reply or KEEPER.reply(asked, NOW)
        case.keep(view.capture_id, "timestamp", "S1-authority.tsr", answer)
        return case.write()

    return make


def test_a_stamp_under_a_root_of_the_package_is_confirmed(written, monkeypatch):
    monkeypatch.setattr(pinned, "package_roots", lambda: (KEEPER.root,))
    path = written()
    found = checked(path)
    assert (found.verdict, verify(path).verdict) == ("pass", "pass")
    assert "1 stamps under 1 pinned roots" in found.detail
    assert NOW.isoformat() in found.detail


def test_a_stamp_under_any_other_root_confirms_nothing_and_fails_nothing(written):
    path = written()
    assert (checked(path).verdict, verify(path).verdict) == ("not_confirmed", "pass")


def test_a_stamp_of_another_time_or_nonce_fails_the_bundle(written, monkeypatch):
    monkeypatch.setattr(pinned, "package_roots", lambda: (KEEPER.root,))
    other = KEEPER.reply(stamp.request(b"something else"), NOW)
    path = written(reply=other)
    assert (checked(path).verdict, verify(path).verdict) == ("fail", "fail")
    assert "S1-authority.tsr" in checked(path).detail


def test_a_stamp_of_something_that_is_not_in_the_bundle_fails_beside_its_manifest(written):
    found = checked(written(query=stamp.request(b"something else")))
    name = "stamps/00000000-0000-0000-0000-000000000001/S1-authority.tsr"
    assert (found.verdict, found.detail) == ("fail", f"{name}: wrong_imprint")


def test_a_root_that_the_user_gives_confirms(written):
    path = written()
    found = verify(path, stamp_roots=[KEEPER.root])
    check = next(check for check in found.checks if check.name == "stamps")
    assert (check.verdict, found.verdict) == ("pass", "pass")
    assert "root Authority Root, given for this check" in check.detail


ONE, TWO = (f"00000000-0000-0000-0000-{number:012}" for number in (1, 2))


@pytest.fixture
def laid(case, monkeypatch):
    """Give a function that lays a good stamp of a seal under another capture and name."""
    monkeypatch.setattr(pinned, "package_roots", lambda: (KEEPER.root,))

    def lay(capture_id: str, stem: str, entry, said: bytes | None = None) -> Check:
        query = stamp.request(said or case.blobs.read(entry.manifest))
        case.keep(capture_id, "timestamp-query", f"{stem}.tsq", query)
        case.keep(capture_id, "timestamp", f"{stem}.tsr", KEEPER.reply(query, NOW))
        return checked(case.write())

    return lay


def test_an_old_stamp_of_another_capture_or_stage_is_no_stamp_of_this_one(case, laid):
    """Who holds the key and an old stamp could else show it beside a capture of today."""
    case.keep(TWO, "log", "late.txt", b"late")
    case.seal(TWO, "partial")
    seals = {(one.capture_id, one.stage): one for one in case.ledger.entries()}
    for capture_id, stem, of in (
        (ONE, "S1-a", (TWO, "S0")),
        (ONE, "S0-b", (TWO, "S0")),
        (ONE, "S1-c", (ONE, "S0")),
        (TWO, "S1-d", (ONE, "S1")),
        (TWO, "partial-2-e", (TWO, "partial")),
        (TWO, "S0-f", (TWO, "partial")),
        (TWO, "any-g", (TWO, "S0")),
    ):
        found = laid(capture_id, stem, seals[of])
        assert found.verdict == "fail", stem
        assert f"stamps/{capture_id}/{stem}.tsr: wrong_imprint" in found.detail
        assert NOW.isoformat() not in found.detail


def test_a_stamp_is_told_with_the_manifest_it_is_for(case, laid):
    case.keep(TWO, "log", "late.txt", b"late")
    case.seal(TWO, "partial")
    for entry in case.ledger.entries():
        numbered = entry.stage if entry.stage != "partial" else f"partial-{entry.index}"
        found = laid(entry.capture_id, f"{numbered}-tsa", entry)
        assert found.verdict == "pass"
        seal = f"seals/{entry.capture_id}/{entry.index}-{entry.stage}/manifest.json"
        assert f"stamps/{entry.capture_id}/{numbered}-tsa.tsr, for {seal}: 2026" in found.detail


def test_a_stamp_whose_manifest_is_not_here_is_named_as_not_judged(laid, case):
    found = laid(ONE, "S2-a", case.ledger.entries()[0], b"withheld")
    assert found.verdict == "not_confirmed"
    assert f"not judged: stamps/{ONE}/S2-a.tsr" in found.detail


def test_a_query_that_cannot_be_read_fails_beside_its_manifest(written):
    found = checked(written(query=b"query", reply=b"token"))
    assert (found.verdict, "S1-authority.tsr: unreadable" in found.detail) == ("fail", True)


def test_no_more_than_a_service_may_answer_is_looked_at(written):
    assert token.LARGEST == services.LARGEST_REPLY
    found = checked(written(reply=bytes(token.LARGEST + 1)))
    assert found.verdict == "not_confirmed"
    assert "not judged: stamps/" in found.detail


def test_stamps_are_read_one_at_a_time(case):
    query = stamp.request(case.blobs.read(case.ledger.entries()[-1].manifest))
    for number in range(40):
        case.keep(ONE, "timestamp-query", f"S1-{number}.tsq", query)
        reply = number.to_bytes(2) + bytes(token.LARGEST - 2)
        case.keep(ONE, "timestamp", f"S1-{number}.tsr", reply)
    path = case.write()
    with opened(path) as files:
        tracemalloc.start()
        try:
            found = stamped.check_stamps(files)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert found.verdict == "fail"
    assert peak < 20 * token.LARGEST


def test_beyond_a_thousand_no_stamp_is_judged_and_that_is_no_pass(case, laid, monkeypatch):
    monkeypatch.setattr(stamped, "_MOST", 2)
    entry = case.ledger.entries()[-1]
    for stem in ("S1-a", "S1-b"):
        assert laid(ONE, stem, entry).verdict == "pass"
    found = laid(ONE, "S1-c", entry)
    assert found.verdict == "not_confirmed"
    assert "2 stamps under 1 pinned roots" in found.detail
    assert f"1 more than the 2 that are judged; not judged: stamps/{ONE}/S1-c.tsr" in found.detail
