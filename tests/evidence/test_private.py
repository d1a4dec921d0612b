"""What a text says of a person is covered however it is laid out; what it says of the order not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.evidence import masking
from helper.evidence.private import COVER, find
from scrapers.page import documents, parse
from scrapers.record import Item, OrderRecord, Payment, PlatformRef, Seller

PAGES = Path(__file__).parents[1] / "pages"
ORDER = OrderRecord(
    order_no="WZ20260301120044452", amount="98.00", status_text="处理中",
    items=(Item(title="小鱼阅读 畅读会员 12个月", sku="12个月", unit_price="98.00"),),
    platform=PlatformRef(name="王子卡盟"), seller=Seller(name="王子数卡专营店"),
    payment=Payment(trade_no="110105200603071239"),
)  # fmt: skip
FIELDS = ("order_no", "amount", "status_text", "seller.name", "items.0.title", "payment.trade_no")
FACTS = (
    "订单编号\tWZ20260301120044452\t订单状态\t处理中\n商品名称\t小鱼阅读 畅读会员 12个月\n"
    "实付金额\t¥98.00\t下单时间\t2026-03-01 12:00:44\n支付方式\t微信\nWZ20260301120044452\n"
    "商家名称：王子数卡专营店\n卖家昵称：王子数卡专营店\n"
    "欢迎来到王子卡盟！您好，请登录\n您好，您的订单已发货\n客服热线 400-000-0000\n"
    "账户余额\t12.00\n账号\t订单\n飞鸽视频 黄金会员季卡\n用户名\n请输入用户名\n密码\n登录\n"
    "全国站你好，欢迎来到微捷卡盟\n联系邮箱\nPowered by：@独角数卡\n"
    "收货人信息 收货人 金额\n昵称\n修改\n登录密码\t未设置\n微信支付 4200001\nIP地址：203.0.113.9\n"
    "Order number: WZ20260301120044452 Status: Processing\nAccount settings\nProduct name: 点卡\n"
    "公司地址：江苏省苏州市工业园区星湖街328号\nWelcome to our shop\nHello, guest\nAddress: https://shop.example/o\n"
)


def shown(said: str, *orders: OrderRecord) -> str:
    return find(orders, [said]).clean(said)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (f"{label}{between}{value}", value)
        for label, value in {
            "登录账号": "xiaoyu88", "用户名": "xiaoyu88", "会员账号": "xiaoyu88",
            "會員帳號": "xiaoyu88", "用戶名": "xiaoyu88", "暱稱": "小魚兒", "昵称": "小鱼",
            "收货人": "张三", "姓名": "张三丰", "收貨人": "張三", "买家姓名": "欧阳小鱼",
            "QQ号码": "12345678", "微信号": "wx_xiaoyu", "支付宝账号": "alipay-xiaoyu",
            "银行卡号": "6222 0211 2345 6789 012", "銀行卡號": "6222021123456789012",
            "身份证号": "11010520060307123X", "收货地址": "上海市浦东新区张江路88号3栋501室",
            "联系电话": "010-88886666", "手机号": "13812345678", "邮箱": "lao.wang@example.cn",
            "密码": "Pa55-word", "卡号": "GN26-88TT-0001", "用户ID": "88112233",
            "Username": "xiaoyu88", "Account": "xiaoyu88", "Phone": "555-0100-77",
            "Bank card": "6222021123456789012", "WeChat ID": "wx_xiaoyu",
        }.items()
        for between in ("\t", "\n", " ", "：", ": ", "\n\n", "：\n", "\t：")
    ],
)  # fmt: skip
def test_a_labelled_value_is_covered_in_every_layout(said: str, value: str) -> None:
    covered = shown(f"订单编号\tWZ90A17\n{said}\n状态\t已发货\n")
    assert not [part for part in value.split() if part in covered]
    for kept in ("WZ90A17", "已发货", "订单编号", "状态"):
        assert kept in covered


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("欢迎您，小鱼", "小鱼"), ("欢迎回来, xiaoyu88!", "xiaoyu88"),
        ("您好，xiaoyu88", "xiaoyu88"),
        ("您好，小鱼！欢迎", "小鱼"), ("您好，\nxiaoyu88\n退出", "xiaoyu88"),
        ("xiaoyu88，您好", "xiaoyu88"), ("歡迎您，小魚兒", "小魚兒"), ("尊敬的会员 小鱼：", "小鱼"),
        ("Welcome back, John", "John"), ("Hello, xiaoyu88", "xiaoyu88"),
        ("Name: John Smith Phone: 555-0100-77", "Smith"), ("收货人张三 电话13800138000", "张三"),
        ("收货人：张三电话：13800138000", "张三"), ("收货人张三 电话13800138000", "13800138000"),
        ("请拨打(010)88886666", "88886666"), ("转 0571-8888666", "8888666"),
        ("+8613812345678", "13812345678"), ("手机 138 1234 5678", "5678"),
        ("QQ：12345678", "12345678"),
        ("客服微信 shop_wx9", "shop_wx9"), ("用户：小鱼", "小鱼"), ("买家: xiaoyu88", "xiaoyu88"),
        ("账号（必填）：xiaoyu88", "xiaoyu88"), ("【账号】xiaoyu88", "xiaoyu88"),
        ("账号=xiaoyu88", "xiaoyu88"), ("当前用户：xiaoyu88", "xiaoyu88"),
        ("您的账号是xiaoyu88", "xiaoyu88"), ("会员 xiaoyu88 您好", "xiaoyu88"),
        ("用户xiaoyu88，您好", "xiaoyu88"), ("用户名\t:\txiaoyu88", "xiaoyu88"),
        ("用户名\t\txiaoyu88", "xiaoyu88"), ('"username":"xiaoyu88"', "xiaoyu88"),
        ("Dear xiaoyu88,", "xiaoyu88"), ("Logged in as xiaoyu88", "xiaoyu88"),
        ("Ship to: John Smith", "Smith"), ("收件信息：张三，13800138000", "张三"),
        ("付款人：张三", "张三"), ("昵称:小鱼性别:男", "小鱼"),
        ("收货人\t电话\t订单号\n张三\t021-66668888\tA1\n李四\t021-66669999\tA2", "李四"),
    ],
)  # fmt: skip
def test_greetings_notes_numbers_and_columns_are_covered(said: str, value: str) -> None:
    assert value not in shown(said)


def test_a_covered_name_is_covered_wherever_it_stands() -> None:
    covered = shown("昵称：小鱼\n小鱼的订单\n日志 xiaoyu88\n登录账号\txiaoyu88\n鱼\n用户名：鱼")
    assert covered.count(COVER) == 6
    assert "鱼" not in covered


def test_the_facts_of_an_order_stay_readable() -> None:
    assert shown(FACTS) == shown(FACTS, ORDER) == FACTS
    assert shown("交易号\t110105200603071239", ORDER) == "交易号\t110105200603071239"


def test_a_name_inside_the_title_or_the_shop_leaves_them_whole() -> None:
    said = f"{FACTS}昵称：小鱼\n姓名：王子\n"
    assert shown(said, ORDER) == f"{FACTS}昵称：{COVER}\n姓名：{COVER}\n"


def test_a_short_number_is_covered_as_an_account_and_not_in_amounts_and_dates() -> None:
    covered = shown("会员账号\t2026\n2026-03-01 12:00\n金额 2026.00 元\n账号 2026")
    assert covered == f"会员账号\t{COVER}\n2026-03-01 12:00\n金额 2026.00 元\n账号 {COVER}"


def test_no_demo_page_loses_a_fact_to_the_cover() -> None:
    for path in sorted(PAGES.glob("*/*.json")):
        page = next(p for e in ("html", "mhtml") if (p := path.with_suffix(f".{e}")).exists())
        soups = [parse(one, None).soup for one in documents(page.read_bytes(), url="")]
        private = find([], [soup.get_text("\n", strip=True) for soup in soups])
        orders = json.loads(path.read_text("utf-8"))["orders"]
        facts = [str(order[name]) for order in orders for name in FIELDS if order.get(name)]
        assert [fact for fact in facts if private.count(fact)] == [], path


SECRETS = {
    "手机：13800138000": "13800138000",
    "登录账号: steam_user_1": "steam_user_1",
    "邮箱：ann138@example.cn": "ann138@example.cn",
    "激活码：ABCD-EFGH-1234": "ABCD-EFGH-1234",
    "昵称：欧阳小鱼": "欧阳小鱼",
}


def fact_of(name: str, said: str) -> OrderRecord:
    if name == "amount":
        return OrderRecord(amount=said)
    return OrderRecord(items=(Item(**{name: said}),))


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("amount", "138"), ("amount", "380013"), ("amount", "8000"), ("amount", "1234"),
        ("title", "Steam"), ("title", "user"), ("title", "登录账号: steam"), ("title", "小鱼"),
        ("title", "昵称：欧阳"), ("title", "手机：138"), ("title", "example"), ("title", "阳小"),
        ("sku", "AB"), ("sku", "EFGH"), ("sku", "EFGH-1234"), ("sku", "ann"), ("sku", "_1"),
    ],
)  # fmt: skip
def test_a_fact_that_is_a_piece_of_a_secret_uncovers_nothing(name: str, fact: str) -> None:
    said = "\n".join(SECRETS)
    private = find([fact_of(name, fact)], [said])
    covered = private.clean(said)
    assert covered.count(COVER) == private.count(said) == len(SECRETS)
    for line, secret in SECRETS.items():
        assert secret not in covered
        assert private.shows(line.encode())
        assert private.shows(secret.encode())
        assert private.clean_json({"said": [line]}) == {"said": [line.replace(secret, COVER)]}
    assert not private.shows(covered.encode())
    assert private.clean(f"{fact}。") == f"{fact}。"


def test_a_fact_that_is_a_piece_of_a_secret_leaves_its_place_in_pictures_covered() -> None:
    boxes = [
        {"x": 0, "y": 20 * row, "width": 90, "height": 16, "text": secret}
        for row, secret in enumerate([*SECRETS.values(), "Steam", "138"])
    ]
    page = {
        "text_rectangles": boxes, "text_rectangles_cut": False, "scroll": {"x": 0, "y": 0},
        "viewport": {"width": 400, "height": 300},
    }  # fmt: skip
    said = "\n".join([*SECRETS, "Steam", "138"])
    order = OrderRecord(amount="138", items=(Item(title="Steam", sku="AB"),))
    found = masking.places(json.dumps({"page": page}).encode(), said, "", find([order], [said]))
    assert [box[1] for box in found.rectangles] == [0, 20, 40, 60, 80]


def test_an_account_that_is_the_title_too_is_covered() -> None:
    order = OrderRecord(recharge_account="小鱼", items=(Item(title="小鱼"),))
    assert shown("小鱼的订单", order) == f"{COVER}的订单"


def test_a_name_that_reaches_out_of_a_fact_is_covered() -> None:
    order = OrderRecord(items=(Item(title="本店王小"),))
    said = "姓名：王小\n昵称：小鱼\n本店王小\n本店王小鱼"
    assert shown(said, order) == f"姓名：{COVER}\n昵称：{COVER}\n本店王小\n本店王{COVER}"


def test_an_order_number_stays_readable_that_holds_what_looks_like_an_identity_number() -> None:
    order = OrderRecord(order_no="WZ110105200603071239")
    said = "订单号 WZ110105200603071239\n证件 110105200603071239"
    assert shown(said, order) == f"订单号 WZ110105200603071239\n证件 {COVER}"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "a", " ", "\t", "a.", "-", "1", "0", "QQ ", "QQ", "微信 ", "/home/", "@", "a@", "会员 ",
        "小", "：", "1 ",
    ],
)  # fmt: skip
def test_a_long_run_takes_no_long_time(piece: str) -> None:
    size = 100_000 if len(piece) > 1 or piece == "：" else 300_000
    for start in ("", "QQ", "微信", "hello", "a@", "账号："):
        run = start + piece * (size // len(piece))
        assert find([], []).count(run) < size
    assert find([], [piece * (size // len(piece))]).lost == 0


def test_a_long_address_of_mail_is_covered_whole() -> None:
    mail = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.example.cn"
    assert shown(f"<{mail}>") == f"<{COVER}>"


@pytest.mark.timeout(20)
def test_more_labelled_values_than_are_looked_for_are_lost() -> None:
    many = "\n".join(f"登录账号：user_{number}" for number in range(20_000))
    order = OrderRecord(recharge_account="me_1", buyer_contact="wx_me_2")
    private = find([order], [many])
    assert private.lost > 0
    assert private.clean(f"me_1 wx_me_2 {'-' * 1_000_000}").startswith(f"{COVER} {COVER} -")
    assert find([order], [many[:2_000]]).lost == 0


PIECES = (
    "账号", "：", ":", "\t", "\n", " ", "小鱼", "xiaoyu88", "QQ", "微信号", "138", "00138000",
    "您好，", "Name", "@a.cn", "%40", "0", "订单号", "(", "昵称", "\x00", "\ud800",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_was_cleaned_shows_nothing_more(said: str) -> None:
    private = find([ORDER], [said])
    assert private.count(private.clean(said)) == 0
