"""Templates to HTML: every text from the catalogues, every value escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from helper.capture.packed import EXTENSION
from helper.messages import Language, coded, field_label, named, text, warned
from helper.web.console.buttons import by_button

ZONE: Final = ZoneInfo("Asia/Shanghai")
_HERE: Final = Path(str(resources.files("helper.web")))
STATIC: Final[dict[str, tuple[Path, str]]] = {
    "style.css": (EXTENSION / "pages/style.css", "text/css"),
    "console.css": (_HERE / "static/console.css", "text/css"),
    "case.css": (_HERE / "static/case.css", "text/css"),
    "draft.css": (_HERE / "static/draft.css", "text/css"),
    "library.css": (_HERE / "static/library.css", "text/css"),
    "settings.css": (_HERE / "static/settings.css", "text/css"),
    "today.css": (_HERE / "static/today.css", "text/css"),
    "console.js": (_HERE / "static/console.js", "text/javascript"),
    "htmx.min.js": (_HERE / "static/htmx.min.js", "text/javascript"),
    "icon.png": (EXTENSION / "icons/icon-48.png", "image/png"),
}
"""The files of the pages by name. The extension's design system is the console's too."""


class Renderer:
    """The templates of the console, compiled once."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(static=static_path)
        self._environment.filters.update(
            when=_in_language(moment),
            day=_in_language(day),
            size=_in_language(size),
            by_button=_in_language(by_button),
            local=local,
        )

    def render(self, template: str, language: Language, **values: Any) -> str:
        """Return the page; `t` and `coded` are the catalogues in its language."""

        def t(key: str, **given: object) -> str:
            return text(key, language, **given)

        return self._environment.get_template(template).render(
            language=language,
            t=t,
            coded=lambda area, code: coded(area, code, language),
            named=lambda area, code: named(area, code, language),
            label=lambda path: field_label(path, language),
            warned=lambda code: warned(code, language),
            **values,
        )


@cache
def static_path(name: str) -> str:
    """Return the address of a file with its hash, so that a browser may keep it."""
    return f"/static/{name}?v={hashlib.sha256(static_bytes(name)).hexdigest()[:12]}"


def static_reply(name: str) -> web.Response:
    """Return a file of the pages as a reply; a browser keeps it, its address changes with it."""
    media_type = STATIC[name][1]
    return web.Response(
        body=static_bytes(name),
        content_type=media_type,
        charset="utf-8" if media_type.startswith("text/") else None,
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )


@cache
def static_bytes(name: str) -> bytes:
    """Return a file of the pages."""
    return STATIC[name][0].read_bytes()


def moment(at: datetime, language: Language) -> str:
    """Return a moment to the minute as one reads it in China."""
    return at.astimezone(ZONE).strftime(
        "%Y-%m-%d %H:%M" if language == "zh_CN" else "%d %b %Y %H:%M"
    )


def local(at: datetime) -> str:
    """Return a moment as a field of a form has it, in China."""
    return at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def day(at: datetime, language: Language) -> str:
    """Return the day in China."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d" if language == "zh_CN" else "%d %b %Y")


def size(count: int, _language: Language) -> str:
    """Return a number of bytes with a unit of 1024."""
    value, unit = float(count), "B"
    for bigger in ("KB", "MB", "GB"):
        if value < 1024:
            break
        value, unit = value / 1024, bigger
    return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"


def _in_language(write: Callable[[Any, Language], str]) -> Callable[..., str]:
    @pass_context
    def filtered(context: Context, value: Any) -> str:
        return "" if value is None else write(value, context["language"])

    return filtered
