"""The user's own words in a draft: put in, carried into the next version, taken back.

A draft of our words alone is kept beside the one with the user's, so that nothing is lost by
either: see `vault.drafts`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from helper import messages
from helper.complaints import lint
from helper.complaints.documents import boxes, document, laid_out
from helper.complaints.drafts import known
from helper.complaints.drafts.fitting import limit_of
from helper.complaints.drafts.publishing import private_of, published
from helper.complaints.law import named
from helper.complaints.wording import clean
from helper.dealings import Edit
from helper.errors import InvalidError, NotFoundError
from helper.messages import Language
from helper.model import CaseView, Draft, LintFinding, Moment, Sentence
from scrapers.record import Frozen

_CITED = re.compile(r"证据\s*(\d{1,4})(?!\d)")


class Change(Frozen):
    """A sentence that one version says otherwise than the one before."""

    key: str
    state: Literal["added", "removed", "changed"]
    before: str | None = None
    after: str | None = None


class Version(Frozen):
    """One version of a document; `edits` counts the user's own sentences in it."""

    draft_id: str
    channel: str
    document: str
    version: int
    replaces: str | None
    issue: str
    title: str
    created_at: Moment
    edits: int
    filed: bool
    changes: tuple[Change, ...]


def edited(
    composed: Draft, edits: Sequence[Edit], key: str, text: str | None, at: datetime
) -> tuple[Edit, ...]:
    """Return the edits with `text` for a sentence; None takes the user's words back, ours too.

    The same words again confirm them against what we say by now. Raises InvalidError(empty_edit),
    NotFoundError(sentence, edit).
    """
    before = next((one for one in edits if one.key == key), None)
    others = tuple(one for one in edits if one.key != key)
    if text is None:
        if before is None:
            raise NotFoundError(kind="edit", id=key)
        return others
    words = clean(text)
    if not words:
        raise InvalidError(reason="empty_edit")
    ours = _ours(composed).get(key)
    if ours is None:
        raise NotFoundError(kind="sentence", id=key)
    if words == ours:
        return others
    if before is not None and (before.text, before.replaced) == (words, ours):
        return tuple(edits)
    return (*others, Edit(key=key, text=words, replaced=ours, ours=ours, at=at))


def apply(
    composed: Draft,
    edits: Sequence[Edit],
    case: CaseView,
    *,
    limits: Mapping[str, int] | None = None,
    hidden: tuple[str, ...] = (),
    language: Language = "zh_CN",
) -> Draft:
    """Return a draft of our words with the user's in it; every edit is kept, and none silent.

    `limits` is what the user knows of the channels' lengths. An edit of a sentence that we word
    otherwise by now stands, and a finding tells both texts; one whose sentence is gone becomes a
    remark. What anybody may read is covered in the user's words too, and `hidden` as in `compose`.
    """
    if not edits:
        return composed
    ours = _ours(composed)
    kept = tuple(one.model_copy(update={"ours": ours.get(one.key)}) for one in edits)
    words = {one.key: one.text for one in kept if one.ours is not None}
    told = tuple(_with(one, words.get(one.key)) for one in composed.sentences)
    of = document(composed.channel, composed.document)
    private = (*private_of(case), *hidden) if of.public else ()
    sentences = published(told, private) if of.public else told
    draft = composed.model_copy(
        update={
            "sentences": sentences,
            "text": laid_out(of, sentences),
            "fields": composed.fields | {k: said for k, said in boxes(sentences).items() if said},
            "edits": kept,
            "law": named(sentences),
            "remarks": (*composed.remarks, *_waiting(kept, language)),
        }
    )
    asked = boxes(told)["demand"] if of.asks else None
    own = [one for one in told if one.edited]
    found = [
        *_still(composed, draft, words),
        *_outdated(kept, language),
        *lint.check(
            own,
            demand=asked if any(one.text == asked for one in own) else None,
            exhibits=draft.exhibits,
            known=f"{known.of_case(case)}\n{_said(composed)}",
            limit=limit_of(of, limits or {}),
            length=len(draft.text),
            public=of.public,
            private=private,
            reporting=of.to == "inquiry",
            now=composed.created_at,
            language=language,
        ),
    ]
    return draft.model_copy(update={"lint": tuple(dict.fromkeys(found))})


