"""Where a complaint can go: the researched list, with what each channel takes, can and cannot do.

`data/channels.json` is the research; `data/ladder.json` adds what the advice needs of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from helper.complaints import packaged
from helper.complaints.documents import documents
from helper.errors import InvalidError
from helper.messages import Language, text
from scrapers.record import Frozen

Kind = Literal["draft", "query", "preserve"]
Lives = Literal["shop", "web", "phone_app", "phone_call", "in_person"]


class Limit(Frozen):
    """How long a text or how large a file may be; None is unknown, not unlimited.

    `aim` is what to keep to where that is less; `own` means that the user set it.
    """

    max: int | None
    aim: int | None
    sure: Literal["documented", "second_hand", "unknown", "own"]


class Channel(Frozen):
    """One channel. `exclusions`: once one of these has the dispute, this channel refuses it.

    `sure` says how well the facts are known, `status` the same in the words of the research;
    `settles`: it can end in money back; `limits` by field.
    """

    id: str
    name: str
    kind: Kind
    documents: tuple[str, ...]
    hosts: tuple[str, ...]
    lives: tuple[Lives, ...]
    where: str
    public: bool
    settles: bool
    preconditions: tuple[str, ...]
    exclusions: tuple[str, ...]
    limits: dict[str, Limit]
    can: str
    cannot: str
    sure: str
    status: str


@cache
def channels(language: Language = "zh_CN") -> tuple[Channel, ...]:
    """Return all channels in the order of the research, our own last."""
    researched = {row["id"]: row["status"] for row in packaged.data("channels")["channels"]}
    rows: dict[str, dict[str, Any]] = packaged.data("ladder")["channels"]
    keys = [*researched, *(key for key in rows if key not in researched)]
    return tuple(
        _channel(key, rows[key], researched.get(key, "unverified"), language) for key in keys
    )


def channel(key: str, language: Language = "zh_CN") -> Channel:
    """Return one channel; raises InvalidError for an unknown one."""
    found = next((one for one in channels(language) if one.id == key), None)
    if found is None:
        known = "、".join(one.id for one in channels())
        raise InvalidError(reason="channel", what=key, known=known)
    return found


def document_name(key: str, document: str, language: Language = "zh_CN") -> str:
    """Return what a document of a channel is called."""
    own = f"channels.document.{key}.{document}"
    said = text(own, language)
    return text(f"channels.document.{document}", language) if said == own else said


def limits(key: str, own: Mapping[str, int] | None = None) -> dict[str, Limit]:
    """Return the limits of a channel by field, the user's own first.

    `own` is by `<channel>` for the text, by `<channel>.<field>` for another field. Raises
    InvalidError(limit) for an own limit below 1.
    """
    found = dict(channel(key).limits)
    for name, value in (own or {}).items():
        where, _, field = name.partition(".")
        if where != key:
            continue
        if value < 1:
            raise InvalidError(reason="limit", what=f"{name}={value}")
        found[field or "text"] = Limit(max=value, aim=value, sure="own")
    return found


def _channel(key: str, row: dict[str, Any], status: str, language: Language) -> Channel:
    said: dict[str, Any] = {
        part: text(f"channels.{part}.{key}", language)
        for part in ("name", "where", "can", "cannot", "sure")
    }
    own = tuple(one.key for one in documents() if one.channel == key)
    return Channel(id=key, status=status, documents=own, **row, **said)
