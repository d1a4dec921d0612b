"""The user's own name in a document: where it belongs, and nowhere anybody may read it."""

from collections.abc import Callable

import pytest

from helper.complaints.drafts.fill import plan
from helper.complaints.drafts.signing import own_values, signed
from helper.model import Draft
from helper.vault.identity import Identity
from scrapers.record import OrderRecord
from tests.complaints.conftest import case_of

Make = Callable[..., Draft]
ME = Identity(
    name="欧阳试", phone="13900001111", email="me@mail.example", address="试验市假想路 1 号",
    id_number="11010519491231002X",
)  # fmt: skip


def test_a_letter_is_signed_in_its_blanks_and_the_kept_draft_stays(
    full: OrderRecord, draft_for: Make
) -> None:
    kept = draft_for(case_of(full), channel="12315")
    shown = signed(kept, ME)
    assert "投诉人：欧阳试，电话13900001111，通讯地址试验市假想路 1 号。" in shown.text
    assert "〔姓名〕" in kept.text
    assert ME.id_number not in shown.text  # this document has no place for it
    assert [one.key for one in shown.sentences] == [one.key for one in kept.sentences]


def test_what_is_not_told_stays_a_blank(full: OrderRecord, draft_for: Make) -> None:
    shown = signed(draft_for(case_of(full), channel="12315"), Identity(name="欧阳试"))
    assert "投诉人：欧阳试，电话〔号码〕，通讯地址〔地址〕。" in shown.text


def test_nobody_told_of_changes_nothing(full: OrderRecord, draft_for: Make) -> None:
    kept = draft_for(case_of(full), channel="12315")
    assert signed(kept, Identity()) == kept


def test_a_public_text_gets_nothing_and_covers_what_the_user_wrote_himself(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    mine = {"facts": f"我是{ME.name}，住{ME.address}，{ME.email}"}
    kept = draft_for(case, channel="heimao", answers=mine, hidden=own_values(ME))
    shown = signed(kept, ME)
    everything = shown.model_dump_json() + plan(shown, case, ()).model_dump_json()
    assert "我是****" in shown.text
    assert [value for value in own_values(ME) if value in everything] == []


@pytest.mark.parametrize(
    ("known", "filled"),
    [(None, ME.phone), ("139****1111", ME.phone), ("buyer@mail.example", "buyer@mail.example")],
)
def test_the_contact_of_a_form_is_the_shops_own_where_it_is_whole(
    known: str | None, filled: str, full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full.model_copy(update={"buyer_contact": known}))
    told = plan(signed(draft_for(case), ME), case, ())
    assert told.values["contact"] == filled
    assert told.identity == ("contact",)


def test_a_log_of_it_names_the_fields_only() -> None:
    assert str(ME) == repr(ME) == "Identity(name, phone, email, address, id_number)"
