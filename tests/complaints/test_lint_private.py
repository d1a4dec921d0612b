"""A text for the public holds nothing private, however it is written, and keeps its facts."""

import hashlib
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helper.complaints.lint import check, masked
from helper.complaints.lint.private import HASHED, places
from helper.messages import LANGUAGES, catalogue
from helper.model import Sentence

FULL_WIDTH = {ord(char): chr(ord(char) + 0xFEE0) for char in string.ascii_letters + string.digits}
GAPS = ["", " ", "-", "·", " - ", "\u200b", "　", "_"]
SIGNS = [*GAPS, "，", "\n", "*", "/", "（", "…"]


def bones(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def written(value: str, gaps: list[str], full: bool) -> str:
    text = "".join(char + gaps[i % len(gaps)] for i, char in enumerate(value))
    return text.translate(FULL_WIDTH) if full else text


def identity(first: int) -> str:
    body = f"1101011990{first % 12 + 1:02d}{first % 28 + 1:02d}{first % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c) * w for c, w in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


anything = st.text(max_size=30) | st.text("，。订单客服 0123456789*-\n", max_size=30)
ways = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4)
codes = st.text(string.ascii_letters + string.digits, min_size=6, max_size=24)
names = st.text("李王张刘陈杨赵黄周吴欧阳小明芳静", min_size=2, max_size=4)


@settings(max_examples=400)
@given(
    before=anything, after=anything, others=st.lists(codes | names, max_size=3), value=codes,
    gaps=ways, full=st.booleans(),
)  # fmt: skip
def test_no_given_value_survives_whatever_the_text(
    before: str, after: str, others: list[str], value: str, gaps: list[str], full: bool
) -> None:
    text = f"{before}{written(value, gaps, full)}{after}{others}"
    public = masked(text, [value, *others])
    assert bones(value) not in bones(public)
    assert masked(public, [value, *others]) == public


@settings(max_examples=200)
@given(
    before=anything, after=anything, value=names,
    gaps=st.lists(st.sampled_from(GAPS), min_size=1, max_size=3),
)  # fmt: skip
def test_no_given_name_survives(before: str, after: str, value: str, gaps: list[str]) -> None:
    public = masked(f"{before}{written(value, gaps, full=False)}{after}", [value])
    assert value not in "".join(public.split())


