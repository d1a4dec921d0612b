"""What an unknown shop puts where its codes belong: codes, a message, or nothing yet."""

from __future__ import annotations

import pytest

from scrapers.read import extract_bytes
from scrapers.record import OrderRecord
from scrapers.text import mask

ORDER = (
    "<div><span class=badge>已发货</span><h3>Steam 充值卡 50 元</h3>"
    "<p>订单号：DD202608181234567</p></div><p>实付金额：¥49.50</p>"
    "<p>下单时间：2026-08-18 10:00:00</p>"
)
ONE, TWO = "ABCD-1234-EFGH", "ABCD-1234-EFGJ"
PAIR = "卡号：60****90 密码：88****33"
CODES = {
    "textarea": (2, f"<h4>卡密信息</h4><textarea readonly>{ONE}\n{TWO}</textarea>"),
    "pre": (2, f"<h4>卡密</h4><pre>{ONE}\n{TWO}</pre>"),
    "list": (
        2,
        f"<div>您的卡密：</div><ul><li>{ONE}<a>复制</a></li><li>{TWO}<a>复制</a></li></ul>",
    ),
    "lines below the label": (2, f"<div>卡密信息：<br>{ONE}<br>{TWO}</div>"),
    "numbered": (2, f"<h4>卡密信息</h4><div>1、{ONE}<br>2、{TWO}</div>"),
    "a count in the label": (2, f"<h4>卡密信息（共2张）</h4><div>{ONE}<br>{TWO}</div>"),
    "column": (1, f"<table><tr><th>卡密<th>状态</tr><tr><td>{ONE}</td><td>正常</td></tr></table>"),
    "field": (1, f"<label>卡密</label><input readonly value='{ONE}'><button>复制</button>"),
    "definition": (1, f"<dl><dt>兑换码</dt><dd><code>{ONE}</code></dd></dl>"),
    "link with its code": (1, "<h4>发货内容</h4><div>https://pan.invalid/s/1A 提取码：x7k2</div>"),
}
PAIRS = {
    "one line": "<p>卡号：6001234567890 密码：887766554433</p>",
    "two lines": "<p>卡号：6001234567890</p><p>密码：887766554433</p>",
    "columns": "<table><tr><th>序号</th><th>卡号</th><th>密码</th></tr>"
    "<tr><td>1</td><td>6001234567890</td><td>887766554433</td></tr></table>",
}
MESSAGES = {
    "a message": (
        "<h4>卡密信息</h4><div>库存不足，请联系客服处理</div>",
        "库存不足，请联系客服处理",
    ),
    "a tip below": (
        f"<h4>卡密信息</h4><div><p>{ONE}</p><p>请在7天内使用</p></div>",
        "请在7天内使用",
    ),
    "a button": ("<h4>卡密信息</h4><div><button>点击查看卡密</button></div>", None),
    "covered": ("<h4>卡密信息</h4><div>ABCD****EFGH <a>查看</a></div>", None),
    "nothing yet": ("<h4>卡密信息</h4><div>付款后显示</div>", None),
}


def order(box: str) -> OrderRecord:
    page = ORDER + box + "<footer>联系客服</footer>"
    return extract_bytes(page.encode(), url="https://shop.invalid/page").orders[0]


@pytest.mark.parametrize("name", CODES)
def test_codes(name: str) -> None:
    count, box = CODES[name]
    delivery = order(box).delivery
    assert len(delivery.secrets) == count
    assert (delivery.kind, delivery.message) == ("card_secret", None)
    assert "1234-EFGH" not in delivery.model_dump_json()


@pytest.mark.parametrize("name", PAIRS)
def test_a_number_and_its_password_are_one_code(name: str) -> None:
    assert [secret.masked for secret in order(PAIRS[name]).delivery.secrets] == [PAIR]


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    box, message = MESSAGES[name]
    assert order(box).delivery.message == message


def test_the_words_of_a_failed_order_are_its_reason() -> None:
    page = ORDER.replace("已发货", "充值失败") + "<h4>卡密信息</h4><div>账号区服不符，请核对</div>"
    failed = extract_bytes(page.encode(), url="https://shop.invalid/page").orders[0]
    assert (failed.failure_reason, failed.delivery.message) == ("账号区服不符，请核对", None)


def test_an_amount_given_back_is_refunded_only_when_the_order_says_so() -> None:
    box = "<h4>卡密信息</h4><div>已退款 ¥49.50，原路退回</div>"
    assert order(box).refunded is None
    page = ORDER.replace("已发货", "已退款") + box
    refunded = extract_bytes(page.encode(), url="https://shop.invalid/page").orders[0]
    assert (str(refunded.refunded), refunded.delivery.message) == ("49.50", None)


def test_the_echo_of_a_game_password_is_never_kept() -> None:
    echo = order("<h4>下单信息</h4><div>充值账号：player01<br>QQ密码：secretPW1</div>")
    assert echo.recharge_account == "player01"
    assert "secretPW1" not in echo.model_dump_json()


def test_the_buyers_own_account_in_the_box_of_a_manual_order() -> None:
    echo = order("<h4>订单详情</h4><div>QQ：123456<br>QQ密码：Xy99887766</div>")
    assert (echo.delivery.secrets, echo.recharge_account) == ((), "123456")
    assert "998877" not in echo.model_dump_json()


def test_a_long_list_of_codes_is_cut_between_two_of_them() -> None:
    codes = "\n".join(f"{n:04d}-{'ABCDEFGH' * 13}" for n in range(300))
    box = f"<h4>卡密信息</h4><textarea readonly>{codes}</textarea>"
    secrets = order(box).delivery.secrets
    assert 150 < len(secrets) < 200
    assert secrets[-1] == mask(codes.splitlines()[len(secrets) - 1])
