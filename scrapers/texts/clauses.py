"""Read the numbers of clauses (第四条, 4.2, 一、, （一）, 1）) and how they nest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scrapers.text import chinese_number, fold

_NUMERAL = "零一二两三四五六七八九十百"
_STYLES = (
    ("条", re.compile(rf"第\s*(\d{{1,3}}(?:[.．]\d{{1,3}}){{0,3}}|[{_NUMERAL}]{{1,5}})\s*[条條]")),
    (
        "dotted",
        re.compile(r"(\d{1,2}(?:[.．]\d{1,2}){1,3})(?![\d%％.．])[.．、]?(?!\s*[%％元折万倍])"),
    ),
    ("n", re.compile(r"(\d{1,2})\s*[、.．](?!\d)")),
    ("(一)", re.compile(rf"[（(]\s*([{_NUMERAL}]{{1,3}})\s*[)）]")),
    ("(n)", re.compile(r"[（(]\s*(\d{1,2})\s*[)）]")),
    ("n)", re.compile(r"(\d{1,2})\s*[)）]")),
    ("一", re.compile(rf"([{_NUMERAL}]{{1,3}})\s*[、.．]")),
    ("①", re.compile(r"([①-⑳])")),
)
_CHAPTER = re.compile(rf"第\s*(?:\d{{1,3}}|[{_NUMERAL}]{{1,5}})\s*(?:章|节|部分|编)")
INLINE = re.compile(
    rf"(?<=[。；;！])\s*(?=\d{{1,2}}[.．]\d{{1,2}}(?!\d)|第\s*[\d{_NUMERAL}.]{{1,7}}\s*条|"
    rf"[（(][\d{_NUMERAL}]{{1,3}}[)）])"
)
"""Where a clause may begin inside a paragraph."""


@dataclass(frozen=True)
class Head:
    """The number at the head of a line: its style, its value, how it is shown, where it ends."""

    style: str
    value: tuple[int, ...]
    shown: str
    end: int


def head_of(line: str) -> Head | None:
    """Return the number with which a line begins, None if it begins with none."""
    for style, pattern in _STYLES:
        match = pattern.match(line)
        value = _value(match[1]) if match else None
        if match and value:
            shown = re.sub(r"\s", "", match[0]).rstrip(".．、") if style != "①" else match[0]
            return Head(style, value, shown, match.end())
    return None


def is_chapter(line: str) -> bool:
    """Say whether a line heads a chapter: 第二章; articles are counted through them."""
    return _CHAPTER.match(line) is not None


def _value(text: str) -> tuple[int, ...] | None:
    plain = fold(text)
    if plain[0].isdigit():
        return tuple(int(part) for part in re.split(r"[.．]", plain))
    number = chinese_number(text)
    return (number,) if number else None


@dataclass
class Numbering:
    """Follows the numbers of one text: a number counts only where it is the next one."""

    _stack: list[Head] = field(default_factory=list)
    _tops: dict[str, int] = field(default_factory=dict)
    _dotted: tuple[int, ...] = ()

    def take(self, head: Head) -> str | None:
        """Return the number as it is cited (第四条（一）), None where it cannot be a clause's."""
        if head.style == "条":
            self._stack = [head]
        elif head.style == "dotted":
            if not self._follows(head.value):
                return None
            self._dotted = head.value
            while self._stack and not _holds(self._stack[-1], head.value):
                self._stack.pop()
            self._stack.append(head)
        elif not self._take_local(head):
            return None
        if len(self._stack) == 1:
            self._tops[head.style] = head.value[-1]
        first = next((i for i in range(len(self._stack) - 1, -1, -1)
                      if self._stack[i].style in {"条", "dotted"}), 0)  # fmt: skip
        return _cited(self._stack[first:])

    def new_chapter(self) -> None:
        """Begin a chapter: what is counted inside it begins anew."""
        self._stack = []
        self._tops = {}

    def _follows(self, value: tuple[int, ...]) -> bool:
        """Say whether 4.3 comes after what was before: 4.2, 4.2.5, 4, 第四条."""
        last = self._dotted
        if not last:
            return value[-1] == 1 or any(_holds(one, value) for one in self._stack)
        next_sibling = value[:-1] == last[: len(value) - 1] and len(value) <= len(last) and (
            value[-1] == last[len(value) - 1] + 1
        )  # fmt: skip
        first_below = value[-1] == 1 and (value[:-1] == last or value[0] == last[0] + 1)
        return next_sibling or first_below

    def _take_local(self, head: Head) -> bool:
        number = head.value[0]
        place = next((i for i, one in enumerate(self._stack) if one.style == head.style), None)
        if place is not None and number in {1, self._stack[place].value[0] + 1}:
            self._stack = [*self._stack[:place], head]
        elif place is None and number == 1:
            self._stack.append(head)
        elif place is None and number == self._tops.get(head.style, 0) + 1:
            self._stack = [head]
        else:
            return False
        return True


def _holds(outer: Head, value: tuple[int, ...]) -> bool:
    return len(outer.value) < len(value) and value[: len(outer.value)] == outer.value


def _cited(heads: list[Head]) -> str:
    cited = ""
    for head in heads:
        joined = cited and cited[-1] not in "条)）" and head.style in {"n", "n)", "一"}
        cited += f"、{head.shown}" if joined else head.shown
    return cited
