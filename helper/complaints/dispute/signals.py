"""What a shop's side said in a chat that tells which dispute it is: promises passed, refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from helper.complaints.dispute.asking import Said, say
from helper.complaints.wording import moment, quoted
from helper.messages import Language
from scrapers import promise
from scrapers.moments import SHANGHAI
from scrapers.record import Chat, Message

_SAID = (
    ("agent_says_refunded", re.compile(
        r"已经?(?:[给为帮]您)?(?:全额|原路)?退(?:款|回)|退款已经?(?:[给为帮]您)?(?:原路)?(?:退回|到账|完成|成功)")),
    ("agent_says_delivered", re.compile(
        r"已经?(?:[给为帮]您)?(?:发货|发卡|发出|发放|补发|重发|充值(?:成功|完成|到账))|^(?!.*[款付]).*已经?到账")),
    ("agent_refused", re.compile(
        r"不退(?:不换|款|货)|不(?:支持|予|接受|给|能|可以)退|无法退|退不了|拒绝退|一经售出|概不")),
    ("agent_lured", re.compile(
        r"[加换走用](?:我|下|一下)?(?:个人)?(?:微信|QQ|支付宝)(?:转账|付款|转|付|交易)"
        r"|(?:私下|线下)(?:交易|付款|转账)|[扫转](?:我|个人)(?:的)?(?:收款)?码")),
)  # fmt: skip
"""In this order: a clause is taken for the first that it says."""
_NOT_SO = re.compile(
    r"如果|如|若|要是|假如|的话|未|没|吗|\?|？|是否|能否|怎么|为什么|等|待|再|不是|不会|不要|不得|请勿"
    r"|禁止|切勿|谨防|勿|之前|别的|其他|显示|您说|你说"
)
"""A question, a condition, a warning, what others say: no statement of its own."""
_CLAUSE = re.compile(r"[，。；,;!！\n]")


class Signal(Said):
    """What was said, in its exact words, and when; `at` is None where the chat does not tell."""

    quote: str
    at: datetime | None = None


def signals(
    chats: Sequence[Chat], *, now: datetime, language: Language = "zh_CN"
) -> tuple[Signal, ...]:
    """Return what the shop's side said, of each code the latest; kept promises are not known."""
    said = [one for chat in chats for one in chat.messages if one.side == "agent"]
    said.sort(key=lambda one: (one.at is not None, one.at.timestamp() if one.at else 0.0))
    found = {signal.code: signal for one in said for signal in _of(one, now, language)}
    return tuple(found.values())


def pledged_by(message: Message) -> datetime | None:
    """Return when the promise of a message runs out, None where it names no exact time."""
    within = message.promise.within if message.promise else None
    if not within:
        return None
    at, span = promise.latest(within), promise.span(within)
    if at is not None:
        return at
    try:
        if span is not None:
            return message.at + span if message.at else None
        return datetime.combine(date.fromisoformat(within), time.max, SHANGHAI)
    except (OverflowError, ValueError):
        return None


def stated(words: str) -> Iterator[tuple[str, str]]:
    """Yield what the clauses of a message plainly say, its code first: sent, paid back, refused."""
    for clause in _CLAUSE.split(words):
        if not _NOT_SO.search(clause):
            code = next((code for code, pattern in _SAID if pattern.search(clause)), None)
            if code is not None:
                yield code, clause


def _of(message: Message, now: datetime, language: Language) -> Iterator[Signal]:
    by, pledge = pledged_by(message), message.promise
    if pledge is not None and by is not None and pledge.what != "reply":
        over = by < now
        kind = "refund" if pledge.what == "refund" else "delivery"
        code = f"chat_{kind}_over" if over else "chat_promise_running"
        yield _signal(code, pledge.text, message, language, by)
    for code, clause in stated(message.text):
        yield _signal(code, clause, message, language)


def _signal(
    code: str, words: str, message: Message, language: Language, by: datetime | None = None
) -> Signal:
    quote = quoted(words)
    until = moment(by - timedelta(microseconds=by.microsecond)) if by else ""
    said = say("reason", code, language, quote=quote, by=until)
    return Signal(code=code, text=said.text, quote=quote, at=message.at)
