"""Choose and number the exhibits of a case: the order page first, the user's own files last.

`numbered` is the only numbering of an export: book, list and folders take it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from helper.complaints import packaged
from helper.complaints.wording import clean, moment, quoted
from helper.model import Artifact, CaptureView, CaseView, Draft, Exhibit, Role
from scrapers.record import Payment

_WITH_ADDRESS: tuple[Role, ...] = ("seen/sheet", "witness/window", "witness/sheet")
_ORDER: tuple[tuple[Role, ...], ...] = (
    ("seen/sheet", "seen/page", "seen/viewport"),
    ("seen/window",),
    ("witness/window", "witness/sheet", "witness/page"),
    ("witness/pdf",),
)
"""For the order page: of each group the first role that exists."""
_PICTURES = frozenset(role for roles in _ORDER for role in roles)
PAGE_FILES: tuple[Role, ...] = ("seen/html", "seen/mhtml", "witness/html", "witness/mhtml")
"""The page's own file: an exhibit only where it alone shows what a draft quotes."""
CHAT: Role = "seen/chat"
"""The whole chat: what is quoted from it stands in no picture of the page."""
_OTHER: tuple[Role, ...] = (*_WITH_ADDRESS, "seen/page", "seen/viewport", "witness/page")
_FURTHER: tuple[tuple[Role, ...], ...] = (
    ("seen/sheet", "seen/page", "seen/viewport"),
    ("seen/window",),
    ("witness/window",),
    ("witness/sheet", "witness/page"),
    ("witness/scroller",),
    ("order",),
    ("seen/recording",),
    (CHAT,),
    ("seen/chat-strip",),
    ("attachment",),
)
"""What no draft cites: of each group all files of the first role that exists."""
_MOST_OTHER = 4
"""Further pages, unless more of them tell something of the dispute."""
_MOST_TELLING = 12
_TAIL = re.compile(r"（[^）]*）?")
_MOST_ATTACHED = 20

_WORDS: dict[Role, str] = {
    "seen/sheet": "截图（含网址{at}）",
    "seen/page": "完整长图（{at}）",
    "seen/viewport": "可见部分截图（{at}）",
    "seen/window": "浏览器窗口截图（含地址栏{at}）",
    "witness/window": "再次访问时的浏览器窗口截图（含地址栏{at}）",
    "witness/sheet": "再次访问时的截图（含网址{at}）",
    "witness/page": "再次访问时的完整长图（{at}）",
    "witness/pdf": "再次访问时的 PDF（{at}）",
    "seen/html": "网页文件 HTML（{at}）",
    "seen/mhtml": "网页文件 MHTML（{at}）",
    "witness/html": "再次访问时的网页文件 HTML（{at}）",
    "witness/mhtml": "再次访问时的网页文件 MHTML（{at}）",
    "witness/scroller": "再次访问时的页内滚动区域截图（{at}）",
    "seen/chat": "聊天记录全文（{at}）",
    "seen/chat-strip": "聊天记录分屏截图（{at}）",
    "order": "读出的订单信息及其出处（{at}）",
    "seen/recording": "操作过程录屏（开始于{at}）",
}
_VISIBLE = "可见部分截图（含网址{at}）"
KINDS = {
    "payment": "付款账单",
    "redeem_error": "兑换失败提示截图",
    "chat": "与客服的聊天记录",
    "product": "商品页截图",
    "received": "实际收到的商品截图",
    "redeem_record": "兑换记录",
    "account_record": "充值账号内的记录",
    "operation": "操作步骤截图",
    "fault": "故障提示截图",
    "recording": "操作录屏",
    "call": "与客服的通话录音",
    "terms": "用户协议或店铺规则截图",
    "register": "主体登记查询结果",
    "notary": "公证书或第三方存证证书",
    "redacted": "遮盖后的截图",
}
"""`about.kind` of an attachment and what it is called."""


def choose(case: CaseView, *, channel: str, page_file: bool = False) -> tuple[Exhibit, ...]:
    """Return the exhibits for a channel, numbered from 1; empty where nothing can be shown.

    `page_file`: the order page's own file belongs to them, for what no picture shows. Pictures that
    the user covered are for channels that everybody can read.
    """
    public = channel in packaged.data("proof")["groups"]["public"]
    numbered: list[Exhibit] = []
    for capture, artifact, words in _found(case, page_file=page_file):
        covered = artifact.about.get("kind") == "redacted"  # elsewhere the original says more
        known = any(artifact.sha256 == other.sha256 for other in numbered)
        if not known and (public or not covered):
            numbered.append(_exhibit(len(numbered) + 1, capture, artifact, words))
    return tuple(numbered)


