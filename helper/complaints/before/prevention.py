"""Look at a page before anybody pays: what it says, what it leaves out, what to be careful about.

Pure. A check says what stands on the page; none says that a shop is safe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

from helper import messages
from helper.complaints import packaged
from helper.complaints.before import lookalike
from helper.complaints.dispute import goods
from helper.complaints.law import article
from helper.complaints.wording import plain_money, quoted
from helper.messages import Language
from helper.model import LawRef
from scrapers import promise
from scrapers.record import Frozen, Moment, Operator, Product, Terms

State = Literal["warn", "missing", "unknown", "ok"]
_STATES: tuple[State, ...] = ("warn", "missing", "unknown", "ok")
_ADVICE = ("small", "keep", "account", "official", "choose")
_UNSEEN = ("payment", "registers", "reviews", "goods", "pages", "pictures")
_SENTENCE = re.compile(r"[^。；;！!？?\n]+[。；;！!？?]?")
_LEAST = 8  # shorter ones are links and headings
_MOST = 200


class Check(Frozen):
    """One thing to look at. missing: the page does not say it; unknown: it could not be seen.

    `quotes` are the page's exact words.
    """

    key: str
    state: State
    sentence: str
    why: str
    todo: str
    law: tuple[LawRef, ...] = ()
    quotes: tuple[str, ...] = ()


class Prevention(Frozen):
    """All checks of a page, the gravest first; what to do in any case; what was not looked at."""

    checked_at: Moment
    summary: str
    checks: tuple[Check, ...]
    advice: tuple[str, ...]
    unseen: tuple[str, ...]


class Seen(Protocol):
    """What was read of a page: an Extraction or what a case keeps of it."""

    @property
    def product(self) -> Product | None: ...  # noqa: D102
    @property
    def terms(self) -> Terms | None: ...  # noqa: D102
    @property
    def operator(self) -> Operator | None: ...  # noqa: D102


class _Finding(NamedTuple):
    key: str
    state: State
    variant: str = ""
    quote: str | None = None
    values: Mapping[str, object] = {}


@dataclass(frozen=True)
class _Page:
    """What the checks look at."""

    seen: Seen
    url: str
    text: str

    @cached_property
    def sentences(self) -> list[str]:
        """Return the sentences of page, product and terms, each once."""
        product, terms = self.seen.product, self.seen.terms
        parts = [
            *((product.delivery.promised_text, product.description) if product else ()),
            *(clause.text for clause in (terms.clauses if terms else ())),
            self.text,
        ]
        found = (one.strip() for part in parts for one in _SENTENCE.findall(part or ""))
        return list(dict.fromkeys(one for one in found if len(one) >= _LEAST))

    @property
    def of_goods(self) -> bool:
        """Say whether the page is where a promise and rules should stand."""
        return self.seen.product is not None or self.seen.terms is not None

    def first(self, words: str, unless: str = "") -> str | None:
        """Return the first sentence with such words and without those of `unless`."""
        found = (one for one in self.sentences if re.search(words, one))
        return next((one for one in found if not (unless and re.search(unless, one))), None)


def check(
    seen: Seen, url: str, *, text: str = "", now: datetime, language: Language = "zh_CN"
) -> Prevention:
    """Return what a page says and leaves out; `text` is all that it shows, a line for each line.

    An empty `url` is unknown.
    """
    page = _Page(seen, url, text)
    findings = [finding for look in _LOOKS for finding in look(page)]
    checks = [_told(finding, language) for finding in findings]
    checks.sort(key=lambda one: _STATES.index(one.state))
    return Prevention(
        checked_at=now,
        summary=_summary(checks, language),
        checks=tuple(checks),
        advice=tuple(messages.text(f"prevention.advice.{key}", language) for key in _ADVICE),
        unseen=tuple(messages.text(f"prevention.unseen.{key}", language) for key in _UNSEEN),
    )


def _told(finding: _Finding, language: Language) -> Check:
    """Put a finding into words: of its variant where it has own ones, else of its state."""
    name = finding.variant or finding.state

    def said(part: str) -> str:
        keys = (f"{part}.{name}", f"{part}.{finding.state}", part)
        known = messages.catalogue(language)
        key = next((k for one in keys if (k := f"prevention.{finding.key}.{one}") in known), "")
        return messages.text(key, language, **values) if key else ""

    values = {**finding.values, "quote": quoted(finding.quote)}
    return Check(
        key=finding.key,
        state=finding.state,
        sentence=said("sentence"),
        why=said("why"),
        todo=said("todo"),
        law=tuple(one.ref() for key in _law(finding) if (one := article(key))),
        quotes=(finding.quote[:_MOST],) if finding.quote else (),
    )


def _law(finding: _Finding) -> list[str]:
    data = packaged.data("prevention")
    clause = data["clauses"].get(finding.key)
    own = data["law"].get(f"{finding.key}.{finding.variant}")
    found: list[str] = clause["law"] if clause else own or data["law"][finding.key]
    return found


def _summary(checks: list[Check], language: Language) -> str:
    counts = {state: sum(one.state == state for one in checks) for state in _STATES}
    first = next((state for state in ("warn", "missing") if counts[state]), "unknown")
    parts = ("counts", f"first_{first}", "no_verdict")
    said = (
        messages.text(f"prevention.summary.{key}", language, total=len(checks), **counts)
        for key in parts
    )
    return ("" if language == "zh_CN" else " ").join(said)


def _words(name: str) -> str:
    return str(packaged.data("prevention")["words"][name])


def _payee(page: _Page) -> Iterator[_Finding]:
    operator = page.seen.operator
    if operator is None or not operator.personal_payee:
        yield _Finding("payee", "unknown")
        return
    source = operator.sources.get("personal_payee")
    yield _Finding("payee", "warn", quote=source.text if source else None)


def _goods(page: _Page) -> Iterator[_Finding]:
    product = page.seen.product
    if product is None:
        yield _Finding("goods", "unknown")
        return
    hints = goods.unlawful([product.title])
    if hints:
        values = {"word": "、".join(word for _, word in hints)}
        yield _Finding("goods", "warn", quote=product.title, values=values)
    else:
        yield _Finding("goods", "ok")


def _clauses(page: _Page) -> Iterator[_Finding]:
    found = [
        _Finding(key, "warn", quote=quote)
        for key, row in packaged.data("prevention")["clauses"].items()
        if (quote := page.first(row["words"], row.get("unless", "")))
    ]
    if found:
        yield from found
    elif page.sentences:
        yield _Finding("clauses", "ok", values={"count": len(page.sentences)})
    else:
        yield _Finding("clauses", "unknown")


def _promise(page: _Page) -> Iterator[_Finding]:
    product = page.seen.product
    delivery = product.delivery if product else None
    clauses = page.seen.terms.clauses if page.seen.terms else ()
    timed = (said for one in clauses if "delivery" in one.topics and promise.duration(one.text)
             if (said := promise.sentence(one.text)))  # fmt: skip
    if delivery and delivery.promised:
        yield _Finding("promise", "ok", quote=delivery.promised_text)
    elif said := next(timed, None):
        yield _Finding("promise", "ok", quote=said)
    elif vague := delivery and (delivery.promised_text or page.first(_words("delivery"))):
        yield _Finding("promise", "missing", "vague", quote=vague)
    else:
        yield _Finding("promise", "missing" if page.of_goods else "unknown")


def _aftersales(page: _Page) -> Iterator[_Finding]:
    refusals = packaged.data("prevention")["clauses"]["clause_no_refund"]["words"]
    if not page.of_goods:
        yield _Finding("aftersales", "unknown")
    elif said := page.first(_words("aftersales"), refusals):
        yield _Finding("aftersales", "ok", quote=said)
    elif said := page.first(_words("contact"), refusals):
        yield _Finding("aftersales", "missing", "contact", quote=said)
    else:
        yield _Finding("aftersales", "missing")


def _returns(page: _Page) -> Iterator[_Finding]:
    if said := page.first(_words("returns_marked")):
        yield _Finding("returns", "ok", "marked", quote=said)
    elif said := page.first(_words("returns_offered")):
        yield _Finding("returns", "ok", "offered", quote=said)
    else:
        yield _Finding("returns", "missing" if page.of_goods else "unknown")


def _operator(page: _Page) -> Iterator[_Finding]:
    operator = page.seen.operator
    if operator and operator.name and operator.code:
        values = {"name": operator.name, "code": operator.code}
        yield _Finding("operator", "ok", "both", values=values)
    elif operator and (operator.name or operator.code):
        yield _Finding("operator", "ok", values={"name": operator.name or operator.code})
    else:
        yield _Finding("operator", "missing")
    product = page.seen.product
    if product and product.seller.name:
        yield _Finding("seller", "unknown", values={"name": product.seller.name})


def _icp(page: _Page) -> Iterator[_Finding]:
    operator = page.seen.operator
    number = operator and (operator.icp or operator.licence)
    if operator is None or number is None:
        yield _Finding("icp", "missing")
    else:
        variant = "" if operator.icp else "licence"
        yield _Finding("icp", "ok", variant, values={"number": number})


def _escrow(page: _Page) -> Iterator[_Finding]:
    if said := page.first(_words("escrow")):
        yield _Finding("escrow", "ok", quote=said)
    else:
        yield _Finding("escrow", "missing" if page.of_goods else "unknown")


def _boast(page: _Page) -> Iterator[_Finding]:
    if said := page.first(_words("boast"), _words("not")):
        yield _Finding("boast", "warn", quote=said)


def _price(page: _Page) -> Iterator[_Finding]:
    rule: dict[str, Any] = packaged.data("prevention")["price"]
    product = page.seen.product
    title = product.title if product else ""
    faces = {Decimal(one) for one in re.findall(rule["face"], title)}
    if (
        product is None
        or not product.price
        or product.currency not in {None, "CNY"}
        or len(faces) != 1
        or re.search(rule["unless"], title)
        or not (face := faces.pop())
    ):
        yield _Finding("price", "unknown")
        return
    share = product.price / face
    values = {"price": plain_money(product.price), "face": plain_money(face)}
    values["percent"] = f"{share * 100:.0f}"
    if share < Decimal(rule["low"]):
        yield _Finding("price", "warn", "low", values=values)
    elif share > Decimal(rule["high"]):
        yield _Finding("price", "warn", "high", values=values)
    else:
        yield _Finding("price", "ok", values=values)


def _address(page: _Page) -> Iterator[_Finding]:
    known: list[str] = packaged.data("prevention")["known"]
    if not page.url:
        yield _Finding("address", "unknown")
        return
    odd = lookalike.oddity(page.url, known)
    if odd is None:
        yield _Finding("address", "ok", values={"count": len(known)})
    else:
        values = {"name": odd.name, "domain": odd.domain}
        yield _Finding("address", "warn", odd.kind, values=values)


_LOOKS: tuple[Callable[[_Page], Iterator[_Finding]], ...] = (
    _payee, _goods, _clauses, _address, _price, _boast, _promise, _aftersales, _operator, _icp,
    _returns, _escrow,
)  # fmt: skip
