"""Writes docs/api.md out of the list of routes and the structs that they name."""

import inspect
import typing
from collections.abc import Iterable
from typing import Any

import msgspec

from asura.cli.docs_types import field_rows
from asura.web.app import ROUTES
from asura.web.route import Param, Route

INTRODUCTION = """\
# HTTP API

The same as OpenAPI 3.1: `GET /api/v1/openapi.json`, and for a person `GET /api/docs` of a running asura.

- JSON in UTF-8. Instants are RFC 3339 in UTC, durations seconds, latencies milliseconds (`_ms`), ratios 0 to 1
  (`_ratio`), ids integers. Where a path has `{id}`, monitors and channels may also be named by their slug.
- **Auth**: `Authorization: Bearer KEY` or `X-API-Key: KEY`. Without a key 401, with too little right 403, and what one
  may not see is the same 404 as what is not there. Roles: `admin`, `editor`, `viewer`, each with all of the next. A key
  may be narrowed by scopes. `asura key create NAME --role viewer` makes one.
- **Lists** answer `{"data": [...], "next_cursor": null}` and take `limit` (1 to 500, default 100) and `cursor`.
- **Errors** are `application/problem+json` with `errors`, a list of `path` and `message` for every field that is wrong.
- **Repeats**: `POST` with `Idempotency-Key` does it once. `If-Match` with the `ETag` of a GET guards an edit (412).
- **Events**: `GET /api/v1/events` is a stream (SSE): `monitor` (a row of the overview, or what of it changed),
  `incident`, `ping`, and `probe` (`id`, `region`, `online`, `blind`: one is gone, back, or cannot see). Ids are
  `boot-seq`; `Last-Event-ID` goes on from there, and `reset` says that too much was missed: read everything anew.
- Every answer carries `X-Request-ID`; the same id is in the log. Above the rate limit: 429 with `Retry-After`.
- What the configuration file manages has `"managed_by": "file"`; changing it is 409. Secrets come back as `********`,
  and sending that keeps what is stored.

```sh
curl -H "X-API-Key: $KEY" http://127.0.0.1:8090/api/v1/overview
curl -H "X-API-Key: $KEY" -H "Content-Type: application/json" \\
     -d '{"name": "Shop", "type": "http", "target": "https://shop.example/health"}' \\
     http://127.0.0.1:8090/api/v1/monitors
```
"""


def page() -> str:
    """Return docs/api.md."""
    parts = [INTRODUCTION, "## Routes\n"]
    for name, routes in _groups().items():
        parts.append(f"### {name.capitalize()} routes\n\n{_route_table(routes)}{_queries(routes)}")
    parts.append("## Bodies\n\nWhat requests send.\n")
    parts += [_struct(one) for one in _structs(route.body for route in ROUTES)]
    parts.append("## Answers\n\nWhat comes back, inside `data` for lists.\n")
    parts += [_struct(one, sent=False) for one in _structs(route.answer for route in ROUTES)]
    return "\n".join(parts)


def _groups() -> dict[str, list[Route]]:
    found: dict[str, list[Route]] = {}
    for route in ROUTES:
        found.setdefault(route.handler.__module__.rpartition(".")[2], []).append(route)
    return found


def _route_table(routes: list[Route]) -> str:
    rows = "".join(
        f"| `{route.method} {route.path}` | {route.role} | {route.scope or ''} | {route.summary}{_names(route)} |\n"
        for route in routes
    )
    return f"| route | role | scope | what it does |\n|---|---|---|---|\n{rows}"


def _names(route: Route) -> str:
    """Return which structs a route takes and answers."""
    body, answer = _named(route.body), _named(route.answer)
    found = [f"takes {body}"] if body else []
    found += [f"answers {answer}"] if answer else []
    return f" ({', '.join(found)})" if found else ""


def _named(kind: Any) -> str:
    structs = _structs([kind])
    return f"[{structs[0].__name__}](#{structs[0].__name__.lower()})" if structs else ""


def _queries(routes: list[Route]) -> str:
    params: dict[str, Param] = {param.name: param for route in routes for param in route.params}
    if not params:
        return ""
    lines = "".join(f"- `{name}`: {param.help}\n" for name, param in params.items())
    return f"\nQuery parameters, where a route takes them:\n\n{lines}"


def _structs(kinds: Iterable[Any]) -> list[type[msgspec.Struct]]:
    """Return the structs that kinds name, also inside a page or a choice, each once."""
    found: dict[type[msgspec.Struct], None] = {}
    for kind in kinds:
        inner = typing.get_args(kind)
        if inner:
            found |= dict.fromkeys(_structs(inner))
        elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            found[kind] = None
    return list(found)


def _struct(struct: type[msgspec.Struct], *, sent: bool = True) -> str:
    head = f"### {struct.__name__}\n\n{inspect.cleandoc(struct.__doc__ or '')}\n\n"
    if sent:
        return f"{head}| field | default | kind | |\n|---|---|---|---|\n{''.join(field_rows(struct))}"
    names = ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(struct))
    return f"{head}{names}\n"
