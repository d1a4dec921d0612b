import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.evidence import canonical

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_the_example_of_rfc_8785_for_strings_and_literals():
    value = json.loads(
        r'{"string":"\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\\"\/",'.replace(r"\'", "'")
        + '"literals":[null,true,false]}'
    )
    assert canonical.encode(value) == (
        '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


def test_keys_are_ordered_by_utf16_units_as_in_rfc_8785():
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical.encode(dict.fromkeys(keys, 0)))) == ordered


@given(values)
def test_what_is_written_is_read_back(value: object):
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), {"a": 1.0}, 2**53, -(2**53), {1: 2}, b"x", {"a": {1}}, "\ud800"],
)
def test_what_has_no_canonical_form_is_refused(value: object):
    with pytest.raises(ValueError):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1}\n', b'"\\u0041"',
        b"1.0", b"1e3", b"NaN", b"-0", b"\xff", b"\xef\xbb\xbf{}", b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000, b"1" * 10_000, b'"\\ud800"',
    ],
)  # fmt: skip
def test_any_other_spelling_is_refused(data: bytes):
    with pytest.raises(ValueError):
        canonical.decode(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_refused(data: bytes):
    try:
        value = canonical.decode(data)
    except ValueError:
        return
    assert canonical.encode(value) == data
