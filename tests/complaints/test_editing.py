"""The user's own words: put in, carried on, taken back; nothing of them is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from helper.complaints.documents import Document, boxes, document, documents, laid_out
from helper.complaints.drafts import known
from helper.complaints.drafts.editing import apply, changes, edited, history
from helper.dealings import Contact, Edit, Entry
from helper.errors import InvalidError, NotFoundError
from helper.model import Draft, LintFinding, Sentence
from scrapers.record import OrderRecord
from tests.complaints.conftest import NOW, case_of
from tests.complaints.golden import answers_for, case_for

CORE = "我于 2026-11-20 14:23 付款 98.00 元，订单仍显示“处理中”（证据1）。"
DEMAND = "请在 24 小时内补发，否则退款 98.00 元（证据1）。"
MINE = "订单显示“处理中”（证据1）。"
FACT, ASKED = "problem.core", "demand.demand"
Make = Callable[..., Draft]


def draft(core: str | None = CORE, number: int = 1, **values: Any) -> Draft:
    """A draft as the engine makes it: description, evidence, demand."""
    own = {FACT: core, "evidence.evidence": "证据1 订单页截图。", ASKED: DEMAND}
    sentences = tuple(
        Sentence(text=text, exhibits=(1,), key=key) for key, text in own.items() if text
    )
    plain = {
        "draft_id": f"d-{number}", "case_id": "c-1", "channel": "merchant_platform",
        "issue": "not_delivered", "demand": "reissue", "title": "没有收到商品",
        "fields": {**boxes(sentences), "order_no": "A1"},
        "text": laid_out(document("merchant_platform", "complaint"), sentences),
        "sentences": sentences, "exhibits": (), "gaps": (), "lint": (), "law": (),
        "created_at": NOW,
    }  # fmt: skip
    return Draft.model_validate(plain | values)


def edits(composed: Draft, core: str = "", demand: str = "") -> tuple[Edit, ...]:
    found: tuple[Edit, ...] = ()
    for key, text in ((FACT, core), (ASKED, demand)):
        if not text:
            continue
        found = edited(composed, found, key, text, NOW)
    return found


def worded(composed: Draft, found: tuple[Edit, ...], **values: Any) -> Draft:
    return apply(composed, found, values.pop("case", case_of(OrderRecord())), **values)


def rules(found: Draft) -> list[str]:
    return [one.rule for one in found.lint if one.rule != "unknown_exhibit"]


def test_the_users_words_stand_in_sentence_text_and_fields() -> None:
    found = worded(draft(), edits(draft(), core=MINE, demand="请在 24 小时内退款（证据1）。"))
    assert found.sentences[0] == Sentence(text=MINE, exhibits=(1,), key=FACT, edited=True)
    assert found.text == (
        f"【问题描述】\n{MINE}\n\n【证据列举】\n证据1 订单页截图。\n\n"
        "【诉求】\n（一）请在 24 小时内退款（证据1）。"
    )
    assert found.fields == {
        "description": MINE, "evidence": "证据1 订单页截图。",
        "demand": "请在 24 小时内退款（证据1）。", "order_no": "A1",
    }  # fmt: skip
    assert [one.ours for one in found.edits] == [CORE, DEMAND]


def test_without_edits_nothing_changes() -> None:
    assert worded(draft(), ()) == draft()


def test_an_edit_is_carried_into_a_version_that_says_the_same() -> None:
    found = worded(draft(number=2), edits(draft(), core=MINE))
    assert found.draft_id == "d-2"
    assert found.sentences[0].text == MINE
    assert rules(found) == []


def test_an_edit_of_what_we_say_otherwise_by_now_stands_and_is_named_with_both_texts() -> None:
    news = CORE.replace("处理中", "已关闭")
    kept = edits(draft(), core=MINE)
    found = worded(draft(news, 2), kept)
    assert found.sentences[0].text == MINE
    [finding] = [one for one in found.lint if one.rule == "edit_outdated"]
    assert (finding.text, finding.better, finding.place) == (MINE, news, FACT)
    assert news in finding.advice
    confirmed = edited(draft(news, 2), found.edits, FACT, MINE, NOW)
    assert rules(worded(draft(news, 2), confirmed)) == []


def test_an_edit_whose_sentence_is_gone_waits_and_comes_back() -> None:
    kept = edits(draft(), core=MINE)
    gone = worded(draft(None, 2), kept)
    assert MINE not in gone.text
    assert any(MINE in remark for remark in gone.remarks)
    assert [(one.text, one.ours) for one in gone.edits] == [(MINE, None)]
    assert worded(draft(number=3), gone.edits).sentences[0].text == MINE


def test_taken_back_our_own_text_stands_again_to_the_letter() -> None:
    composed = draft(lint=(LintFinding(rule="figure", text="98", advice="x", place=FACT),))
    kept = edits(composed, core=MINE, demand="请在 24 小时内退款（证据1）。")
    one_back = edited(composed, kept, FACT, None, NOW)
    assert worded(composed, one_back).sentences[0].text == CORE
    assert worded(composed, edited(composed, one_back, ASKED, None, NOW)) == composed


def test_words_that_are_ours_are_no_edit() -> None:
    assert edits(draft(), core=f"  {CORE}\n") == ()


def test_saving_the_same_words_twice_changes_nothing() -> None:
    once = edits(draft(), core="我的话。", demand="请退款。")
    assert edited(draft(), once, FACT, "我的话。", NOW.replace(year=2027)) == once


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b"])
def test_an_empty_edit_is_refused(text: str) -> None:
    with pytest.raises(InvalidError) as refused:
        edited(draft(), (), FACT, text, NOW)
    assert refused.value.details["reason"] == "empty_edit"


@pytest.mark.parametrize(("key", "text", "kind"), [("none", "x", "sentence"), ("", "x", "sentence"),
                                                   (FACT, None, "edit")])  # fmt: skip
def test_what_is_not_there_is_named(key: str, text: str | None, kind: str) -> None:
    with pytest.raises(NotFoundError) as refused:
        edited(draft(), (), key, text, NOW)
    assert refused.value.details["kind"] == kind


def test_an_edit_is_one_line() -> None:
    [one] = edits(draft(), core="第一行\n第二行\u200b。")
    assert one.text == "第一行 第二行 。"


def test_own_words_are_checked_and_only_figures_of_the_case_pass() -> None:
    core = "你们这些骗子，2026-11-20 付款 98.00 元，损失 500 元，工号 0731（证据1）。"
    told = Contact(at=NOW, way="chat", agent_no="0731")
    case = case_of(OrderRecord(), entries=(Entry(entry_id="e-1", added_at=NOW, what=told),))
    found = worded(draft(), edits(draft(), core=core), case=case)
    assert {(one.rule, one.text) for one in found.lint if one.rule != "unknown_exhibit"} == {
        ("emotive", "骗子"),
        ("figure", "500"),
    }


def test_a_figure_doubted_before_is_not_sure_for_having_been_said() -> None:
    doubted = LintFinding(rule="figure", text="500", advice="x", place=FACT)
    composed = draft("付款 500 元（证据1）。", lint=(doubted,))
    found = worded(composed, edits(composed, core="付了 500 元（证据1）。"))
    assert [one.text for one in found.lint if one.rule == "figure"] == ["500"]


def test_findings_about_what_the_user_left_stay_those_about_what_is_gone_do_not() -> None:
    told = [("vague", "仍显示", None), ("vague", "x", FACT), ("vague", "y", ASKED),
            ("no_deadline", DEMAND, None)]  # fmt: skip
    lint = tuple(LintFinding(rule=r, text=t, advice="a", place=p) for r, t, p in told)
    found = worded(draft(lint=lint), edits(draft(), core=MINE))
    assert [one for one in found.lint if one.advice == "a"] == [lint[2], lint[3]]


def test_an_edit_longer_than_the_channel_takes_is_named_and_kept_whole(
    full: OrderRecord, draft_for: Make
) -> None:
    composed, long = draft_for(case_of(full), channel="wechat_pay"), "长" * 200 + "（证据1）。"
    kept = edited(composed, (), "short.brief", long, NOW)
    found = worded(composed, kept)
    assert found.sentences[0].text == long
    assert found.text.startswith(long)
    [finding] = [one for one in found.lint if one.rule == "too_long"]
    assert finding.text == "200"
    over = composed.model_copy(update={"lint": (finding,)})
    assert rules(worded(over, edited(over, kept, "short.brief", MINE, NOW))) == []
    assert "too_long" not in rules(worded(composed, kept, limits={"wechat_pay": 900}))


def test_what_anybody_may_read_is_covered_in_the_users_words_and_said(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full)
    composed = draft_for(case, channel="heimao")
    mine = "我的订单 WZ20261120142251617，电话 13912345678，付了 98.00 元（证据1）。"
    found = worded(composed, edited(composed, (), FACT, mine, NOW), case=case)
    for private in ("WZ20261120142251617", "13912345678"):
        assert private not in found.text
        assert private not in found.fields["description"]
    assert "付了 98.00 元" in found.text
    assert {one.text for one in found.lint if one.rule == "private"} >= {"13912345678"}
    assert found.edits[0].text == mine


def test_an_edit_rests_on_what_it_names_too() -> None:
    found = worded(draft(), edits(draft(), core="见证据1、证据12。"))
    assert found.sentences[0].exhibits == (1, 12)
    assert "unknown_exhibit" in {one.rule for one in found.lint}


def test_a_case_knows_the_figures_of_its_order_as_drafts_write_them(full: OrderRecord) -> None:
    said = known.of_case(case_of(full))
    for part in ("98.00", "42000202611201423", "2026-11-20 14:23", "2026-11-22 15:51"):
        assert part in said


def test_the_law_of_a_draft_is_what_its_text_names(full: OrderRecord, draft_for: Make) -> None:
    composed = draft_for(case_of(full))
    assert "第五百七十七条" in {one.article for one in composed.law}
    mine = "依据《电子商务法》第二十条，请处理证据1所示的订单。"
    found = worded(composed, edited(composed, (), "demand.law", mine, NOW))
    assert {one.article for one in found.law} == {"第二十条"}


@pytest.mark.parametrize("of", documents(), ids=lambda of: f"{of.channel}.{of.key}")
def test_every_sentence_of_every_document_can_be_put_into_own_words(
    of: Document, draft_for: Make
) -> None:
    case = case_for(of, "not_delivered")
    now, answers = case.created_at + timedelta(days=2), answers_for(of)
    composed = draft_for(case, channel=of.channel, document=of.key, answers=answers, now=now)
    keys = [one.key for one in composed.sentences]
    assert len(set(keys)) == len(keys)
    for one in composed.sentences:
        mine = f"我改的这一句{one.text[-8:]}"
        found = worded(composed, edited(composed, (), one.key, mine, NOW))
        assert found.text == composed.text.replace(one.text, mine, 1)
        assert mine in found.text
        assert [s.edited for s in found.sentences] == [s.key == one.key for s in found.sentences]


def test_versions_tell_what_they_say_otherwise() -> None:
    new = draft(CORE.replace("处理中", "已关闭"), 2)
    new = new.model_copy(
        update={
            "sentences": (
                new.sentences[0],
                Sentence(text="新。", exhibits=(1,), key="problem.rule"),
            )
        }
    )
    found = [(one.key, one.state) for one in changes(draft(), new)]
    assert found == [
        (FACT, "changed"), ("problem.rule", "added"), ("evidence.evidence", "removed"),
        (ASKED, "removed"),
    ]  # fmt: skip


def test_a_history_counts_each_document_by_itself() -> None:
    mine = worded(draft(number=3), edits(draft(), core=MINE))
    found = history([draft(), draft(number=2, channel="alipay"), mine], filed={"d-1"})
    assert [(one.draft_id, one.version, one.replaces, one.edits, one.filed) for one in found] == [
        ("d-1", 1, None, 0, True),
        ("d-2", 1, None, 0, False),
        ("d-3", 2, "d-1", 1, False),
    ]
    assert [(one.before, one.after) for one in found[2].changes] == [(CORE, MINE)]
