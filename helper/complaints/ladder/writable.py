"""Whether a document can be written now: the channel takes it, and the case holds what it says.

`drafts.compose` refuses for these reasons; so nothing is recommended that it would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helper.complaints.dispute import preconditions
from helper.complaints.dispute.deciding import decide
from helper.complaints.documents import document as written
from helper.complaints.exhibits import choose
from helper.complaints.figures import figures
from helper.complaints.ladder.admission import admit
from helper.complaints.ladder.tried import answers_of
from helper.complaints.wording import clean
from helper.errors import RefusedError
from helper.messages import Language
from helper.model import CaseView
from scrapers.record import OrderRecord


def writable(
    case: CaseView,
    key: str,
    document: str,
    issue: str,
    answers: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    language: Language = "zh_CN",
) -> tuple[str, ...]:
    """Return the remarks of `admit` where a document of a channel can be written now.

    `answers` win over those kept in the case. Raises as `admit` does, and RefusedError no_order,
    no_exhibit, stopped or a reason of `preconditions.check`.
    """
    given = {**answers_of(case, issue), **(answers or {})}
    remarks = admit(case, key, document, issue, answers, now=now, language=language)
    of = written(key, document)
    if of.order and case.order is None:
        raise RefusedError(reason="no_order")
    seen = figures(case, case.order or OrderRecord(), choose(case, channel=key))
    if seen is None:
        raise RefusedError(reason="no_exhibit")
    if of.order:
        preconditions.check(issue, seen, facts=bool(clean(str(given.get("facts") or ""))))
    stop = stopped(issue, given, case.order, language) if of.asks else None
    if stop is not None:
        raise stop
    return remarks


def stopped(
    issue: str,
    answers: Mapping[str, Any],
    order: OrderRecord | None,
    language: Language = "zh_CN",
) -> RefusedError | None:
    """Return the error where the answers say that nothing may be asked for yet."""
    stop = decide(issue, answers, order, language).stop
    return None if stop is None else RefusedError(reason="stopped", sentence=stop.text)
