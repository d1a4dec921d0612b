"""What a command prints when it fails, and the sentences that codes turn into."""

import json

import pytest
import typer

from helper.errors import NotFoundError
from helper.printing import coded, explained, missing_lines


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


def test_codes_become_sentences_and_keep_their_detail() -> None:
    assert coded("warnings", "views_disagree:amount", "en").endswith("different things. (amount)")
    assert coded("notes", "dialog_dismissed: hello", "en").endswith("(hello)")
    assert coded("warnings", "never_heard_of", "en") == "never_heard_of"
    [line] = missing_lines([{"role": "witness", "reason": "browser_missing"}], "en")
    assert "second visit" in line
    assert "kazheng doctor" in line
