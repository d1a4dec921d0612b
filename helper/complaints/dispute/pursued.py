"""Which issue a case is pursued for: what the user did last, else what it looks like. Pure."""

from __future__ import annotations

from datetime import datetime

from helper.complaints.dispute import issues
from helper.complaints.exhibits import payments
from helper.dealings import Answers
from helper.messages import Language
from helper.model import CaseView, Draft


def issue_of(case: CaseView, draft: Draft | None, now: datetime, language: Language) -> str:
    """Return the issue of the user's newest act, else what the case looks like.

    `draft` is the newest one. What is advised, drafted, replied and counted is for this issue.
    """
    return last_issue(case, draft) or guess(case, now, language).issue


def guess(case: CaseView, now: datetime, language: Language) -> issues.Suggestion:
    """Return what the case looks like by its order, bills and chats."""
    shown = (view.shown for view in case.captures)
    chats = [one.chat for one in shown if one is not None and one.chat is not None]
    return issues.guess(case.order, payments(case), chats=chats, now=now, language=language)


def last_issue(case: CaseView, draft: Draft | None) -> str | None:
    """Return the issue of the newest act, a draft or answers; None where there is neither.

    `draft` is the newest one.
    """
    told = [(one.added_at, one.what.issue) for one in case.entries if isinstance(one.what, Answers)]
    drafted = [(draft.created_at, draft.issue)] if draft else []
    newest = max([*drafted, *reversed(told)], key=lambda act: act[0], default=None)
    return newest[1] if newest else None
