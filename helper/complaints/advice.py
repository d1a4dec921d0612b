"""All that the desk can say of a case before anything is written, in one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from helper.complaints import packaged
from helper.complaints.dispute.deciding import Decision, decide
from helper.complaints.due.clocks import Clock, clocks
from helper.complaints.exhibits import choose
from helper.complaints.figures import Figures, figures
from helper.complaints.ladder.replies import Counter, counters
from helper.complaints.ladder.steps import Ladder, Next, ladder
from helper.complaints.proof import gaps
from helper.complaints.proof.chain import Chain, chain
from helper.complaints.proof.contradictions import contradictions
from helper.complaints.proof.respondent import Respondent, respondent
from helper.complaints.sums.amounts import Claim, claims, total
from helper.filling import filled_at
from helper.messages import Language, text
from helper.model import CaseView, Draft, Gap, Moment
from scrapers.contract import Deadline
from scrapers.record import Frozen, Money


class Advice(Frozen):
    """What a case is, what is due, what is proved and missing, where to go, what to ask for.

    `chain` None: no page of an order is kept, so that nothing can be proved yet. `total` is the
    sum of what may be asked for. `notice` says once that this is no legal advice. `written` is the
    id of the draft that is written for the next step and was not filed yet; `filled_at` when it was
    filled into a form: whether that was submitted only the user knows.
    """

    issue: str
    decision: Decision
    clocks: tuple[Clock, ...]
    contradictions: tuple[Gap, ...]
    gaps: tuple[Gap, ...]
    chain: Chain | None
    respondent: Respondent
    ladder: Ladder
    claims: tuple[Claim, ...]
    total: Money
    replies: tuple[Counter, ...]
    notice: str
    written: str | None = None
    filled_at: Moment | None = None


def advise(
    case: CaseView,
    issue: str,
    answers: Mapping[str, Any],
    *,
    drafts: Sequence[Draft] = (),
    rules: Sequence[Deadline],
    now: datetime,
    page_text: str | None = None,
    reminder_hours: int | None = None,
    language: Language = "zh_CN",
) -> Advice:
    """Return the advice for an issue; gaps are those of the channel that comes next.

    `drafts` are all of the case, oldest first, `rules` the platform's own windows, `page_text` what
    the order page showed. Raises InvalidError for an unknown issue.
    """
    decision = decide(issue, answers, case.order, language)
    where = ladder(case, issue, now=now, language=language)
    channel = where.next.channel if where.next else "merchant_platform"
    seen = _seen(case, channel, page_text)
    facts = bool(str(answers.get("facts") or "").strip())
    sums = claims(case, issue, seen, answers, now=now, language=language) if seen else ()
    written = _written(case, issue, where.next, drafts) if where.next else None
    return Advice(
        issue=issue,
        decision=decision,
        clocks=clocks(
            case, issue, rules, now=now, language=language, reminder_hours=reminder_hours
        ),
        contradictions=contradictions(case, seen, now, language) if seen else (),
        gaps=gaps.find(case, issue, seen, facts=facts, channel=channel, language=language)
        if seen
        else (),
        chain=chain(case, issue, seen, language=language) if seen else None,
        respondent=respondent(case, language=language),
        ladder=where,
        claims=sums,
        total=total(sums),
        replies=counters(language),
        notice=text("drafts.notice", language),
        written=written.draft_id if written else None,
        filled_at=filled_at(case, written) if written else None,
    )


def _written(case: CaseView, issue: str, step: Next, drafts: Sequence[Draft]) -> Draft | None:
    wanted = (issue, step.channel, step.document)
    same = [one for one in drafts if (one.issue, one.channel, one.document) == wanted]
    filed = {filing.draft_id for filing in case.filings}
    return same[-1] if same and same[-1].draft_id not in filed else None


def _seen(case: CaseView, channel: str, page_text: str | None) -> Figures | None:
    if case.order is None:
        return None
    chosen = choose(case, channel=channel)
    return figures(case, case.order, chosen, page_text, words=packaged.words())
