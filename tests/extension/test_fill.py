"""Filling complaint forms in a real browser: what goes in, what never does, undo."""

import pytest

pytestmark = pytest.mark.browser


def by_name(rows):
    return {row["name"]: row for row in rows}


async def test_table_form_is_filled_field_by_field(filler):
    page = await filler.open("table")
    plan = await filler.preview()
    report = await filler.apply(plan)
    fields = by_name(report["fields"])
    assert all(field["ok"] for field in fields.values()), fields
    assert await filler.value("[name=f1]") == "WZ20260711083012"
    assert await filler.value("[name=f2]") == "2"
    assert await page.is_checked("[name=f3][value=a]")
    assert await filler.value("[name=f4]") == "2026-07-11T08:31"
    assert await filler.value("[name=f5]") == "99.50"
    assert "至今未收到卡密" in await filler.value("[name=f6]")
    assert await filler.value("[name=f7]") == "请在24小时内退款99.50元。"
    assert await filler.value("[name=f8]") == "13800000000"


async def test_sure_matches_are_shown_as_sure(filler):
    await filler.open("table")
    fields = by_name((await filler.preview())["fields"])
    named = ("order_no", "issue", "description", "contact", "amount", "paid_at")
    assert all(fields[name]["confidence"] >= 0.6 for name in named), fields


async def test_files_are_attached_whole(filler):
    page = await filler.open("table", files=2)
    report = await filler.apply(await filler.preview())
    sizes = await page.eval_on_selector(
        "[name=f9]", "(e) => [...e.files].map((f) => [f.name, f.size, f.type])"
    )
    assert report["attached"] == 2
    assert sizes == [[f"证据{n}-订单页.png", 3_500_008, "image/png"] for n in (1, 2)]


async def test_one_file_only_where_the_field_takes_one(filler):
    await filler.open("known", platform="known", files=2)
    plan = await filler.preview()
    assert [file["accepted"] for file in plan["files"]] == [True]


@pytest.mark.parametrize("name", ["trap1", "trap2", "trap3", "order_no", "code", "pw", "bank"])
async def test_hidden_and_forbidden_fields_stay_empty(filler, name):
    await filler.open("table")
    await filler.apply(await filler.preview())
    assert await filler.value(f"[name={name}]") == ""


async def test_password_and_captcha_are_left_to_the_user(filler):
    await filler.open("table")
    left = {row["label"]: row["reason"] for row in (await filler.preview())["left"]}
    assert left == {"短信验证码": "captcha", "查询密码": "password", "银行卡号": "payment"}


async def test_nothing_is_submitted(filler, site):
    await filler.open("table")
    report = await filler.apply(await filler.preview())
    assert report["submitted"] is False
    assert site.posts == []


async def test_a_form_that_submits_itself_is_stopped(filler, site):
    await filler.open("eager")
    report = await filler.apply(await filler.preview())
    assert report["stopped"] >= 1
    assert site.posts == []


async def test_framework_wrappers_drawn_select_and_redrawn_input(filler, site):
    page = await filler.open("element")
    report = await filler.apply(await filler.preview())
    fields = by_name(report["fields"])
    assert all(field["ok"] for field in fields.values()), fields
    assert await filler.value("#kind") == "未收到卡密"
    assert await filler.value("[name=order]") == "WZ20260711083012"
    assert await page.is_checked("[name=w][value='2']")
    assert site.posts == []


async def test_uploader_that_empties_its_input_is_counted_by_its_list(filler):
    page = await filler.open("element")
    report = await filler.apply(await filler.preview())
    assert report["attached"] == 1
    assert await page.inner_text("#names") == "证据1-订单页.png 3500008"


async def test_known_form_goes_by_its_map(filler):
    page = await filler.open("known", platform="known")
    plan = await filler.preview()
    await filler.apply(plan)
    assert plan["known"] is True
    assert plan["action"] == f"{filler.site.origin}/known-send"
    assert await filler.value("[name=t]") == "7"
    assert await page.is_checked("[name=want][value=money]")
    assert await filler.value("[name=a]") == "WZ20260711083012"


async def test_long_text_is_cut_at_a_sentence_and_says_so(filler):
    await filler.open("known", platform="known")
    plan = await filler.preview()
    await filler.apply(plan)
    assert by_name(plan["fields"])["description"]["note"] == "shortened"
    assert (await filler.value("[name=b]")).endswith("（证据1）。")


async def test_a_map_cannot_point_at_a_password(filler):
    await filler.open("known", platform="known")
    plan = await filler.preview()
    await filler.apply(plan, names=["contact", "order_no"])
    assert by_name(plan["fields"])["contact"]["note"] == "password"
    assert await filler.value("[name=pin]") == ""


async def test_only_ticked_fields_are_filled(filler):
    await filler.open("table")
    await filler.apply(await filler.preview(), names=["order_no"], files=False)
    assert await filler.value("[name=f1]") == "WZ20260711083012"
    assert await filler.value("[name=f6]") == ""


async def test_a_vague_label_is_not_sure(filler):
    await filler.open("vague", values={"order_no": "WZ1", "product": "点卡"})
    fields = by_name((await filler.preview())["fields"])
    assert fields["order_no"]["confidence"] >= 0.6 > fields["product"]["confidence"]


