"""Compare what was seen with the witness: the order field by field, then text and picture.

The witness is a second visit from the same computer; it agrees only if the session was lent, since
without it the shop may have answered with another page. There is no third, anonymous visit: it
would come from the same computer, get the login page of most shops, and double what the shop sees
of us, which may lock the account in the very moment of the dispute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from helper.messages import LANGUAGES, Language
from helper.messages import text as tell
from helper.model import (
    Corroboration,
    FieldComparison,
    PictureComparison,
    Session,
    TextComparison,
    Verdict,
)
from scrapers.record import OrderRecord, Secret

KEY_FIELDS: Final = frozenset({"order_no", "amount", "status"})
"""Fields without which a reading does not confirm the other."""
_LEFT_OUT = frozenset({"schema_", "sources", "warnings", "url", "platform"})
_UNKNOWN = "unknown"


class _Value(NamedTuple):
    """A field as shown, and as compared."""

    shown: str
    compared: object


def compare(
    seen: OrderRecord | None,
    witness: OrderRecord | None,
    *,
    session: Session,
    session_wanted: bool = False,
    seen_at: datetime | None,
    witness_at: datetime | None,
    reason: str | None = None,
) -> Corroboration:
    """Return verdict, reason and all fields that a source supports in either reading.

    `witness_at` None means that there was no visit; `reason` is the code why there was none, or
    why it read no order. `session_wanted` says that a
    session was promised; if it is not lent all the same, it did not arrive.
    """
    fields = tuple(_fields(seen, witness))
    verdict, why = _verdict(
        seen, witness, fields, visited=witness is not None or witness_at is not None
    )
    if verdict not in {"no_order", "no_witness"} and session == "not_lent":
        verdict = "not_comparable"
        why = "session_did_not_arrive" if session_wanted else "session_not_lent"
    elif witness is None and verdict != "no_order":
        why = reason or why
    return Corroboration(
        verdict=verdict,
        reason=why,
        session=session,
        seen_at=seen_at,
        witness_at=witness_at,
        fields=fields,
    )


def complete(
    found: Corroboration, text: TextComparison | None, picture: PictureComparison | None
) -> Corroboration:
    """Add text, picture and the verdict in plain words.

    The verdict stays that of the fields; where they agree, other text is the reason given.
    """
    reason = found.reason
    if found.verdict == "agree" and text is not None and text.state == "differs":
        reason = "text_differs"
    later = None
    if found.seen_at is not None and found.witness_at is not None:
        later = round((found.witness_at - found.seen_at).total_seconds(), 1)
    whole = found.model_copy(
        update={"reason": reason, "text": text, "picture": picture, "seconds_later": later}
    )
    said = {language: " ".join(sentences(whole, language)) for language in LANGUAGES}
    return whole.model_copy(update={"said": said})


def sentences(found: Corroboration, language: Language) -> Iterator[str]:
    """Yield the verdict, its reason, when the second visit was, and what of text and picture."""
    yield tell(f"corroboration.{found.verdict}", language)
    if found.reason is not None:
        yield tell(f"corroboration.{found.reason}", language)
    if found.seconds_later is not None and found.witness_at is not None:
        at = found.witness_at.isoformat(timespec="seconds")
        hours, rest = divmod(round(abs(found.seconds_later)), 3600)
        key = "hours_later" if hours else "later" if found.seconds_later >= 0 else "earlier"
        words = {
            "hours": hours,
            "minutes": rest // 60,
            "seconds": f"{abs(found.seconds_later):.0f}",
        }
        yield tell(f"said.{key}", language, at=at, **words)
    differing = [field.field for field in found.fields if field.state == "differs"]
    if differing:
        yield tell("said.fields", language, fields=", ".join(differing))
    if found.text is not None:
        yield tell(f"said.text.{found.text.state}", language, count=found.text.changed,
                   why=_why(found.text.reason, language))  # fmt: skip
        if found.text.explained:
            yield tell("said.ticking", language, count=found.text.explained)
    if found.picture is not None:
        share = f"{(found.picture.share or 0) * 100:.1f}"
        yield tell(f"said.picture.{found.picture.state}", language, share=share,
                   why=_why(found.picture.reason, language))  # fmt: skip


def _why(reason: str | None, language: Language) -> str:
    return tell(f"corroboration.{reason}", language) if reason else ""


def _verdict(
    seen: OrderRecord | None,
    witness: OrderRecord | None,
    fields: tuple[FieldComparison, ...],
    *,
    visited: bool,
) -> tuple[Verdict, str | None]:
    if seen is None:
        return "no_order", None
    if not visited:
        return "no_witness", "no_visit"
    if witness is None:
        return "not_comparable", "witness_no_order"
    return _judge({field.field: field.state for field in fields})


def _judge(states: Mapping[str, str]) -> tuple[Verdict, str | None]:
    once = {name for name, state in states.items() if state in {"only_seen", "only_witness"}}
    if "differs" in states.values():
        other_order = states.get("order_no") == "differs"
        return "differs", "other_order" if other_order else "values_differ"
    if "agree" not in states.values():
        return "not_comparable", "nothing_in_common"
    if once & KEY_FIELDS:
        return "differs", "key_field_only_once"
    return "agree", "some_only_once" if once else None


def _fields(seen: OrderRecord | None, witness: OrderRecord | None) -> Iterator[FieldComparison]:
    ours = _supported(seen)
    theirs = _supported(witness)
    for name in (*ours, *(name for name in theirs if name not in ours)):
        mine, other = ours.get(name), theirs.get(name)
        if mine is None:
            state = "only_witness"
        elif other is None:
            state = "only_seen"
        else:
            state = "agree" if mine.compared == other.compared else "differs"
        yield FieldComparison.model_validate(
            {
                "field": name,
                "seen": mine.shown if mine else None,
                "witness": other.shown if other else None,
                "state": state,
            }
        )


def _supported(order: OrderRecord | None) -> dict[str, _Value]:
    """Return the leaves that have a source, their own or that of what they are part of."""
    if order is None:
        return {}
    return {
        name: value
        for name, value in _leaves("", order)
        if any(name == source or name.startswith(f"{source}.") for source in order.sources)
    }


def _leaves(path: str, value: Any) -> Iterator[tuple[str, _Value]]:
    if isinstance(value, Secret):
        yield path, _Value(value.masked, value.sha256)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if path or name not in _LEFT_OUT:
                yield from _leaves(f"{path}.{name}" if path else name, getattr(value, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves(f"{path}.{index}", item)
    elif isinstance(value, datetime):
        yield path, _Value(value.isoformat(), value.astimezone(UTC))
    elif isinstance(value, Decimal):
        yield path, _Value(format(value, "f"), value)
    elif value is not None and value != _UNKNOWN:
        yield path, _Value(str(value), value)
