"""The JSON that a page got by XHR, or carries in its scripts, as a second source of its order.

    order = confirm(order, read(documents, json_words(order.platform.key)))

What agrees changes nothing; what disagrees is the warning `json_disagrees:<field>`; a field that
the page does not show is filled where key, unit and order number leave no doubt, with a source of
its own. Only amounts, times, states, counts and a currency are taken: no text of a shop, so no
code and no password. Pure and bounded; JSON that cannot be read is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from scrapers.contract import JsonWords
from scrapers.moments import SHANGHAI, moment
from scrapers.money import CURRENCIES, money
from scrapers.record import OrderRecord, Source, Status
from scrapers.second import json_words as words
from scrapers.status import combine
from scrapers.status import status as status_of
from scrapers.text import cjk_count

MAX_CHARACTERS: Final = 2_000_000
MAX_TOTAL: Final = 8_000_000
MAX_DOCUMENTS: Final = 500
MAX_RECORDS: Final = 2_000
MAX_NODES: Final = 100_000
MAX_DEPTH: Final = 40
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w{0,79}")
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
_UNZONED = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+")
_ZONE = re.compile(r"\d(?:Z|[+-]\d\d:?\d\d)\s*$")
_AFTER_PAYMENT = frozenset({"processing", "partially_delivered", "delivered", "completed"})
_FILLED = ("amount", "currency", "created_at", "payment.paid_at", "delivered_at", "status")
_CHANGES = frozenset({"status", "delivered_at"})
_ANSWERED = {"amount": "amount_not_found", "status": "status_not_found"}
_IDENTIFYING = frozenset({"amount", "created_at", "payment.paid_at"})
_ENOUGH_AGREEING = 2
_MOST_APART = 14 * 3600


@dataclass(frozen=True)
class Document:
    """One JSON text.

    `place` is the address it came from, with `artifact` the role of the file that holds the
    answer; without one it is the selector of the page's own script.
    """

    text: str
    place: str
    artifact: str | None = None


class _Number(str):
    """A number as it is written: `19.90` is not 19.9, and 1990 may be cents."""

    __slots__ = ()


@dataclass(frozen=True)
class _Fact:
    field: str
    value: Any
    source: Source
    loose: bool = False
    """An amount without decimals (yuan or cents?), a time without a zone."""
    fills: bool = False


@dataclass(frozen=True)
class Record:
    """An object that may be an order: its numbers and what it says."""

    numbers: frozenset[str]
    facts: tuple[_Fact, ...]


def read(documents: Iterable[Document], own: JsonWords) -> tuple[Record, ...]:
    """Return what may be an order in the documents; `own` are the words of its platform."""
    steps = iter(range(MAX_NODES))
    found = (record for one in _bounded(documents) for record in _records(one, own, steps))
    return tuple(islice(found, MAX_RECORDS))


def _bounded(documents: Iterable[Document]) -> Iterator[Document]:
    total = 0
    for document in islice(documents, MAX_DOCUMENTS):
        if len(document.text) <= MAX_CHARACTERS:
            total += len(document.text)
            if total > MAX_TOTAL:
                return
            yield document


def confirm(order: OrderRecord, records: Sequence[Record], *, later: bool = False) -> OrderRecord:
    """Return the order with what the JSON adds to it and where the JSON disagrees.

    `later`: the page of the order and the JSON are of two visits, so what the shop may have changed
    between them is neither taken nor held against the page.
    """
    numbered = order.order_no is not None
    own = [record for record in records if numbered and order.order_no in record.numbers]
    found = [fact for record in own or _only_one(order, records) for fact in record.facts]
    here = any(fact.loose and _is_time(fact) and _agrees(order, fact) for fact in found)
    said: dict[str, list[_Fact]] = {}
    for fact in found:
        if later and fact.field in _CHANGES:
            continue
        sure = bool(own) and (not fact.loose or (here and _is_time(fact)))
        said.setdefault(fact.field, []).append(replace(fact, fills=sure))
    for facts in said.values():
        order = _weigh(order, facts)
    return order


def _only_one(order: OrderRecord, records: Sequence[Record]) -> list[Record]:
    """Return the one record without a number whose other fields agree with the page's."""
    nameless = [r for r in records if order.order_no is None or not r.numbers]
    alike = [
        record
        for record in nameless
        if sum(fact.field in _IDENTIFYING and _agrees(order, fact) for fact in record.facts)
        >= _ENOUGH_AGREEING
    ]
    return alike if len(alike) == 1 else []


