"""Take card codes, contact data and account names out of a copy of the evidence.

Text and JSON are masked, seen pictures by the rectangles recorded at the click; what cannot be
masked with certainty is left out, with its reason. The sealed original is not touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from helper.dealings import Contact, Entry, Party
from helper.errors import KazhengError
from helper.evidence import masking
from helper.evidence.book_exhibits import is_brought
from helper.evidence.masking import Places, UnmaskableError
from helper.evidence.private import Private, find
from helper.evidence.private_labels import NEVER
from helper.model import Artifact, CaptureView, CaseView, Exhibit, Role

_AS_IT_IS: frozenset[Role] = frozenset({"timestamp", "timestamp-query", "witness/tls"})
_TEXTS: frozenset[Role] = frozenset(
    {
        "seen/text", "seen/context", "witness/text", "order", "corroboration", "log",
        "environment", "witness/dns",
    }
)  # fmt: skip
_PICTURES: frozenset[Role] = frozenset({"seen/viewport", "seen/page", "seen/sheet", "seen/strip"})
_OTHER_PICTURES: frozenset[Role] = frozenset(
    {
        "seen/window", "seen/chat-strip", "witness/page", "witness/scroller", "witness/sheet",
        "witness/window",
    }
)  # fmt: skip

_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,4}|[*＊某][\u4e00-\u9fff]{1,2}")
_NO_NAMES = frozenset(NEVER.split("|")) | {
    "人工客服", "平台客服", "售后", "售后客服", "店主", "老板", "卖家", "商家", "平台", "管理员",
    "机器人", "智能客服", "客服人员", "工作人员",
}  # fmt: skip
"""What people call the other side without naming anybody."""
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
Key = tuple[str, str]
"""Capture id and artifact name."""
Read = Callable[[str], bytes]
"""Gives kept bytes by their SHA-256."""


@dataclass(frozen=True)
class Left:
    """What is left out, and why: `redaction.<reason>` of the catalogue."""

    reason: str


@dataclass(frozen=True)
class Named:
    """What goes into a copy under names that say nothing; `names` are those of sealed artifacts."""

    captures: tuple[CaptureView, ...]
    exhibits: tuple[Exhibit, ...]
    names: Mapping[Key, str]


@dataclass(frozen=True)
class Redactor:
    """Knows what must not be shown in the copies of one case."""

    private: Private

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes show any of it."""
        return self.private.shows(data)

    def clean(self, said: str) -> str:
        """Return a text with all of it covered."""
        return self.private.clean(said)

    def named(self, captures: Sequence[CaptureView], exhibits: Sequence[Exhibit]) -> Named:
        """Return captures and exhibits without the names and notes of files the user brought."""
        names: dict[Key, str] = {}
        labels: dict[Key, str] = {}
        for view in captures:
            for item in view.artifacts:
                if item.role == "attachment":
                    ending = _ENDING.search(item.name)
                    number = len(labels) + 1
                    plain = f"自带材料-{number}{ending[0].lower() if ending else ''}"
                    labels[view.capture_id, item.name] = plain
                    if is_brought(view):  # else the manifest, which is shown, names the artifact
                        names[view.capture_id, item.name] = plain
        return Named(
            tuple(_renamed(view, names) for view in captures),
            tuple(
                item.model_copy(
                    update={
                        "label": f"证据{item.number} {labels[key]}"
                        if (key := (item.capture_id, item.name)) in labels
                        else self.clean(item.label),
                        "name": names.get(key, item.name),
                    }
                )
                for item in exhibits
            ),
            names,
        )

    def withholds(self, view: CaptureView, manifest: bytes) -> bool:
        """Tell whether a manifest stays out: it shows something, or names a file of the user."""
        return is_brought(view) or self.shows(manifest)

    def of(self, view: CaptureView, read: Read) -> Callable[[Artifact], bytes | Left | None]:
        """Return what makes of an artifact its masked copy, None to keep it as it is, or Left."""
        return _Copies(self.private, view, read).copy


def _renamed(view: CaptureView, names: Mapping[Key, str]) -> CaptureView:
    artifacts = tuple(
        item.model_copy(update={"name": names.get((view.capture_id, item.name), item.name)})
        for item in view.artifacts
    )
    return view.model_copy(update={"artifacts": artifacts})


