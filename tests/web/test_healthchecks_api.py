"""Healthchecks' management API over heartbeats, as its scripts call it: over real HTTP, with its errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.web.harness import Asura, asura, served


class Theirs(NamedTuple):
    """An asura, and a client that speaks as Healthchecks' scripts do."""

    site: Asura
    http: httpx2.AsyncClient

    async def make(self, **body: Any) -> dict[str, Any]:
        answer = await self.http.post("/api/v3/checks/", json={"name": "Backup", **body})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@asynccontextmanager
async def theirs(folder: Path) -> AsyncIterator[Theirs]:
    async with asura(folder, loops=True) as site, served(site.app) as url:
        headers = {"X-Api-Key": site.keys["editor"]}
        async with httpx2.AsyncClient(base_url=url, headers=headers) as http:
            yield Theirs(site, http)


async def test_a_check_is_made_shown_changed_paused_resumed_and_deleted(tmp_path: Path) -> None:
    async with theirs(tmp_path) as t:
        made = await t.make(slug="db_backup", tags="prod db", desc="nightly", timeout=3600, grace=60, methods="POST")
        expected = {"name": "Backup", "slug": "db-backup", "tags": "prod db", "desc": "nightly", "timeout": 3600}
        expected |= {"grace": 60, "methods": "POST", "status": "new", "n_pings": 0, "started": False}
        assert {name: made[name] for name in expected} == expected
        assert made["ping_url"].endswith(f"/ping/{made['uuid']}")
        path = f"/api/v3/checks/{made['uuid']}"
        assert (await t.http.get(path)).json() == made
        changed = await t.http.post(path, json={"name": "Dump", "schedule": "30 2 * * *", "tz": "Europe/Berlin"})
        assert changed.status_code == 200
        assert (changed.json()["name"], changed.json()["schedule"], changed.json()["tags"]) == (
            "Dump",
            "30 2 * * *",
            "prod db",
        )
        assert "timeout" not in changed.json()
        assert (await t.http.post(f"{path}/resume")).status_code == 409
        assert (await t.http.post(f"{path}/pause", content=b"")).json()["status"] == "paused"
        assert (await t.http.post(f"{path}/resume")).json()["status"] == "new"
        assert (await t.http.delete(path)).json()["name"] == "Dump"
        assert (await t.http.get(path)).status_code == 404


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
async def test_states_are_told_in_their_words(tmp_path: Path, version: str) -> None:
    async with theirs(tmp_path) as t:
        made = await t.make()
        path = f"/api/{version}/checks/{made['uuid']}"
        await t.http.get(f"/ping/{made['uuid']}")
        assert (await t.http.get(path)).json()["status"] == "up"
        await t.http.get(f"/ping/{made['uuid']}/start")
        started = (await t.http.get(path)).json()
        assert (started["status"], started["started"]) == ("started" if version == "v1" else "up", True)
        await t.http.get(f"/ping/{made['uuid']}/fail")
        assert (await t.http.get(path)).json()["status"] == "down"


async def test_unique_finds_the_one_to_change(tmp_path: Path) -> None:
    async with theirs(tmp_path) as t:
        first = await t.make(tags="a b", timeout=600)
        again = await t.http.post("/api/v3/checks/", json={"name": "Backup", "timeout": 900, "unique": ["name"]})
        assert (again.status_code, again.json()["uuid"], again.json()["timeout"]) == (200, first["uuid"], 900)
        body = {"name": "Other", "tags": "b a", "unique": ["tags"]}
        assert (await t.http.post("/api/v3/checks/", json=body)).json()["uuid"] == first["uuid"]
        body = {"name": "Other", "timeout": 60, "unique": ["name", "timeout"]}
        assert (await t.http.post("/api/v3/checks/", json=body)).status_code == 201
        assert len((await t.http.get("/api/v3/checks/")).json()["checks"]) == 2
        assert len((await t.http.get("/api/v3/checks/?tag=a&tag=b")).json()["checks"]) == 1
        assert len((await t.http.get("/api/v3/checks/?slug=nothing")).json()["checks"]) == 0


async def test_the_key_may_stand_in_the_body_and_the_type_of_the_body_does_not_matter(tmp_path: Path) -> None:
    async with theirs(tmp_path) as t:
        raw = f'{{"name": "Curl", "api_key": "{t.site.keys["editor"]}"}}'
        headers = {"X-Api-Key": "", "Content-Type": "application/x-www-form-urlencoded"}
        answer = await t.http.post("/api/v1/checks/", content=raw, headers=headers)
        assert (answer.status_code, answer.json()["name"]) == (201, "Curl")


@pytest.mark.parametrize(
    ("key", "method", "code", "error"),
    [
        ("", "GET", 401, "missing api key"),
        ("wrong", "GET", 401, "wrong api key"),
        ("wrong", "POST", 401, "wrong api key"),
        ("viewer", "POST", 401, "wrong api key"),
        ("viewer", "GET", 200, None),
        ("admin", "GET", 200, None),
    ],
)
async def test_who_may(tmp_path: Path, key: str, method: str, code: int, error: str | None) -> None:
    async with theirs(tmp_path) as t:
        headers = {"X-Api-Key": t.site.keys.get(key, key)}
        answer = await t.http.request(method, "/api/v3/checks/", headers=headers, json={} if method == "POST" else None)
        assert (answer.status_code, answer.json().get("error")) == (code, error)


