"""What the user told of a case: kept once, taken back, never lost, and older vaults take it in."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from helper.dealings import Answer, Answers, Contact, Dealing, Party, Refund, Shown
from helper.errors import NotFoundError, RefusedError
from helper.model import Filing
from helper.settings import Settings
from helper.vault import schema
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.store import reading, writing
from scrapers.record import Chat, Message
from tests.vault.conftest import NOON, Make


@pytest.fixture
def case(catalogue: Catalogue, make: Make) -> str:
    return new_case(catalogue, make)


def new_case(catalogue: Catalogue, make: Make, number: int = 1) -> str:
    catalogue.create_capture(make.uuid(number), make.meta(), [])
    return catalogue.join_case(
        make.uuid(number), platform_key="demo", host="shop.example", order_no=f"A{number}",
        wanted=None, title="t", now=make.noon,
    )  # fmt: skip


def contact(**values: Any) -> Contact:
    return Contact.model_validate({"at": NOON, "way": "chat", "said": "问了发货时间"} | values)


TOLD: tuple[Dealing, ...] = (
    contact(promised="今晚到账", promised_by=NOON + timedelta(hours=6), agent_no="8"),
    Answer(at=NOON, channel="merchant_platform", outcome="coupon", offered="5.00"),
    Refund(at=NOON, amount="29.00"),
    Party(name="示例网络科技有限公司", code="91310000000000000X"),
    Answers(issue="dead_code", answers={"resale": False, "facts": "输入后提示已使用"}),
)


def told(catalogue: Catalogue, case_id: str) -> list[Dealing]:
    return [entry.what for entry in catalogue.case(case_id).entries]


def test_what_was_told_is_in_the_case_in_the_order_it_was_told(
    catalogue: Catalogue, case: str
) -> None:
    for what in TOLD:
        catalogue.add_entry(case, what, NOON)
    assert told(catalogue, case) == list(TOLD)
    assert catalogue.cases()[0].entries == catalogue.case(case).entries
    assert {entry.added_at for entry in catalogue.case(case).entries} == {NOON}


@pytest.mark.parametrize("what", TOLD, ids=lambda what: what.kind)
def test_two_clicks_make_one_entry(catalogue: Catalogue, case: str, what: Dealing) -> None:
    first = catalogue.add_entry(case, what, NOON)
    again = catalogue.add_entry(case, what, NOON + timedelta(seconds=1))
    assert again == first
    assert catalogue.case(case).entries == (first,)


def test_the_same_in_other_words_or_at_another_time_is_another_entry(
    catalogue: Catalogue, case: str
) -> None:
    for what in (contact(), contact(said="又问了一次"), contact(at=NOON + timedelta(minutes=1))):
        catalogue.add_entry(case, what, NOON)
    assert len(told(catalogue, case)) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Party(name="甲"), Party(name="乙")),
        (Answers(issue="other", answers={"resale": True}), Answers(issue="other", answers={})),
    ],
)
def test_who_changes_his_mind_twice_is_taken_at_his_last_word(
    catalogue: Catalogue, case: str, one: Dealing, other: Dealing
) -> None:
    for what in (one, other, one):
        catalogue.add_entry(case, what, NOON)
    assert told(catalogue, case) == [one, other, one]


def test_an_entry_is_taken_back_and_may_be_told_anew(catalogue: Catalogue, case: str) -> None:
    entry = catalogue.add_entry(case, TOLD[2], NOON)
    catalogue.undo_entry(case, entry.entry_id)
    assert told(catalogue, case) == []
    with pytest.raises(NotFoundError):
        catalogue.undo_entry(case, entry.entry_id)
    assert catalogue.add_entry(case, TOLD[2], NOON).entry_id != entry.entry_id


def test_an_entry_of_another_case_is_not_taken_back(
    catalogue: Catalogue, case: str, make: Make
) -> None:
    entry = catalogue.add_entry(case, contact(), NOON)
    with pytest.raises(NotFoundError):
        catalogue.undo_entry(new_case(catalogue, make, 2), entry.entry_id)
    assert told(catalogue, case) == [contact()]


def test_a_capture_proves_only_in_its_own_case_and_stays_there(
    catalogue: Catalogue, case: str, make: Make
) -> None:
    other = new_case(catalogue, make, 2)
    for capture in (make.uuid(2), make.uuid(9)):
        with pytest.raises(NotFoundError) as unknown:
            catalogue.add_entry(case, contact(capture_id=capture), NOON)
        assert unknown.value.details["reason"] == "case_capture"
    catalogue.add_entry(case, contact(capture_id=make.uuid(1)), NOON)
    with pytest.raises(RefusedError):
        catalogue.move_capture(make.uuid(1), other, NOON)


def test_nothing_is_told_of_a_case_that_is_not_there(catalogue: Catalogue) -> None:
    for call in (
        lambda: catalogue.add_entry("c-gone", contact(), NOON),
        lambda: catalogue.undo_entry("c-gone", "e-1"),
        lambda: catalogue.reopen_case("c-gone", NOON),
    ):
        with pytest.raises(NotFoundError):
            call()


def filing(**values: Any) -> Filing:
    plain = {"draft_id": "", "channel": "wechat_pay", "number": None, "capture_id": None}
    return Filing.model_validate(plain | {"at": NOON} | values)


LATER = NOON + timedelta(hours=1)
RECEIPT = str(Make.uuid(1))


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({}, {}, [(None, None, NOON)]),
        ({}, {"number": "T1"}, [("T1", None, NOON)]),
        ({"number": "T1"}, {"number": "T1", "at": LATER}, [("T1", None, LATER)]),
        ({}, {"at": LATER}, [(None, None, NOON), (None, None, LATER)]),
        ({"number": "T1"}, {"number": "T2"}, [("T1", None, NOON), ("T2", None, NOON)]),
        ({}, {"channel": "12315"}, [(None, None, NOON), (None, None, NOON)]),
        (
            {"draft_id": "d-1", "number": "T1"},
            {"draft_id": "d-1", "capture_id": RECEIPT, "at": LATER},
            [("T1", RECEIPT, LATER)],
        ),
        (
            {"draft_id": "d-1", "capture_id": RECEIPT},
            {"draft_id": "d-1", "number": "T1", "at": LATER},
            [("T1", RECEIPT, NOON)],
        ),
    ],
)
def test_a_filing_told_again_is_completed_and_another_one_is_added(
    catalogue: Catalogue,
    case: str,
    first: dict[str, Any],
    second: dict[str, Any],
    kept: list[tuple[Any, ...]],
) -> None:
    for values in (first, second):
        catalogue.add_filing(case, filing(**values))
    found = catalogue.case(case).filings
    assert [(one.number, one.capture_id, one.at) for one in found] == kept


def test_a_filing_that_was_told_is_taken_back_and_one_with_a_receipt_is_not(
    catalogue: Catalogue, case: str, make: Make
) -> None:
    catalogue.add_filing(case, filing())
    catalogue.add_filing(case, filing(draft_id="d-1", capture_id=make.uuid(1)))
    own, shown = catalogue.case(case).filings
    catalogue.undo_entry(case, own.filing_id)
    with pytest.raises(RefusedError) as refused:
        catalogue.undo_entry(case, shown.filing_id)
    assert refused.value.details["reason"] == "filing_receipt"
    assert catalogue.case(case).filings == (shown,)


def test_a_case_is_closed_with_its_reason_and_opened_again(catalogue: Catalogue, case: str) -> None:
    for _ in range(2):
        catalogue.close_case(case, NOON, "refunded")
    assert catalogue.case(case).closed_at == NOON
    for _ in range(2):
        catalogue.reopen_case(case, LATER)
    catalogue.close_case(case, LATER, "refunded")
    view = catalogue.case(case)
    assert view.closed_at == LATER
    assert [(note.step, note.detail) for note in view.notes] == [
        ("closed", "refunded"), ("reopened", None), ("closed", "refunded"),
    ]  # fmt: skip


def test_a_closed_case_may_be_given_its_reason_later(catalogue: Catalogue, case: str) -> None:
    catalogue.close_case(case, NOON)
    catalogue.close_case(case, LATER, "court")
    view = catalogue.case(case)
    assert view.closed_at == NOON
    assert [note.detail for note in view.notes] == [None, "court"]


SHOWN = Shown(page_kind="chat", chat=Chat(messages=(Message(side="agent", text="稍等"),)))


def test_what_a_page_shows_is_in_its_capture_the_newest_reading(
    catalogue: Catalogue, case: str, make: Make
) -> None:
    assert catalogue.capture(make.uuid(1)).shown is None
    catalogue.put_shown(make.uuid(1), Shown(page_kind="terms"))
    catalogue.put_shown(make.uuid(1), SHOWN)
    assert catalogue.case(case).captures[0].shown == SHOWN
    with pytest.raises(NotFoundError):
        catalogue.put_shown(make.uuid(9), SHOWN)


def test_a_vault_of_the_version_before_opens_with_all_it_held_and_takes_entries(
    catalogue: Catalogue, settings: Settings, case: str, make: Make
) -> None:
    catalogue.add_note(case, "备注", NOON)
    with writing(catalogue.engine) as connection:  # what version 1 had: all but these two tables
        schema.entries.drop(connection)
        schema.readings.drop(connection)
        connection.execute(text("UPDATE kazheng_vault SET schema_version = 1"))
    catalogue.engine.dispose()
    again = Catalogue(open_engine(settings))
    assert again.case(case).notes[0].detail == "备注"
    again.add_entry(case, contact(), NOON)
    again.put_shown(make.uuid(1), SHOWN)
    assert told(again, case) == [contact()]
    with reading(again.engine) as connection:
        version = connection.execute(text("SELECT schema_version FROM kazheng_vault")).scalars()
        assert list(version) == [schema.SCHEMA_VERSION]
    again.engine.dispose()


TELLING = """
import sys
from pathlib import Path
from tests.vault.test_entries import NOON, contact
from helper.settings import Settings
from helper.vault.catalogue import Catalogue, open_engine
vault = Catalogue(open_engine(Settings(data=Path(sys.argv[1]))))
for number in range(10_000):
    entry = vault.add_entry(sys.argv[2], contact(said=f"第 {number} 次"), NOON)
    print(entry.entry_id, flush=True)
