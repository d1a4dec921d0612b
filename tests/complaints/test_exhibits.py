"""Which artifacts become exhibits, in which order, under which name."""

from datetime import timedelta
from typing import Any

from helper.complaints.exhibits import choose, main_capture, name_of, numbered
from helper.dealings import Contact, Entry, Shown, Walk
from helper.model import CaptureMeta, CaptureView, Draft, Exhibit
from scrapers.record import OrderRecord, Product
from tests.complaints.conftest import CLICKED, NOW, agreeing, artifact, capture, case_of

CHANNEL = "merchant_platform"


def citing(exhibits: tuple[Exhibit, ...]) -> Draft:
    return Draft(
        draft_id="d-1", case_id="c-1", channel=CHANNEL, issue="not_delivered", demand="",
        title="", fields={}, text="", sentences=(), exhibits=exhibits, gaps=(), lint=(), law=(),
        created_at=NOW,
    )  # fmt: skip


def test_the_order_page_with_its_address_comes_first(full: OrderRecord) -> None:
    chosen = choose(case_of(full), channel=CHANNEL)
    assert [e.role for e in chosen] == ["seen/sheet", "witness/window", "witness/pdf"]
    assert [e.number for e in chosen] == [1, 2, 3]
    assert chosen[0].label == "证据1 订单页截图（含网址，北京时间 2026-11-22 15:51 保存）"
    assert chosen[1].label.startswith("证据2 订单页再次访问时的浏览器窗口截图（含地址栏，")


def test_a_page_of_a_walk_names_its_step_but_not_in_sentences(full: OrderRecord) -> None:
    walk = Walk(session="00000000-0000-4000-8000-00000000000a", step=3)
    view = capture(full)
    view = view.model_copy(update={"meta": view.meta.model_copy(update={"walk": walk})})
    seen, again, *_ = choose(case_of(full, view), channel=CHANNEL)
    assert seen.label.endswith("保存，连续取证第3步）")
    assert "第3步" not in again.label, "the second visit is no step of it"
    assert name_of(seen) == "订单页截图"


def test_the_sheet_of_the_whole_page_is_preferred(full: OrderRecord) -> None:
    sheets = (artifact("seen/sheet"), artifact("seen/sheet", "-page"))
    chosen = choose(case_of(full, capture(full, artifacts=sheets)), channel=CHANNEL)
    assert [e.name for e in chosen] == ["seen-sheet-page.png"]


def test_without_sheet_and_window_the_plain_pictures_serve(full: OrderRecord) -> None:
    plain = (artifact("seen/viewport"), artifact("witness/page"))
    chosen = choose(case_of(full, capture(full, artifacts=plain)), channel=CHANNEL)
    assert [e.role for e in chosen] == ["seen/viewport", "witness/page"]
    assert chosen[0].label == "证据1 订单页可见部分截图（北京时间 2026-11-22 15:51 保存）"


def test_a_visit_without_a_seen_page_is_the_order_page(full: OrderRecord) -> None:
    kept = (artifact("witness/sheet"), artifact("witness/window"))
    view = capture(full, artifacts=kept, corroboration=None)
    assert [e.role for e in choose(case_of(full, view), channel=CHANNEL)] == ["witness/window"]


def test_a_second_visit_without_the_session_proves_nothing(full: OrderRecord) -> None:
    compared = agreeing(full, verdict="not_comparable", session="not_lent")
    chosen = choose(case_of(full, capture(full, corroboration=compared)), channel=CHANNEL)
    assert "witness/window" not in {e.role for e in chosen}


def test_own_files_come_last_under_their_own_name(full: OrderRecord) -> None:
    kept = capture(full)
    files = (
        artifact("attachment", "1", kind="payment"),
        artifact("attachment", "2", label="客服电话录音"),
        artifact("attachment", "3"),
    )
    view = kept.model_copy(update={"artifacts": (*files, *kept.artifacts)})
    labels = [e.label for e in choose(case_of(full, view), channel=CHANNEL)]
    assert labels[-3:] == ["证据4 付款账单", "证据5 客服电话录音", "证据6 补充材料"]


def test_the_same_bytes_are_one_exhibit(full: OrderRecord) -> None:
    one = artifact("attachment")
    view = capture(full, artifacts=(artifact("seen/sheet"), one, one))
    assert len(choose(case_of(full, view), channel=CHANNEL)) == 2


def test_other_pages_of_the_case_are_named_by_their_title(full: OrderRecord) -> None:
    meta = CaptureMeta(
        url="https://wangzi.localhost/p/1", title="商品详情", clicked_at=CLICKED - timedelta(days=1)
    )
    case = case_of(full, capture(full), capture(None, number=2, meta=meta))
    labels = [e.label for e in choose(case, channel=CHANNEL)]
    assert labels[-1] == "证据4 网页“商品详情”截图（含网址，北京时间 2026-11-21 15:51 保存）"


