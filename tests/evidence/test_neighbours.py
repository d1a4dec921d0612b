"""Label and value are paired by where they stand in a picture."""

import json

import pytest

from helper.evidence import masking
from helper.evidence.private import find


def context(*placed: tuple[str, int, int, int]) -> bytes:
    rectangles = [
        {"x": x, "y": y, "width": width, "height": 20, "text": text, "selector": "p"}
        for text, x, y, width in placed
    ]
    return json.dumps({"page": {"text_rectangles": rectangles}}).encode()


@pytest.mark.parametrize(
    "placed",
    [
        # two columns whose texts come column by column, as floats and grids may have them
        (("昵称", 0, 0, 60), ("订单号", 0, 30, 60), ("小鱼", 90, 0, 40), ("A1", 90, 30, 40)),
        # a list: the value in the next line, the next label to the right
        (("状态", 200, 2, 60), ("昵称", 0, 0, 60), ("已发货", 200, 26, 60), ("小鱼", 0, 26, 40)),
        # a head of columns, the amount first
        (("金额", 0, 0, 60), ("登录账号", 100, 0, 60), ("9.90", 0, 30, 40), ("小鱼", 104, 31, 40)),
    ],
)
def test_label_and_value_are_paired_by_where_they_stand(placed) -> None:
    private = find([], ["\n".join(masking.texts(context(*placed)))])
    assert private.count("小鱼") == 1
    assert [text for text, *_ in placed if private.count(text)] == ["小鱼"]


def test_what_stands_far_off_is_no_value() -> None:
    placed = (("昵称", 0, 0, 60), ("小鱼", 600, 0, 40), ("大鱼", 0, 200, 40))
    private = find([], ["\n".join(masking.texts(context(*placed))[3:])])
    assert not any(private.count(text) for text, *_ in placed)


def test_many_labels_on_one_row_take_no_long_time() -> None:
    """Twenty thousand rectangles is what a snapshot keeps; pairing must not square them."""
    placed = tuple(("昵称", number % 3, 0, 60) for number in range(20_000))
    assert len(masking.texts(context(*placed))) >= 20_000
