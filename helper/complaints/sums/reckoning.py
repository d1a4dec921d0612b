"""The arithmetic of claims: money paid, money back, and what follows from both.

Pure Decimal. Results of a multiplication or division are rounded half up to 0.01, sums and
differences are exact. What the case does not hold is None, with the code of what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from helper.complaints import packaged
from helper.complaints.dispute.asking import yes
from helper.complaints.sums.basis import NOTHING, Basis, Sum, added, cents, lacking, plain
from helper.complaints.wording import clean, quoted
from helper.model import Exhibit
from scrapers import money
from scrapers.moments import SHANGHAI
from scrapers.text import chinese_number, fold

_LEAST_TRIPLED = Decimal(500)
_YEAR = 365
_RATE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*%|百分之([一二三四五六七八九十]{1,3})")


def paid(of: Basis) -> Sum:
    """Return what was paid for the order: the page's amount, the smaller where a bill differs."""
    shown, kept = of.seen.order.amount, of.kept()
    billed = kept[0] if len(kept) == 1 else None  # which of several is the order's is not known
    named = [value for value in (shown, billed) if value is not None]
    if not named:
        return lacking("amount_unknown")
    least = min(named)
    if least <= 0:
        return lacking("amount_not_positive", amount=plain(least))
    if shown is None:
        return Sum(least, plain(least), "bill", of.seen.bills)
    cited = of.seen.cite(["amount"])
    if billed not in {None, shown}:
        values = {"page": plain(shown), "bill": plain(billed or NOTHING)}
        both = tuple(dict.fromkeys([*cited, *of.seen.bills]))
        return Sum(least, plain(least), "smaller", both, problem="bill_differs", values=values)
    source = "user_amount" if of.seen.unproven("amount") else "order"
    return Sum(least, plain(least), source, cited)


def refund(of: Basis) -> Sum:
    """Return what is to be paid back: paid, or the disputed refund, less what came back."""
    base = paid(of) if of.issue != "refund_missing" else _disputed(of)
    if base.amount is None:
        return base
    back = max(of.arrived(), of.shown_back(), NOTHING if of.kept() else of.returned())
    order = of.seen.order
    said_back = order.status in {"refunded", "partially_refunded"} and of.issue != "refund_missing"
    if not back and ((said_back and order.refunded is None) or of.partly_returned()):
        return lacking("refund_unknown")
    rest = _less(base, back)
    if _only_part(of):
        return replace(rest, problem="only_part", ready=False)
    if of.issue == "other" and of.kind.get("demand") != "refund":
        return replace(rest, problem="goods_open", ready=False)
    named = {"refund_other_currency": of.other_refunds(), "own_mistake": of.erred}
    return replace(
        rest, problem=rest.problem or next((x for x, is_so in named.items() if is_so), "")
    )


def part(of: Basis) -> Sum | None:
    """Return the price of what is missing or dead; None where all of the order is disputed."""
    if not _only_part(of):
        return None
    whole, lines = paid(of), of.seen.order.items
    count, missing = (lines[0].quantity if len(lines) == 1 else None), _missing(of)
    if whole.amount is None and of.seen.order.amount is not None:
        return whole
    if missing is None:
        return lacking("missing_unknown")
    if not count or not 0 < missing <= count:
        return lacking("missing_wrong")
    price = lines[0].unit_price
    if whole.amount is None and (price is None or price <= 0):
        return lacking("price_unknown")
    if price is not None and price > 0 and (whole.amount is None or price * count == whole.amount):
        value, how = price * missing, f"{plain(price)} × {missing}"
        cited = of.seen.cite(["items.0.unit_price"])
        each = Sum(value, f"{how} = {plain(value)}", "unit_price", cited)
    else:
        assert whole.amount is not None
        value = cents(whole.amount * missing / count)
        how = f"{plain(whole.amount)} × {missing} ÷ {count} = {plain(value)}"
        each = Sum(min(value, whole.amount), how, "share", whole.exhibits)
    return _less(each, max(of.arrived(), of.shown_back()))


