"""What a person typed or named, checked before anything is opened or made for it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from helper.errors import InvalidError, TooLargeError
from helper.settings import Settings
from scrapers.moments import SHANGHAI
from scrapers.page import MAX_BYTES, decode, documents

_Record = TypeVar("_Record", bound=BaseModel)
_MARKUP = re.compile(
    r"<(?:!doctype html"
    r"|(?:html|head|meta|title|body|main|section|div|p|span|table|form|ul|h\d)[\s/>])",
    re.IGNORECASE,
)
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_LOOKED_AT = 1 << 20
_SHOWN = 40
_OPTIONS = {
    "agent_no": "--agent", "answers": "KEY=VALUE", "capture_id": "--capture", "draft_id": "--draft",
}  # fmt: skip
"""Options that are not called as the field they fill."""


def web_address(url: str) -> str:
    """Return an http(s) address; raises InvalidError(address) for anything else."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InvalidError(reason="address", what=url) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidError(reason="address", what=url)
    return url


def moment(text: str) -> datetime:
    """Return an ISO 8601 time, China time where it names no zone; raises InvalidError(moment)."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(reason="moment", what=text) from error
    return value if value.tzinfo is not None else value.replace(tzinfo=SHANGHAI)


def money(text: str) -> Decimal:
    """Return an amount of money, written with or without its sign; raises InvalidError."""
    try:
        amount = Decimal(text.strip().removesuffix("元").lstrip("¥￥").strip())
    except InvalidOperation as error:
        raise InvalidError(reason="told_amount", what=text) from error
    if not amount.is_finite():
        raise InvalidError(reason="told_amount", what=text)
    return amount


def record(kind: type[_Record], values: Mapping[str, object]) -> _Record:
    """Return values as a record; InvalidError names the first that is none, by its option."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False)
        field, given = str(first["loc"][0]), str(first["input"])
        what = _OPTIONS.get(field) or "--" + field.replace("_", "-")
        if first["type"] == "string_too_short":
            raise InvalidError(reason="value_empty", what=what) from None
        limit = first.get("ctx", {}).get("max_length")
        reason = "value" if limit is None else "value_long"
        details = {"given": given[:_SHOWN], "count": len(given), "limit": limit}
        raise InvalidError(reason=reason, what=what, **details) from None


def json_object(text: str) -> dict[str, object]:
    """Return a JSON object; raises InvalidError(json)."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidError(reason="json", what="--stdin")
    return found


def page_file(path: Path, url: str) -> bytes:
    """Return the bytes of a saved HTML or MHTML page, reading no more than the limit.

    Raises InvalidError(file, not_a_page), TooLargeError.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidError(reason="file", what=str(path), cause=error.strerror) from error
    if len(data) > MAX_BYTES:
        raise TooLargeError(reason="page", path=str(path), limit=MAX_BYTES >> 20)
    [first, *_] = documents(data, url=url)
    head = first.html[:_LOOKED_AT]
    if not _MARKUP.search(head) or "\x00" in decode(data[:4096]):
        raise InvalidError(reason="not_a_page", what=str(path))
    return data


def bill_password(*, from_stdin: bool) -> str | None:
    """Return a bill's password: the first line of standard input, else KAZHENG_BILL_PASSWORD.

    It is no option, as other programs see the command line, and no setting, as those are shown.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n") or None
    return os.environ.get("KAZHENG_BILL_PASSWORD") or None


def fingerprint(text: str | None) -> bool:
    """Tell whether a text can be an installation's fingerprint: 64 hexadecimal digits."""
    return text is None or _FINGERPRINT.fullmatch(text) is not None


def existing(path: Path) -> Path:
    """Return a path that exists; raises InvalidError(file)."""
    if not path.exists():
        raise InvalidError(reason="file", what=str(path), cause="")
    return path


def has_vault(settings: Settings) -> bool:
    """Tell whether there is a vault: one that was never written is not made by looking."""
    return settings.database is not None or (settings.data / "vault.db").exists()
