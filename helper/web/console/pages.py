"""What a page of the console is, and what its handler gets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from aiohttp import web
from aiohttp.web_urldispatcher import UrlMappingMatchInfo
from multidict import MultiDict

from helper.errors import InvalidError
from helper.messages import Language
from helper.web.console.plans import Plans
from helper.web.console.render import Renderer
from helper.web.console.sessions import Session, Sessions, cookie_of
from helper.web.console.uploads import Upload
from helper.web.guard import port_of
from helper.web.replies import shaped
from helper.web.services import Services

_OWN: Final = re.compile(r"/(?![/\\])[!-~]*")


def own_path(path: str) -> str:
    """Return a path of this server, `/` for what may name another host."""
    return path if _OWN.fullmatch(path) else "/"


@dataclass(frozen=True)
class Console:
    """What all pages share. Who holds `making` decodes a picture: one at a time, they are large."""

    services: Services
    renderer: Renderer
    sessions: Sessions
    plans: Plans
    making: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Visit:
    """One request to the console. `session` is None only on pages that need no login.

    `form` holds the fields of a POST, with the token of the session already checked, `file` what
    comes after them on a page that `brings_file`. `pulse` is the vault's before the page was made:
    an open page asks from there on what changed.
    """

    console: Console
    request: web.Request
    match: UrlMappingMatchInfo
    language: Language
    session: Session | None
    form: MultiDict[str]
    pulse: str = ""
    file: Upload | None = None

    @property
    def services(self) -> Services:
        """The parts behind the pages."""
        return self.console.services

    @property
    def cookie(self) -> str:
        """The value of the session's cookie, empty where none was sent."""
        return self.request.cookies.get(cookie_of(port_of(self.request)), "")

    @property
    def logged_in(self) -> bool:
        """Tell whether the session still is one; to ask is no use of it."""
        return self.console.sessions.find(self.cookie, self.services.now(), used=False) is not None

    @property
    def partial(self) -> bool:
        """Tell whether htmx asks, and takes a part of a page."""
        return "HX-Request" in self.request.headers

    @property
    def here(self) -> str:
        """The address of the page with its query; of a form or a part, that of the page around."""
        if self.request.method == "GET" and not self.partial:
            return self.request.path_qs
        server = f"http://{self.request.host}"
        return own_path(self.request.headers.get("Referer", "").removeprefix(server))

    def path(self, name: str) -> str:
        """Return a value of the path."""
        return self.match[name]

    def id(self, kind: Any, name: str, thing: str) -> str:
        """Return a value of the path as the annotated kind; a misshapen one names nothing."""
        return shaped(kind, self.path(name), thing)

    def query(self, name: str) -> str:
        """Return a value of the query without blanks around it, empty if it was not given."""
        return self.request.query.get(name, "").strip()

    def field(self, name: str) -> str:
        """Return a field of the form without blanks around it; InvalidError if it was not sent."""
        value = self.form.get(name)
        if value is None:
            raise InvalidError(what=name)
        return value.strip()

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """Answer with a template; what was to be said once is said on it."""
        said = None
        if self.session is not None and not self.partial:
            said, self.session.said = self.session.said, None
        html = self.console.renderer.render(
            template,
            self.language,
            said=said,
            csrf=self.session.csrf if self.session else "",
            here=self.here,
            pulse=self.pulse,
            partial=self.partial,
            now=self.services.now(),
            **values,
        )
        return web.Response(text=html, content_type="text/html", charset="utf-8", status=status)

    def redirect(self, path: str, said: str = "", **values: object) -> web.Response:
        """Go to a page of ours after a POST; `said` (a catalogue key) is told there once."""
        if said and self.session is not None:
            self.session.said = (said, values)
        if self.partial:
            return web.Response(status=204, headers={"HX-Redirect": path})
        return web.Response(status=303, headers={"Location": path})


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Page:
    """One address of the console; `open`: it needs no login and shows no data.

    `brings_file`: its form sends its fields, the token among them, and then one file.
    `gives_file`: it answers with a file, not with a page that would ask what changed since.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    open: bool = False
    brings_file: bool = False
    gives_file: bool = False