def numbered(case: CaseView, draft: Draft | None) -> tuple[Exhibit, ...]:
    """Return all exhibits of a case under one numbering, for book, list and folders.

    What a draft cites keeps its number there, as it may have been sent; then the others that a
    draft would cite, then the rest in the order of time. No number is given twice.
    """
    found = [*draft.exhibits] if draft is not None else []
    last = max((exhibit.number for exhibit in found), default=0)
    known = {exhibit.sha256 for exhibit in found}
    for capture, artifact, words in (*_found(case, page_file=True), *_further(case)):
        if artifact.sha256 not in known:
            known.add(artifact.sha256)
            last += 1
            found.append(_exhibit(last, capture, artifact, words))
    return tuple(found)


def main_capture(case: CaseView) -> CaptureView | None:
    """Return the newest capture that shows the order, else the newest that shows anything.

    A page of the order without any picture, as a crash leaves it, comes after those with one.
    """
    pages = _newest_first(case)
    with_order = [c for c in pages if c.order is not None]
    same = [c for c in with_order if c.order and c.order.order_no == case.order_no]
    plain = (c for c in pages if c.meta.receipt_for is None and c.meta.url)
    group = same or with_order or tuple(plain)
    return next(filter(_pictured, group), next(iter(group), None))


def _newest_first(case: CaseView) -> list[CaptureView]:
    return sorted(case.captures, key=lambda c: c.meta.clicked_at, reverse=True)


def _pictured(capture: CaptureView) -> bool:
    return any(artifact.role in _PICTURES for artifact in capture.artifacts)


def agreed_fields(capture: CaptureView) -> frozenset[str]:
    """Return the order fields that the second visit showed alike, if its verdict is agree."""
    found = capture.corroboration
    if found is None or found.verdict != "agree":
        return frozenset()
    return frozenset(field.field for field in found.fields if field.state == "agree")


def kind_of(case: CaseView, exhibit: Exhibit) -> str | None:
    """Return what an attachment is (`about.kind`), None for a page or an unnamed file."""
    own = next((item for _, item in case.attached if item.sha256 == exhibit.sha256), None)
    return str(own.about.get("kind") or "") or None if own is not None else None


def name_of(exhibit: Exhibit) -> str:
    """Return the words that name an exhibit, without number and what stands in brackets."""
    return _TAIL.sub("", exhibit.label.removeprefix(f"证据{exhibit.number} "))


def payment_facts(case: CaseView) -> list[Mapping[str, Any]]:
    """Return what was read out of bills for the case, the latest state of a payment last."""
    return [item.about["payment"] for _, item in case.attached if item.about.get("payment")]


def payment_key(facts: Mapping[str, Any]) -> Hashable:
    """Return what is the same in all states of a payment: its number, else when what was paid."""
    return facts["trade_no"] or (facts["provider"], facts["paid_at"], facts["amount"])


def payments(case: CaseView) -> tuple[Payment, ...]:
    """Return the payments of the case by its bills whose money stayed out."""
    latest = {payment_key(one): one for one in payment_facts(case)}
    return tuple(
        Payment(method=one["provider"], trade_no=one["trade_no"], paid_at=one["paid_at"])
        for one in latest.values()
        if one["stayed_out"]
    )


def _found(case: CaseView, *, page_file: bool) -> Iterator[tuple[CaptureView, Artifact, str]]:
    main = main_capture(case)
    if main is not None:
        for artifact in _of_order(main):
            yield main, artifact, _order_page(main) + _words(main, artifact)
        saved = _first(main, PAGE_FILES) if page_file else None
        if saved is not None:
            words = _words(main, saved)
            plain = words if main.order else words.removeprefix("网页")
            yield main, saved, _order_page(main) + plain
        yield from _chat(case, main)
    for capture in _others(case, main):
        picture = _first(capture, _OTHER)
        if picture is not None:
            yield capture, picture, _page_name(case, capture) + _words(capture, picture)
        yield from _chat(case, capture)
    yield from _attached(case)


def _chat(case: CaseView, capture: CaptureView) -> Iterator[tuple[CaptureView, Artifact, str]]:
    chat = _first(capture, (CHAT,))
    if chat is not None and capture.shown is not None and capture.shown.chat is not None:
        yield capture, chat, _page_name(case, capture) + _words(capture, chat)


