"""Compose a document for a channel: what happened, the proof, what is asked for.

No sentence without an exhibit, unless it says that it is the user's own word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from helper.complaints import documents, lint, packaged
from helper.complaints.dispute import preconditions
from helper.complaints.dispute.deciding import decide
from helper.complaints.dispute.issues import DEMAND_KINDS, issues
from helper.complaints.dispute.issues import issue as known_issue
from helper.complaints.documents import Document, laid_out
from helper.complaints.drafts import known
from helper.complaints.drafts.around import number_of
from helper.complaints.drafts.demanding import supply
from helper.complaints.drafts.fitting import fitted, limit_of
from helper.complaints.drafts.legal import cited
from helper.complaints.drafts.matter import Named, Writing
from helper.complaints.drafts.publishing import private_of, published, published_fields
from helper.complaints.drafts.terms import term_of
from helper.complaints.drafts.writing import written
from helper.complaints.due.deadlines import promised_by
from helper.complaints.figures import Figures, figures
from helper.complaints.ladder.admission import admit
from helper.complaints.ladder.channels import channel as known_channel
from helper.complaints.ladder.tried import refunded
from helper.complaints.law import named
from helper.complaints.lint import masked
from helper.complaints.proof import gaps
from helper.complaints.proof.contradictions import contradictions
from helper.complaints.proof.respondent import is_marketplace, respondent
from helper.complaints.sums.amounts import claims, excessive
from helper.complaints.wording import clean, leaves, moment, plain_money, quoted, shorten, tidy
from helper.dealings import Party
from helper.errors import InvalidError, RefusedError
from helper.messages import Language, text
from helper.model import CaseView, Draft, Exhibit, LintFinding, Sentence
from scrapers.record import OrderRecord

_FACTS_LIMIT = 300
_YUAN = re.compile(r"(\d[\d,]{0,14}(?:\.\d{1,2})?)\s*[元块]")
_OWN_KINDS = {
    "补发": "reissue",
    "重发": "reissue",
    "更换": "reissue",
    "退": "refund",
    "赔": "compensate",
}


def compose(
    case: CaseView,
    *,
    channel: str,
    issue: str,
    demand: str,
    exhibits: Sequence[Exhibit],
    now: datetime,
    draft_id: str,
    document: str | None = None,
    answers: Mapping[str, Any] | None = None,
    page_text: str | None = None,
    limits: Mapping[str, int] | None = None,
    hidden: tuple[str, ...] = (),
    language: Language = "zh_CN",
) -> Draft:
    """Return the draft; the text is Chinese, gaps and advice are in `language`.

    `document` is by default the channel's first one. `demand` is a key of the issue's
    demands or the user's own sentence. `answers`: those to the issue's questions (`resale`: bool,
    `facts`: own words). `page_text`: what the order page showed. `hidden`: values that a
    public text covers besides those of the case. Raises InvalidError for an unknown
    issue, channel or document, RefusedError where a precondition is not met.
    """
    known_issue(issue)
    given = answers or {}
    key = document or next(iter(known_channel(channel).documents), "")
    caveats = admit(case, channel, key, issue, given, now=now, language=language)
    of = documents.document(channel, key)
    seen = _look(case, tuple(exhibits), page_text, of)
    facts = shorten(clean(str(given.get("facts") or "")), _FACTS_LIMIT)
    stated = of.order and preconditions.check(issue, seen, facts=bool(facts))
    decision = decide(issue, given, case.order, language)
    if decision.stop is not None and of.asks:
        raise RefusedError(reason="stopped", sentence=decision.stop.text)
    this = _matter(case, issue, demand, seen, of, given, facts, now, stated=stated)
    _executable(this)
    limit = limit_of(of, limits or {})
    sentences = fitted(of, lambda drop: written(replace(this, drop=drop)), limit)
    if any(name == "leads" for part in of.parts for name in part.sentences) and not any(
        one.key.startswith("leads.") for one in sentences
    ):
        raise RefusedError(reason="no_lead")
    private = (*private_of(case), *hidden) if of.public else ()
    if of.public:
        sentences = published(sentences, private)
    told = laid_out(of, sentences)
    title = _title(of, issue, demand, this)
    fields = _fields(of, issue, demand, this, sentences)
    return Draft(
        draft_id=draft_id,
        case_id=case.case_id,
        channel=channel,
        document=of.key,
        issue=issue,
        demand=masked(demand, private) if of.public else demand,
        title=masked(title, private) if of.public else title,
        fields=published_fields(fields, private) if of.public else fields,
        text=told,
        sentences=sentences,
        exhibits=seen.exhibits,
        gaps=(
            *contradictions(case, seen, now, language),
            *gaps.find(
                case, issue, seen, facts=bool(facts), channel=_asking(of), language=language
            ),
        ),
        lint=(
            *lint.check(
                sentences,
                demand=fields.get("demand", "") if of.asks else None,
                exhibits=seen.exhibits,
                known=_known(this),
                limit=limit,
                length=len(told),
                public=of.public,
                private=private,
                reporting=of.to == "inquiry",
                now=now,
                language=language,
            ),
            *_too_much(this, language),
        ),
        law=named(sentences),
        remarks=(
            *caveats,
            *(said.text for said in (*decision.warnings, decision.lowered) if said),
            *(text(f"drafts.remark.{key}", language) for key in of.remarks),
        ),
        limit=limit,
        created_at=now,
    )


def _executable(this: Writing) -> None:
    """Refuse what cannot be asked for: money that is back, another issue's demand, a vague suit."""
    demand, of = this.demand, this.of
    homes = [one.key for one in issues() if demand in {wish.key for wish in one.demands}]
    if len(homes) == 1 and homes != [this.issue]:
        known = "、".join(wish.key for wish in known_issue(this.issue).demands)
        raise InvalidError(reason="demand", what=demand, known=known)
    if of.to in {"court", "arbitration"} and demand not in DEMAND_KINDS:
        raise RefusedError(reason="suit_demand")
    paid, back = this.seen.order.amount, refunded(this.case, this.now)
    if of.asks and paid is not None and 0 < paid <= back and this.issue != "duplicate_charge":
        raise RefusedError(reason="all_back")


