"""Compose the complaint for a channel: 问题描述, 证据列举, 诉求. No sentence without an exhibit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from helper.complaints import gaps, lint, packaged, preconditions
from helper.complaints.channels import ready_channel
from helper.complaints.deadlines import promised_by
from helper.complaints.demanding import Wish, supply, wishes
from helper.complaints.figures import Figures, figures
from helper.complaints.issues import DEMAND_KINDS
from helper.complaints.issues import issue as known_issue
from helper.complaints.law import Article
from helper.complaints.listing import evidence
from helper.complaints.telling import problem
from helper.complaints.wording import clean, leaves, moment, plain_money, quoted, shorten
from helper.errors import RefusedError
from helper.messages import Language
from helper.model import CaseView, Draft, Exhibit, Sentence

_FACTS_LIMIT = 300
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
    answers: Mapping[str, Any] | None = None,
    page_text: str | None = None,
    language: Language = "zh_CN",
) -> Draft:
    """Return the draft; the text is Chinese, gaps and advice are in `language`.

    `demand` is a key of the issue's demands or the user's own sentence. `answers`: `resale` (bool),
    `facts` (own words). `page_text`: what the order page showed. Raises InvalidError for an unknown
    issue or channel, RefusedError with reason channel_not_ready, no_order, no_exhibit or one of
    `preconditions`.
    """
    ready_channel(channel)
    known_issue(issue)
    seen = _look(case, tuple(exhibits), page_text)
    given = answers or {}
    facts = shorten(clean(str(given.get("facts") or "")), _FACTS_LIMIT)
    stated = preconditions.check(issue, seen, facts=bool(facts))
    told = problem(case, issue, seen, facts, stated=stated)
    shown = evidence(seen)
    asked = wishes(issue, demand, seen, resale=given.get("resale"))
    sentences = (*told, *shown, *asked.sentences)
    title = _title(issue, demand, seen)
    return Draft(
        draft_id=draft_id,
        case_id=case.case_id,
        channel=channel,
        issue=issue,
        demand=demand,
        title=title,
        fields=_fields(issue, demand, title, seen, told, shown, asked),
        text=_text(channel, told, shown, asked),
        sentences=sentences,
        exhibits=seen.exhibits,
        gaps=gaps.find(case, issue, seen, facts=bool(facts), language=language),
        lint=lint.check(
            sentences,
            demand=asked.sentences[0].text,
            exhibits=seen.exhibits,
            known=_known(channel, seen, asked.articles),
            language=language,
        ),
        law=tuple(article.ref() for article in asked.articles),
        created_at=now,
    )


def _look(case: CaseView, exhibits: tuple[Exhibit, ...], page_text: str | None) -> Figures:
    if case.order is None:
        raise RefusedError(reason="no_order")
    seen = figures(case, case.order, exhibits, page_text)
    if seen is None:
        raise RefusedError(reason="no_exhibit")
    return seen


def _title(issue: str, demand: str, seen: Figures) -> str:
    words = packaged.template("merchant_platform")
    values = {
        "issue": words["titles"][issue],
        "demand": words["title_demands"]
        .get(demand, "请求处理")
        .format(short=supply(issue, seen)[1]),
        "order_no": shorten(clean(seen.order.order_no), 64),
    }
    form = words["title_numbered"] if values["order_no"] else words["title"]
    return str(form.format(**values))


def _text(channel: str, told: Sequence[Sentence], shown: Sequence[Sentence], asked: Wish) -> str:
    words = packaged.template(channel)
    headings, ordinals = words["headings"], words["ordinals"]
    numbered = [f"{ordinals[i]}{one.text}" for i, one in enumerate(asked.sentences)]
    return "\n".join(
        [
            headings["problem"], *(one.text for one in told), "",
            headings["evidence"], *(one.text for one in shown), "",
            headings["demand"], *numbered,
        ]
    )  # fmt: skip


def _fields(
    issue: str,
    demand: str,
    title: str,
    seen: Figures,
    told: Sequence[Sentence],
    shown: Sequence[Sentence],
    asked: Wish,
) -> dict[str, str]:
    """Return values by `scrapers.contract.DRAFT_FIELDS`; what is not known is left out."""
    order = seen.order
    paid_at = order.payment.paid_at
    values = {
        "issue": issue,
        "order_no": clean(order.order_no),
        "product": "、".join(quoted(item.title, 200) for item in seen.items),
        "amount": plain_money(order.amount) if seen.amount and order.amount is not None else "",
        "paid_at": moment(paid_at) if paid_at else "",
        "trade_no": clean(order.payment.trade_no),
        "seller": clean(order.seller.name),
        "title": title,
        "description": "\n".join(one.text for one in told),
        "evidence": "\n".join(one.text for one in shown),
        "demand": asked.sentences[0].text,
        "demand_kind": DEMAND_KINDS.get(demand) or _kind_of_own(demand),
        "contact": clean(order.buyer_contact),
    }
    return {name: value for name, value in values.items() if value}


def _kind_of_own(demand: str) -> str:
    return next((kind for word, kind in _OWN_KINDS.items() if word in demand), "other")


def _known(channel: str, seen: Figures, articles: Sequence[Article]) -> str:
    """Return all text whose figures a draft may repeat."""
    order = seen.order
    times = [order.created_at, order.delivered_at, order.payment.paid_at, seen.seen_at]
    times.append(promised_by(order))
    return "\n".join(
        [
            *leaves(order.model_dump(mode="json")),
            *(moment(at) for at in times if at),
            *(exhibit.label for exhibit in seen.exhibits),
            *leaves(packaged.template(channel)),
            *(article.text for article in articles),
        ]
    )
