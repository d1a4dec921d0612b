"""What may leave and where to: files that fit, frames of the same site, who the user is."""

import pytest

pytestmark = pytest.mark.browser

FITTED = {
    "values": {"order_no": "WZ1", "description": "只附一张（证据2）。"},
    "files": [
        {
            "name": "证据2-聊天.jpg",
            "sha256": "f0",
            "bytes": 3_500_008,
            "media_type": "image/jpeg",
            "said": "转成 JPEG",
            "thumbnail": "data:image/jpeg;base64,AA==",
        }
    ],
    "stays": [{"number": 1, "name": "证据1-订单页.png", "reason": "too_many", "said": "多了"}],
    "takes": "最多 3 个",
}


async def uploads(filler):
    return await filler.worker.evaluate("() => uploads")


async def test_the_helper_hears_the_words_of_the_upload_and_no_others(filler):
    await filler.open("limits")
    await filler.preview()
    (said,) = await uploads(filler)
    assert (said["accept"], said["multiple"]) == (".jpg,.pdf", True)
    assert "最多3张，每张不超过5MB，支持jpg、pdf" in said["words"]
    for other in ("500", "9张", "1张", "1KB"):
        assert other not in said["words"]


async def test_what_fits_goes_with_the_text_that_names_it(filler):
    page = await filler.open("limits", fitted=FITTED)
    plan = await filler.preview()
    assert (plan["stays"], plan["takes"]) == (FITTED["stays"], "最多 3 个")
    await filler.apply(plan)
    names = await page.eval_on_selector(
        "[name=f]", "(e) => [...e.files].map((f) => [f.name, f.type])"
    )
    assert names == [["证据2-聊天.jpg", "image/jpeg"]]
    assert await filler.value("[name=d]") == "只附一张（证据2）。"
    memory = await filler.worker.evaluate("(tab) => chrome.storage.session.get(null)", filler.tab)
    assert "base64" not in str(memory)


async def test_a_form_without_an_upload_asks_for_no_files(filler):
    await filler.open("foreign")
    plan = await filler.preview()
    assert [file["accepted"] for file in plan["files"]] == [False]
    assert await uploads(filler) == []


async def test_who_the_user_is_needs_a_yes_of_its_own(filler):
    await filler.open("limits", identity=["contact"])
    plan = await filler.preview()
    assert plan["confirm"] == ["contact"]
    assert await filler.apply(plan) == {"refused": "fill_unconfirmed"}
    assert [await filler.value(f"[name={name}]") for name in "oc"] == ["", ""]
    report = await filler.apply(plan, confirmed=["contact"])
    assert all(field["ok"] for field in report["fields"])
    assert await filler.value("[name=c]") == "13800000000"


async def test_a_known_channel_gets_it_unless_its_form_sends_elsewhere(filler):
    await filler.open("limits", identity=["contact"], known_host=True)
    assert (await filler.preview())["confirm"] == []
    await filler.page.close()
    await filler.open("foreign", identity=["contact"], known_host=True)
    assert (await filler.preview())["confirm"] == ["contact"]


async def test_a_form_in_a_frame_of_the_shop_is_filled_there(filler, site):
    page = await filler.open("framed?at=/limits")
    plan = await filler.preview()
    assert plan["frame"] == f"{site.origin}/limits"
    report = await filler.apply(plan)
    frame = page.frames[1]
    assert report["attached"] == 1
    assert await frame.input_value("[name=o]") == "WZ20260711083012"
    assert (await filled(filler))["url"] == page.url
    await filler.undo()
    assert await frame.input_value("[name=o]") == ""


async def test_a_frame_that_is_another_page_since_the_preview_gets_nothing(filler):
    page = await filler.open("framed?at=/limits")
    plan = await filler.preview()
    await page.frames[1].goto(f"{filler.site.origin}/table")
    assert await filler.apply(plan) == {"refused": "fill_form_changed"}
    await page.evaluate("document.querySelector('iframe').remove()")
    plan_gone = await filler.apply(plan)
    assert plan_gone == {"refused": "fill_form_changed"}
    assert filler.site.posts == []


async def test_a_frame_of_another_site_gets_nothing_and_is_named(filler, site):
    other = f"http://localhost:{site.port}"
    page = await filler.open(f"framed?at={other}/limits")
    refused = {"refused": "fill_frame_other", "values": [other]}
    assert await filler.preview() == refused
    assert await page.frames[1].input_value("[name=o]") == ""


async def test_a_frame_of_a_site_of_the_draft_is_asked_for(filler, site):
    other = f"http://localhost:{site.port}"
    await filler.open(f"framed?at={other}/limits", origins=[site.origin, other])
    frame = {"origin": other, "url": f"{other}/limits", "own": True}
    refused = {"refused": "fill_frame", "values": [other], "frame": frame}
    assert await filler.preview() == refused