def duplicate(of: Basis) -> Sum:
    """Return what the bills of one order took beyond its amount; their order does not matter."""
    kept, amount = of.kept(), of.seen.order.amount
    if not of.yuan:
        return lacking("other_currency", currency=clean(of.seen.order.currency))
    if len(kept) < 2:
        return lacking("bills_missing")
    if amount is None or amount <= 0:
        return lacking("amount_unknown")
    if of.partly_returned():
        return lacking("refund_unknown")
    back = max(max(of.arrived(), of.shown_back()) - of.returned(), NOTHING)
    total = added(kept)
    excess = total - amount
    if excess <= 0:
        return lacking("no_excess", total=plain(total), amount=plain(amount))
    terms = " + ".join(plain(one) for one in sorted(kept))
    cited = tuple(dict.fromkeys([*of.seen.bills, *of.seen.cite(["amount"])]))
    found = Sum(excess, f"{terms} − {plain(amount)} = {plain(excess)}", "bills", cited)
    return _less(found, back)


def penalty(of: Basis) -> Sum:
    """Return the agreed penalty: the order's amount times the rate that the clause names."""
    rate, clause, base = _rate(of.said("penalty_rate")), of.said("penalty_clause"), paid(of)
    if not of.said("penalty_rate"):
        return lacking("penalty_not_given")
    if rate is None:
        return lacking("rate_unclear")
    if base.amount is None:
        return base
    value = cents(base.amount * rate / 100)
    proof = of.exhibit("penalty_exhibit")
    problem = ""
    if not clause or rate not in _rates(clause):
        problem = "clause_missing"
    elif proof is None:
        problem = "terms_not_shown"
    elif not of.shows_clause(proof, clause):
        problem = "terms_elsewhere"
    how = f"{plain(base.amount)} × {format(rate, 'f')}% = {plain(value)}"
    values = {"clause": quoted(clause, 120)}
    return Sum(value, how, "clause", _number(proof), not problem, problem, values, proof)


def loss(of: Basis) -> Sum:
    """Return the loss that the user proves by an exhibit."""
    if not of.said("loss"):
        return lacking("loss_not_given")
    read = money.money(of.said("loss"))
    if read is None or read.value <= 0:
        return lacking("loss_unclear")
    if read.currency not in {None, of.currency}:
        return lacking("other_currency", currency=clean(read.currency))
    proof, what = of.exhibit("loss_exhibit"), of.said("loss_what")
    problem = ""
    if not what:
        problem = "loss_unexplained"
    elif proof is None:
        problem = "loss_not_shown"
    elif not of.shows_loss(proof):
        problem = "loss_elsewhere"
    values, numbers = {"what": quoted(what, 120)}, _number(proof)
    return Sum(read.value, plain(read.value), "loss", numbers, not problem, problem, values, proof)


def interest(of: Basis) -> Sum:
    """Return simple interest on what is to be paid back: rate a year, by days, 365 a year."""
    rate, start = _rate(of.said("interest_rate")), _day(of.said("interest_from"))
    days = (of.now.astimezone(SHANGHAI).date() - start).days if start else 0
    highest, paid_on = packaged.data("amounts")["interest"]["own_caution"]["highest"], of.paid_on()
    problems = {
        "interest_not_given": not of.said("interest_rate"),
        "rate_unclear": rate is None,
        "rate_too_high": rate is not None and rate > Decimal(highest),
        "rate_unsourced": not of.said("interest_source"),
        "start_unknown": start is None,
        "start_ahead": days <= 0,
        "start_before_payment": start is not None and paid_on is not None and start < paid_on,
    }
    problem = next((code for code, missing in problems.items() if missing), "")
    base = duplicate(of) if of.issue == "duplicate_charge" else part(of) or refund(of)
    if problem or base.amount is None or rate is None or start is None:
        told = {"highest": highest, "paid_on": paid_on.isoformat() if paid_on else ""}
        return lacking(problem, **told) if problem else base
    value = cents(base.amount * rate * days / 100 / _YEAR)
    how = f"{plain(base.amount)} × {format(rate, 'f')}% × {days} ÷ {_YEAR} = {plain(value)}"
    values = {"rate_source": quoted(of.said("interest_source"), 60), "start": start.isoformat()}
    why = "" if base.ready else base.problem
    return Sum(value, how, "interest", base.exhibits, base.ready, why, values)


