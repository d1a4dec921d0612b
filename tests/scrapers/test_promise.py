"""The sentence of a description that promises delivery."""

import pytest

from scrapers.promise import sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("官方卡密。付款后30分钟内自动发货；请留意邮箱。", "付款后30分钟内自动发货"),
        ("付款后 10 分钟内发货，未到账联系客服！售出不退", "付款后 10 分钟内发货，未到账联系客服"),
        ("适合7-15级玩家\n支付后2小时内到账", "支付后2小时内到账"),
        ("10分钟内到账。最迟10分钟内发货。", "10分钟内到账"),
        ("自动发货，付款后即时到账。", "自动发货，付款后即时到账"),
        ("付款后立即发货。高峰期30分钟内发货。", "高峰期30分钟内发货"),
    ],
)
def test_the_promise_is_the_sentence_as_it_stands(text: str, said: str) -> None:
    assert sentence(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "自动档10分钟内发货。人工档2小时内发货。",
        "10分钟内到账，大额订单1-3个工作日到账。",
        "收到卡密后请立即充值，24小时内有问题联系客服补发。",
        "7天内可退换。",
        "24小时自动发货",
        "",
    ],
)
def test_without_one_time_there_is_no_promise(text: str) -> None:
    assert sentence(text) is None
