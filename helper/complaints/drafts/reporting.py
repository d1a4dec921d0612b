"""Sentences on what went before, on the reason of a claim, and on sums that are claimed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from helper.complaints.drafts import around
from helper.complaints.drafts.matter import Writing
from helper.complaints.exhibits import name_of
from helper.complaints.wording import exhibits, money, quoted
from helper.dealings import Answer
from helper.model import Sentence

_UPSTREAM = re.compile(r"上游|供货|货源|通道|供应商|渠道|第三方|厂家|商家自己|与平台无关")
_NO_REFUND = re.compile(r"不退|不予退|不能退|无法退|不支持退")


def diagnosis(this: Writing) -> Iterator[Sentence]:
    """Say why what was done before did not solve the matter, as far as the case tells."""
    words = this.seen.words["diagnosis"]
    answers = [e.what for e in this.case.entries if isinstance(e.what, Answer)]
    if not answers:
        yield _own(this, "diagnosis", words["silent"], None)
        return
    last = max(answers, key=lambda one: one.at)
    said = quoted(last.said, 120)
    text = words["answer" if said else "unexplained"].format(said=said, mark="{mark}")
    yield _own(this, "diagnosis", text, last.capture_id)
    if _UPSTREAM.search(last.said):
        yield _own(this, "shift", words["shift"], None)
    elif _NO_REFUND.search(last.said) and this.issue in words["no_refund"]:
        yield _own(this, "no_refund", words["no_refund"][this.issue], None)


def reason(this: Writing) -> Sentence:
    """Say why the facts support the claim: 事实与理由 needs both (民诉法 124)."""
    text = this.seen.words["reasons"][this.issue]
    return Sentence(text=text, exhibits=this.seen.main[:1], key="reason")


def _own(this: Writing, key: str, text: str, capture_id: str | None) -> Sentence:
    """Return a sentence marked with what shows it, else as the user's own."""
    number = around.number_of(this.seen, capture_id) if capture_id else None
    numbers = (number,) if number is not None else ()
    mark = f"（{exhibits(numbers)}）" if numbers else this.seen.words["stated"]
    return Sentence(text=text.replace("{mark}", mark), exhibits=numbers, key=key,
                    stated=not numbers)  # fmt: skip


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
