"""What each exhibit is worth by 真实性, 合法性 and 关联性: what stands for each, what is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from helper import messages
from helper.complaints import exhibits as choosing
from helper.complaints.figures import Figures
from helper.complaints.held import confirmed, order_numbers
from helper.complaints.wording import clean, moment
from helper.messages import Language
from helper.model import Artifact, CaptureView, CaseView, Exhibit
from scrapers.record import Frozen

Key = Literal["authenticity", "legality", "relevance"]
Point = tuple[str, bool, dict[str, str]]
"""Name of the sentence, whether it stands for the property, values of the sentence."""
_ADDRESS = frozenset({"seen/sheet", "seen/window", "witness/sheet", "witness/window"})


class Property(Frozen):
    """One of the three properties: sentences on what stands for it and on what is open."""

    key: Key
    name: str
    stands: tuple[str, ...]
    open: tuple[str, ...]


class ExhibitWorth(Frozen):
    """The three properties of an exhibit."""

    number: int
    label: str
    properties: tuple[Property, ...]


def worths(
    case: CaseView, seen: Figures, *, language: Language = "zh_CN"
) -> tuple[ExhibitWorth, ...]:
    """Return the properties of every exhibit, in their order."""
    captures = {capture.capture_id: capture for capture in case.captures}
    return tuple(
        _worth(case, seen, exhibit, captures[exhibit.capture_id], language)
        for exhibit in seen.exhibits
        if exhibit.capture_id in captures
    )


def _worth(
    case: CaseView, seen: Figures, exhibit: Exhibit, capture: CaptureView, language: Language
) -> ExhibitWorth:
    artifact = next((a for a in capture.artifacts if a.sha256 == exhibit.sha256), None)
    brought = artifact if exhibit.role == "attachment" else None
    points: dict[Key, Iterator[Point]] = {
        "authenticity": _authenticity(exhibit, capture, brought),
        "legality": iter(
            [("own_browser", True, {}) if brought is None else ("lawful_if", False, {})]
        ),
        "relevance": _relevance(case, seen, capture, brought),
    }
    properties = tuple(_property(key, found, language) for key, found in points.items())
    return ExhibitWorth(number=exhibit.number, label=exhibit.label, properties=properties)


def _property(key: Key, points: Iterator[Point], language: Language) -> Property:
    said: dict[bool, list[str]] = {True: [], False: []}
    for name, stands, values in points:
        said[stands].append(messages.text(f"proof.worth.{name}", language, **values))
    name = messages.text(f"proof.worth.{key}", language)
    return Property(key=key, name=name, stands=tuple(said[True]), open=tuple(said[False]))


def _authenticity(
    exhibit: Exhibit, capture: CaptureView, brought: Artifact | None
) -> Iterator[Point]:
    stamped = [s.stamped_at for s in capture.stamps if confirmed(s) and s.stamped_at is not None]
    yield ("sealed" if capture.seals else "unsealed"), bool(capture.seals), {}
    yield (
        ("stamped" if stamped else "unstamped"),
        bool(stamped),
        {"at": moment(min(stamped)) if stamped else ""},
    )
    if brought is not None:
        covered = brought.about.get("kind") == "redacted"
        yield (
            "covered" if covered else "extract" if "payment" in brought.about else "brought",
            False,
            {},
        )
        return
    visible = exhibit.role in _ADDRESS
    yield ("address" if visible else "no_address"), visible, {}
    agreed = bool(choosing.agreed_fields(capture))
    yield ("agreed" if agreed else "not_agreed"), agreed, {}


def _relevance(
    case: CaseView, seen: Figures, capture: CaptureView, brought: Artifact | None
) -> Iterator[Point]:
    number = clean(seen.order.order_no)
    known = {"order_no": number}
    if brought is not None:
        yield (*_of_file(seen, brought), known)
    elif capture.meta.receipt_for is not None:
        yield "receipt", True, known
    elif capture.order is not None and capture.order.order_no in order_numbers(case):
        yield "shows_order", True, {"order_no": clean(capture.order.order_no)}
    elif number and _chat_names(capture, number):
        yield "chat_names_order", True, known
    else:
        yield "no_order", False, known


def _of_file(seen: Figures, brought: Artifact) -> tuple[str, bool]:
    """Return the sentence on a file of the user: only a bill that Kazheng read says its number."""
    bill = brought.about.get("payment")
    if not bill:
        return "not_read", False
    own = {seen.order.order_no, seen.order.payment.trade_no} - {None}
    same = bool(own & {bill.get("trade_no"), bill.get("merchant_no")})
    return ("bill_same_number", True) if same else ("bill_other_number", False)


def _chat_names(capture: CaptureView, number: str) -> bool:
    chat = capture.shown.chat if capture.shown else None
    return chat is not None and any(number in message.text for message in chat.messages)
