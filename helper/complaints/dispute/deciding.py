"""What the answers to an issue's questions decide: go on or not, who may answer, what to ask for.

Cause and party are possibilities with their reasons; nobody's fault is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helper.complaints import packaged
from helper.complaints.dispute.asking import Issue, Said, say, yes
from helper.complaints.dispute.asking import issue as known_issue
from helper.complaints.dispute.goods import unlawful
from helper.complaints.law import article
from helper.complaints.wording import quoted
from helper.messages import Language, text
from helper.model import LawRef
from scrapers.record import Frozen, OrderRecord

SOLD_IN_BULK = 10
"""From this quantity on resale is likely: it is asked, not asserted."""
_TECHNICAL = re.compile(r"系统|维护|接口|网络|超时|通道|服务器|异常")
_KIND_BY_REASON = {
    "agent_lured": "lured",
    "agent_refused": "after_sales_refused",
    "agent_says_delivered": "shown_delivered",
    "agent_says_refunded": "refund_shown",
    "chat_delivery_over": "late",
    "chat_refund_over": "refund_running",
    "delivered_without_code": "shown_delivered",
    "failure_reason": "failed",
    "paid_but_closed": "cancelled_paid",
    "paid_but_pending": "dropped",
    "paid_not_delivered": "not_shipped",
    "promise_over": "late",
    "status_failed": "failed",
    "status_partly": "partly",
    "status_refunding": "refund_running",
    "two_payments": "charged_twice",
}
_KIND_BY_ANSWER = {"shop_gone": "vanished", "paid_outside": "lured"}
_PARTY_LAW = {"merchant": ("civil_593",), "platform": ("consumer_44", "online_consumer_4")}


class Possibility(Frozen):
    """A cause, or a party that may be responsible, and why it may be."""

    key: str
    name: str
    reason: str


class Decision(Frozen):
    """What the answers decide.

    `stop`: do not draft before this is cleared up. `lowered`: why less is asked for than usual.
    `demand` is what `compose` takes: a key of the issue's demands, or a sentence of its own.
    `nature`: one-off or what others met too. `law` are articles that fit the kind.
    """

    issue: str
    kind: str | None
    stop: Said | None
    warnings: tuple[Said, ...]
    lowered: Said | None
    nature: Said | None
    causes: tuple[Possibility, ...]
    parties: tuple[Possibility, ...]
    demand: str
    demand_name: str
    law: tuple[LawRef, ...]


def decide(
    issue: str,
    answers: Mapping[str, Any],
    order: OrderRecord | None = None,
    language: Language = "zh_CN",
) -> Decision:
    """Decide an issue; answers that do not belong to it are ignored, missing ones decide nothing.

    Raises InvalidError for an unknown issue.
    """
    asked_for = asked(known_issue(issue), order)
    given = {one.key: yes(answers, one.key) for one in asked_for.questions}
    kind = _kind(asked_for, answers, given)
    lowered = _by_answers("lowers", given, language)
    warnings = [*_hints(given, order, language), *_by_answers("warns", given, language)]
    others = given.get("others_too")
    demand = _demand(asked_for, kind, lowered[0].code if lowered else None)
    return Decision(
        issue=issue,
        kind=kind,
        stop=next(iter(_by_answers("stops", given, language)), None),
        warnings=tuple(warnings),
        lowered=next(iter(lowered), None),
        nature=None if others is None else say("nature", "many" if others else "one", language),
        causes=tuple(_causes(issue, kind, bool(lowered), given, order, language)),
        parties=tuple(_parties(issue, kind, bool(lowered), given, language)),
        demand=demand,
        demand_name=_demand_name(demand, lowered, language),
        law=tuple(_law(issue, kind, given.get("resale"))),
    )


def asked(one: Issue, order: OrderRecord | None) -> Issue:
    """Return an issue without the questions that the order's status answers or rules out."""
    if order is None or order.status == "unknown":
        return one
    rows = packaged.data("questions")
    shown = [order.status]
    fitting = [q for q in one.questions if order.status in rows[q.key].get("status", shown)]
    return one.model_copy(update={"questions": tuple(fitting)})


def paid(order: OrderRecord) -> bool:
    """Tell whether the order itself names a payment."""
    return order.payment.paid_at is not None or order.payment.trade_no is not None


def likely_kind(reason: str) -> str | None:
    """Return the sub-type that a reason of `guess` points to."""
    return _KIND_BY_REASON.get(reason)


def bulk(order: OrderRecord | None) -> int | None:
    """Return the quantity that hints at resale, None where none does."""
    counts = [item.quantity or 0 for item in order.items] if order else []
    most = max(counts, default=0)
    return most if most >= SOLD_IN_BULK else None


