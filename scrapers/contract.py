"""What a platform file says: one frozen `Platform`, no base class, no registration.

An extractor sees a `Page` and nothing else: no clock, no network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from bs4 import BeautifulSoup

from scrapers.dom import Walk, attribute, walk
from scrapers.record import OrderRecord, Product, Status
from scrapers.select import Index

CUT_ID = "kazheng-cut"
FieldKind = Literal["text", "textarea", "select", "radio", "checkbox", "number", "date", "file"]
PageKind = Literal["order", "order_list", "order_post", "product", "complaint", "receipt"]


@dataclass(frozen=True)
class Page:
    """A saved page: its address, its parsed DOM, when it was captured (aware)."""

    url: str
    soup: BeautifulSoup
    captured_at: datetime | None = None

    @cached_property
    def index(self) -> Index:
        """Return the index of all elements, made once."""
        return Index(self.soup)

    @cached_property
    def walked(self) -> Walk:
        """Return the page's texts and form values in document order, collected once."""
        return walk(self.soup)

    @property
    def is_cut(self) -> bool:
        """Say whether the page was too large to be parsed whole."""
        return any(attribute(tag, "id") == CUT_ID for tag in self.index.select("wbr"))


@dataclass(frozen=True)
class FormField:
    """One field of a complaint form.

    `name` is the draft field that fills it (see `DRAFT_FIELDS`). `options` maps a draft value
    to the option's value, for `select` and `radio`. `accept` is that of a file field's HTML
    (`image/*`, `.pdf`); empty takes every file.
    """

    name: str
    selector: str
    kind: FieldKind
    required: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    max_length: int | None = None
    accept: str = ""


@dataclass(frozen=True)
class ComplaintForm:
    """Where a shop's complaint form is and how its fields are named.

    `path` is a regular expression on the path with query; `entry` is the selector of the link on
    an order page that leads to the form; `receipt_no` and `receipt_pattern` read the complaint
    number from the page after submission.
    """

    path: str
    selector: str
    fields: tuple[FormField, ...]
    entry: str | None = None
    receipt_no: str | None = None
    receipt_pattern: str | None = None


@dataclass(frozen=True)
class Deadline:
    """A clock of the shop's own rules: `hours` after the order's `start` field.

    With `whole_days` after the beginning of that day in China: 24 is the end of the same day.
    Its words are those of `due.<key>` in the catalogues, of `due.window` where they have none;
    `source` is where the shop says it.
    """

    key: str
    start: Literal["created_at", "paid_at"]
    hours: int
    source: str
    whole_days: bool = False


@dataclass(frozen=True)
class Toasts:
    """What a shop says of an order for seconds only.

    `states` maps its sentences to the state each one tells; `number` is the regular expression
    of an order number that was asked for.
    """

    number: str
    states: Mapping[str, Status]


@dataclass(frozen=True)
class JsonWords:
    """What only the system itself makes clear in its JSON, keys without `_`, in lower case.

    `keys` stand for other keys of `data/json_keys.json`; `states` are the codes of a key.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, Status]] = field(default_factory=dict)


@dataclass(frozen=True)
class Platform:
    """A shop system, recognised by fingerprint selectors; `hosts` only narrow.

    `path` maps page kinds to regular expressions on the path with query. A page of kind
    `order_post` came from a POST: it is never visited again.
    """

    key: str
    name: str
    hosts: tuple[str, ...]
    path: Mapping[PageKind, str]
    fingerprint: tuple[str, ...]
    extract: Callable[[Page], list[OrderRecord]]
    complaint_form: ComplaintForm | None = None
    deadlines: tuple[Deadline, ...] = ()
    product: Callable[[Page], Product | None] | None = None
    """Reads a page of kind `product`; None leaves it to the reader for unknown shops."""
    order_no: tuple[str, ...] = ()
    """Selectors of elements that show the order number, for the popup before the click."""
    toasts: Toasts | None = None
    json: JsonWords = JsonWords()


DRAFT_FIELDS = (
    "issue",
    "order_no",
    "product",
    "goods",
    "amount",
    "paid_at",
    "trade_no",
    "seller",
    "respondent",
    "respondent_address",
    "title",
    "description",
    "evidence",
    "demand",
    "demand_kind",
    "problem_kind",
    "contact",
    "attachments",
)
