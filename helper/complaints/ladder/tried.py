"""What was tried in a case and with what answer, out of filings and entries. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from helper.complaints.returned import refunds
from helper.dealings import Answer, Answers, Contact, Refund
from helper.model import CaseView

_LETTERS = frozenset({"letter", "email"})
_SAME_DAY = timedelta(hours=24)
SHOP = "merchant_platform"


@dataclass(frozen=True)
class Try:
    """One complaint at a channel; `answers` in the order of time, None of them where it waits."""

    channel: str
    at: datetime
    number: str | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def answer(self) -> Answer | None:
        """The newest answer."""
        return self.answers[-1] if self.answers else None

    @property
    def outcome(self) -> str | None:
        """The newest outcome, None while nothing came."""
        return self.answers[-1].outcome if self.answers else None


def tries(case: CaseView, now: datetime) -> tuple[Try, ...]:
    """Return the complaints of a case, oldest first; what lies in the future is left out.

    A letter or an e-mail to the shop counts as one, unless it is that of a filing of the same day.
    """
    found: list[Try] = []
    for _, what in sorted(_events(case, now), key=lambda pair: pair[0]):
        if isinstance(what, Answer):
            _put(found, what)
        elif not _same(found, what):
            found.append(what)
    return tuple(found)


def answers_of(case: CaseView, issue: str) -> dict[str, Any]:
    """Return what the user answered; the answers for this issue win over those for others."""
    told = [one.what for one in case.entries if isinstance(one.what, Answers)]
    told.sort(key=lambda one: one.issue == issue)  # stable: within each, the newest stays last
    return {key: value for one in told for key, value in one.answers.items()}


def issue_of(case: CaseView) -> str | None:
    """Return the issue that the user answered last, None where none was."""
    told = [one.what.issue for one in case.entries if isinstance(one.what, Answers)]
    return told[-1] if told else None


def contacts(case: CaseView, now: datetime) -> tuple[Contact, ...]:
    """Return the talks with shop and platform up to now, oldest first."""
    told = [one.what for one in case.entries if isinstance(one.what, Contact)]
    ours = [one for one in told if one.side in {"merchant", "platform"} and one.at <= now]
    return tuple(sorted(ours, key=lambda one: one.at))


def refunded(case: CaseView, now: datetime) -> Decimal:
    """Return the money that came back up to now, unless it is of another currency."""
    return sum((one.amount for one in refunds(case) if one.at <= now), Decimal(0))


def in_future(case: CaseView, now: datetime) -> bool:
    """Tell whether a record of the case lies in the future."""
    moments = [filing.at for filing in case.filings]
    moments += [
        one.what.at for one in case.entries if isinstance(one.what, Answer | Contact | Refund)
    ]
    return any(at > now for at in moments)


def _events(case: CaseView, now: datetime) -> Iterator[tuple[tuple[datetime, int], Try | Answer]]:
    """Yield filings, letters and answers; of one moment the complaint comes before its answer."""
    for filing in case.filings:
        if filing.at <= now:
            yield (filing.at, 0), Try(filing.channel, filing.at, filing.number)
    filed = [filing.at for filing in case.filings if filing.channel == SHOP]
    for contact in contacts(case, now):
        alone = all(abs(contact.at - at) >= _SAME_DAY for at in filed)
        if contact.way in _LETTERS and alone:
            yield (contact.at, 0), Try(SHOP, contact.at)
    for entry in case.entries:
        if isinstance(entry.what, Answer) and entry.what.at <= now:
            yield (entry.what.at, 1), entry.what


def _same(found: list[Try], what: Try) -> bool:
    """Tell whether a filing is noted already under its number."""
    return what.number is not None and any(
        (one.channel, one.number) == (what.channel, what.number) for one in found
    )


def _put(found: list[Try], answer: Answer) -> None:
    """Join an answer to its complaint: by number, else the newest at that channel, else its own."""
    places = [i for i, one in enumerate(found) if one.channel == answer.channel]
    named = [i for i in places if answer.number and found[i].number == answer.number]
    if not places:
        found.append(Try(answer.channel, answer.at, answer.number, (answer,)))
        return
    place = (named or places)[-1]
    found[place] = replace(found[place], answers=(*found[place].answers, answer))