def _weigh(order: OrderRecord, facts: Sequence[_Fact]) -> OrderRecord:
    """Compare the facts of one field with the page; several that differ prove nothing."""
    fact = facts[0]
    if len({one.value for one in facts}) > 1 or any(_agrees(order, one) for one in facts):
        return order
    if _value(order, fact.field) is None:
        return _put(order, fact) if fact.fills and fact.field in _FILLED else order
    if _is_other_zone(order, fact):
        return order
    return _warn(f"json_disagrees:{fact.field}", order)


def _warn(code: str, order: OrderRecord) -> OrderRecord:
    warnings = dict.fromkeys((*order.warnings, code))
    return order.model_copy(update={"warnings": tuple(warnings)})


def _put(order: OrderRecord, fact: _Fact) -> OrderRecord:
    if fact.field == "status" and order.status_text:
        return order  # the page says it in words of its own
    name, _, inner = fact.field.partition(".")
    value = fact.value
    if inner:
        value = getattr(order, name).model_copy(update={inner: value})
    answered = _ANSWERED.get(fact.field)
    return order.model_copy(
        update={
            name: value,
            "sources": dict(sorted({**order.sources, fact.field: fact.source}.items())),
            "warnings": tuple(code for code in order.warnings if code != answered),
        }
    )


def _value(order: OrderRecord, field: str) -> Any:
    """Return what the page says of a field; None for nothing, and for a count of several items."""
    if field == "items.0.quantity":
        return order.items[0].quantity if len(order.items) == 1 else None
    value: Any = order
    for name in field.split("."):
        value = getattr(value, name)
    return None if value == "unknown" else value


def _agrees(order: OrderRecord, fact: _Fact) -> bool:
    shown = _value(order, fact.field)
    if isinstance(shown, Decimal):
        return bool(fact.value == shown or (fact.loose and fact.value == shown * 100))
    if isinstance(shown, datetime):
        told: datetime = fact.value.replace(microsecond=0)
        # Many pages leave the seconds out.
        return bool(shown in {told, told.replace(second=0)})
    if fact.value == "paid":
        return shown in {"paid", *_AFTER_PAYMENT}
    return bool(shown == fact.value)


def _is_time(fact: _Fact) -> bool:
    return isinstance(fact.value, datetime)


def _is_other_zone(order: OrderRecord, fact: _Fact) -> bool:
    """Say whether a time that names no zone is the page's in another one."""
    shown = _value(order, fact.field)
    if not (fact.loose and isinstance(shown, datetime)):
        return False
    apart: float = abs((shown - fact.value).total_seconds())
    return apart % 3600 == 0 and apart <= _MOST_APART


def _records(document: Document, own: JsonWords, steps: Iterator[int]) -> Iterator[Record]:
    """Yield the order-like objects of a document, outermost first, in at most `steps`."""
    path = document.place.partition("://")[2].partition("/")[2]
    if words.BESIDE_ADDRESS.search(path):
        return
    try:
        tree = json.loads(document.text, parse_int=_Number, parse_float=_Number,
                          parse_constant=lambda _: None)  # fmt: skip
    except (ValueError, RecursionError):
        return
    stack: list[tuple[Any, str, int]] = [(tree, "$", 0)]
    while stack and next(steps, None) is not None:
        node, path, depth = stack.pop()
        if isinstance(node, dict):
            record = _record(node, path, document, own)
            if record is not None:
                yield record
            if record is not None and record.numbers:
                continue  # what an order is made of is not an order
        if depth < MAX_DEPTH:
            stack.extend((value, where, depth + 1) for value, where in _inside(node, path))


