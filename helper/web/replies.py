"""JSON replies, and errors as a person and a program read them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_json

from helper import messages
from helper.errors import InvalidError, KazhengError, NotFoundError

Model = TypeVar("Model", bound=BaseModel)
_BESIDE = ("received", "parts")
"""Details that stand beside the error: a client needs them to go on."""


def json_reply(value: Any, status: int = 200) -> web.Response:
    """Return models, mappings and lists of them as JSON."""
    return web.Response(body=to_json(value), status=status, content_type="application/json")


def language_of(request: web.Request) -> messages.Language:
    """Return the language the extension speaks."""
    return messages.pick_language(request.headers.get("Accept-Language"))


def error_reply(error: KazhengError, accept_language: str | None, status: int = 0) -> web.Response:
    """Return the explained error in the language of the request."""
    explained = messages.explain(error, messages.pick_language(accept_language))
    reason = error.details.get("reason")
    body: dict[str, Any] = {"error": explained | ({"reason": reason} if reason else {})}
    body |= {name: error.details[name] for name in _BESIDE if name in error.details}
    return json_reply(body, status or error.status)


def from_http(error: web.HTTPException) -> tuple[KazhengError, int]:
    """Return aiohttp's own refusal (no such route, wrong method) as an explained error."""
    if error.status == HTTPStatus.NOT_FOUND:
        return NotFoundError(kind="route", id=""), error.status
    return InvalidError(what=error.reason), error.status


def parse(model: type[Model], body: bytes) -> Model:
    """Return the body as a model; InvalidError names the first wrong place, never its value."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise InvalidError(what=_place(error)) from None


def parse_value(kind: Any, name: str, value: str | None) -> Any:
    """Return a path or query value as the annotated kind; InvalidError names it."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        raise InvalidError(what=name) from None


def path_value(kind: Any, request: web.Request, name: str, thing: str) -> str:
    """Return a value of the path as the annotated kind; a misshapen one names nothing we have."""
    return shaped(kind, request.match_info[name], thing)


def shaped(kind: Any, value: str, thing: str) -> str:
    """Return an id as the annotated kind; NotFoundError for a misshapen one."""
    try:
        return str(TypeAdapter(kind).validate_python(value))
    except ValidationError:
        raise NotFoundError(kind=thing, id=value[:80]) from None


def _place(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "body"
    return f"{place} ({first['type']})"
