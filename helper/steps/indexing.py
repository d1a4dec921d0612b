"""Make captures and cases searchable in the background; nobody waits for it.

What is stale stands in the vault, so that a killed helper goes on where it was; a row made twice is
the same. The index holds no card code and nothing else that a redacted copy would not show: words
are covered before they are kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from helper.dealings import Answer, Contact
from helper.errors import KazhengError, NotFoundError
from helper.evidence import masking, redact
from helper.evidence.book_exhibits import is_brought
from helper.evidence.private import Private, find
from helper.evidence.text_difference import without_codes
from helper.model import Artifact, CaptureView, Role
from helper.steps.rounds import rounds, to_its_end, traced
from helper.steps.store import Store
from helper.vault.corrections import apply_corrections, read_order
from helper.vault.indexed import Around, Stale, address_of
from helper.vault.search import joined, plain
from scrapers.page import PageTooLargeError, load
from scrapers.reading import shown_text
from scrapers.record import OrderRecord

_log = logging.getLogger("kazheng")
RULES: Final = "1"
"""Changes with what is indexed and how it is covered: every row is then made anew."""
MOST_CHARACTERS: Final = 200_000
"""Of one page; what comes after is not searchable."""
_LONGEST_TITLE: Final = 300
_AT_ONCE: Final = 4
_LOOK_SECONDS: Final = 1.0
_REST_SECONDS: Final = 0.05
"""Between two portions of many, so that pages and the workflow have their turn."""
_THUMBNAILS: Final[tuple[Role, ...]] = (
    "seen/viewport", "seen/page", "witness/window", "witness/page", "seen/window", "attachment",
)  # fmt: skip
_TEXTS: Final[tuple[Role, ...]] = ("seen/text", "witness/text")
_PAGES: Final[tuple[Role, ...]] = ("seen/html", "witness/html")


@dataclass(frozen=True)
class _Case:
    """What of a case its captures need, worked out once for as long as nothing of it changes."""

    around: Around
    revision: int
    orders: tuple[OrderRecord, ...]
    people: tuple[str, ...]
    names: str
    """All that decides what is covered on its pages."""


@dataclass
class Indexer:
    """Keeps the library of one vault as the rest of it is."""

    store: Store
    _last: _Case | None = None

    async def work(self) -> None:
        """Work until cancelled."""
        begun = False

        async def turn() -> float:
            nonlocal begun
            if not begun:
                await to_its_end(self.store.vault.make_stale, RULES)
                begun = True
            return _REST_SECONDS if await to_its_end(self.turn) else _LOOK_SECONDS

        await rounds(turn, "pages for the library")

    def finish(self, *only: str, told: Callable[[int], None] = lambda _: None) -> None:
        """Make all that is stale, or of it only some captures; `told` hears how many are left."""
        self.store.vault.make_stale(RULES)
        while self.turn(*only):
            told(self.store.vault.stale_count())

    def turn(self, *only: str) -> int:
        """Make some of what is stale, the newest first; return how many were looked at."""
        todo = self.store.vault.stale(_AT_ONCE, only)
        for request in todo:
            try:
                self._make(request)
            except KazhengError:
                raise  # a full disk, a locked vault: it is tried again
            except Exception as error:  # noqa: BLE001  # one hostile page must not hide all others
                _log.warning("%s is not searchable: %s", request.ref, traced(error))
                self.store.vault.put_wordless(request)
        return len(todo)

    def _make(self, request: Stale) -> None:
        vault = self.store.vault
        case = vault.around(request.ref)
        if case is not None:
            vault.put_case_text(request, case.position, *_of_case(case))
            return
        try:
            view = vault.capture(request.ref)
        except NotFoundError:
            vault.forget_gone(request)
            return
        of_case = self._case(view.case_id) if view.case_id else None
        made_of = _made_of(view, of_case)
        if vault.made_of(view.capture_id) == made_of:
            vault.is_as_it_was(request)
        else:
            self._list(request, view, of_case, made_of)

    def _case(self, case_id: str) -> _Case | None:
        """Return the case of a capture; the captures of one case come one after another."""
        revision = self.store.vault.revision(case_id)
        known = self._last
        if known is None or (known.around.case_id, known.revision) != (case_id, revision):
            around = self.store.vault.around(case_id)
            self._last = known = _case_of(around, revision) if around is not None else None
        return known

    def _list(self, request: Stale, view: CaptureView, of_case: _Case | None, made_of: str) -> None:
        read = _is_read(view)
        order = corrected(view.order, of_case.around if of_case else None)
        said = self._said(view) if read else ""
        head = joined([view.meta.title, view.meta.url, unquote(view.meta.url),
                       view.meta.extra.get("note"), *_facts(order)])  # fmt: skip
        context = self._bytes(view, "seen/context") if read else b""
        private = _private(view, order, of_case, [head, said, *masking.texts(context)])
        own = [view.order] if view.order is not None else []
        lost = private.lost and find(own, [head, said]).lost
        known = {order.order_no, order.payment.trade_no} if order else set()
        readable = {number for number in known if number}

        def shown(words: str) -> str:
            """Cover what is private; where a code hides unfound, all that may be one."""
            clean = private.clean(words)
            return plain(without_codes(clean, readable)) if lost or not read else clean

        self.store.vault.put_listed(
            request,
            shown(head) if read else "",
            plain(shown(said)),
            clicked_at=view.meta.clicked_at,
            title=shown(" ".join(plain(view.meta.title).split()))[:_LONGEST_TITLE],
            url=shown(view.meta.url),
            host=view.meta.host,
            address=address_of(view.meta.url),
            kind=_kind(view),
            order_no=order.order_no if order else None,
            thumbnail=_thumbnail(view.artifacts),
            made_of=made_of,
        )

    def _said(self, view: CaptureView) -> str:
        """Return what a page shows as text; a chat with all that was scrolled through."""
        found = [next((self._text(view, role) for role in _TEXTS if _has(view, role)), "")]
        if not found[0]:
            found = [next((self._shown(view, role) for role in _PAGES if _has(view, role)), "")]
        if _has(view, "seen/chat"):
            found.append(self._shown(view, "seen/chat"))
        return plain("\n".join(found))[:MOST_CHARACTERS]

    def _shown(self, view: CaptureView, role: Role) -> str:
        try:
            return shown_text(load(self._bytes(view, role), url=view.meta.url))
        except PageTooLargeError:
            return ""

    def _text(self, view: CaptureView, role: Role) -> str:
        return self._bytes(view, role).decode("utf-8", "replace")

    def _bytes(self, view: CaptureView, role: Role) -> bytes:
        """Return the bytes of a role; what the vault has lost is not searchable."""
        try:
            return self.store.read_role(view.artifacts, role) or b""
        except NotFoundError:
            return b""


def corrected(order: OrderRecord | None, around: Around | None) -> OrderRecord | None:
    """Return the order of a capture, with the user's values where it is the order of its case."""
    if order is None or around is None:
        return order
    given = around.corrections
    numbers = {around.order_no, *(one.read_then for one in given if one.field == "order_no")}
    return apply_corrections(order, given) if order.order_no in numbers else order


