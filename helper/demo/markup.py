"""Pages from `pages/<site>/*.html`: `string.Template`, with every value escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "pages"


class Markup(str):
    """Text that is HTML already; everything else is escaped."""

    __slots__ = ()


def escape(value: object) -> Markup:
    """Return the value as HTML text."""
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


def join(parts: Iterable[Markup]) -> Markup:
    """Put pieces of HTML one after the other."""
    return Markup("".join(parts))


@cache
def _template(site: str, name: str) -> Template:
    return Template((FOLDER / site / f"{name}.html").read_text("utf-8"))


def render(site: str, name: str, /, **values: object) -> Markup:
    """Fill one template of a site; a value that is not given is an error."""
    known = {key: escape(value) for key, value in values.items()}
    return Markup(_template(site, name).substitute(known))
