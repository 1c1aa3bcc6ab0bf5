"""Signing in at a proxy in front: believed from trusted proxies alone, made into a user, checked like a cookie."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.datastructures import Headers

from asura.domain.federation import Rules
from asura.web import stream
from asura.web.options import ProxyOptions
from asura.web.proxy_login import person
from tests.web.harness import V1, Asura, asura, monitor, served

SAME = {"Sec-Fetch-Site": "same-origin"}


@asynccontextmanager
async def behind(
    folder: Path, *, trusted: str = "127.0.0.1", rules: Rules | None = None, **more: Any
) -> AsyncIterator[tuple[Asura, httpx2.AsyncClient]]:
    """Yield an asura behind a proxy, and a client whose own address is 127.0.0.1, over a real connection."""
    options = ProxyOptions(header="Remote-User", groups_header="Remote-Groups", rules=rules or Rules(), **more)
    async with asura(folder, proxy=options, trusted_proxies=(trusted,) if trusted else ()) as site:
        await site.engine.users.create("root", role="admin", password="correct horse battery 9")
        async with served(site.app) as url, httpx2.AsyncClient(base_url=url) as client:
            yield site, client


async def me(client: httpx2.AsyncClient, **headers: str) -> dict[str, Any] | None:
    answer = await client.get(f"{V1}/me", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return answer.json() if answer.status_code == 200 else None


async def test_whom_a_trusted_proxy_names_is_in_without_a_session(tmp_path: Path) -> None:
    async with behind(tmp_path, rules=Rules(roles={"ops": "editor"})) as (site, client):
        found = await me(client, Remote_User="anna", Remote_Groups="staff, ops")
        assert found is not None
        assert (found["name"], found["role"], found["password"]) == ("anna", "editor", False)
        user = site.engine.users.named("anna")
        assert user is not None
        assert (user.origin, user.subject) == ("proxy", "proxy anna")
        assert site.engine.sessions.all() == []
        assert await me(client) is None
        assert await me(client, Remote_User="") is None


async def test_the_groups_count_at_each_request(tmp_path: Path) -> None:
    async with behind(tmp_path, rules=Rules(roles={"ops": "editor"})) as (site, client):
        assert (await me(client, Remote_User="anna", Remote_Groups="ops") or {})["role"] == "editor"
        assert (await me(client, Remote_User="anna", Remote_Groups="staff") or {})["role"] == "viewer"
        assert (await me(client, Remote_User="anna") or {})["role"] == "viewer"
        assert len(site.engine.users.all()) == 2


@pytest.mark.parametrize("trusted", ["", "192.0.2.1", "10.0.0.0/8"])
async def test_from_anybody_else_the_header_is_nothing(tmp_path: Path, trusted: str) -> None:
    async with behind(tmp_path, trusted=trusted) as (site, client):
        forwarded = {"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1", "X-Real-IP": "192.0.2.1"}
        for more in ({}, forwarded):
            answer = await client.get(f"{V1}/me", headers={"Remote-User": "root", "Remote-Groups": "ops", **more})
            assert answer.status_code == 401
        assert [user.name for user in site.engine.users.all()] == ["root"]


async def test_a_client_that_names_itself_in_another_spelling_is_nobody(tmp_path: Path) -> None:
    async with behind(tmp_path) as (_, client):
        for name in ("Remote_User", "REMOTE-USER-", "X-Remote-User"):
            assert (await client.get(f"{V1}/me", headers={name: "root"})).status_code == 401


async def test_a_header_that_comes_twice_is_believed_from_nobody(tmp_path: Path) -> None:
    async with behind(tmp_path) as (_, client):
        answer = await client.get(f"{V1}/me", headers=[("Remote-User", "root"), ("remote-user", "anna")])
        assert answer.status_code == 401


async def test_a_local_account_of_the_same_name_is_not_theirs(tmp_path: Path) -> None:
    async with behind(tmp_path) as (_, client):
        found = await me(client, Remote_User="root")
        assert found is not None
        assert (found["name"], found["role"]) == ("root 2", "viewer")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        (SAME, 201),
    ],
)
async def test_a_page_of_another_site_changes_nothing_in_their_name(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async with behind(tmp_path, rules=Rules(role="editor")) as (_, client):
        answer = await client.post(f"{V1}/monitors", json=monitor(), headers={"Remote-User": "anna", **headers})
        assert answer.status_code == status


async def test_a_key_and_a_session_come_before_the_header(tmp_path: Path) -> None:
    async with behind(tmp_path) as (site, client):
        assert (await me(client, Remote_User="anna", X_API_Key=site.keys["editor"]) or {})["name"] == "editor"
        assert await me(client, Remote_User="anna", X_API_Key="nonsense") is None
        signed_in = await client.post(
            f"{V1}/login", json={"username": "root", "password": "correct horse battery 9"}, headers=SAME
        )
        assert signed_in.status_code == 200
        assert (await me(client, Remote_User="anna") or {})["name"] == "root"


@pytest.mark.parametrize("rules", [Rules(auto_create=False), Rules(allowed_groups=("staff",))])
async def test_who_may_not_come_in_is_told_so(tmp_path: Path, rules: Rules) -> None:
    async with behind(tmp_path, rules=rules) as (site, client):
        answer = await client.get(f"{V1}/me", headers={"Remote-User": "anna"})
        assert answer.status_code == 403
        assert "anna" in answer.json()["detail"]
        assert len(site.engine.users.all()) == 1
        # What is public stays so, and makes no user.
        assert (await client.get(f"{V1}/health", headers={"Remote-User": "anna"})).status_code == 200


async def test_who_is_disabled_here_stays_out(tmp_path: Path) -> None:
    async with behind(tmp_path) as (site, client):
        assert await me(client, Remote_User="anna") is not None
        anna = site.engine.users.named("anna")
        assert anna is not None
        await site.engine.users.change(anna.id, disabled_at=site.engine.clock.now())
        assert (await client.get(f"{V1}/me", headers={"Remote-User": "anna"})).status_code == 403


async def test_where_signing_out_leads_is_told(tmp_path: Path) -> None:
    async with behind(tmp_path, logout_url="https://auth.test/logout") as (_, client):
        assert (await client.get(f"{V1}/login")).json()["logout_url"] == "https://auth.test/logout"
        assert (await client.post(f"{V1}/logout", headers={"Remote-User": "anna", **SAME})).status_code == 409


async def test_without_the_setting_no_header_means_anything(tmp_path: Path) -> None:
    async with asura(tmp_path, trusted_proxies=("127.0.0.1",)) as site, site.client(None) as client:
        assert (await client.get(f"{V1}/me", headers={"Remote-User": "root", "": "x"})).status_code == 401


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"anna", "anna"),
        ("jürgen".encode(), "jürgen"),
        ("jürgen".encode("latin-1"), "jürgen"),
        (b"  anna  ", "anna"),
        (b"a@example.com", "a@example.com"),
        (b"", None),
        (b"   ", None),
        (b"a\x01b", None),
        (b"x" * 255, None),
    ],
)
def test_a_name_is_read_as_it_was_meant(raw: bytes, name: str | None) -> None:
    found = person(Headers(raw=[(b"remote-user", raw)]), ProxyOptions(header="Remote-User"))
    assert (found.name if found else None) == name


def test_groups_have_commas_between_them_in_one_header_or_in_several() -> None:
    raw = [(b"remote-user", b"anna"), (b"remote-groups", b"a, b,,"), (b"remote-groups", b"c"), (b"groups", b"d")]
    found = person(Headers(raw=raw), ProxyOptions(header="Remote-User", groups_header="Remote-Groups"))
    assert found is not None
    assert found.groups == ("a", "b", "c")


async def test_their_stream_of_events_goes_on_until_they_may_not_hear_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "QUIET_SECONDS", 0.05)
    async with behind(tmp_path) as (site, client):
        headers = {"Remote-User": "anna"}
        async with client.stream("GET", f"{V1}/events", headers=headers) as answer, asyncio.timeout(20):
            heard = 0
            async for line in answer.aiter_lines():
                heard += line == ": still here"
                if heard == 4:
                    anna = site.engine.users.named("anna")
                    assert anna is not None
                    await site.engine.users.change(anna.id, disabled_at=site.engine.clock.now())
        assert heard >= 4
