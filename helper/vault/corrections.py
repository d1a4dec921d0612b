"""Values the user gives for order fields; the read value stays beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from helper.errors import InvalidError
from helper.model import Correction
from scrapers.record import OrderRecord, Source

_FIXED = frozenset({"schema", "schema_", "sources", "warnings", "url"})
_NAIVE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?")
_MOST_ITEMS = 100


def apply_corrections(
    order: OrderRecord | None, corrections: Sequence[Correction]
) -> OrderRecord | None:
    """Return the order with the user's values set and marked as theirs, the last one winning.

    Without a read order the corrections alone make one. A correction that no longer fits, because
    a newer reading has fewer items, is passed over; the case still lists it.
    """
    for correction in corrections:
        with suppress(InvalidError):
            order = correct(order, correction.field, correction.value)
    return order


def correct(order: OrderRecord | None, field: str, value: str) -> OrderRecord:
    """Return the order with one field set, its source marked as the user; raises InvalidError."""
    names = field.split(".")
    if names[0] in _FIXED or names[:2] == ["delivery", "secrets"]:
        raise InvalidError(what=field)
    data = (order or OrderRecord()).model_dump(mode="json")
    data["sources"][field] = Source(artifact="user", text=value).model_dump()
    _put(data, names, _with_zone(field, value.strip()), field)
    try:
        corrected = OrderRecord.model_validate(data)
    except ValidationError:
        raise InvalidError(what=field) from None
    _check_leaf(corrected, names, field)
    return corrected


def read_value(order: OrderRecord | None, field: str) -> str | None:
    """Return the text of a field, None if there is none. Raises InvalidError for no field."""
    value: Any = (order or OrderRecord()).model_dump(mode="json")
    for name in field.split("."):
        if isinstance(value, list):
            value = value[int(name)] if name.isdecimal() and int(name) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(name)
    return None if value is None or isinstance(value, dict | list) else str(value)


def _put(data: dict[str, Any], names: Sequence[str], value: str, field: str) -> None:
    """Set a value at its path; an item that the page does not show is added."""
    place: Any = data
    for name in names[:-1]:
        if isinstance(place, list):
            if not name.isdecimal() or int(name) > min(len(place), _MOST_ITEMS):
                raise InvalidError(what=field)
            if int(name) == len(place):
                place.append({})
            place = place[int(name)]
        elif isinstance(place, dict) and isinstance(place.get(name), dict | list):
            place = place[name]
        else:
            raise InvalidError(what=field)
    if not isinstance(place, dict) or not value:
        raise InvalidError(what=field)
    place[names[-1]] = value


def _check_leaf(order: OrderRecord, names: Sequence[str], field: str) -> None:
    value: Any = order
    for name in names:
        value = value[int(name)] if isinstance(value, tuple) else getattr(value, name)
    negative = isinstance(value, int | Decimal) and value < 0
    if negative or isinstance(value, BaseModel | tuple | dict):
        raise InvalidError(what=field)


def _with_zone(field: str, value: str) -> str:
    """Read a time without a zone as China Standard Time, as on a page that names none."""
    match = _NAIVE.fullmatch(value)
    if match is None or not field.endswith("_at"):
        return value
    return f"{match[1]}T{match[2] or '00:00'}+08:00"
