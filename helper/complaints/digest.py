"""What a case comes to: where it stands, the one next step, what ends when, what waits. Pure.

It only gathers what advice, clocks and statistics say, for pages that show many cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from pydantic import ValidationError

from helper.complaints import packaged
from helper.complaints.advice import Advice, advise
from helper.complaints.course.closing import back
from helper.complaints.course.instants import local
from helper.complaints.course.statistics import CaseFigures, figures_of
from helper.complaints.due.clocks import OPEN, Clock, turns
from helper.complaints.ladder.steps import Next
from helper.complaints.ladder.tried import SHOP, answers_of
from helper.complaints.proof.gaps import may_vanish
from helper.complaints.wording import moment
from helper.messages import LANGUAGES, Language, text
from helper.model import CaptureView, CaseView, Draft, Gap, Moment
from scrapers.contract import Deadline
from scrapers.record import Frozen, Money, Status

FORM: Final = 5
"""Grows with every change of what a digest says, so that older ones are made anew."""
Level = Literal["risk", "due", "waiting", "quiet", "closed"]
LEVELS: Final[tuple[Level, ...]] = ("risk", "due", "waiting", "quiet", "closed")
"""From the most urgent: a way or a right ends soon; the user's turn; theirs; nothing to do."""
Action = Literal[
    "capture", "answer", "draft", "fill", "submitted", "wait", "check", "close", "none"
]
_MORE_CLOCKS = 2
_DAY, _NEAR = timedelta(days=1), timedelta(days=90)
_FOREVER = datetime.max.replace(tzinfo=UTC)


class Counts(Frozen):
    """How many there are; `missing` is what could not be captured, `gaps` lacking proof."""

    captures: int
    missing: int
    gaps: int
    drafts: int
    filings: int


class Waits(Frozen):
    """What the helper still does: captures to seal and to visit, time stamps that are asked for."""

    unsealed: int
    unwitnessed: int
    stamps: int


class Told(Frozen):
    """The words in one language: one sentence for the next step, the name of its button.

    `why` is the whole reason. `clocks` are all that are due soon and the next ones, as they
    end; `closing` says what to do before a way or a right ends.
    """

    step: str
    button: str
    why: str
    clocks: tuple[Clock, ...]
    closing: tuple[str, ...]


class Digest(Frozen):
    """A case in short. `target` is what the `action` is about: a page, a channel, a draft.

    `unread`: no page of an order is kept, so that what is lacking is not known either.

    It was made at `made_at` and holds until `valid_until`, as long as the case stays as it is.
    """

    case_id: str
    made_at: Moment
    valid_until: Moment
    title: str
    shop: str | None
    host: str | None
    order_no: str | None
    goods: str | None
    amount: Money | None
    currency: str | None
    back: Money
    status: Status
    issue: str
    closed_at: Moment | None
    level: Level
    action: Action
    target: str | None
    unread: bool
    clock_at: Moment | None
    counts: Counts
    waits: Waits
    figures: CaseFigures
    told: dict[Language, Told]

    @property
    def due(self) -> int:
        """How many clocks are due soon."""
        clocks = next(iter(self.told.values())).clocks
        return sum(clock.state == "due_soon" for clock in clocks)


def digest(
    case: CaseView,
    issue: str,
    drafts: Sequence[Draft],
    *,
    rules: Sequence[Deadline],
    now: datetime,
    page_text: str | None = None,
    reminder_hours: int | None = None,
) -> Digest:
    """Return the digest of a case for an issue; `drafts` are all of the case, oldest first.

    The other arguments are those of `advise`.
    """
    answers = answers_of(case, issue)
    advices: dict[Language, Advice] = {
        language: advise(
            case,
            issue,
            answers,
            drafts=drafts,
            rules=rules,
            now=now,
            page_text=page_text,
            reminder_hours=reminder_hours,
            language=language,
        )
        for language in LANGUAGES
    }
    first = advices[LANGUAGES[0]]
    action, target = _action(case, first)
    order, ends = case.order, _running_down(first.clocks, now)
    return Digest(
        case_id=case.case_id,
        made_at=now,
        valid_until=_until(case, first, now),
        title=case.title,
        shop=order.platform.name if order else None,
        host=case.host,
        order_no=order.order_no if order else case.order_no,
        goods=next((one.title for one in order.items if one.title), None) if order else None,
        amount=order.amount if order else None,
        currency=order.currency if order else None,
        back=back(case),
        status=order.status if order else "unknown",
        issue=issue,
        closed_at=case.closed_at,
        level=_level(case, first, action),
        action=action,
        target=target,
        unread=first.chain is None,
        clock_at=ends[0].at if ends else None,
        counts=Counts(
            captures=len(case.captures),
            missing=sum(len(view.missing) for view in case.captures),
            gaps=len(first.gaps),
            drafts=len(case.drafts),
            filings=len(case.filings),
        ),
        waits=_waits(case),
        figures=figures_of(case, next(reversed(drafts), None), now),
        told={key: _told(one, action, now, key) for key, one in advices.items()},
    )


def parsed(record: str | None) -> Digest | None:
    """Return a kept digest, None where there is none or an older program made it otherwise."""
    try:
        return Digest.model_validate_json(record) if record else None
    except ValidationError:
        return None


