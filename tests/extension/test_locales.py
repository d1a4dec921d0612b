"""The catalogues are complete, and every text that pages and background name is in them."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from helper.complaints.due.clocks import State as ClockState
from helper.complaints.due.timers import Whose
from helper.complaints.ladder.steps import State as StepState
from helper.complaints.proof.chain import State as ProofState
from helper.complaints.proof.respondent import Confidence, Role
from helper.messages import catalogue
from helper.model import Verdict

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
SCRAPERS = EXTENSION.parent / "scrapers"
TERNARY = r'\?\s*"(\w+)"\s*:\s*(?:"(\w+)")?'
LEAVES = {"capture", "chat", "freeze", "outbox", "shots"}
"""Of the background: what keeps a page; where it fails, the code becomes the reason for a gap."""
UNWRITTEN = {"not_capturable", "not_found"}
"""Nothing is kept of a page that cannot be, nor said of a record that is gone."""


def source(path):
    return (EXTENSION / path).read_text("utf-8")


def union(path, name):
    """Return the words that a type of the extension allows."""
    [words] = re.findall(rf"@typedef {{([^}}]*)}} {name}\b", source(path))
    return set(re.findall(r'"(\w+)"', words))


def notes():
    """Return what may be said of a field, and of one that is left."""
    told = re.findall(r"\bnote(?:: | = )([^,;\n]*)", source("content/match.js"))
    found = set(re.findall(r'"(\w+)"', " ".join(told)))
    assert {"no_option", "too_long"} <= found
    return found | {"submits", "password", "captcha", "payment", "identity"}


def forms():
    """Return the kinds of what is told, their fields, and the choices of these."""
    text = source("pages/told_view.js")
    lists = dict(re.findall(r"const (\w+) = \[([^\]]*)\]", text))
    options = re.findall(r'name: "(\w+)", kind: "choice", options: (\w+)', text)
    choices = {f"{name}_{one}" for name, of in options for one in re.findall(r"\w+", lists[of])}
    kinds = set(re.findall(r"(?m)^  (\w+): \{", text))
    assert "contact" in kinds
    return kinds, set(re.findall(r'name: "(\w+)"', text)), choices


def composed():
    """Return by its beginning what each text that is put together may end with."""
    kinds, fields, choices = forms()
    return {
        "answer_": {"yes", "no", "unsure"},
        "channel_": get_args(StepState),
        "chat_": {"waiting", "up", "down"},
        "clock_": get_args(ClockState),
        "confidence_": get_args(Confidence),
        "corroboration_": get_args(Verdict),
        "event_": {"page", "bill", "own", "helper"},
        "fill_note_": notes(),
        "phase_": union("background/outbox.js", "Phase"),
        "proof_": get_args(ProofState),
        "recorder_": {"recording", "paused", "ending"},
        "recorder_end_": union("background/recording.js", "Ending") - {"cut"},  # by its page
        "role_of_": get_args(Role),
        "state_": union("background/helper.js", "HelperState"),
        "text_": {"only_seen", "only_witness"},
        "told_": kinds | choices,
        "told_field_": fields,
        "walk_end_": union("background/walk.js", "Ending"),
        "whose_": get_args(Whose),
    }


def texts(language):
    path = f"_locales/{language}/messages.json"
    return {key: row["message"] for key, row in json.loads(source(path)).items()}


def named():
    found = {f"{start}{end}" for start, ends in composed().items() for end in ends}
    for path in (EXTENSION / "pages").glob("*.html"):
        found |= set(re.findall(r'data-i18n(?:-[a-z-]+)?="(\w+)"', path.read_text("utf-8")))
    for path in (EXTENSION / "pages").glob("*.js"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r'\bt\(\s*"(\w+)"', text))
        found |= {
            one for pair in re.findall(rf"\bt\([^\"`();]*{TERNARY}", text) for one in pair if one
        }
    found |= set(re.findall(r"__MSG_(\w+)__", source("manifest.json")))
    return found


def refusals(stems):
    """Return the codes that modules of the background refuse with."""
    found = set()
    for path in (EXTENSION / "background").glob("*.js"):
        if stems and path.stem not in stems:
            continue
        text = path.read_text("utf-8")
        found |= set(re.findall(r'Refusal\(\s*"(\w+)"', text))
        found |= set(re.findall(r'\bwithin\([^;]*?"(\w+)"\)', text))
        found |= {
            one for pair in re.findall(rf"Refusal\([^;]*?{TERNARY}", text) for one in pair if one
        }
    return found


def test_both_languages_have_the_same_texts():
    assert texts("zh_CN").keys() == texts("en").keys()


def test_both_languages_take_the_same_values():
    english = texts("en")
    odd = {
        key
        for key, text in texts("zh_CN").items()
        if set(re.findall(r"\$\d", text)) != set(re.findall(r"\$\d", english[key]))
    }
    assert odd == set()


def test_every_named_text_exists():
    assert {"fill_not_ok", "walk_end_hour", "told_way_phone"} <= named()
    assert named() - texts("zh_CN").keys() == set()


def test_of_every_text_that_is_put_together_the_ends_are_known():
    pages = "".join(path.read_text("utf-8") for path in (EXTENSION / "pages").glob("*.js"))
    starts = set(re.findall(r"\bt\(\s*(?:[^\"`();]*\?[^`;)]*)?`(\w+)\$\{", pages))
    # A page asks first whether there is one for an error that the helper has named.
    assert starts - {"error_"} == composed().keys()


def test_every_reason_to_refuse_has_a_sentence_and_a_next_step():
    codes = refusals(None) - {"mhtml_late"}  # only ever the reason for a gap
    assert {"outbox_full", "outbox_failed"} <= codes
    codes |= set(re.findall(r'"(fill_\w+)"', source("content/fill.js")))
    codes |= set(re.findall(r'"(recording_\w+)"', source("pages/recorder.js")))
    wanted = {f"error_{code}{end}" for code in codes for end in ("", "_next")}
    assert wanted - texts("zh_CN").keys() == set()


def test_what_may_keep_a_page_from_being_kept_has_words_as_the_reason_for_a_gap():
    codes = refusals(LEAVES) - UNWRITTEN
    assert {"outbox_full", "page_busy", "tab_closed"} <= codes
    assert {one for one in codes if f"missing_reason_{one}" not in texts("zh_CN")} == set()
    assert {one for one in codes if f"missing.{one}" not in catalogue("zh_CN")} == set()


@pytest.mark.parametrize("area", ["missing", "corroboration"])
def test_every_reason_of_the_helper_has_words_in_the_popup(area):
    reasons = {key.partition(".")[2] for key in catalogue("zh_CN") if key.startswith(f"{area}.")}
    known = texts("zh_CN")
    lacking = {one for one in reasons if f"{area}_reason_{one}" not in known}
    assert lacking - set(get_args(Verdict)) == set()


def test_every_remark_on_the_visit_has_words_in_the_popup():
    codes = {key.partition(".")[2] for key in catalogue("zh_CN") if key.startswith("notes.")}
    assert {one for one in codes if f"note_{one}" not in texts("zh_CN")} == set()


def test_every_doubt_of_the_reader_has_words():
    readers = "".join(path.read_text("utf-8") for path in SCRAPERS.rglob("*.py"))
    codes = set(re.findall(r"""(?:warn\(|warnings\.append\(|more = )f?"(\w+?)(?=[":])""", readers))
    codes |= {f"order_no_from_{origin}" for origin in ("text", "attribute", "address")}
    codes = {code for code in codes if not code.startswith("bill_")}  # commands read bills
    assert {"unreadable", "views_disagree", "more_orders", "reader_failed"} <= codes
    assert {one for one in codes if f"warning_{one}" not in texts("zh_CN")} == set()


def test_only_one_file_knows_the_port():
    knowing = {
        path.relative_to(EXTENSION).as_posix()
        for path in EXTENSION.rglob("*")
        if path.suffix in {".js", ".json", ".html"} and "17650" in path.read_text("utf-8")
    }
    assert knowing == {"background/helper.js"}


@pytest.mark.parametrize("path", sorted((EXTENSION / "pages").glob("*.*")), ids=lambda p: p.name)
def test_no_chinese_text_stands_in_the_pages(path):
    assert re.findall(r"[\u4e00-\u9fff]+", path.read_text("utf-8")) == []
