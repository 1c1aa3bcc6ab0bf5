"""The list of routes is the law: who may call what, that nothing else is there, and what its documents say."""

import re
from pathlib import Path

import httpx2
import pytest

from asura.web.app import ROUTES
from asura.web.auth import RANK, SCOPES
from asura.web.openapi import document
from asura.web.options import WebOptions
from asura.web.route import PUBLIC, Route
from tests.web.harness import V1, Asura, asura

PUBLIC_PATHS = {
    "/api/v1/health",
    "/api/v1/health/ready",
    "/api/v1/openapi.json",
    "/api/docs",
    "/api/v1/check-types",
    "/api/v1/channel-types",
    "/api/v1/setup",
    "/api/v1/login",
    "/api/v1/invitations/look",
    "/api/v1/invitations/accept",
}
ADMIN_PATHS = {
    "/api/v1/keys",
    "/api/v1/keys/{id}",
    "/api/v1/heartbeat-key",
    "/api/v1/users",
    "/api/v1/users/{id}",
    "/api/v1/users/{id}/reset",
    "/api/v1/invitations",
    "/api/v1/invitations/{id}",
    "/api/v1/audit",
    "/api/v1/audit/export",
    "/api/v1/audit/verify",
}
# What people do about themselves.
OWN_PATHS = ("/api/v1/me", "/api/v1/sessions", "/api/v1/logout")


def _by_itself(route: Route) -> bool:
    """Whether a route has rights of its own: pings, badges of what is public, the API that speaks as Healthchecks."""
    return route.door or "/badge" in route.path or "{version}" in route.path


async def send(client: httpx2.AsyncClient, route: Route) -> int:
    """Call a route for an object that is not there, and return the status."""
    return (await client.request(route.method, re.sub(r"\{\w+\}", "999", route.path))).status_code


def rights(route: Route, role: str, scopes: tuple[str, ...]) -> int | None:
    """Return the status with which somebody must be refused, or None."""
    if route.role == PUBLIC:
        return None
    if route.person:
        return 403
    if RANK[role] < RANK[route.role] or (scopes and route.scope is not None and route.scope not in scopes):
        return 403
    return None


async def test_each_route_lets_in_its_roles_and_scopes_and_nobody_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        # Streams never end: an answer of 503 shows just as well that somebody was let in.
        site.app.streams.close()
        wrong = [line async for line in refusals(site)]
    assert wrong == []


async def refusals(site: Asura):
    """Yield every case in which a route answers otherwise than its line in the list says."""
    async with site.client(None) as nobody:
        for route in ROUTES:
            status = await send(nobody, route)
            if route.path != "/api/v1/login" and (status == 401) != (route.role != PUBLIC):
                yield f"anonymous {route.method} {route.path}: {status}"
    for role in RANK:
        for scopes in ((), *((scope,) for scope in sorted(SCOPES))):
            async with site.client(key=await site.key(role, *scopes)) as client:
                for route in ROUTES:
                    status = await send(client, route)
                    if (status if status in {401, 403} else None) != rights(route, role, scopes):
                        yield f"{role} {scopes} {route.method} {route.path}: {status}"


def test_only_the_named_routes_are_public_and_only_keys_need_an_admin() -> None:
    assert {route.path for route in ROUTES if route.role == PUBLIC and not _by_itself(route)} == PUBLIC_PATHS
    assert {route.path for route in ROUTES if route.role == "admin"} == ADMIN_PATHS


def test_what_changes_something_needs_an_editor_with_the_scope_write() -> None:
    for route in ROUTES:
        if route.method != "GET" and not _by_itself(route) and not route.signs_in and route.path not in PUBLIC_PATHS:
            if route.path.startswith(OWN_PATHS):
                assert route.role == "viewer" and route.scope in {"write", None}, route.path
                continue
            assert RANK[route.role] >= RANK["editor"], route.path
            assert route.scope == "write", route.path


@pytest.mark.parametrize("token", ["", "nonsense", "asura_" + "x" * 32, "x" * 10_000, "\u00ff\u00fe"])
async def test_a_wrong_key_is_a_401_that_says_how_to_send_one(tmp_path: Path, token: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        headers = [(b"authorization", b"Bearer " + token.encode("latin-1"))]
        answer = await client.get(f"{V1}/monitors", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert not token or token not in answer.text


async def test_a_key_is_taken_from_either_header(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        for headers in ({"X-API-Key": site.keys["viewer"]}, {"Authorization": f"bearer {site.keys['viewer']}"}):
            answer = await client.get(f"{V1}/me", headers=headers)
            assert answer.json()["role"] == "viewer"


async def test_a_query_parameter_is_no_credential(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        answer = await client.get(f"{V1}/me", params={"api_key": site.keys["admin"], "key": site.keys["admin"]})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/api/v1/nothing", 404, None),
        ("GET", "/api", 404, None),
        ("GET", "/api/v2/monitors", 404, None),
        ("GET", "/api/v1/monitors/", 404, None),
        ("DELETE", "/api/v1/monitors", 405, "GET, HEAD, POST"),
        ("GET", "/api/v1/monitors/bulk", 404, None),
        ("DELETE", "/api/v1/monitors/bulk", 404, None),
        ("TRACE", "/api/v1/monitors/bulk", 405, "POST"),
        ("GET", "/api/v1/monitors/1/pause", 405, "POST"),
        ("TRACE", "/api/v1/health", 405, "GET, HEAD"),
        ("PATCH", "/api/v1/keys/1", 405, "DELETE"),
        ("POST", "/", 405, "GET, HEAD"),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    tmp_path: Path, method: str, path: str, status: int, allow: str | None
) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("allow") == allow
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_head_answers_like_get_without_a_body(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        head, get = await client.head(f"{V1}/me"), await client.get(f"{V1}/me")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_openapi_has_every_route_with_its_rights() -> None:
    found = document(ROUTES, WebOptions())
    assert found["openapi"] == "3.1.0"
    listed = {(method.upper(), path) for path, methods in found["paths"].items() for method in methods}
    assert listed == {(route.method, route.path) for route in ROUTES}
    for route in ROUTES:
        operation = found["paths"][route.path][route.method.lower()]
        assert (operation["security"] == []) == (route.role == PUBLIC)
        assert operation.get("x-scope") == route.scope
        assert {"401", "403"} <= operation["responses"].keys() or route.role == PUBLIC


def test_openapi_refers_to_nothing_that_is_missing_and_names_each_operation_once() -> None:
    found = document(ROUTES, WebOptions())
    references = set(re.findall(r"'\$ref': '#/components/schemas/([^']+)'", str(found)))
    assert references <= found["components"]["schemas"].keys()
    names = [one["operationId"] for methods in found["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


async def test_the_documents_are_open_and_the_page_needs_no_script(tmp_path: Path) -> None:
    async with asura(tmp_path, base_path="/watch") as site, site.client(None) as client:
        page = await client.get("/watch/api/docs")
        assert (await client.get(f"/watch{V1}/openapi.json")).json()["servers"] == [{"url": "/watch"}]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    for route in ROUTES:
        assert f"<code>{route.path}</code>" in page.text
