"""Look at kept pages before anybody pays: one page, or the pages of a shop that a case holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helper.complaints.before import prevention
from helper.complaints.before.prevention import Prevention
from helper.errors import RefusedError, TooLargeError
from helper.messages import Language
from helper.model import CaptureView, CaseView
from helper.steps.store import Store
from scrapers.operators.lines import shown
from scrapers.page import MAX_BYTES, PageTooLargeError, load
from scrapers.read import read
from scrapers.reading import host_of
from scrapers.record import Operator, Product, Terms

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Seen:
    """What was read of one page, or of several pages of one shop; `text` is all that they show."""

    url: str
    text: str
    product: Product | None = None
    terms: Terms | None = None
    operator: Operator | None = None


def seen_in(data: bytes, *, url: str, at: datetime | None = None, media_type: str = "") -> Seen:
    """Read the bytes of a saved page; raises TooLargeError."""
    try:
        page = load(data, url=url, captured_at=at, media_type=media_type)
    except PageTooLargeError as error:
        raise TooLargeError(reason="page", path=url, limit=MAX_BYTES >> 20) from error
    found = read(page)
    text = "\n".join(line.text for line in shown(page.walked, page.walked.tokens))
    return Seen(page.url, text, found.product, found.terms, found.operator)


def seen_in_capture(store: Store, view: CaptureView) -> Seen | None:
    """Read a kept page, what the user saw before what the visit got; None where there is none."""
    html = store.read_role(view.artifacts, "seen/html")
    html = html or store.read_role(view.artifacts, "witness/html")
    if html is None:
        return None
    return seen_in(html, url=view.meta.url, at=view.meta.clicked_at, media_type=HTML)


def check_capture(store: Store, view: CaptureView, language: Language) -> Prevention:
    """Look at a kept page; raises RefusedError(nothing_to_check)."""
    seen = seen_in_capture(store, view)
    return _check(store, [seen] if seen else [], view.capture_id, language)


def check_case(store: Store, case: CaseView, language: Language) -> Prevention:
    """Look at all pages of the shop that a case holds; raises RefusedError(nothing_to_check).

    The shop is that of the newest product, else the case's own host: bills, forms and other shops
    do not count. The newest product and terms are taken.
    """
    views = sorted(case.captures, key=lambda view: view.meta.clicked_at, reverse=True)
    pages = [seen for view in views if (seen := seen_in_capture(store, view))]
    goods = next((page for page in pages if page.product), None)
    host = host_of(goods.url) if goods else case.host
    own = [page for page in pages if host is None or host_of(page.url) == host]
    return _check(store, own, case.case_id, language)


def check_page(seen: Seen, now: datetime, language: Language) -> Prevention:
    """Look at a page that was read."""
    return prevention.check(seen, seen.url, text=seen.text, now=now, language=language)


def _check(store: Store, seen: list[Seen], what: str, language: Language) -> Prevention:
    if not seen:
        raise RefusedError(reason="nothing_to_check", what=what)
    whole = Seen(
        url=next((page.url for page in seen if page.product), seen[0].url),
        text="\n".join(page.text for page in seen),
        product=next((page.product for page in seen if page.product), None),
        terms=next((page.terms for page in seen if page.terms), None),
        operator=_operator(seen),
    )
    return check_page(whole, store.now(), language)


def _operator(pages: list[Seen]) -> Operator | None:
    """Return the page's operator that names most; a demand to pay a person on any page counts."""
    told = [page.operator for page in pages if page.operator]
    best = max(told, key=lambda one: len(one.sources), default=None)
    asked = next((one for one in told if one.personal_payee), None)
    if best is None or asked is None or best.personal_payee:
        return best
    sources = {**best.sources, "personal_payee": asked.sources["personal_payee"]}
    return best.model_copy(update={"personal_payee": True, "sources": sources})