async def test_a_frame_that_may_be_read_is_filled_with_its_origin_in_the_preview(filler, site):
    """As after the person's yes: these hosts may be read by this extension."""
    other = f"http://other.localhost:{site.port}"
    page = await filler.open(f"framed?at={other}/limits", origins=[site.origin, other])
    plan = await filler.preview()
    assert (plan["origin"], plan["frame"]) == (other, f"{other}/limits")
    assert plan["strangers"] == []
    await filler.apply(plan)
    assert await page.frames[1].input_value("[name=o]") == "WZ20260711083012"


async def test_a_page_that_takes_little_names_the_frame_beside_it(filler, site):
    other = f"http://localhost:{site.port}"
    page = await filler.open(f"framed?at={other}/limits")
    await page.evaluate("document.body.insertAdjacentHTML('afterbegin', '<label>订单号<input>')")
    plan = await filler.preview()
    assert [field["name"] for field in plan["fields"] if field["found"]] == ["order_no"]
    assert [one["origin"] for one in plan["strangers"]] == [other]


async def filled(filler):
    return (await filler.worker.evaluate("(tab) => recall(tab)", filler.tab)).get("filled")


async def test_a_further_step_keeps_what_was_filled_and_undo_takes_both_back(filler):
    page = await filler.open("limits")
    await filler.apply(await filler.preview(), names=["order_no"], files=False)
    await page.evaluate("document.querySelector('[name=o]').closest('.item').hidden = true")
    plan = await filler.preview()
    assert plan["done"] == ["order_no"]
    assert (await filled(filler))["draft_id"] == "d1", "the receipt is still to come"
    await filler.apply(plan, names=["description"], files=False)
    assert (await filler.undo())["restored"] == 2
    assert [await filler.value(f"[name={name}]") for name in "od"] == ["", ""]
    assert await filled(filler) is None, "no receipt of it is to come"
    last = await filler.worker.evaluate("() => told.at(-1)")
    assert last["body"] == {"fields": [], "attached": 0}


async def test_a_receipt_may_come_where_undo_leaves_something_in_the_form(filler):
    page = await filler.open("limits")
    await filler.apply(await filler.preview(), names=["order_no", "description"], files=False)
    await page.fill("[name=d]", "我自己写的")
    assert (await filler.undo())["kept"] == ["description"]
    assert (await filled(filler))["draft_id"] == "d1"


MORE = """() => {
  plans.d1.created_at = "2026-07-12T08:00:00Z";
  plans.d2 = { ...plans.d1, draft_id: "d2", case_id: "c2", created_at: "2026-07-11T08:00:00.5Z" };
}"""


async def test_of_drafts_of_several_cases_the_one_of_this_form_is_filled_else_the_newest(filler):
    page = await filler.open("table")
    await filler.worker.evaluate(MORE)
    assert (await filler.preview())["draft_id"] == "d1"
    await filler.worker.evaluate("url => { plans.d2.form = url; }", page.url)
    plan = await filler.preview()
    assert [one["draft_id"] for one in plan["drafts"]] == ["d2", "d1"]
    # The choice holds for the next steps of the form, also once the popup was closed.
    plan = await filler.run("preview", draft_id="d1")
    await filler.apply(plan, names=["order_no"], files=False)
    assert (await filler.preview())["draft_id"] == "d1"
    await filler.worker.evaluate("() => { plans.d1.origins = ['https://elsewhere.test']; }")
    plan = await filler.preview()
    assert (plan["draft_id"], len(plan["drafts"])) == ("d2", 1)


async def test_the_receipt_to_come_is_known_while_another_draft_is_looked_at(filler):
    await filler.open("table")
    await filler.worker.evaluate(MORE)
    await filler.apply(await filler.preview(), names=["order_no"], files=False)
    before = await filled(filler)
    other = await filler.run("preview", draft_id="d2")
    assert other["done"] == []
    assert await filled(filler) == before
    again = await filler.run("preview", draft_id="d1")
    assert again["done"] == before["done"] == ["order_no"]
    other = await filler.run("preview", draft_id="d2")
    await filler.apply(other, names=["description"], files=False)
    after = await filled(filler)
    assert (after["draft_id"], after["case_id"], after["done"]) == ("d2", "c2", ["description"])


async def test_a_chosen_draft_does_not_go_into_the_form_of_another(filler, site):
    page = await filler.open("table?order=1")
    await filler.worker.evaluate(MORE)
    assert (await filler.run("preview", draft_id="d2"))["draft_id"] == "d2"
    await page.goto(f"{site.origin}/table?step=2")
    assert (await filler.preview())["draft_id"] == "d2", "a further step"
    await filler.worker.evaluate("url => { plans.d1.form = url; }", f"{site.origin}/table?order=2")
    await page.goto(f"{site.origin}/table?order=2#top")
    assert (await filler.preview())["draft_id"] == "d1"
    assert (await filler.run("preview", draft_id="d2"))["draft_id"] == "d2"
    assert (await filler.preview())["draft_id"] == "d2", "chosen on this very page"
    # Once it was submitted, the choice is spent, and nothing but a refusal asks for it again.
    await filler.worker.evaluate("() => { filings = [{ draft_id: 'd2' }]; }")
    plan = await filler.preview()
    assert [one["draft_id"] for one in plan["drafts"]] == ["d1"]