def _others(case: CaseView, main: CaptureView | None) -> list[CaptureView]:
    """Return further pages, those that the dispute rests on first, the newest of each first."""
    pages = [c for c in _newest_first(case) if c.meta.url]  # a file the user brought has none
    pages = [c for c in pages if main is None or c.capture_id != main.capture_id]
    named = {filing.capture_id for filing in case.filings}
    named |= {getattr(entry.what, "capture_id", None) for entry in case.entries}
    telling: list[CaptureView] = []
    plain: list[CaptureView] = []
    for c in pages:
        (telling if c.capture_id in named or _tells(c) else plain).append(c)
    return [*telling[:_MOST_TELLING], *plain[: max(0, _MOST_OTHER - len(telling))]]


def _tells(capture: CaptureView) -> bool:
    shown = capture.shown
    return shown is not None and bool(shown.product or shown.chat or shown.terms)


def _order_page(capture: CaptureView) -> str:
    return "订单页" if capture.order else "网页"


def _of_order(capture: CaptureView) -> Iterator[Artifact]:
    trusted = bool(agreed_fields(capture)) or not _first(capture, _ORDER[0])
    for roles in _ORDER:
        if trusted or roles[0].startswith("seen/"):
            artifact = _first(capture, roles)
            if artifact is not None:
                yield artifact


def _first(capture: CaptureView, roles: Sequence[Role]) -> Artifact | None:
    for role in roles:
        found = [artifact for artifact in capture.artifacts if artifact.role == role]
        if found:  # of two sheets the one of the whole page shows more
            return next((a for a in found if "page" in a.name), found[0])
    return None


def _words(capture: CaptureView, artifact: Artifact) -> str:
    again = artifact.role.startswith("witness/")
    visited = capture.corroboration.witness_at if capture.corroboration else None
    at = visited if again and visited is not None else capture.meta.clicked_at
    words = _WORDS[artifact.role]
    if artifact.role == "seen/sheet" and _beside_whole_page(capture, artifact):
        words = _VISIBLE
    joint = "" if "（{at}" in words else "，"
    walk = None if again else capture.meta.walk
    step = f"，连续取证第{walk.step}步" if walk else ""
    return words.format(at=f"{joint}北京时间 {moment(at)} 保存{step}")


def _beside_whole_page(capture: CaptureView, artifact: Artifact) -> bool:
    return "page" not in artifact.name and any(
        other.role == artifact.role and "page" in other.name for other in capture.artifacts
    )


def _page_name(case: CaseView, capture: CaptureView) -> str:
    if capture.meta.receipt_for is not None:
        filed = [f for f in case.filings if f.capture_id == capture.capture_id and f.number]
        return f"投诉回执页（投诉编号 {clean(filed[0].number)}）" if filed else "投诉回执页"
    if capture.order is not None:
        return "较早保存的订单页"
    title = quoted(capture.meta.title, 30)
    return f"网页“{title}”" if title else "网页"


def _attached(case: CaseView) -> Iterator[tuple[CaptureView, Artifact, str]]:
    found = sorted(case.attached, key=lambda pair: pair[0].meta.clicked_at)
    for capture, artifact in found[:_MOST_ATTACHED]:
        yield capture, artifact, _attachment_name(artifact)


def _attachment_name(artifact: Artifact) -> str:
    label = quoted(str(artifact.about.get("label") or ""), 30)
    return label or KINDS.get(str(artifact.about.get("kind")), "补充材料")


def _further(case: CaseView) -> Iterator[tuple[CaptureView, Artifact, str]]:
    main = main_capture(case)
    for capture in sorted(case.captures, key=lambda c: c.meta.clicked_at):
        own = main is not None and capture.capture_id == main.capture_id
        for roles in _FURTHER:
            role = next((r for r in roles if any(a.role == r for a in capture.artifacts)), None)
            found = [a for a in capture.artifacts if a.role == role]
            # Of two readings the later one knows more: what the JSON of the page said.
            for artifact in found[-1:] if role == "order" else found:
                if role == "attachment":
                    yield capture, artifact, _attachment_name(artifact)
                    continue
                page = _order_page(capture) if own else _page_name(case, capture)
                yield capture, artifact, page + _words(capture, artifact)


def _exhibit(number: int, capture: CaptureView, artifact: Artifact, words: str) -> Exhibit:
    return Exhibit(
        number=number,
        label=f"证据{number} {words}",
        name=artifact.name,
        role=artifact.role,
        capture_id=capture.capture_id,
        sha256=artifact.sha256,
        media_type=artifact.media_type,
        bytes=artifact.bytes,
    )
