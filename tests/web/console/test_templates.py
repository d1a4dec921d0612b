"""Every text of a page comes from the catalogues; no page carries script or style of its own."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from helper.messages import LANGUAGES, Language, catalogue, text
from helper.web.console.buttons import _BUTTONS, by_button, shown
from helper.web.console.render import STATIC, Renderer

TEMPLATES = sorted((Path(__file__).parents[3] / "helper/web/templates").rglob("*.html"))
HTMX = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
"""SHA-256 of dist/htmx.min.js in the npm package htmx.org 2.0.11 (0BSD)."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_sound(path: Path) -> None:
    text = path.read_text("utf-8")
    keys = set(re.findall(r"\bt\('([\w.]+)'", text))
    keys = {key for key in keys if not key.endswith((".", "_"))}  # the rest of the key is a value
    assert {key for key in keys if key not in catalogue("zh_CN")} == set()
    assert not re.search(r"[\u4e00-\u9fff]", text), "texts stand in the catalogues"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|<style|\son\w+=|\|\s*safe", text)
    Renderer()._environment.get_template(path.name)


def test_the_vendored_library_is_the_published_one() -> None:
    assert hashlib.sha256(STATIC["htmx.min.js"][0].read_bytes()).hexdigest() == HTMX


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_has_a_button_for_is_not_told_as_a_command(language: Language) -> None:
    named = {"case_id": "c-0123456789ab", "entry_id": "e-0123456789ab", "channel": "12315"}
    texts = {
        key: re.sub(r"{(\w+)}", lambda found: named.get(found[1], found[0]), said)
        for key, said in catalogue(language).items()
    }
    for pattern, key in _BUTTONS.items():
        button = shown(key, language)
        assert any(button in by_button(one, language) for one in texts.values()
                   if re.search(pattern, one)), pattern  # fmt: skip
    told = {key: by_button(said, language) for key, said in texts.items()}
    for key in ("closing.warning.known", "told.doubt.before_order", "told.doubt.no_filing",
                "errors.invalid.told_before_order.next_step", "errors.not_found.case.next_step",
                "errors.invalid.told_too_long.next_step", "complaints.gap.redacted"):  # fmt: skip
        assert "kazheng " in texts[key]
        assert not re.search(r"kazheng |[ce]-0123|--|““|””", told[key]), told[key]
    assert by_button("kazheng case move c-1 x", language) == "kazheng case move c-1 x"


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("phone.public", "请导出遮盖过的图片（“遮盖卡密和联系方式的副本”），并自己",
         "export covered ones (“A copy without codes and contacts”) and look"),
        ("phone.not_pictures", "可以随证据一起导出（“带走证据”）：x",
         "exported with the evidence (“Take the evidence along”): x"),
        ("missing.browser_failed", "请运行“设置”里的“检查这台电脑”。",
         "run “Check this computer” in “Settings”."),
        ("errors.vault.next_step", "请运行“设置”里的“检查这台电脑”查看原因",
         "Run “Check this computer” in “Settings” to see why"),
        ("errors.not_found.case_capture.next_step", "编号列在“案件”里；", "listed in “Case”; if"),
    ],
)  # fmt: skip
def test_a_text_reads_well_with_the_words_of_the_page_in_it(key: str, zh: str, en: str) -> None:
    for language, wanted in zip(LANGUAGES, (zh, en), strict=True):
        assert wanted in by_button(
            text(key, language, case_id="c-0123456789ab", names="x"), language
        )
