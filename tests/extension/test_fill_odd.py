"""What a word more in a label means, choices without a value, what the user typed meanwhile."""

import pytest

pytestmark = pytest.mark.browser

SURE = 0.6
OTHERS = (
    "服务商名称", "店铺网址", "店铺等级", "卖家旺旺", "商家QQ", "商家账号", "产品序列号",
    "商品型号", "商品规格", "商品单价", "购买数量", "运费金额", "手续费金额", "抵扣金额",
    "索赔金额", "退款申请金额", "到账金额", "发票金额", "充值金额", "对方电话", "被举报人电话",
    "经营者联系电话", "公司电话", "负责人电话", "紧急联系人电话", "证人电话", "推荐人手机号",
    "充值手机号", "收货手机号", "原手机号", "银行预留手机", "退款账号", "支付宝账号", "快递单号",
    "退货单号", "投诉单号", "工单号", "受理单号", "订单链接", "订单来源", "退款时间", "到货时间",
    "购买时间段", "联系电话归属地", "手机型号", "电话区号", "诉求金额", "诉求时间", "标题颜色",
    "服务态度评分", "服务地点", "商家处理意见", "密保问题", "联系电话（商家）", "请勿填写此项",
)  # fmt: skip
"""Labels with a word of one of our fields in them that ask for something else."""
OURS = {
    "订单号（必填）": "order_no",
    "2. 订单编号": "order_no",
    "涉及订单号": "order_no",
    "订单总金额(元)": "amount",
    "金 额": "amount",
    "投诉人联系电话": "contact",
    "手机号/邮箱": "contact",
    "联系电话，方便客服联系您": "contact",
    "所购商品": "product",
    "微信支付单号": "trade_no",
}


async def test_a_label_with_a_word_more_is_another_field(filler):
    await filler.open("odd")
    taken = {}
    for label in [*OTHERS, *OURS]:
        await filler.page.evaluate("(text) => { l.textContent = text; }", label)
        fields = (await filler.preview())["fields"]
        taken[label] = [
            row["name"] for row in fields if row["label"] == label and row["confidence"] >= SURE
        ]
    assert taken == {label: [] for label in OTHERS} | {k: [name] for k, name in OURS.items()}


async def test_of_choices_that_share_a_value_the_one_with_the_words_is_chosen(filler):
    page = await filler.open("odd")
    await filler.apply(await filler.preview())
    words = "all => all.map((one) => one.parentNode.textContent)"
    assert await page.eval_on_selector_all("[name=k]:checked", words) == ["未发货"]
    assert await page.eval_on_selector("[name=w]", "(e) => e.selectedIndex") == 1


async def test_no_key_is_pressed_that_a_page_may_send_or_close_by(filler):
    page = await filler.open("odd")
    await filler.apply(await filler.preview())
    assert (await filler.value("[name=t]")).startswith("2026-07-11")
    assert await page.evaluate("keys") == []


async def test_what_the_user_typed_since_the_preview_is_not_overwritten(filler):
    page = await filler.open("odd")
    plan = await filler.preview()
    await page.fill("[name=r]", "我自己写的")
    assert await filler.apply(plan) == {"refused": "fill_form_changed"}
    names = [row["name"] for row in plan["fields"] if row["found"] and row["name"] != "demand"]
    assert all(row["ok"] for row in (await filler.apply(plan, names))["fields"])
    assert await filler.value("[name=r]") == "我自己写的"


async def test_a_file_whose_name_has_a_blank_is_attached_once(filler):
    name = "证据1-再次访问时的 PDF.png"
    file = {"name": name, "sha256": "f0", "bytes": 3_500_008, "media_type": "image/png"}
    page = await filler.open("element", fitted={"files": [file]})
    first = await filler.apply(await filler.preview())
    second = await filler.apply(await filler.preview())
    assert (first["attached"], second["attached"]) == (1, 1)
    assert await page.inner_text("#names") == f"{name} 3500008"
