"""OpenAPI 3.1 from the list of routes and the structs that they name."""

import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from asura import __version__
from asura.domain.fields import schema_hook
from asura.web import cookies
from asura.web.errors import TITLES
from asura.web.options import WebOptions
from asura.web.route import PUBLIC, Param, Route
from asura.web.shapes import Problem

REFERENCE = "#/components/schemas/{name}"
PROBLEM = "application/problem+json"
TOLD = (
    "The HTTP contract of asura. Instants are RFC 3339 in UTC, durations seconds, latencies milliseconds (`_ms`), "
    "ratios 0 to 1 (`_ratio`). Errors are problem+json (RFC 9457)."
)


def document(routes: Sequence[Route], options: WebOptions) -> dict[str, Any]:
    """Return the OpenAPI document of these routes."""
    structs = _structs(routes)
    schemas, components = _schemas(structs)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "asura", "version": __version__, "description": TOLD},
        "servers": [{"url": (options.external_url.rstrip("/") or options.base_path) or "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "session": {"type": "apiKey", "in": "cookie", "name": cookies.NAME},
            },
        },
    }


def type_schema(params: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of a type's settings, with its definitions inside."""
    return dict(_type_schema(params))


@cache
def _type_schema(params: type[msgspec.Struct]) -> dict[str, Any]:
    schema = msgspec.json.schema(params, schema_hook=schema_hook)
    name = schema.get("$ref", "").rpartition("/")[2]
    definitions = schema.get("$defs", {})
    if name in definitions:
        inner = definitions.pop(name)
        return {**inner, "$defs": definitions} if definitions else dict(inner)
    return schema


def statuses(route: Route) -> list[int]:
    """Return every status that a route can answer with: its own, and those that its rights, body and address bring."""
    # What is not HTTP is a 400 on every route.
    found = {400, *route.statuses}
    if route.role != PUBLIC:
        found |= {401, 403, 503}
    if route.limited:
        found.add(429)
    if route.method in {"POST", "PUT", "PATCH"}:
        found |= {408, 413, 415, 422}
    if route.params:
        found.add(422)
    if "{" in route.path:
        found.add(404)
    return sorted(found)


def _operation(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    name = _name(route)
    operation: dict[str, Any] = {
        "operationId": name + _ending(route.path),
        "summary": route.summary,
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "parameters": [*_path_parameters(route.path), *_headers(route), *map(_query_parameter, route.params)],
        "responses": {str(status): _response(route, status, schemas) for status in statuses(route)},
        "security": _security(route),
    }
    if route.role != PUBLIC:
        operation["x-role"] = route.role
        operation["x-scope"] = route.scope
        # Whether it is for people who signed in alone, and no business of keys.
        operation["x-person"] = route.person
        # Whether somebody who is limited to tags may call it, and then sees and touches only what carries one of them.
        operation["x-tagged"] = route.tagged
    if route.body is not None:
        content = {"application/json": {"schema": schemas[route.body]}}
        operation["requestBody"] = {"required": route.body_required, "content": content}
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.role == PUBLIC:
        return []
    ways: list[dict[str, list[str]]] = [{"bearer": []}, {"key": []}]
    return ways if route.of_probes else [*ways, {"session": []}]


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _headers(route: Route) -> list[dict[str, Any]]:
    names = []
    if route.method == "POST" and route.role != PUBLIC and not route.own_body:
        names.append("Idempotency-Key")
    if 412 in route.statuses:
        names.append("If-Match")
    if 304 in route.statuses:
        names.append("If-None-Match")
    return [{"name": name, "in": "header", "required": False, "schema": {"type": "string"}} for name in names]


def _query_parameter(param: Param) -> dict[str, Any]:
    schema = {"type": "array", "items": param.schema} if param.many else param.schema
    return {"name": param.name, "in": "query", "required": param.required, "description": param.help, "schema": schema}


def _response(route: Route, status: int, schemas: dict[Any, Any]) -> dict[str, Any]:
    title = TITLES.get(status, ("", HTTPStatus(status).phrase))[1]
    headers = {"X-Request-ID": {"schema": {"type": "string"}, "description": "Also in the log."}}
    if status == 201:
        headers["Location"] = {"schema": {"type": "string"}, "description": "Where the new object is."}
    if status in {429, 503}:
        headers["Retry-After"] = {"schema": {"type": "string"}, "description": "Seconds to wait."}
    found: dict[str, Any] = {"description": title, "headers": headers}
    if status in {204, 303, 304}:
        return found
    own = status < 400 or (status in route.statuses and status in route.own_statuses)
    if not own:
        found["content"] = {PROBLEM: {"schema": schemas[Problem]}} | {kind: {"schema": {}} for kind in route.refusals}
    else:
        is_json = route.media_type.endswith(("/json", "+json"))
        schema = schemas[route.answer] if route.answer is not None else {"type": "object" if is_json else "string"}
        found["content"] = {route.media_type: {"schema": schema}}
    return found


def _structs(routes: Sequence[Route]) -> list[Any]:
    found: dict[Any, None] = {Problem: None}
    for route in routes:
        for kind in (route.body, route.answer):
            if kind is not None:
                found[kind] = None
    return list(found)


def _schemas(structs: list[Any]) -> tuple[dict[Any, Any], dict[str, Any]]:
    schemas, components = msgspec.json.schema_components(structs, schema_hook=schema_hook, ref_template=REFERENCE)
    return dict(zip(structs, schemas, strict=True)), components


def _name(route: Route) -> str:
    """Return the name of an operation: that of its handler, or of its path where one handler stands behind many."""
    if route.path.startswith(("/status", "/api/v2/", "/api/v1/status/{slug}")):
        path = re.sub(r"[^a-z0-9]+", "_", route.path.replace("/status/{slug}", "/page")).strip("_")
        return f"{path}_{route.method.lower()}"
    return f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}_{route.method.lower()}"


def _ending(path: str) -> str:
    """Return what tells the operations of one handler apart."""
    return "_signal" if path.endswith("{signal}") else "_json" if path.endswith((".json",)) and "/badge" in path else ""
