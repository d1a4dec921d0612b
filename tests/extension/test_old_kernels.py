"""The browser's API that the extension uses is there in Chromium 120, which many browsers carry."""

import json
import re
from pathlib import Path

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
SINCE = {
    "action.getBadgeText": 88,
    "action.setBadgeBackgroundColor": 88,
    "action.setBadgeText": 88,
    "action.setTitle": 88,
    "alarms.clear": 22,
    "alarms.create": 22,
    "alarms.get": 22,
    "alarms.onAlarm": 22,
    "commands.onCommand": 25,
    "contextMenus.create": 6,
    "contextMenus.onClicked": 21,
    "contextMenus.removeAll": 6,
    "cookies.getAll": 6,
    "cookies.getAllCookieStores": 6,
    "i18n.getMessage": 17,
    "i18n.getUILanguage": 35,
    "pageCapture.saveAsMHTML": 18,
    "permissions.contains": 16,
    "permissions.remove": 16,
    "permissions.request": 16,
    "runtime.getManifest": 22,
    "runtime.getURL": 22,
    "runtime.id": 22,
    "runtime.onInstalled": 22,
    "runtime.onMessage": 26,
    "runtime.onStartup": 23,
    "runtime.openOptionsPage": 42,
    "runtime.sendMessage": 26,
    "scripting.executeScript": 88,
    "sidePanel.open": 116,
    "sidePanel.setOptions": 114,
    "storage.local": 19,
    "storage.session": 102,
    "tabs.captureVisibleTab": 5,
    "tabs.create": 5,
    "tabs.get": 5,
    "tabs.onActivated": 18,
    "tabs.onRemoved": 4,
    "tabs.onUpdated": 4,
    "tabs.query": 16,
    "tabs.update": 5,
    "windows.create": 4,
    "windows.getCurrent": 4,
    "windows.update": 4,
}
"""Chromium's first version that has it: MDN's browser-compat-data 8.1.9 and Chrome's reference."""


def used() -> set[str]:
    """Return what the extension calls as `api.area.name`."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(EXTENSION.rglob("*.js")))
    return set(re.findall(r"\bapi\.([a-zA-Z0-9]+\.\w+)", text))


def test_chromium_120_has_all_of_the_api_that_is_used() -> None:
    assert used() - SINCE.keys() == set(), "look up since when Chromium has it, or fall back"
    assert max(SINCE.values()) <= 120


def test_what_javascript_may_be_used_is_bound_to_what_chromium_120_has() -> None:
    """ECMAScript 2024 is whole in Chromium 119; `make check` refuses what is newer."""
    options = json.loads((EXTENSION / "tsconfig.json").read_text("utf-8"))["compilerOptions"]
    assert options["target"] == "ES2022"
    assert options["lib"][0] == "ES2024"


def test_what_is_seen_is_asked_by_the_names_that_chromium_120_knows() -> None:
    """It takes no notice of `opacityProperty` and `visibilityProperty`, which came with 121."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(EXTENSION.rglob("*.js")))
    assert "checkVisibilityCSS: true" in text
    assert re.findall(r"\b(?:opacity|visibility)Property\b", text) == []
