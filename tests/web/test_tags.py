"""Users who are limited to tags: what carries none of theirs is not there, wherever they look, whatever they send."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.web.harness import V1, Asura, asura, channel, monitor, paths_of

BROKEN = {"enabled": True, "failure_threshold": 1, "retries": 0}
# Stands in everything that a user with the tag `eu` must never see.
CANARY = "CANARY"


class Scene(NamedTuple):
    """Two failing monitors: `mine` carries the tag of `me`, `theirs` does not; each has a channel of its own."""

    site: Asura
    admin: httpx2.AsyncClient
    me: httpx2.AsyncClient
    mine: int
    theirs: int


@contextlib.asynccontextmanager
async def scene(folder: Path, role: str = "editor") -> AsyncIterator[Scene]:
    async with asura(folder) as site, site.client() as admin, site.session(role, tags=("eu", "ops")) as me:
        ids = []
        for name, tag in (("Shop", "eu"), (CANARY, "us")):
            hook = (await admin.post(f"{V1}/channels", json=channel(name=f"{name} hook", default=False))).json()["id"]
            body = monitor(name=name, tags=[tag], channel_ids=[hook], description=name, group=name, **BROKEN)
            made = (await admin.post(f"{V1}/monitors", json=body)).json()
            assert (await admin.post(f"{V1}/monitors/{made['id']}/check-now")).status_code == 200
            ids.append(made["id"])
        yield Scene(site, admin, me, *ids)


@pytest.mark.parametrize(
    "path",
    ["monitors", "monitors?tag=us", "monitors?q=canary", "overview", "incidents", "incidents?monitor_id=2",
     f"incidents?monitor_id={CANARY.lower()}", "notifications", "notifications?incident_id=2", "channels",
     "sparklines?ids=1,2", "notifications?channel_id=2"],
)  # fmt: skip
async def test_lists_hold_nothing_that_is_out_of_reach(tmp_path: Path, path: str) -> None:
    async with scene(tmp_path, "viewer") as s:
        told = await s.me.get(f"{V1}/{path}")
        whole = await s.admin.get(f"{V1}/{path}")
    assert told.status_code == whole.status_code == 200
    assert CANARY not in told.text
    assert len(told.content) < len(whole.content)


async def test_the_overview_counts_what_is_in_reach_and_is_never_that_of_somebody_else(tmp_path: Path) -> None:
    async with scene(tmp_path, "viewer") as s, s.site.session(name="other", role="viewer", tags=["us"]) as other:
        first = await s.me.get(f"{V1}/overview")
        whole = await s.admin.get(f"{V1}/overview")
        theirs = await other.get(f"{V1}/overview")
        again = await s.me.get(f"{V1}/overview", headers={"If-None-Match": first.headers["etag"]})
        stale = await s.me.get(f"{V1}/overview", headers={"If-None-Match": whole.headers["etag"]})
    assert [row["name"] for row in first.json()["monitors"]] == ["Shop"]
    assert [row["name"] for row in theirs.json()["monitors"]] == [CANARY]
    assert (sum(first.json()["counts"].values()), first.json()["incidents_open"]) == (1, 1)
    assert (sum(whole.json()["counts"].values()), whole.json()["incidents_open"]) == (2, 2)
    assert (again.status_code, stale.status_code) == (304, 200)


@pytest.mark.parametrize("ref", ["id", "slug"])
async def test_what_hangs_on_a_monitor_out_of_reach_is_as_if_it_were_missing(tmp_path: Path, ref: str) -> None:
    rest = ("", "/results", "/series", "/days", "/spans", "/uptime", "/badges", "/pings", "/changes",
            "/heartbeat/suggestion", "/pings/1/body")  # fmt: skip
    async with scene(tmp_path) as s:
        named = str(s.theirs) if ref == "id" else CANARY.lower()
        for path in rest:
            theirs = await s.me.get(f"{V1}/monitors/{named}{path}")
            missing = await s.me.get(f"{V1}/monitors/{'99' if ref == 'id' else 'nothing'}{path}")
            assert theirs.status_code == missing.status_code == 404, path
            assert without_id(theirs) == without_id(missing)
        assert (await s.me.get(f"{V1}/monitors/{s.mine}")).status_code == 200


def without_id(answer: httpx2.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


async def test_nothing_can_be_done_to_a_monitor_out_of_reach(tmp_path: Path) -> None:
    async with scene(tmp_path) as s:
        before = (await s.admin.get(f"{V1}/monitors/{s.theirs}")).json()
        where = f"{V1}/monitors/{s.theirs}"
        for path in ("/pause", "/resume", "/clone", "/check-now", "/heartbeat/rotate"):
            assert (await s.me.post(where + path)).status_code == 404, path
        assert (await s.me.patch(where, json={"name": "x"})).status_code == 404
        assert (await s.me.put(where, json=monitor(tags=["eu"]))).status_code == 404
        assert (await s.me.delete(where)).status_code == 404
        for action in ("pause", "delete"):
            answer = await s.me.post(f"{V1}/monitors/bulk", json={"ids": [s.mine, s.theirs], "action": action})
            assert (answer.status_code, paths_of(answer)) == (422, {"ids[1]"})
        # A slug is somebody's, seen or not: that much has to be told.
        assert (await s.me.put(f"{V1}/monitors/{CANARY.lower()}", json=monitor(tags=["eu"]))).status_code == 409
        assert (await s.admin.get(where)).json() == before


async def test_what_is_stored_must_stay_within_reach(tmp_path: Path) -> None:
    async with scene(tmp_path) as s:
        for tags in ([], ["us"]):
            answer = await s.me.post(f"{V1}/monitors", json=monitor(tags=tags))
            assert (answer.status_code, paths_of(answer)) == (422, {"tags"})
            assert "eu, ops" in answer.text
            answer = await s.me.patch(f"{V1}/monitors/{s.mine}", json={"tags": tags})
            assert (answer.status_code, paths_of(answer)) == (422, {"tags"})
            assert paths_of(await s.me.put(f"{V1}/monitors/fresh", json=monitor(tags=tags))) == {"tags"}
            bulk = {"ids": [s.mine], "action": "set", "set": {"tags": tags}}
            assert paths_of(await s.me.post(f"{V1}/monitors/bulk", json=bulk)) == {"set.tags"}
        bulk = {"ids": [s.mine], "action": "untag", "set": {"tags": ["eu"]}}
        assert paths_of(await s.me.post(f"{V1}/monitors/bulk", json=bulk)) == {"set.tags"}
        assert (await s.me.patch(f"{V1}/monitors/{s.mine}", json={"tags": ["ops", "new"]})).status_code == 200
        assert (await s.me.post(f"{V1}/monitors", json=monitor(name="Own", tags=["eu"]))).status_code == 201
        assert (await s.me.put(f"{V1}/monitors/fresh", json=monitor(tags=["eu", "us"]))).status_code == 201
        assert (await s.me.post(f"{V1}/monitors/{s.mine}/clone")).status_code == 201
        # What is only tried is not stored.
        assert (await s.me.post(f"{V1}/checks", json=monitor(name="tried"))).status_code == 200


async def test_references_out_of_reach_are_unknown_unless_they_stand_there_already(tmp_path: Path) -> None:
    async with scene(tmp_path) as s:
        hooks = {one["name"]: one["id"] for one in (await s.admin.get(f"{V1}/channels")).json()["data"]}
        hidden = hooks[f"{CANARY} hook"]
        where = f"{V1}/monitors/{s.mine}"
        for field, ref in (("depends_on", s.theirs), ("depends_on", CANARY.lower()), ("channel_ids", hidden)):
            theirs = await s.me.patch(where, json={field: [ref]})
            missing = await s.me.patch(where, json={field: [99]})
            assert paths_of(theirs) == paths_of(missing) == {f"{field}[0]"}
        assert (await s.me.patch(where, json={"channel_ids": [hooks["Shop hook"]]})).status_code == 200
        await s.admin.patch(where, json={"depends_on": [s.theirs], "channel_ids": [hidden]})
        kept = (await s.me.patch(where, json={"interval": 90})).json()
        assert (kept["depends_on"], kept["channel_ids"]) == ([s.theirs], [hidden])
        body = {name: kept[name] for name in ("name", "type", "target", "tags", "depends_on", "channel_ids")}
        assert (await s.me.put(where, json=body)).json()["depends_on"] == [s.theirs]
        lent = await s.me.post(f"{V1}/checks?secrets_from={s.theirs}", json=monitor())
        assert (lent.status_code, paths_of(lent)) == (422, {"secrets_from"})


async def test_incidents_and_messages_out_of_reach_are_as_if_they_were_missing(tmp_path: Path) -> None:
    async with scene(tmp_path) as s:
        (mine,) = (await s.me.get(f"{V1}/incidents")).json()["data"]
        (other,) = (
            one["id"] for one in (await s.admin.get(f"{V1}/incidents")).json()["data"] if one["id"] != mine["id"]
        )
        until = {"until": "2199-01-01T00:00:00Z"}
        for number, status in ((mine["id"], 200), (other, 404)):
            for path in ("", "/evidence", "/explain"):
                assert (await s.me.get(f"{V1}/incidents/{number}{path}")).status_code == status, path
            for path, body in (("snooze", until), ("note", {"note": "x"}), ("ack", {}), ("resolve", {})):
                answer = await s.me.post(f"{V1}/incidents/{number}/{path}", json=body)
                assert answer.status_code == status, path
        sent = {one["monitor_id"]: one["id"] for one in (await s.admin.get(f"{V1}/notifications")).json()["data"]}
        assert (await s.me.post(f"{V1}/notifications/{sent[s.theirs]}/retry")).status_code == 404
        assert (await s.me.post(f"{V1}/notifications/{sent[s.mine]}/retry")).status_code == 409
        still = (await s.admin.get(f"{V1}/incidents/{other}")).json()
        assert (still["status"], len(still["events"])) == ("open", 1)


async def test_channels_in_reach_are_those_of_everybody_and_of_monitors_in_reach(tmp_path: Path) -> None:
    async with scene(tmp_path) as s:
        await s.admin.post(f"{V1}/channels", json=channel(name="For all"))
        seen = {one["name"]: one["id"] for one in (await s.me.get(f"{V1}/channels")).json()["data"]}
        everything = {one["name"]: one["id"] for one in (await s.admin.get(f"{V1}/channels")).json()["data"]}
        assert set(seen) == {"For all", "Shop hook"}
        assert (await s.me.get(f"{V1}/channels/{seen['Shop hook']}")).status_code == 200
        assert (await s.me.get(f"{V1}/channels/{everything[f'{CANARY} hook']}")).status_code == 404
        assert (await s.me.patch(f"{V1}/channels/{seen['Shop hook']}", json={"name": "x"})).status_code == 403


async def test_somebody_with_another_tag_added_sees_more_at_once_and_with_none_left_less(tmp_path: Path) -> None:
    async with scene(tmp_path, "viewer") as s:
        await s.admin.patch(f"{V1}/monitors/{s.theirs}", json={"tags": ["us", "ops"]})
        assert (await s.me.get(f"{V1}/monitors/{s.theirs}")).status_code == 200
        await s.admin.patch(f"{V1}/monitors/{s.mine}", json={"tags": []})
        assert (await s.me.get(f"{V1}/monitors/{s.mine}")).status_code == 404


async def test_public_badges_are_shown_to_limited_users_too(tmp_path: Path) -> None:
    async with scene(tmp_path, "viewer") as s:
        await s.admin.patch(f"{V1}/monitors/{s.theirs}", json={"public": True})
        assert (await s.me.get(f"{V1}/badge/{s.theirs}.svg")).status_code == 200


async def test_a_limited_admin_has_no_power_over_what_is_everybodys(tmp_path: Path) -> None:
    async with scene(tmp_path, "admin") as s, s.site.session("viewer") as other:
        theirs = (await other.get(f"{V1}/sessions")).json()["data"][0]
        for path in ("users", "keys", "audit", "invitations", f"sessions?user_id={theirs['user_id']}"):
            assert (await s.me.get(f"{V1}/{path}")).status_code == 403, path
        assert (await s.me.delete(f"{V1}/sessions/{theirs['id']}")).status_code == 404
        assert len((await s.me.get(f"{V1}/sessions")).json()["data"]) == 1
