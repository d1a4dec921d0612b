"""Which issue the user pursues, by what they did last. Pure."""

from __future__ import annotations

from helper.dealings import Answers
from helper.model import CaseView, Draft


def last_issue(case: CaseView, draft: Draft | None) -> str | None:
    """Return the issue of the newest act, a draft or answers; None where there is neither.

    `draft` is the newest one.
    """
    told = [(one.added_at, one.what.issue) for one in case.entries if isinstance(one.what, Answers)]
    drafted = [(draft.created_at, draft.issue)] if draft else []
    newest = max([*drafted, *reversed(told)], key=lambda act: act[0], default=None)
    return newest[1] if newest else None
