"""How a form of the corpus is written down: its fields, and what right is in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

VALUES = {
    "issue": "not_delivered",
    "order_no": "WZ20260711083012",
    "product": "星海游戏点卡 100 元（官方直充，自动发货）",
    "goods": "星海游戏点卡 100 元",
    "amount": "99.50",
    "paid_at": "2026-07-11 08:31:05",
    "trade_no": "4200002026071112345678",
    "seller": "王子数卡专营",
    "respondent": "苏州王子网络科技有限公司",
    "respondent_address": "江苏省苏州市虚构路 8 号",
    "title": "订单 WZ20260711083012 付款后未发货，要求退款99.50元",
    "description": (
        "2026年7月11日08:31，我在王子数卡专营购买星海游戏点卡，支付99.50元（证据1、证据2）。\n"
        "页面写明自动发货，至今未收到卡密，订单一直显示“处理中”（证据1）。\n"
        "我已两次联系客服，对方只说“耐心等待”，没有给出时间（证据3）。\n"
        "按《消费者权益保护法》第五十三条，经营者未按约定提供商品的，应当退回货款。"
    ),
    "evidence": "证据1 订单页截图。\n证据2 付款账单。\n证据3 聊天记录。",
    "demand": "请在收到本投诉后24小时内退款99.50元。",
    "demand_kind": "refund",
    "contact": "13800000000",
}
"""The draft that is filled; a form may change some of it."""

PICTURES = 3
"""Files the draft brings."""


@dataclass(frozen=True)
class Field:
    """One control: how it looks, and which draft value belongs in it (None: it stays empty).

    `choice` is the option that means the value. `fits` is False where the box is too short for the
    value: then it stays empty or takes whole sentences.
    """

    label: str
    right: str | None = None
    kind: str = "text"
    choice: str | None = None
    options: tuple[Any, ...] = ()
    name: str = ""
    hint: str = ""
    need: bool = False
    most: int | None = None
    fits: bool = True
    many: bool = True
    start: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


F = Field
"""Forms are tables of these, a line a field."""


@dataclass(frozen=True)
class Form:
    """A form: who draws it, how, and its fields; `group` opens a fieldset before a field."""

    key: str
    library: str
    title: str
    fields: tuple[Field, ...]
    layout: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def draft(self) -> dict[str, str]:
        """Return the draft's values for this form."""
        return VALUES | dict(self.values)

    def drawn(self) -> dict[str, Any]:
        """Return what the drawing script needs; it never hears what right is."""
        rows = []
        for number, one in enumerate(self.fields):
            row = asdict(one) | {"key": one.name or f"f{number}"}
            rows.append({k: v for k, v in row.items() if k not in {"right", "choice", "fits"}})
        return {"key": self.key, "title": self.title, "layout": self.layout, "fields": rows}


def expected(one: Field, draft: Mapping[str, str]) -> str:
    """Return what the library's model must hold for a field, as text; empty if it stays empty."""
    if one.right is None:
        return ""
    if one.kind == "upload":
        return str(PICTURES if one.many else 1)
    if one.choice is not None:
        return one.choice
    value = draft[one.right]
    if one.kind == "date":
        return value[:10]
    if one.kind == "datetime":
        return value[:16]
    return value


def verdict(one: Field, draft: Mapping[str, str], held: str) -> str:
    """Return right, wrong or left for what the model holds after the fill."""
    wanted = expected(one, draft)
    if one.kind == "number" and held and wanted:
        return "right" if float(held) == float(wanted) else "wrong"
    if one.kind == "datetime":
        held = held[:16]
    got = held.replace("\r\n", "\n").strip()
    if got == (wanted or one.start).strip():
        return "right"
    if not one.fits and (not got or (got in wanted and got[-1] in "。；！")):
        return "right"
    return "left" if got == one.start and wanted else "wrong"
