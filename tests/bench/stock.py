"""A vault of a person with much trouble: 1,000 cases, 10,000 captures, one of each made for real.

One capture goes through the real steps and one draft through the desk; all others are copies of
their rows under other ids, orders, shops and times, put in by SQL. They share its few blobs.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, text

from helper.dealings import Answer, Answers, Contact, Dealing, Refund
from helper.desk import Desk
from helper.model import Filing, Seal
from helper.steps.store import Store
from helper.vault.ledger import entry_hash
from helper.vault.store import writing
from scrapers.record import OrderRecord
from tests.bench.material import Bench, Size, draw, sealed

CASES: Final = 1000
CAPTURES: Final = 10_000
LARGEST: Final = 500
"""The captures of the largest case."""
_COPIED: Final = {
    "parts": "sha256, role, about, size, media_type, received",
    "artifacts": "name, record",
    "missing": "role, reason, detail",
    "capture_notes": "note",
    "steps": "step, at, detail",
    "readings": "record",
}
_SHOPS: Final = [(f"shop{n}.example", f"{name}卡盟") for n, name in enumerate("甲乙丙丁戊己庚辛")]
_GOODS: Final = ("星穹纪元 月光石 980枚", "视频会员 月卡", "Steam 钱包码 100", "话费充值 50元")
_LONG: Final = "很长的标题 " * 350
_ODD: Final = (_LONG[:2000], "طلب رقم ١٢٣ لم يصل", "<script>alert(1)</script>{{ 7*7 }}")
_STATUSES: Final = ("processing", "paid", "delivered", "failed", "refunding", "pending_payment")


def folder(now: datetime) -> Path:
    """Return the vault of today, made the first time: clocks that run are of this day."""
    form = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    kept = Path(tempfile.gettempdir()) / f"kazheng-bench-stock-{now:%Y%m%d}-{form}"
    if not (kept / "made").exists():
        for old in kept.parent.glob("kazheng-bench-stock-*"):
            if f"-{now:%Y%m%d}-" not in old.name:  # one of today may be in use
                shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(kept, ignore_errors=True)
        fill(kept, now)
        (kept / "made").touch()
    return kept


def case_id(number: int) -> str:
    """Return the id of a case; 0 is the largest, 1 has no capture."""
    return f"c-{hashlib.sha256(str(number).encode()).hexdigest()[:10]}"


def fill(data: Path, now: datetime, cases: int = CASES, captures: int = CAPTURES) -> None:
    """Make a vault of so many cases and captures."""
    bench = Bench.open(data)
    with tempfile.TemporaryDirectory() as name:
        page = draw(0, Size(strips=2, photographs=1), Path(name))
        sealed(bench, page)
    plan = _Plan(bench.store, page.capture_id, now)
    plan.write(list(_cases(plan, cases, captures)))
    bench.store.close()


@dataclass
class _Case:
    """A case to be: its row, its captures, what was told of it."""

    case_id: str
    host: str
    shop: str
    order: OrderRecord
    title: str
    created_at: datetime
    closed_at: datetime | None
    captures: int
    told: list[Dealing] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)
    drafted: bool = False


def _cases(plan: _Plan, cases: int, captures: int) -> Iterator[_Case]:
    """Yield cases of every kind: new, waiting, promised, refused, refunded, closed, empty."""
    chance = random.Random(cases)
    largest = min(LARGEST, captures // 2)
    each, rest = divmod(captures - largest, max(1, cases - 2))
    for number in range(cases):
        host, shop = _SHOPS[number % len(_SHOPS)]
        ago = timedelta(hours=chance.uniform(0.2, 24 * 60))
        made = plan.now - ago
        status = _STATUSES[number % len(_STATUSES)]
        order = plan.order.model_copy(
            update={
                "order_no": f"KZ{made:%Y%m%d%H}{number:04d}",
                "status": status,
                "currency": "CNY",
                "amount": plan.money(chance),
                "created_at": made,
                "platform": plan.order.platform.model_copy(
                    update={"key": "wangzi", "host": host, "name": shop}
                ),
                "payment": plan.order.payment.model_copy(
                    update={"paid_at": made, "method": ("wechat", "alipay")[number % 2]}
                ),
            }
        )
        title = _ODD[number % 97] if number % 97 < len(_ODD) else f"{shop} {_GOODS[number % 4]}"
        count = largest if number == 0 else 0 if number == 1 else each + (number < rest + 2)
        one = _Case(
            case_id=case_id(number),
            host=host, shop=shop, order=order, title=title, created_at=made,
            closed_at=plan.now if number % 10 == 9 else None,
            captures=count, drafted=number % 3 == 1,
        )  # fmt: skip
        _tell(one, number % 7, made, plan.now)
        yield one


def _tell(one: _Case, kind: int, made: datetime, now: datetime) -> None:
    def at(share: float) -> datetime:
        return made + (now - made) * share

    if kind >= 1:
        one.told.append(Contact(at=at(0.3), way="chat", said="请退款", promised="会尽快处理"))
    if kind >= 2:
        one.filings.append(_filing("merchant_platform", at(0.5)))
    if kind == 3:
        by = now + timedelta(hours=kind * 2)
        one.told.append(Contact(at=at(0.6), way="phone", promised="退款", promised_by=by))
    if kind >= 4:
        one.told.append(Answer(at=at(0.7), channel="merchant_platform", outcome="refused"))
        one.filings.append(_filing("wechat_pay", at(0.8)))
    if kind == 5:
        one.told.append(Refund(at=at(0.9), amount=one.order.amount or 1))
    if kind == 6:
        one.told.append(Answers(issue="dead_code", answers={"facts": "兑换时提示卡密不存在"}))


def _filing(channel: str, at: datetime) -> Filing:
    return Filing(draft_id="", channel=channel, number=None, capture_id=None, at=at)


class _Plan:
    """The rows to copy, and how they are written."""

    def __init__(self, store: Store, capture_id: str, now: datetime) -> None:
        self.store, self.first, self.now = store, capture_id, now
        self.view = store.vault.capture(capture_id)
        assert self.view.order is not None
        assert self.view.case_id is not None
        self.order, self.case_id = self.view.order, self.view.case_id
        self.draft = asyncio.run(Desk(store).make_draft(self.case_id, channel="merchant_platform"))

    @staticmethod
    def money(chance: random.Random) -> Any:
        """Return a price in yuan."""
        return OrderRecord(amount=f"{chance.randint(500, 60000) / 100:.2f}").amount

    def write(self, cases: list[_Case]) -> None:
        """Put all of it in, in one transaction."""
        with writing(self.store.vault.engine) as connection:
            rows = [dict(self._case(one)) for one in cases]
            _insert(connection, "cases", rows)
            _insert(connection, "changes", [{"case_id": x.case_id, "revision": 1} for x in cases])
            captures = [row for one in cases for row in self._captures(one)]
            _insert(connection, "captures", captures)
            connection.execute(text("CREATE TEMP TABLE made (capture_id TEXT PRIMARY KEY)"))
            _insert(connection, "made", [{"capture_id": row["capture_id"]} for row in captures])
            for table, columns in _COPIED.items():
                connection.execute(
                    text(
                        f"INSERT INTO {table} (capture_id, {columns}) "
                        f"SELECT made.capture_id, {columns} FROM made, {table} AS t "
                        "WHERE t.capture_id = :first"
                    ),
                    {"first": self.first},
                )
            connection.execute(text("DROP TABLE made"))
            _insert(connection, "ledger", list(self._ledger(captures)))
            _insert(connection, "stamps", [r for row in captures for r in self._stamps(row)])
            for name in ("entries", "filings", "drafts"):
                _insert(connection, name, [r for one in cases for r in getattr(self, name)(one)])

    def _case(self, one: _Case) -> dict[str, Any]:
        return {
            "case_id": one.case_id, "platform_key": "wangzi", "host": one.host,
            "order_no": one.order.order_no, "title": one.title,
            "created_at": one.created_at.isoformat(),
            "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        }  # fmt: skip

    def _captures(self, one: _Case) -> Iterator[dict[str, Any]]:
        for number in range(one.captures):
            at = one.created_at + (self.now - one.created_at) * number / (one.captures + 1)
            url = f"https://{one.host}/order/{one.order.order_no}"
            meta = self.view.meta.model_copy(
                update={"clicked_at": at, "url": url, "title": one.title[:300]}
            )
            shows = number % 3 == 0
            order = one.order.model_copy(update={"url": url})
            yield {
                "capture_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{one.case_id}/{number}")),
                "case_id": one.case_id, "state": "sealed", "final": True,
                "session_wanted": False, "meta": meta.model_dump_json(),
                "order_record": order.model_dump_json() if shows else None,
                "corroboration": self.view.corroboration.model_dump_json()
                if self.view.corroboration and shows else None,
            }  # fmt: skip

    def _ledger(self, captures: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        last = self.store.ledger.entries()[-1]
        for row in captures:
            for seal in self.view.seals:
                last = Seal(
                    index=last.index + 1, stage=seal.stage, capture_id=row["capture_id"],
                    manifest=seal.manifest, signature=seal.signature,
                    previous=entry_hash(last), sealed_at=seal.sealed_at,
                )  # fmt: skip
                values = last.model_dump(mode="json", exclude={"index"})
                yield {"position": last.index, **values}

    def _stamps(self, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for authority in ("one", "two"):
            pending = authority == "two" and row["capture_id"].endswith("00")
            yield {
                "capture_id": row["capture_id"], "manifest": self.view.seals[-1].manifest,
                "stage": "S1", "seal_index": self.view.seals[-1].index, "authority": authority,
                "kind": "rfc3161", "state": "pending" if pending else "stamped", "attempts": 1,
                "next_at": (self.now + timedelta(hours=5)).isoformat(), "listed": 1,
                "reply": None if pending else "0" * 64, "root": None if pending else "1" * 64,
                "stamped_at": None if pending else self.now.isoformat(),
            }  # fmt: skip

    def entries(self, one: _Case) -> Iterator[dict[str, Any]]:
        """Yield what was told, as rows."""
        for number, what in enumerate(one.told):
            yield {
                "case_id": one.case_id, "entry_id": f"e-{one.case_id}-{number}",
                "kind": what.kind, "record": what.model_dump_json(),
                "added_at": one.created_at.isoformat(),
            }  # fmt: skip

    def filings(self, one: _Case) -> Iterator[dict[str, Any]]:
        """Yield what was filed, as rows."""
        for filing in one.filings:
            record = filing.model_dump_json(exclude={"filing_id"})
            yield {"case_id": one.case_id, "draft_id": "", "record": record}

    def drafts(self, one: _Case) -> Iterator[dict[str, Any]]:
        """Yield the draft of a case that has one, as a row."""
        if one.drafted:
            own = {"draft_id": f"d-{one.case_id[2:]}", "case_id": one.case_id}
            record = self.draft.model_copy(update=own).model_dump_json()
            yield {**own, "record": record}


def _insert(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        values = ", ".join(f":{name}" for name in names)
        into = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"
        connection.execute(text(into), rows)
