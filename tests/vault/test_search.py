"""What is found is exactly what holds every term, wherever in a word it stands."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.dealings import Shown
from helper.vault.catalogue import Catalogue
from helper.vault.indexed import Stale
from helper.vault.search import Segment, fold, plain, terms

Add = Callable[..., str]
ROW = {
    "title": "页面", "url": "https://shop.example/order/1", "host": "shop.example",
    "address": "a", "kind": "order", "order_no": None, "thumbnail": None, "made_of": "1:x",
}  # fmt: skip
LETTERS = st.sampled_from("订单发货退款abAB１ａ12-_.:/%'\"*（）「臺灣é ©\n\t")
"""Few of them, so that texts share runs; what any query language might take for its own."""


@pytest.fixture
def add(catalogue: Catalogue, make) -> Add:
    """Add a capture that shows a text, as the indexer would."""
    count = 0

    def added(body: str, head: str = "", **values: object) -> str:
        nonlocal count
        count += 1
        uuid = make.uuid(count)
        catalogue.create_capture(uuid, make.meta(clicked_at=make.moment(count)), [])
        put(catalogue, uuid, plain(body), plain(head), clicked_at=make.moment(count), **values)
        return uuid

    return added


def put(catalogue: Catalogue, uuid: str, body: str, head: str, **values) -> None:
    request = next(one for one in catalogue.stale(10_000) if one.ref == uuid)
    catalogue.put_listed(request, head, body, **(ROW | values))


def found(catalogue: Catalogue, words: str) -> list[str]:
    return [hit.capture_id for hit in catalogue.search(words, limit=500).captures]


def test_one_character_two_and_parts_of_words_are_found(catalogue: Catalogue, add: Add) -> None:
    shown = "订单号：KZ20240102\n状态：自动发货中（未到账）\nsteam 钱包 50% 退款\n'a_b-c\" NEAR(x"
    one = add(shown, head="https://shop.example/order/1")
    add("另一页 完全 无关")
    for words in (
        "货", "发货", "自动发货", "款", "KZ2024", "kz20240102", "240102", "Steam", "ＳＴＥＡＭ",
        "钱包 发货", "shop.example/order", "50%", "a_b-c", "'", '"', "（未", "NEAR(", "退款 50%",
    ):  # fmt: skip
        assert found(catalogue, words) == [one], words


def test_nothing_else_is_found_and_no_words_find_nothing(catalogue: Catalogue, add: Add) -> None:
    add("订单\n状态 自动发货中 未到账 steam 钱包 台")
    for words in (
        "发退",
        "货中未",
        "KZ2025",
        "单状",
        "发货 香蕉",
        "钱包steam",
        "臺",
        "",
        " \n",
        "\u200b",
    ):
        assert found(catalogue, words) == [], words


def test_a_very_long_query_is_answered(catalogue: Catalogue, add: Add) -> None:
    one = add("".join(chr(0x4E00 + n) for n in range(400)))
    assert found(catalogue, "".join(chr(0x4E00 + n) for n in range(300))) == [one]
    assert found(catalogue, " ".join(chr(0x4E00 + n) for n in range(150))) == [one]
    assert found(catalogue, "".join(chr(0x4E00 + n * 2) for n in range(150))) == []
    two = add("x" + "0123456789" * 20)
    assert found(catalogue, "9" + "0123456789" * 18) == [two]
    assert found(catalogue, "0123456789" * 21) == []


def test_newest_come_first_and_more_is_told(catalogue: Catalogue, add: Add) -> None:
    first, second, third = add("订单一"), add("订单二"), add("订单三")
    assert found(catalogue, "订单") == [third, second, first]
    result = catalogue.search("订单", limit=2)
    assert [hit.capture_id for hit in result.captures] == [third, second]
    assert result.more
    assert not catalogue.search("订单", limit=3).more


def test_a_text_kept_anew_is_found_by_its_new_words_alone(catalogue, add, make) -> None:
    one = add("订单号 A1 待付款")
    catalogue.put_order(one, make.order("B2"))
    put(catalogue, one, "订单号 B2 待付款", "", clicked_at=make.noon)
    assert (found(catalogue, "A1"), found(catalogue, "B2")) == ([], [one])


def test_a_snippet_marks_the_words_and_keeps_their_spelling(catalogue: Catalogue, add: Add) -> None:
    add("头" * 100 + "，订单号ＡＢＣ１２３<b>自动发货</b>" + "尾" * 100)
    (hit,) = catalogue.search("abc12 发货").captures
    assert [one.text for one in hit.snippet if one.hit] == ["ＡＢＣ１２", "发货"]
    said = "".join(one.text for one in hit.snippet)
    assert said.startswith("…头")
    assert "３<b>自动发货</b>尾" in said
    assert said.endswith("尾…")
    assert len(said) < 130


def test_words_far_apart_have_a_place_each(catalogue: Catalogue, add: Add) -> None:
    add("保证到账" + "。" * 500 + "概不退款")
    (hit,) = catalogue.search("退款 保证").captures
    assert [one.text for one in hit.snippet if one.hit] == ["保证", "退款"]
    assert Segment(text=" … ") in hit.snippet


TEXTS = st.lists(st.text(LETTERS, max_size=25), min_size=1, max_size=4)


@settings(max_examples=30,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(bodies=TEXTS, data=st.data())
def test_every_part_of_every_text_is_found_and_nothing_else(catalogue, make, bodies, data) -> None:
    shown = {}
    for number, body in enumerate(bodies):
        uuid = make.uuid(number)
        catalogue.create_capture(uuid, make.meta(), [])
        catalogue.put_shown(uuid, Shown())  # asks for it anew
        put(catalogue, uuid, plain(body), "", clicked_at=make.noon)
        shown[uuid] = fold(plain(body))
    for number in range(len(bodies), 4):  # of an example before this one
        if catalogue.made_of(make.uuid(number)) is not None:
            catalogue.put_shown(make.uuid(number), Shown())
            put(catalogue, make.uuid(number), "", "", clicked_at=make.noon)
    whole = data.draw(st.sampled_from(bodies))
    start = data.draw(st.integers(0, len(whole)))
    words = data.draw(
        st.one_of(st.just(whole[start : start + data.draw(st.integers(1, 12))]), st.text(LETTERS))
    )
    wanted = terms(words)
    expected = {uuid for uuid, said in shown.items() if all(term in said for term in wanted)}
    assert set(found(catalogue, words)) == (expected if wanted else set())


def test_what_is_not_there_any_more_is_not_found(catalogue: Catalogue, add: Add) -> None:
    one = add("退款")
    with catalogue.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM captures")
    (request,) = [request for request in catalogue.stale(9) if request.ref == one]
    catalogue.forget_gone(request)
    assert found(catalogue, "退款") == []
    assert catalogue.stale(9) == []
    with catalogue.engine.begin() as connection:
        grams = "SELECT count(*) FROM library_grams WHERE library_grams MATCH ?"
        assert connection.exec_driver_sql(grams, ("退",)).scalar() == 0


def test_what_goes_while_its_row_is_made_gets_none(catalogue: Catalogue, add: Add, make) -> None:
    uuid = add("退款")
    case_id = catalogue.join_case(
        uuid, platform_key=None, host=None, order_no="A1", wanted=None, title="t", now=make.noon
    )
    asked = {one.ref: one for one in catalogue.stale(9)}
    around = catalogue.around(case_id)
    assert around is not None
    catalogue.set_state(uuid, "sealed")
    catalogue.delete_case(case_id, make.noon)
    catalogue.put_case_text(asked[case_id], around.position, "退款", "")
    catalogue.put_listed(asked[uuid], "退款", "", clicked_at=make.noon, **ROW)
    with catalogue.engine.connect() as connection:
        for table in ("documents", "library"):
            assert connection.exec_driver_sql(f"SELECT * FROM {table}").all() == []


def test_a_change_while_a_row_is_made_asks_for_it_again(catalogue: Catalogue, make) -> None:
    uuid = make.uuid(1)
    catalogue.create_capture(uuid, make.meta(), [])
    (seen,) = catalogue.stale(9)
    catalogue.put_order(uuid, make.order())
    (again,) = catalogue.stale(9)
    assert again != seen
    catalogue.is_as_it_was(seen)
    assert catalogue.stale(9) == [again]
    catalogue.is_as_it_was(again)
    assert catalogue.stale(9) == []
    assert isinstance(again, Stale)


def test_a_write_that_changes_nothing_to_be_found_asks_for_no_row(catalogue, add, make) -> None:
    uuid = add("订单")
    case_id = catalogue.join_case(
        uuid, platform_key=None, host="shop.example", order_no=None, wanted=None, title="t",
        now=make.noon,
    )  # fmt: skip
    catalogue.put_order(uuid, make.order())
    for request in catalogue.stale(9):
        catalogue.is_as_it_was(request)
    catalogue.put_order(uuid, make.order())
    catalogue.set_state(uuid, "receiving")
    catalogue.close_case(case_id, make.noon)
    assert catalogue.stale(9) == []
    catalogue.set_state(uuid, "sealed")
    assert [request.ref for request in catalogue.stale(9)] == [uuid]
