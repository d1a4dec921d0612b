"""Forms that fight back: what is right goes in, what is not is told, nothing lands elsewhere."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def fought(browser):
    """The one hostile page, filled once; each test reads another promise off it."""
    from tests.extension.conftest import Filler, serving  # noqa: PLC0415

    async with serving() as site:
        filler = Filler(*browser, site)
        await filler.open("hostile")
        plan = await filler.preview()
        report = await filler.apply(plan)
        names = "all => Object.fromEntries(all.map(one => [one.name, one.value]))"
        values = await filler.page.eval_on_selector_all("[name]", names)
        yield {row["name"]: row for row in report["fields"]}, values, site.posts
        await filler.page.close()


@pytest.mark.parametrize(
    ("field", "control", "value"),
    [
        ("order_no", "order", "WZ20260711083012"),
        ("amount", "amount", "99.50"),
        ("trade_no", "trade", "4200002026071112345678"),
        ("contact", "mine", "138 0000 0000"),
    ],
)
async def test_redrawn_guarded_alerting_and_masked_fields_are_filled(fought, field, control, value):
    told, values, _ = fought
    assert (told[field]["ok"], values[control]) == (True, value)


async def test_a_field_that_is_overwritten_is_told_as_not_filled(fought):
    told, _, _ = fought
    assert (told["title"]["ok"], told["title"]["read_back"]) == (False, "由系统生成")


async def test_what_a_page_cuts_without_a_word_is_taken_out_and_told(fought):
    told, values, _ = fought
    assert values["demand"] == ""
    assert (told["demand"]["ok"], told["demand"]["note"]) == (False, "too_long")


async def test_the_same_label_under_the_other_side_stays_empty(fought):
    assert fought[1]["theirs"] == ""


async def test_three_hundred_other_fields_stay_empty(fought):
    assert [value for name, value in fought[1].items() if name.startswith("x") and value] == []


async def test_nothing_was_sent(fought):
    assert fought[2] == []


async def test_a_field_whose_characters_are_counted_is_no_new_one(filler):
    page = await filler.open("counted")
    report = await filler.apply(await filler.preview())
    assert await page.inner_text("#count") != "0 / 500"
    assert report["more"] == []


async def test_a_form_that_comes_late_is_waited_for_and_its_next_part_is_named(filler):
    await filler.open("late")
    plan = await filler.preview()
    report = await filler.apply(plan)
    assert all(row["ok"] for row in report["fields"])
    assert report["more"] == ["订单编号"]
