"""Hide codes and passwords in sentences: the words that tell of one, and what is none."""

from __future__ import annotations

import re

from scrapers.text import mask_text

PASSWORD_WORD = re.compile(
    r"密码|口令|密保|passw(?:or)?d|pwd|(?<![a-z])pass(?![a-z])", re.IGNORECASE
)
CODE_WORD = re.compile(
    r"卡密|卡号|密码|密钥|口令|(?:兑换|激活|充值|授权|验证|提取|提货|取货|访问)码|序列号"
    r"|(?<![a-z])(?:cd-?key|cdk|codes?|key)(?![a-z])",
    re.IGNORECASE,
)
_GAP = r"\s{0,2}(?:就?[是为]|成|[:：=]|\bis\b)?\s{0,2}[:：]?\s{0,2}[【\[「“\"'(（]?"
_ASCII = "[!-~０-９Ａ-Ｚａ-ｚ]"
_AFTER_CODE_WORD = re.compile(
    rf"(?P<word>{CODE_WORD.pattern})(?P<gap>{_GAP})(?P<code>{_ASCII}{{4,}})", re.IGNORECASE
)
_AFTER_PASSWORD_WORD = re.compile(
    rf"(?P<word>{PASSWORD_WORD.pattern})(?P<gap>{_GAP})(?P<code>{_ASCII}{{3,}})", re.IGNORECASE
)
_RUN = re.compile(rf"{_ASCII}{{3,}}")
_CODE = re.compile(r"https?://\S+|[0-9A-Za-z*][0-9A-Za-z_*\-]{5,}")
_SPACED = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{3,8}(?: [0-9A-Z]{3,8}){2,}(?![0-9A-Za-z])")
_GROUPED = re.compile(r"[0-9A-Z]{3,}(?:-[0-9A-Z]{2,})+")
_NO_CODE = re.compile(
    r"https?://\S+|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:T[\d:]+)?|\d{1,2}-\d{1,2}"
    r"|\d{1,2}(?::\d{2}){1,2}|\W+"
)
_DATED_NUMBER = re.compile(r"[A-Z]{0,5}20\d{2}[01]\d[0-3]\d{5,}")
_ORDER_NUMBER = re.compile(r"[A-Za-z]{0,5}\d{8,}")
_ORDER_WORD = re.compile(
    r"(?:(?:订单|单号|流水号?|工单|编号|交易号)\S{0,4}|order(?: no\.?| number)?)\s?[:：#]?\s?$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:QQ群?|Q群|群号?|微信号?|电话|热线|手机号?)[是为]?\s?[:：]?\s?$", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"(?:账号|帐号|账户|用户名|邮箱|角色名?|QQ号?|微信号?|手机号?|区服)[是为]?\s?[:：]?\s?$",
    re.IGNORECASE,
)
_BOTH = re.compile(r"[账帐]号[和与、]?密码(?:分别)?[是为]?[:：]?\s?$")
_COUNTED = re.compile(r"\s?(?:元|块|分钟|个|小时|天|日|号|张|件|份)")
_NUMBER = re.compile(r"[¥$]?\d{1,9}(?:\.\d{1,2})?")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_ORDINARY = frozenset({
    "about", "account", "after", "again", "all", "already", "and", "any", "are", "available",
    "been", "before", "but", "can", "card", "check", "click", "code", "codes", "contact", "could",
    "customer", "delivered", "delivery", "did", "does", "done", "email", "for", "from", "game",
    "get", "give", "had", "has", "have", "hello", "help", "here", "how", "its", "key", "later",
    "more", "need", "new", "not", "now", "number", "off", "okay", "only", "order", "orders", "our",
    "out", "paid", "password", "payment", "pending", "please", "processing", "product", "progress",
    "received", "refund", "reply", "reveal", "send", "sent", "service", "soon", "sorry", "stock",
    "still", "support", "tap", "thank", "thanks", "that", "the", "their", "them", "then", "there",
    "they", "this", "ticket", "use", "view", "wait", "want", "was", "well", "were", "what", "when",
    "where", "which", "will", "with", "wrong", "yes", "yet", "you", "your", "yours", "android",
    "apple", "epic", "google", "icloud", "ios", "netflix", "origin", "playstation", "psn", "steam",
    "uplay", "vip", "wechat", "wegame", "xbox", "cdk", "cdkey", "iphone", "windows", "usdt", "http",
    "https", "www", "com", "pass",
})  # fmt: skip
_FUNCTION = frozenset({
    "a", "an", "and", "after", "are", "be", "been", "by", "click", "for", "has", "have", "in", "is",
    "it", "no", "not", "of", "or", "our", "out", "please", "reveal", "stock", "tap", "the", "to",
    "view", "wait", "was", "will", "with", "yet", "you", "your",
})  # fmt: skip
_SENTENCE_WORD = re.compile(r"[A-Za-z]?[a-z]*[,.!?;:]?")


