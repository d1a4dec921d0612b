"""Values the user gives for order fields; the read value stays beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from helper.dealings import MOST_MONEY
from helper.errors import InvalidError
from helper.model import Correction
from scrapers.record import Item, OrderRecord, Source

NUMBER: Final = "order_no"
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
    """Return the order with one field set, its source marked as the user.

    Raises InvalidError(order_field) for what is no field, InvalidError(order_value) for what is
    no value of it, InvalidError(order_much) for a sum or a count beyond any order.
    """
    names = field.split(".")
    if names[0] in _FIXED or names[:2] == ["delivery", "secrets"]:
        raise _no_field(field)
    data = (order or OrderRecord()).model_dump(mode="json")
    data["sources"][field] = Source(artifact="user", text=value).model_dump()
    _put(data, names, _with_zone(field, value.strip()), field)
    try:
        corrected = OrderRecord.model_validate(data)
    except ValidationError:
        raise InvalidError(reason="order_value", what=field) from None
    _refuse_impossible(corrected, names, field)
    return corrected


def correctable() -> tuple[str, ...]:
    """Return the fields that a user may give, those of the first item for all."""
    empty = OrderRecord(items=(Item(),)).model_dump(mode="json", by_alias=True)
    return tuple(
        path for path in _paths(empty)
        if path.split(".")[0] not in _FIXED and not path.startswith("delivery.secrets")
    )  # fmt: skip


def _paths(value: Any, path: str = "") -> Iterator[str]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in pairs:
        own = f"{path}.{name}" if path else str(name)
        if isinstance(inner, dict | list):
            yield from _paths(inner, own)
        else:
            yield own


def _no_field(field: str) -> InvalidError:
    return InvalidError(reason="order_field", what=field, known=", ".join(correctable()))


def read_order(
    order_no: str | None, orders: Sequence[OrderRecord], corrections: Sequence[Correction]
) -> OrderRecord | None:
    """Return the newest reading of the case's own order, else the newest of any.

    Its own is also what was read where the user gave another number. The newest order is the last.
    """
    numbers = {order_no, *(one.read_then for one in corrections if one.field == NUMBER)}
    own = [order for order in orders if order.order_no and order.order_no in numbers]
    return next(iter([*reversed(own), *reversed(orders)]), None)


def read_value(order: OrderRecord | None, field: str) -> str | None:
    """Return the text of a field, None if there is none or nothing is known of it."""
    value: Any = (order or OrderRecord()).model_dump(mode="json")
    for name in field.split("."):
        if isinstance(value, list):
            value = value[int(name)] if name.isdecimal() and int(name) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(name)
    nothing = isinstance(value, dict | list) or value in {None, "unknown"}
    return None if nothing else str(value)


def _put(data: dict[str, Any], names: Sequence[str], value: str, field: str) -> None:
    """Set a value at its path; an item that the page does not show is added."""
    place: Any = data
    for name in names[:-1]:
        if isinstance(place, list):
            if not name.isdecimal() or int(name) > min(len(place), _MOST_ITEMS):
                raise _no_field(field)
            if int(name) == len(place):
                place.append(Item().model_dump(mode="json"))
            place = place[int(name)]
        elif isinstance(place, dict) and isinstance(place.get(name), dict | list):
            place = place[name]
        else:
            raise _no_field(field)
    old = place.get(names[-1], place) if isinstance(place, dict) else place
    if isinstance(old, dict | list):
        raise _no_field(field)
    if not value:
        raise InvalidError(reason="order_value", what=field)
    place[names[-1]] = value


def _refuse_impossible(order: OrderRecord, names: Sequence[str], field: str) -> None:
    value: Any = order
    for name in names:
        value = value[int(name)] if isinstance(value, tuple) else getattr(value, name)
    if isinstance(value, int | Decimal) and value < 0:
        raise InvalidError(reason="order_value", what=field)
    if isinstance(value, int | Decimal) and value > MOST_MONEY:
        given = str(value)[:40]
        raise InvalidError(reason="order_much", what=field, given=given, limit=MOST_MONEY)


def _with_zone(field: str, value: str) -> str:
    """Read a time without a zone as China Standard Time, as on a page that names none."""
    match = _NAIVE.fullmatch(value)
    if match is None or not field.endswith("_at"):
        return value
    return f"{match[1]}T{match[2] or '00:00'}+08:00"
