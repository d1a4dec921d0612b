"""The document names every route, and what it points at is in it."""

from __future__ import annotations

import json
import re
from typing import Any

from helper.web.server import create_app
from tests.web.conftest import World


async def fetched(world: World) -> dict[str, Any]:
    answer = await world.client.call("GET", "/v1/openapi.json")
    assert answer.status == 200
    found: dict[str, Any] = answer.json
    return found


async def test_it_names_every_route_and_no_other(world: World) -> None:
    document = await fetched(world)
    named = {(path, method) for path, on in document["paths"].items() for method in on}
    routed = {
        (route.resource.canonical, route.method.lower())
        for route in create_app(world.services).router.routes()
        if route.resource
    }
    assert named == routed
    assert document["openapi"] == "3.1.0"


async def test_every_reference_leads_somewhere(world: World) -> None:
    document = await fetched(world)
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert names
    assert names <= set(document["components"]["schemas"])


async def test_only_the_open_routes_need_no_signature(world: World) -> None:
    document = await fetched(world)
    unsigned = {
        operation["operationId"]
        for on in document["paths"].values()
        for operation in on.values()
        if not operation["security"]
    }
    assert unsigned == {"hello", "pair"}


async def test_path_and_query_values_are_described(world: World) -> None:
    upload = (await fetched(world))["paths"]["/v1/captures/{uuid}/parts/{sha256}"]["put"]
    described = {(one["name"], one["in"]) for one in upload["parameters"]}
    assert described == {("uuid", "path"), ("sha256", "path"), ("offset", "query")}
