"""What of the stream of events limited users hear: of what carries their tags, and when it stops doing so."""

from pathlib import Path
from typing import Any

from asura.engine.events import ServerEvent
from asura.engine.key_desk import Actor
from asura.web.cookies import NAME
from asura.web.reach import Reach
from asura.web.sight import Sight
from tests.web.harness import V1, Asura, asura, eventually, monitor, served
from tests.web.test_stream import listening


async def heard(site: Asura, *events: tuple[str, dict[str, Any], tuple[int, ...]]) -> list[tuple[str, dict[str, Any]]]:
    """Return what somebody with the tag `eu` hears of events."""
    sight = Sight(Reach(site.engine, Actor("eve", "viewer", tags=frozenset({"eu"}))))
    shown = [sight.of(ServerEvent("x-1", kind, data, monitors)) for kind, data, monitors in events]
    return [(one.kind, one.data) for one in shown if one is not None]


async def made(site: Asura, name: str, *tags: str) -> int:
    async with site.client() as admin:
        return int((await admin.post(f"{V1}/monitors", json=monitor(name=name, tags=list(tags)))).json()["id"])


async def test_rows_numbers_pings_and_incidents_of_others_are_not_heard(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        mine, theirs = await made(site, "mine", "eu"), await made(site, "theirs", "us")
        both = [
            (kind, {"id": number, **more}, (number,))
            for number in (theirs, mine)
            for kind, more in (
                ("monitor", {"last_ms": 5}), ("ping", {"n": 1}), ("incident", {}), ("incident", {"deleted": True})
            )
        ]  # fmt: skip
        assert await heard(site, *both) == [(kind, data) for kind, data, _ in both[4:]]
        assert await heard(site, ("monitor", {"id": theirs, "tags": ["us"]}, (theirs,))) == []
        assert await heard(site, ("monitor", {"id": theirs, "deleted": True}, (theirs,))) == []
        assert await heard(site, ("incident", {"id": 1}, ())) == []
        assert await heard(site, ("incident", {"id": 1}, (mine, theirs))) == [("incident", {"id": 1})]
        assert await heard(site, ("something", {"id": 1}, ())) == []


async def test_one_that_gets_the_tag_appears_and_one_that_loses_it_is_gone(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        number = await made(site, "wanders", "us")
        came = {"id": number, "tags": ["eu", "us"]}
        events = [
            ("monitor", came, (number,)),
            ("monitor", {"id": number, "last_ms": 5}, (number,)),
            ("monitor", {"id": number, "tags": ["us"]}, (number,)),
            ("monitor", {"id": number, "last_ms": 6}, (number,)),
            ("monitor", {"id": number, "deleted": True}, (number,)),
        ]
        gone = ("monitor", {"id": number, "deleted": True})
        assert await heard(site, *events) == [("monitor", came), ("monitor", {"id": number, "last_ms": 5}), gone]


async def test_a_deleted_monitor_is_gone_for_those_who_saw_it(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        number = await made(site, "mine", "eu")
        deleted = ("monitor", {"id": number, "deleted": True}, (number,))
        assert await heard(site, deleted, deleted) == [deleted[:2]]


async def test_after_a_reset_it_is_known_anew_what_there_is(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        sight = Sight(Reach(site.engine, Actor("eve", "viewer", tags=frozenset({"eu"}))))
        number = await made(site, "late", "eu")
        ping = ServerEvent("x-1", "ping", {"id": number}, (number,))
        assert sight.of(ping) is None
        assert sight.of(ServerEvent("x-2", "reset", {})) is not None
        assert sight.of(ping) is ping


async def test_a_limited_listener_hears_only_its_own_over_a_real_stream(tmp_path: Path) -> None:
    async with (
        asura(tmp_path) as site,
        served(site.app) as base,
        site.session("viewer", tags=["eu"]) as me,
        site.client() as admin,
    ):
        cookie = {"Cookie": f"{NAME}={me.cookies[NAME]}"}
        async with listening(site, base, headers=cookie) as one, listening(site, base) as all_of_it:
            for name, tag in (("CANARY", "us"), ("Shop", "eu"), ("CANARY 2", "us")):
                await admin.post(f"{V1}/monitors", json=monitor(name=name, tags=[tag]))
            await admin.delete(f"{V1}/monitors/1")
            await admin.delete(f"{V1}/monitors/2")
            await eventually(lambda: len(all_of_it.events) == 5 and len(one.events) == 2)
            assert [data["id"] for _, _, data in one.events] == [2, 2]
            last_id = one.events[0][0]
        async with listening(site, base, headers=cookie | {"Last-Event-ID": last_id}) as again:
            await eventually(lambda: again.kinds == ["reset"])
        newest = site.engine.events.latest_id
        async with listening(site, base, headers=cookie | {"Last-Event-ID": newest}) as current:
            await admin.post(f"{V1}/monitors", json=monitor(name="Mail", tags=["eu"]))
            await eventually(lambda: current.kinds == ["monitor"])