def _inside(node: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Yield the objects and lists in a node with their paths, the last first."""
    if isinstance(node, list):
        for index in range(len(node) - 1, -1, -1):
            if isinstance(node[index], dict | list):
                yield node[index], f"{path}[{index}]"
    elif isinstance(node, dict):
        for name in reversed(node):
            if isinstance(node[name], dict | list) and not words.BESIDE.search(name):
                yield node[name], _step(path, name)


def _step(path: str, name: str) -> str:
    """Return the path of a member (RFC 9535)."""
    return f"{path}.{name}" if _PLAIN_KEY.fullmatch(name) else f"{path}[{name[:80]!r}]"


def _record(
    node: Mapping[str, Any], path: str, document: Document, own: JsonWords
) -> Record | None:
    members: dict[str, list[tuple[str, str]]] = {}
    for name, value in node.items():
        if isinstance(value, str) and 0 < len(value.strip()) <= 100:
            plain = words.plain(name)
            members.setdefault(own.keys.get(plain, plain), []).append((name, value))
    if _TELLING.isdisjoint(members):
        return None

    def source(name: str, text: str) -> Source:
        where = document.place
        if document.artifact is not None:
            where = f"{where} {_step(path, name)}"
        said = text if text in document.text else json.dumps(text)[1:-1]
        return Source(artifact=document.artifact, selector=where, text=said)

    facts = tuple(_facts(members, source, own))
    fields = {fact.field for fact in facts}
    found = _of(members, "number")
    if "amount" in fields and "created_at" in fields:
        found += _of(members, "weak_number")
    numbers = frozenset(text.strip() for _, text in found)
    timed = not fields.isdisjoint(words.MOMENTS)
    return Record(numbers, facts) if numbers or ("amount" in fields and timed) else None


_TELLING = frozenset[str]().union(
    *(words.KEYS[field] for field in ("number", "weak_number", "paid_amount", "amount"))
)
_Members = Mapping[str, list[tuple[str, str]]]
_MakeSource = Callable[[str, str], Source]


def _of(members: _Members, field: str) -> list[tuple[str, str]]:
    """Return the members whose keys say a field, as they stand."""
    keys = words.KEYS[field]
    return [one for key, found in members.items() if key in keys for one in found]


def _facts(members: _Members, source: _MakeSource, own: JsonWords) -> Iterator[_Fact]:
    paid = _of(members, "paid_amount")
    reduced = any(_positive(text) for _, text in _of(members, "discount"))
    for name, text in paid or (() if reduced else _of(members, "amount")):
        amount = _positive(text)
        if amount:
            yield _Fact("amount", amount, source(name, text), text.strip().isdecimal())
    for field in words.MOMENTS:
        for name, text in _of(members, field):
            at = _moment(text)
            if at is not None:
                loose = not (_UNIX.fullmatch(text.strip()) or _ZONE.search(text))
                yield _Fact(field, at, source(name, text), loose)
    for name, text in _of(members, "quantity"):
        if text.isdecimal() and len(text) < 7:
            yield _Fact("items.0.quantity", int(text), source(name, text))
    for name, text in _of(members, "currency"):
        if text in CURRENCIES:
            yield _Fact("currency", text, source(name, text))
    yield from _states(members, source, own.states)


def _states(
    members: _Members, source: _MakeSource, codes: Mapping[str, Mapping[str, Status]]
) -> Iterator[_Fact]:
    """Yield the state; of two axes the one that decides, of contradictions none."""
    paid, delivered = (
        [
            (state, source(name, text))
            for name, text in _of(members, axis)
            for state in [_state(name, text, codes)]
            if state != "unknown"
        ]
        for axis in ("status", "delivery_status")
    )
    if len({state for state, _ in paid}) > 1 or len({state for state, _ in delivered}) > 1:
        return
    if paid and delivered:
        state = combine(paid[0][0], delivered[0][0])
        decides = delivered[0] if state == delivered[0][0] != paid[0][0] else paid[0]
        yield _Fact("status", state, decides[1])
    elif paid:
        yield _Fact("status", paid[0][0], paid[0][1])


def _state(name: str, text: str, codes: Mapping[str, Mapping[str, Status]]) -> Status:
    code = codes.get(words.plain(name), {}).get(text.strip())
    return code or (status_of(text) if cjk_count(text) else "unknown")


def _positive(text: str) -> Decimal | None:
    amount = money(text)
    return amount.value if amount is not None and amount.value > 0 else None


def _moment(text: str) -> datetime | None:
    """Read Unix seconds or milliseconds, or a written time; without a zone `T` says nothing."""
    plain = text.strip()
    if _UNIX.fullmatch(plain):
        seconds = int(plain[:10])
        return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI)
    if _UNZONED.fullmatch(plain):
        return None
    return moment(plain)
