"""Read one line of a chat: who speaks, when, the words, what is quoted, pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bs4 import Tag

from scrapers.dom import Found, Token, Walk, attribute, is_hidden, join_lines, together
from scrapers.text import squeeze
from scrapers.texts.chat_log import Line
from scrapers.texts.chat_times import TIME, is_time
from scrapers.texts.chat_words import (
    AVATARS,
    NAMES,
    NOISE,
    QUOTES,
    TIMES,
    side_of_speaker,
    words_of,
)

PICTURE = "[图片]"
_TIMED_END = re.compile(
    rf"^(?P<name>.{{1,30}}?)\s*[（(\[]?(?P<time>{TIME.pattern})[)）\]]?$", TIME.flags
)
_TIMED_START = re.compile(
    rf"^[（(\[]?(?P<time>{TIME.pattern})[)）\]]?\s*(?P<name>.{{1,30}})$", TIME.flags
)
_FULL_TIME = re.compile(r"\d[-/.月]\d{1,2}日?.*\d:\d\d|\d:\d\d:\d\d")
_SAYS = re.compile(
    r"^(?P<name>[^:：（(]{1,20}(?:[（(][^）)]{1,14}[）)])?)[:：]\s*(?P<text>\S.*)$", re.DOTALL
)


@dataclass
class Row:
    """What a line of a chat shows; `first` are the tokens of its words that stand together."""

    line: Line
    speaker: str | None = None
    at_text: str | None = None
    pieces: list[Token | None] = field(default_factory=list)
    quoted: list[Token] = field(default_factory=list)
    pictures: list[Tag] = field(default_factory=list)
    first: list[Token] = field(default_factory=list)
    names: list[Token] = field(default_factory=list)
    unsure_time: Token | None = None
    broken: bool = False

    @property
    def text(self) -> str:
        """Return the words, `[图片]` for each picture."""
        shown = [piece or Token(PICTURE, self.line.root, starts_line=True) for piece in self.pieces]
        return join_lines(shown)

    def add(self, token: Token) -> None:
        """Take a text as words of the message."""
        self.pieces.append(token)
        if not self.broken:
            self.first.append(token)

    def speak(self) -> None:
        """Take what looked like a speaker's name as the words of the message."""
        for token in self.names:
            self.add(token)
        self.speaker = None

    def speak_time(self) -> None:
        """Take as words what only looks like the time of a message that has no others (昨天)."""
        if self.unsure_time is not None and self.line.by_class and not self.pieces:
            self.add(self.unsure_time)
            self.at_text = self.unsure_time = None

    def add_picture(self, tag: Tag) -> None:
        """Take a picture as part of the message."""
        self.pieces.append(None)
        self.pictures.append(tag)
        self.end_run()

    def drop_pictures(self) -> None:
        """Leave out the pictures before the words."""
        while self.pieces and self.pieces[0] is None:
            self.pieces.pop(0)
            self.pictures.pop(0)

    def end_run(self) -> None:
        """Note that what follows does not stand beside the words so far."""
        self.broken = self.broken or bool(self.first)

    def source(self, walked: Walk) -> Found:
        """Return the message's words where they stand, or else the picture."""
        if self.first:
            return together(self.first, walked)
        picture = self.pictures[0]
        shown = attribute(picture, "alt") or attribute(picture, "src")
        return Found(re.split(r"[,;]", shown)[0][:200], picture)


def read_row(line: Line, walked: Walk) -> Row:
    """Read a line; what belongs to the widget (read marks, buttons) is left out."""
    row = Row(line)
    pictures = _pictures(line, walked)
    for index in range(line.start, line.end):
        while pictures and pictures[0][0] <= index:
            row.add_picture(pictures.pop(0)[1])
        _take(row, walked.tokens[index])
    for _, picture in pictures:
        row.add_picture(picture)
    return row


def _take(row: Row, token: Token) -> None:
    around = _around(token.element, row.line.root)
    words = frozenset().union(*(words_of(attribute(tag, "class")) for tag in around if tag.attrs))
    if token.hidden or token.value or any(tag.name in {"button", "summary"} for tag in around):
        row.end_run()
    elif words & QUOTES or any(tag.name == "blockquote" for tag in around):
        row.quoted.append(token)
        row.end_run()
    elif squeeze(token.text).lower() in NOISE or words & AVATARS:
        row.end_run()
    elif row.at_text is None and is_time(token.text):
        row.at_text = squeeze(token.text)
        marked = bool(words & TIMES) or any(tag.name == "time" for tag in around)
        row.unsure_time = None if marked or _FULL_TIME.search(row.at_text) else token
        row.end_run()
    else:
        named = bool(words & NAMES) or any(tag.name == "cite" for tag in around)
        if row.speaker is not None or any(row.pieces) or not _heads(row, token, named=named):
            row.add(token)


def _heads(row: Row, token: Token, *, named: bool) -> bool:
    """Take a token that says who speaks (and when, and at times what); False if it does not.

    A picture before the name is that of the speaker.
    """
    if not _names(row, token, named=named):
        return False
    if not any(row.pieces):
        row.drop_pictures()
    return True


def _names(row: Row, token: Token, *, named: bool) -> bool:
    text = squeeze(token.text)
    match = _TIMED_END.match(text) or _TIMED_START.match(text) if len(text) <= 80 else None
    name = (match["name"] if match else text).strip(" :：,，·|-")
    known = side_of_speaker(name) is not None
    if match and (known or named or _FULL_TIME.search(match["time"])):
        row.speaker, row.at_text = name or None, row.at_text or match["time"]
        return True
    if (known or named) and 0 < len(name) <= 40:
        row.speaker = name
        row.names.append(token)
        return True
    said = _SAYS.match(token.text)
    if said and side_of_speaker(said["name"].strip()) is not None:
        row.speaker = said["name"].strip()
        row.drop_pictures()
        row.add(Token(said["text"], token.element, starts_line=token.starts_line))
        return True
    return False


def _around(tag: Tag, root: Tag) -> list[Tag]:
    """Return the element and those around it, below the line's own."""
    found: list[Tag] = []
    node: Tag | None = tag
    while node is not None and node is not root and len(found) < 6:
        found.append(node)
        node = node.parent
    return found


def _pictures(line: Line, walked: Walk) -> list[tuple[int, Tag]]:
    """Return the pictures of a line with the token each stands before; no avatars, no emoji."""
    if walked.span(line.root) != (line.start, line.end):
        return []
    found = []
    for tag in walked.tags_in(line.root):
        if tag.name in {"img", "video"} and not is_hidden(tag):
            around = [tag, *_around(tag, line.root)]
            words = {word for one in around for word in words_of(attribute(one, "class"))}
            if not words & AVATARS:
                found.append((walked.span(tag)[0], tag))
    return found
