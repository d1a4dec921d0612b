"""What goes into a complaint form: values by draft field, and the files, pictures first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from helper.complaints import packaged
from helper.complaints.wording import shorten
from helper.model import CaseView, Draft, Exhibit, FillFile, FillPlan
from scrapers.contract import ComplaintForm, FormField
from scrapers.read import PLATFORMS

_SUFFIXES = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "application/pdf": ".pdf",
}  # fmt: skip
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_SPARE = (
    re.compile(r"收到本投诉后"),
    re.compile(r"（证据[证据\d、]+）"),
    re.compile(r"\d+ 小时内(?=不能)"),
    re.compile(r"^订单 [^：]*："),
)
"""What a short box can do without, most dispensable first."""
_TAIL = re.compile(r"（[^）]*）?")


def plan(
    draft: Draft, case: CaseView, origins: Sequence[str], form: ComplaintForm | None = None
) -> FillPlan:
    """Return values and files for a form on one of `origins`.

    `form` is the platform's own by default; its lengths are kept by leaving out whole sentences.
    """
    form = form or _form_of(case.platform_key)
    fields = {field.name: field for field in form.fields} if form else {}
    values = dict(draft.fields)
    values["description"] = _description(draft, fields)
    return FillPlan(
        draft_id=draft.draft_id,
        case_id=draft.case_id,
        platform=case.platform_key,
        origins=tuple(origins),
        values={name: _fit(value, fields.get(name)) for name, value in values.items()},
        files=_files(draft.exhibits),
    )


def _form_of(platform: str | None) -> ComplaintForm | None:
    return next((one.complaint_form for one in PLATFORMS if one.key == platform), None)


def _description(draft: Draft, fields: dict[str, FormField]) -> str:
    """Return what the main box gets: all of the draft, less what has a box of its own."""
    parts = {name: draft.fields.get(name, "").split("\n") for name in ("description", "evidence")}
    heading = packaged.template(draft.channel)["headings"]["demand"]
    demand = draft.text.rpartition(f"{heading}\n")[2].split("\n")
    told, shown = parts["description"], parts["evidence"]
    box = fields.get("description")
    whole = draft.text
    if "demand" in fields or "evidence" in fields:
        rest = [*told, *([] if "evidence" in fields else shown)]
        whole = "\n".join([*rest, *([] if "demand" in fields else demand)])
    limit = box.max_length if box else None
    if limit is None or len(whole) <= limit:
        return whole
    said = packaged.template(draft.channel)["sentences"]["said"].partition("{")[0]
    own = [line for line in told[1:] if line.startswith(said)]
    wanted = [told[0], *([] if "demand" in fields else demand[:1]), *own]
    wanted += [*([] if "evidence" in fields else shown), *told[1:]]
    wanted += [] if "demand" in fields else demand[1:]
    return _within(wanted, [*told, *shown, *demand], limit)


def _within(wanted: Sequence[str], order: Sequence[str], limit: int) -> str:
    """Take whole lines by importance while they fit, and put them in their order."""
    if len(wanted[0]) > limit:
        return shorten(wanted[0], limit)
    taken: list[str] = []
    used = -1
    for line in dict.fromkeys(wanted):
        if used + 1 + len(line) <= limit:
            taken.append(line)
            used += 1 + len(line)
    return "\n".join(line for line in order if line in taken)


def _fit(value: str, field: FormField | None) -> str:
    if field is None:
        return value
    line = value if field.kind == "textarea" else " ".join(value.split("\n"))
    if field.max_length is None or field.kind in {"select", "radio", "checkbox"}:
        return line
    ways = _tighter(line) if field.name in {"demand", "title"} else [line]
    return next((way for way in ways if len(way) <= field.max_length), None) or shorten(
        ways[-1], field.max_length
    )


def _tighter(line: str) -> list[str]:
    """Return ever shorter ways to say a demand or title; figures and times stay."""
    ways = [line]
    for pattern in _SPARE:
        ways.append(pattern.sub("", ways[-1]))
    return ways


def _files(exhibits: Sequence[Exhibit]) -> tuple[FillFile, ...]:
    pictures_first = sorted(exhibits, key=lambda e: not e.media_type.startswith("image/"))
    return tuple(
        FillFile(name=_name(e), sha256=e.sha256, bytes=e.bytes, media_type=e.media_type)
        for e in pictures_first
    )


def _name(exhibit: Exhibit) -> str:
    """Return `证据1-订单页截图.png`, valid on NTFS."""
    words = exhibit.label.removeprefix(f"证据{exhibit.number} ")
    plain = _UNSAFE.sub("", _TAIL.sub("", words)).strip(" .")[:40]
    own = _UNSAFE.sub("", PurePosixPath(exhibit.name).suffix)[:8]
    suffix = _SUFFIXES.get(exhibit.media_type) or own
    return f"证据{exhibit.number}-{plain or exhibit.role.split('/')[-1]}{suffix}"