def further(number: int, **changes: Any) -> CaptureView:
    """A page of the shop that shows no order, the later the higher its number."""
    at = CLICKED - timedelta(days=30 - number)
    meta = CaptureMeta(url=f"https://wangzi.localhost/p/{number}", clicked_at=at)
    return capture(None, number=number, meta=meta, **changes)


def test_of_pages_that_tell_nothing_of_the_dispute_few_are_listed(full: OrderRecord) -> None:
    plain = [further(number) for number in range(5, 12)]
    listed = [e.capture_id for e in choose(case_of(full, capture(full), *plain), channel=CHANNEL)]
    assert listed[3:] == [plain[n].capture_id for n in (6, 5, 4, 3)]


def test_a_page_that_the_dispute_rests_on_is_listed_whatever_came_later(full: OrderRecord) -> None:
    goods = further(2, shown=Shown(page_kind="product", product=Product(title="点卡")))
    talk = further(3)
    told = Contact(at=NOW, way="chat", said="问了", capture_id=talk.capture_id)
    case = case_of(
        full, capture(full), goods, talk, *(further(number) for number in range(5, 12)),
        entries=(Entry(entry_id="e-1", added_at=NOW, what=told),),
    )  # fmt: skip
    listed = [e.capture_id for e in choose(case, channel=CHANNEL)]
    assert listed[3:5] == [talk.capture_id, goods.capture_id]
    assert len(listed) == 7


def test_the_newest_page_of_the_order_is_the_main_one(full: OrderRecord) -> None:
    later = CaptureMeta(url="https://x.localhost/", clicked_at=CLICKED + timedelta(hours=2))
    old, new = capture(full), capture(full, number=2, meta=later)
    other = capture(None, number=3, meta=later)
    assert main_capture(case_of(full, old, other, new)) == new


def test_a_newer_page_of_which_no_picture_came_does_not_take_the_place(full: OrderRecord) -> None:
    later = CaptureMeta(url="https://x.localhost/", clicked_at=CLICKED + timedelta(hours=2))
    broken = capture(full, number=2, meta=later, artifacts=(artifact("seen/html"),))
    assert main_capture(case_of(full, capture(full), broken)) == capture(full)


def test_a_covered_picture_goes_to_public_channels_only(full: OrderRecord) -> None:
    kept = capture(full)
    covered = artifact("attachment", kind="redacted")
    case = case_of(full, kept.model_copy(update={"artifacts": (*kept.artifacts, covered)}))
    taking = [c for c in (CHANNEL, "12315", "heimao")
              if covered.sha256 in {e.sha256 for e in choose(case, channel=c)}]  # fmt: skip
    assert taking == ["heimao"]


def test_a_case_without_pictures_has_no_exhibits(full: OrderRecord) -> None:
    html = (artifact("seen/html"), artifact("witness/warc"))
    assert choose(case_of(full, capture(full, artifacts=html)), channel=CHANNEL) == ()


def test_one_numbering_has_every_exhibit_once_and_the_draft_wins(full: OrderRecord) -> None:
    sheets = (artifact("seen/sheet"), artifact("seen/sheet", "-page"), artifact("witness/window"))
    read = artifact("order")
    view = capture(full, artifacts=(*sheets, artifact("attachment", "1"), read))
    case = case_of(full, view)
    sent = choose(case_of(full, capture(full, artifacts=sheets)), channel=CHANNEL)
    found = numbered(case, citing(sent))
    assert found[: len(sent)] == sent
    assert [e.number for e in found] == list(range(1, len(found) + 1))
    assert {e.sha256 for e in found} == {a.sha256 for a in view.artifacts}
    assert [e.role for e in found[len(sent) :]] == ["attachment", "seen/sheet", "order"]
    assert all(e.label.startswith(f"证据{e.number} ") for e in found)
    assert len({e.label.partition(" ")[2] for e in found}) == len(found)


def test_a_number_of_a_draft_is_never_given_to_another_file(full: OrderRecord) -> None:
    case = case_of(full, capture(full, artifacts=(artifact("seen/sheet"), artifact("order"))))
    gone = choose(case, channel=CHANNEL)[0].model_copy(update={"number": 7, "sha256": "ab" * 32})
    assert [e.number for e in numbered(case, citing((gone,)))] == [7, 8, 9]


def test_of_two_readings_of_the_order_the_later_one_is_shown(full: OrderRecord) -> None:
    readings = (artifact("order"), artifact("order", "-compared"))
    kept = capture(full, artifacts=(artifact("seen/sheet"), *readings))
    shown = [e.name for e in numbered(case_of(full, kept), None) if e.role == "order"]
    assert shown == [readings[1].name]
