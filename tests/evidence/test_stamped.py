"""The stamps of a bundle: confirmed only under a root of the package, a bad one fails it."""

from datetime import UTC, datetime

import pytest

from helper.demo import timekeeper
from helper.evidence import pinned, stamp
from helper.evidence.verify import Check, verify

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEEPER = timekeeper.create("Authority", NOW)


def checked(path) -> Check:
    return next(check for check in verify(path).checks if check.name == "stamps")


@pytest.fixture
def stamped(case):
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


def test_a_stamp_under_a_root_of_the_package_is_confirmed(stamped, monkeypatch):
    monkeypatch.setattr(pinned, "package_roots", lambda: (KEEPER.root,))
    path = stamped()
    found = checked(path)
    assert (found.verdict, verify(path).verdict) == ("pass", "pass")
    assert "1 stamps under 1 pinned roots" in found.detail
    assert NOW.isoformat() in found.detail


def test_a_stamp_under_any_other_root_confirms_nothing_and_fails_nothing(stamped):
    path = stamped()
    assert (checked(path).verdict, verify(path).verdict) == ("not_confirmed", "pass")


def test_a_stamp_of_another_time_or_nonce_fails_the_bundle(stamped, monkeypatch):
    monkeypatch.setattr(pinned, "package_roots", lambda: (KEEPER.root,))
    other = KEEPER.reply(stamp.request(b"something else"), NOW)
    path = stamped(reply=other)
    assert (checked(path).verdict, verify(path).verdict) == ("fail", "fail")
    assert "S1-authority.tsr" in checked(path).detail


def test_a_stamp_of_something_that_is_not_in_the_bundle_is_named_as_not_judged(stamped):
    asked = stamp.request(b"something else")
    found = checked(stamped(query=asked))
    assert found.verdict == "not_confirmed"
    assert "not judged: stamps/" in found.detail


def test_a_root_that_the_user_gives_confirms(stamped):
    path = stamped()
    found = verify(path, stamp_roots=[KEEPER.root])
    check = next(check for check in found.checks if check.name == "stamps")
    assert (check.verdict, found.verdict) == ("pass", "pass")
    assert "root Authority Root, given for this check" in check.detail
