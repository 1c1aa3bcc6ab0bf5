"""Links over HTTP: made by admins, shown once, looked at and used up by whoever holds them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from asura.domain.throttle import Rule
from asura.engine.options import AccountOptions
from tests.engine.people import CHEAP
from tests.web.harness import PASSWORD, V1, asura, paths_of

OTHER = "a loud afternoon"
FREE = AccountOptions(password_cost=CHEAP, login=Rule(rate=0))


async def test_somebody_is_invited_looks_and_accepts(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as admin, site.client(None) as guest:
        guest.headers["Sec-Fetch-Site"] = "same-origin"
        wanted = {"role": "editor", "tags": ["eu"], "email": "bo@b.example"}
        made = await admin.post(f"{V1}/invitations", json=wanted)
        assert made.status_code == 201
        link, mailed = made.json()["link"], made.json()["mailed"]
        token = link.partition("/invitation#")[2]
        assert len(token) == 32 and mailed is False
        assert made.json()["created_by"] == "admin of a session"
        (listed,) = (await admin.get(f"{V1}/invitations")).json()["data"]
        assert listed == {name: value for name, value in made.json().items() if name in listed}
        assert token not in (await admin.get(f"{V1}/invitations")).text
        look = (await guest.post(f"{V1}/invitations/look", json={"token": token})).json()
        assert look == {"role": "editor", "email": "bo@b.example", "name": None, "expires_at": listed["expires_at"]}
        bad = await guest.post(f"{V1}/invitations/accept", json={"token": token, "username": "", "password": "short"})
        assert (bad.status_code, paths_of(bad)) == (422, {"username", "password"})
        body = {"token": token, "username": "Bo", "password": PASSWORD}
        accepted = await guest.post(f"{V1}/invitations/accept", json=body)
        assert accepted.status_code == 201
        assert (accepted.json()["name"], accepted.json()["role"], accepted.json()["tags"]) == ("Bo", "editor", ["eu"])
        assert (await guest.get(f"{V1}/me")).json() == accepted.json()
        for path, again in (("look", {"token": token}), ("accept", body | {"username": "Eve"})):
            assert (await guest.post(f"{V1}/invitations/{path}", json=again)).status_code == 404
        assert (await admin.get(f"{V1}/invitations")).json()["data"] == []


async def test_a_user_gets_a_new_password_by_a_link(tmp_path: Path) -> None:
    async with (
        asura(tmp_path, accounts=FREE) as site,
        site.session("admin") as admin,
        site.session("viewer") as viewer,
        site.client(None) as guest,
    ):
        user_id = (await viewer.get(f"{V1}/me")).json()["user_id"]
        made = await admin.post(f"{V1}/users/{user_id}/reset")
        assert made.status_code == 200 and made.json().keys() >= {"link", "expires_at"}
        token = made.json()["link"].partition("/invitation#")[2]
        assert (await admin.get(f"{V1}/invitations")).json()["data"] == []
        assert (await viewer.get(f"{V1}/me")).status_code == 200
        look = (await guest.post(f"{V1}/invitations/look", json={"token": token})).json()
        assert (look["name"], look["role"]) == ("viewer of a session", "viewer")
        named = {"token": token, "password": OTHER, "username": "eve"}
        assert paths_of(await guest.post(f"{V1}/invitations/accept", json=named)) == {"username"}
        accepted = await guest.post(f"{V1}/invitations/accept", json={"token": token, "password": OTHER})
        assert (accepted.status_code, accepted.json()["name"]) == (201, "viewer of a session")
        assert (await viewer.get(f"{V1}/me")).status_code == 401


@pytest.mark.parametrize("body", [{"totp": True}, {"totp": False}, {}])
async def test_a_reset_may_end_the_second_factor(tmp_path: Path, body: dict[str, Any]) -> None:
    async with asura(tmp_path) as site, site.session("admin") as admin, site.client(None) as guest:
        from asura.domain import totp

        bo = await site.engine.users.create("bo", role="viewer", password=PASSWORD)
        factor = site.engine.signing_in.second_factor
        step = totp.step_of(site.engine.clock.now().timestamp())
        await factor.confirm(bo.id, totp.code_at(factor.offer(bo.id), step))
        link = (await admin.post(f"{V1}/users/{bo.id}/reset", json=body)).json()["link"]
        accepted = {"token": link.partition("#")[2], "password": OTHER}
        assert (await guest.post(f"{V1}/invitations/accept", json=accepted)).json()["totp"] is not body.get(
            "totp", False
        )


async def test_somebody_disabled_gets_a_password_and_no_way_in(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as admin, site.client(None) as guest:
        bo = await site.engine.users.create("bo", role="viewer", password=PASSWORD)
        link = (await admin.post(f"{V1}/users/{bo.id}/reset")).json()["link"]
        await site.engine.users.change(bo.id, name="bob")
        accepted = {"token": link.partition("#")[2], "password": OTHER}
        await admin.patch(f"{V1}/users/{bo.id}", json={"enabled": False})
        answer = await guest.post(f"{V1}/invitations/accept", json=accepted)
        assert answer.status_code == 404, "what ends sessions ends links too"
        assert "set-cookie" not in answer.headers


async def test_an_invitation_is_withdrawn(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as admin, site.client(None) as guest:
        made = (await admin.post(f"{V1}/invitations", json={"role": "viewer"})).json()
        assert (await admin.delete(f"{V1}/invitations/{made['id']}")).status_code == 204
        assert (await admin.delete(f"{V1}/invitations/{made['id']}")).status_code == 404
        token = made["link"].partition("#")[2]
        assert (await guest.post(f"{V1}/invitations/look", json={"token": token})).status_code == 404


async def test_of_many_who_accept_at_once_one_is_in(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as admin, site.client(None) as guest:
        token = (await admin.post(f"{V1}/invitations", json={"role": "viewer"})).json()["link"].partition("#")[2]
        bodies = [{"token": token, "username": f"user{n}", "password": PASSWORD} for n in range(5)]
        done = await asyncio.gather(*(guest.post(f"{V1}/invitations/accept", json=body) for body in bodies))
        assert sorted(one.status_code for one in done) == [201, 404, 404, 404, 404]
        assert len(site.engine.users.all()) == 2


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"role"}),
        ({"role": "root"}, {"role"}),
        ({"role": "viewer", "email": "x"}, {"email"}),
        ({"role": "viewer", "tags": [""]}, {"tags[0]"}),
        ({"role": "viewer", "tags": ["\t"]}, {"tags"}),
        ({"role": "viewer", "link": "x"}, {"link"}),
        ({"role": "viewer", "expires_at": "2200-01-01T00:00:00Z"}, {"expires_at"}),
    ],
)
async def test_what_is_wrong_with_an_invitation_is_named(tmp_path: Path, body: dict[str, Any], wrong: set[str]) -> None:
    async with asura(tmp_path) as site, site.session("admin") as admin:
        answer = await admin.post(f"{V1}/invitations", json=body)
        assert (answer.status_code, paths_of(answer)) == (422, wrong)


async def test_invitations_are_listed_in_pages(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as admin:
        made = [(await admin.post(f"{V1}/invitations", json={"role": "viewer"})).json()["id"] for _ in range(3)]
        first = (await admin.get(f"{V1}/invitations", params={"limit": 2})).json()
        rest = (await admin.get(f"{V1}/invitations", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [one["id"] for one in first["data"] + rest["data"]] == made
        assert rest["next_cursor"] is None


@pytest.mark.parametrize("role", ["viewer", "editor"])
async def test_links_are_for_admins(tmp_path: Path, role: str) -> None:
    async with asura(tmp_path) as site, site.session(role) as client:
        for method, path in (("GET", ""), ("POST", ""), ("DELETE", "/1")):
            assert (await client.request(method, f"{V1}/invitations{path}")).status_code == 403
        assert (await client.post(f"{V1}/users/1/reset")).status_code == 403