async def test_choices_are_ticked_and_consent_is_left_to_the_user(filler):
    page = await filler.open("public")
    await filler.apply(await filler.preview())
    ticked = await page.eval_on_selector_all(":checked", "(all) => all.map((e) => e.value)")
    assert ticked == ["不发货", "退款"]
    assert not await page.is_checked("[name=agree]")


async def test_undo_restores_values_choices_and_files(filler):
    page = await filler.open("table")
    await page.fill("[name=f8]", "10086")
    await page.check("[name=f3][value=b]")
    await page.set_input_files(
        "[name=f9]", {"name": "mine.png", "mimeType": "image/png", "buffer": b"1"}
    )
    await filler.apply(await filler.preview())
    await filler.undo()
    assert await filler.value("[name=f8]") == "10086"
    assert await filler.value("[name=f1]") == ""
    assert await filler.value("[name=f2]") == ""
    assert await page.is_checked("[name=f3][value=b]")
    names = await page.eval_on_selector("[name=f9]", "(e) => [...e.files].map((f) => f.name)")
    assert names == ["mine.png"]


async def test_undo_leaves_what_the_user_wrote_after_the_fill(filler):
    page = await filler.open("table")
    await filler.apply(await filler.preview())
    await page.fill("[name=f7]", "我改过了")
    result = await filler.undo()
    assert await filler.value("[name=f7]") == "我改过了"
    assert result["kept"] == ["demand"]


async def test_what_the_user_typed_is_marked(filler):
    page = await filler.open("table")
    await page.fill("[name=f8]", "10086")
    field = by_name((await filler.preview())["fields"])["contact"]
    assert (field["typed"], field["current"]) == (True, "10086")


async def test_other_site_gets_nothing(filler):
    await filler.open("table", origins=["https://shop.test"])
    assert await filler.run("preview", draft_id="d1") == {"refused": "fill_other_site"}


async def test_no_draft_for_this_site(filler):
    await filler.open("table", origins=["https://shop.test"])
    assert await filler.preview() == {"refused": "fill_no_draft"}


async def test_plain_http_that_is_not_loopback_gets_nothing(filler, site):
    origin = f"http://shop.test:{site.port}"
    await filler.open("table", origin=origin)
    assert await filler.preview() == {"refused": "fill_plain_http"}


async def test_localhost_names_are_loopback(filler, site):
    await filler.open("table", origin=f"http://shop.localhost:{site.port}")
    assert "token" in await filler.preview()


async def test_form_that_sends_elsewhere_needs_consent(filler):
    await filler.open("foreign")
    plan = await filler.preview()
    assert plan["elsewhere"] == ["https://elsewhere.test/collect"]
    assert await filler.apply(plan) == {"refused": "fill_sends_elsewhere"}
    assert await filler.value("[name=o]") == ""
    assert (await filler.apply(plan, elsewhere=True))["fields"][0]["ok"]


@pytest.mark.parametrize(
    "change",
    [
        "document.querySelector('#complaint').setAttribute('action', 'https://elsewhere.test/x')",
        "document.querySelector('#complaint button').setAttribute('formaction', '/other')",
        "document.querySelector('[name=f1]').setAttribute('name', 'other')",
        "history.pushState({}, '', '/elsewhere')",
    ],
)
async def test_a_form_that_changed_since_the_preview_gets_nothing(filler, change):
    page = await filler.open("table")
    plan = await filler.preview()
    await page.evaluate(change)
    assert await filler.apply(plan) == {"refused": "fill_form_changed"}
    assert await filler.value("[name=f6]") == ""


async def test_a_token_is_good_for_one_fill(filler):
    await filler.open("table")
    plan = await filler.preview()
    assert await filler.run("apply", token="x", names=["order_no"], files=False) == {
        "refused": "fill_stale"
    }
    await filler.apply(plan)
    assert await filler.apply(plan) == {"refused": "fill_stale"}


async def test_the_helper_hears_what_was_filled_and_the_tab_is_remembered(filler):
    await filler.open("table")
    await filler.apply(await filler.preview(), names=["order_no"])
    told = await filler.worker.evaluate("() => told")
    memory = await filler.worker.evaluate("(tab) => recall(tab)", filler.tab)
    assert told == [
        {
            "path": "/v1/drafts/d1/filled",
            "body": {
                "fields": [{"name": "order_no", "ok": True, "read_back": "WZ20260711083012"}],
                "attached": 1,
            },
        }
    ]
    assert memory["filled"]["filled_at"]
    assert "request" not in memory


async def test_the_page_cannot_see_the_fill_code(filler):
    page = await filler.open("table")
    await filler.preview()
    assert await page.evaluate("typeof globalThis.kazhengFill") == "undefined"


@pytest.mark.parametrize("newer", ["https://a.test/other", None])
async def test_the_draft_goes_first_whose_form_this_page_is(filler, newer):
    page = await filler.open("known", platform="known")
    await filler.worker.evaluate(
        """([own, other]) => {
            plans.d1.form = own;
            plans.d2 = { ...plans.d1, draft_id: "d2", case_id: "c2", form: other };
        }""",
        [page.url, newer],
    )
    assert (await filler.preview())["draft_id"] == "d1"
