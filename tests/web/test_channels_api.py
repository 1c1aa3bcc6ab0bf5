"""Channels, notifications and keys over HTTP."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from asura.web.present import instant
from tests.web.harness import V1, asura, channel, eventually, listener, monitor, paths_of

URL = f"{V1}/channels"
TAKEN = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
REFUSED = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def test_a_channel_is_created_read_changed_and_deleted(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        made = await client.post(URL, json=channel(default=True))
        assert (made.status_code, made.headers["location"], made.json()["slug"]) == (201, f"{URL}/1", "hook")
        assert "incident.opened" in made.json()["events"]
        guard = {"If-Match": made.headers["etag"]}
        changed = await client.patch(f"{URL}/hook", json={"events": ["incident.opened"]}, headers=guard)
        assert (changed.json()["events"], changed.json()["default"]) == (["incident.opened"], True)
        assert (await client.put(f"{URL}/1", json=channel(), headers=guard)).status_code == 412
        replaced = await client.put(f"{URL}/1", json=channel(name="Other"))
        assert (replaced.json()["name"], replaced.json()["default"]) == ("Other", True)
        assert [row["id"] for row in (await client.get(URL)).json()["data"]] == [1]
        assert (await client.delete(f"{URL}/1")).status_code == 204
        assert (await client.get(f"{URL}/1")).status_code == 404


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"name", "type"}),
        ({"name": "", "type": "pigeon", "colour": 1, "id": 2}, {"name", "type", "colour", "id"}),
        (channel(settings={"url": 1, "nonsense": 2}), {"settings.url", "settings.nonsense"}),
        (channel(settings={}), {"settings.url"}),
        (channel(events=["incident.opened", "sunrise"]), {"events[1]"}),
        (channel(slug="Not A Slug"), {"slug"}),
    ],
)
async def test_a_wrong_channel_names_every_field(tmp_path: Path, body: dict[str, Any], paths: set[str]) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        for path in ("/channels", "/channels/test"):
            if path.endswith("test") and paths == {"name", "type"}:
                paths = {"type"}
            answer = await client.post(V1 + path, json=body)
            assert (answer.status_code, paths_of(answer)) == (422, paths)


async def test_a_channel_may_be_called_test(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=channel(name="Test"))
        assert (await client.get(f"{URL}/test")).json()["name"] == "Test"
        assert (await client.delete(f"{URL}/test")).status_code == 204


async def test_a_test_message_tells_how_it_went_saved_or_not(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        async with listener(TAKEN) as target:
            body = {"type": "webhook", "settings": {"url": f"http://{target}/"}}
            unsaved = (await client.post(f"{URL}/test", json=body)).json()
            await client.post(URL, json={"name": "Hook", **body})
            saved = (await client.post(f"{URL}/hook/test")).json()
        gone = (await client.post(f"{URL}/hook/test")).json()
    assert (unsaved["ok"], unsaved["error"]) == (True, None)
    assert (saved["ok"], saved["error"]) == (True, None)
    assert saved["duration_ms"] > 0
    assert gone["ok"] is False
    assert gone["error"]


async def test_notifications_show_every_attempt_and_dead_ones_are_retried(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client("editor") as client, listener(REFUSED) as target:
        await client.post(URL, json=channel(default=True, settings={"url": f"http://{target}/"}))
        await client.post(f"{V1}/monitors", json=monitor(enabled=True, failure_threshold=1, retries=0))
        await client.post(f"{V1}/monitors/1/check-now")

        async def dead() -> list[dict[str, Any]]:
            return list((await client.get(f"{V1}/notifications", params={"status": "dead"})).json()["data"])

        async with asyncio.timeout(10):
            while not (found := await dead()):
                await asyncio.sleep(0.02)
        told = found[0]
        assert (told["event"], told["incident_id"], told["channel_id"]) == ("incident.opened", 1, 1)
        assert (len(told["attempts"]), told["attempts"][0]["ok"]) == (1, False)
        assert "payload" not in told
        assert (await client.post(f"{V1}/notifications/{told['id']}/retry")).status_code == 200
        async with asyncio.timeout(10):
            while not (again := await dead()) or len(again[0]["attempts"]) < 2:
                await asyncio.sleep(0.02)
        for params in ({"channel_id": "hook"}, {"incident_id": 1}, {"status": "dead,sent"}):
            rows = (await client.get(f"{V1}/notifications", params=params)).json()["data"]
            assert [row["id"] for row in rows] == [told["id"]]
        for params in ({"channel_id": "other"}, {"incident_id": 9}, {"status": "sent"}):
            assert (await client.get(f"{V1}/notifications", params=params)).json()["data"] == []
        assert (await client.get(f"{V1}/notifications", params={"incident_id": "x"})).status_code == 422
        assert (await client.post(f"{V1}/notifications/999/retry")).status_code == 404


async def test_a_key_is_shown_once_works_at_once_and_ends_at_once(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        made = await client.post(f"{V1}/keys", json={"name": "ci", "role": "editor", "scopes": ["read"]})
        assert made.status_code == 201
        token, number = made.json()["key"], made.json()["id"]
        listed = (await client.get(f"{V1}/keys")).json()["data"]
        assert token not in str(listed)
        assert {"id", "name", "role", "scopes", "created_at", "last_used_at", "expires_at", "rate_per_sec"} == set(
            listed[0]
        )
        async with site.client(key=token) as holder:
            assert (await holder.get(f"{V1}/me")).json()["name"] == "ci"
            assert (await holder.get(f"{V1}/monitors")).status_code == 200
            assert (await holder.post(f"{V1}/monitors", json=monitor())).status_code == 403
            await eventually(lambda: site.engine.keys.list()[-1].last_used_at is not None)
            assert (await client.delete(f"{V1}/keys/{number}")).status_code == 204
            assert (await holder.get(f"{V1}/me")).status_code == 401
        assert (await client.delete(f"{V1}/keys/{number}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"name", "role"}),
        ({"name": "x", "role": "root"}, {"role"}),
        ({"name": "x", "role": "admin", "scopes": ["everything"]}, {"scopes[0]"}),
        ({"name": "x", "role": "admin", "expires_at": "soon"}, {"expires_at"}),
        ({"name": "x", "role": "admin", "expires_at": "2020-01-01T00:00:00Z"}, {"expires_at"}),
        ({"name": "x", "role": "admin", "hash": "0" * 64}, {"hash"}),
        ({"name": "x", "role": "admin", "key": "mine"}, {"key"}),
    ],
)
async def test_a_wrong_key_is_not_made(tmp_path: Path, body: dict[str, Any], paths: set[str]) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.post(f"{V1}/keys", json=body)
        assert (answer.status_code, paths_of(answer)) == (422, paths)
        assert len(site.engine.keys.list()) == 3


async def test_a_key_expires(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        soon = site.engine.clock.now() + timedelta(seconds=0.3)
        body = {"name": "brief", "role": "viewer", "expires_at": instant(soon)}
        token = (await client.post(f"{V1}/keys", json=body)).json()["key"]
        async with site.client(key=token) as holder:
            assert (await holder.get(f"{V1}/me")).status_code == 200
            await asyncio.sleep(0.4)
            assert (await holder.get(f"{V1}/me")).status_code == 401


async def test_a_narrowed_key_cannot_give_more_than_it_has(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(key=await site.key("admin", "write", "read")) as client:
        for scopes, status in ((None, 422), ([], 422), (["metrics"], 422), (["read"], 201), (["read", "write"], 201)):
            body = {"name": "x", "role": "admin"} | ({} if scopes is None else {"scopes": scopes})
            assert (await client.post(f"{V1}/keys", json=body)).status_code == status, scopes
