"""API keys over HTTP: shown once, narrowed, ended by time or by hand, and known to have been used."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.web.harness import V1, asura, eventually, paths_of

KEYS = f"{V1}/keys"


async def test_a_key_is_shown_once_and_its_list_row_has_everything_but_the_key(tmp_path: Path) -> None:
    body = {"name": "ci", "role": "editor", "scopes": ["write", "read"], "rate_per_sec": 2.5}
    async with asura(tmp_path) as site, site.client() as admin:
        answer = await admin.post(KEYS, json=body)
        made = answer.json()
        token = made.pop("key")
        listed = (await admin.get(KEYS)).json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{KEYS}/{made['id']}"
    assert made == {
        "id": made["id"], "name": "ci", "role": "editor", "scopes": ["read", "write"], "rate_per_sec": 2.5,
        "created_at": made["created_at"], "last_used_at": None, "expires_at": None,
    }  # fmt: skip
    assert listed[-1] == made
    assert token not in str(listed)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"name": "", "role": "viewer"}, {"name"}),
        ({"name": "x", "role": "king"}, {"role"}),
        ({"name": "x", "role": "viewer", "scopes": ["all"]}, {"scopes[0]"}),
        ({"name": "x", "role": "viewer", "rate_per_sec": -1}, {"rate_per_sec"}),
        ({"name": "x", "role": "viewer", "rate_per_sec": 10_001}, {"rate_per_sec"}),
        ({"name": "x", "role": "viewer", "rate_per_sec": "fast"}, {"rate_per_sec"}),
        ({"name": "x", "role": "viewer", "expires_at": "tomorrow"}, {"expires_at"}),
        ({"name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}, {"expires_at"}),
        ({"name": "x", "role": "viewer", "hash": "00" * 32}, {"hash"}),
    ],
)
async def test_what_cannot_be_a_key_names_its_field(tmp_path: Path, body: dict[str, Any], wrong: set[str]) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        answer = await admin.post(KEYS, json=body)
    assert (answer.status_code, paths_of(answer)) == (422, wrong)


@pytest.mark.parametrize("rate", [0, None])
async def test_no_rate_is_that_of_everybody(tmp_path: Path, rate: int | None) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        made = await admin.post(KEYS, json={"name": "x", "role": "viewer", "rate_per_sec": rate})
    assert made.json()["rate_per_sec"] is None


async def test_a_key_ends_when_its_time_is_over(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        until = site.engine.clock.now() + timedelta(seconds=0.4)
        made = await admin.post(
            KEYS, json={"name": "x", "role": "viewer", "expires_at": until.isoformat().replace("+00:00", "Z")}
        )
        async with site.client(key=made.json()["key"]) as client:
            assert (await client.get(f"{V1}/me")).status_code == 200
            await asyncio.sleep(0.5)
            assert (await client.get(f"{V1}/me")).status_code == 401


async def test_a_revoked_key_is_nobody_at_once_and_cannot_be_revoked_twice(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        made = (await admin.post(KEYS, json={"name": "x", "role": "viewer"})).json()
        async with site.client(key=made["key"]) as client:
            assert (await client.get(f"{V1}/me")).status_code == 200
            assert (await admin.delete(f"{KEYS}/{made['id']}")).status_code == 204
            assert (await client.get(f"{V1}/me")).status_code == 401
        assert (await admin.delete(f"{KEYS}/{made['id']}")).status_code == 404


async def test_a_use_is_noted_and_survives_a_restart(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("viewer") as viewer, site.client() as admin:
        await viewer.get(f"{V1}/me")

        def noted() -> bool:
            return any(one.name == "viewer" and one.last_used_at for one in site.engine.keys.list())

        await eventually(noted)
        found = {one["name"]: one["last_used_at"] for one in (await admin.get(KEYS)).json()["data"]}
        assert found["viewer"]
        await site.engine.store.write(lambda _: None)
        await site.engine.keys.load()
        assert noted()


async def test_a_narrowed_key_makes_none_that_may_do_more(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(key=await site.key("admin", "write")) as client:
        assert paths_of(await client.post(KEYS, json={"name": "x", "role": "viewer"})) == {"scopes"}
        assert (await client.post(KEYS, json={"name": "x", "role": "admin", "scopes": ["write"]})).status_code == 201