def is_english(text: str) -> bool:
    """Say whether `text` is an English sentence: several words, two or more such as `to`."""
    words = text.split()
    plain = [word.strip(",.!?;:").lower() for word in words]
    return len(words) >= 3 and sum(word in _FUNCTION for word in plain) >= 2


def is_words(text: str) -> bool:
    """Say whether `text` is nothing but two or more words in Latin letters, no code among them."""
    words = text.split()
    return len(words) >= 2 and all(_SENTENCE_WORD.fullmatch(word) for word in words)


def names_password(text: str) -> bool:
    """Say whether `text` asks for a password, or tells one."""
    return PASSWORD_WORD.search(text) is not None


def without_passwords(text: str) -> str:
    """Hide all that may be the password in a text that tells one, wherever it stands in it.

    Kept are order numbers, dates, links, counts, common words, and an account named as such.
    """
    card = re.search("卡密|卡号", text) is not None
    text = _AFTER_PASSWORD_WORD.sub(_hidden, text)

    def hidden(match: re.Match[str]) -> str:
        run, (before, after) = match[0], _around(match)
        named = _ACCOUNT.search(before) or (_BOTH.search(before) and re.match(r" ?/ ?[!-~]", after))
        if named or "****" in run or _is_none(run, before, after) or _is_common(run):
            return run
        return mask_text(run) if card else "****"

    return _RUN.sub(hidden, text)


def without_codes(text: str, *, told: bool, order_no: str | None = None) -> str:
    """Mask the codes of a text; all that look like one if it is `told` that there is one.

    Otherwise only those in groups (`AB12-CD34`). Kept are dates, links and numbers of orders.
    """
    if told:
        text = _AFTER_CODE_WORD.sub(_masked_after, text)
        text = _SPACED.sub(
            lambda match: mask_text(match[0]) if re.search(r"\d", match[0]) else match[0], text
        )

    def masked(match: re.Match[str]) -> str:
        code, (before, after) = match[0], _around(match)
        contact = code.isdigit() and len(code) <= 12 and _CONTACT.search(before)
        if "*" in code or code == order_no or contact or _is_none(code, before, after):
            return code
        has_digit = any(char.isdigit() for char in code)
        if _GROUPED.fullmatch(code):
            return mask_text(code) if has_digit or told else code
        looks = has_digit or (code.isupper() and len(code) >= 8)
        return mask_text(code) if told and looks else code

    return _CODE.sub(masked, text)


def is_order_number(text: str) -> bool:
    """Say whether `text` has the form of an order's number: eight digits or more."""
    return _ORDER_NUMBER.fullmatch(text) is not None


def _hidden(match: re.Match[str]) -> str:
    code = match["code"]
    keeps = "****" in code or code.startswith(("http://", "https://")) or _is_common(code)
    return match[0] if keeps else f"{match['word']}{match['gap']}****"


def _masked_after(match: re.Match[str]) -> str:
    code = match["code"]
    if (
        "****" in code
        or _is_none(code, "", _around(match)[1])
        or _is_common(code)
        or _GROUPED.match(code)
    ):
        return match[0]
    return f"{match['word']}{match['gap']}{mask_text(code)}"


def _around(match: re.Match[str]) -> tuple[str, str]:
    start, end = match.span()
    return match.string[max(0, start - 16) : start], match.string[end : end + 8]


def _is_none(run: str, before: str, after: str) -> bool:
    """Say whether a run of letters and digits is no code: a date, a link, a count, an order's."""
    order = _ORDER_WORD.search(before)
    return bool(
        _NO_CODE.fullmatch(run)
        or (order and not names_password(order[0]))
        or _DATED_NUMBER.fullmatch(run)
        or (_NUMBER.fullmatch(run) and _COUNTED.match(after))
    )


def _is_common(run: str) -> bool:
    words = run.strip(".,!?;:()\"'").lower()
    return words in _ORDINARY or (len(words) < 3 and _WORD.fullmatch(words) is not None)
