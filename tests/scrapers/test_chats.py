"""Chats: every saved page gives the talk that stands beside it; times, promises, secrets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from scrapers import texts
from scrapers.dom import Selectors, selector_of, walk
from scrapers.page import documents, load, parse
from scrapers.read import extract_bytes
from scrapers.record import Chat, Extraction, Source
from scrapers.texts.beside import beside
from scrapers.texts.chat_secrets import without_secrets
from scrapers.texts.chat_times import Clock
from scrapers.texts.pledges import promise_in

from .test_pages import holds

if TYPE_CHECKING:
    from .conftest import Case

SEEN = datetime.fromisoformat("2026-08-20T15:00:00+08:00")  # a Thursday
URL = "https://shop.example/im"


def shown(case: Case, field: str) -> tuple[list[Any], list[Any]]:
    """Return a field of all messages, as read and as expected."""
    chat = case.extraction().chat
    read = chat.model_dump(mode="json")["messages"] if chat else []
    wanted = case.expected.get("chat", {}).get("messages", [])
    return [one[field] for one in read], [one.get(field) for one in wanted]


@pytest.mark.parametrize("part", ["at", "at_text", "speaker", "side", "agent_no", "text", "quoted"])
def test_messages(all_cases: list[Case], part: str) -> None:
    for case in all_cases:
        read, wanted = shown(case, part)
        assert read == wanted, case.name


def test_promise(all_cases: list[Case]) -> None:
    for case in all_cases:
        read, wanted = shown(case, "promise")
        assert read == [one and {"within": None} | one for one in wanted], case.name


@pytest.mark.parametrize("part", ["title", "agent"])
def test_title_and_agent(all_cases: list[Case], part: str) -> None:
    for case in all_cases:
        wanted = case.expected.get("chat", {}).get(part)
        assert getattr(case.extraction().chat, part, None) == wanted, case.name


def test_every_source_stands_in_its_element(all_cases: list[Case]) -> None:
    pages = [case for case in all_cases if "chat" in case.expected]
    assert len(pages) >= 8
    for case in pages:
        chat = case.extraction().chat
        assert chat is not None
        for message in chat.messages:
            assert stands(case, message.source), (case.name, message)


def stands(case: Case, source: Source) -> bool:
    assert source.selector
    assert source.text
    soups = [parse(one, None).soup for one in documents(case.data, url="https://x.invalid/")]
    found = [soup.select(source.selector) for soup in soups]
    return any(len(tags) == 1 and holds(tags[0], source.text) for tags in found)


def test_what_was_read_survives_json(case: Case) -> None:
    extraction = case.extraction()
    assert Extraction.model_validate_json(extraction.model_dump_json()) == extraction


def talk(*lines: str, title: str = "在线客服") -> Extraction:
    body = "".join(lines)
    html = f"<title>{title}</title><div class='chat-log'>{body}</div>"
    return extract_bytes(html.encode(), url=URL, captured_at=SEEN, all_orders=True)


def chat_of(*lines: str) -> Chat:
    chat = talk(*lines).chat
    assert chat is not None
    return chat


def test_left_and_right_tell_nothing_where_a_name_contradicts_them() -> None:
    chat = chat_of(
        "<div class='msg left'><b>我</b><p>在吗</p></div>",
        "<div class='msg right'><b>客服8021</b><p>在的</p></div>",
        "<div class='msg left'><p>没有到账</p></div>",
    )
    assert [one.side for one in chat.messages] == ["buyer", "agent", "unknown"]


def test_one_name_on_both_sides_is_of_neither() -> None:
    chat = chat_of(
        "<div class='msg visitor'><i class='nick'>小美</i><p>在吗</p></div>",
        "<div class='msg agent'><i class='nick'>小美</i><p>24小时内补发</p></div>",
        "<div class='msg agent'><i class='nick'>阿布</i><p>2小时内补发</p></div>",
        "<div class='msg visitor'><i class='nick'>青青</i><p>好</p></div>",
    )
    assert [one.side for one in chat.messages] == ["unknown", "unknown", "agent", "buyer"]
    assert [one.promise is not None for one in chat.messages] == [False, False, True, False]


def test_a_buyer_who_quotes_a_promise_makes_none() -> None:
    chat = chat_of(
        "<div class='msg agent'><p>您好</p></div>",
        "<div class='msg visitor'><p>你们说24小时内补发</p></div>",
    )
    assert [one.promise for one in chat.messages] == [None, None]


def test_what_a_buyer_types_to_the_robot_is_no_name() -> None:
    chat = chat_of(
        "<div class='msg visitor'><p>人工客服</p></div>",
        "<div class='msg agent'><p>您好，请讲</p></div>",
    )
    assert [(one.speaker, one.text) for one in chat.messages] == [
        (None, "人工客服"), (None, "您好，请讲"),
    ]  # fmt: skip


def test_a_day_that_a_buyer_says_is_words_and_no_time() -> None:
    chat = chat_of(
        "<p class='msg agent'>什么时候付的款</p>", "<p class='msg visitor'>昨天</p>",
        "<div class='msg agent'><p>好的</p><i>10:20</i></div>",
    )  # fmt: skip
    assert [(one.text, one.at) for one in chat.messages] == [
        ("什么时候付的款", None), ("昨天", None), ("好的", None),
    ]  # fmt: skip


def test_an_order_told_in_a_message_is_no_order_of_the_page() -> None:
    found = talk(
        "<div class='msg agent'><p>请发订单号</p></div>",
        "<div class='msg visitor'><p>订单号：AB20260818001<br>金额：5.00元</p></div>",
    )
    assert (found.page_kind, found.orders, found.warnings) == ("chat", (), ())


def test_an_order_page_with_a_chat_on_it_stays_an_order_page() -> None:
    order = "<p>订单号：AB20260818001</p><p>实付金额：5.00元</p><p>订单状态：已付款</p>"
    log = "<div class='msg agent'>您好</div><div class='msg visitor'>在吗</div>"
    html = f"{order}<div class='chat-log'>{log}</div>"
    found = extract_bytes(html.encode(), url=URL)
    assert found.page_kind == "order"
    assert found.orders[0].order_no == "AB20260818001"
    assert found.chat is not None


def test_of_an_order_beside_a_chat_only_what_was_read_in_the_log_goes() -> None:
    log, card = "html > body > div:nth-of-type(2)", "html > body > div:nth-of-type(1) > p"
    places = {
        "order_no": card, "payment.method": card, "payment.paid_at": f"{log} > p > i",
        "items.0.title": f"{log} > p > b", "items.0.quantity": card, "items.1.title": card,
        "delivery.secrets.0": f"{log} > p > i", "delivery.secrets.1": f"{log} > p > b",
    }  # fmt: skip
    order = {
        "order_no": "A1", "payment": {"method": "alipay", "paid_at": SEEN},
        "items": [{"title": "亲", "quantity": 2}, {"title": "月卡"}],
        "delivery": {"secrets": [{"masked": f"{x}…", "sha256": x} for x in ("0", "1")]},
        "sources": {path: {"selector": place} for path, place in places.items()},
    }  # fmt: skip
    spoken = [{"text": x, "source": {"selector": f"{log} > p > {x}"}} for x in ("u", "s")]
    page = Extraction.model_validate({"orders": [order]})
    shown = beside(page, texts.Texts(Chat.model_validate({"messages": spoken})), sure_of_kind=False)
    [left] = shown.orders
    assert (left.payment.method, left.payment.paid_at) == ("alipay", None)
    assert [(item.title, item.quantity) for item in left.items] == [(None, 2), ("月卡", None)]
    assert left.delivery.secrets == ()
    wanted = {"order_no", "payment.method", "items.0.quantity", "items.1.title"}
    assert set(left.sources) == wanted


def test_ten_thousand_messages_are_read_and_more_are_told() -> None:
    line = "<p class='msg agent'>您好</p><p class='msg me'>在吗</p>"
    html = f"<h1>在线客服</h1><div class='chat-log'>{line * 5_000}</div>"
    found = extract_bytes(html.encode(), url=URL)
    assert found.chat is not None
    assert len(found.chat.messages) == 10_000
    assert "chat_cut" in found.warnings
    assert "chat_cut" not in talk(line).warnings


@pytest.mark.timeout(120)  # work that grows with the square of the page would take hours
@pytest.mark.parametrize(
    "piece",
    ["<div class='msg agent'>客服：好", "<b>客服：</b>", "客服：好<br>", "<blockquote>客服：",
     "<p class=msg>客服8021 2026-08-18 14:23:05</p>", "<h1>在线客服", "<div class='chat left'>",
     "<div class='msg me'>卡密 AAAA-1111</div>", "密码 ", "\u202e<i class=me>\u2066"],
)  # fmt: skip
@pytest.mark.long
def test_a_large_page_of(piece: str) -> None:
    html = "<h1>在线客服</h1><div class='chat-log'>" + piece * (1_500_000 // len(piece.encode()))
    texts.read(load(html.encode(), url=URL, captured_at=SEEN))


def test_a_promise_in_text_that_runs_backwards_is_not_read() -> None:
    chat = chat_of(
        "<div class='msg agent'>\u202e发补内时小42\u202c</div>", "<div class='msg me'>好</div>"
    )
    assert chat.messages[0].promise is None


def test_paths_of_many_elements_are_those_of_each() -> None:
    page = load(b"<p>a<b>b</b><p>c<i>d</i><i>e<b>f</b></i><table><tr><td>g</table>", url=URL)
    selectors = Selectors()
    for tag in walk(page.soup).tags:
        assert selectors.of(tag) == selector_of(tag)


@pytest.mark.parametrize(
    ("text", "at"),
    [("2026-08-18 14:23:05", "2026-08-18T14:23:05+08:00"),
     ("昨天 14:23", "2026-08-19T14:23:00+08:00"), ("前天 9:05", "2026-08-18T09:05:00+08:00"),
     ("8月18日 下午2:23", "2026-08-18T14:23:00+08:00"),
     ("星期二 10:00", "2026-08-18T10:00:00+08:00"),
     ("Yesterday 2:23 PM", "2026-08-19T14:23:00+08:00"),
     ("—— 2026年8月18日 14:23 ——", "2026-08-18T14:23:00+08:00"),
     ("星期四 10:00", None), ("14:23", None), ("刚刚", None), ("5分钟前", None),
     ("2026-08-18", None)],
)  # fmt: skip
def test_a_line_of_time(text: str, at: str | None) -> None:
    found = Clock(SEEN).line(text)
    assert (found.isoformat() if found else None) == at


@pytest.mark.parametrize("text", ["昨天 14:23", "8月18日 14:23", "星期二 10:00", "今天 9:00"])
def test_a_day_is_unknown_where_the_capture_is(text: str) -> None:
    assert Clock(None).line(text) is None


def times(clock: Clock, *steps: tuple[str, str]) -> list[str | None]:
    found = [clock.line(text) if kind == "line" else clock.own(text) for kind, text in steps]
    return [at.isoformat()[5:16] if at else None for at in found]


def test_a_bare_time_is_of_the_day_on_the_line_above_until_it_runs_backwards() -> None:
    steps = [("line", "2026-08-18 23:50"), ("own", "23:55"), ("own", "00:10"), ("own", "00:12")]
    assert times(Clock(SEEN), *steps) == ["08-18T23:50", "08-18T23:55", None, None]


def test_a_bare_line_is_of_today_only_where_other_days_are_named() -> None:
    steps = [("line", "昨天 14:23"), ("line", "09:10"), ("line", "20:00")]
    assert times(Clock(SEEN), *steps) == ["08-19T14:23", "08-20T09:10", None]
    assert times(Clock(SEEN), ("line", "2026-08-18 14:20"), ("line", "14:25"))[1] is None


SAID = datetime.fromisoformat("2026-08-18T14:23:00+08:00")


@pytest.mark.parametrize(
    ("text", "what", "within", "exact"),
    [("好的，24小时内补发", "reissue", "PT24H", "24小时内补发"),
     ("半小时内处理", "reply", "PT30M", "半小时内处理"),
     ("两天内原路退回", "refund", "P2D", "两天内原路退回"),
     ("明天中午12点之前到账", "delivery", "2026-08-19T12:00:00+08:00", "明天中午12点之前到账"),
     ("今晚8点前补发", "reissue", "2026-08-18T20:00:00+08:00", "今晚8点前补发"),
     ("8月20日前退款", "refund", "2026-08-20", "8月20日前退款"),
     ("明天6点前发货", "delivery", None, "明天6点前发货"),
     ("今天下班前给您处理", "reply", None, "今天下班前给您处理"),
     ("三个工作日内退款", "refund", None, "三个工作日内退款"),
     ("1-3天内退款", "refund", None, "1-3天内退款"),
     ("十五分钟内回复您", "reply", "PT15M", "十五分钟内回复您"),
     ("两三天内退款", "refund", None, "两三天内退款"), ("几天内退款", "refund", None, "几天内退款"),
     ("1.5小时内处理", "reply", None, "1.5小时内处理"),
     ("马上处理。48小时内退款", "refund", "PT48H", "48小时内退款"),
     ("马上处理", "reply", None, "马上处理")],
)  # fmt: skip
def test_promises(text: str, what: str, within: str | None, exact: str) -> None:
    made = promise_in(text, SAID)
    assert made is not None
    assert (made.what, made.within, made.text) == (what, within, exact)


@pytest.mark.parametrize(
    "text",
    ["24小时内没到账可以退款", "是24小时内补发吗", "如果24小时内补发", "请在24小时内联系我们处理",
     "可以在7天内申请退款", "虚拟商品不退不换", "请稍等，正在为您查询订单", "已经在24小时内处理"],
)  # fmt: skip
def test_no_promises(text: str) -> None:
    assert promise_in(text, SAID) is None


def test_a_day_is_not_promised_where_the_moment_of_the_message_is_unknown() -> None:
    made = promise_in("明天中午12点之前到账", None)
    assert made is not None
    assert made.within is None


@pytest.mark.parametrize(
    ("text", "before", "kept"),
    [("您的卡密是 TXSP-4821-7730-AAQ9", "", "您的卡密是 TXS****AQ9"),
     ("88392017726355", "您的卡密：", "88****55"), ("hunter2secret", "账号密码发一下", "****"),
     ("账号 abc 密码：S3cretGamePw", "", "账号 abc 密码：****"),
     ("账号密码分别是 abc / S3cretGamePw1", "", "账号密码分别是 abc / ****"),
     ("LC20260816172096", "您好，请提供订单号。", "LC20260816172096"),
     ("我的订单 LC20260816172096，卡密无效", "", "我的订单 LC20260816172096，卡密无效"),
     ("2026-08-18 已发货", "卡密", "2026-08-18 已发货")],
)  # fmt: skip
def test_secrets_of_a_message(text: str, before: str, kept: str) -> None:
    assert without_secrets(text, before) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [("密码是：ab12", "密码是：****"), ("密码为：12345", "密码为：****"),
     ("密码是：Qwerty!", "密码是：****"), ("密码是：Ab1!cd2@ef", "密码是：****"),
     ("我的密码就是 qwertyui", "我的密码就是 ****"), ("密码【qwertyui】", "密码【****】"),
     ("密码改成qwertyui了", "密码改成****了"), ("密码：ｑｗｅｒｔｙ", "密码：****"),
     ("订单密码：12345", "订单密码：****"), ("密码是 12345678", "密码是 ****"),
     ("密码是 2026-08-18", "密码是 ****"), ("my password is hunterpass", "my password is ****"),
     ("账号 abc 密码 qwertyui", "账号 abc 密码 ****"),
     ("您的卡密是 ABCD-EFGH-IJKL", "您的卡密是 AB****KL"),
     ("提货码 8839 2017 7263 5501", "提货码 **** **** **** ****"),
     ("2026-08-18 14:23 密码错误，退款 100.00 元", "2026-08-18 14:23 密码错误，退款 100.00 元"),
     ("Steam密码错误，订单 LC20260816172096", "Steam密码错误，订单 LC20260816172096"),
     ("pass是qwerty", "pass是****"), ("ok, password: Hunter!!", "ok, password: ****"),
     ("Please send your password", "Please send your password")],
)  # fmt: skip
def test_no_password_stands_in_a_message(text: str, kept: str) -> None:
    assert without_secrets(text, "") == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [("是 qwerty", "是 ****"), ("qwertyui 谢谢", "**** 谢谢"), ("12345678", "****"),
     ("稍等", "稍等"), ("订单 LC20260816172096", "订单 LC20260816172096")],
)  # fmt: skip
def test_the_answer_to_a_question_for_a_password_is_hidden(text: str, kept: str) -> None:
    assert without_secrets(text, "密码发一下") == kept
    assert without_secrets(text, "好的", "密码发一下") == kept


def test_a_password_stands_nowhere_in_a_chat() -> None:
    chat = chat_of(
        "<div class='msg agent'><p>密码发一下</p></div>",
        "<div class='msg system'><p>对方正在输入</p></div>",
        "<div class='msg me'><p>hunterpass</p></div>",
        "<div class='msg agent'><blockquote>hunterpass</blockquote><p>收到</p></div>",
        "<div class='msg me'><blockquote>qwerty12345</blockquote><p>对的</p></div>",
    )
    told = chat.model_dump_json()
    assert not any(part in told for part in ("hunter", "pass", "qw", "45"))
    assert [one.text for one in chat.messages][2:] == ["****", "收到", "对的"]


@pytest.mark.parametrize(
    "text",
    ["最快24小时内补发，最晚3天", "大概24小时内补发", "正常24小时内补发",
     "一般情况下，24小时内补发", "预计明天中午12点之前到账", "24小时内左右补发"],
)  # fmt: skip
def test_what_is_said_to_be_about_is_no_exact_promise(text: str) -> None:
    made = promise_in(text, SAID)
    assert made is not None
    assert made.within is None


@pytest.mark.parametrize(
    "text",
    ["之前的订单24小时内都发货了", "24小时内已补发", "上次是2小时内到账", "别人都是半小时内发货"],
)
def test_what_happened_before_is_no_promise(text: str) -> None:
    assert promise_in(text, SAID) is None
    made = promise_in("今晚8点以前到账", SAID)
    assert made is not None
    assert made.within == "2026-08-18T20:00:00+08:00"