"""

CLOSING = """
import os, sys
from pathlib import Path
from tests.vault.test_entries import NOON
from helper.settings import Settings
from helper.vault import cases
from helper.vault.catalogue import Catalogue, open_engine
cases._note_turn = lambda *_: os._exit(9)
Catalogue(open_engine(Settings(data=Path(sys.argv[1])))).close_case(sys.argv[2], NOON, "court")
"""


@contextmanager
def child(code: str, settings: Settings, case: str) -> Iterator[subprocess.Popen[str]]:
    paths = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.data), case],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths},
    ) as process:  # fmt: skip
        yield process


def test_a_kill_in_the_middle_loses_no_entry_that_was_acknowledged(
    catalogue: Catalogue, settings: Settings, case: str
) -> None:
    with child(TELLING, settings, case) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(20)]
        process.kill()
        said += process.stdout.read().split()
    kept = [entry.entry_id for entry in catalogue.case(case).entries]
    assert kept[: len(said)] == said
    assert len(said) >= 20
    assert len(kept) <= len(said) + 1


def test_a_death_between_closing_and_its_reason_leaves_the_case_open(
    catalogue: Catalogue, settings: Settings, case: str
) -> None:
    with child(CLOSING, settings, case) as process:
        assert process.wait(timeout=60) == 9
    view = catalogue.case(case)
    assert (view.closed_at, view.notes) == (None, ())
