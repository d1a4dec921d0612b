"""What an order says, where it stands, and which exhibits show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from helper.complaints import exhibits as choosing
from helper.complaints import packaged
from helper.complaints.visible import hidden_fields
from helper.complaints.wording import money
from helper.model import CaseView, Exhibit
from scrapers.record import Item, OrderRecord, Secret, on_page

_BILL_FIELDS = frozenset({"amount", "payment.paid_at", "payment.trade_no", "payment.method_text"})
_PROOF = {
    "not_delivered": ("account_record",),
    "dead_code": ("redeem_error", "redeem_record", "recording"),
    "duplicate_charge": ("payment",),
    "refund_missing": ("payment",),
    "failed_no_refund": ("payment",),
    "not_as_described": ("product", "received"),
}
"""Issue to the kinds of own files that show what is complained of."""


@dataclass(frozen=True)
class Figures:
    """The order of a case, as its page shows it, with its exhibits.

    `agreed` fields looked alike at the second visit.
    """

    order: OrderRecord
    exhibits: tuple[Exhibit, ...]
    main: tuple[int, ...]
    """Numbers of the exhibits of the order page as seen; never empty."""
    again: tuple[int, ...]
    attached: Mapping[str, tuple[int, ...]]
    """Numbers of the user's own files by kind."""
    agreed: frozenset[str]
    seen_at: datetime
    hidden: frozenset[str] = frozenset()
    """Fields that the page's code holds and no picture shows."""
    files: tuple[int, ...] = ()
    """Numbers of the page's own file, there to show what is hidden."""
    words: Mapping[str, Any] = field(default_factory=packaged.words)
    """What its sentences are worded with."""

    def by_user(self, *paths: str) -> bool:
        """Tell whether the user gave one of these fields."""
        sources = self.order.sources
        return any(sources[p].artifact == "user" for p in paths if p in sources)

    def is_hidden(self, path: str) -> bool:
        """Tell whether only the page's own file, which is an exhibit, shows a field."""
        return path in self.hidden and bool(self.files)

    def unproven(self, path: str) -> bool:
        """Tell whether only the user's word stands for a field."""
        return self.by_user(path) and not (path in _BILL_FIELDS and self.bills)

    def cite(self, paths: Iterable[str]) -> tuple[int, ...]:
        """Return the exhibits that show these fields; the order page where none is named."""
        named = list(paths)
        from_bill = [path for path in named if self.by_user(path) and path in _BILL_FIELDS]
        coded = [path for path in named if self.is_hidden(path)]
        shown = [path for path in named if not self.by_user(path) and path not in coded]
        proven = coded or (from_bill and self.bills)
        numbers = list(self.main[:1]) if shown or not proven else []
        if self.agreed.intersection(shown):
            numbers += self.again[:1]
        if coded:
            numbers += self.files
        if from_bill:
            numbers += self.bills
        return tuple(dict.fromkeys(numbers))

    def proof(self, issue: str) -> tuple[int, ...]:
        """Return the user's own files that show what is complained of."""
        kinds = _PROOF.get(issue, ())
        return tuple(number for kind in kinds for number in self.attached.get(kind, ()))

    @property
    def bills(self) -> tuple[int, ...]:
        """Return the payment bills among the exhibits."""
        return self.attached.get("payment", ())

    @property
    def amount(self) -> str | None:
        """The amount of the order as text, None where it is not known or not above zero."""
        value = self.order.amount
        return money(value, self.order.currency) if value is not None and value > 0 else None

    @property
    def refunded(self) -> str | None:
        """The amount that the page shows as refunded."""
        value = self.order.refunded
        return money(value, self.order.currency) if value is not None and value > 0 else None

    @property
    def partly_refunded(self) -> bool:
        """Tell whether a part of the money came back."""
        order = self.order
        if order.status == "partially_refunded":
            return True
        known = order.refunded is not None and order.amount is not None
        return known and 0 < (order.refunded or 0) < (order.amount or 0)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that have a name."""
        return tuple(item for item in self.order.items if item.title and item.title.strip())

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The delivered codes, masked."""
        return self.order.delivery.secrets


def figures(
    case: CaseView,
    order: OrderRecord,
    chosen: tuple[Exhibit, ...],
    page_text: str | None = None,
    *,
    words: Mapping[str, Any] | None = None,
) -> Figures | None:
    """Join order and exhibits; None where no exhibit shows the order's page.

    `page_text` is what the page showed, None where that is not known.
    """
    capture = choosing.main_capture(case)
    if capture is None:
        return None
    others = ("attachment", choosing.CHAT)
    own = [e for e in chosen if e.capture_id == capture.capture_id and e.role not in others]
    files = tuple(e.number for e in own if e.role in choosing.PAGE_FILES)
    pictures = [e for e in own if e.number not in files]
    seen = tuple(e.number for e in pictures if e.role.startswith("seen/"))
    again = tuple(e.number for e in pictures if e.role.startswith("witness/"))
    if not pictures:
        return None
    order = on_page(order)
    return Figures(
        order=order,
        exhibits=chosen,
        main=seen or again,
        again=again if seen else (),
        attached=_attached(case, chosen),
        agreed=choosing.agreed_fields(capture),
        seen_at=capture.meta.clicked_at,
        hidden=hidden_fields(order, page_text),
        files=files,
        words=words or packaged.words(),
    )


def _attached(case: CaseView, chosen: tuple[Exhibit, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for exhibit in chosen:
        kind = choosing.kind_of(case, exhibit)
        if kind:
            found[kind] = (*found.get(kind, ()), exhibit.number)
    return found
