"""What was read can be found, in the words it shows and without what a redacted copy covers."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from helper.dealings import Contact
from helper.model import Missing
from helper.steps.attach import attach
from helper.steps.comparing import compare
from helper.steps.indexing import Indexer
from helper.steps.keep import keep_parts
from helper.steps.store import Store
from helper.vault.library import Filters, Listed
from scrapers.record import Delivery, OrderRecord
from scrapers.text import mask

from .conftest import NOON, URL, Captures

CODE, PASSWORD = "KXPD-7745-QWTR-9921", "Qwe998877"
TEXT = (
    "订单号 KZ20240102\n商品 视频会员月卡\n状态 已发货，请查收\n"
    f"1. {CODE}\n游戏密码：{PASSWORD}\n客服 13812345678\n未到账请联系客服"
)


@pytest.fixture
def indexer(store: Store) -> Indexer:
    return Indexer(store)


def seen(store: Store, captures: Captures, text: str = TEXT, **meta: object) -> str:
    uuid = captures.new(("seen/text", text.encode(), {}), **({"title": "订单详情"} | meta))
    keep_parts(store, uuid)
    return uuid


def ordered(store: Store, uuid: str, number: str = "KZ20240102", code: str | None = CODE) -> str:
    secrets = (mask(code),) if code else ()
    order = OrderRecord(order_no=number, delivery=Delivery(secrets=secrets))
    store.vault.put_order(uuid, order)
    case_id = store.vault.join_case(
        uuid, platform_key=None, host="shop.example", order_no=number, wanted=None,
        title="视频会员月卡", now=NOON,
    )  # fmt: skip
    store.note(uuid, "read")
    return case_id


def found(store: Store, words: str) -> list[str]:
    return [hit.capture_id for hit in store.vault.search(words).captures]


def row(store: Store, uuid: str) -> Listed:
    return next(one for one in store.vault.listed(Filters()).rows if one.capture_id == uuid)


def kept_words(store: Store) -> str:
    """Return everything that the library keeps of any page."""
    with store.vault.engine.connect() as connection:
        tables = ("documents", "library", "library_grams_data")
        return str([
            connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables
        ])  # fmt: skip


def test_a_read_page_is_found_and_nothing_private_is_kept(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    uuid = seen(store, captures)
    case_id = ordered(store, uuid)
    indexer.finish()
    for words in ("发货", "卡", "未到账 客服", "KZ20240102", "shop.example"):
        assert found(store, words) == [uuid], words
    for words in (CODE, "7745", PASSWORD, "998877", "13812345678"):
        assert found(store, words) == [], words
    kept = kept_words(store)
    assert not [one for one in ("7745", "QWTR", "qwtr", "998877", "12345678") if one in kept]
    (order,) = store.vault.search("会员月卡").orders
    assert (order.case_id, order.order_no) == (case_id, "KZ20240102")


def test_a_code_that_no_line_shows_whole_takes_all_that_may_be_one(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    uuid = seen(store, captures, "订单号 KZ20240102\n卡密\nKXPD-7745\n-QWTR-9921x 发货")
    ordered(store, uuid)
    indexer.finish()
    assert "7745" not in kept_words(store)
    assert found(store, "发货 KZ20240102") == [uuid]


def test_a_code_is_covered_on_other_pages_of_its_case_too(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    early = seen(store, captures, f"我发过的 {CODE} 无效")
    store.vault.join_case(
        early, platform_key=None, host="shop.example", order_no="KZ20240102", wanted=None,
        title="视频会员月卡", now=NOON,
    )  # fmt: skip
    store.note(early, "read")
    indexer.finish()
    assert found(store, CODE) == [early]
    ordered(store, seen(store, captures))
    indexer.finish()
    assert found(store, CODE) == []
    assert found(store, "无效") == [early]


def test_before_it_is_read_a_page_is_listed_and_its_text_is_not_kept(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    uuid = seen(store, captures)
    indexer.finish()
    assert (row(store, uuid).kind, row(store, uuid).title) == ("unread", "订单详情")
    assert found(store, "发货") == []
    assert CODE not in kept_words(store)
    ordered(store, uuid)
    indexer.finish()
    assert found(store, "发货") == [uuid]


def test_a_corrected_order_is_found_by_what_the_user_gave(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    uuid = seen(store, captures)
    case_id = ordered(store, uuid)
    indexer.finish()
    store.vault.add_correction(case_id, "order_no", "ZZ99887766", NOON)
    indexer.finish()
    assert found(store, "ZZ9988") == [uuid]
    assert row(store, uuid).order_no == "ZZ99887766"
    assert [one.order_no for one in store.vault.search("ZZ9988").orders] == ["ZZ99887766"]
    store.vault.undo_correction(case_id, "order_no")
    indexer.finish()
    assert found(store, "ZZ9988") == []


def test_what_the_user_told_is_found_with_the_order(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    case_id = ordered(store, seen(store, captures))
    indexer.finish()
    what = Contact(at=NOON, way="phone", who="张小雨", said="客服张小雨说三天内补发")
    store.vault.add_entry(case_id, what, NOON)
    indexer.finish()
    assert [one.case_id for one in store.vault.search("三天内补发").orders] == [case_id]
    assert store.vault.search("张小雨").orders == ()


def test_an_older_vault_is_listed_whole_and_twice_is_as_once(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    uuid = seen(store, captures)
    ordered(store, uuid)
    with store.vault.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM library_stale")  # as where no trigger was
    assert indexer.turn() == 0
    indexer.finish()
    before = kept_words(store)
    Indexer(store).finish()
    assert kept_words(store) == before
    assert found(store, "发货") == [uuid]


def test_what_one_page_breaks_hides_no_other(
    store: Store, captures: Captures, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = seen(store, captures, "好的一页"), seen(store, captures, "坏的一页")
    ordered(store, good, "A1", None)
    ordered(store, bad, "B2", None)
    whole = Indexer._list

    def broken(self, request, view, *rest) -> None:
        if view.capture_id == bad:
            raise RecursionError
        whole(self, request, view, *rest)

    monkeypatch.setattr(Indexer, "_list", broken)
    indexer.finish()
    assert found(store, "一页") == [good]
    assert (row(store, bad).kind, row(store, bad).title) == ("unread", "")
    monkeypatch.undo()
    Indexer(store).finish()
    assert set(found(store, "一页")) == {good, bad}


def test_what_one_unreadable_record_breaks_hides_no_other_and_is_in_no_log(
    store: Store, captures: Captures, indexer: Indexer, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad, worse = (seen(store, captures, f"第{n}页") for n in range(3))
    ordered(store, good, "A1", None)
    case_id = ordered(store, bad, "B2", None)
    indexer.finish()
    with store.vault.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE captures SET order_record = json_set(order_record, '$.amount', '13812345678x')"
            " WHERE capture_id = ?", (bad,)
        )  # fmt: skip
        connection.exec_driver_sql(
            "UPDATE captures SET meta = '{\"url\": 1}' WHERE capture_id = ?", (worse,)
        )
    indexer.finish()
    assert found(store, "第 页") == [good]
    assert [one.order_no for one in store.vault.search("视频").orders] == ["A1"]
    assert (row(store, bad).kind, row(store, bad).title) == ("unread", "")
    assert worse not in [one.capture_id for one in store.vault.listed(Filters()).rows]
    assert case_id in caplog.text
    assert "13812345678" not in caplog.text


def test_only_some_can_be_made_and_how_many_are_left_is_told(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    one, *others = (seen(store, captures, f"第{n}页") for n in range(9))
    indexer.finish(one)
    assert row(store, one)
    assert {request.ref for request in store.vault.stale(99)} == set(others)
    left: list[int] = []
    indexer.finish(told=left.append)
    assert left == [4, 0]


async def test_it_works_in_the_background_and_ends_what_it_began(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    uuid = seen(store, captures)
    ordered(store, uuid)
    working = asyncio.create_task(indexer.work())
    await until(lambda: found(store, "发货") == [uuid])
    store.vault.add_correction(store.vault.capture(uuid).case_id or "", "order_no", "ZZ9", NOON)
    await until(lambda: found(store, "zz9") == [uuid])
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert working.cancelled()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(true):
            pass


def test_a_brought_file_is_listed_by_name_and_note(
    store: Store, captures: Captures, indexer: Indexer, tmp_path
) -> None:
    case_id = ordered(store, seen(store, captures))
    photo = tmp_path / "转账截图.png"
    photo.write_bytes(b"picture")
    view = attach(store, case_id, photo, limit=100, note="付款后客服拒绝回复")
    indexer.finish()
    assert found(store, "转账 拒绝") == [view.capture_id]
    one = row(store, view.capture_id)
    assert (one.kind, one.missing, one.thumbnail) == ("brought", 0, "attachment-转账截图.png")
    assert store.vault.same_page(view.capture_id) == ()


def test_filters_leave_out_what_does_not_match(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    one = seen(store, captures, url="https://a.example/o/1?utm_source=x&b=2&a=1")
    two = seen(store, captures, url="https://b.example/o/2", clicked_at=NOON + timedelta(days=1))
    case_id = ordered(store, one, "A1")
    ordered(store, two, "B2")
    store.vault.add_missing(two, [Missing(role="witness", reason="no_answer")])
    indexer.finish()

    def listed(**values: object) -> list[str]:
        filters = Filters.model_validate(values)
        return [row.capture_id for row in store.vault.listed(filters).rows]

    assert listed() == [two, one]
    assert listed(host="a.example") == [one]
    assert listed(case_id=case_id) == [one]
    assert listed(missing=True) == [two]
    assert listed(since=NOON + timedelta(hours=1)) == [two]
    assert listed(until=NOON + timedelta(hours=1)) == [one]
    assert listed(words="发货", kind="order") == [two, one]
    assert listed(state="sealed") == listed(words="香蕉") == listed(words=" \u200b") == []
    assert store.vault.choices().hosts == {"a.example": 1, "b.example": 1}


def test_pages_of_the_list_hold_each_capture_once(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    made = [seen(store, captures, clicked_at=NOON + timedelta(minutes=n // 2)) for n in range(5)]
    indexer.finish()
    told: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = store.vault.listed(Filters(), limit=2, after=after)
        told += [one.capture_id for one in page.rows]
        after = page.after
    assert after is None
    assert told == made[::-1]


def test_captures_of_one_address_are_compared_over_time(
    store: Store, captures: Captures, indexer: Indexer
) -> None:
    early = seen(store, captures, "支持七天退款\n卡密 AAAA-1111-BBBB", url=f"{URL}?a=1&b=2#top")
    late = seen(store, captures, "概不退款\n卡密 CCCC-2222-DDDD", url=f"{URL}/?b=2&a=1&spm=x",
                clicked_at=NOON + timedelta(days=2))  # fmt: skip
    other = seen(store, captures, url=f"{URL}?a=1&b=3")
    for uuid in (early, late, other):
        ordered(store, uuid, code=None)
    indexer.finish()
    assert [one.capture_id for one in store.vault.same_page(early)] == [late, early]
    assert row(store, late).same_page == store.vault.times_kept(early) == 2
    assert store.vault.neighbour(late) == early
    assert store.vault.neighbour(early) == late  # nothing is before it
    assert store.vault.neighbour(other) is None
    result = compare(store.vault, late, early)
    assert (result.before.capture_id, result.after.capture_id) == (early, late)
    assert result.same_page
    said = json.loads(result.text.model_dump_json())
    assert [line["kind"] for line in said["lines"]][:2] == ["removed", "added"]
    assert "1111" not in result.model_dump_json()
    assert result.bought is None
    assert not compare(store.vault, early, other).same_page


@pytest.mark.parametrize(
    ("minutes", "bought"), [(-1, "before"), (0, "before"), (5, "between"), (10, "after")]
)
def test_a_comparison_says_how_the_purchase_lies_to_the_change(
    store: Store, captures: Captures, indexer: Indexer, minutes: int, bought: str
) -> None:
    texts = ("支持退款", "概不退款")
    one, other = (
        seen(store, captures, said, clicked_at=NOON + timedelta(minutes=10 * number))
        for number, said in enumerate(texts)
    )
    case_id = ordered(store, one, code=None)
    ordered(store, other, code=None)
    paid = (NOON + timedelta(minutes=minutes)).isoformat()
    store.vault.add_correction(case_id, "payment.paid_at", paid, NOON)
    indexer.finish()
    assert compare(store.vault, one, other).bought == bought
