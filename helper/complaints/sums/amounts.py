"""What may be asked for in money: each figure with its formula, its source and its condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from helper.complaints import packaged
from helper.complaints.dispute.asking import Said, say, yes
from helper.complaints.dispute.asking import issue as known_issue
from helper.complaints.figures import Figures
from helper.complaints.law import article
from helper.complaints.sums import reckoning
from helper.complaints.sums.basis import Basis, Sum, lacking, plain
from helper.complaints.wording import clean
from helper.dealings import Answer
from helper.messages import Language, text
from helper.model import CaseView, LawRef
from scrapers.money import normal
from scrapers.record import Frozen, Money

MONEY_ITSELF = frozenset({"refund", "part", "duplicate"})
"""The sums that are the money paid, not on top of it."""


class Claim(Frozen):
    """A sum that may be claimed. `amount` None: not known; `warning` then says what is missing.

    `allowed`: the case holds what `condition` asks for. `formula` shows the numbers, `source` says
    where they come from and which exhibit the user named, `exhibits` are the numbers of the proof.
    """

    key: str
    name: str
    amount: Money | None
    currency: str | None
    formula: str
    source: str
    condition: str
    law: tuple[LawRef, ...]
    exhibits: tuple[int, ...]
    allowed: bool
    warning: str | None


def claims(
    case: CaseView,
    issue: str,
    seen: Figures,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    language: Language = "zh_CN",
) -> tuple[Claim, ...]:
    """Return the sums that an issue can have, the money paid first; see `reckoning` for rounding.

    Raises InvalidError for an unknown issue.
    """
    known_issue(issue)
    basis = Basis(case, issue, seen, answers, now)
    sums = {key: reckoning.RECKONED[key](basis) for key in packaged.data("issues")[issue]["claims"]}
    if any(isinstance(e.what, Answer) and e.what.outcome == "coupon" for e in case.entries):
        sums["coupon"] = lacking("coupon")
    found = {key: one for key, one in sums.items() if one is not None}
    once = _once(found, answers)
    return tuple(_claim(key, one, key in once, basis, language) for key, one in found.items())


def total(found: Sequence[Claim]) -> Decimal:
    """Return the sum of what is allowed; all claims of an order are in its currency."""
    return sum((one.amount for one in found if one.allowed and one.amount), Decimal(0))


def excessive(
    demanded: Decimal, found: Sequence[Claim], *, language: Language = "zh_CN"
) -> Said | None:
    """Return the sentence that a demand goes beyond what is allowed, None where it does not.

    Where the money itself is not known, the sentence says that nothing could be compared.
    """
    values = {"demanded": plain(demanded)}
    if not any(one.key in MONEY_ITSELF and one.amount is not None for one in found):
        return say("demand_is", "unchecked", language, **values)
    allowed = total(found)
    if demanded <= allowed:
        return None
    values |= {"total": plain(allowed), "excess": plain(demanded - allowed)}
    return say("demand_is", "excessive", language, **values)


def _claim(key: str, one: Sum, covered: bool, of: Basis, language: Language) -> Claim:
    law = tuple(_law(_rows(key, of), yes(of.answers, "resale")))
    too_small = "too_small" if one.amount == 0 else ""
    problem = "counted_once" if covered else one.problem or too_small
    warnings = [say("claim_but", problem, language, **one.values).text] if problem else []
    price = reckoning.paid(of).amount if key not in {*MONEY_ITSELF, "tripled"} else None
    if price is not None and one.amount is not None and one.amount > price:
        warnings.append(say("claim_but", "above_price", language, price=plain(price)).text)
    sources = [say("claim_from", one.source, language, **one.values).text] if one.source else []
    if one.proof is not None:
        sources.append(say("claim_from", "proof", language, exhibit=one.proof.label).text)
    between = " " if language == "en" else ""
    return Claim(
        key=key,
        name=text(f"complaints.claim.{key}", language),
        amount=None if one.amount is None else normal(one.amount),
        currency=clean(of.seen.order.currency) or None,
        formula=one.formula,
        source=between.join(sources),
        condition=text(f"complaints.claim_if.{_condition(key, of)}", language),
        law=law,
        exhibits=one.exhibits,
        allowed=one.allowed and not covered,
        warning=between.join(warnings) or None,
    )


def _condition(key: str, of: Basis) -> str:
    return "interest_prepaid" if key == "interest" and _prepaid(of.answers) else key


def _prepaid(answers: Mapping[str, Any]) -> bool:
    """Tell whether interest is asked for a prepayment; a buyer who resells has none of 消保法53."""
    return answers.get("interest_for") == "prepaid" and yes(answers, "resale") is not True


def _rows(key: str, of: Basis) -> Sequence[str]:
    if key == "interest" and _prepaid(of.answers):
        return ("consumer_53",)
    rows: Sequence[str] = packaged.data("amounts")[key]["law"]
    return rows


def _law(rows: Sequence[str], resale: bool | None) -> Iterator[LawRef]:
    for one in map(article, rows):
        if one is not None and not (resale and one.consumer_only):
            yield one.ref()


def _once(found: Mapping[str, Sum], answers: Mapping[str, Any]) -> frozenset[str]:
    """Return what is left out, as penalty and loss make good the same harm: the smaller of both."""
    agreed = found.get("penalty")
    names = ["loss"] if _prepaid(answers) else ["loss", "interest"]
    proven = {name: found[name] for name in names if name in found and found[name].allowed}
    if agreed is None or not agreed.allowed or not proven:
        return frozenset()
    harm = sum((one.amount for one in proven.values() if one.amount), Decimal(0))
    return frozenset(["penalty"] if harm > (agreed.amount or 0) else proven)
