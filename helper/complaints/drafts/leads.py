"""What a report to the market regulator may point to: each lead with its rule and its proof.

A breach of contract alone is none; what the case does not show is not suspected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from helper.complaints import packaged
from helper.complaints.drafts import around
from helper.complaints.drafts.legal import is_consumer
from helper.complaints.drafts.matter import Writing
from helper.complaints.due.deadlines import promised_by
from helper.complaints.law import article
from helper.complaints.wording import exhibits, moment, quoted
from helper.dealings import Answer, Contact
from helper.model import CaptureView, Sentence

_GENUINE = re.compile(r"正版|官方|授权|正品")
_DELAY = timedelta(days=15)
"""侵害消费者权益行为处罚办法 8, 10: longer is taken for deliberate delay."""
_MONEY_BACK = frozenset({"failed_no_refund", "refund_missing"})


def leads(this: Writing) -> Iterator[Sentence]:
    """Name what may be against the rules, each with the words of the rule and the proof."""
    if is_consumer(this.seen, this.answers.get("resale")):
        yield from _promise(this)
        yield from _statement(this)
        yield from _delay(this)
        yield from _clauses(this)
    yield from _licence(this)


def _lead(this: Writing, form: str, key: str, numbers: tuple[int, ...], **values: str) -> Sentence:
    rule = article(key)
    assert rule is not None
    quote = packaged.data("quotes")[key]
    values |= {"short": rule.short, "law": rule.short, "article": rule.article, "quote": quote}
    cite = f"（{exhibits(numbers)}）" if numbers else this.seen.words["stated"]
    text = this.seen.words["leads"][form].format(cite=cite, **values)
    return Sentence(text=text, exhibits=numbers, key=f"lead_{form}", stated=not numbers)


def _promise(this: Writing) -> Iterator[Sentence]:
    promise = quoted(this.seen.order.delivery.promised_text)
    by = promised_by(this.seen.order)
    if this.issue == "not_delivered" and promise and by is not None and by < this.seen.seen_at:
        numbers = this.seen.cite(["delivery.promised_text", "status_text"])
        yield _lead(this, "promise", "consumer_rules_12", numbers, promise=promise)


def _statement(this: Writing) -> Iterator[Sentence]:
    """Point to a statement on the goods that what came contradicts."""
    promise = quoted(this.seen.order.delivery.promised_text)
    proof = this.seen.proof(this.issue)
    if this.issue == "dead_code" and _GENUINE.search(promise) and proof:
        numbers = tuple(dict.fromkeys([*this.seen.cite(["delivery.promised_text"]), *proof]))
        yield _lead(this, "genuine", "consumer_20", numbers, promise=promise)
    if this.issue == "not_as_described" and this.facts:
        for view, number in around.kept(this.case, this.seen):
            goods = view.shown.product if view.shown else None
            says = quoted(goods.description, 80) if goods else ""
            if says:
                numbers = tuple(dict.fromkeys([number, *proof]))
                facts = this.facts.rstrip("。")
                yield _lead(this, "description", "consumer_20", numbers, says=says, facts=facts)


def _delay(this: Writing) -> Iterator[Sentence]:
    """Point to money that was asked back and not given: refused, or for more than 15 days."""
    if this.issue not in _MONEY_BACK:
        return
    dealt = [entry.what for entry in this.case.entries]
    asked = [one.at for one in this.case.filings if one.channel == "merchant_platform"]
    asked += [one.at for one in dealt if isinstance(one, Contact) and "退" in one.said]
    refused = [one for one in dealt if isinstance(one, Answer) and one.outcome == "refused"]
    if not asked or not (refused or this.now - min(asked) > _DELAY):
        return
    form = "refused" if refused else "delay"
    yield _lead(this, form, "consumer_56", this.before, asked=moment(min(asked)))


def _clauses(this: Writing) -> Iterator[Sentence]:
    for view, number in around.kept(this.case, this.seen):
        terms = view.shown.terms if view.shown else None
        for clause in terms.clauses if terms else ():
            if terms is not None and around.UNFAIR.search(clause.text):
                values = {"name": quoted(terms.name, 40), "clause": around.clause_of(clause.number)}
                words = quoted(clause.text, 80)
                yield _lead(this, "clause", "online_trade_21", (number,), words=words, **values)


def _licence(this: Writing) -> Iterator[Sentence]:
    """Point to a kept home page that names nobody who runs it."""
    for view, number in around.kept(this.case, this.seen):
        if _is_home(view) and view.shown is not None:
            runs = view.shown.operator
            if runs is None or not (runs.name or runs.code):
                yield _lead(this, "licence", "ecommerce_15", (number,))
                return


def _is_home(view: CaptureView) -> bool:
    parts = urlsplit(view.meta.url)
    return bool(parts.netloc) and parts.path in {"", "/"} and not parts.query
