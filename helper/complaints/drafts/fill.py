"""What goes into a complaint form: values by draft field, and the files, pictures first."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from helper.complaints import packaged
from helper.complaints.documents import document, laid_out
from helper.complaints.drafts.publishing import is_public
from helper.complaints.drafts.upload import limits_of
from helper.complaints.exhibits import kind_of, name_of
from helper.complaints.wording import exhibits as cited
from helper.complaints.wording import shorten
from helper.filling import FillFile, FillPlan, Limits, Upload
from helper.model import CaseView, Draft, Exhibit
from scrapers.contract import ComplaintForm, FormField
from scrapers.read import platform_of

_SUFFIXES = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "application/pdf": ".pdf",
}  # fmt: skip
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_SPARE = (
    re.compile(r"收到本投诉后"),
    re.compile(r"（证据[证据\d、]+）"),
    re.compile(r"^订单 [^：]*："),
)
"""What a short box can do without, most dispensable first."""
IDENTITY = ("contact", "name", "phone", "address")
"""Values that tell who the user is: a known channel gets them, another site only if he says so."""
SHOP = "merchant_platform"
_INSTEAD = {"reissue_or_refund": ("other", "reissue")}
"""What to choose, best first, where a form does not offer the kind of demand itself."""


def plan(
    draft: Draft,
    case: CaseView,
    origins: Sequence[str],
    form: ComplaintForm | None = None,
    *,
    going: Collection[int] | None = None,
) -> FillPlan:
    """Return values and files for a form on one of `origins`.

    `form` is that of the shop by default, if the draft is for the shop; its lengths are kept by
    leaving out whole sentences. `going` are the exhibits that are sent along, where it is known.
    """
    platform = case.platform_key if draft.channel == SHOP else None
    form = form or _form_of(platform)
    fields = {field.name: field for field in form.fields} if form else {}
    taken = _limits(fields.get("attachments"))
    sent = [one for one in shareable(draft, case) if taken.take(one.name, one.media_type)]
    if going is not None:
        sent = [one for one in draft.exhibits if one.number in going]
    told = draft.fields.get("description", "").split("\n")
    shown = _evidence(draft, told, sent)
    values = dict(draft.fields)
    values["description"] = _description(draft, fields, told, shown, _short(draft, shown))
    values["evidence"] = "\n".join(shown)
    return FillPlan(
        draft_id=draft.draft_id,
        case_id=draft.case_id,
        channel=draft.channel,
        document=draft.document,
        issue=draft.issue,
        platform=platform,
        origins=tuple(origins),
        values={name: _fit(value, fields.get(name)) for name, value in values.items()},
        files=files(sent, named=not is_public(draft)),
        title=draft.title,
        created_at=draft.created_at,
        known_host=draft.channel != SHOP,
        public=is_public(draft),
        identity=tuple(name for name in IDENTITY if values.get(name)),
    )


def shareable(draft: Draft, case: CaseView) -> list[Exhibit]:
    """Return the exhibits that may leave: for all to see only pictures that the user covered."""
    if not is_public(draft):
        return list(draft.exhibits)
    return [
        one for one in draft.exhibits
        if one.media_type.startswith("image/") and kind_of(case, one) == "redacted"
    ]  # fmt: skip


def form_limits(platform: str | None) -> Limits:
    """Return what the file field of a platform's own form takes."""
    form = _form_of(platform)
    fields = {field.name: field for field in form.fields} if form else {}
    return _limits(fields.get("attachments"))


def _limits(field: FormField | None) -> Limits:
    return limits_of(Upload(accept=field.accept if field else "", multiple=True))


def _form_of(platform: str | None) -> ComplaintForm | None:
    known = platform_of(platform)
    return known.complaint_form if known is not None else None


