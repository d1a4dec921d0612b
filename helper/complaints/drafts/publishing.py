"""The version of a text that anybody may read: no code, account, number or name of staff in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from helper.complaints.documents import document
from helper.complaints.lint import masked
from helper.complaints.lint.private import HASHED
from helper.dealings import Answer, Contact, Party
from helper.model import CaseView, Draft, Sentence
from scrapers.record import OrderRecord

_EMPTY = re.compile(
    r"^订单号 \*{4}(?:（本人填写）)?：|，订单页显示卡密 \*{4}(?:、\*{4})*(?: 等)?（部分字符已遮盖）"
)
_NOT_PUBLIC = frozenset({"trade_no", "contact"})
"""Fields that a public form does not get at all; the order number has a field of its own there."""


def is_public(draft: Draft) -> bool:
    """Tell whether anybody will read what this draft says."""
    return document(draft.channel, draft.document).public


def private_of(case: CaseView) -> tuple[str, ...]:
    """Return all values of a case that are nobody else's business; of a code mask and hash."""
    found = [*(_of_order(case.order) if case.order else ()), *_of_dealings(case), *_of_chats(case)]
    return tuple(dict.fromkeys(value for value in found if value))


def published(sentences: tuple[Sentence, ...], private: tuple[str, ...]) -> tuple[Sentence, ...]:
    """Return the sentences with all that is private covered, without what is nothing but that."""
    covered = (one.model_copy(update={"text": masked(one.text, private)}) for one in sentences)
    told = (one.model_copy(update={"text": _EMPTY.sub("", one.text)}) for one in covered)
    return tuple(one for one in told if not one.key.endswith(".account"))


def published_fields(fields: Mapping[str, str], private: tuple[str, ...]) -> dict[str, str]:
    """Return the fields of a public form; the order number stands only in its own."""
    return {
        name: value if name == "order_no" else masked(value, private)
        for name, value in fields.items()
        if name not in _NOT_PUBLIC
    }


def _of_order(order: OrderRecord) -> Iterator[str | None]:
    yield from (order.order_no, order.payment.trade_no, order.recharge_account)
    yield from (order.buyer_contact, order.seller.contact)
    for secret in order.delivery.secrets:
        yield from (secret.masked, HASHED + secret.sha256)


def _of_dealings(case: CaseView) -> Iterator[str | None]:
    yield from (filing.number for filing in case.filings)
    for what in (entry.what for entry in case.entries):
        if isinstance(what, Contact):
            yield from (what.who, what.agent_no)
        elif isinstance(what, Answer):
            yield what.number
        elif isinstance(what, Party):
            yield from (what.phone, what.address)


def _of_chats(case: CaseView) -> Iterator[str | None]:
    for view in case.captures:
        chat = view.shown.chat if view.shown else None
        if chat is not None:
            yield chat.agent
            for message in chat.messages:
                yield message.agent_no
                yield message.speaker if message.side != "buyer" else None