def _asking(of: Document) -> str:
    """Return the channel whose proof is asked for: who is to keep records needs none."""
    return "tsa" if of.to == "keep" else of.channel


def _too_much(this: Writing, language: Language) -> Iterator[LintFinding]:
    """Flag a demand in the user's words that goes beyond what the case supports."""
    if this.demand in DEMAND_KINDS:
        return
    sums = {Decimal(one.replace(",", "")) for one in _YUAN.findall(this.demand)}
    said = excessive(sum(sums, Decimal(0)), this.sums, language=language) if sums else None
    if said is not None:
        yield LintFinding(
            rule="excessive", text=this.demand, advice=said.text, place="demand.demand"
        )


def _look(
    case: CaseView, exhibits: tuple[Exhibit, ...], page_text: str | None, of: Document
) -> Figures:
    if case.order is None and of.order:
        raise RefusedError(reason="no_order")
    words = packaged.words(of.writer or ("本人" if of.formal else "我"))
    order = case.order or OrderRecord()
    seen = figures(case, order, exhibits, page_text, words=words)
    if seen is None:
        raise RefusedError(reason="no_exhibit")
    return seen


def _matter(
    case: CaseView,
    issue: str,
    demand: str,
    seen: Figures,
    of: Document,
    answers: Mapping[str, Any],
    facts: str,
    now: datetime,
    *,
    stated: bool,
) -> Writing:
    term, days = term_of(answers.get("days"), now)
    this = Writing(
        case=case,
        issue=issue,
        demand=demand,
        seen=seen,
        of=of,
        facts=facts,
        answers=answers,
        stated=stated,
        party=_party(case, seen),
        subject=_subject(issue, demand, seen, "title_numbered"),
        matter=_subject(issue, demand, seen, "title_after"),
        now=now,
        term=term,
        days=days,
    )
    resale = answers.get("resale")
    ends = bool(this.values["ends_contract"])
    this = replace(this, sums=claims(case, issue, seen, answers, now=now))
    names = {name for part in of.parts for name in part.sentences}
    keys = [one.key for one in this.claims] if "claims" in names else []
    found = cited(
        of, issue, seen, resale, now=now, ends=ends, claimed=keys, marketplace=is_marketplace(case)
    )
    return replace(this, cited=tuple(found))


