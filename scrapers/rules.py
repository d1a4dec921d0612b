"""Generate `extension/rules.json`: what the extension needs of the platform files.

`python -m scrapers.rules` writes it; with `--check` it only says whether it is current (exit 1 if
not). Fingerprints, paths and form maps have one home, the platform files.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scrapers.contract import ComplaintForm, FormField, Platform
from scrapers.read import PLATFORMS

TARGET = Path(__file__).parents[1] / "extension" / "rules.json"


def rules(platforms: tuple[Platform, ...] = PLATFORMS) -> str:
    """Return the text of rules.json, platforms in the order of their keys."""
    rows = [_platform(platform) for platform in sorted(platforms, key=lambda p: p.key)]
    return json.dumps({"version": 1, "platforms": rows}, ensure_ascii=False, indent=1) + "\n"


def _platform(platform: Platform) -> dict[str, Any]:
    return {
        "key": platform.key,
        "name": platform.name,
        "hosts": list(platform.hosts),
        "path": dict(platform.path),
        "fingerprint": list(platform.fingerprint),
        "order_no": {"selectors": list(platform.order_no)} if platform.order_no else None,
        "complaint_form": _form(platform.complaint_form) if platform.complaint_form else None,
    }


def _form(form: ComplaintForm) -> dict[str, Any]:
    return {
        "path": form.path,
        "selector": form.selector,
        "entry": form.entry,
        "receipt_no": form.receipt_no,
        "receipt_pattern": form.receipt_pattern,
        "fields": [_field(field) for field in form.fields],
    }


def _field(field: FormField) -> dict[str, Any]:
    return {
        "name": field.name,
        "selector": field.selector,
        "kind": field.kind,
        "required": field.required,
        "options": dict(field.options),
        "max_length": field.max_length,
    }


def keep_current(target: Path, text: str, module: str) -> int:
    """Be the command of a module that generates a file: write it, or with `--check` compare it.

    Returns the exit code, 1 where the file is not current.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("--check", action="store_true", help="only say whether it is current")
    if not parser.parse_args().check:
        target.write_text(text, "utf-8", newline="\n")
        return 0
    if target.exists() and target.read_text("utf-8") == text:
        return 0
    sys.stderr.write(f"extension/{target.name} is not current: run python -m {module}\n")
    return 1


if __name__ == "__main__":
    sys.exit(keep_current(TARGET, rules(), "scrapers.rules"))