def tripled(of: Basis) -> Sum:
    """Return the increase of 消保法55: three times the price, at least 500 yuan.

    It takes a false statement with its proof, a purchase for own use, and that the statement could
    mislead (条例49).
    """
    base = part(of) or paid(of)
    if of.seen.order.currency not in {"CNY", "RMB"}:
        return lacking("not_in_yuan")
    if base.amount is None:
        return base
    three = base.amount * 3
    value = max(three, _LEAST_TRIPLED)
    how = f"{plain(base.amount)} × 3 = {plain(three)}"
    if three < _LEAST_TRIPLED:
        how += f" < {plain(_LEAST_TRIPLED)}"
    proof, problem = of.exhibit("fraud_exhibit"), ""
    if yes(of.answers, "resale") is not False:
        problem = "resale_open" if yes(of.answers, "resale") is None else "resale"
    elif not of.said("false_statement") or proof is None:
        problem = "fraud_not_shown"
    elif yes(of.answers, "misled") is not True:
        problem = "not_misled"
    cited = tuple(dict.fromkeys([*base.exhibits, *_number(proof)]))
    return Sum(value, how, "price", cited, not problem, problem, proof=proof)


RECKONED: Mapping[str, Callable[[Basis], Sum | None]] = {
    "refund": refund,
    "part": part,
    "duplicate": duplicate,
    "penalty": penalty,
    "loss": loss,
    "interest": interest,
    "tripled": tripled,
}


def _disputed(of: Basis) -> Sum:
    """Return the refund that was announced and did not come, never above what was paid."""
    order, whole = of.seen.order, paid(of)
    shown = order.refunded
    if whole.amount is None and order.amount is not None:
        return whole
    if shown is not None and shown > 0:
        if whole.amount is not None and shown > whole.amount:
            told = {"refunded": plain(shown), "amount": plain(whole.amount)}
            return replace(whole, problem="refund_exceeds", values=told)
        return Sum(shown, plain(shown), "refund_shown", of.seen.cite(["refunded"]))
    return lacking("refund_unknown") if order.status == "partially_refunded" else whole


def _less(base: Sum, back: Decimal) -> Sum:
    """Return a sum less what came back, never below zero."""
    if base.amount is None or not back:
        return base
    rest = max(base.amount - back, NOTHING)
    how = f"{base.formula} − {plain(back)} = {plain(rest)}"
    if " = " in base.formula:
        how = f"{base.formula}；{plain(base.amount)} − {plain(back)} = {plain(rest)}"
    problem = base.problem if rest else "all_back"
    return replace(base, amount=rest, formula=how, problem=problem)


def _only_part(of: Basis) -> bool:
    """Tell whether the dispute is about a part of the goods, as the user or the page says."""
    order, told = of.seen.order, fold(of.said("missing"))
    if "part" not in packaged.data("issues")[of.issue]["claims"]:
        return False
    if told:
        return len(order.items) != 1 or told != str(order.items[0].quantity)
    some_came = of.issue == "not_delivered" and order.status == "partially_delivered"
    return some_came or (of.issue == "dead_code" and len(of.seen.secrets) > 1)


def _missing(of: Basis) -> int | None:
    told = fold(of.said("missing"))
    if told:
        return int(told) if re.fullmatch(r"\d{1,6}", told) else None
    order = of.seen.order
    count = order.items[0].quantity if len(order.items) == 1 else None
    came = len(of.seen.secrets)
    if of.issue == "not_delivered" and came and count and count > came:
        return count - came
    return None


def _number(proof: Exhibit | None) -> tuple[int, ...]:
    return (proof.number,) if proof is not None else ()


def _rate(told: str) -> Decimal | None:
    return next(iter(_rates(told)), None) if _RATE.fullmatch(fold(told)) else None


def _rates(clause: str) -> set[Decimal]:
    """Return the rates in percent that a text names: 10%, 百分之十."""
    found = _RATE.finditer(fold(clause))
    named = {Decimal(match[1] or chinese_number(match[2]) or 0) for match in found}
    return {rate for rate in named if rate > 0}


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
