"""Whom the helper asks, and which roots it believes."""

from pathlib import Path

import pytest

from helper.demo import timekeeper
from helper.evidence import pinned
from helper.settings import Authority, Settings
from tests.evidence.test_stamp import KEEPER

OWN = Authority(key="own", name="Own", url="http://127.0.0.1:1/")


def test_nobody_is_asked_unless_it_is_allowed():
    quiet = Settings()
    assert pinned.authorities(quiet) == ()
    assert pinned.calendars(quiet) == ()
    assert pinned.beacons(quiet) == ()


def test_by_default_several_authorities_under_different_roots_are_asked():
    open_ = Settings(outside=True)
    found = pinned.authorities(open_)
    roots = {pinned.fingerprint(root) for one in found for root in pinned.roots_of(one)}
    assert len(found) >= 2
    assert len(roots) == len(found)
    assert pinned.calendars(open_)
    assert pinned.beacons(open_)


def test_what_the_user_names_stands_in_place_of_the_defaults():
    chosen = Settings(outside=True, authorities=(OWN,), calendars=(), beacons=())
    assert pinned.authorities(chosen) == (OWN,)
    assert pinned.calendars(chosen) == pinned.beacons(chosen) == ()


def test_an_authority_of_the_user_has_no_root_but_the_one_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "root.pem"
    file.write_bytes(KEEPER.root_pem())
    assert pinned.roots_of(OWN) == ()
    assert pinned.roots_of(OWN.model_copy(update={"root": file})) == (KEEPER.root,)


@pytest.mark.parametrize("data", [b"", b"no certificate"])
def test_a_root_file_that_holds_none_is_an_error(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "root.pem"
    file.write_bytes(data)
    with pytest.raises(ValueError):
        pinned.roots_of(OWN.model_copy(update={"root": file}))


def test_no_root_of_the_demo_is_pinned():
    names = {root.subject.rfc4514_string() for root in pinned.package_roots()}
    assert not [name for name in names if "Kazheng" in name]
    assert timekeeper.POLICY not in str(names)


def test_every_pinned_root_signs_itself():
    for root in pinned.package_roots():
        root.verify_directly_issued_by(root)