@settings(max_examples=300)
@given(
    value=st.integers(0, 10**8 - 1).map(lambda n: f"138{n:08d}")
    | st.integers(0, 10**6).map(identity)
    | st.integers(10**27, 10**28 - 1).map(str)
    | st.integers(10**31, 10**32 - 1).map(str)
    | st.integers(10**15, 10**16 - 1).map(str),
    gaps=st.lists(st.sampled_from(GAPS), min_size=1, max_size=4),
    full=st.booleans(),
    before=st.sampled_from(
        ["", "电话", "我的号码是 ", "付款 98.00 元，", "于 2026-11-20 14:23 付款，"]
    ),
    after=st.sampled_from(["", "。", "，请联系", " 元", "（证据1）"]),
)
def test_numbers_of_people_and_payments_are_known_by_their_form(
    value: str, gaps: list[str], full: bool, before: str, after: str
) -> None:
    public = masked(f"{before}{written(value, gaps, full)}{after}")
    assert bones(value) not in bones(public)
    assert "98.00 元" in public or "98.00" not in before
    assert "2026-11-20 14:23" in public or "2026" not in before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请打 138 0013 8000 联系", "phone"),
        ("身份证 11010519491231002X", "identity"),
        ("银行卡 6222020200001234562", "bank_card"),
        ("交易单号 4200002026112014225161712345", "payment"),
        ("发到 buyer.one@mail.example", "email"),
        ("微信号：kz_buyer88", "contact"),
        ("加 QQ 87654321", "contact"),
        ("客服工号 1024 答复", "staff"),
        ("微信 abc_123 联系", "contact"),
        ("QQ群 12345 里说", "contact"),
        ("加V：abc123", "contact"),
        ("加微 abc123 退款", "contact"),
        ("VX: shop_888", "contact"),
        ("卡密 AB12CD34 不能用", "code"),
        ("输入 AB12CD34 无效", "code"),
        ("在页面兑换 XKQP7Q2W", "code"),
        ("AB12CD34 提示已被使用", "code"),
        ("收到 ABCD-1234-EFGH-5678，不能用", "code"),
        ("姓名：李小明", "name"),
        ("住在杭州市余杭区文一西路969号3幢502室", "address"),
        ("订单号 WZ20261120142251617", "number"),
        ("我的 WZ20261120142251617 没有到账", "number"),
        ("小芳说已发货", "given"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_public_text_with_something_private_is_named(text: str, kind: str, language: str) -> None:
    assert kind in {place.kind for place in places(text, ["小芳"])}
    sentence = Sentence(text=text, exhibits=(), stated=True, key="s1")
    arguments = {"demand": "", "exhibits": [], "known": text, "private": ["小芳"]}
    found = check([sentence], **arguments, public=True, language=language)  # type: ignore[arg-type]
    [finding] = [finding for finding in found if finding.rule == "private"]
    assert finding.better is not None
    assert text.replace(finding.text, finding.better) == masked(text, ["小芳"])
    assert catalogue(language)[f"complaints.private.{kind}"] in finding.advice  # type: ignore[index]
    assert "private" not in {f.rule for f in check([sentence], **arguments)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "我于 2026-11-20 14:23 在王子卡盟购买“月光石 980枚”（数量 1），订单金额 98.00 元。",
        "证据1：2026-11-20 14:23 的截图；证据2、证据3。",
        "依据《民法典》第五百七十七条和法释〔2022〕8号，请在 48 小时内退款 1234567.50 元。",
        "我已向 12315 投诉，2026年12月1日收到受理通知。",
        "购买的是 Office2021 专业版和 iPhone15ProMax256GB 配件，用支付宝支付 98.00 元。",
        "行李，明天到。",
        "用微信 WeChat 支付，加V不加价，加QQ群也没有人答复。",
        "输入 Windows10 无效，兑换 Office365 失败，iPhone15 已使用两年。",
        "杭州市余杭区市场监督管理局已告知受理编号。",
    ],
)
def test_facts_stay_readable(text: str) -> None:
    assert masked(text, ["李明", "12", "7"]) == text


def test_a_short_number_is_covered_where_it_is_a_word_of_its_own() -> None:
    text = "1024 号客服说 1024 元会退，2026-11-20 还没有退 1024.50"
    assert masked(text, ["1024"]) == "**** 号客服说 1024 元会退，2026-11-20 还没有退 1024.50"


def hashed(code: str) -> str:
    return HASHED + hashlib.sha256(code.encode()).hexdigest()


@pytest.mark.parametrize("code", ["XKQP-7QW2", "XKQP7QW2", "xkqp 7qw2", "1234-5678"])
@pytest.mark.parametrize("form", ["{}，打不开", "收到{}", "abc {} def", "A-{}", "（{}）"])
@pytest.mark.parametrize("full", [False, True])
def test_a_code_known_by_its_hash_is_covered(code: str, form: str, full: bool) -> None:
    bare = "".join(char for char in code if char.isalnum())
    for typed in {code, bare, code.upper(), f"{bare[:4]} {bare[4:]}", f"{bare[:4]} - {bare[4:]}"}:
        text = form.format(typed.translate(FULL_WIDTH) if full else typed)
        assert bones(bare) in bones(text)
        public = masked(text, [hashed(code)])
        assert public == form.format("****")
        assert masked(text, [hashed("ABCD-9999")]) == masked(text)


def test_a_hash_covers_nothing_else() -> None:
    text = "2026-11-20 14:23 付款 98.00 元，商品 iPhone15 一台。"
    assert masked(text, [hashed("XKQP-7QW2"), hashed("98.00")]) == text


@pytest.mark.parametrize("unit", ["a", "a.", "a@", "1 ", "aB3", "中", "A1-"])
def test_a_long_text_keeps_its_facts_and_loses_its_address(unit: str) -> None:
    long = unit * (20_000 // len(unit))
    public = masked(f"付款 98.00 元。{long}，发到 buyer.one@mail.example。")
    assert public.startswith("付款 98.00 元。")
    assert public.endswith("，发到 ****。")


def test_a_word_for_everybody_is_nobodys_name() -> None:
    assert masked("客服说已发货", ["客服"]) == "客服说已发货"
