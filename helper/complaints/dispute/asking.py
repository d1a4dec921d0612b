"""Kinds of disputes with what is asked about each; words from the catalogue, facts from `data/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

from helper import messages
from helper.complaints import packaged
from helper.complaints.law import article, cited
from helper.errors import InvalidError
from helper.messages import Language
from scrapers.record import Frozen

DEMAND_KINDS = {
    "reissue_or_refund": "reissue_or_refund",
    "reissue": "reissue",
    "refund": "refund",
    "complete_refund": "refund",
    "refund_duplicate": "refund",
    "answer": "explain",
}
"""Demand to the coarse kind that forms offer: refund, reissue, compensate, explain, other.

Few forms offer reissue_or_refund; `fill` then takes other, as neither part alone is meant.
"""


class Choice(Frozen):
    """Something to pick, with its name in the user's language."""

    key: str
    name: str


class Question(Choice):
    """What the user is asked; its answer stands under `key`: a bool for yes_no, else a text.

    `why` says why it is asked. `deciding` ones come first on a page. `only_if`: asked once that
    question was answered with yes. `choices` only of a choice.
    """

    kind: Literal["yes_no", "text", "choice"] = "yes_no"
    why: str
    deciding: bool = False
    only_if: str | None = None
    choices: tuple[Choice, ...] = ()


class Kind(Choice):
    """A sub-type of an issue; the user picks it as answer `kind`. `decides` says what tells it."""

    decides: str


class Issue(Choice):
    """A kind of dispute. `demands` has the usual one first; `questions` decide what is said.

    `figures` are asked only of somebody who wants more than the money back (`amounts.claims`).
    """

    demands: tuple[Choice, ...]
    kinds: tuple[Kind, ...] = ()
    questions: tuple[Question, ...]
    figures: tuple[Question, ...] = ()


class Said(Frozen):
    """A code and its sentence in the user's language."""

    code: str
    text: str


@cache
def issues(language: Language = "zh_CN") -> tuple[Issue, ...]:
    """Return all kinds of disputes with their names."""
    rows: dict[str, dict[str, Any]] = packaged.data("issues")
    asks: dict[str, dict[str, Any]] = packaged.data("amounts")
    return tuple(
        Issue(
            key=key,
            name=messages.text(f"complaints.issue.{key}", language),
            demands=_choices("demand", row["demands"], language),
            kinds=tuple(_kind(one, language) for one in row["kinds"]),
            questions=tuple(
                _question(one, language, deciding=one in row["decides"]) for one in row["questions"]
            ),
            figures=tuple(
                _question(one, language) for claim in row["claims"] for one in asks[claim]["asks"]
            ),
        )
        for key, row in rows.items()
    )


def issue(key: str, language: Language = "zh_CN") -> Issue:
    """Return one kind of dispute; raises InvalidError for an unknown one."""
    found = next((one for one in issues(language) if one.key == key), None)
    if found is None:
        known = "、".join(one.key for one in issues())
        raise InvalidError(reason="issue", what=key, known=known)
    return found


def default_demand(key: str) -> str:
    """Return the usual demand of an issue; raises InvalidError for an unknown one."""
    return issue(key).demands[0].key


def yes(answers: Mapping[str, Any], key: str) -> bool | None:
    """Return the answer to a yes-no question, None where there is none."""
    value = answers.get(key)
    return value if isinstance(value, bool) else None


def say(area: str, code: str, language: Language, rows: Sequence[str] = (), **values: str) -> Said:
    """Return `complaints.<area>.<code>`; its `{law}` names the articles of `rows` in force."""
    found = [one for one in map(article, rows) if one is not None]
    named = cited(found, language)
    text = messages.text(f"complaints.{area}.{code}", language, law=named, **values)
    return Said(code=code, text=text)


def _question(key: str, language: Language, *, deciding: bool = False) -> Question:
    row = packaged.data("questions")[key]
    return Question(
        key=key,
        name=messages.text(f"complaints.question.{key}", language),
        kind=row.get("kind", "yes_no"),
        why=messages.text(f"complaints.why.{key}", language),
        deciding=deciding,
        only_if=row.get("only_if"),
        choices=_choices(f"option.{key}", row.get("choices", ()), language),
    )


def _kind(key: str, language: Language) -> Kind:
    name, decides = (messages.text(f"complaints.{x}.{key}", language) for x in ("kind", "tells"))
    return Kind(key=key, name=name, decides=decides)


def _choices(area: str, keys: Sequence[str], language: Language) -> tuple[Choice, ...]:
    return tuple(
        Choice(key=key, name=messages.text(f"complaints.{area}.{key}", language)) for key in keys
    )
