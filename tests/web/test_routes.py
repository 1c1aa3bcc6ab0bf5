"""The list of routes is the law: how keys are sent, that nothing else is there, and what its documents say."""

import re
from pathlib import Path

import pytest

from asura.web.app import ROUTES
from asura.web.openapi import document
from asura.web.options import WebOptions
from asura.web.route import PUBLIC
from tests.web.harness import V1, asura


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
