import hashlib

import pytest

from helper.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from helper.model import Draft, Filing
from helper.vault.catalogue import Catalogue


@pytest.fixture
def join(catalogue: Catalogue, make):
    def join(number: int, url: str = "https://shop.example/order/1", **about: object) -> str:
        clicked = make.moment(number)
        catalogue.create_capture(make.uuid(number), make.meta(clicked_at=clicked, url=url), [])
        plain = {
            "platform_key": "demo", "host": "shop.example", "order_no": "A1", "wanted": None,
            "title": f"case {number}", "now": clicked,
        }  # fmt: skip
        return catalogue.join_case(make.uuid(number), **(plain | about))

    return join


def draft(case_id: str, number: int = 1, **values: object) -> Draft:
    empty: dict[str, object] = dict.fromkeys(("sentences", "exhibits", "gaps", "lint", "law"), ())
    texts = {"channel": "merchant_platform", "issue": "other", "demand": "退款", "title": "投诉"}
    own = {"draft_id": f"d-{number}", "case_id": case_id, "fields": {}, "text": "正文"}
    when = {"created_at": "2026-03-01T12:00:00+08:00"}
    return Draft.model_validate(empty | texts | own | when | values)


def test_the_host_of_a_page_holds_no_password_and_one_spelling(make):
    assert make.meta(url="https://me:pw@Shop.Example:8443/order/1").host == "shop.example:8443"


def test_a_new_case_has_an_id_of_its_first_capture(join, make, catalogue: Catalogue):
    case_id = join(1)
    assert case_id == "c-" + hashlib.sha256(make.uuid(1).encode()).hexdigest()[:10]
    view = catalogue.case(case_id)
    assert (view.host, view.order_no, view.title) == ("shop.example", "A1", "case 1")
    assert [capture.capture_id for capture in view.captures] == [make.uuid(1)]
    assert catalogue.capture(make.uuid(1)).case_id == case_id


def test_same_shop_and_order_is_the_same_case(join):
    assert join(1) == join(2)
    assert join(3, host="other.example") != join(1_000)
    assert join(4, wanted="c-other") == join(5)


def test_without_an_order_number_the_wanted_case_is_joined(join):
    assert join(2, order_no=None, wanted=join(1)) == join(3)


def test_without_both_every_capture_has_its_own_case(join):
    assert join(1, order_no=None) != join(2, order_no=None)


def test_a_wanted_case_that_does_not_exist_does_not_lose_the_capture(join, catalogue: Catalogue):
    case_id = join(1, order_no=None, wanted="c-gone")
    assert case_id != "c-gone"
    assert catalogue.case(case_id).captures


def test_joining_again_changes_nothing(join, catalogue: Catalogue, make):
    first = join(1)
    for order_no in ("A1", "B2"):
        assert first == catalogue.join_case(
            make.uuid(1), platform_key=None, host="x", order_no=order_no, wanted=None,
            title="again", now=make.noon,
        )  # fmt: skip
    assert [(view.order_no, view.title) for view in catalogue.cases()] == [("A1", "case 1")]


def test_a_case_without_order_learns_it_from_a_later_capture(join, catalogue: Catalogue):
    case_id = join(1, order_no=None, platform_key=None)
    join(2, wanted=case_id)
    view = catalogue.case(case_id)
    assert (view.platform_key, view.order_no, len(view.captures)) == ("demo", "A1", 2)


