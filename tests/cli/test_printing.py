"""What a command prints when it fails, and the sentences that codes turn into."""

import json
import re
from pathlib import Path

import pytest
import typer

from helper.errors import NotFoundError
from helper.evidence.verify import Check, Verification
from helper.messages import LANGUAGES, catalogue, coded
from helper.printing import (
    case_lines,
    due_lines,
    explained,
    missing_lines,
    stamp_lines,
    verdict_lines,
)

HELPER = Path(__file__).parents[2] / "helper"


def test_a_known_failure_is_one_json_document_and_exit_code_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as end, explained(as_json=True, language="en"):
        raise NotFoundError(kind="case", id="c-1")
    assert end.value.exit_code == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["code"] == "not_found"
    assert told.err == ""


def test_a_person_reads_message_and_next_step_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit), explained(as_json=False, language="en"):
        raise NotFoundError(kind="case", id="c-1")
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 2


def test_a_mistake_of_ours_is_explained_too_and_leaves_its_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as end, explained(as_json=True, language="en"):
        raise ZeroDivisionError("ours")
    assert end.value.exit_code == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["code"] == "internal"
    assert "ZeroDivisionError: ours" in told.err


@pytest.mark.parametrize("end", [typer.Exit(1), typer.Abort(), typer.BadParameter("x")])
def test_an_end_that_a_command_chose_passes(
    end: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(type(end)), explained(as_json=True, language="en"):
        raise end
    assert capsys.readouterr().out == ""


def test_a_case_names_what_the_reader_doubts_and_the_field_in_words() -> None:
    doubts = ["json_disagrees:items.0.quantity", "several_payments"]
    case = {"case_id": "c-1", "order_no": "A1", "title": "t", "due": [], "gaps": [], "captures": [],
            "drafts": [], "corrections": [], "order": {"warnings": doubts}}  # fmt: skip
    lines = case_lines(case, "zh_CN")
    assert lines[1].strip().startswith("请核对：网站发给页面的数据（JSON）与页面显示的内容不一致")
    assert lines[1].endswith("(数量)")
    assert "()" not in lines[2]
    assert len(case_lines(case | {"order": None}, "zh_CN")) == 1


def test_a_deadline_is_told_with_its_state_its_end_and_what_to_do() -> None:
    entry = {"name": "投诉入口关闭", "at": "2026-12-13T14:16:24+08:00", "state": "due_soon",
             "whose": "shop", "todo": "请在 2026-12-13 14:16 前在平台上投诉。"}  # fmt: skip
    unknown = entry | {"name": "要求退款后十五日", "at": None, "state": "unknown", "whose": "law"}
    first, todo, second, _ = due_lines([entry, unknown], "zh_CN")
    assert first == "期限·快到期：投诉入口关闭，到北京时间 2026-12-13 14:16（平台自己的规则）"
    assert todo.strip() == entry["todo"]
    assert second == "期限·算不出：要求退款后十五日（法律规定）"


def test_a_closed_case_tells_no_deadlines() -> None:
    case = {"case_id": "c-1", "order_no": "A1", "title": "t", "gaps": [], "captures": [],
            "drafts": [], "corrections": [], "order": None,
            "closed_at": "2026-12-13T14:16:24+08:00", "due": [{"unread": True}]}  # fmt: skip
    assert len(case_lines(case, "zh_CN")) == 2


def test_codes_become_sentences_and_keep_their_detail() -> None:
    assert coded("warnings", "views_disagree:amount", "en").endswith("different things. (amount)")
    assert coded("notes", "dialog_dismissed: hello", "en").endswith("(hello)")
    assert coded("warnings", "never_heard_of", "en") == "never_heard_of"
    [line] = missing_lines([{"role": "witness", "reason": "browser_missing"}], "en")
    assert "second visit" in line
    assert "kazheng doctor" in line


def said(**values: object) -> list[str]:
    plain = {
        "authority": "digicert", "kind": "rfc3161", "stage": "S1", "state": "stamped",
        "reason": None, "stamped_at": "2026-03-01T12:00:00+00:00", "root": "a" * 64,
    }  # fmt: skip
    return stamp_lines([plain | values], "en")


def test_a_stamp_is_told_with_its_time() -> None:
    assert said() == ["time stamp of S1 by digicert: 2026-03-01T12:00:00+00:00"]


def test_a_stamp_that_leads_to_no_known_root_is_told_as_not_confirmed() -> None:
    [line] = said(root=None, reason="root_not_pinned")
    assert "not confirmed. The stamp does not lead to a root" in line


def test_a_stamp_of_the_stage_partial_is_of_a_supplement() -> None:
    [line] = said(stage="partial")
    assert line.startswith("time stamp of supplement (what came after the seals before;")


def test_a_stamp_that_has_not_come_says_why() -> None:
    [line] = said(state="pending", reason="unreachable", root=None, stamped_at=None)
    assert "pending" in line
    assert line.endswith("The authority cannot be reached.")
    assert "none. The reply" in said(state="failed", reason="refused", root=None)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_stamp_has_its_words(language: str) -> None:
    rooms = ("evidence", "capture", "steps")
    sources = "".join(
        path.read_text("utf-8") for room in rooms for path in (HELPER / room).glob("*.py")
    )
    codes = set(re.findall(r'UnansweredError\(\s*"(\w+)"', sources))
    codes |= set(re.findall(r'"(\w+)"\),', (HELPER / "evidence/openssl.py").read_text("utf-8")))
    codes |= set(re.findall(r'reason="(\w+)"', (HELPER / "evidence/stamp.py").read_text("utf-8")))
    codes |= set(re.findall(r'\("(\w+)", ', (HELPER / "evidence/stamp.py").read_text("utf-8")))
    codes -= {"library", "library_sorted", "openssl"}
    assert {"unreachable", "expired", "wrong_nonce", "not_granted"} <= codes
    assert {c for c in codes if f"stamps.reason.{c}" not in catalogue(language)} == set()


@pytest.mark.parametrize("redacted", [False, True])
def test_a_pass_does_not_say_unchanged_since_the_seal_where_no_key_was_compared(
    redacted: bool,
) -> None:
    def closing(*names: str) -> list[str]:
        checks = tuple(Check(name=name, verdict="pass", detail="x") for name in names)
        found = Verification(
            verdict="pass", installation="a" * 64, redacted=redacted, checks=checks
        )
        return verdict_lines(found, "zh_CN")[-2:]

    headline, signed = closing("container", "signature")
    assert "核验通过" not in headline
    assert "与所示密钥的签名一致" in headline
    assert "没有比对" in headline
    assert "--installation" in headline + signed
    headline, _ = closing("container", "signature", "installation")
    assert headline.startswith("核验通过")
    assert "您指定的装置签名" in headline


def test_which_root_confirmed_a_stamp_is_told() -> None:
    check = Check(name="stamps", verdict="pass", detail="S1-a.tsr: root Mine, SHA-256 abc")
    found = Verification(verdict="pass", installation=None, redacted=False, checks=(check,))
    assert "    S1-a.tsr: root Mine, SHA-256 abc" in verdict_lines(found, "en")
