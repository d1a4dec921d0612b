"""What is proved by which exhibit, what only the user says, and what nothing shows."""

from datetime import timedelta
from typing import Any

import pytest

from helper.complaints.dispute.issues import issues
from helper.complaints.exhibits import choose
from helper.complaints.figures import figures
from helper.complaints.proof.chain import Chain, Link, chain
from helper.complaints.proof.worth import Property
from helper.dealings import Contact, Entry, Party, Shown
from helper.messages import LANGUAGES
from helper.model import CaptureMeta, CaptureView, CaseView, Seal, StampView
from scrapers.record import Operator, OrderRecord, Payment, Product, Source
from tests.complaints.conftest import CLICKED, NOW, PAID, artifact, capture, case_of

ISSUES = [issue.key for issue in issues()]
HASH = "ab" * 32


def chained(case: CaseView, issue: str = "not_delivered", **changes: Any) -> Chain:
    assert case.order is not None
    seen = figures(case, case.order, choose(case, channel="court"))
    assert seen is not None
    return chain(case, issue, seen, **changes)


def links(found: Chain) -> dict[str, Link]:
    every = [link for phase in found.phases for link in phase.links]
    return {link.key: link for link in (*every, *found.triangle, *found.elements)}


def with_files(order: OrderRecord, *kinds: str, **about: Any) -> CaseView:
    kept = capture(order)
    files = [artifact("attachment", f"{n}", kind=kind, **about) for n, kind in enumerate(kinds)]
    return case_of(order, kept.model_copy(update={"artifacts": (*kept.artifacts, *files)}))


