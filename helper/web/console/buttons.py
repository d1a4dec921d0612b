"""What a text says to type in a terminal, told as what one presses on these pages for the same."""

from __future__ import annotations

import re
from typing import Final

from helper.messages import Language, text

_ID: Final = r" [a-z]-[0-9A-Za-z-]+"
_BUTTONS: Final = {
    rf"kazheng case undo{_ID}{_ID}": "console.case.undo",
    rf"kazheng case reopen{_ID}": "console.case.reopen",
    rf"kazheng case filed{_ID} --channel [0-9a-z_]+": "console.tell.filed",
    rf"kazheng case correct{_ID} created_at (?:TIME|时间)": "console.case.correct",
    "kazheng case refund": "console.tell.refund",
    "kazheng case attach": "console.attach.title",
    "kazheng case list": "console.nav.today",
    rf"kazheng case show(?:{_ID})?": "console.case.one",
    "kazheng import-bill": "console.bill.title",
    "kazheng export --redacted": "console.export.redacted",
    "kazheng export": "console.export.title",
    "kazheng doctor(?: --fix)?": "console.settings.doctor.title",
    "--accept-likely": "console.bill.likely",
    "--promised-by": "console.tell.promised_by",
}
"""Commands and options with what is given to them, by the key of the words on the page."""
_PAGES: Final = {"console.settings.doctor.title": "console.nav.settings"}
"""The page of what does not stand on that of a case; it is named too."""
_COMMAND: Final = re.compile(" ?“?(?:" + "|".join(f"({one})" for one in _BUTTONS) + ")”? ?")
_KEYS: Final = tuple(_BUTTONS.values())


def by_button(said: str, language: Language) -> str:
    """Return a text of ours with the words of the page for each command that it has a place for."""

    def words(found: re.Match[str]) -> str:
        button = shown(_KEYS[(found.lastindex or 1) - 1], language)
        if language == "zh_CN":  # no blank stands beside its quotation marks
            return button
        return found[0].replace(found[0].strip(), button)

    return _COMMAND.sub(words, said)


def shown(key: str, language: Language) -> str:
    """Return the words of a button in quotation marks, with its page where that is another."""
    if key not in _PAGES:
        return f"“{text(key, language)}”"
    page, button = text(_PAGES[key], language), text(key, language)
    return text("console.in_page", language, page=page, button=button)
