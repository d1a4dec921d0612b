"""Read a chat with customer service, or a ticket's replies: who said what and when, promises.

A side, a time or a number that the page does not tell stays unknown. Only what is shown counts;
what a message says is data and nothing acts on it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

from scrapers.contract import Page
from scrapers.dom import Selectors, Walk
from scrapers.masking import without_passwords
from scrapers.moments import SHANGHAI
from scrapers.record import Chat, Message
from scrapers.text import fold, squeeze
from scrapers.texts.chat_log import Line, Marks, find_log, is_named, lines
from scrapers.texts.chat_rows import Row, read_row
from scrapers.texts.chat_secrets import without_secrets
from scrapers.texts.chat_times import Clock
from scrapers.texts.chat_words import (
    INTRODUCES,
    LINE,
    NUMBERED,
    RECALLED,
    TITLE,
    side_of_speaker,
    without_number,
)
from scrapers.texts.pledges import promise_in

Sided = Literal["buyer", "agent", "system", "unknown"]
MAX_MESSAGES = 10_000
_MAX_TEXT = 5_000
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


def read(page: Page, walked: Walk) -> Chat | None:
    """Return the chat that a page shows, None where it shows none."""
    title = _title(page, walked)
    marks = Marks(walked)
    log = find_log(marks, headed=title is not None)
    if log is None:
        return None
    rows = _without_faces(list(islice(_rows(lines(log, marks), walked), MAX_MESSAGES)))
    messages = _numbered(_messages(rows, page, walked, weak=_tells(rows)))
    by_class = sum(row.line.by_class and row.line.side not in {None, "system"} for row in rows) > 1
    if not _is_chat(messages, by_class=by_class and is_named(log)):
        return None
    names = {one.speaker for one in messages if one.side == "agent" and one.speaker}
    agent = names.pop() if len(names) == 1 else None
    return Chat(title=title or next(_headings(walked), None), agent=agent, messages=tuple(messages))


def heads(text: str) -> bool:
    """Say whether a heading is that of a chat."""
    return TITLE.search(fold(text)[:100]) is not None


def _title(page: Page, walked: Walk) -> str | None:
    """Return the heading, or else the page's title, that names a chat."""
    own = page.soup.title.get_text() if page.soup.title else ""
    shown = list(_headings(walked))
    return next((squeeze(t)[:100] for t in [*shown, own] if heads(t)), None)


def _headings(walked: Walk) -> Iterator[str]:
    for tag in islice((tag for tag in walked.tags if tag.name in _HEADINGS), 50):
        start, end = walked.span(tag)
        tokens = walked.tokens[start : min(end, start + 6)]
        if shown := squeeze(" ".join(token.text for token in tokens if not token.hidden)):
            yield shown[:100]


def _rows(found: list[Line], walked: Walk) -> Iterator[Row]:
    """Read the lines; a heading of its own (客服 14:23) goes with the words that follow it."""
    pending: Row | None = None
    for line in found:
        row = read_row(line, walked)
        if line.side in {"buyer", "agent", "left", "right"}:
            row.speak_time()
        if _is_only_name(row) and _contradicts(row):
            row.speak()  # a buyer who types 人工客服
        if pending is not None:
            if row.pieces and row.speaker is None and line.side in {None, pending.line.side}:
                row.line = replace(line, side=pending.line.side)
                row.speaker, row.at_text = pending.speaker, row.at_text or pending.at_text
            elif _is_only_name(pending):
                pending.speak()
                yield pending
            pending = None
        if not row.pieces and row.speaker is not None:
            pending = row
        elif row.pieces or row.at_text:
            yield row


def _without_faces(rows: list[Row]) -> list[Row]:
    """Leave out the pictures with which all messages begin: those of the speakers."""
    said = [row for row in rows if row.pieces and row.line.side != "system"]
    if len(said) > 1 and all(row.pieces[0] is None and len(row.pieces) > 1 for row in said):
        for row in said:
            row.drop_pictures()
    return rows


def _is_only_name(row: Row) -> bool:
    return row.speaker is not None and row.at_text is None and not row.pieces


def _contradicts(row: Row) -> bool:
    """Say whether a line's mark and the name in it are of different sides."""
    return {row.line.side, side_of_speaker(row.speaker or "")} == {"buyer", "agent"}


def _tells(rows: list[Row]) -> bool:
    """Say whether right is the buyer: left occurs too, and no name says that it is otherwise."""
    sides = {(row.line.side, side_of_speaker(row.speaker or "")) for row in rows}
    told = {"left", "right"} <= {side for side, _ in sides}
    return told and not sides & {("left", "buyer"), ("right", "agent")}


