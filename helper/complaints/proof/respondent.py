"""Who is complained of: candidates, where each was read, how sure each is, what to look up next.

The respondent is the seller: on its own site whoever runs it, on a marketplace the merchant. The
marketplace answers only under its conditions (消保法 44, 电商法 38, 法释〔2022〕8号 4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

from helper import messages
from helper.complaints import exhibits as choosing
from helper.complaints.citing import citing
from helper.complaints.held import parties, site_operators
from helper.complaints.law import article
from helper.complaints.proof.credit_code import is_credit_code
from helper.complaints.wording import clean
from helper.dealings import Party
from helper.messages import Language
from helper.model import CaseView, LawRef
from scrapers.read import platform_of
from scrapers.reading import host_of
from scrapers.record import Frozen

Role = Literal["seller", "platform", "payee"]
FoundIn = Literal["bill", "footer", "icp", "register", "platform_page", "user"]
Confidence = Literal["high", "medium", "low"]

_LEGAL = re.compile(
    r"(?:公司|厂|(?<!专营)(?<!旗舰)(?<!专卖)(?<!网)(?<!小)店|中心|工作室|商行|合作社|合伙企业"
    r"|经营部|商贸部|服务部|事务所|[（(](?:有限合伙|个体工商户)[)）])$"
)
"""How registered names end; a brand, a shop's nickname or a person's name does not."""
_PAYMENT = re.compile(r"支付|财付通|通联|拉卡拉|汇付|收钱吧|易宝|快钱|银联|连连")
_KIND = {"footer": "site", "platform_page": "site", "icp": "filing", "register": "register",
         "bill": "payment"}  # fmt: skip
"""What the shop says of itself is one source, on however many of its pages."""
_HOSTS = {"gsxt.gov.cn": "register", "beian.miit.gov.cn": "icp"}
_PLATFORM_LAW = ("consumer_44", "ecommerce_38", "online_consumer_4")
_REGISTER_LAW = ("online_trade_8", "online_trade_12")


class Candidate(Frozen):
    """A possible respondent. `code_wrong`: its 统一社会信用代码 has a wrong check digit."""

    role: Role
    name: str
    code: str | None = None
    code_wrong: bool = False
    address: str | None = None
    phone: str | None = None
    found_in: FoundIn
    capture_id: str | None = None
    confidence: Confidence
    reason: str


class Step(Frozen):
    """What to look up, how, and whether it is done."""

    key: str
    text: str
    action: str
    state: Literal["done", "missing"]


class Respondent(Frozen):
    """All that is known. `chosen` only where it is sure enough; `remarks` are what to mind."""

    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    conflicts: tuple[str, ...]
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]
    law: tuple[LawRef, ...]


class _Found(Frozen):
    role: Role
    name: str
    code: str | None = None
    address: str | None = None
    phone: str | None = None
    found_in: FoundIn
    capture_id: str | None = None


def respondent(case: CaseView, *, language: Language = "zh_CN") -> Respondent:
    """Return who may be complained of, the one that is sure, and the steps to be surer."""
    found = list(dict.fromkeys(_found(case)))
    candidates = tuple(_judged(one, found, language) for one in found)
    conflicts = tuple(_conflicts(candidates, language))
    marketplace = is_marketplace(case)
    remarks = [
        messages.text("respondent.code_wrong", language, name=one.name, code=one.code or "")
        for one in candidates
        if one.code_wrong
    ]
    registered = citing(_REGISTER_LAW, language)
    remarks.append(messages.text("respondent.unregistered", language, law=registered))
    if any(operator.personal_payee for _, operator in site_operators(case)):
        remarks.append(messages.text("respondent.personal_payee", language))
    if marketplace:
        remarks += [
            messages.text(f"respondent.{key}", language, law=citing([key], language))
            for key in _PLATFORM_LAW
        ]
    rows = (*_REGISTER_LAW, *(_PLATFORM_LAW if marketplace else ()))
    return Respondent(
        candidates=candidates,
        chosen=_chosen(candidates),
        conflicts=conflicts,
        steps=tuple(_steps(case, candidates, marketplace, language)),
        remarks=tuple(remarks),
        law=tuple(row.ref() for key in rows if (row := article(key)) is not None),
    )


def is_marketplace(case: CaseView) -> bool:
    """Tell whether a merchant sells on a site that somebody else runs."""
    order = case.order
    seller = clean(order.seller.name) if order else ""
    told = {one.role for one in parties(case)}
    own = [order.platform.name if order else None, *(o.name for _, o in site_operators(case))]
    named = bool(seller) and not any(_same(seller, name) for name in own)
    return named or {"seller", "platform"} <= told or _known_marketplace(case) is not None


def _found(case: CaseView) -> Iterator[_Found]:
    marketplace = is_marketplace(case)
    for party in parties(case):
        yield _of_party(party)
    for capture, operator in site_operators(case):
        if operator.name:
            yield _Found(
                role="platform" if marketplace else "seller",
                name=clean(operator.name),
                code=operator.code,
                address=operator.address,
                phone=operator.phone,
                found_in="footer",
                capture_id=capture.capture_id,
            )
    for capture, artifact in case.attached:
        payee = clean(str((artifact.about.get("payment") or {}).get("counterparty") or ""))
        if payee:
            yield _Found(role="payee", name=payee, found_in="bill", capture_id=capture.capture_id)
    main = choosing.main_capture(case)
    names: dict[Role, str | None] = {
        "seller": case.order.seller.name if case.order else None,
        "platform": _known_marketplace(case),
    }
    for role, name in names.items():
        if clean(name):
            kept = main.capture_id if main else None
            yield _Found(role=role, name=clean(name), found_in="platform_page", capture_id=kept)


def _known_marketplace(case: CaseView) -> str | None:
    """Return the name of a marketplace on its own hosts; else a name may be of mere software."""
    platform, host = platform_of(case.platform_key), clean(case.host)
    own = platform is not None and any(_within(host, at) for at in platform.hosts)
    return platform.name if platform is not None and own else None


def _of_party(party: Party) -> _Found:
    values = party.model_dump(exclude={"kind", "registry"})
    return _Found.model_validate(values | {"name": clean(party.name)})


def _judged(one: _Found, found: Sequence[_Found], language: Language) -> Candidate:
    confidence, reason = _confidence(one, found)
    return Candidate(
        **one.model_dump(),
        code_wrong=one.code is not None and not is_credit_code(one.code),
        confidence=confidence,
        reason=messages.text(f"respondent.reason.{reason}", language),
    )


def _confidence(one: _Found, found: Sequence[_Found]) -> tuple[Confidence, str]:
    """Return how sure a candidate is, and the sentence why."""
    same = [other for other in found if _same(other.name, one.name) and other.capture_id]
    kinds = {_KIND[other.found_in] for other in same if other.found_in in _KIND}
    rules: tuple[tuple[bool, Confidence, str], ...] = (
        (one.code is not None and not is_credit_code(one.code), "low", "code_wrong"),
        (one.role == "payee" and _collects(one.name), "low", "payment_company"),
        (one.role == "payee" and not _legal(one.name), "low", "payee_person"),
        (not _legal(one.name), "low", "no_registered_name"),
        (len(kinds) > 1, "high", "two_places"),
        (one.capture_id is None, "low", "user"),
    )
    return next(
        ((sure, why) for holds, sure, why in rules if holds),
        ("medium", "payee" if one.role == "payee" else one.found_in),
    )


def _conflicts(candidates: Sequence[Candidate], language: Language) -> Iterator[str]:
    """Name each pair of different names for one role, and each payee that is not the seller."""
    told: set[str] = set()
    for first, second in combinations(sorted(candidates, key=lambda c: c.role == "payee"), 2):
        payee = first.role == "seller" and second.role == "payee" and not _collects(second.name)
        alike = first.role == second.role != "payee" and _legal(second.name)
        if _same(first.name, second.name) or not _legal(first.name) or not (payee or alike):
            continue
        key = "conflict_payee" if payee else "conflict"
        said = messages.text(f"respondent.{key}", language, first=first.name, second=second.name)
        if said not in told:
            told.add(said)
            yield said


def _chosen(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the seller if one is sure; of two registered names the user has to pick."""
    sellers = [c for c in candidates if c.role == "seller" and _legal(c.name)]
    if len({_folded(c.name) for c in sellers}) != 1:
        return None
    sure = [c for c in sellers if c.confidence == "high"]
    return max(sure, key=lambda c: (bool(c.address), bool(c.code)), default=None)


