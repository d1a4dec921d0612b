"""DER is read strictly and written as it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.evidence import der


@given(st.integers(0, 2**130))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert der.integer(der.read(der.number(number))) == number


@pytest.mark.parametrize("name", ["1.2.840.113549.1.9.16.1.4", "2.16.840.1.101.3.4.2.1", "0.9"])
def test_a_name_is_read_as_it_was_written(name: str) -> None:
    assert der.dotted(der.read(der.oid(name))) == name


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_values_inside_are_read_as_they_were_written(contents: list[bytes]) -> None:
    written = der.value(der.SEQUENCE, *(der.value(der.OCTETS, one) for one in contents))
    assert [part.content for part in der.read(written).parts()] == contents


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x30", b"\x30\x05\x00", b"\x30\x80\x00\x00", b"\x30\x81\x01\x00", b"\x02\x01\x01x",
        b"\x1f\x01\x00", b"\x30\x82\x00\x01\x00", b"\x04\x85\x01\x01\x01\x01\x01",
    ],
)  # fmt: skip
def test_any_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        der.read(data)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"\xff\x80"])
def test_a_number_that_is_longer_than_it_must_be_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        der.integer(der.Node(der.INTEGER, content, content))


@given(st.binary(max_size=100))
def test_anything_is_read_or_refused(data: bytes) -> None:
    try:
        node = der.read(data)
    except ValueError:
        return
    assert node.whole == data
