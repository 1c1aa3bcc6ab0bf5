"""Monitors over HTTP: create, read, list, change, delete."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.domain.heartbeat import BEAT_FIELDS
from asura.web import shapes
from tests.web.harness import V1, asura, monitor, paths_of

URL = f"{V1}/monitors"


async def test_three_fields_are_enough_and_everything_else_has_its_default(tmp_path: Path) -> None:
    body = {"name": "Shop", "type": "tcp", "target": "127.0.0.1:9"}
    async with asura(tmp_path) as site, site.client("editor") as client:
        answer = await client.post(URL, json=body)
        found = answer.json()
        assert (await client.get(answer.headers["location"])).json()["id"] == found["id"]
    assert answer.status_code == 201
    assert {name: found[name] for name in body} == body
    defaults = {
        "interval": 60, "timeout": 10, "retries": 1, "retry_interval": 20, "enabled": True, "public": False,
        "description": "", "tags": [], "group": None, "failure_threshold": 2, "success_threshold": 1,
        "latency_threshold_ms": None, "upside_down": False, "reminder_interval": 0, "settings": {}, "assertions": [],
        "regions": [], "consensus": None, "depends_on": [], "channel_ids": [], "escalation_policy_id": None,
        "runbook_url": None, "managed_by": None, "status": "pending", "last_result": None, "uptime_24h_ratio": None,
    }  # fmt: skip
    assert {name: found[name] for name in defaults} == defaults
    assert found["since"].endswith("Z")
    assert found["slug"] == "shop"


async def test_a_slug_works_wherever_an_id_does(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor(slug="my-shop"))
        by_slug, by_id = await client.get(f"{URL}/my-shop"), await client.get(f"{URL}/1")
        assert by_slug.json() == by_id.json()
        child = await client.post(URL, json=monitor(name="Child", depends_on=["my-shop"]))
    assert child.json()["depends_on"] == [1]


@pytest.mark.parametrize(
    "ref", ["0", "-1", "999", "nothing", "9" * 30, "%00", "%F0%9F%98%80", "1%2F2", "\u0661", "1e3"]
)
async def test_a_monitor_that_is_not_there_is_404(tmp_path: Path, ref: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor())
        for method in ("GET", "DELETE"):
            answer = await client.request(method, f"{URL}/{ref}")
            assert answer.status_code == 404, (method, ref)
            assert answer.json()["detail"] == "There is no such thing."


@pytest.mark.parametrize("name", sorted({*shapes.Monitor.__struct_fields__} - {*BEAT_FIELDS, "heartbeat"}))
async def test_what_is_only_read_cannot_be_written(tmp_path: Path, name: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        made = (await client.post(URL, json=monitor())).json()
        answer = await client.patch(f"{URL}/1", json={name: made[name]})
        writable = name in {*site.engine.live.find(1).monitor.config.__struct_fields__, "slug"}  # type: ignore[union-attr]
        assert answer.status_code == (200 if writable else 422), answer.text
        assert writable or paths_of(answer) == {name}


@pytest.mark.parametrize("column", ["generation", "version", "hash", "config", "archived_at", "deleted", "token"])
async def test_a_column_of_the_store_is_no_field(tmp_path: Path, column: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor())
        for method, path in (("PATCH", "/1"), ("PUT", "/1"), ("POST", "")):
            answer = await client.request(method, URL + path, json=monitor(**{column: 1}))
            assert (answer.status_code, paths_of(answer)) == (422, {column})


async def test_put_under_a_free_slug_creates_and_then_replaces(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        made = await client.put(f"{URL}/shop-eu", json=monitor(tags=["a"], description="x"))
        again = await client.put(f"{URL}/shop-eu", json=monitor(name="Shop EU"))
        assert (made.status_code, again.status_code) == (201, 200)
        assert made.headers["location"] == f"{URL}/1"
        # A replacement forgets what it does not name.
        assert (again.json()["id"], again.json()["tags"], again.json()["description"]) == (1, [], "")
        assert (await client.put(f"{URL}/77", json=monitor())).status_code == 404
        assert (await client.put(f"{URL}/Not_A_Slug", json=monitor())).status_code == 422
        assert (await client.put(f"{URL}/tag", json=monitor())).status_code == 422
        assert (await client.put(f"{URL}/one", json=monitor(slug="two"))).status_code == 422


async def test_patch_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        settings = {"send": "hello", "expect": "world"}
        before = (await client.post(URL, json=monitor(tags=["a"], settings=settings))).json()
        after = (await client.patch(f"{URL}/1", json={"interval": 30, "settings": {"expect": None}})).json()
    assert after["interval"] == 30
    assert after["settings"] == {"send": "hello"}
    unchanged = before.keys() - {"interval", "settings", "updated_at"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


async def test_another_type_starts_with_settings_of_its_own(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor(settings={"send": "hello"}))
        answer = await client.patch(f"{URL}/1", json={"type": "tls", "target": "127.0.0.1:443"})
    assert (answer.status_code, answer.json()["settings"]) == (200, {})


async def test_a_taken_slug_is_a_conflict(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor(slug="shop"))
        await client.post(URL, json=monitor(slug="other"))
        assert (await client.post(URL, json=monitor(slug="shop"))).status_code == 409
        assert (await client.patch(f"{URL}/other", json={"slug": "shop"})).status_code == 409
        # A name that is taken gets a slug of its own.
        assert (await client.post(URL, json=monitor())).json()["slug"] != "shop"


async def test_deleting_leaves_nothing(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor())
        answer = await client.delete(f"{URL}/1")
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await client.get(f"{URL}/1")).status_code == 404
        assert (await client.delete(f"{URL}/1")).status_code == 404
        assert (await client.get(URL)).json() == {"data": [], "next_cursor": None}


async def test_an_edit_is_guarded_by_the_tag_of_what_was_read(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor())
        tag = (await client.get(f"{URL}/1")).headers["etag"]
        guard = {"If-Match": tag}
        assert (await client.patch(f"{URL}/1", json={"name": "A"}, headers=guard)).status_code == 200
        for method, body in (("PATCH", {"name": "B"}), ("PUT", monitor()), ("DELETE", None)):
            answer = await client.request(method, f"{URL}/shop", json=body, headers=guard)
            assert answer.status_code == 412, method
        assert (await client.get(f"{URL}/1")).json()["name"] == "A"
        assert (await client.patch(f"{URL}/1", json={"name": "C"}, headers={"If-Match": "*"})).status_code == 200
        assert (await client.put(f"{URL}/shop", json=monitor(), headers={"If-None-Match": "*"})).status_code == 412
        assert (await client.put(f"{URL}/none", json=monitor(), headers={"If-Match": "*"})).status_code == 412


async def test_of_edits_at_the_same_time_under_one_tag_one_wins(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        guard = {"If-Match": (await client.post(URL, json=monitor())).headers["etag"]}
        edits = (client.patch(f"{URL}/{ref}", json={"name": ref}, headers=guard) for ref in ("1", "shop") * 4)
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*edits))
    assert statuses == [200] + [412] * 7


async def test_edits_of_different_fields_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    changes = {"name": "Renamed", "description": "new", "interval": 30, "tags": ["eu"], "public": True}
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor(enabled=True))
        edits = (
            client.patch(f"{URL}/{ref}", json={name: value})
            for ref, (name, value) in zip(("1", "shop") * 3, changes.items(), strict=False)
        )
        bulk = client.post(f"{URL}/bulk", json={"ids": [1], "action": "set", "set": {"group": "Shops"}})
        await asyncio.gather(*edits, client.post(f"{URL}/1/pause"), bulk)
        found = (await client.get(f"{URL}/1")).json()
    expected = {**changes, "group": "Shops", "enabled": False}
    assert {name: found[name] for name in expected} == expected


async def test_a_check_does_not_spoil_the_tag(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        tag = (await client.post(URL, json=monitor(enabled=True))).headers["etag"]
        assert (await client.post(f"{URL}/1/check-now")).status_code == 200
        assert (await client.get(f"{URL}/1")).headers["etag"] == tag


async def pages(client: httpx2.AsyncClient, **params: Any) -> list[list[int]]:
    """Return the ids of every page of the list."""
    found, cursor = [], None
    while True:
        answer = (await client.get(URL, params={**params, **({"cursor": cursor} if cursor else {})})).json()
        found.append([row["id"] for row in answer["data"]])
        cursor = answer["next_cursor"]
        if cursor is None:
            return found


async def test_pages_hold_each_monitor_once_also_when_some_come_and_go(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        for number in range(7):
            await client.post(URL, json=monitor(name=f"M{number}"))
        assert await pages(client, limit=3) == [[1, 2, 3], [4, 5, 6], [7]]
        assert await pages(client, limit=7) == [[1, 2, 3, 4, 5, 6, 7]]
        first = (await client.get(URL, params={"limit": 3})).json()
        await client.delete(f"{URL}/3")
        await client.patch(f"{URL}/4", json={"name": "A renamed one"})
        rest = (await client.get(URL, params={"limit": 9, "cursor": first["next_cursor"]})).json()
    assert [row["id"] for row in rest["data"]] == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "9" * 40}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "YzoxMg"}, "cursor"),  # a cursor of another list
        ({"cursor": "bTox\u00e9"}, "cursor"),
        ({"limit": ["1", "2"]}, "limit"),
        ({"limit": ""}, "limit"),
        ({"status": "fine"}, "status"),
        ({"status": ""}, "status"),
        ({"public": "maybe"}, "public"),
        ({"q": "a\0b"}, "q"),
        ({"q": "x" * 201}, "q"),
    ],
)
async def test_a_wrong_parameter_is_422(tmp_path: Path, params: dict[str, Any], path: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.get(URL, params={**params, "unknown": "ignored"})
    assert (answer.status_code, paths_of(answer)) == (422, {path})


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [1, 2, 3]),
        ({"status": "paused"}, [1, 2]),
        ({"status": ["paused", "pending"]}, [1, 2, 3]),
        ({"status": "paused,pending"}, [1, 2, 3]),
        ({"type": "tls"}, [2]),
        ({"tag": "eu"}, [1, 2]),
        ({"tag": ["us", "eu"]}, [1, 2, 3]),
        ({"q": "SHOP"}, [1]),
        ({"q": "127.0.0.1:44"}, [2]),
        ({"public": "true"}, [3]),
        ({"public": "false", "tag": "eu", "type": "tcp"}, [1]),
    ],
)
async def test_filters_narrow_the_list(tmp_path: Path, params: dict[str, Any], ids: list[int]) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(URL, json=monitor(tags=["eu"]))
        await client.post(URL, json=monitor(name="B", type="tls", target="127.0.0.1:443", tags=["eu", "x"]))
        await client.post(URL, json=monitor(name="C", tags=["us"], public=True, enabled=True))
        answer = await client.get(URL, params=params)
    assert [row["id"] for row in answer.json()["data"]] == ids
