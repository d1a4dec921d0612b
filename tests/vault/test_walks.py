"""The pages of a walk are one case, that of the order found in it."""

import pytest

from helper.vault.catalogue import Catalogue

WALK = "00000000-0000-4000-8000-00000000000a"


@pytest.fixture
def walk(catalogue: Catalogue, make):
    """Join the next page of a walk; without an order number it is one on the way."""

    def walk(step: int, order_no: str | None = None, session: str = WALK) -> str:
        link = {"session": session, "step": step}
        meta = make.meta(clicked_at=make.moment(step), walk=link)
        uuid = make.uuid(int(session[-1], 16) * 1000 + step)
        catalogue.create_capture(uuid, meta, [])
        return catalogue.join_case(
            uuid, platform_key=None, host="shop.example", order_no=order_no, wanted=None,
            title=f"step {step}", now=make.moment(step),
        )  # fmt: skip

    return walk


@pytest.fixture
def single(catalogue: Catalogue, make):
    """Keep a page of order A1 that no walk came by."""

    def single(number: int) -> str:
        catalogue.create_capture(make.uuid(number), make.meta(clicked_at=make.moment(number)), [])
        return catalogue.join_case(
            make.uuid(number), platform_key=None, host="shop.example", order_no="A1", wanted=None,
            title="single", now=make.moment(number),
        )  # fmt: skip

    return single


def test_a_walk_is_one_case_and_becomes_that_of_the_order_found_in_it(walk, catalogue):
    first = walk(1)
    assert {walk(2), walk(3, "A1"), walk(4)} == {first}
    [case] = catalogue.cases()
    assert case.order_no == "A1"
    assert [capture.meta.walk.step for capture in case.captures] == [1, 2, 3, 4]


def test_the_pages_of_a_walk_join_the_case_that_the_order_already_has(walk, single, catalogue):
    known = single(900)
    walk(1)
    assert {walk(2, "A1"), walk(3)} == {known}
    [case] = catalogue.cases()
    assert [c.meta.walk and c.meta.walk.step for c in case.captures] == [1, 2, 3, None]


def test_what_the_user_put_into_the_case_of_a_walk_is_not_lost_with_it(
    walk, single, catalogue, make
):
    known = single(900)
    waiting = walk(1)
    catalogue.add_note(waiting, "等待中", make.moment(1))
    walk(2, "A1")
    assert [note.detail for note in catalogue.case(waiting).notes] == ["等待中"]
    assert len(catalogue.case(known).captures) == 3


def test_another_order_of_the_same_walk_has_a_case_of_its_own(walk, catalogue):
    first = walk(1, "A1")
    second = walk(2, "B2")
    assert second != first
    assert walk(3) == first
    assert walk(4, "B2") == second


def test_two_walks_are_two_cases(walk):
    assert walk(1) != walk(1, session=WALK.replace("a", "b"))