def _of_case(case: Around) -> tuple[str, str]:
    """Return the words of a case: its order with what the user gave, and what they told."""
    order = apply_corrections(
        read_order(case.order_no, case.orders, case.corrections), case.corrections
    )
    head = joined([case.title, case.host, case.order_no, *_facts(order)])
    body = joined(_told(case))
    orders = [*case.orders, *([order] if order else [])]
    private = find(_distinct(orders), [head, body], redact.people(case.entries))
    return private.clean(head), private.clean(body)


def _told(case: Around) -> Iterator[str | None]:
    for what in (entry.what for entry in case.entries):
        if isinstance(what, Contact | Answer):
            yield what.said
        if isinstance(what, Contact):
            yield what.promised


def _facts(order: OrderRecord | None) -> Iterator[str | None]:
    """Yield what of an order can be searched for."""
    if order is None:
        return
    yield order.order_no
    for item in order.items:
        yield from (item.title, item.sku)
    yield from (
        order.status_text, str(order.amount) if order.amount is not None else None,
        order.payment.method_text, order.payment.trade_no, order.platform.name, order.seller.name,
        order.delivery.promised_text, order.delivery.message, order.failure_reason,
    )  # fmt: skip


def _case_of(around: Around, revision: int) -> _Case:
    people = tuple(sorted(redact.people(around.entries)))
    orders = tuple(_distinct(around.orders))
    given = [one.model_dump_json() for one in around.corrections]
    names = json.dumps([around.order_no, given, people, sorted(map(_names, orders))])
    return _Case(around, revision, orders, people, names)


def _private(
    view: CaptureView, order: OrderRecord | None, of_case: _Case | None, texts: Sequence[str]
) -> Private:
    """Return what covers all that the case names; `order` is the capture's with corrections."""
    own = [one for one in (view.order, order) if one is not None]
    orders, people = (of_case.orders, of_case.people) if of_case else ((), ())
    return find(_distinct([*orders, *own]), texts, people)


def _distinct(orders: Sequence[OrderRecord]) -> list[OrderRecord]:
    """Return orders of which each says something else: a case may hold its order 500 times."""
    return list({one.model_dump_json(exclude={"sources", "url"}): one for one in orders}.values())


def _is_read(view: CaptureView) -> bool:
    """Tell whether all is known that must be covered: an order names its card codes."""
    return view.state == "sealed" or any(step.step == "read" for step in view.steps)


def _kind(view: CaptureView) -> str:
    if is_brought(view):
        return "brought"
    if not _is_read(view):
        return "unread"
    return view.shown.page_kind if view.shown else "order" if view.order else "other"


def _has(view: CaptureView, role: Role) -> bool:
    return any(item.role == role for item in view.artifacts)


def _thumbnail(artifacts: Sequence[Artifact]) -> str | None:
    pictures = [item for item in artifacts if item.media_type.startswith("image/")]
    named = ((item.name for item in pictures if item.role == role) for role in _THUMBNAILS)
    return next((name for names in named for name in names), None)


def _made_of(view: CaptureView, of_case: _Case | None) -> str:
    """Return a hash of all that a row follows from."""
    used = {*_TEXTS, *_PAGES, "seen/context", "seen/chat"}
    parts = [
        _is_read(view), _kind(view), _thumbnail(view.artifacts), view.meta.model_dump_json(),
        sorted((item.role, item.sha256) for item in view.artifacts if item.role in used),
        view.order and view.order.model_dump_json(), of_case and of_case.names,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(parts).encode("utf-8", "replace")).hexdigest()
    return f"{RULES}:{digest}"


def _names(order: OrderRecord) -> str:
    """Return what an order says that decides what is covered on other pages of its case."""
    return json.dumps([
        order.recharge_account, order.buyer_contact, order.seller.contact,
        sorted((secret.sha256, secret.masked) for secret in order.delivery.secrets),
    ])  # fmt: skip
