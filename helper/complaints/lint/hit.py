"""One place in a text that should be put otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Hit(NamedTuple):
    """What is wrong with `text`; `better` is to be written in its place, empty to leave it out.

    `advice` is the sentence where the catalogue's own (`complaints.lint.<rule>`) is not meant,
    `values` fill that one.
    """

    rule: str
    text: str
    better: str | None = None
    advice: str | None = None
    values: Mapping[str, str] = {}
