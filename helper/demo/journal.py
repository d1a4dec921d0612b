"""What happened on the demo sites, so that tests can prove what was asked for and what was not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web
from multidict import MultiDictProxy


@dataclass(frozen=True)
class Upload:
    """A file that came with a form."""

    field: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Submission:
    """A form that was sent to a site."""

    site: str
    path: str
    fields: Mapping[str, tuple[str, ...]]
    files: tuple[Upload, ...]

    def value(self, name: str) -> str:
        """Return the first value of a field, else an empty string."""
        return next(iter(self.fields.get(name, ())), "")


@dataclass(frozen=True)
class Visit:
    """One request: method, path with query, whether the member's cookie came with it."""

    site: str
    method: str
    path: str
    with_cookie: bool


@dataclass
class Journal:
    """All visits and submissions since the start, oldest first."""

    visits: list[Visit] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)

    async def submission(self, site: str, request: web.Request) -> Submission:
        """Read the form of a POST, remember and return it."""
        form = await request.post()
        made = Submission(site, request.path, *_split(form))
        self.submissions.append(made)
        return made


def _split(
    form: MultiDictProxy[str | bytes | bytearray | web.FileField],
) -> tuple[dict[str, tuple[str, ...]], tuple[Upload, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    files: list[Upload] = []
    for name, value in form.items():
        if isinstance(value, web.FileField):
            data = value.file.read()
            if value.filename:
                digest = hashlib.sha256(data).hexdigest()
                files.append(Upload(name, value.filename, value.content_type, len(data), digest))
        else:
            text = value if isinstance(value, str) else value.decode("utf-8", "replace")
            fields[name] = (*fields.get(name, ()), text)
    return fields, tuple(files)