def _evidence(draft: Draft, told: Sequence[str], sent: Sequence[Exhibit]) -> list[str]:
    """Return the lines of 证据列举 for what is sent along, and for what the text rests on."""
    words = packaged.words()["evidence"]
    lines = draft.fields.get("evidence", "").split("\n")
    numbers = {exhibit.number for exhibit in sent}
    if len(numbers) == len(draft.exhibits):
        return lines
    kept = []
    for exhibit, line in zip(draft.exhibits, lines, strict=False):
        if exhibit.number in numbers:
            kept.append(line)
        elif re.search(rf"证据{exhibit.number}(?!\d)", "\n".join(told)):
            kept.append(line.rstrip("。") + words["not_sent"] + "。")
    return [*kept, words["originals"].format(exhibits=cited(sorted(numbers)))] if numbers else kept


def _short(draft: Draft, shown: Sequence[str]) -> str:
    """Return the exhibits of the listed lines in one line of names."""
    words = packaged.words()["evidence"]
    names = []
    for exhibit in draft.exhibits:
        line = next((one for one in shown if one.startswith(f"证据{exhibit.number} ")), None)
        if line is not None:
            tail = words["not_sent"] if words["not_sent"] in line else ""
            names.append(f"证据{exhibit.number} {name_of(exhibit)}{tail}")
    return str(words["short"].format(exhibits="、".join(names)))


def _description(
    draft: Draft,
    fields: dict[str, FormField],
    told: Sequence[str],
    shown: Sequence[str],
    short: str,
) -> str:
    """Return what the main box gets: all of the draft, less what has a box of its own.

    Where that is too long, the facts come before the evidence, of which the names are enough.
    """
    headings = packaged.words()["headings"]
    of = document(draft.channel, draft.document)
    own = tuple(one for one in draft.sentences if one.key.startswith("demand."))
    demand = laid_out(of, own).split("\n")[1:]
    asked = [] if "demand" in fields else demand
    listed = [] if "evidence" in fields else list(shown)
    parts = {"problem": told, "evidence": listed, "demand": asked}
    whole = "\n".join([*told, *listed, *asked])
    if listed and asked:
        blocks = ("\n".join([headings[name], *lines]) for name, lines in parts.items())
        whole = "\n\n".join(blocks)
    box = fields.get("description")
    limit = box.max_length if box else None
    if limit is None or len(whole) <= limit:
        return whole
    if listed:
        listed = [short]
    wanted = [told[0], *asked[:1], *_by_weight(told[1:]), *listed, *asked[1:]]
    return _within(wanted, [*told, *listed, *asked], limit)


def _by_weight(told: Sequence[str]) -> list[str]:
    """Return the user's own words first, then the rest of the description as it stands."""
    said = packaged.words()["sentences"]["said"].partition("{")[0]
    return sorted(told, key=lambda line: not line.startswith(said))


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
    if field.kind in {"select", "radio", "checkbox"}:
        offered = [kind for kind in _INSTEAD.get(value, ()) if kind in field.options]
        return value if value in field.options or not offered else offered[0]
    line = value if field.kind == "textarea" else " ".join(value.split("\n"))
    if field.max_length is None:
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


def files(exhibits: Sequence[Exhibit], *, named: bool = True) -> tuple[FillFile, ...]:
    """Return exhibits as files for an upload, pictures first, under names for people."""
    pictures_first = sorted(exhibits, key=lambda e: not e.media_type.startswith("image/"))
    return tuple(
        FillFile(
            name=file_name(e, named=named),
            sha256=e.sha256,
            bytes=e.bytes,
            media_type=e.media_type,
            numbers=(e.number,),
        )
        for e in pictures_first
    )


def file_name(exhibit: Exhibit, *, named: bool = True) -> str:
    """Return `证据1-订单页截图.png`, valid on NTFS; `证据1.png` where words may tell too much."""
    plain = _UNSAFE.sub("", name_of(exhibit)).strip(" .")[:40]
    own = _UNSAFE.sub("", PurePosixPath(exhibit.name).suffix)[:8]
    suffix = _SUFFIXES.get(exhibit.media_type) or own
    words = f"-{plain or exhibit.role.split('/')[-1]}" if named else ""
    return f"证据{exhibit.number}{words}{suffix}"
