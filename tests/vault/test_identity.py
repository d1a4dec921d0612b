"""Who signs the letters, at rest."""

import pytest
from pydantic import ValidationError

from helper.errors import PasswordNeededError
from helper.vault import locked
from helper.vault.identity import Identity

ME = Identity(name="欧阳试", phone="13900001111", address="试验市假想路 1 号")
KEY, OTHER = bytes(32), bytes(range(32))


def test_it_is_kept_and_replaced_and_forgotten(catalogue):
    assert catalogue.identity(KEY) == Identity()
    catalogue.put_identity(ME, KEY)
    assert catalogue.identity(KEY) == ME
    catalogue.put_identity(Identity(name=" 欧阳二 "), KEY)
    assert catalogue.identity(KEY) == Identity(name="欧阳二")
    catalogue.put_identity(Identity(), KEY)
    assert catalogue.identity(KEY) == Identity()


def test_without_its_key_nobody_reads_it(catalogue, settings):
    catalogue.put_identity(ME, KEY)
    assert catalogue.identity(OTHER) == Identity()
    catalogue.engine.dispose()
    raw = b"".join(path.read_bytes() for path in settings.data.glob("vault.db*"))
    assert not [value for _, value in ME if value and value.encode() in raw]


@pytest.mark.parametrize("value", ["a\nb", "x" * 201, "\x00"])
def test_a_line_is_one_line(value: str):
    with pytest.raises(ValidationError):
        Identity(name=value)


def test_a_changed_bit_or_another_purpose_opens_nothing():
    sealed = locked.seal(b"secret", KEY, "one")
    assert locked.unseal(sealed, KEY, "one") == b"secret"
    assert locked.unseal(sealed, KEY, "two") is None
    assert locked.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), KEY, "one") is None
    assert locked.unseal(b"", KEY, "one") is None


def test_a_passphrase_opens_what_it_locked_and_another_does_not():
    held = locked.lock(b"secret", "正确 马 电池", "p")
    assert locked.unlock(held, "正确 马 电池", "p") == b"secret"
    with pytest.raises(PasswordNeededError):
        locked.unlock(held, "wrong", "p")
    with pytest.raises(PasswordNeededError):
        locked.unlock(b"short", "wrong", "p")
