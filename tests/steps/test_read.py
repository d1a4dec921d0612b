import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from helper.model import Artifact, Corroboration, Missing
from helper.steps import read
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer
from helper.steps.store import Store
from scrapers.record import Chat, Clause, Extraction, Message, OrderRecord, Terms

from .conftest import NOON, Captures

ORDER = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>订单详情</title></head>
<body><h1>订单详情</h1><table><tr><th>订单号</th><td>KZ20240102</td></tr>
<tr><th>订单金额</th><td>¥12.50</td></tr><tr><th>订单状态</th><td>已付款</td></tr>
<tr><th>商品名称</th><td>视频会员月卡</td></tr></table></body></html>"""


def order(number: str | None) -> OrderRecord:
    sources = {"order_no": {"text": number}} if number else {}
    return OrderRecord.model_validate({"order_no": number, "sources": sources})


def witnessed(
    store: Store,
    uuid: str,
    *,
    html: str | None,
    session: str = "lent",
    missing: Sequence[Missing] = (),
    at: datetime = NOON,
) -> None:
    """Put in what a visit leaves in the vault."""
    facts = json.dumps({"started_at": at.isoformat(), "session": session}).encode()
    made: list[Artifact] = [store.keep("log", facts, "application/json", name="witness-visit.json")]
    if html is not None:
        made.append(store.keep("witness/html", html.encode(), "text/html;charset=utf-8"))
    store.vault.add_artifacts(uuid, made)
    store.vault.add_missing(uuid, missing)


def seen(captures: Captures, store: Store, html: str = ORDER, **meta: Any) -> str:
    uuid = captures.new(("seen/html", html.encode(), {}), **({"session": "lent"} | meta))
    keep_parts(store, uuid)
    read.read_order(store, uuid)
    return uuid


def test_the_order_that_the_address_names_is_chosen() -> None:
    found = Extraction.model_validate({"orders": [order("A1"), order("B2")]})
    chosen = read.choose(found, "https://shop.example/order/B2")
    assert chosen is not None
    assert chosen.order_no == "B2"


def test_else_the_first_order_is_chosen_and_none_of_none() -> None:
    found = Extraction.model_validate({"orders": [order(None), order("B2")]})
    chosen = read.choose(found, "https://shop.example/orders")
    assert chosen is not None
    assert chosen.order_no is None
    assert read.choose(None, "https://shop.example/") is None


def test_the_order_is_kept_joined_and_cites_the_seen_page(store: Store, captures: Captures) -> None:
    uuid = seen(captures, store)
    view = captures.view(uuid)
    assert view.order is not None
    assert view.order.order_no == "KZ20240102"
    assert {source.artifact for source in view.order.sources.values()} == {"seen/html"}
    assert view.case_id is not None
    assert store.vault.case(view.case_id).order_no == "KZ20240102"
    kept = OrderRecord.model_validate_json(store.read_role(view.artifacts, "order") or b"")
    assert kept == view.order


def test_where_nothing_was_seen_the_witness_is_read_and_cited(
    store: Store, captures: Captures
) -> None:
    uuid = captures.new()
    witnessed(store, uuid, html=ORDER)
    read.read_order(store, uuid)
    found = captures.view(uuid).order
    assert found is not None
    assert {source.artifact for source in found.sources.values()} == {"witness/html"}
    read.compare_witness(store, uuid)
    said = captures.view(uuid).corroboration
    assert said is not None
    assert (said.verdict, said.reason) == ("not_comparable", "nothing_seen")


def test_a_page_without_an_order_says_so_and_has_a_case(store: Store, captures: Captures) -> None:
    uuid = seen(captures, store, "<title>hello</title><p>nothing here</p>")
    assert ("order", "no_order_on_page") in captures.lacks(uuid)
    assert captures.view(uuid).case_id is not None


PLAIN = "<title>会员中心</title><h1>购买记录</h1><p>付款成功，等待发货</p>"


def test_a_page_of_an_unknown_shop_without_a_number_makes_a_case_of_its_title(
    store: Store, captures: Captures
) -> None:
    uuid = seen(captures, store, PLAIN, title="会员中心")
    case = store.vault.case(captures.view(uuid).case_id or "")
    assert (case.title, case.order_no, case.host) == ("会员中心", None, "shop.example")


def test_such_a_page_again_joins_the_case_that_the_user_picks_and_no_other(
    store: Store, captures: Captures
) -> None:
    first, again = (captures.view(seen(captures, store, PLAIN)) for _ in range(2))
    assert first.case_id != again.case_id
    picked = captures.view(seen(captures, store, PLAIN, case_id=first.case_id))
    assert picked.case_id == first.case_id


@pytest.mark.parametrize(
    "html",
    [
        "<h1>在线客服</h1><div class=chat><p class='msg agent'>您好<p class='msg me'>在吗</div>",
        "<h1>用户协议</h1><p>第一条 总则</p><p>第二条 发货</p><p>第三条 退款</p>",
        "<h1>Steam 充值卡 50 元</h1><p>价格：¥49.50</p><p>数量：1</p><button>立即购买</button>",
    ],
)
def test_a_chat_an_agreement_or_goods_lack_no_order(
    store: Store, captures: Captures, html: str
) -> None:
    uuid = seen(captures, store, html)
    assert [lack for lack in captures.lacks(uuid) if lack[0] == "order"] == []
    assert captures.view(uuid).case_id is not None


CHAT = """<h1>在线客服</h1><div class=chat>
<p class="msg me"><b>我</b> <i>2026-02-28 10:00:00</i> 什么时候退款
<p class="msg agent"><b>客服08</b> <i>2026-02-28 10:01:00</i> 24小时内给您退款
<p class="msg agent"><b>客服08</b> <i>2026-02-28 10:02:00</i> 卡密 KXPD-7745-QWTR-9921 失效</div>"""


def test_what_the_shop_said_in_a_chat_is_in_the_capture_and_codes_stay_masked(
    store: Store, captures: Captures
) -> None:
    case_id = captures.view(seen(captures, store)).case_id
    view = captures.view(seen(captures, store, CHAT, case_id=case_id))
    assert view.case_id == case_id
    assert view.shown is not None
    assert view.shown.page_kind == "chat"
    assert view.shown.chat is not None
    first, second = view.shown.chat.messages
    assert first.promise is not None
    assert (first.side, first.promise.within) == ("agent", "PT24H")
    assert "9921" not in view.shown.model_dump_json()
    assert "卡密" in second.text


def test_goods_and_terms_are_in_the_capture_the_clauses_with_a_topic_only(
    store: Store, captures: Captures
) -> None:
    page = (
        "<h1>用户协议</h1><p>第一条 总则</p><p>第二条 七天内可以退款</p><p>第三条 24小时内发货</p>"
    )
    terms = captures.view(seen(captures, store, page)).shown
    assert terms is not None
    assert terms.terms is not None
    assert [clause.topics for clause in terms.terms.clauses] == [("refund",), ("delivery",)]
    page = "<h1>Steam 充值卡 50 元</h1><p>价格：¥49.50</p><p>数量：1</p><button>立即购买</button>"
    goods = captures.view(seen(captures, store, page)).shown
    assert goods is not None
    assert goods.product is not None
    assert str(goods.product.price) == "49.50"


def test_where_nothing_was_seen_the_witness_tells_what_the_page_shows(
    store: Store, captures: Captures
) -> None:
    uuid = captures.new()
    witnessed(store, uuid, html=CHAT)
    read.read_order(store, uuid)
    shown = captures.view(uuid).shown
    assert shown is not None
    assert shown.page_kind == "chat"


def said(number: int, **values: Any) -> Message:
    at = NOON + timedelta(minutes=number)
    return Message.model_validate({"at": at, "side": "agent", "text": f"第 {number} 句"} | values)


@pytest.mark.parametrize("newest_first", [False, True])
def test_of_a_long_chat_the_newest_and_every_pledge_are_kept_in_their_order(
    newest_first: bool,
) -> None:
    pledge = {"what": "refund", "text": "24小时内给您退款"}
    talk = [
        said(0, promise=pledge), *(said(n, side="buyer") for n in range(1, 50)),
        *(said(n) for n in range(50, 250)),
    ]  # fmt: skip
    talk = talk[::-1] if newest_first else talk
    found = read.shown(Extraction(chat=Chat(messages=tuple(talk)))).chat
    assert found is not None
    kept = [one.text for one in found.messages]
    wanted = ["第 0 句", *(f"第 {n} 句" for n in range(151, 250))]
    assert kept == (wanted[::-1] if newest_first else wanted)


def test_of_long_terms_the_first_clauses_are_kept() -> None:
    clauses = tuple(Clause(number=str(n), text="退款", topics=("refund",)) for n in range(200))
    found = read.shown(Extraction(terms=Terms(name="协议", clauses=clauses))).terms
    assert found is not None
    assert [one.number for one in found.clauses] == [str(n) for n in range(60)]


def test_the_same_page_twice_agrees(store: Store, captures: Captures) -> None:
    uuid = seen(captures, store)
    witnessed(store, uuid, html=ORDER)
    read.compare_witness(store, uuid)
    said = captures.view(uuid).corroboration
    assert said is not None
    assert (said.verdict, said.session, said.witness_at) == ("agree", "lent", NOON)


@pytest.mark.parametrize(
    "reason", ["tls_error", "unreachable", "no_answer", "address_refused", "timeout", "no_page"]
)
@pytest.mark.parametrize("session", ["lent", "not_lent"])
def test_a_visit_that_failed_is_no_witness_for_its_reason(
    store: Store, captures: Captures, reason: str, session: str
) -> None:
    uuid = seen(captures, store, session=session)
    lack = Missing(role="witness", reason=reason)
    witnessed(store, uuid, html=None, session=session, missing=[lack])
    read.compare_witness(store, uuid)
    said = captures.view(uuid).corroboration
    assert said is not None
    assert (said.verdict, said.reason, said.witness_at) == ("no_witness", reason, None)


def test_a_session_that_did_not_come_is_not_a_missing_visit(
    store: Store, captures: Captures
) -> None:
    uuid = seen(captures, store)
    lack = Missing(role="witness/session", reason="session_not_lent_again")
    witnessed(store, uuid, html=ORDER, session="not_lent", missing=[lack])
    read.compare_witness(store, uuid)
    said = captures.view(uuid).corroboration
    assert said is not None
    assert (said.verdict, said.reason) == ("not_comparable", "session_did_not_arrive")


def test_a_witness_page_without_an_order_is_not_comparable(
    store: Store, captures: Captures
) -> None:
    uuid = seen(captures, store)
    witnessed(store, uuid, html="<title>请登录</title><p>login</p>")
    read.compare_witness(store, uuid)
    said = captures.view(uuid).corroboration
    assert said is not None
    assert (said.verdict, said.reason) == ("not_comparable", "witness_no_order")


TEXT = "订单详情\n订单号\tKZ20240102\n到账承诺 24小时\n"


def test_other_text_and_picture_stand_beside_the_verdict_of_the_fields(
    store: Store, captures: Captures, picture: Callable[..., bytes]
) -> None:
    uuid = captures.new(
        ("seen/html", ORDER.encode(), {}),
        ("seen/text", TEXT.replace("24小时", "1小时").encode(), {}),
        ("seen/viewport", picture(), {"x": 0, "y": 0, "width": 640, "height": 40}),
        session="lent",
    )
    keep_parts(store, uuid)
    read.read_order(store, uuid)
    witnessed(store, uuid, html=ORDER)
    store.vault.add_artifacts(
        uuid,
        [
            store.keep("witness/text", TEXT.encode(), "text/plain"),
            store.keep("witness/page", picture(height=400), "image/png"),
        ],
    )
    read.compare_witness(store, uuid)
    view = captures.view(uuid)
    said = view.corroboration
    assert said is not None
    assert said.text is not None
    assert said.picture is not None
    assert (said.verdict, said.reason, said.text.changed) == ("agree", "text_differs", 1)
    assert (said.picture.state, said.picture.seen) == ("same", "seen/viewport")
    kept = Corroboration.model_validate_json(
        store.read_role(view.artifacts, "corroboration") or b""
    )
    assert kept == said


def test_a_comparison_that_fails_is_said_and_stops_nothing(
    store: Store, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("helper.evidence.text_difference.compare", broken)
    monkeypatch.setattr("helper.evidence.picture_difference.compare", broken)
    uuid = seen(captures, store)
    witnessed(store, uuid, html=ORDER)
    read.compare_witness(store, uuid)
    said = captures.view(uuid).corroboration
    assert said is not None
    assert said.verdict == "agree"
    assert said.text is not None
    assert said.picture is not None
    assert (said.text.reason, said.picture.reason) == ("comparison_failed", "comparison_failed")


def test_a_receipt_for_an_unknown_draft_is_said(store: Store, captures: Captures) -> None:
    uuid = seen(captures, store, receipt_for="d-unknown")
    assert ("receipt", "draft_unknown") in captures.lacks(uuid)


@pytest.mark.parametrize("url", ["http://[", "http://a:99999/", "", "\x00", "http://[::1"])
def test_an_odd_address_never_stops_the_seal(store: Store, captures: Captures, url: str) -> None:
    uuid = seen(captures, store, url=url)
    read.compare_witness(store, uuid)
    assert Sealer(store).seal(uuid, "S1").stage == "S1"


def test_a_reader_that_fails_is_said_and_loses_nothing(
    store: Store, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("helper.steps.read.read", broken)
    uuid = seen(captures, store)
    assert ("order", "reading_failed") in captures.lacks(uuid)
    assert "seen-html.html" in captures.names(uuid)


def test_a_page_too_large_to_read_is_kept(store: Store, captures: Captures) -> None:
    uuid = seen(captures, store, "<p>" + " " * (21 * 1024 * 1024))
    assert ("order", "unreadable") in captures.lacks(uuid)
    assert "seen-html.html" in captures.names(uuid)
