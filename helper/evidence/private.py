"""What a redacted copy must not show: card codes, contact data, account names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from scrapers.record import OrderRecord
from scrapers.text import mask_text, squeeze

COVER: Final = "████"
_SHORTEST = 3
_FREE = 6
"""From this length a value is covered inside longer words too."""
_JOINED_LINES = 3
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z\-_]{3,}")
_NUMBERED = re.compile(r"^(?:第?\d{1,3}[张条、.)）]\s*)(?=\S)")
_LABELLED = re.compile(
    r"(?:用户名|会员名|登录名|昵称|账号|帐号|账户名|密码|password|pwd|username)"
    r"[ \t]*[:：][ \t]*(\S{3,60})"
    r"|欢迎(?:您|你|回来)?[，,：: ]+(\S{3,30})",
    re.IGNORECASE,
)
_PATTERNS: Final = (
    r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)",  # mobile number
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])",
    r"(?<=QQ)[号:：\s]*\d{5,12}",
    r"(?<=微信)号?[:：\s]*[A-Za-z][\w-]{5,19}",
    r"(?<=/home/)[^/\\\s\"]+|(?<=/Users/)[^/\\\s\"]+|(?<=\\Users\\)[^/\\\s\"]+",
)


class Private:
    """Covers values and patterns; `lost` card codes were named by an order but found nowhere."""

    def __init__(self, values: Iterable[str], *, lost: int = 0) -> None:
        known = {squeeze(value) for value in values}
        kept = sorted((v for v in known if len(v) >= _SHORTEST), key=len, reverse=True)
        self._pattern = re.compile("|".join([*map(_spelled, kept), *_PATTERNS]), re.IGNORECASE)
        self.lost = lost

    def count(self, said: str) -> int:
        """Return how often a text shows something."""
        return sum(1 for _ in self._pattern.finditer(said))

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes show something, in an address too."""
        said = data.decode("utf-8", "replace")
        return bool(self.count(said) or self.count(unquote(said)))

    def clean(self, said: str) -> str:
        """Return a text with everything covered; one that shows it only when decoded, whole."""
        covered = self._pattern.sub(COVER, said)
        return COVER if "%" in covered and self.count(unquote(covered)) else covered

    def clean_json(self, value: Any) -> Any:
        """Return JSON with everything covered; hashes of card codes go too."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, list):
            return [self.clean_json(item) for item in value]
        if isinstance(value, dict):
            secret = "masked" in value
            return {
                self.clean(key): None if secret and key == "sha256" else self.clean_json(item)
                for key, item in value.items()
            }
        if isinstance(value, int | float) and self.count(json.dumps(value)):
            return COVER
        return value


def find(orders: Iterable[OrderRecord], texts: Iterable[str]) -> Private:
    """Gather what orders name and what pages label; card codes are found by hash or mask."""
    values: set[str] = set()
    wanted: dict[str, str] = {}
    for order in orders:
        named = (order.recharge_account, order.buyer_contact, order.seller.contact)
        values |= {value for value in named if value}
        wanted |= {secret.sha256: secret.masked for secret in order.delivery.secrets}
    found: set[str] = set()
    shapes = {code for masked in wanted.values() for code in masked.split() if _telling(code)}
    for text in texts:
        values |= {value for match in _LABELLED.finditer(text) for value in match.groups() if value}
        values |= {code for code in _CODE.findall(text) if mask_text(code) in shapes}
        for line in _candidates(text):
            digest = hashlib.sha256(line.encode()).hexdigest()
            if digest in wanted:
                found.add(digest)
                values |= {line, *_CODE.findall(line)}
    return Private(values, lost=len(wanted.keys() - found))


def _candidates(text: str) -> Iterator[str]:
    """Yield what a reader of orders may have taken as a code.

    A line, up to three joined, without its number, what follows a label, a word.
    """
    lines = [line for line in (squeeze(line) for line in text.splitlines()) if line]
    for start in range(len(lines)):
        for length in range(1, _JOINED_LINES + 1):
            line = " ".join(lines[start : start + length])
            yield line
            yield _NUMBERED.sub("", line)
        yield from re.split(r"[:：\t ]", lines[start])
        yield from _CODE.findall(lines[start])
        yield squeeze(re.split(r"[:：]", lines[start], maxsplit=1)[-1])


def _telling(code: str) -> bool:
    return "****" in code and code != "****"


def _spelled(value: str) -> str:
    inner = r"\s+".join(re.escape(part) for part in value.split())
    return inner if len(value) >= _FREE else rf"(?<![0-9A-Za-z]){inner}(?![0-9A-Za-z])"