def _by_answers(effect: str, given: Mapping[str, bool | None], language: Language) -> list[Said]:
    """Return what the answers bring about: `stops`, `warns` or `lowers`, as `questions` say."""
    found = []
    for key, answer in given.items():
        row = packaged.data("questions")[key]
        reached = row.get("only_if") is None or given.get(row["only_if"]) is True
        if answer is not None and reached and answer is row.get(effect):
            found.append(say(effect, key, language, row.get("law", ())))
    return found


def _hints(
    given: Mapping[str, bool | None], order: OrderRecord | None, language: Language
) -> Iterator[Said]:
    count = bulk(order)
    if count is not None and given.get("resale") is None:
        yield say("warns", "bulk", language, quantity=str(count))
    if order is not None and given.get("unlawful_goods") is None:
        named = [words for item in order.items for words in (item.title, item.sku)]
        for group, word in unlawful(named):
            yield say("warns", f"unlawful_{group}", language, word=word)


def _kind(one: Issue, answers: Mapping[str, Any], given: Mapping[str, bool | None]) -> str | None:
    known = {kind.key for kind in one.kinds}
    told = answers.get("kind")
    if isinstance(told, str) and told in known:
        return told
    by_answer = (kind for key, kind in _KIND_BY_ANSWER.items() if given.get(key))
    return next((kind for kind in by_answer if kind in known), None)


def _rows(key: str, kind: str | None) -> list[dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = packaged.data("issues")[key]["kinds"]
    return [kinds[kind]] if kind else list(kinds.values())


def _causes(
    key: str,
    kind: str | None,
    own: bool,
    given: Mapping[str, bool | None],
    order: OrderRecord | None,
    language: Language,
) -> Iterator[Possibility]:
    clues = dict(_clues(order, language))
    listed = [cause for row in _rows(key, kind) for cause in row["causes"]]
    first = ["user_error"] if own else []
    for cause in dict.fromkeys([*first, *clues, *listed]):
        if cause == "user_error" and not own and _ruled_out(given):
            continue
        name = text(f"complaints.cause.{cause}", language)
        code = "user_erred" if cause == "user_error" and own else cause
        reason = clues.get(cause) or text(f"complaints.because.{code}", language)
        yield Possibility(key=cause, name=name, reason=reason)


def _clues(order: OrderRecord | None, language: Language) -> Iterator[tuple[str, str]]:
    """Yield the causes that the order itself hints at, with the words that say so."""
    if order is None:
        return
    if order.failure_reason and _TECHNICAL.search(order.failure_reason):
        said = say("clue", "failure", language, reason=quoted(order.failure_reason))
        yield "technical", said.text
    if paid(order) and order.status in {"pending_payment", "cancelled", "expired"}:
        yield "sync_error", say("clue", "not_synced", language).text
    if order.status in {"delivered", "completed"} and not order.delivery.secrets:
        yield "sync_error", say("clue", "no_code_shown", language).text
    if order.status == "partially_delivered":
        yield "human", say("clue", "partly", language).text


def _parties(
    key: str, kind: str | None, own: bool, given: Mapping[str, bool | None], language: Language
) -> Iterator[Possibility]:
    listed = [party for row in _rows(key, kind) for party in row["parties"]]
    for party in dict.fromkeys([*(["user"] if own else []), *listed]):
        if party == "user" and not own and _ruled_out(given):
            continue
        code = party
        if party == "user" and own:
            code = "user_erred"
        if party == "platform" and given.get("resale"):
            code = "platform_resale"
        said = say("answers_for", code, language, _PARTY_LAW.get(party, ()))
        name = text(f"complaints.party.{party}", language)
        yield Possibility(key=party, name=name, reason=said.text)


def _ruled_out(given: Mapping[str, bool | None]) -> bool:
    """Tell whether the user has denied every mistake that was asked about."""
    rows = packaged.data("questions")
    tests = [given[key] is (not rows[key]["lowers"]) for key in given if "lowers" in rows[key]]
    return bool(tests) and all(tests)


def _demand(one: Issue, kind: str | None, lowered: str | None) -> str:
    if lowered is not None:
        return str(packaged.data("lowered")[lowered])
    row = packaged.data("issues")[one.key]["kinds"].get(kind, {})
    return str(row.get("demand", one.demands[0].key))


def _demand_name(demand: str, lowered: list[Said], language: Language) -> str:
    if lowered:
        return text(f"complaints.lowered.{lowered[0].code}", language)
    return text(f"complaints.demand.{demand}", language)


def _law(key: str, kind: str | None, resale: bool | None) -> Iterator[LawRef]:
    for row in _rows(key, kind)[0].get("law", ()) if kind else ():
        one = article(row["row"])
        if one is not None and not (resale and one.consumer_only):
            yield one.ref()
