"""Read the order out of what was kept, join the case, compare seen and witness."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from helper.complaints.drafts.receipt import receipt_number
from helper.dealings import Shown
from helper.errors import NotFoundError
from helper.evidence.corroborate import compare, complete
from helper.model import CaptureId, CaptureView, Corroboration, Filing, Missing, Session
from helper.steps.compare import compare_picture, compare_text
from helper.steps.store import Store
from helper.steps.visit import WITNESS
from scrapers.contract import Page
from scrapers.page import PageTooLargeError, load
from scrapers.read import platform_of, read
from scrapers.record import Extraction, Message, OrderRecord, on_page
from scrapers.second import toasts

HTML = "text/html; charset=utf-8"
MOST_MESSAGES = 100
MOST_CLAUSES = 60
WITHOUT_ORDER = frozenset({"chat", "terms", "product"})
"""Kinds of pages that are kept for what they say themselves: no order is missing on them."""


def read_order(store: Store, capture_id: CaptureId) -> None:
    """Read the seen page (the witness's where nothing was seen), put the order into a case."""
    view = store.vault.capture(capture_id)
    extraction = _extract(store, view, "seen") or _extract(store, view, "witness")
    order = choose(extraction, view.meta.url)
    if order is not None:
        store.vault.put_order(capture_id, order)
        store.vault.add_artifacts(
            capture_id,
            [store.keep("order", order.model_dump_json(indent=1).encode(), "application/json")],
        )
    elif extraction is not None and extraction.page_kind not in WITHOUT_ORDER:
        store.vault.add_missing(capture_id, [Missing(role="order", reason="no_order_on_page")])
    if extraction is not None:
        store.vault.put_shown(capture_id, shown(extraction))
    case_id = _join(store, view, order, extraction)
    _file_receipt(store, view, case_id, extraction)
    store.note(capture_id, "read", extraction.platform.key if extraction else None)


def compare_witness(store: Store, capture_id: CaptureId) -> None:
    """Compare what was seen with the witness: the order field by field, text and picture."""
    view = store.vault.capture(capture_id)
    visited = _visit_facts(store, view)
    came = any(item.role == "witness/html" for item in view.artifacts)
    witness = choose(_extract(store, view, "witness"), view.meta.url)
    session: Session = visited.get("session", "not_lent")
    if not any(item.role == "seen/html" for item in view.artifacts):
        alone = Corroboration(verdict="not_comparable", reason="nothing_seen", session=session)
        _keep_corroboration(store, capture_id, complete(alone, None, None))
        return
    result = compare(
        on_page(view.order) if view.order else None,
        witness,
        session=session,
        session_wanted=view.meta.session == "lent",
        seen_at=view.meta.clicked_at,
        witness_at=datetime.fromisoformat(visited["started_at"]) if came and visited else None,
        reason=next((item.reason for item in view.missing if item.role == WITNESS), None),
    )
    text = picture = None
    if came:
        ended = visited.get("finished_at")
        until = datetime.fromisoformat(ended) if ended else None
        text = compare_text(store, view, until, _numbers(view.order, witness))
        picture = compare_picture(store, view)
    _keep_corroboration(store, capture_id, complete(result, text, picture))


def _numbers(*orders: OrderRecord | None) -> frozenset[str]:
    """Return the numbers that name an order: no secrets, shown where text differs."""
    found = (n for order in orders if order for n in (order.order_no, order.payment.trade_no))
    return frozenset(number for number in found if number)


def choose(extraction: Extraction | None, url: str) -> OrderRecord | None:
    """Pick the order a page is about: the one its address names, else the first."""
    orders = extraction.orders if extraction else ()
    named = [order for order in orders if order.order_no and order.order_no in url]
    return next(iter([*named, *orders]), None)


def shown(extraction: Extraction) -> Shown:
    """Return what a page says besides orders, bounded: what a draft and a time line need of it."""
    chat, terms = extraction.chat, extraction.terms
    if chat is not None:
        chat = chat.model_copy(update={"messages": _of_shop(chat.messages)})
    if terms is not None:
        clauses = tuple(clause for clause in terms.clauses if clause.topics)[:MOST_CLAUSES]
        terms = terms.model_copy(update={"clauses": clauses})
    return Shown(
        page_kind=extraction.page_kind,
        product=extraction.product,
        chat=chat,
        terms=terms,
        operator=extraction.operator,
        complaint_url=extraction.complaint_url,
    )


def _of_shop(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return what the shop's side said, the newest of it; its pledges go before the rest."""
    times = [one.at for one in messages if one.at is not None]
    newest_first = bool(times) and times[0] > times[-1]
    said = [n for n, one in enumerate(messages) if one.side in {"agent", "system"} or one.promise]
    said.sort(key=lambda n: (messages[n].promise is None, n if newest_first else -n))
    return tuple(messages[n] for n in sorted(said[:MOST_MESSAGES]))


def _extract(store: Store, view: CaptureView, side: str) -> Extraction | None:
    role: Any = f"{side}/html"
    html = store.read_role(view.artifacts, role)
    if html is None:
        return None
    try:
        page = load(html, url=view.meta.url, captured_at=view.meta.clicked_at, media_type=HTML)
        extraction = read(page)
        if side == "seen":
            extraction = _with_toasts(store, view, page, extraction)
    except PageTooLargeError as error:
        missing = Missing(role="order", reason="unreadable", detail=str(error)[:200])
        store.vault.add_missing(view.capture_id, [missing])
        return None
    except Exception as error:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
        detail = f"{role}: {str(error) or type(error).__name__}"[:200]
        missing = Missing(role="order", reason="reading_failed", detail=detail)
        store.vault.add_missing(view.capture_id, [missing])
        return None
    orders = tuple(_cite(order, role) for order in extraction.orders)
    return extraction.model_copy(update={"orders": orders})


def _with_toasts(store: Store, view: CaptureView, page: Page, extraction: Extraction) -> Extraction:
    """Take what the page said for seconds only, as the extension saw it."""
    platform = platform_of(extraction.platform.key)
    context = store.read_role(view.artifacts, toasts.ARTIFACT)
    if platform is None or platform.toasts is None or context is None:
        return extraction
    try:
        seen = json.loads(context)["page"]["toasts"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return extraction
    return toasts.apply(page, extraction, seen, platform)


def _cite(order: OrderRecord, artifact: str) -> OrderRecord:
    """Say in every source that does not say it yet which artifact it stands in."""
    sources = {
        field: source.model_copy(update={"artifact": source.artifact or artifact})
        for field, source in order.sources.items()
    }
    return order.model_copy(update={"sources": sources})


def _join(
    store: Store, view: CaptureView, order: OrderRecord | None, extraction: Extraction | None
) -> str:
    platform = order.platform if order else extraction.platform if extraction else None
    return store.vault.join_case(
        view.capture_id,
        platform_key=platform.key if platform else None,
        host=view.meta.host,
        order_no=order.order_no if order else None,
        wanted=view.meta.case_id,
        title=_title(view, order),
        now=store.now(),
    )


def _title(view: CaptureView, order: OrderRecord | None) -> str:
    product = order.items[0].title if order and order.items else None
    return (product or view.meta.title or view.meta.url)[:200]


def _file_receipt(
    store: Store, view: CaptureView, case_id: str, extraction: Extraction | None
) -> None:
    """File the number of a page kept after the user submitted a draft."""
    if view.meta.receipt_for is None:
        return
    try:
        draft = store.vault.draft(view.meta.receipt_for)
    except NotFoundError:
        store.vault.add_missing(view.capture_id, [Missing(role="receipt", reason="draft_unknown")])
        return
    text = (store.read_role(view.artifacts, "seen/text") or b"").decode("utf-8", "replace")
    key = extraction.platform.key if extraction else None
    platform = platform_of(key)
    form = platform.complaint_form if platform is not None else None
    number = receipt_number(text, form.receipt_pattern if form else None)
    if number is None:
        store.vault.add_missing(
            view.capture_id, [Missing(role="receipt", reason="no_number_on_page")]
        )
    store.vault.add_filing(
        case_id,
        Filing(
            draft_id=draft.draft_id,
            channel=draft.channel,
            number=number,
            capture_id=view.capture_id,
            at=view.meta.clicked_at,
        ),
    )


def _visit_facts(store: Store, view: CaptureView) -> dict[str, Any]:
    found = next((item for item in view.artifacts if item.name == "witness-visit.json"), None)
    return dict(json.loads(store.blobs.read(found.sha256))) if found else {}


def _keep_corroboration(store: Store, capture_id: CaptureId, result: Corroboration) -> None:
    store.vault.put_corroboration(capture_id, result)
    text = result.model_dump_json(indent=1).encode()
    store.vault.add_artifacts(capture_id, [store.keep("corroboration", text, "application/json")])
    store.note(capture_id, "compared", result.verdict)