def _subject(issue: str, demand: str, seen: Figures, form: str) -> str:
    words = packaged.words()
    values = {
        "issue": words["titles"][issue],
        "demand": words["title_demands"]
        .get(demand, "请求处理")
        .format(short=supply(issue, seen)[1]),
        "order_no": shorten(clean(seen.order.order_no), 64),
    }
    return str(words[form if values["order_no"] else "title"].format(**values))


def _party(case: CaseView, seen: Figures) -> Named:
    """Return who is complained of: the one that is sure, whom the user names, the order page's."""
    words = seen.words["respondent"]
    told = [e.what for e in case.entries if isinstance(e.what, Party) and e.what.role == "seller"]
    found = respondent(case).chosen or (told[-1] if told else None)
    seller = quoted(seen.order.seller.name, 40)
    if found is not None:
        number = number_of(seen, found.capture_id)
        parts = [found.name, *(words[key].format(value=value) for key, value in
                 (("code", found.code), ("address", found.address)) if value)]  # fmt: skip
        proof = (number,) if number is not None else ()
        return Named("，".join(parts), proof, not proof, found.name, found.address or "")
    if seller:
        name = words["seller"].format(name=seller)
        return Named(name, seen.cite(["seller.name"]), seen.by_user("seller.name"), seller)
    site = clean(seen.order.platform.name) or clean(case.host)
    unknown = words["unknown"].format(site=site or "-", host=clean(case.host) or "-")
    return Named(unknown, (), True, site or words["nobody"])


def _title(of: Document, issue: str, demand: str, this: Writing) -> str:
    words = packaged.words()
    wanted = words["title_demands"].get(demand, "请求处理")
    values = {
        "issue": words["titles"][issue],
        "wanted": wanted.format(short=supply(issue, this.seen)[1]),
    }
    host = this.values["host"] or this.values["platform"]
    return tidy(of.title.format(**{**this.values, **values, "host": host}))


def _fields(
    of: Document, issue: str, demand: str, this: Writing, sentences: Sequence[Sentence]
) -> dict[str, str]:
    """Return values by `scrapers.contract.DRAFT_FIELDS`; what is not known is left out."""
    seen, order = this.seen, this.seen.order
    paid_at = order.payment.paid_at
    values = {
        "issue": issue,
        "order_no": clean(order.order_no),
        "product": "、".join(quoted(item.title, 200) for item in seen.items),
        "goods": shorten(quoted(seen.items[0].title, 200), 50) if seen.items else "",
        "amount": plain_money(order.amount) if seen.amount and order.amount is not None else "",
        "paid_at": moment(paid_at) if paid_at else "",
        "trade_no": clean(order.payment.trade_no),
        "seller": clean(order.seller.name),
        "respondent": this.party.name,
        "respondent_address": this.party.address,
        "title": _title(of, issue, demand, this),
        **documents.boxes(sentences),
        "demand_kind": DEMAND_KINDS.get(demand) or _kind_of_own(demand),
        "problem_kind": str(packaged.data("problem_kinds").get(of.channel, {}).get(issue, "")),
        "contact": clean(order.buyer_contact),
    }
    return {name: value for name, value in values.items() if value}


def _kind_of_own(demand: str) -> str:
    return next((kind for word, kind in _OWN_KINDS.items() if word in demand), "other")


def _known(this: Writing) -> str:
    """Return all text whose figures a draft may repeat."""
    seen, order = this.seen, this.seen.order
    times = [order.created_at, order.delivered_at, order.payment.paid_at, seen.seen_at]
    times += [promised_by(order), this.term, this.now]
    return "\n".join(
        [
            known.of_case(this.case),
            *leaves(order.model_dump(mode="json")),
            *(moment(at) for at in times if at),
            *(exhibit.label for exhibit in seen.exhibits),
            *(exhibit.sha256 for exhibit in seen.exhibits if this.of.channel == "chain"),
            *(f"{one.amount} {one.formula}" for one in this.sums if one.allowed),
            this.rest or "",
            *leaves({k: v for k, v in this.answers.items() if k != "facts"}),
            *leaves(seen.words),
            *leaves(this.of.model_dump(mode="json")),
            *(f"{one.quote}{one.article.text}" for one in this.cited),
        ]
    )
