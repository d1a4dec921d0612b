from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import soupsieve

from scrapers.read import PLATFORMS

RULES = Path(__file__).parents[2] / "extension" / "rules.json"


def test_rules_are_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapers.rules", "--check"],
        cwd=RULES.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_selector_and_pattern_is_valid() -> None:
    platforms = json.loads(RULES.read_text("utf-8"))["platforms"]
    assert {row["key"] for row in platforms} == {platform.key for platform in PLATFORMS}
    for row in platforms:
        for pattern in row["path"].values():
            re.compile(pattern)
        form = row["complaint_form"] or {"fields": []}
        selectors = [*row["fingerprint"], *(field["selector"] for field in form["fields"])]
        for selector in selectors:
            soupsieve.compile(selector)
