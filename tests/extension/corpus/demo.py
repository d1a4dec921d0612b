"""The demo shops' own complaint forms, drawn from their templates; found without their maps."""

from __future__ import annotations

from string import Template

from helper.demo.markup import FOLDER
from tests.extension.corpus.table import F, Form

_OPTIONS = {
    "options": '<option value="1">付款后未到账</option><option value="2">卡密无效</option>',
    "types": '<option value="late">付款后未收到</option><option value="invalid">卡密无效</option>',
    "reasons": "".join(
        f'<label><input type="radio" name="reason" value="{value}"><b>{text}</b></label>'
        for value, text in (("NOT_RECEIVED", "未收到商品"), ("CODE_INVALID", "卡密无效"))
    ),
    "order_no": "", "error": "", "title": "", "merchant": "王子数卡专营", "amount": "99.50",
    "status": "已付款", "key": "x", "method": "微信", "paid": "2026-07-11 08:31",
}  # fmt: skip


def page(layout: str) -> str:
    """Return the HTML of a demo shop's form."""
    return Template((FOLDER / f"{layout}.html").read_text("utf-8")).substitute(_OPTIONS)


def picks(name: str, right: str, choice: str, kind: str = "radio") -> F:
    """Return a field whose choice is told by the control's value."""
    return F(name, right, kind, choice, name=name)


DEMO = (
    Form(
        "demo-wangzi", "plain", "王子", (
            picks("issue", "issue", "1"), F("", "description", name="description", fits=True),
            picks("demand_kind", "demand_kind", "refund"), F("", "demand", name="demand"),
            F("", "contact", name="contact"), F("", "attachments", "upload", name="files"),
        ), "html wangzi/complaint",
    ),
    Form(
        "demo-lechuang", "plain", "乐创", (
            F("", "order_no", name="order"), picks("type", "issue", "late"),
            F("", "title", name="subject", fits=False), F("", "description", name="content"),
            picks("wish", "demand_kind", "tk"), F("", "demand", name="appeal"),
            F("", "contact", name="mail"), F("", "attachments", "upload", name="proof[]"),
        ), "html lechuang/ticket-form",
    ),
    Form(
        "demo-weijie", "plain", "微界", (
            F("", "order_no", name="tradeNo"), picks("reason", "issue", "NOT_RECEIVED"),
            F("", "description", name="detail"), picks("expect", "demand_kind", "REFUND"),
            F("", "demand", name="claim"), F("", "contact", name="phone"),
            F("", "attachments", "upload", name="images"),
        ), "html weijie/ticket-form",
    ),
    Form(
        "demo-12315", "plain", "12315", (
            F("", name="name"), F("", "contact", name="phone"), F("", name="idno"),
            F("", name="address"), F("", "respondent", name="provider"), F("", name="providertel"),
            F("", "respondent_address", name="provideraddr"), F("", name="dsptname"),
            F("", "product", name="spmc"), F("", "order_no", name="ddh"), F("", "amount",
              name="je"),
            F("", "paid_at", "date", name="gmsj"), F("", "description", name="tsnr"),
            picks("tsqq", "demand_kind", "tk"), F("", "attachments", "upload", name="fj"),
            F("", kind="radio", name="gongshi", start="0"),
            F("", kind="radio", name="weituo", start="1"), F("", name="salemode"),
        ), "html 12315/form",
    ),
    Form(
        "demo-heimao", "plain", "黑猫", (
            F("", "title", name="title"), F("", "respondent", name="couid"),
            picks("issue", "issue", "不发货", "checkbox"),
            picks("appeal", "demand_kind", "退款", "checkbox"),
            F("", "amount", name="cost"), F("", "order_no", name="order_no"),
            F("", "description", name="content"),
            F("", "attachments", "upload", name="attachments"),
        ), "html heimao/form",
    ),
)  # fmt: skip
