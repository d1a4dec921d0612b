"""What goes into a form: values that fit, files that a form takes."""

from collections.abc import Callable

import pytest

from helper.complaints.drafts.fill import plan, shareable
from helper.complaints.exhibits import choose
from helper.desk import origins
from helper.model import Draft
from scrapers.contract import ComplaintForm, FormField
from scrapers.record import Item, OrderRecord, Source
from tests.complaints.conftest import artifact, capture, case_of

ORIGINS = ("https://wangzi.localhost:8443",)
Make = Callable[..., Draft]


def form(*fields: FormField) -> ComplaintForm:
    return ComplaintForm(path="^/complaints/new", selector="form", fields=fields)


BOX = FormField("description", "textarea", "textarea", max_length=500)
DEMAND = FormField("demand", "input[name=demand]", "text", max_length=100)


def test_a_form_with_one_box_gets_the_whole_draft(full: OrderRecord, draft_for: Make) -> None:
    case = case_of(full)
    draft = draft_for(case)
    filled = plan(draft, case, ORIGINS)
    assert filled.values["description"] == draft.text
    assert filled.origins == ORIGINS
    assert filled.values["order_no"] == "WZ20261120142251617"


def test_a_box_of_its_own_keeps_the_demand_out_of_the_description(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    values = plan(draft_for(case), case, ORIGINS, form(BOX, DEMAND)).values
    assert "原路退回" in values["demand"]
    assert len(values["demand"]) <= 100
    assert "原路退回" not in values["description"]


@pytest.mark.parametrize("limit", [500, 300, 260])
def test_a_short_box_gets_whole_sentences_the_core_first(
    limit: int, full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    draft = draft_for(case)
    box = FormField("description", "textarea", "textarea", max_length=limit)
    lines = plan(draft, case, ORIGINS, form(box, DEMAND)).values["description"].split("\n")
    assert len("\n".join(lines)) <= limit
    assert lines[0] == draft.sentences[0].text
    short = {line for line in lines if line.startswith("随附：证据1 订单页截图、证据2 ")}
    assert set(lines) - short <= {sentence.text for sentence in draft.sentences}


def test_a_single_short_box_keeps_core_and_demand(full: OrderRecord, draft_for: Make) -> None:
    case = case_of(full)
    draft = draft_for(case)
    box = FormField("description", "textarea", "textarea", max_length=300)
    text = plan(draft, case, ORIGINS, form(box)).values["description"]
    assert draft.sentences[0].text in text
    assert "24 小时内补发该订单的卡密" in text


def test_a_tiny_box_is_cut_with_a_mark_and_never_inside_a_figure(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    draft = draft_for(case)
    for limit in range(1, 60):
        box = FormField("description", "textarea", "textarea", max_length=limit)
        text = plan(draft, case, ORIGINS, form(box)).values["description"]
        assert len(text) <= limit
        assert text.endswith("…")
        if "订单号 W" in text:
            assert "WZ20261120142251617" in text


def test_a_line_field_gets_one_line(full: OrderRecord, draft_for: Make) -> None:
    case = case_of(full)
    line = FormField("evidence", "input", "text")
    assert "\n" not in plan(draft_for(case), case, ORIGINS, form(line)).values["evidence"]


def test_a_long_product_name_is_cut_to_its_field(full: OrderRecord, draft_for: Make) -> None:
    order = full.model_copy(update={"items": (Item(title="长" * 90),)})
    field = FormField("product", "input", "text", max_length=50)
    values = plan(draft_for(case_of(order)), case_of(order), ORIGINS, form(field)).values
    assert values["product"] == "长" * 49 + "…"


def test_pictures_come_first_under_names_for_people(full: OrderRecord, draft_for: Make) -> None:
    kept = capture(full)
    bill = artifact("attachment", "1", label='账单:"微信" / 11月')
    case = case_of(full, kept.model_copy(update={"artifacts": (*kept.artifacts, bill)}))
    files = plan(draft_for(case), case, ORIGINS).files
    assert [file.name for file in files] == [
        "证据1-订单页截图.png",
        "证据2-订单页再次访问时的浏览器窗口截图.png",
        "证据4-账单微信  11月.png",
        "证据3-订单页再次访问时的 PDF.pdf",
    ]
    assert [file.media_type.split("/")[0] for file in files] == ["image"] * 3 + ["application"]


@pytest.mark.parametrize("limit", [60, 80, 100])
@pytest.mark.parametrize("issue", ["not_delivered", "dead_code", "failed_no_refund"])
def test_a_demand_in_a_short_box_keeps_action_amount_and_time(
    limit: int, issue: str, variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    case = case_of(variants[issue])
    field = FormField("demand", "input", "text", max_length=limit)
    demand = plan(draft_for(case, issue), case, ORIGINS, form(field)).values["demand"]
    assert len(demand) <= limit
    assert demand.endswith("。")
    for part in ("请在 24 小时内", "逾期", "请在 48 小时内", "98.00 元原路退回"):
        assert part in demand.replace("收到本投诉后", "")


def test_a_title_in_a_short_box_gives_up_the_order_number_first(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    field = FormField("title", "input", "text", max_length=30)
    values = plan(draft_for(case), case, ORIGINS, form(field)).values
    assert values["title"] == "付款后没有收到商品，要求补发或退款"


def test_a_short_box_keeps_every_fact_before_the_list_of_exhibits(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    draft = draft_for(case)
    told = draft.fields["description"]
    box = FormField("description", "textarea", "textarea", max_length=len(told) + 60)
    text = plan(draft, case, ORIGINS, form(box, DEMAND)).values["description"]
    assert text.startswith(told)
    assert text.count("\n") == told.count("\n") + 1
    assert "随附：证据1 订单页截图、" in text


PICTURES = FormField("attachments", "input[type=file]", "file", accept="image/png, image/jpeg,.gif")


def test_a_form_that_takes_pictures_gets_and_lists_only_pictures(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    filled = plan(draft_for(case), case, ORIGINS, form(BOX, DEMAND, PICTURES))
    assert {file.media_type for file in filled.files} == {"image/png"}
    for name in ("description", "evidence"):
        assert "PDF" not in filled.values[name]
        assert "证据3" not in filled.values[name]


def test_an_exhibit_that_the_form_does_not_take_is_named_where_the_text_rests_on_it(
    full: OrderRecord, draft_for: Make
) -> None:
    sources = {"delivery.promised_text": Source(selector="details > p", text="10分钟内到账")}
    case = case_of(full.model_copy(update={"sources": sources}))
    chosen = choose(case, channel="merchant_platform", page_file=True)
    draft = draft_for(case, exhibits=chosen, page_text="处理中")
    line = plan(draft, case, ORIGINS, form(PICTURES)).values["evidence"].split("\n")[-2]
    assert "网页文件" in line
    assert line.endswith("（未随本表附上，可以另行提供）。")


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({"refund": "1", "reissue": "2", "other": "9"}, "other"),
        ({"refund": "1", "reissue": "2"}, "reissue"),
        ({"reissue_or_refund": "3", "other": "9"}, "reissue_or_refund"),
    ],
)
def test_a_twofold_demand_is_not_told_to_the_form_as_half(
    options: dict[str, str], chosen: str, full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    field = FormField("demand_kind", "select", "select", options=options)
    values = plan(draft_for(case), case, ORIGINS, form(field)).values
    assert values["demand_kind"] == chosen


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("merchant_platform", ("https://wangzi.localhost",)),
        ("12315", ("https://www.12315.cn",)),
        ("heimao", ("https://tousu.sina.com.cn",)),
        ("alipay", ()),
    ],
)
def test_a_draft_may_be_filled_at_its_own_shop_or_channel_only(
    channel: str, expected: tuple[str, ...], full: OrderRecord
) -> None:
    assert origins(case_of(full), channel) == expected


def test_the_shops_own_form_is_not_that_of_a_channel(full: OrderRecord, draft_for: Make) -> None:
    case = case_of(full, platform_key="wangzi")
    shop, channel = draft_for(case), draft_for(case, channel="12315")
    assert (plan(shop, case, ORIGINS).platform, plan(shop, case, ORIGINS).known_host) == (
        "wangzi", False,
    )  # fmt: skip
    told = plan(channel, case, ("https://www.12315.cn",))
    assert (told.channel, told.document, told.issue) == ("12315", channel.document, channel.issue)
    assert (told.platform, told.known_host, told.public) == (None, True, False)


def test_who_the_user_is_is_named(full: OrderRecord, draft_for: Make) -> None:
    case = case_of(full)
    assert plan(draft_for(case), case, ORIGINS).identity == ("contact",)
    bare = case_of(full.model_copy(update={"buyer_contact": None}))
    assert plan(draft_for(bare), bare, ORIGINS).identity == ()


def test_a_public_draft_sends_only_pictures_that_the_user_covered(
    full: OrderRecord, draft_for: Make
) -> None:
    kept = capture(full)
    brought = [artifact("attachment", salt, kind=kind, label="张三")
               for salt, kind in (("1", "payment"), ("2", "redacted"))]  # fmt: skip
    case = case_of(full, kept.model_copy(update={"artifacts": (*kept.artifacts, *brought)}))
    draft = draft_for(case, channel="heimao", exhibits=choose(case, channel="heimao"))
    (covered,) = shareable(draft, case)
    filled = plan(draft, case, ("https://tousu.sina.com.cn",))
    assert filled.public
    assert [(file.sha256, file.name) for file in filled.files] == [
        (brought[1].sha256, f"证据{covered.number}.png")
    ]


def test_what_does_not_go_along_is_said_in_the_text(full: OrderRecord, draft_for: Make) -> None:
    case = case_of(full)
    draft = draft_for(case)
    told = plan(draft, case, ORIGINS, form(), going={1}).values["description"]
    assert "证据1 " in told
    assert "证据3 " not in told
    assert plan(draft, case, ORIGINS, form()).values["description"].count("证据3 ") == 1