async def test_whoever_may_only_read_sees_no_address(tmp_path: Path) -> None:
    async with theirs(tmp_path) as t:
        made = await t.make()
        headers = {"X-Api-Key": t.site.keys["viewer"]}
        [seen] = (await t.http.get("/api/v3/checks/", headers=headers)).json()["checks"]
        assert made["uuid"] not in str(seen) and "ping_url" not in seen
        found = await t.http.get(f"/api/v3/checks/{seen['unique_key']}", headers=headers)
        assert found.json()["name"] == "Backup"
        path = f"/api/v3/checks/{made['uuid']}/pings/"
        assert (await t.http.get(path, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"timeout": 59}, "timeout is too small"),
        ({"timeout": 31_536_001}, "timeout is too large"),
        ({"grace": "x"}, "grace is not a number"),
        ({"grace": True}, "grace is not a number"),
        ({"name": 1}, "name is not a string"),
        ({"tags": ["a"]}, "tags is not a string"),
        ({"manual_resume": 1}, "manual_resume is not a boolean"),
        ({"unique": ["nothing"]}, "unique has unexpected value"),
        ({"unique": "name"}, "unique has unexpected value"),
        ({"methods": "GET"}, "methods has unexpected value"),
        ({"schedule": "61 * * * *"}, "cron '61 * * * *' is no cron line: bad minute"),
        (
            {"schedule": "@daily", "tz": "Mars"},
            "timezone there is no zone 'Mars'; write one like Europe/Berlin, or UTC",
        ),
        ({"channels": "nobody"}, "channel_ids[0] there is no 'nobody'"),
    ],
)
async def test_what_is_wrong_is_said_in_their_form(tmp_path: Path, body: dict[str, Any], error: str) -> None:
    async with theirs(tmp_path) as t:
        answer = await t.http.post("/api/v3/checks/", json={"name": "Backup", **body})
        assert (answer.status_code, answer.json()) == (400, {"error": f"json validation error: {error}"})
        assert (await t.http.get("/api/v3/checks/")).json()["checks"] == []


async def test_pings_bodies_and_flips(tmp_path: Path) -> None:
    async with theirs(tmp_path) as t:
        made = await t.make()
        path = f"/api/v3/checks/{made['uuid']}"
        await t.http.get(f"/ping/{made['uuid']}/start")
        await t.http.post(f"/ping/{made['uuid']}", content=b"fine")
        await t.http.post(f"/ping/{made['uuid']}/3", content=b"<b>not fine</b>")
        rows = (await t.http.get(f"{path}/pings/")).json()["pings"]
        assert [(row["type"], row["n"]) for row in rows] == [("fail", 3), ("success", 2), ("start", 1)]
        assert rows[1]["duration"] >= 0 and rows[2]["body_url"] is None
        body = await t.http.get(f"{path}/pings/3/body")
        assert (body.text, body.headers["content-type"]) == ("<b>not fine</b>", "text/plain; charset=utf-8")
        assert (await t.http.get(f"{path}/pings/1/body")).status_code == 404
        flips = (await t.http.get(f"{path}/flips/")).json()
        assert [flip["up"] for flip in flips] == [0, 1]
        assert [flip["up"] for flip in (await t.http.get(f"{path}/flips/?seconds=3600")).json()] == [0, 1]
        assert (await t.http.get(f"{path}/flips/?start=0&end=1000")).json() == []
        assert (await t.http.get(f"{path}/flips/?seconds=x")).status_code == 400


async def test_channels_badges_and_status(tmp_path: Path) -> None:
    async with theirs(tmp_path) as t, t.site.client() as admin:
        await admin.post(
            "/api/v1/channels", json={"name": "Ops", "type": "webhook", "settings": {"url": "https://h.example/"}}
        )
        [channel] = (await t.http.get("/api/v3/channels/")).json()["channels"]
        assert channel == {"id": "1", "name": "Ops", "kind": "webhook"}
        made = await t.make(channels="1")
        assert made["channels"] == "1"
        assert (await t.http.get("/api/v3/badges/")).json() == {"badges": {}}
        assert (await t.http.get("/api/v3/status/")).text == "OK"
        assert (await t.http.get("/api/v9/checks/")).status_code == 404


async def test_what_is_checked_is_not_seen_here(tmp_path: Path) -> None:
    async with theirs(tmp_path) as t, t.site.client() as admin:
        await admin.post("/api/v1/monitors", json={"name": "W", "type": "tcp", "target": "h:1", "enabled": False})
        assert (await t.http.get("/api/v3/checks/")).json() == {"checks": []}
        assert (await t.http.post("/api/v1/checks", json={"type": "heartbeat"})).status_code == 422
