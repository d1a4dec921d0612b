"""Versions of drafts: all are kept, what was filed stays as it is, no words are lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from helper.dealings import Edit
from helper.errors import ConflictError, NotFoundError
from helper.model import Draft, Filing, LintFinding
from helper.settings import Settings
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.drafts import Reword


@pytest.fixture
def case_id(catalogue: Catalogue, make) -> str:
    catalogue.create_capture(make.uuid(1), make.meta(), [])
    return catalogue.join_case(
        make.uuid(1), platform_key=None, host="shop.example", order_no="A1", wanted=None,
        title="x", now=make.noon,
    )  # fmt: skip


def draft(case_id: str, number: int = 1, text: str = "正文", **values: object) -> Draft:
    empty: dict[str, object] = dict.fromkeys(("sentences", "exhibits", "gaps", "lint", "law"), ())
    plain = {
        "draft_id": f"d-{number}", "case_id": case_id, "channel": "alipay", "issue": "other",
        "demand": "退款", "title": "投诉", "fields": {}, "text": text,
        "created_at": "2026-03-01T12:00:00+08:00",
    }  # fmt: skip
    return Draft.model_validate(empty | plain | values)


def reword(composed: Draft, edits: tuple[Edit, ...]) -> Draft:
    """Put the edits behind our text."""
    text = "".join([composed.text, *(one.text for one in edits)])
    return composed.model_copy(update={"text": text, "edits": edits}) if edits else composed


def adding(words: str, make) -> Reword:
    """Say that the user gave these words for a sentence of that name."""

    def change(composed: Draft, edits: tuple[Edit, ...]) -> Draft:
        one = Edit(key=words, text=words, replaced="正文", ours=None, at=make.noon)
        return reword(composed, (*edits, one))

    return change


def edit(catalogue: Catalogue, draft_id: str, words: str, make, next_id: str = "d-next") -> Draft:
    return catalogue.edit_draft(draft_id, adding(words, make), next_id=next_id, now=make.moment(5))


def test_versions_follow_each_other_by_case_channel_and_document(
    catalogue: Catalogue, case_id: str
) -> None:
    made = [
        catalogue.add_draft(draft(case_id, number, f"正文 {number}", **own), reword)
        for number, own in enumerate([{}, {}, {"channel": "cca"}, {"document": "other"}, {}])
    ]
    assert [(one.version, one.replaces) for one in made] == [
        (1, None), (2, "d-0"), (1, None), (1, None), (3, "d-1"),
    ]  # fmt: skip
    assert catalogue.drafts_of(case_id) == made


def test_a_second_click_makes_no_version_and_renews_the_advice(
    catalogue: Catalogue, case_id: str, make
) -> None:
    first = catalogue.add_draft(draft(case_id), reword)
    advice = (LintFinding(rule="vague", text="x", advice="y"),)
    later = draft(case_id, 2, lint=advice, created_at=make.noon)
    again = catalogue.add_draft(later, reword)
    assert again == first.model_copy(update={"lint": advice})
    assert catalogue.drafts_of(case_id) == [again]


def test_two_clicks_at_once_make_one_version(catalogue: Catalogue, case_id: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = {
            one.draft_id
            for one in pool.map(
                lambda number: catalogue.add_draft(draft(case_id, number), reword), range(8)
            )
        }
    assert len(ids) == 1
    assert len(catalogue.drafts_of(case_id)) == 1


def test_edits_at_once_are_all_kept(catalogue: Catalogue, case_id: str, make) -> None:
    catalogue.add_draft(draft(case_id), reword)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda words: edit(catalogue, "d-1", words, make), "甲乙丙丁"))
    assert sorted(one.text for one in catalogue.draft("d-1").edits) == sorted("甲乙丙丁")


def test_own_words_are_there_after_a_restart_and_in_the_next_version(
    catalogue: Catalogue, case_id: str, settings: Settings, make
) -> None:
    catalogue.add_draft(draft(case_id), reword)
    edit(catalogue, "d-1", "我的话", make)
    engine = open_engine(settings)  # what a crash before the next draft leaves
    after = Catalogue(engine).add_draft(draft(case_id, 2, "新正文"), reword)
    engine.dispose()
    assert (after.text, after.version) == ("新正文我的话", 2)
    assert catalogue.draft("d-1").text == "正文我的话"


def test_a_second_click_after_an_edit_makes_no_version_either(
    catalogue: Catalogue, case_id: str, make
) -> None:
    catalogue.add_draft(draft(case_id), reword)
    edit(catalogue, "d-1", "我的话", make)
    again = catalogue.add_draft(draft(case_id, 2), reword)
    assert (again.draft_id, again.text) == ("d-1", "正文我的话")


def test_edits_are_put_into_our_own_text_never_onto_each_other(
    catalogue: Catalogue, case_id: str, make
) -> None:
    catalogue.add_draft(draft(case_id), reword)
    edit(catalogue, "d-1", "甲", make)
    assert edit(catalogue, "d-1", "乙", make).text == "正文甲乙"
    back = catalogue.edit_draft("d-1", lambda composed, _: composed, next_id="d-x", now=make.noon)
    assert (back.text, back.edits) == ("正文", ())


def test_a_draft_from_before_versions_can_be_edited(
    catalogue: Catalogue, case_id: str, make
) -> None:
    catalogue.put_draft(draft(case_id))
    assert edit(catalogue, "d-1", "甲", make).text == "正文甲"
    assert edit(catalogue, "d-1", "乙", make).text == "正文甲乙"


def test_what_was_filed_stays_and_its_edit_is_the_next_version(
    catalogue: Catalogue, case_id: str, make
) -> None:
    filed = catalogue.add_draft(draft(case_id), reword)
    catalogue.add_filing(
        case_id,
        Filing(draft_id="d-1", channel="alipay", number=None, capture_id=None, at=make.noon),
    )
    new = edit(catalogue, "d-1", "我的话", make, next_id="d-2")
    assert (new.draft_id, new.version, new.replaces) == ("d-2", 2, "d-1")
    assert (new.text, new.created_at) == ("正文我的话", make.moment(5))
    assert catalogue.draft("d-1") == filed
    assert edit(catalogue, "d-2", "更多", make, next_id="d-3").draft_id == "d-2"


def test_an_older_version_is_not_edited_and_the_newest_is_named(
    catalogue: Catalogue, case_id: str, make
) -> None:
    for number in (1, 2):
        catalogue.add_draft(draft(case_id, number, f"正文 {number}"), reword)
    with pytest.raises(ConflictError) as refused:
        edit(catalogue, "d-1", "我的话", make)
    assert refused.value.details == {"reason": "older_version", "id": "d-1", "newest": "d-2"}
    assert catalogue.draft("d-1").edits == ()


def test_a_case_or_draft_that_is_not_there_is_named(catalogue: Catalogue, make) -> None:
    with pytest.raises(NotFoundError):
        catalogue.add_draft(draft("c-none"), reword)
    with pytest.raises(NotFoundError):
        edit(catalogue, "d-none", "x", make)
    assert catalogue.drafts_of("c-none") == []