def page(number: int, **changes: Any) -> CaptureView:
    meta = CaptureMeta(url="https://wangzi.localhost/p", title="页", clicked_at=CLICKED)
    return capture(None, number=number, meta=meta, **changes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("issue", ISSUES)
def test_every_link_has_its_words_and_only_what_is_proved_is_cited(
    issue: str, language: Any, variants: dict[str, OrderRecord]
) -> None:
    for order in (variants[issue], OrderRecord(), OrderRecord(order_no="1", status="unknown")):
        found = chained(case_of(order, capture(order)), issue, language=language)
        for link in links(found).values():
            assert (link.state == "proved") is bool(link.exhibits)
            for text in (link.name, link.text):
                assert not text.startswith("proof.")
                assert "{" not in text
        said = [s for one in found.exhibits for p in one.properties for s in (*p.stands, *p.open)]
        for text in (*said, *(limit.text for limit in found.limits), found.note):
            assert not text.startswith("proof.")
            assert "{" not in text


def test_the_phases_stand_in_the_order_of_time(full: OrderRecord) -> None:
    found = chained(case_of(full))
    assert [phase.key for phase in found.phases] == ["before", "during", "after"]
    assert [link.key for link in found.triangle] == ["time", "evidence", "responsibility"]
    assert [link.key for link in found.elements] == ["paid", "fault.not_delivered", "linked"]


def test_a_value_of_the_user_is_their_word_until_a_bill_shows_it(full: OrderRecord) -> None:
    sources = {path: Source(artifact="user") for path in ("payment.paid_at", "payment.trade_no")}
    told = full.model_copy(update={"sources": sources})
    state = {key: link.state for key, link in links(chained(case_of(told))).items()}
    assert (state["paid"], state["paid_at"], state["time"]) == ("stated", "stated", "stated")
    billed = links(chained(with_files(told, "payment")))
    assert (billed["paid"].exhibits, billed["paid_at"].exhibits) == ((4,), (4,))


def test_nothing_that_is_unknown_is_called_proved_or_stated(full: OrderRecord) -> None:
    unpaid = full.model_copy(update={"payment": Payment(), "order_no": None})
    found = links(chained(case_of(unpaid)))
    for key in ("paid", "paid_at", "ordered", "responsibility", "asked", "terms", "time"):
        assert found[key].state == "missing", key


def test_a_page_from_before_the_payment_proves_no_state_after_it(full: OrderRecord) -> None:
    early = capture(full, meta=CaptureMeta(
        url="https://wangzi.localhost/1", clicked_at=PAID - timedelta(minutes=1)))  # fmt: skip
    found = links(chained(case_of(full, early)))
    assert found["state_after"].state == "stated"
    assert found["fault.not_delivered"].state == "stated"
    assert links(chained(case_of(full)))["state_after"].exhibits == (1,)


def test_a_top_up_marked_done_is_not_proved_to_be_missing(full: OrderRecord) -> None:
    key = "fault.not_delivered"
    done = full.model_copy(update={"status": "completed"})
    assert links(chained(case_of(done)))[key].state == "proved"
    delivery = full.delivery.model_copy(update={"kind": "direct_recharge"})
    topped = done.model_copy(update={"delivery": delivery})
    assert links(chained(case_of(topped)))[key].state == "stated"
    assert links(chained(with_files(topped, "account_record")))[key].exhibits == (4,)


def test_that_no_refund_came_needs_the_page_and_the_bill(variants: dict[str, OrderRecord]) -> None:
    for issue in ("refund_missing", "failed_no_refund"):
        key = f"fault.{issue}"
        assert links(chained(case_of(variants[issue]), issue))[key].state == "stated"
        billed = links(chained(with_files(variants[issue], "payment"), issue))
        assert billed[key].exhibits == (1, 4)
        bill = {"provider": "wechat", "trade_no": "1", "paid_at": PAID.isoformat(),
                "amount": "98.00", "stayed_out": False}  # fmt: skip
        returned = chained(with_files(variants[issue], "payment", payment=bill), issue)
        assert links(returned)[key].state == "stated"


def test_one_extract_does_not_show_two_charges(variants: dict[str, OrderRecord]) -> None:
    bill = {"provider": "wechat", "trade_no": "1", "paid_at": PAID.isoformat(), "amount": "98.00",
            "stayed_out": True}  # fmt: skip
    order, key = variants["duplicate_charge"], "fault.duplicate_charge"
    single = chained(with_files(order, "payment", payment=bill), "duplicate_charge")
    assert links(single)[key].state == "stated"
    pictured = chained(with_files(order, "payment"), "duplicate_charge")
    assert links(pictured)[key].state == "proved"


def test_not_as_described_needs_both_pages(variants: dict[str, OrderRecord]) -> None:
    order, key = variants["not_as_described"], "fault.not_as_described"
    half = chained(with_files(order, "received"), "not_as_described")
    assert links(half)[key].state == "stated"
    product = page(2, shown=Shown(product=Product(title="点卡")))
    kept = with_files(order, "received")
    both = kept.model_copy(update={"captures": (*kept.captures, product)})
    assert links(chained(both, "not_as_described"))[key].exhibits == (4, 5)


def test_who_is_responsible_is_proved_only_by_a_kept_page(full: OrderRecord) -> None:
    party = Entry(entry_id="e", added_at=NOW, what=Party(name="杭州示例网络有限公司"))
    told = case_of(full, entries=(party,))
    assert links(chained(told))["responsibility"].state == "stated"
    footer = page(2, shown=Shown(operator=Operator(name="杭州示例网络有限公司")))
    kept = case_of(full, capture(full), footer)
    assert links(chained(kept))["responsibility"].exhibits == (4,)


def test_a_contact_is_the_users_word_and_a_chat_is_proof(full: OrderRecord) -> None:
    contact = Entry(entry_id="e", added_at=NOW, what=Contact(at=NOW, way="phone"))
    assert links(chained(case_of(full, entries=(contact,))))["asked"].state == "stated"
    assert links(chained(with_files(full, "chat")))["asked"].exhibits == (4,)


def test_trade_talk_and_fault_have_their_own_proof(variants: dict[str, OrderRecord]) -> None:
    case = with_files(variants["dead_code"], "payment", "chat", "redeem_error")
    found = links(chained(case, "dead_code"))
    keys = ("paid", "asked", "fault.dead_code")
    assert [found[key].exhibits for key in keys] == [(1, 2, 4), (5,), (6,)]


def test_payment_and_order_are_linked_by_one_number(full: OrderRecord) -> None:
    bare = full.model_copy(update={"payment": Payment()})
    bill = {"provider": "wechat", "trade_no": "1", "paid_at": PAID.isoformat(), "amount": "98.00",
            "stayed_out": True}  # fmt: skip
    other = chained(with_files(bare, "payment", payment=bill))
    assert links(other)["linked"].state == "stated"
    same = chained(with_files(bare, "payment", payment=bill | {"merchant_no": full.order_no}))
    assert links(same)["linked"].exhibits == (4,)


def test_causation_is_asked_for_a_loss_only(full: OrderRecord) -> None:
    found = chained(case_of(full))
    assert "只有另外要求赔偿损失时，才要证明损失是对方造成的" in found.note
    assert {ref.article for ref in found.law} == {
        "第五百一十二条", "第五百七十七条", "第五百八十四条", "第五十一条",
    }  # fmt: skip


def worth(case: CaseView, number: int) -> dict[str, Property]:
    one = next(one for one in chained(case).exhibits if one.number == number)
    return {found.key: found for found in one.properties}


def test_what_stands_for_a_page_is_said_with_what_is_open(full: OrderRecord) -> None:
    bare = worth(case_of(full), 1)["authenticity"]
    assert any("还没有封存完成" in text for text in bare.open)
    seal = Seal(index=1, stage="S0", capture_id=capture(full).capture_id, manifest=HASH,
                signature=HASH, previous=None, sealed_at=NOW)  # fmt: skip
    stamp = StampView(authority="a", kind="rfc3161", stage="S2", state="stamped", stamped_at=NOW,
                      root=HASH)  # fmt: skip
    view = capture(full, seals=(seal,), stamps=(stamp,))
    kept = worth(case_of(full, view), 1)
    assert kept["authenticity"].open == ()
    assert len(kept["authenticity"].stands) == 4
    assert "WZ20261120142251617" in kept["relevance"].stands[0]
    rootless = capture(full, seals=(seal,), stamps=(stamp.model_copy(update={"root": None}),))
    assert any("还没有确认的时间戳" in t for t in worth(case_of(full, rootless), 1)
               ["authenticity"].open)  # fmt: skip


def test_legality_is_not_a_matter_of_the_platforms_channel(full: OrderRecord) -> None:
    [said] = worth(case_of(full), 1)["legality"].stands
    assert "不要求“通过平台渠道”取得" in said


def test_a_file_of_the_user_is_not_called_unedited(full: OrderRecord) -> None:
    found = worth(with_files(full, "chat"), 4)
    assert any("没有检查它之前是否被编辑过" in text for text in found["authenticity"].open)
    assert found["legality"].stands == ()
    assert found["relevance"].stands == ()
    case = with_files(full, "redacted")
    assert all(one.number != 4 for one in chained(case).exhibits)


def test_a_bill_with_the_orders_number_belongs_to_it(full: OrderRecord) -> None:
    bill = {"provider": "wechat", "trade_no": full.payment.trade_no, "paid_at": PAID.isoformat(),
            "amount": "98.00", "stayed_out": True}  # fmt: skip
    assert worth(with_files(full, "payment", payment=bill), 4)["relevance"].stands
    other = bill | {"trade_no": "1"}
    assert worth(with_files(full, "payment", payment=other), 4)["relevance"].open


def test_the_limits_are_told_with_their_articles(full: OrderRecord) -> None:
    limits = chained(case_of(full)).limits
    assert [limit.law and limit.law.article for limit in limits] == [
        "第十五条", "第九十条", "第九十三条", "第九十四条",
    ]  # fmt: skip
    assert "都不是中立第三方的记录" in limits[-1].text
    assert "请把案件导出，另外存一份" in limits[0].text