def place(found: Digest, created_at: datetime) -> str:
    """Return what orders the cases of one level: what ends first, then the newest case.

    It sorts as text, as the vault compares it.
    """
    end = found.clock_at
    if found.level in {"quiet", "closed"} or end is None:
        return f"1 {(_FOREVER - created_at).total_seconds():016.3f}"
    return f"0 {local(end).isoformat(timespec='seconds')}"


def _action(case: CaseView, advice: Advice) -> tuple[Action, str | None]:
    """Choose the next step as the case page has it, and what of it can be done at once."""
    if case.closed_at is not None:
        return "none", None
    if advice.chain is None:
        return "capture", "order"
    if advice.decision.stop is not None:
        return "answer", advice.decision.stop.code
    if advice.ladder.next is None:
        rest: dict[str, Action] = {"wait": "wait", "over": "close"}
        return rest.get(advice.ladder.state, "check"), None
    return _acting(advice, advice.ladder.next)


def _acting(advice: Advice, step: Next) -> tuple[Action, str | None]:
    """Fill what is written, then say that it was submitted; first keep the pages that may go."""
    if advice.written:
        return "submitted" if advice.filled_at else "fill", advice.written
    gap = _fleeting(advice)
    if gap is not None and gap.action is not None:
        return "capture", gap.action.partition(":")[2]
    return "draft", f"{step.channel}/{step.document}"


def _fleeting(advice: Advice) -> Gap | None:
    """Return what may change or go once the shop hears of a complaint."""
    step = advice.ladder.next
    if step is None or step.channel != SHOP:
        return None
    return next((gap for gap in advice.gaps if may_vanish(gap)), None)


def _level(case: CaseView, advice: Advice, action: Action) -> Level:
    if case.closed_at is not None:
        return "closed"
    if any(_closing(advice.clocks)):
        return "risk"
    if action in {"wait", "close"}:
        return "waiting" if action == "wait" else "quiet"
    return "quiet" if advice.ladder.state == "ended" else "due"


def _closing(clocks: Sequence[Clock]) -> Iterator[Clock]:
    """Yield the clocks due soon at whose end a way or a right of the user's ends."""
    keys = packaged.data("clocks")["closing"]
    return (x for x in clocks if x.state == "due_soon" and x.key.partition(":")[0] in keys)


def _running_down(clocks: Sequence[Clock], now: datetime) -> list[Clock]:
    """Return the clocks that end within the next months, in the order in which they end."""
    return [x for x in clocks if x.state in OPEN and x.at is not None and x.at - now <= _NEAR]


def _told(advice: Advice, action: Action, now: datetime, language: Language) -> Told:
    near = _running_down(advice.clocks, now)
    further = [one for one in near if one.state != "due_soon"][:_MORE_CLOCKS]
    step = advice.ladder.next
    values = {"name": step.name, "document": step.document_name} if step else {}
    return Told(
        step=_sentence(advice, action, language, values),
        button=text(f"digest.button.{action}", language, **values),
        why=advice.ladder.why,
        clocks=tuple(one for one in near if one.state == "due_soon" or one in further),
        closing=tuple(one.todo for one in _closing(advice.clocks)),
    )


def _sentence(advice: Advice, action: Action, language: Language, values: Mapping[str, str]) -> str:
    if action == "answer" and advice.decision.stop is not None:
        return advice.decision.stop.text
    if action == "capture":
        gap = _fleeting(advice)
        return gap.text if gap else text("digest.step.capture", language)
    if action in {"fill", "submitted"}:
        at = moment(advice.filled_at) if advice.filled_at else ""
        return text(f"digest.step.{action}", language, at=at, **values)
    return advice.ladder.reason


def _waits(case: CaseView) -> Waits:
    return Waits(
        unsealed=sum(view.state != "sealed" for view in case.captures),
        unwitnessed=sum(map(_unwitnessed, case.captures)),
        stamps=sum(stamp.state == "pending" for view in case.captures for stamp in view.stamps),
    )


def _unwitnessed(view: CaptureView) -> bool:
    """Tell whether a page that may be visited again was not, and nobody said why."""
    said = any(one.role.startswith("witness") for one in view.missing)
    seen = any(one.role.startswith("witness/") for one in view.artifacts)
    return bool(view.meta.url) and view.meta.revisit == "allowed" and not (seen or said)


def _until(case: CaseView, advice: Advice, now: datetime) -> datetime:
    """Return when time alone may change what is said: a clock, a wait, what is dated ahead, a day.

    A closed case stays as it is.
    """
    if case.closed_at is not None and case.closed_at <= now:
        return _FOREVER
    moments = [at for clock in advice.clocks for at in turns(clock)]
    moments += [x.at - _NEAR for x in advice.clocks if x.at is not None and x.state in OPEN]
    waiting = advice.ladder.waiting
    if waiting is not None and waiting.until is not None:
        moments.append(waiting.until)
    moments += [filing.at for filing in case.filings]
    moments += _dated(case)
    moments.append(local(now).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY)
    return min(at for at in moments if at > now)


def _dated(case: CaseView) -> Iterator[datetime]:
    told: list[Any] = [entry.what for entry in case.entries]
    times = (getattr(one, name, None) for one in told for name in ("at", "promised_by"))
    yield from (at for at in times if at is not None)
