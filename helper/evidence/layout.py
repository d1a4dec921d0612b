"""Where artifacts stand in a bundle: exhibits in folders of their own, the rest by capture.

Folder names are Chinese, as those who decide read them; ZIP entries carry the UTF-8 flag, which
Windows, macOS, Linux unpackers have honoured since 2012, so an English Windows unpacks the same
names. What a program must find (seals, ledger, stamps) has ASCII names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from helper.model import CaptureView, Exhibit, Role

STAMPS: Final[frozenset[Role]] = frozenset({"timestamp-query", "timestamp"})
UNPLACED: Final[frozenset[Role]] = frozenset({"manifest", "signature"})
"""Roles that stand in `seals/`."""
REST: Final = "原始数据"
_LONGEST = 60
"""Characters of a folder name: Windows still stops at 260 in all."""
_WIDE = str.maketrans('<>:"/\\|?*', "＜＞：＂／＼｜？＊")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOMENT = re.compile(r"，?(北京时间 )?\d{4}-\d\d-\d\d \d\d:\d\d 保存|（）")
"""Of a label: the list of evidence has the time."""

Key = tuple[str, str]
"""Capture id and artifact name."""


def places(
    captures: Sequence[CaptureView], exhibits: Iterable[Exhibit], wanted: Iterable[Key]
) -> dict[Key, str]:
    """Return the path of every wanted artifact."""
    numbers = {view.capture_id: number for number, view in enumerate(captures, start=1)}
    roles: dict[Key, Role] = {
        (view.capture_id, item.name): item.role for view in captures for item in view.artifacts
    }
    folders: Mapping[Key, str] = {
        (item.capture_id, item.name): folder_name(item.label) for item in exhibits
    }
    found = {}
    for key in wanted:
        role = roles.get(key)
        if role in STAMPS:
            folder = f"stamps/{key[0]}"
        else:
            folder = folders.get(key) or f"{REST}/采集{numbers[key[0]]} {_side(role)}"
        found[key] = f"{folder}/{key[1]}"
    return found


def folder_name(label: str) -> str:
    """Return a label as the name of a folder that every system takes."""
    plain = _CONTROL.sub("", label)
    for _ in range(2):  # the time, then the brackets that it leaves empty
        plain = _MOMENT.sub("", plain)
    plain = plain.translate(_WIDE)
    return plain[:_LONGEST].rstrip(" .") or "证据"


def _side(role: Role | None) -> str:
    if role is not None and role.startswith("seen/"):
        return "用户所见"
    if role is not None and role.startswith("witness/"):
        return "再次访问"
    return "自带材料" if role == "attachment" else "记录"
