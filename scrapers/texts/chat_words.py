"""The words of chats: class names that tell the side of a message, names, lines of the system.

Class names were seen in widgets of customer service (美洽, 53KF, 网易七鱼, 企业微信, LayIM, Tawk,
Chatwoot) and in ticket pages; a name is cut into words at `-`, `_` and capitals.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

Side = Literal["buyer", "agent", "system", "left", "right"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SIDES: Final[dict[Side, str]] = {
    "buyer": "me mine fromme ismine self own myself visitor customer buyer user guest client "
    "member consumer",
    "agent": "agent staff service services kefu operator admin administrator seller merchant "
    "support other others opposite robot bot server waiter official",
    "system": "system sys notice tip tips event notify notification announce",
    "left": "left received incoming",
    "right": "right sent outgoing",
}
_SIDE_OF = {word: side for side, words in _SIDES.items() for word in words.split()}
_PARTS = _words(
    "name nick nickname username avatar head face photo time date icon ico img image menu nav list "
    "lists input btn button header footer panel sidebar info center login textarea tool toolbar "
    "title status link log logs record records history window main page float pull text align col "
    "arrow editor agreement protocol"
)  # of a message or of the page around it, no message
_ROWS = frozenset({"item", "row", "li"})
NAMES: Final = _words("name nick nickname username author speaker sender who")
AVATARS: Final = _words("avatar face head headimg photo portrait icon ico emoji emoticon")
TIMES: Final = _words("time date timestamp datetime")
QUOTES = frozenset({"quote", "quoted", "reference"})
_ABOUT = re.compile(
    r"chat|msgs?$|messag|bubble|kefu|convers|dialogue|talk|ticket|webim|im$|layim|tawk|meiqia|"
    r"replies|qiyu"
)
_CUSTOMER_SERVICE = re.compile(r"customer[-_ ]?(?:service|care|support)", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

TITLE: Final = re.compile(
    r"在线客服|客服会话|客服聊天|客服对话|人工客服|聊天|会话|对话|咨询记录|沟通记录|"
    r"工单(?:详情|回复|处理|记录|\s*[#＃:：]?\s*[0-9A-Z]{4,})|live chat|ticket\s*#?\d+",
    re.IGNORECASE,
)
"""What heads a page that is a chat."""
_ROLE = "在线|人工|智能|售后|售前|专属|值班|官方|平台"
_BUYER = (
    r"我|我方|本人|您|你|me|you|"
    r"(?:买家|用户|访客|顾客|客户|会员|游客|提问者|customer|visitor|guest|user|buyer)"
    r"[\s_\-#]?[0-9A-Za-z*]{0,16}"
)
_AGENT = (
    rf"(?:{_ROLE})*客服(?!时间|电话|邮箱|QQ|微信|热线|中心|链接|工作|回复|处理)[^:：，。]{{0,16}}|"
    r"[^\s:：，。您我你]{1,8}客服\d{0,8}号?|"
    r"(?:平台|系统)?管理员|卖家|商家|店主|店家|站长|平台|官方|(?:智能)?(?:机器人|助手)|"
    r"工号\s*[:：]?\s*[0-9A-Za-z]{2,10}|(?:staff|agent|admin|support|seller)[\s#]?\d{0,8}"
)
_SYSTEM = r"系统(?:消息|提示|通知)?|system"
_SPEAKERS: Final[dict[Side, re.Pattern[str]]] = {
    "buyer": re.compile(_BUYER, re.IGNORECASE),
    "system": re.compile(_SYSTEM, re.IGNORECASE),
    "agent": re.compile(_AGENT, re.IGNORECASE),
}
_BRACKETS = re.compile(r"[（(\[【]\s*(?:工号|编号)?\s*[:：]?\s*[0-9A-Za-z]{2,10}\s*[)）\]】]")
NUMBERED: Final = re.compile(
    r"[（(\[【]?\s*工号\s*[:：]?\s*(?P<no>[0-9A-Za-z]{2,10})\s*[)）\]】]?|"
    r"客服\s*[:：#＃\-]?\s*(?P<no2>\d{2,8})|(?P<no3>\d{2,8})\s*号?\s*客服|"
    r"(?P<no4>\d{2,8})\s*号(?=\s*(?:为您|接待|很高兴))"
)
"""An agent's number."""
INTRODUCES: Final = re.compile(r"为您服务|接待您|很高兴|竭诚|已接入|已接待")
LINE: Final = re.compile(
    r"已接入|已接待|会话已?(?:结束|开始|关闭)|(?:结束|开始)了?会话|为您服务$|进入了?会话|离开了?会话|"
    r"正在(?:为您)?(?:转接|接入|排队)|已转接|以[上下][是为]?历史|历史(?:消息|会话)$|长时间未|"
    r"工单已(?:关闭|创建|提交|解决|完成)|请对.{0,12}评价"
)
"""What the chat itself says between messages."""
RECALLED: Final = re.compile(r"\S{0,20}\s*撤回了?(?:一条)?消息.{0,12}|(?:该|此)?消息已(?:被)?撤回")
NOISE: Final = _words(
    "已读 未读 发送成功 发送失败 送达 已送达 重发 重新发送 撤回 回复 引用 转发 删除 有用 没用 "
    "点赞 点踩 加载更多 查看更多消息 点击加载更多 没有更多了 没有更多消息了 查看历史消息 · | : "
    "read unread delivered sent seen reply"
)


@lru_cache(maxsize=4096)
def words_of(names: str) -> frozenset[str]:
    """Return the lower-case words of a class attribute."""
    plain = _CUSTOMER_SERVICE.sub("kefu", names[:300])
    return frozenset(word.lower() for word in _WORD.findall(plain))


@lru_cache(maxsize=4096)
def side_of(names: str) -> Side | None:
    """Return the side that a message's class attribute tells; a weak one only if no other."""
    words = words_of(names)
    if words & _PARTS and not words & _ROWS:
        return None
    sides = {_SIDE_OF[word] for word in words if word in _SIDE_OF}
    strong = sides - {"left", "right"}
    chosen = strong or sides
    return next(iter(chosen)) if len(chosen) == 1 else None


@lru_cache(maxsize=4096)
def is_about_chat(names: str) -> bool:
    """Say whether a class attribute or id names a chat or a message."""
    return any(_ABOUT.match(word) for word in words_of(names))


def without_number(name: str) -> str:
    """Return a speaker's name without a number in brackets beside it (客服小美（工号：032）)."""
    return _BRACKETS.sub("", name).strip() or name


def side_of_speaker(name: str) -> Side | None:
    """Return the side that a speaker's name tells by itself (客服8021, 我)."""
    plain = without_number(name)
    return next((side for side, pattern in _SPEAKERS.items() if pattern.fullmatch(plain)), None)
