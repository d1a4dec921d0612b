"""A case with a full order, one with a nearly empty order, both with their kept pages."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints.drafts.compose import compose
from helper.complaints.exhibits import choose
from helper.model import (
    Artifact,
    CaptureMeta,
    CaptureView,
    CaseView,
    Corroboration,
    Draft,
    FieldComparison,
)
from scrapers.record import Delivery, Item, OrderRecord, Payment, PlatformRef, Secret, Seller

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CLICKED = datetime(2026, 11, 22, 7, 51, 30, tzinfo=UTC)
PAID = datetime(2026, 11, 20, 6, 23, 5, tzinfo=UTC)
HASH = hashlib.sha256(b"code").hexdigest()

PAGES = (
    "seen/viewport", "seen/sheet", "seen/page", "seen/html", "seen/mhtml",
    "witness/window", "witness/sheet", "witness/page", "witness/pdf", "witness/warc",
)  # fmt: skip


def artifact(role: Any, salt: str = "", **about: Any) -> Artifact:
    suffix, media = {
        "seen/html": ("html", "text/html"),
        "seen/mhtml": ("mhtml", "multipart/related"),
        "witness/pdf": ("pdf", "application/pdf"),
        "witness/warc": ("warc.gz", "application/warc"),
    }.get(role, ("png", "image/png"))
    return Artifact(
        role=role,
        name=f"{role.replace('/', '-')}{salt}.{suffix}",
        sha256=hashlib.sha256(f"{role}{salt}".encode()).hexdigest(),
        bytes=1000,
        media_type=media,
        about=about,
    )


def capture(order: OrderRecord | None, *, number: int = 1, **changes: Any) -> CaptureView:
    meta = CaptureMeta(url="https://wangzi.localhost/member/orders/1", clicked_at=CLICKED)
    values = {
        "capture_id": f"00000000-0000-4000-8000-{number:012d}",
        "case_id": "c-1",
        "state": "sealed",
        "meta": meta,
        "artifacts": tuple(artifact(role, str(number)) for role in PAGES),
        "missing": (),
        "seals": (),
        "steps": (),
        "order": order,
        "corroboration": agreeing(order) if order else None,
    }
    return CaptureView.model_validate(values | changes)


def agreeing(order: OrderRecord, **changes: Any) -> Corroboration:
    paths = ["order_no", "amount", "status_text", "items.0.title", "items.0.quantity"]
    paths += ["payment.paid_at", "delivery.promised_text", "delivery.kind"]
    fields = tuple(
        FieldComparison(field=path, seen="x", witness="x", state="agree") for path in paths
    )
    values = {"verdict": "agree", "session": "lent", "witness_at": CLICKED, "fields": fields}
    return Corroboration.model_validate(values | changes)


def case_of(order: OrderRecord | None, *captures: CaptureView, **changes: Any) -> CaseView:
    values = {
        "case_id": "c-1",
        "platform_key": None,
        "host": "wangzi.localhost",
        "order_no": order.order_no if order else None,
        "title": "t",
        "created_at": NOW,
        "order": order,
        "corrections": (),
        "captures": captures or (capture(order),),
        "drafts": (),
        "filings": (),
    }
    return CaseView.model_validate(values | changes)


@pytest.fixture
def full() -> OrderRecord:
    return OrderRecord(
        platform=PlatformRef(key="wangzi", name="王子卡盟", host="wangzi.localhost"),
        url="https://wangzi.localhost/member/orders/1",
        order_no="WZ20261120142251617",
        status="processing",
        status_text="处理中",
        items=(
            Item(
                title="星穹纪元 月光石 980枚 官方点卡",
                sku="980枚",
                quantity=1,
                unit_price=Decimal("98.00"),
            ),
        ),
        amount=Decimal("98.00"),
        currency="CNY",
        payment=Payment(
            method="wechat", method_text="微信支付", trade_no="42000202611201423", paid_at=PAID
        ),
        created_at=datetime(2026, 11, 20, 6, 22, 51, tzinfo=UTC),
        delivery=Delivery(
            kind="card_secret",
            promised_text="即时商品：支付成功后10分钟内自动到账",
            message="商家正在备货，请耐心等待。",
        ),
        buyer_contact="138****2046",
    )


@pytest.fixture
def variants(full: OrderRecord) -> dict[str, OrderRecord]:
    """The full order in the state that belongs to each issue."""
    code = Delivery(
        kind="card_secret",
        promised_text=full.delivery.promised_text,
        secrets=(Secret(masked="FGSP****4TRB", sha256=HASH),),
    )
    direct = Delivery(kind="direct_recharge", message="充值未成功")
    delivered: dict[str, Any] = {
        "status": "delivered",
        "status_text": "已发货",
        "delivery": code,
        "delivered_at": datetime(2026, 11, 20, 6, 26, tzinfo=UTC),
    }
    failed: dict[str, Any] = {
        "status": "failed",
        "status_text": "充值失败",
        "failure_reason": "上游通道维护，充值失败，退款处理时间另行通知",
        "delivery": direct,
        "recharge_account": "longyuan_8842",
    }
    refunded: dict[str, Any] = {
        "status": "refunded", "status_text": "已退款", "refunded": Decimal("98.00"),
    }  # fmt: skip
    changes: dict[str, dict[str, Any]] = {
        "not_delivered": {},
        "dead_code": delivered,
        "failed_no_refund": failed,
        "refund_missing": refunded,
        "duplicate_charge": {
            "status": "completed",
            "status_text": "已完成",
            "delivery": code,
            "warnings": ("several_payments",),
        },
        "not_as_described": delivered | {"seller": Seller(name="清风数卡专营店")},
        "other": {},
    }
    return {issue: full.model_copy(update=change) for issue, change in changes.items()}


@pytest.fixture
def draft_for() -> Callable[..., Draft]:
    """Compose with sensible defaults."""

    def make(case: CaseView, issue: str = "not_delivered", **changes: Any) -> Draft:
        values: dict[str, Any] = {
            "channel": "merchant_platform",
            "issue": issue,
            "demand": "reissue_or_refund",
            "exhibits": choose(case, channel="merchant_platform"),
            "now": NOW,
            "draft_id": "d-1",
        }
        return compose(case, **(values | changes))

    return make
