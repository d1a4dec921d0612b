"""Sentences on what went before, on leads for an authority, and on sums that are claimed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from helper.complaints import packaged
from helper.complaints.drafts import around
from helper.complaints.drafts.legal import is_consumer
from helper.complaints.drafts.matter import Writing
from helper.complaints.exhibits import name_of
from helper.complaints.law import article
from helper.complaints.wording import exhibits, money, quoted
from helper.dealings import Answer
from helper.model import Sentence

_UPSTREAM = re.compile(r"上游|供货|货源|通道|供应商|渠道|第三方|厂家|商家自己|与平台无关")
_LEADS = {
    "not_delivered": ("promise", "consumer_rules_12"),
    "dead_code": ("quality", "consumer_23"),
    "not_as_described": ("description", "consumer_20"),
    "failed_no_refund": ("delay", "consumer_56"),
    "refund_missing": ("delay", "consumer_56"),
}


def diagnosis(this: Writing) -> Iterator[Sentence]:
    """Say why what was done before did not solve the matter, as far as the case tells."""
    words, main = this.seen.words, this.seen.main[:1]
    answers = [e.what for e in this.case.entries if isinstance(e.what, Answer)]
    cite = f"（{exhibits(main)}）"
    if not answers:
        yield Sentence(
            text=words["diagnosis"]["silent"].format(cite=cite), exhibits=main, key="diagnosis"
        )
        return
    last = max(answers, key=lambda one: one.at)
    outcome = words["around"]["outcomes"][last.outcome]
    text = words["diagnosis"]["answer"].format(outcome=outcome, cite=cite)
    yield Sentence(text=text, exhibits=main, key="diagnosis")
    if _UPSTREAM.search(last.said):
        text = words["diagnosis"]["shift"].format(order=this.values["order"], cite=cite)
        yield Sentence(text=text, exhibits=main, key="shift")


def added(this: Writing) -> Iterator[Sentence]:
    """Name the exhibits that were kept after the first complaint."""
    began = [f.at for f in this.case.filings]
    began += [e.what.at for e in this.case.entries if isinstance(e.what, Answer)]
    kept = {view.capture_id: view.meta.clicked_at for view in this.case.captures}
    late = [one for one in this.seen.exhibits if began and kept[one.capture_id] > min(began)]
    if late:
        labels = "、".join(f"证据{one.number} {name_of(one)}" for one in late)
        numbers = tuple(one.number for one in late)
        yield Sentence(
            text=this.seen.words["added"].format(labels=labels), exhibits=numbers, key="added"
        )


def leads(this: Writing) -> Iterator[Sentence]:
    """Name what may be against the rules, each with the words of the rule and the proof."""
    form, key = _LEADS.get(this.issue, ("", ""))
    promise = quoted(this.seen.order.delivery.promised_text)
    consumer = is_consumer(this.seen, this.answers.get("resale"))
    if form and (form != "promise" or promise) and consumer:
        numbers = this.seen.cite(["delivery.promised_text" if form == "promise" else "status_text"])
        numbers = tuple(dict.fromkeys([*numbers, *this.seen.proof(this.issue)]))
        yield _lead(this, form, key, numbers, promise=promise)
    yield from _clauses(this)


def _lead(this: Writing, form: str, key: str, numbers: tuple[int, ...], **values: str) -> Sentence:
    rule = article(key)
    assert rule is not None
    quote = packaged.data("quotes")[key]
    values |= {"short": rule.short, "law": rule.short, "article": rule.article, "quote": quote}
    text = this.seen.words["leads"][form].format(cite=f"（{exhibits(numbers)}）", **values)
    return Sentence(text=text, exhibits=numbers, key=f"lead_{form}")


def _clauses(this: Writing) -> Iterator[Sentence]:
    for view in this.case.captures:
        number = around.number_of(this.seen, view.capture_id)
        terms = view.shown.terms if view.shown else None
        if number is None or terms is None:
            continue
        for clause in (one for one in terms.clauses if around.UNFAIR.search(one.text)):
            words = quoted(clause.text, 80)
            values = {"name": quoted(terms.name, 40), "clause": around.clause_of(clause.number)}
            yield _lead(this, "clause", "online_trade_21", (number,), words=words, **values)


def claims(this: Writing) -> Iterator[Sentence]:
    """Ask for the sums that the case supports beside the money paid."""
    form = this.seen.words["claims"].get(this.of.to)
    for one in this.claims if form else ():
        numbers = one.exhibits or this.seen.main[:1]
        text = form.format(
            name=one.name,
            amount=money(one.amount or Decimal(0), one.currency),
            formula=one.formula,
            cite=f"（{exhibits(numbers)}）",
        )
        yield Sentence(text=text, exhibits=numbers, key=f"claim_{one.key}")
