"""Which exhibits go into an upload and as what: never over its limits, the important ones first."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.complaints.drafts.parcel import MOST_FILES, Item, Parcel, plan, ranks
from helper.filling import Limits
from helper.model import Draft
from scrapers.record import OrderRecord
from tests.complaints.conftest import artifact, capture, case_of

TYPES = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "application/pdf": ".pdf",
    "text/html": ".html", "video/mp4": ".mp4",
}  # fmt: skip
KINDS = st.sampled_from([".jpg", ".jpeg", ".png", ".pdf", ".doc", ".html", "image/*", "image/png"])
LIMITS = st.builds(
    Limits,
    files=st.none() | st.integers(0, 30),
    file_bytes=st.none() | st.integers(0, 20_000_000),
    all_bytes=st.none() | st.integers(0, 50_000_000),
    kinds=st.lists(st.lists(KINDS, min_size=1, max_size=3).map(tuple), max_size=2).map(tuple),
)


def item(number: int, media_type: str = "image/png", **changes: object) -> Item:
    picture = media_type.startswith("image/")
    values: dict[str, object] = {
        "number": number, "name": f"证据{number}-订单页截图{TYPES[media_type]}",
        "sha256": f"{number:064x}", "media_type": media_type, "bytes": 1_000_000, "rank": number,
        "size": (1000, 2000) if picture else None,
    }  # fmt: skip
    return Item(**{**values, **changes})  # type: ignore[arg-type]


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    order = draw(st.permutations(range(draw(st.integers(0, 40)))))
    return [
        item(
            number,
            media_type := draw(st.sampled_from(list(TYPES))),
            bytes=draw(st.integers(1, 30_000_000)),
            rank=rank,
            size=(1000, draw(st.integers(1, 50_000))) if media_type.startswith("image/") else None,
            trouble=draw(st.sampled_from([None, None, None, "unreadable", "not_covered"])),
        )
        for number, rank in enumerate(order, 1)
    ]


def count(parcel: Parcel) -> int:
    return sum(make.parts for make in parcel.makes)


@given(items(), LIMITS, st.booleans())
def test_a_plan_keeps_to_the_limits_and_forgets_nothing(
    given_items: list[Item], limits: Limits, public: bool
) -> None:
    parcel = plan(given_items, limits, public=public)
    assert count(parcel) <= (MOST_FILES if limits.files is None else limits.files)
    for make in parcel.makes:
        assert limits.take(make.name, make.media_type)
        assert len(make.name) <= 100
        assert make.most is None or make.way != "copy" or make.items[0].bytes <= make.most
        assert limits.file_bytes is None or (make.most or 0) <= limits.file_bytes
        assert not (public and (make.way == "copy" or any(one.size is None for one in make.items)))
    if limits.all_bytes is not None:
        assert sum((make.most or 0) * make.parts for make in parcel.makes) <= limits.all_bytes
    going = [one.number for make in parcel.makes for one in make.items]
    assert sorted([*going, *parcel.stays]) == [one.number for one in given_items]
    firsts = [make.items[0].number for make in parcel.makes]
    assert firsts == sorted(firsts)
    assert all(one.trouble is None for make in parcel.makes for one in make.items)


def ways(parcel: Parcel) -> list[tuple[str, Sequence[int]]]:
    return [(make.way, [one.number for one in make.items]) for make in parcel.makes]


def test_what_fits_goes_as_it_is() -> None:
    parcel = plan([item(1), item(2, "application/pdf")], Limits(files=3, file_bytes=1_000_000))
    assert ways(parcel) == [("copy", [1]), ("copy", [2])]


def test_png_becomes_jpeg_where_only_that_is_taken() -> None:
    parcel = plan([item(1)], Limits(kinds=((".jpg",),)))
    assert [(make.way, make.name) for make in parcel.makes] == [("picture", "证据1-订单页截图.jpg")]


def test_the_more_important_ones_take_the_few_places_in_order_of_number() -> None:
    given_items = [item(1, rank=0), item(2, rank=2), item(3, rank=1)]
    parcel = plan(given_items, Limits(files=2, kinds=(("image/*",),)))
    assert ways(parcel) == [("copy", [1]), ("copy", [3])]
    assert parcel.stays == {2: "too_many"}


def test_few_places_that_take_pdf_get_everything() -> None:
    parcel = plan([item(number) for number in range(1, 8)], Limits(files=3))
    assert ways(parcel) == [("copy", [1]), ("copy", [2]), ("pdf", [3, 4, 5, 6, 7])]
    assert parcel.makes[2].name == "证据3-7.pdf"


def test_one_place_gets_one_pdf() -> None:
    given_items = [item(1), item(2, "application/pdf"), item(3), item(5)]
    parcel = plan(given_items, Limits(files=1))
    assert [(make.way, make.name) for make in parcel.makes] == [("pdf", "证据1、3、5.pdf")]
    assert parcel.stays == {2: "too_many"}


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(files=12), ["parts"]),
        (Limits(files=3, kinds=(("image/*",),)), ["copy"]),
        (Limits(files=3), ["pdf"]),
        (Limits(files=3, file_bytes=500_000, kinds=(("image/*",),)), ["picture"]),
    ],
)
def test_a_long_picture_is_cut_if_there_is_room(limits: Limits, expected: list[str]) -> None:
    parcel = plan([item(1, size=(1000, 40_000))], limits)
    assert [make.way for make in parcel.makes] == expected
    assert count(parcel) <= 11


@pytest.mark.parametrize("limits", [Limits(files=0), Limits(file_bytes=0), Limits(all_bytes=0)])
def test_no_room_is_said_of_each(limits: Limits) -> None:
    parcel = plan([item(1, "video/mp4"), item(2, "text/html")], limits)
    assert parcel.makes == ()
    assert set(parcel.stays) == {1, 2}


def test_only_doc_takes_nothing() -> None:
    parcel = plan([item(1), item(2, "application/pdf")], Limits(kinds=((".doc",),)))
    assert parcel.stays == {1: "kind", 2: "kind"}


def test_each_page_comes_before_a_second_picture_of_the_same(
    full: OrderRecord, draft_for: Callable[..., Draft]
) -> None:
    kept = capture(full)
    bill = artifact("attachment", "1", kind="payment")
    case = case_of(full, kept.model_copy(update={"artifacts": (*kept.artifacts, bill)}))
    draft = draft_for(case)
    found = ranks(draft)
    roles = {one.number: one.role for one in draft.exhibits}
    assert [roles[number] for number in sorted(found, key=found.__getitem__)] == [
        "seen/sheet", "attachment", "witness/window", "witness/pdf",
    ]  # fmt: skip