def test_unknown_ids_are_not_found(catalogue: Catalogue, make):
    about = {"platform_key": None, "host": None, "order_no": None, "wanted": None}
    for call in (
        lambda: catalogue.join_case(make.uuid(9), **about, title="", now=make.noon),
        lambda: catalogue.case("c-gone"),
        lambda: catalogue.add_correction("c-gone", "amount", "1", make.noon),
        lambda: catalogue.undo_correction("c-gone", "amount"),
        lambda: catalogue.move_capture(make.uuid(9), "c-gone", make.noon),
        lambda: catalogue.add_note("c-gone", "text", make.noon),
        lambda: catalogue.close_case("c-gone", make.noon),
        lambda: catalogue.add_filing("c-gone", filing()),
        lambda: catalogue.put_draft(draft("c-gone")),
        lambda: catalogue.draft("d-gone"),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_the_order_of_a_case_is_the_newest_reading(join, catalogue: Catalogue, make):
    case_id = join(1)
    join(2)
    join(3)
    catalogue.put_order(make.uuid(2), make.order(status="paid"))
    catalogue.put_order(make.uuid(1), make.order(status="pending_payment"))
    order = catalogue.case(case_id).order
    assert order is not None
    assert order.status == "paid"


def test_a_reading_of_the_cases_own_order_comes_before_a_newer_one_of_another(
    join, catalogue: Catalogue, make
):
    case_id = join(1)
    join(2, order_no=None, wanted=case_id)
    catalogue.put_order(make.uuid(1), make.order("A1"))
    catalogue.put_order(make.uuid(2), make.order("B2"))
    order = catalogue.case(case_id).order
    assert order is not None
    assert order.order_no == "A1"


def test_a_correction_is_applied_and_the_read_value_stays_beside_it(
    join, catalogue: Catalogue, make
):
    case_id = join(1)
    catalogue.put_order(make.uuid(1), make.order(amount="10.00"))
    catalogue.add_correction(case_id, "amount", "12.50", make.moment(5))
    view = catalogue.case(case_id)
    assert view.order is not None
    assert format(view.order.amount, "f") == "12.50"
    assert view.order.sources["amount"].artifact == "user"
    assert [(c.field, c.value, c.read) for c in view.corrections] == [("amount", "12.50", "10.00")]
    capture = view.captures[0].order
    assert capture is not None
    assert format(capture.amount, "f") == "10.00"


def test_the_same_correction_again_is_no_second_one(join, catalogue: Catalogue, make):
    case_id = join(1)
    for value in ("1", "1", "2", "2", "1"):
        catalogue.add_correction(case_id, "amount", value, make.noon)
    assert [c.value for c in catalogue.case(case_id).corrections] == ["1", "2", "1"]


def test_after_a_new_capture_a_correction_stays_beside_what_is_read_now(
    join, catalogue: Catalogue, make
):
    case_id = join(1)
    catalogue.put_order(make.uuid(1), make.order(amount="10.00"))
    catalogue.add_correction(case_id, "amount", "12.50", make.moment(1))
    assert join(2) == case_id
    catalogue.put_order(make.uuid(2), make.order(amount="11.00"))
    view = catalogue.case(case_id)
    assert view.order is not None
    assert format(view.order.amount, "f") == "12.50"
    [one] = view.corrections
    assert (one.value, one.read, one.read_then) == ("12.50", "11.00", "10.00")


def test_an_undone_correction_leaves_what_was_read(join, catalogue: Catalogue, make):
    case_id = join(1)
    catalogue.put_order(make.uuid(1), make.order(amount="10.00"))
    for value in ("12.50", "13.00"):
        catalogue.add_correction(case_id, "amount", value, make.noon)
    catalogue.undo_correction(case_id, "amount")
    view = catalogue.case(case_id)
    assert (view.order, view.corrections) == (make.order(amount="10.00"), ())
    with pytest.raises(NotFoundError):
        catalogue.undo_correction(case_id, "amount")


def test_a_corrected_number_is_the_cases_for_what_is_read_rightly_and_for_what_is_misread(
    join, catalogue: Catalogue, make
):
    case_id = join(1, order_no="A7")
    catalogue.put_order(make.uuid(1), make.order("A7"))
    catalogue.add_correction(case_id, "order_no", "A1", make.noon)
    assert catalogue.case(case_id).order_no == "A1"
    assert join(2, order_no="A1") == join(3, order_no="A7") == case_id
    catalogue.undo_correction(case_id, "order_no")
    assert catalogue.case(case_id).order_no == "A7"
    assert join(4, order_no="A1") != case_id


def test_another_page_with_the_misread_number_is_another_order(join, catalogue: Catalogue, make):
    case_id = join(1, order_no="A7")
    catalogue.put_order(make.uuid(1), make.order("A7"))
    catalogue.add_correction(case_id, "order_no", "A1", make.noon)
    other = join(2, order_no="A7", url="https://shop.example/order/A7")
    assert other != case_id
    with pytest.raises(ConflictError):
        catalogue.undo_correction(case_id, "order_no")


def test_a_number_that_the_user_adds_joins_the_captures_to_come(join, catalogue: Catalogue, make):
    case_id = join(1, order_no=None)
    catalogue.add_correction(case_id, "order_no", "A1", make.noon)
    assert join(2, order_no="A1") == case_id
    assert join(3, order_no=None) != case_id


def test_the_number_of_another_case_of_the_shop_is_refused_by_name(
    join, catalogue: Catalogue, make
):
    case_id, other = join(1, order_no="A7"), join(2, order_no="A1")
    with pytest.raises(ConflictError) as refused:
        catalogue.add_correction(case_id, "order_no", "A1", make.noon)
    assert refused.value.details == {"reason": "same_order", "id": "A1", "case_id": other}
    view = catalogue.case(case_id)
    assert (view.order_no, view.corrections) == ("A7", ())


def test_a_capture_moves_to_the_case_that_the_user_picks(join, catalogue: Catalogue, make):
    old, new = join(1, order_no="A7"), join(2, order_no=None)
    catalogue.put_order(make.uuid(1), make.order("A7"))
    catalogue.move_capture(make.uuid(1), new, make.noon)
    catalogue.move_capture(make.uuid(1), new, make.noon)  # again: nothing happens
    view = catalogue.case(new)
    assert {one.capture_id for one in view.captures} == {make.uuid(1), make.uuid(2)}
    assert view.order_no == "A7"
    assert [note.step for note in view.notes] == ["moved"]
    left = catalogue.case(old)
    assert (left.captures, left.order_no, len(left.notes)) == ((), None, 1)
    assert join(3, order_no="A7") == new  # not the case that is empty now


def test_a_case_whose_order_moved_away_is_that_of_what_it_still_holds(
    join, catalogue: Catalogue, make
):
    old, new = join(1, order_no="A7"), join(2, order_no=None)
    join(3, order_no=None, wanted=old)
    catalogue.put_order(make.uuid(1), make.order("A7"))
    catalogue.move_capture(make.uuid(1), new, make.noon)
    assert (catalogue.case(old).order_no, catalogue.case(new).order_no) == (None, "A7")
    assert join(4, order_no="A7") == new


def test_of_two_pages_of_one_order_the_one_that_moves_leaves_the_number_behind(
    join, catalogue: Catalogue, make
):
    old, new = join(1, order_no="A7"), join(2, order_no=None)
    join(3, order_no="A7")
    for number in (1, 3):
        catalogue.put_order(make.uuid(number), make.order("A7"))
    catalogue.move_capture(make.uuid(1), new, make.noon)
    assert (catalogue.case(old).order_no, catalogue.case(new).order_no) == ("A7", None)


def test_a_number_that_the_user_gave_stays_when_a_page_moves_away(join, catalogue: Catalogue, make):
    old, new = join(1, order_no="A7"), join(2, order_no="B2")
    join(3, order_no=None, wanted=old)
    catalogue.put_order(make.uuid(1), make.order("A7"))
    catalogue.add_correction(old, "order_no", "A77", make.noon)
    catalogue.move_capture(make.uuid(1), new, make.noon)
    assert catalogue.case(old).order_no == "A77"


@pytest.mark.parametrize("why", ["draft", "receipt"])
def test_a_capture_that_a_complaint_rests_on_is_not_moved(
    why: str, join, catalogue: Catalogue, make
):
    old, new = join(1), join(2, order_no="B2")
    if why == "receipt":
        catalogue.add_filing(old, filing(capture_id=make.uuid(1)))
    else:
        shown = {
            "number": 1, "label": "证据1", "name": "a.png", "role": "seen/sheet",
            "capture_id": make.uuid(1), "sha256": "ab" * 32, "media_type": "image/png", "bytes": 1,
        }  # fmt: skip
        catalogue.put_draft(draft(old, exhibits=(shown,)))
    with pytest.raises(RefusedError) as refused:
        catalogue.move_capture(make.uuid(1), new, make.noon)
    assert refused.value.details["reason"] == "capture_used"
    assert catalogue.capture(make.uuid(1)).case_id == old


def test_a_correction_that_is_no_value_is_refused(join, catalogue: Catalogue, make):
    case_id = join(1)
    with pytest.raises(InvalidError):
        catalogue.add_correction(case_id, "amount", "many", make.noon)
    assert catalogue.case(case_id).corrections == ()


def test_a_case_opens_after_a_newer_reading_made_a_correction_unfit(
    join, catalogue: Catalogue, make
):
    case_id = join(1)
    catalogue.put_order(make.uuid(1), make.order(items=[{"title": "a"}, {"title": "b"}]))
    catalogue.add_correction(case_id, "items.2.title", "c", make.noon)
    catalogue.put_order(make.uuid(1), make.order())
    view = catalogue.case(case_id)
    assert view.order == make.order()
    assert len(view.corrections) == 1


def test_notes_are_kept_in_order_and_once(join, catalogue: Catalogue, make):
    case_id = join(1)
    for text in ("第一", "第一", "第二"):
        catalogue.add_note(case_id, text, make.noon)
    assert [(n.step, n.detail) for n in catalogue.case(case_id).notes] == [
        ("note", "第一"),
        ("note", "第二"),
    ]


def test_a_closed_case_keeps_the_time_it_was_closed(join, catalogue: Catalogue, make):
    case_id = join(1)
    catalogue.close_case(case_id, make.moment(1))
    catalogue.close_case(case_id, make.moment(2))
    assert catalogue.case(case_id).closed_at == make.moment(1)


def filing(number: str | None = None, capture_id: str | None = None) -> Filing:
    return Filing(
        draft_id="d-1", channel="merchant_platform", number=number, capture_id=capture_id,
        at="2026-03-01T12:00:00+08:00",
    )  # fmt: skip


def test_a_filing_recorded_again_is_replaced(join, catalogue: Catalogue):
    case_id = join(1)
    catalogue.add_filing(case_id, filing())
    catalogue.add_filing(case_id, filing("TS-1"))
    [kept] = catalogue.case(case_id).filings
    assert kept.model_copy(update={"filing_id": ""}) == filing("TS-1")


def test_cases_are_listed_newest_first(join, catalogue: Catalogue):
    ids = [join(number, order_no=f"A{number}") for number in range(3)]
    assert [view.case_id for view in catalogue.cases()] == ids[::-1]


def test_a_draft_is_found_by_id_and_as_the_latest(join, catalogue: Catalogue):
    case_id = join(1)
    assert catalogue.latest_draft(case_id) is None
    for number in (1, 2):
        catalogue.put_draft(draft(case_id, number))
    catalogue.put_draft(draft(case_id, 1, text="改过"))
    assert catalogue.draft("d-1").text == "改过"
    assert catalogue.latest_draft(case_id) == draft(case_id, 2)
    assert catalogue.case(case_id).drafts == ("d-1", "d-2")


def test_a_draft_stays_in_its_case(join, catalogue: Catalogue):
    catalogue.put_draft(draft(join(1)))
    with pytest.raises(ConflictError):
        catalogue.put_draft(draft(join(2, order_no="B2")))
