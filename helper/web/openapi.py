"""The OpenAPI 3.1 document, made from the routes and the models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from helper.web import signing
from helper.web.bodies import ErrorReply
from helper.web.guard import OPEN
from helper.web.routes import Route

_REFERENCE = "#/components/schemas/{model}"
_SIGNED = (
    signing.PAIRING,
    signing.TIME,
    signing.NONCE,
    signing.START,
    signing.BODY,
    signing.SIGNATURE,
)


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """Return the document that names every route."""
    listed = tuple(routes)
    wanted: set[tuple[type[BaseModel], JsonSchemaMode]] = {(ErrorReply, "serialization")}
    for route in listed:
        if isinstance(route.reply, type):
            wanted.add((route.reply, "serialization"))
        if isinstance(route.body, type):
            wanted.add((route.body, "validation"))
    ordered = sorted(wanted, key=lambda pair: (pair[0].__name__, pair[1]))
    names, schemas = models_json_schema(ordered, ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for route in listed:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kazheng helper", "version": version},
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": name} for name in _SIGNED
            },
        },
    }


def _operation(route: Route, names: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", route.path)
        ]
        + [
            {
                "name": name,
                "in": "query",
                "required": name not in route.optional,
                "schema": TypeAdapter(kind).json_schema(),
            }
            for name, kind in route.query.items()
        ],
        "security": [] if route.name in OPEN else [{name: [] for name in _SIGNED}],
        "responses": {
            "200": {
                "description": "Done",
                "content": _content(route.reply, "serialization", names),
            },
            "default": {
                "description": "Refused, with the reason and the next step",
                "content": _content(ErrorReply, "serialization", names),
            },
        },
    }
    if route.body is not None:
        content = _content(route.body, "validation", names)
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _content(
    kind: type[BaseModel] | str, mode: JsonSchemaMode, names: dict[Any, Any]
) -> dict[str, Any]:
    if isinstance(kind, str):
        return {kind: {}}
    return {"application/json": {"schema": names[kind, mode]}}
