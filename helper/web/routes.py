"""What a route is: the router and the OpenAPI document are both made from this record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Route:
    """One route: how it is reached, what it takes and gives, who answers.

    `reply` is a model, or the media type of bytes; `query` maps a name to its annotated kind;
    `optional` names the query values that may be left out.
    """

    method: Literal["GET", "POST", "PUT"]
    path: str
    name: str
    handler: Handler
    summary: str
    reply: type[BaseModel] | str
    body: type[BaseModel] | str | None = None
    query: dict[str, Any] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
