"""Maintenance windows over HTTP: planned, listed, edited, ended, and begun by one call of a script."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.domain.ping import Ping, PingKind
from asura.web.app import ROUTES
from tests.web.harness import V1, Asura, asura

WINDOWS = f"{V1}/maintenance"
TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
ONCE: dict[str, Any] = {
    "name": "Database",
    "tags": ["eu"],
    "starts_at": TOMORROW.isoformat(),
    "ends_at": (TOMORROW + timedelta(hours=1)).isoformat(),
}
NIGHTLY = {"name": "Nightly", "tags": ["eu"], "rrule": "RRULE:freq=daily;byhour=2", "duration_s": 3600}


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def monitors(site: Asura) -> dict[str, int]:
    desk, found = site.engine.monitors, {}
    for slug, fields in {"shop": {"tags": ["eu"]}, "mail": {"group": "Office"}, "wiki": {}}.items():
        body = {"name": slug.title(), "type": "heartbeat", "interval": 3600, **fields}
        found[slug] = (await desk.create(desk.prepare(body), slug=slug)).id
    return found


async def planned(client: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post(WINDOWS, json={**ONCE, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_window_is_made_read_replaced_and_deleted(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        ids = await monitors(site)
        body = {**ONCE, "monitor_ids": ["wiki", ids["wiki"]], "groups": ["Office"], "description": "New *disks*."}
        made = await client.post(WINDOWS, json=body)
        assert (made.status_code, made.headers["location"]) == (201, f"{WINDOWS}/1")
        window = made.json()
        assert window["monitor_ids"] == [ids["wiki"]]
        assert window["monitors"] == sorted(ids.values())
        assert (window["starts_at"], window["active"], window["current"]) == (stamp(TOMORROW), False, None)
        assert window["next"] == {"starts_at": window["starts_at"], "ends_at": window["ends_at"]}
        assert (window["public"], window["announce_s"], window["created_by"]) == (True, 604_800, "editor")
        read = await client.get(f"{WINDOWS}/1")
        assert (read.json(), read.headers["etag"]) == (window, made.headers["etag"])
        replaced = await client.put(f"{WINDOWS}/1", json=NIGHTLY, headers={"If-Match": read.headers["etag"]})
        assert (replaced.status_code, replaced.json()["rrule"]) == (200, "FREQ=DAILY;BYHOUR=2")
        assert replaced.json()["starts_at"].endswith("T00:00:00.000Z"), "a rule counts from the beginning of the day"
        old = {"If-Match": read.headers["etag"]}
        assert (await client.patch(f"{WINDOWS}/1", json={"name": "x"}, headers=old)).status_code == 412
        assert (await client.delete(f"{WINDOWS}/1", headers=old)).status_code == 412
        patched = await client.patch(f"{WINDOWS}/1", json={"name": "Every night", "timezone": "Europe/Berlin"})
        assert (patched.json()["name"], patched.json()["duration_s"]) == ("Every night", 3600)
        assert patched.headers["etag"] != replaced.headers["etag"]
        assert (await client.delete(f"{WINDOWS}/1")).status_code == 204
        assert (await client.get(f"{WINDOWS}/1")).status_code == 404
        rows = (await client.get(f"{V1}/audit")).status_code
        assert rows == 403
    async with asura(tmp_path) as site, site.client() as client:
        rows = (await client.get(f"{V1}/audit?entity=maintenance")).json()["data"]
        assert [row["action"] for row in rows] == ["delete", "update", "update", "create"]


async def test_what_was_read_can_be_sent_back(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await monitors(site)
        for body in (ONCE, NIGHTLY, {**ONCE, "ends_at": None, "cron": "0 2 * * 0", "duration_s": 60}):
            window = (await client.post(WINDOWS, json=body)).json()
            writable = [*ONCE, "description", "monitor_ids", "groups", "cron", "rrule", "duration_s"]
            writable += ["timezone", "public", "announce_s"]
            again = await client.put(f"{WINDOWS}/{window['id']}", json={name: window[name] for name in writable})
            assert again.json() == window


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"tags": []}, ["monitor_ids"]),
        ({"monitor_ids": ["nothing", 99]}, ["monitor_ids[0]", "monitor_ids[1]"]),
        ({"starts_at": "tomorrow"}, ["starts_at"]),
        ({"starts_at": "2026-11-20T17:32:05"}, ["starts_at"]),
        ({"ends_at": None}, ["starts_at", "ends_at"]),
        ({"ends_at": stamp(TOMORROW)}, ["ends_at"]),
        ({"duration_s": 60}, ["duration_s"]),
        ({"ends_at": None, "duration_s": 1e12}, ["duration_s"]),
        ({"ends_at": None, "rrule": "FREQ=SECONDLY", "duration_s": 60}, ["rrule"]),
        ({"ends_at": None, "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "duration_s": 60}, ["rrule"]),
        ({"ends_at": None, "cron": "x", "duration_s": 60}, ["cron"]),
        ({"timezone": "Mars/Olympus"}, ["timezone"]),
        ({"name": 7, "public": "yes"}, ["name", "public"]),
        ({"active": True, "ids": []}, ["active", "ids"]),
    ],
)
async def test_every_wrong_field_is_named(tmp_path: Path, change: dict[str, Any], paths: list[str]) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        if change.get("ends_at", "") is None and "duration_s" not in change:
            change = {**change, "starts_at": None}
        answer = await client.post(WINDOWS, json={**ONCE, **change})
        assert answer.status_code == 422
        assert sorted(error["path"] for error in answer.json()["errors"]) == sorted(paths)
        assert (await client.get(WINDOWS)).json()["data"] == []


async def test_windows_are_listed_by_how_they_stand_newest_first(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await monitors(site)
        past = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-01T01:00:00Z"}
        over = await planned(client, **past)
        ahead = await planned(client)
        now = await planned(client, starts_at=None, ends_at=None, duration_s=600)
        assert (now["active"], now["next"], over["monitors"]) == (True, None, [])

        async def ids(query: str) -> list[int]:
            return [one["id"] for one in (await client.get(f"{WINDOWS}?{query}")).json()["data"]]

        assert await ids("") == [now["id"], ahead["id"], over["id"]]
        assert await ids("status=active") == [now["id"]]
        assert await ids("status=upcoming") == [ahead["id"]]
        assert await ids("status=over&status=active") == [now["id"], over["id"]]
        first = (await client.get(f"{WINDOWS}?limit=2")).json()
        assert await ids(f"limit=2&cursor={first['next_cursor']}") == [over["id"]]
        assert (await client.get(f"{WINDOWS}?status=gone&cursor=x")).status_code == 422


async def test_what_begins_now_is_in_force_on_the_answer_and_ends_on_the_answer(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await monitors(site)
        window = await planned(client, starts_at=None, ends_at=None, duration_s=600)
        shop = (await client.get(f"{V1}/monitors/shop")).json()
        assert (shop["status"], shop["status_reason"]) == ("maintenance", "maintenance")
        overview = (await client.get(f"{V1}/overview")).json()
        (row,) = [one for one in overview["monitors"] if one["slug"] == "shop"]
        assert (row["status"], overview["counts"]["maintenance"]) == ("maintenance", 1)
        assert row["message"].startswith("Under maintenance (Database) until ")
        ended = await client.post(f"{WINDOWS}/{window['id']}/end")
        assert (ended.status_code, ended.json()["active"], ended.json()["current"]) == (200, False, None)
        assert (await client.get(f"{V1}/monitors/shop")).json()["status"] == "pending"
        again = await client.post(f"{WINDOWS}/{window['id']}/end")
        assert (again.status_code, again.json()["detail"]) == (409, "the maintenance is not going on now")
        assert (await client.post(f"{WINDOWS}/99/end")).status_code == 404


async def test_a_preview_shows_the_next_ten_times_and_stores_nothing(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        answer = await client.post(f"{WINDOWS}/preview", json={"cron": "0 2 * * *", "duration_s": 600})
        times = answer.json()["data"]
        assert (len(times), times[0]["starts_at"][11:]) == (10, "02:00:00.000Z")
        once = await client.post(f"{WINDOWS}/preview", json=ONCE)
        assert once.json() == {
            "data": [{"starts_at": stamp(TOMORROW), "ends_at": stamp(TOMORROW + timedelta(hours=1))}]
        }
        wrong = await client.post(f"{WINDOWS}/preview", json={"cron": "* * * * *", "duration_s": 600})
        assert [error["path"] for error in wrong.json()["errors"]] == ["cron"]
        assert (await client.get(WINDOWS)).json()["data"] == []


async def test_one_call_without_a_body_begins_it_by_a_key_that_can_do_nothing_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        ids = await monitors(site)
        key = await site.key("editor", "maintenance")
        async with site.client(key=key) as client:
            began = datetime.now(UTC)
            answer = await client.post(f"{WINDOWS}?tag=eu&group=Office&for=20m")
            assert answer.status_code == 201, answer.text
            window = answer.json()
            assert (window["name"], window["active"]) == ("Maintenance", True)
            assert window["monitors"] == [ids["shop"], ids["mail"]]
            length = datetime.fromisoformat(window["ends_at"]) - datetime.fromisoformat(window["starts_at"])
            assert length == timedelta(minutes=20)
            assert abs(datetime.fromisoformat(window["starts_at"]) - began) < timedelta(seconds=5)
            assert site.engine.live.find("shop").status.value == "maintenance"  # type: ignore[union-attr]
            named = await client.post(f"{WINDOWS}?monitor=wiki,{ids['mail']}&for=1h30m&name=Deploy")
            assert (named.json()["name"], named.json()["monitors"]) == ("Deploy", [ids["mail"], ids["wiki"]])
            assert (await client.post(f"{WINDOWS}/{window['id']}/end")).status_code == 200
            assert (await client.delete(f"{WINDOWS}/{named.json()['id']}")).status_code == 204
            for route in ROUTES:
                if route.role == "public" or route.scope in ("maintenance", None) or route.door:
                    continue
                path = route.path.replace("{id}", "shop").replace("{n}", "1")
                refused = await client.request(route.method, path, json={} if route.body else None)
                assert refused.status_code == 403, f"{route.method} {route.path}"
            assert (await client.get(WINDOWS)).status_code == 403


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("tag=eu", "for"),
        ("tag=eu&for=soon", "for"),
        ("tag=eu&for=31d", "for"),
        ("tag=eu&for=0", "for"),
        ("tag=eu&for=" + "9" * 400, "for"),
        ("for=20m", "monitor_ids"),
        ("monitor=nothing&for=20m", "monitor_ids[0]"),
        ("", "name"),
    ],
)
async def test_one_call_that_says_too_little_is_told_what_is_missing(tmp_path: Path, query: str, path: str) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        answer = await client.post(f"{WINDOWS}?{query}")
        assert answer.status_code == 422
        assert path in [error["path"] for error in answer.json()["errors"]]


async def test_viewers_read_and_do_not_plan(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin, site.client("viewer") as client:
        await planned(admin)
        assert (await client.get(f"{WINDOWS}/1")).status_code == 200
        for method, path in (("POST", ""), ("PUT", "/1"), ("PATCH", "/1"), ("DELETE", "/1"), ("POST", "/1/end")):
            assert (await client.request(method, WINDOWS + path, json={})).status_code == 403


async def test_results_of_the_time_are_marked(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        ids = await monitors(site)
        await ping(site, ids["shop"])
        window = await planned(client, starts_at=None, ends_at=None, duration_s=600)
        await ping(site, ids["shop"], PingKind.FAIL)
        await client.post(f"{WINDOWS}/{window['id']}/end")
        await ping(site, ids["shop"])
        rows = (await client.get(f"{V1}/monitors/shop/results")).json()["data"]
        assert [(row["status"], row["maintenance"]) for row in rows] == [("up", False), ("down", True), ("up", False)]
        assert (await client.get(f"{V1}/monitors/wiki/results")).json()["data"] == []


async def ping(site: Asura, monitor_id: int, kind: PingKind = PingKind.SUCCESS) -> None:
    now = site.engine.clock.now()
    waiting = asyncio.ensure_future(site.engine.pings.ping(monitor_id, Ping(at=now, kind=kind)))
    await asyncio.sleep(0.01)
    await site.engine.judge.judge(site.engine.clock.now())
    await waiting


@pytest.mark.parametrize(
    ("query", "warning"),
    [
        ("tag=eu", None),
        ("tag=*", None),
        ("group=Office", None),
        ("tag=deploy", "No monitor has the tag deploy: nothing is under maintenance."),
        ("group=Cellar", "No monitor is in the group Cellar: nothing is under maintenance."),
        (
            "tag=a,b,c&group=Cellar",
            "No monitor has the tags a, b or c or is in the group Cellar: nothing is under maintenance.",
        ),
        ("tag=eu,deploy", "No monitor has the tag deploy."),
    ],
)
async def test_tags_and_groups_that_nothing_has_are_named(tmp_path: Path, query: str, warning: str | None) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await monitors(site)
        made = await client.post(f"{WINDOWS}?{query}&for=20m")
        assert (made.status_code, made.json()["warning"]) == (201, warning)
        assert (made.json()["monitors"] == []) == (warning is not None and "nothing" in warning)
        ended = await client.post(f"{WINDOWS}/{made.json()['id']}/end")
        assert ended.json()["warning"] is None, "it is over"


async def test_a_window_to_come_says_that_nothing_would_be_under_maintenance(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        ids = await monitors(site)
        window = await planned(client, tags=["deploy"])
        assert window["warning"] == "No monitor has the tag deploy: nothing would be under maintenance."
        window = await planned(client, tags=[], monitor_ids=["wiki"])
        assert window["warning"] is None
        await site.engine.monitors.delete(ids["wiki"])
        read = (await client.get(f"{WINDOWS}/{window['id']}")).json()
        assert read["warning"] == "There is no monitor that it is about: nothing would be under maintenance."
