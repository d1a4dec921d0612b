"""Answers that nothing would read: a key that no rule knows, a yes-no question without yes or no.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helper.complaints import packaged
from helper.complaints.dispute import issues
from helper.complaints.wording import quoted
from helper.dealings import Answers

_STATED = frozenset({
    "resale", "arbitration_clause", "court_confirmed", "mini_program", "paid_to_person",
    "unlawful_goods", "shop_gone",
})  # fmt: skip
"""What `ladder.admission` reads as yes or no."""
_WORDS = frozenset({
    "illegal_content", "spam", "fraud_signs", "arbitration_words", "facts", "kind", "days",
})  # fmt: skip
"""What the ladder and the drafts read in words."""
_LONGEST = 40


def doubts(what: Answers) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is wrong with answers, each as a code with the values of its sentence."""
    questions: dict[str, dict[str, Any]] = packaged.data("questions")
    asked = {key for row in packaged.data("amounts").values() for key in row["asks"]}
    known = _STATED | _WORDS | asked | questions.keys()
    unknown = [key for key in what.answers if key not in known]
    if unknown:
        issue = issues.issue(what.issue)
        ours = [one.key for one in (*issue.questions, *issue.figures)]
        yield "unknown_answer", {"keys": _listed(unknown), "known": "、".join(ours)}
    decided = _STATED | {key for key, row in questions.items() if "kind" not in row}
    neither = [
        f"{key}={value}" for key, value in what.answers.items()
        if key in decided and value is not None and not isinstance(value, bool)
    ]  # fmt: skip
    if neither:
        yield "no_yes_no", {"pairs": _listed(neither)}


def _listed(words: list[str]) -> str:
    return "、".join(quoted(one, _LONGEST) for one in words)
