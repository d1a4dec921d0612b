import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helper.errors import VaultError
from helper.vault.keys import load_or_create_key


def test_a_key_is_made_once_and_stays(tmp_path: Path):
    key = load_or_create_key(tmp_path, "seal")
    assert len(key) == 32
    assert load_or_create_key(tmp_path, "seal") == key
    assert load_or_create_key(tmp_path, "other", 16) != key[:16]


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX; Windows folders belong to their user")
def test_only_the_owner_may_read_a_key(tmp_path: Path):
    load_or_create_key(tmp_path, "seal")
    assert stat.S_IMODE((tmp_path / "keys" / "seal").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_of_many_first_calls_one_key_wins(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create_key(tmp_path, "seal"), range(32)))
    assert len(set(keys)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["seal"]


def test_a_damaged_key_is_never_replaced(tmp_path: Path):
    load_or_create_key(tmp_path, "seal")
    (tmp_path / "keys" / "seal").write_bytes(b"short")
    with pytest.raises(VaultError) as raised:
        load_or_create_key(tmp_path, "seal")
    assert raised.value.details["reason"] == "damaged_key"
    assert (tmp_path / "keys" / "seal").read_bytes() == b"short"


@pytest.mark.parametrize("name", ["", "..", "../seal", "a/b", "A"])
def test_a_name_that_is_no_key_name_is_refused(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="not a key name"):
        load_or_create_key(tmp_path, name)