@dataclass
class _Timed:
    """A row with words, its moment, and between which moments it was said."""

    row: Row
    at: datetime | None
    at_text: str | None
    since: datetime | None
    until: datetime | None

    @property
    def said_at(self) -> datetime | None:
        """Return a moment of the day on which the row was said, None where it may be another."""
        if self.at or not self.since or not self.until:
            return self.at
        days = {moment.astimezone(SHANGHAI).date() for moment in (self.since, self.until)}
        return self.since if len(days) == 1 else None


def _timed(rows: list[Row], seen: datetime | None) -> list[_Timed]:
    """Put the rows in time: the time on a line of its own is that of the row right under it."""
    clock = Clock(seen)
    found: list[_Timed] = []
    line: tuple[str | None, datetime | None] = (None, None)
    since: datetime | None = None
    for row in rows:
        if not row.text.strip():
            since = clock.line(row.at_text or "")
            line = (row.at_text, since)
            continue
        at = clock.own(row.at_text) if row.at_text else line[1]
        since = at or since
        found.append(_Timed(row, at, row.at_text or line[0], since, None))
        line = (line[0], None)
    until = seen
    for one in reversed(found):
        one.until = until
        until = one.at or until
    return found


def _messages(rows: list[Row], page: Page, walked: Walk, *, weak: bool) -> list[Message]:
    selectors = Selectors()
    made: list[Message] = []
    said_before: deque[str] = deque(maxlen=3)
    for timed in _timed(rows, page.captured_at):
        row, text = timed.row, timed.row.text[:_MAX_TEXT]
        side = _side(row, text, weak=weak)
        of_shop = side in {"agent", "system"}
        *earlier, before = ["", *said_before]
        said = without_secrets(text, before, "\n".join(earlier))[:_MAX_TEXT]
        place = row.source(walked)
        stands = without_secrets(place.text[:_MAX_TEXT], before, "\n".join(earlier))
        quoted = squeeze("".join(token.text for token in row.quoted))[:_MAX_TEXT]
        made.append(
            Message(
                at=timed.at,
                at_text=timed.at_text,
                speaker=without_number(row.speaker) if row.speaker else None,
                side=side,
                agent_no=_agent_no(row.speaker, text) if of_shop else None,
                text=said,
                quoted=without_passwords(quoted)[:_MAX_TEXT] or None,
                promise=promise_in(said, timed.said_at) if of_shop else None,
                source=selectors.source(replace(place, text=stands[:_MAX_TEXT])),
            )
        )
        if side != "system":
            said_before.append(text)
    return made


def _side(row: Row, text: str, *, weak: bool) -> Sided:
    mark, named = row.line.side, side_of_speaker(row.speaker or "")
    if RECALLED.fullmatch(text) or "system" in {mark, named}:
        return "system"
    strong = {side for side in (mark, named) if side in {"buyer", "agent"}}
    if len(strong) == 1:
        return "buyer" if "buyer" in strong else "agent"
    if not strong and weak and mark is not None:
        return "buyer" if mark == "right" else "agent"
    if mark is None and row.speaker is None and LINE.search(text[:80]):
        return "system"
    return "unknown"


def _agent_no(speaker: str | None, text: str) -> str | None:
    """Return the agent's number that the name tells, or the words with which agents begin."""
    places = [speaker or "", text[:80] if INTRODUCES.search(text[:120]) else ""]
    found = (NUMBERED.search(fold(place)) for place in places)
    return next((next(filter(None, match.groups())) for match in found if match), None)


def _numbered(messages: list[Message]) -> list[Message]:
    """Give each agent the one number that a message of that name tells; settle whose a name is."""
    numbers: dict[str, set[str]] = defaultdict(set)
    sides: dict[str, set[str]] = defaultdict(set)
    for one in messages:
        if one.speaker:
            sides[one.speaker].add(one.side)
            if one.agent_no:
                numbers[one.speaker].add(one.agent_no)
    settled = []
    for one in messages:
        update: dict[str, object] = {}
        if one.speaker and {"buyer", "agent"} <= sides[one.speaker]:  # one name, two sides
            update = {"side": "unknown", "agent_no": None, "promise": None}
        elif one.side == "agent" and not one.agent_no and len(numbers[one.speaker or ""]) == 1:
            update = {"agent_no": min(numbers[one.speaker or ""])}
        settled.append(one.model_copy(update=update) if update else one)
    return settled


def _is_chat(messages: list[Message], *, by_class: bool) -> bool:
    """Say whether what was read is a talk: marked as one by its classes, else with its times."""
    sided = [one for one in messages if one.side in {"buyer", "agent"}]
    timed = sum(one.at_text is not None for one in sided)
    return len(sided) >= 2 and (by_class or timed * 2 >= len(sided))
