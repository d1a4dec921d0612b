"""What the background answers to the pages in tests."""

URL = "https://wangzi.localhost:8443/user/orders/WZ20260711083012"
UUID = "00000000-0000-4000-8000-000000000001"
PAGE = {
    "ok": True,
    "capturable": True,
    "url": URL,
    "title": "订单详情",
    "kind": "order",
    "platform": {"key": "wangzi", "name": "王子卡盟"},
    "order_no": "WZ20260711083012",
    "lend": {"possible": True, "allowed": False},
    "complaint_form": False,
}
ORDER = {
    "platform": {"name": "王子卡盟"},
    "order_no": "WZ20260711083012",
    "status": "paid",
    "status_text": "待发货",
    "items": [{"title": "点卡", "quantity": 1, "unit_price": "99.50"}],
    "amount": "99.50",
    "currency": "CNY",
    "payment": {"method": "alipay"},
    "delivery": {},
    "seller": {},
    "created_at": "2026-07-11T08:30:12+08:00",
    "sources": {},
}
VIEW = {
    "capture_id": UUID,
    "case_id": "c-1",
    "state": "sealed",
    "missing": [],
    "order": ORDER,
    "seals": [{"stage": "S0"}, {"stage": "S1"}],
    "steps": [{"step": "read"}, {"step": "witness"}],
    "corroboration": {"verdict": "agree", "reason": None, "fields": []},
}
FILLED = {
    "draft_id": "d1",
    "case_id": "c-1",
    "filled_at": "2026-07-11T09:00:00Z",
    "url": "https://wangzi.localhost:8443/form",
}
CASE = {
    "case_id": "c-1",
    "host": "wangzi.localhost",
    "order_no": "WZ20260711083012",
    "title": "点卡",
    "created_at": "2026-07-11T08:30:12+08:00",
    "order": ORDER,
    "captures": [{}],
    "drafts": [],
    "corrections": [
        {"field": "amount", "value": "99.50", "read": "9.95", "at": "2026-07-11T09:00:00+08:00"}
    ],
    "filings": [],
}
ISSUE = {
    "key": "not_delivered",
    "name": "付款后没有发货",
    "demands": [{"key": "refund", "name": "全额退款"}],
    "questions": [],
}
SUGGESTION = {
    "issue": "not_delivered",
    "reason": "x",
    "reason_text": "承诺已过",
    "demand": "refund",
    "alternatives": [],
    "choices": [ISSUE],
}
DRAFT = {
    "draft_id": "d1",
    "channel": "merchant_platform",
    "version": 1,
    "title": "付款后未发货",
    "text": "……",
    "gaps": [{"key": "p", "text": "缺付款凭证"}],
    "sentences": [{"text": "付款99.50元。", "exhibits": [1]}],
    "lint": [],
    "law": [],
    "exhibits": [{"number": 1, "label": "证据1 订单页", "bytes": 1}],
}


def field(name, confidence, **more):
    row = {
        "name": name,
        "label": name,
        "value": "值",
        "kind": "text",
        "confidence": confidence,
        "found": True,
        "note": None,
        "current": "",
        "typed": False,
        "required": False,
    }
    return row | more


PLAN = {
    "ok": True,
    "draft_id": "d1",
    "case_id": "c-1",
    "token": "t",
    "origin": "https://a.test",
    "action": "https://a.test/send",
    "elsewhere": [],
    "known": False,
    "files": [],
    "left": [],
    "fields": [
        field("order_no", 0.9),
        field("seller", 0.4),
        field("contact", 0.9, typed=True, current="我的"),
    ],
}
DOT = (
    "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCY"
    "FVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/wAALCAAFAAQBAREA/8QAHwAAAQUBAQEBAQEAAAAAA"
    "AAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM"
    "2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl"
    "5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/A"
    "L9f/9k="
)
FITTED = {
    "draft_title": "订单 WZ1 未发货",
    "frame": "https://a.test/frame",
    "public": True,
    "takes": "最多 3 个",
    "files": [
        {"name": "证据1-订单页.jpg", "bytes": 1_150_000, "accepted": True, "said": "转成 JPEG",
         "thumbnail": DOT},
        {"name": "证据3-账单.pdf", "bytes": 20_000, "accepted": True, "said": None,
         "thumbnail": "https://evil.test/x.png"},
    ],
    "stays": [{"number": 2, "name": "证据2-录.mp4", "reason": "kind", "said": "表单不收这种文件"}],
}  # fmt: skip
REPORT = {
    "ok": True,
    "attached": 0,
    "submitted": False,
    "stopped": 0,
    "fields": [{"name": "order_no", "ok": True, "wanted": "值", "read_back": "值"}],
}


def answers(helper="ready", **more):
    outbox = {"count": 0, "bytes": 0, "oldest": None}
    given = {
        "page": PAGE,
        "recent": {"ok": True, "captures": []},
        "status": {"ok": True, "helper": helper, "version": "0.1.0", "outbox": outbox},
        "capture": {"ok": True, "uuid": UUID},
        "lend": {"ok": True},
        "capture-state": {
            "ok": True,
            "local": {"phase": "sent", "missing": [], "error": None},
            "view": VIEW,
        },
        "case": {"ok": True, "case": CASE, "suggestion": SUGGESTION},
        "correct": {"ok": True},
        "draft": {"ok": True, "draft": DRAFT},
        "walk-state": {"ok": True, "walk": None},
        "fill-preview": PLAN,
        "fill-apply": REPORT,
        "fill-undo": {"ok": True, "restored": 1, "kept": []},
    }
    return given | more


async def sent(page, kind):
    messages = await page.evaluate("() => window.sent")
    return [message for message in messages if message["type"] == kind]


def standing(phase="sent", error=None, view=None):
    local = {"phase": phase, "missing": [], "error": error, "complete": True}
    return {"ok": True, "local": local, "view": view}


OUTBOX = """async (given) => {
  const outbox = await import("/background/outbox.js");
  for (const { ago, ...more } of given) {
    const tab = { id: 1, window_id: 1, url: more.url, title: more.title };
    const receipt_for = more.receipt_for ?? null;
    const meta = { url: tab.url, title: tab.title, missing: [], receipt_for };
    const record = outbox.fresh(more.uuid, Date.now() - ago * 60_000, tab, meta);
    await outbox.begin({ ...record, complete: true, ...more });
  }
}"""


async def keeps(page, *records):
    """Put captures into the outbox of a page: `ago` in minutes, the rest as in outbox.js."""
    plain = {"uuid": UUID, "url": URL, "title": "订单详情", "phase": "sent", "ago": 1}
    await page.evaluate(OUTBOX, [plain | one for one in records])
