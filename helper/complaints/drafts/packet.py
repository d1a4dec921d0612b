"""What a channel in the phone gets: blocks of text to copy or scan, and the pictures for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from helper import messages
from helper.complaints.drafts import fill
from helper.complaints.drafts.publishing import is_public
from helper.complaints.ladder.channels import Limit
from helper.complaints.ladder.channels import limits as channel_limits
from helper.errors import NotFoundError
from helper.filling import FillFile
from helper.messages import Language
from helper.model import Draft
from scrapers.record import Frozen

CODE_BYTES = 666
"""What one QR code of version 20 holds at level M (ISO/IEC 18004, table 7): phones read more dense
ones badly from a screen."""
_BREAKS = ("\n", "。", "；", "，", " ")


class Block(Frozen):
    """A text to copy; `parts` are its QR codes in order, and joined they are the text."""

    key: str
    name: str
    text: str
    parts: tuple[str, ...]


class Packet(Frozen):
    """All for one draft; `remarks` are sentences for the user.

    A picture of more than `file_bytes` must be sent smaller; None: not known.
    """

    draft_id: str
    channel: str
    blocks: tuple[Block, ...]
    files: tuple[FillFile, ...]
    file_bytes: int | None
    remarks: tuple[str, ...]

    def part(self, key: str, number: int) -> str:
        """Return the text of one QR code, counted from 1; raises NotFoundError(qr)."""
        parts = next((one.parts for one in self.blocks if one.key == key), ())
        if not 1 <= number <= len(parts):
            raise NotFoundError(kind="qr", id=f"{key}/{number}")
        return parts[number - 1]


def packet(
    draft: Draft,
    *,
    cover: Callable[[str], str] | None = None,
    limits: Mapping[str, int] | None = None,
    language: Language = "zh_CN",
) -> Packet:
    """Return blocks and pictures of a draft; `limits` are the user's own (`channels.limits`).

    A public one has no order number, which opens the order in many shops, and no pictures, which
    may show codes; `cover` takes private values out of its texts, without it there are none.
    """
    public = is_public(draft)
    values = {"title": draft.title, "text": draft.text, "demand": draft.fields.get("demand", "")}
    if public:
        values = {key: cover(text) for key, text in values.items()} if cover else {}
    else:
        values |= {name: draft.fields.get(name, "") for name in ("order_no", "trade_no")}
    values["amount"] = draft.fields.get("amount", "")
    known = channel_limits(draft.channel, limits)
    pictures, others = _pictures(draft)
    return Packet(
        draft_id=draft.draft_id,
        channel=draft.channel,
        blocks=tuple(_block(key, text, language) for key, text in values.items() if text),
        files=() if public else pictures[: _most(known, "files")],
        file_bytes=_most(known, "file_bytes"),
        remarks=(
            *(
                _public(draft, values.get("text", ""), language)
                if public
                else _left(draft.channel, pictures, others, known, language)
            ),
            *draft.remarks,
        ),
    )


def parts(text: str, most: int = CODE_BYTES) -> tuple[str, ...]:
    """Cut a text into pieces of at most `most` bytes of UTF-8, after a line or sentence if it can.

    Joined they are the text. `most` is at least 4, the longest character.
    """
    found = []
    rest = text
    while len(rest.encode()) > most:
        head = rest.encode()[:most].decode("utf-8", "ignore")
        ends = (head.rfind(mark, len(head) // 2) + 1 for mark in _BREAKS)
        cut = next((end for end in ends if end), len(head))
        found.append(rest[:cut])
        rest = rest[cut:]
    return (*found, rest) if rest else tuple(found)


def _block(key: str, text: str, language: Language) -> Block:
    name = messages.text(f"phone.block.{key}", language)
    return Block(key=key, name=name, text=text, parts=parts(text))


def _pictures(draft: Draft) -> tuple[tuple[FillFile, ...], tuple[FillFile, ...]]:
    """Return the pictures in the order of upload, and what is no picture."""
    files = fill.files(draft.exhibits)
    pictures = tuple(one for one in files if one.media_type.startswith("image/"))
    return pictures, files[len(pictures) :]


def _most(limits: Mapping[str, Limit], field: str) -> int | None:
    found = limits.get(field)
    return found.max if found else None


def _public(draft: Draft, shown: str, language: Language) -> list[str]:
    keys = ["public", *(["covered"] if shown != draft.text else [])]
    return [messages.text(f"phone.{key}", language) for key in keys]


def _left(
    channel: str,
    pictures: Sequence[FillFile],
    others: Sequence[FillFile],
    limits: Mapping[str, Limit],
    language: Language,
) -> list[str]:
    """Say which limits nobody knows, and what of the exhibits is not taken along."""

    def say(key: str, **values: object) -> str:
        return messages.text(f"phone.{key}", language, **values)

    most = _most(limits, "files")
    known = most is not None and _most(limits, "file_bytes") is not None
    over = pictures[most:] if most is not None else ()
    return [
        *([] if known else [say("limits_unknown", channel=channel)]),
        *([say("too_many", most=most, names=_names(over))] if over else []),
        *([say("not_pictures", names=_names(others))] if others else []),
    ]


def _names(files: Sequence[FillFile]) -> str:
    return "、".join(one.name for one in files)
