"""Users, their sessions and the links for them over HTTP: who may, what is shown, and what never is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from asura.domain.throttle import Rule
from asura.engine.options import AccountOptions
from tests.engine.people import CHEAP
from tests.web.harness import PASSWORD, V1, asura, eventually, paths_of, served

OTHER = "a loud afternoon"
FREE = AccountOptions(password_cost=CHEAP, login=Rule(rate=0))
BO = {"name": "bo", "password": PASSWORD, "role": "editor", "tags": ["eu"], "email": "bo@b.example"}


async def test_a_user_is_made_shown_changed_and_deleted(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client:
        made = await client.post(f"{V1}/users", json=BO)
        assert made.status_code == 201
        bo = made.json()
        assert made.headers["location"] == f"{V1}/users/{bo['id']}"
        assert bo.keys() == {
            *("id", "name", "email", "role", "tags", "enabled", "totp", "origin", "created_at", "last_login_at")
        }  # fmt: skip
        assert {name: bo[name] for name in ("name", "role", "tags", "email")} == {
            name: BO[name] for name in ("name", "role", "tags", "email")
        }
        assert (bo["enabled"], bo["totp"], bo["origin"], bo["last_login_at"]) == (True, False, "local", None)
        url = f"{V1}/users/{bo['id']}"
        assert (await client.get(url)).json() == bo
        change = {"name": "Bo", "email": "", "role": "viewer", "tags": [], "enabled": False}
        changed = (await client.patch(url, json=change)).json()
        assert changed == bo | change
        assert (await client.patch(url, json={"enabled": True})).json() == bo | change | {"enabled": True}
        assert (await client.delete(url)).status_code == 204
        for method in ("GET", "PATCH", "DELETE"):
            assert (await client.request(method, url, json={})).status_code == 404


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "ADMIN of a session"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"role": "root"}, "role"),
        ({"role": None}, "role"),
        ({"tags": "eu"}, "tags"),
        ({"tags": ["x" * 65]}, "tags[0]"),
        ({"tags": [str(n) for n in range(51)]}, "tags"),
        ({"email": "nobody"}, "email"),
        ({"enabled": "yes"}, "enabled"),
        ({"password": OTHER}, "password"),
        ({"totp": False}, "totp"),
        ({"origin": "oidc"}, "origin"),
        ({"subject": "x"}, "subject"),
        ({"recovery": []}, "recovery"),
        ({"profile": {}}, "profile"),
        ({"id": 1}, "id"),
        ({"disabled_at": None}, "disabled_at"),
        ({"last_login_at": None}, "last_login_at"),
    ],
)
async def test_nothing_else_of_a_user_can_be_set(tmp_path: Path, change: dict[str, Any], wrong: str) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client:
        bo = await site.engine.users.create("bo", role="viewer", password=PASSWORD)
        answer = await client.patch(f"{V1}/users/{bo.id}", json=change)
        assert (answer.status_code, paths_of(answer)) == (422, {wrong})
        assert site.engine.users.get(bo.id) == bo


async def test_what_is_wrong_with_a_new_user_is_named_all_at_once(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client:
        answer = await client.post(
            f"{V1}/users", json={"name": "", "password": "short", "role": "viewer", "email": "x"}
        )
        assert (answer.status_code, paths_of(answer)) == (422, {"name", "password", "email"})
        missing = await client.post(f"{V1}/users", json={})
        assert paths_of(missing) == {"name", "password", "role"}


async def test_no_hash_or_secret_is_ever_shown(tmp_path: Path) -> None:
    async with asura(tmp_path, accounts=FREE) as site, site.session("admin") as client:
        await site.engine.invitations.invite("viewer", by="x")
        user = site.engine.users.all()[0]
        session = site.engine.sessions.all()[0]
        for path in ("users", f"users/{user.id}", "sessions", "invitations", "me", "system", "audit"):
            text = (await client.get(f"{V1}/{path}")).text
            for secret in (user.password or "", session.hash, client.cookies["asura_session"], "argon2"):
                assert secret not in text, path


async def test_users_are_listed_in_pages(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client:
        for n in range(4):
            await site.engine.users.create(f"user{n}", role="viewer", password=PASSWORD)
        first = (await client.get(f"{V1}/users", params={"limit": 3})).json()
        rest = (await client.get(f"{V1}/users", params={"limit": 3, "cursor": first["next_cursor"]})).json()
        assert [one["name"] for one in first["data"] + rest["data"]][1:] == [f"user{n}" for n in range(4)]
        assert rest["next_cursor"] is None
        assert (await client.get(f"{V1}/users", params={"cursor": "x"})).status_code == 422


@pytest.mark.parametrize("change", [{"role": "editor"}, {"enabled": False}, None])
async def test_the_last_admin_is_kept(tmp_path: Path, change: dict[str, Any] | None) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client:
        me = (await client.get(f"{V1}/me")).json()
        url = f"{V1}/users/{me['user_id']}"
        answer = await (client.delete(url) if change is None else client.patch(url, json=change))
        assert answer.status_code == 409
        assert (await client.get(f"{V1}/me")).json() == me


@pytest.mark.parametrize("change", [{"role": "editor"}, {"tags": ["eu"]}, {"enabled": False}, None])
async def test_who_is_changed_is_out_at_once(tmp_path: Path, change: dict[str, Any] | None) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client, site.session("viewer") as viewer:
        url = f"{V1}/users/{(await viewer.get(f'{V1}/me')).json()['user_id']}"
        answer = await (client.delete(url) if change is None else client.patch(url, json=change))
        assert answer.status_code in {200, 204}
        assert (await viewer.get(f"{V1}/me")).status_code == 401


async def test_sessions_are_ones_own_and_an_admin_sees_those_of_others(tmp_path: Path) -> None:
    async with (
        asura(tmp_path, accounts=FREE) as site,
        site.session("admin") as admin,
        site.session("viewer") as here,
        site.session("viewer") as there,
    ):
        mine = (await here.get(f"{V1}/sessions")).json()["data"]
        assert [one["current"] for one in mine] == [True, False]
        assert {one["user"] for one in mine} == {"viewer of a session"}
        user_id = mine[0]["user_id"]
        seen = (await admin.get(f"{V1}/sessions", params={"user_id": user_id})).json()["data"]
        assert [one["id"] for one in seen] == [one["id"] for one in mine]
        assert not any(one["current"] for one in seen)
        (his,) = (await admin.get(f"{V1}/sessions")).json()["data"]
        assert (await here.get(f"{V1}/sessions", params={"user_id": his["user_id"]})).status_code == 403
        assert (await here.delete(f"{V1}/sessions/{his['id']}")).status_code == 404
        assert (await here.delete(f"{V1}/sessions/999")).status_code == 404
        assert (await here.delete(f"{V1}/sessions/{mine[1]['id']}")).status_code == 204
        assert (await there.get(f"{V1}/me")).status_code == 401
        assert (await admin.delete(f"{V1}/sessions/{mine[0]['id']}")).status_code == 204
        assert (await here.get(f"{V1}/me")).status_code == 401
        assert (await admin.delete(f"{V1}/sessions/{his['id']}")).status_code == 204
        assert "asura_session" not in admin.cookies


async def test_all_other_sessions_end_in_one_go(tmp_path: Path) -> None:
    async with (
        asura(tmp_path, accounts=FREE) as site,
        site.session("editor") as editor,
        site.session("viewer") as here,
        site.session("viewer") as there,
    ):
        assert (await here.delete(f"{V1}/sessions")).status_code == 204
        found = [(await one.get(f"{V1}/me")).status_code for one in (here, there, editor)]
        assert found == [200, 401, 200]


async def test_a_key_has_no_sessions_and_an_admins_key_may_ask_for_those_of_users(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("viewer"), site.client("admin") as key:
        assert (await key.get(f"{V1}/sessions")).json()["data"] == []
        user_id = site.engine.users.all()[0].id
        assert len((await key.get(f"{V1}/sessions", params={"user_id": user_id})).json()["data"]) == 1
        async with site.client("viewer") as viewer:
            assert (await viewer.get(f"{V1}/sessions", params={"user_id": user_id})).status_code == 403


async def test_the_stream_of_a_session_that_ended_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asura.web.stream.QUIET_SECONDS", 0.05)
    async with asura(tmp_path) as site, site.session("viewer") as viewer, served(site.app) as url:
        cookie = {"Cookie": f"asura_session={viewer.cookies['asura_session']}"}
        async with site_client(url) as client, client.stream("GET", f"{V1}/events", headers=cookie) as answer:
            assert answer.status_code == 200
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 2000"
            await site.engine.sessions.end(site.engine.sessions.all()[0].id)
            async with asyncio.timeout(5):
                assert [line async for line in lines if line.startswith("data")] == []
        await eventually(lambda: site.app.streams.count == 0)


def site_client(url: str) -> Any:
    """Return a client of a real server."""
    import httpx2

    return httpx2.AsyncClient(base_url=url, timeout=10)