def _steps(
    case: CaseView, candidates: Sequence[Candidate], marketplace: bool, language: Language
) -> Iterator[Step]:
    operators = [operator for _, operator in site_operators(case)]
    hosts = [host for c in case.captures if (host := host_of(c.meta.url))]
    visited = {key for at, key in _HOSTS.items() for host in hosts if _within(host, at)}
    places = {candidate.found_in for candidate in candidates} | visited
    filed = next((clean(one.icp) for one in operators if one.icp), "")
    name = next((c.name for c in candidates if _legal(c.name)), "")
    values = {
        "shop": clean(case.host).partition(":")[0] or messages.text("proof.shop", language),
        "icp": messages.text("respondent.step.filing", language, icp=filed) if filed else "",
        "name": messages.text(
            "respondent.quoted" if name else "respondent.name", language, name=name
        ),
    }
    if any(one.name or one.code or one.icp or one.licence for one in operators):
        places.add("footer")
    steps = {
        "footer": ("capture:footer", "footer" in places),
        "seller": ("capture:seller", any(c.role == "seller" and c.address for c in candidates)),
        "payee": ("attach:payment", any(c.role == "payee" for c in candidates)),
        "icp": ("capture:icp", "icp" in places),
        "register": ("capture:register", "register" in places),
        "ask_platform": ("contact", any(c.role == "seller" and c.address for c in candidates)),
    }
    for key, (action, done) in steps.items():
        if marketplace or key not in {"seller", "ask_platform"}:
            state: Literal["done", "missing"] = "done" if done else "missing"
            text = messages.text(f"respondent.step.{key}.{state}", language, **values)
            yield Step(key=key, text=text, action=action, state=state)


def _within(host: str, domain: str) -> bool:
    bare = host.partition(":")[0]
    return bare == domain or bare.endswith(f".{domain}")


def _collects(name: str) -> bool:
    """Tell whether a name is that of a company that takes payments for others."""
    return _PAYMENT.search(name) is not None


def _legal(name: str) -> bool:
    return _LEGAL.search(name) is not None


def _same(first: str | None, second: str | None) -> bool:
    return bool(first and second) and _folded(first or "") == _folded(second or "")


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