def of_case(case: CaseView, read: Read) -> Redactor:
    """Return the redactor of a case: what its orders and pages name must not be shown."""
    orders = [view.order for view in case.captures if view.order] + [
        order for order in (case.order,) if order
    ]
    return Redactor(find(orders, _page_texts(case, read), people(case.entries)))


def people(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield phone numbers and names of people that the user told of; a company's stays readable."""
    for what in (entry.what for entry in entries):
        if isinstance(what, Party):
            named = what.name if _PERSON.fullmatch(what.name) else None
            yield from filter(None, (what.phone, named))
        elif isinstance(what, Contact) and what.who and what.who not in _NO_NAMES:
            yield what.who


def _page_texts(case: CaseView, read: Read) -> Iterator[str]:
    for view in case.captures:
        for artifact in view.artifacts:
            if artifact.role in {"seen/text", "witness/text"}:
                yield read(artifact.sha256).decode("utf-8", "replace")
            elif artifact.role == "seen/context":  # one line for each piece of text on the page
                yield "\n".join(masking.texts(read(artifact.sha256)))


@dataclass
class _Copies:
    """Makes the copies of one capture."""

    private: Private
    view: CaptureView
    read: Read
    _places: Places | UnmaskableError | None = field(default=None)

    def copy(self, artifact: Artifact) -> bytes | Left | None:
        """Mask one artifact."""
        own = is_brought(self.view) and artifact.role == "log"
        if own or self.private.count(artifact.name):
            return Left("own_words" if own else "in_name")
        try:
            if artifact.role in _AS_IT_IS:
                return None
            if artifact.role in _TEXTS:
                return self._text(artifact)
            if artifact.role in _PICTURES:
                return self._picture(artifact)
        except UnmaskableError as error:
            return Left(str(error))
        return Left("no_rectangles" if artifact.role in _OTHER_PICTURES else "kind")

    def _text(self, artifact: Artifact) -> bytes | None:
        data = self.read(artifact.sha256)
        if self.private.lost and artifact.role != "order":
            raise UnmaskableError("unplaced")
        kind = artifact.media_type.split(";")[0].strip()
        try:
            if kind == "application/json":
                value = json.loads(data)
                clean = self.private.clean_json(value)
                same = clean == value
                masked = json.dumps(clean, ensure_ascii=False, indent=1).encode("utf-8", "replace")
            elif kind == "text/plain":
                said = data.decode()
                masked = self.private.clean(said).encode()
                same = masked == data
            else:
                raise UnmaskableError("kind")
        except (ValueError, RecursionError):
            raise UnmaskableError("kind") from None
        return None if same else masked

    def _picture(self, artifact: Artifact) -> bytes | None:
        found = self._found()
        if artifact.role == "seen/viewport":
            return masking.mask_viewport(self.read(artifact.sha256), found)
        if artifact.role == "seen/strip":
            if found.rectangles:  # the stitched page shows the same, and can be confirmed
                raise UnmaskableError("unverified")
            return None
        if artifact.role == "seen/page":
            return self._page()
        if any(map(self.private.count, (self.view.meta.url, self.view.meta.title))):
            raise UnmaskableError("in_address")
        whole = "page" in artifact.name
        base: Role = "seen/page" if whole else "seen/viewport"
        picture = self._bytes(base)
        masked = self._page() if whole else masking.mask_viewport(picture, found)
        return masking.mask_sheet(self.read(artifact.sha256), picture, masked)

    def _page(self) -> bytes | None:
        found = self._found()
        return masking.mask_page(self._bytes("seen/page"), self._bytes("seen/viewport"), found)

    def _bytes(self, role: Role) -> bytes:
        found = next((item for item in self.view.artifacts if item.role == role), None)
        if found is None:
            raise UnmaskableError("no_rectangles")
        return self.read(found.sha256)

    def _found(self) -> Places:
        if self._places is None:
            try:
                texts = (self._bytes("seen/text"), self._bytes("seen/html"))
                text, page = (data.decode("utf-8", "replace") for data in texts)
                self._places = masking.places(self._bytes("seen/context"), text, page, self.private)
            except (UnmaskableError, KazhengError) as error:
                reason = str(error) if isinstance(error, UnmaskableError) else "unreadable"
                self._places = UnmaskableError(reason)
        if isinstance(self._places, UnmaskableError):
            raise self._places
        return self._places
