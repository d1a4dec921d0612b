"""Two texts of one page over time: nothing is lost between them, what changed is marked."""

from hypothesis import given
from hypothesis import strategies as st

from helper.evidence.changed_text import MOST_LINES, Line, Part, TextChanges, changes

TERMS = [
    "一、本店为自动发货。",
    "二、未到账请在 7 天内联系客服。",
    "三、支持退款。",
    "四、工作时间 9:00-18:00。",
]


def said(found: TextChanges, kind: str) -> list[str]:
    return ["".join(part.text for part in line.parts) for line in found.lines if line.kind == kind]


def test_a_changed_line_is_marked_by_its_characters() -> None:
    after = [*TERMS[:2], "三、概不支持退款。", TERMS[3]]
    found = changes("\n".join(TERMS), "\n".join(after))
    assert (found.state, found.removed, found.added) == ("differs", 1, 1)
    assert said(found, "removed") == ["三、支持退款。"]
    added = next(line for line in found.lines if line.kind == "added")
    assert added.parts == (
        Part(text="三、"),
        Part(text="概不", changed=True),
        Part(text="支持退款。"),
    )
    assert added.after == 3


def test_what_is_costly_to_match_is_still_told() -> None:
    lines = ["甲", "乙"] * 700
    found = changes("\n".join(["旧", *lines]), "\n".join([*lines[1:], "新", "甲"]))
    assert (found.ordered, found.state) == (False, "differs")
    long = "ab" * 2_000
    found = changes(f"{'规' * 4_000}{long}。", f"{'规' * 4_000}{long[::-1]}！。")
    parts = next(line.parts for line in found.lines if line.kind == "added")
    assert [part.changed for part in parts] == [False, True, False]


def test_another_line_is_not_marked_as_the_same_changed() -> None:
    found = changes("保证到账", "会员中心 关于我们")
    assert [line.parts for line in found.lines] == [
        (Part(text="保证到账"),), (Part(text="会员中心 关于我们"),),
    ]  # fmt: skip


def test_what_is_the_same_is_counted_and_not_shown() -> None:
    lines = [f"第 {n} 条" for n in range(100)]
    found = changes("\n".join(lines), "\n".join([*lines[:50], "新增一条", *lines[50:]]))
    assert [line.skipped for line in found.lines if line.kind == "skipped"] == [47, 47]
    assert said(found, "added") == ["新增一条"]
    same = changes("a\nb", "a\nb")
    assert same.state == "same"
    assert same.lines == (Line(kind="skipped", skipped=2),)


def test_a_text_that_was_not_kept_is_compared_with_nothing() -> None:
    assert changes("", "a").reason == "no_text"
    assert changes("a", "").state == "not_compared"


def test_very_long_texts_are_compared_without_order() -> None:
    lines = [f"行 {n}" for n in range(MOST_LINES + 2)]
    found = changes("\n".join(["旧", *lines, "旧尾"]), "\n".join(["新", *lines[::-1], "新尾"]))
    assert not found.ordered
    assert (said(found, "removed"), said(found, "added")) == (["旧", "旧尾"], ["新", "新尾"])


LINES = st.lists(
    st.text("退款发货ab ", min_size=1, max_size=6).map(lambda x: f"「{x}」"), max_size=12
)


@given(before=LINES, after=LINES)
def test_both_texts_can_be_told_from_what_differs(before: list[str], after: list[str]) -> None:
    found = changes("\n".join(before), "\n".join(after))
    if not before or not after:
        assert found.state == "not_compared"
        return
    for text, kind, number in ((before, "removed", "before"), (after, "added", "after")):
        told = {getattr(line, number): "".join(part.text for part in line.parts)
                for line in found.lines if line.kind in {"equal", kind}}  # fmt: skip
        assert all(text[place - 1] == words for place, words in told.items())
    skipped = sum(line.skipped for line in found.lines)
    assert skipped + len(said(found, "equal")) + found.removed == len(before)
    assert skipped + len(said(found, "equal")) + found.added == len(after)
    assert (found.state == "same") == (before == after)
