"""What happened around an order besides its pages: contacts, answers, refunds, who the shop is.

Each record is the user's own word unless a capture shows it (`capture_id`).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, Field, PlainSerializer, StringConstraints

from scrapers.record import Chat, Frozen, Money, Operator, Product, Terms

Moment = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat, when_used="json")]
Side = Literal["merchant", "platform", "payment", "authority", "association", "court", "police",
               "other"]  # fmt: skip
Outcome = Literal["accepted", "refused", "silent", "partial", "coupon", "resolved", "ended"]
"""accepted: taken up, nothing done yet; ended: closed or terminated without a result."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]

MOST_MONEY: Final = Decimal("999999999.99")
"""No single payment or refund is larger; what is, is a slip of the key."""


class Contact(Frozen):
    """A talk with the other side: `said` in the user's words, `promised` in theirs."""

    kind: Literal["contact"] = "contact"
    at: Moment
    way: Literal["chat", "phone", "ticket", "email", "letter", "sms", "in_person", "other"]
    side: Side = "merchant"
    who: Name | None = None
    agent_no: Name | None = None
    said: Words = ""
    promised: Words | None = None
    promised_by: Moment | None = None
    capture_id: str | None = None


class Answer(Frozen):
    """What a channel answered to a complaint; `number` names the filing where there are several.

    `by` is how the answer came; `offered` the sum of money offered.
    """

    kind: Literal["answer"] = "answer"
    at: Moment
    channel: Name
    outcome: Outcome
    number: Name | None = None
    by: Literal["message", "sms", "phone", "email", "letter", "page", "other"] = "other"
    said: Words = ""
    offered: Money | None = None
    promised_by: Moment | None = None
    capture_id: str | None = None


class Refund(Frozen):
    """Money that came back."""

    kind: Literal["refund"] = "refund"
    at: Moment
    amount: Money
    currency: Name | None = "CNY"
    capture_id: str | None = None


class Party(Frozen):
    """What is known of who is complained of; `found_in` is where it was read.

    `role` seller: the own-site seller or the merchant on a platform; platform: the marketplace;
    payee: whom the payment went to.
    """

    kind: Literal["party"] = "party"
    role: Literal["seller", "platform", "payee"] = "seller"
    name: Annotated[Name, StringConstraints(min_length=1)]
    code: Name | None = None
    """统一社会信用代码"""
    address: Name | None = None
    phone: Name | None = None
    registry: Name | None = None
    """登记机关"""
    found_in: Literal["bill", "footer", "icp", "register", "platform_page", "user"] = "user"
    capture_id: str | None = None


class Answers(Frozen):
    """What the user answered to the questions of an issue."""

    kind: Literal["answers"] = "answers"
    issue: Name
    answers: dict[Name, Any]


Dealing = Annotated[Contact | Answer | Refund | Party | Answers, Field(discriminator="kind")]


class Entry(Frozen):
    """One dealing as kept; entries are never changed, a wrong one is taken back."""

    entry_id: str
    added_at: Moment
    what: Dealing


class Walk(Frozen):
    """The place of a page in a chain that was kept as the user walked; `from_url` came before."""

    session: Annotated[
        str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    ]
    step: int = Field(ge=1, le=999)
    from_url: str | None = None


class Edit(Frozen):
    """The user's own words for the sentence with this `key`.

    `replaced` is what we said there when they were written, `ours` what we say there in this
    version of the draft; None: this version has no such sentence, and the words wait.
    """

    key: str
    text: str
    replaced: str
    ours: str | None
    at: Moment


class Shown(Frozen):
    """What a captured page says besides orders, bounded for a draft.

    `chat` holds what the shop's side said and all pledges, newest 100; `terms` the clauses that
    have a topic, first 60. `complaint_url` is where it links to the shop's complaint form.
    """

    page_kind: str = "other"
    product: Product | None = None
    chat: Chat | None = None
    terms: Terms | None = None
    operator: Operator | None = None
    complaint_url: str | None = None