async def test_of_each_document_the_newest_version_is_offered_and_none_that_is_over(filler):
    page = await filler.open("table")
    await filler.worker.evaluate(
        """() => {
            const all = { ...plans.d1, document: "complaint" };
            const of = (id, more) => [id, { ...all, draft_id: id, ...more }];
            plans = Object.fromEntries([
                of("d1"), of("d2"), of("d3", { document: "reminder" }),
                of("e1", { case_id: "c2" }), of("f1", { case_id: "c3" }),
            ]);
            closed.c3 = "2026-07-12T08:00:00Z";
        }"""
    )

    async def offered():
        return {one["draft_id"] for one in (await filler.preview())["drafts"]}

    assert await offered() == {"d2", "d3", "e1"}
    await filler.worker.evaluate("() => { filings = [{ draft_id: 'd2' }]; }")
    assert await offered() == {"d3", "e1"}, "no older version comes forth"
    # The page is the form of what was filed: no other fits as well.
    await filler.worker.evaluate("url => { plans.d2.form = url; }", page.url)
    assert (await filler.preview())["draft_id"] == "d2"
    await filler.worker.evaluate(
        "() => { delete plans.d2.form; closed.c1 = closed.c2 = closed.c3; }"
    )
    assert await offered() == {"d2", "d3", "e1", "f1"}, "better than nothing"


@pytest.mark.parametrize(("number", "drafts"), [("T1", ["d2", "d1"]), (None, ["d1", "d2"])])
async def test_what_was_filled_last_comes_behind_once_a_receipt_with_a_number_is_kept(
    filler, number, drafts
):
    """A page without one may have been the refusal: the form is filled once more."""
    await filler.open("table")
    await filler.worker.evaluate(MORE)
    await filler.worker.evaluate("() => { plans.d2.created_at = '2026-07-13T08:00:00Z'; }")
    await filler.apply(await filler.run("preview", draft_id="d1"), names=["order_no"], files=False)
    await filler.worker.evaluate("number => { filings = [{ draft_id: 'd1', number }]; }", number)
    plan = await filler.preview()
    assert [one["draft_id"] for one in plan["drafts"]] == drafts
    assert (await filler.run("preview", draft_id="d1"))["done"] == ["order_no"]


async def test_a_draft_that_was_chosen_again_after_it_was_filed_stays_chosen(filler):
    page = await filler.open("table")
    await filler.worker.evaluate(MORE)
    await filler.worker.evaluate("() => { filings = [{ draft_id: 'd2', number: 'T1' }]; }")
    await filler.worker.evaluate("url => { plans.d2.form = url; }", page.url)
    plan = await filler.run("preview", draft_id="d2")
    await filler.apply(plan, names=["order_no"], files=False)
    assert (await filler.preview())["draft_id"] == "d2"


async def test_many_versions_of_one_case_do_not_hide_the_drafts_of_another(filler):
    await filler.open("table")
    await filler.worker.evaluate(
        """() => {
            const of = (id, more) => [id, { ...plans.d1, draft_id: id, ...more }];
            plans = Object.fromEntries([
                ...Array.from({ length: 15 }, (_, number) => of(`v${number}`)),
                of("other", { case_id: "c2" }),
            ]);
        }"""
    )
    offered = {one["draft_id"] for one in (await filler.preview())["drafts"]}
    assert offered == {"v14", "other"}


@pytest.mark.parametrize(("status", "offered"), [(500, "other"), (409, "d1")])
async def test_no_older_version_comes_forth_where_the_helper_fails(filler, status, offered):
    await filler.open("table")
    await filler.worker.evaluate(
        """status => {
            const old = "2026-07-01T08:00:00Z";
            plans.d2 = { ...plans.d1, draft_id: "d2" };
            plans.other = { ...plans.d1, draft_id: "other", case_id: "c2", created_at: old };
            plans.d1.created_at = "2026-07-12T08:00:00Z";
            failing = { d2: status };
        }""",
        status,
    )
    assert (await filler.preview())["draft_id"] == offered
    await filler.worker.evaluate("() => { delete plans.other; }")
    refused = (await filler.preview()).get("refused")
    assert refused == ("failed" if status == 500 else None)


async def test_what_was_filled_or_chosen_is_offered_beyond_the_first_drafts(filler):
    await filler.open("table")
    await filler.worker.evaluate(
        """() => {
            const of = (id, more) => [id, { ...plans.d1, draft_id: id, case_id: id, ...more }];
            plans = Object.fromEntries(Array.from({ length: 15 }, (_, number) => of(`d${number}`)));
        }"""
    )
    assert len((await filler.preview())["drafts"]) == 12
    plan = await filler.run("preview", draft_id="d14")
    await filler.apply(plan, names=["order_no"], files=False)
    assert (await filler.preview())["draft_id"] == "d14"
