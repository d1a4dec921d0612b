"""Canonical JSON after RFC 8785 (JCS), for the values that manifests hold.

Only str, int, bool, None, list and dict with string keys; floats are refused, so that nobody has
to agree on how a number is printed.
"""

from __future__ import annotations

import json
from typing import Any

_LARGEST = 2**53 - 1


def encode(value: Any) -> bytes:
    """Return the canonical bytes; raises ValueError for what has no canonical form here."""
    _check(value)
    text = json.dumps(_sorted(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError


def decode(data: bytes) -> Any:
    """Return the value of canonical bytes; raises ValueError for any other spelling of it."""
    try:
        value = json.loads(data.decode())
        spelled = encode(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if spelled != data:
        raise ValueError("not in canonical form")
    return value


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError("a key is not text")  # noqa: TRY004, one error for callers
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError("a number is beyond 2**53 - 1")
    elif value is not None and not isinstance(value, str):
        raise ValueError(f"no canonical form for {type(value).__name__}")


def _sorted(value: Any) -> Any:
    """Order keys by their UTF-16 code units, as RFC 8785 section 3.2.3 asks."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _sorted(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_sorted(item) for item in value]
    return value