def history(drafts: Sequence[Draft], filed: Collection[str] = ()) -> tuple[Version, ...]:
    """Return the versions of drafts, oldest first, each against the one before of its document.

    `filed` holds the ids of those that were submitted.
    """
    found: list[Version] = []
    before: dict[tuple[str, str], tuple[int, Draft]] = {}
    for draft in drafts:
        line = (draft.channel, draft.document)
        number, last = before.get(line, (0, None))
        before[line] = (number + 1, draft)
        found.append(
            Version(
                draft_id=draft.draft_id,
                channel=draft.channel,
                document=draft.document,
                version=number + 1,
                replaces=last.draft_id if last else None,
                issue=draft.issue,
                title=draft.title,
                created_at=draft.created_at,
                edits=sum(one.edited for one in draft.sentences),
                filed=draft.draft_id in filed,
                changes=changes(last, draft) if last else (),
            )
        )
    return tuple(found)


def changes(old: Draft, new: Draft) -> tuple[Change, ...]:
    """Return what a version says otherwise, in its own order, what is gone last."""
    before, after = _texts(old), _texts(new)
    found = [
        Change(
            key=key,
            state="changed" if key in before else "added",
            before=before.get(key),
            after=text,
        )
        for key, text in after.items()
        if before.get(key) != text
    ]
    gone = [key for key in before if key not in after]
    return (*found, *(Change(key=key, state="removed", before=before[key]) for key in gone))


def _texts(draft: Draft) -> dict[str, str]:
    """Return the sentences by key; those of drafts older than keys are told by their words."""
    return {one.key or one.text: one.text for one in draft.sentences}


def _ours(composed: Draft) -> dict[str, str]:
    return {one.key: one.text for one in composed.sentences if one.key}


def _with(sentence: Sentence, words: str | None) -> Sentence:
    """Return a sentence in the user's words; it rests on its exhibits, and on those it names."""
    if words is None:
        return sentence
    numbers = tuple(dict.fromkeys([*sentence.exhibits, *map(int, _CITED.findall(words))]))
    return sentence.model_copy(update={"text": words, "exhibits": numbers, "edited": True})


def _still(composed: Draft, draft: Draft, words: Collection[str]) -> Iterator[LintFinding]:
    """Yield the findings about what the user left as it was; the length is another by now."""
    for one in composed.lint:
        if one.rule == "too_long":
            continue
        replaced = one.text in composed.text and one.text not in draft.text
        if one.place not in words and not (one.place is None and replaced):
            yield one


def _outdated(edits: Sequence[Edit], language: Language) -> Iterator[LintFinding]:
    for one in edits:
        if one.ours not in {None, one.replaced}:
            said = messages.text("phone.edit_outdated", language, ours=one.ours)
            yield LintFinding(
                rule="edit_outdated", text=one.text, advice=said, better=one.ours, place=one.key
            )


def _waiting(edits: Sequence[Edit], language: Language) -> Iterator[str]:
    for one in edits:
        if one.ours is None:
            yield messages.text("phone.edit_waits", language, words=one.text)


def _said(composed: Draft) -> str:
    """Return our own words, which were checked when they were written, without doubted figures."""
    own = [composed.title, composed.text, *composed.fields.values()]
    said = "\n".join([*own, *(exhibit.label for exhibit in composed.exhibits)])
    for one in composed.lint:
        if one.rule in {"figure", "date"}:
            said = re.sub(rf"(?<![\d.]){re.escape(one.text)}(?![\d.])", " ", said)
    return said
