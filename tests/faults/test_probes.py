"""A primary and probes on machines of their own: what one cannot see is nobody's outage, what all miss is one."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests import targets
from tests.places import Places, Probe, enrol, known, places, probe
from tests.process import Asura, Target, asura, eventually, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

PORT = 8080
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
INTERVAL = 5
BASE_MONITOR = {"type": "http", "interval": INTERVAL, "timeout": 1, "retries": 0, "failure_threshold": 2}
# Two failures in a row, an interval apart, each with its time-out, and what it takes to be told.
BOUND_S = INTERVAL * 2 + 1 + 3
GONE_S = 15 + 5
# Those that go together are told of together, and nothing is told in the first quarter of a minute.
TOLD_S = 15 + 5 + 5
CONFIG = """
probes:
  consensus_window: 10
"""


class World:
    """A primary, a shop, and a probe in each of two regions."""

    def __init__(self, map_: Places, program: Asura, hook: Target, url: str) -> None:
        self.places = map_
        self.program = program
        self.hook = hook
        self.url = url
        self.probes: dict[str, Probe] = {}
        self.ids: dict[str, int] = {}
        self.monitor: dict[str, Any] = {}

    async def online(self, region: str) -> dict[str, Any]:
        """Return the row of a region's probe once it is there."""
        await self.wait_for(region, online=True, within=10)
        return await known(self.program, self.ids[region])

    async def wait_for(self, region: str, *, online: bool, within: float) -> None:
        """Wait until a region's probe is there, or is gone."""

        async def reached() -> bool:
            return bool((await known(self.program, self.ids[region]))["online"]) is online

        try:
            await eventually(reached, within=within, what=f"{region} online={online}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.probes[region].log.read_text()[-3000:]}") from None

    async def regions(self) -> dict[str, dict[str, Any]]:
        """Return what each region says of the shop."""
        rows = (await self.program.get(f"/monitors/{self.monitor['id']}/regions"))["regions"]
        return {row["region"]: row for row in rows}

    async def says(self, region: str, status: str, *, within: float = BOUND_S) -> None:
        """Wait until a region believes something of the shop."""

        async def reached() -> bool:
            return (await self.regions())[region]["status"] == status

        try:
            await eventually(reached, within=within, what=f"{region} says {status}")
        except AssertionError as error:
            log = self.probes[region].log.read_text()[-3000:] if region in self.probes else ""
            raise AssertionError(f"{error}; but {await self.regions()}\n{log}") from None

    async def status(self) -> str:
        """Return the state of the shop."""
        return str((await self.program.get(f"/monitors/{self.monitor['id']}"))["status"])

    async def incidents(self) -> list[dict[str, Any]]:
        """Return every incident."""
        found: list[dict[str, Any]] = (await self.program.get("/incidents"))["data"]
        return found

    def told(self) -> list[str]:
        """Return the events that were told."""
        return [call.headers["x-asura-event"] for call in self.hook.calls]


@asynccontextmanager
async def world(folder: Path, *, regions: tuple[str, ...] = ("eu", "us")) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        map_ = stack.enter_context(places("primary", "shop", *regions))
        with map_.at("shop"):
            shop = await asyncio.start_server(_answer, map_.address("shop"), PORT)
        stack.callback(shop.close)
        hook = await stack.enter_async_context(listening())
        program = await stack.enter_async_context(asura(folder, config=CONFIG, host="0.0.0.0"))
        one = World(map_, program, hook, f"http://{map_.address('primary')}:{program.port}")
        channel = {"name": "hook", "type": "webhook", "settings": {"url": f"http://127.0.0.1:{hook.port}/"}}
        await program.post("/channels", {**channel, "default": True})
        for region in regions:
            made = await enrol(program, region, region)
            one.ids[region] = made["id"]
            one.probes[region] = await stack.enter_async_context(
                probe(folder, region, primary=one.url, key=made["key"])
            )
            with map_.at(region):
                await one.probes[region].start()
        for region in regions:
            await one.online(region)
        target = f"http://{map_.address('shop')}:{PORT}/"
        one.monitor = await program.post("/monitors", {**BASE_MONITOR, "name": "Shop", "target": target})
        for region in ("local", *regions):
            await one.says(region, "up")
        yield one


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await targets.read_request(reader)
    await targets.answering()(reader, writer, b"")
    writer.close()


async def test_one_region_that_is_cut_off_from_the_target_opens_no_incident_and_is_shown(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.places.hide("shop", from_="eu")
        await w.says("eu", "down")
        await asyncio.sleep(INTERVAL)
        assert (await w.status(), await w.incidents(), w.told()) == ("up", [], [])
        assert (await w.regions())["eu"]["votes"] is True
        w.places.show("shop", to="eu")
        await w.says("eu", "up")
        assert (await w.incidents(), w.told()) == ([], [])


async def test_two_regions_of_three_that_are_cut_off_are_an_outage_within_the_bound(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.places.hide("shop", from_="eu")
        w.places.hide("shop", from_="us")
        cut_at = time.monotonic()
        await until(lambda: w.told() == ["incident.opened"], within=BOUND_S, what="the outage")
        assert time.monotonic() - cut_at <= BOUND_S
        (incident,) = await w.incidents()
        assert (incident["severity"], incident["regions"]) == ("critical", ["eu", "us"])
        assert (await w.regions())["local"]["status"] == "up"
        seen = (await w.program.get(f"/incidents/{incident['id']}/evidence"))["data"]
        assert {row["region"] for row in seen} == {"local", "eu", "us"}
        w.places.show("shop", to="us")
        await until(lambda: w.told()[1:] == ["incident.resolved"], within=BOUND_S, what="its end")


async def test_a_primary_that_was_killed_comes_back_to_all_that_was_found_meanwhile(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.program.kill()
        away_at = time.time()
        await asyncio.sleep(INTERVAL * 3)
        await w.program.start()
        back_at = time.time()
        for region in ("eu", "us"):
            await w.online(region)

        async def delivered() -> bool:
            counts = [await _found_between(w, region, away_at + 1, back_at - 1) for region in ("eu", "us")]
            return min(counts) >= 2

        await eventually(delivered, within=15, what="what was found while the primary was away")
        await asyncio.sleep(1)
        assert (await w.status(), await w.incidents(), w.told()) == ("up", [], [])


async def _found_between(w: World, region: str, low: float, high: float) -> int:
    path = f"/monitors/{w.monitor['id']}/results?region={region}&limit=500"
    rows = (await w.program.get(path))["data"]
    at = [_epoch(row["at"]) for row in rows]
    assert len(at) == len(set(at)), "each result once"
    return sum(low < one < high for one in at)


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def test_a_probe_that_was_killed_is_told_of_once_and_replaced_by_another_process(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.probes["eu"].end()
        await w.wait_for("eu", online=False, within=GONE_S)
        await until(lambda: w.told() == ["probe.offline"], within=TOLD_S, what="the notice")
        assert (await w.regions())["eu"]["why"] == "offline"
        assert (await w.status(), await w.incidents()) == ("up", [])
        with w.places.at("eu"):
            await w.probes["eu"].start()
        await w.online("eu")
        await until(lambda: w.told() == ["probe.offline", "probe.online"], within=TOLD_S, what="its return")
        await w.says("eu", "up")


async def test_a_probe_that_was_held_up_blames_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.probes["eu"].send(signal.SIGSTOP)
        await w.wait_for("eu", online=False, within=GONE_S)
        w.probes["eu"].send(signal.SIGCONT)
        await w.online("eu")
        await w.says("eu", "up")
        assert (await w.incidents(), [one for one in w.told() if one.startswith("incident")]) == ([], [])


async def test_a_probe_that_is_revoked_has_no_say_from_then_on(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        answer = await w.program.http.delete(f"/probes/{w.ids['eu']}")
        assert answer.status_code == 204
        await until(
            lambda: "key" in w.probes["eu"].log.read_text().lower(), within=10, what="it says that its key ended"
        )
        assert set(await w.regions()) == {"local", "us"}
        assert (await w.incidents(), w.told()) == ([], [])


async def test_a_probe_whose_clock_is_an_hour_wrong_reports_news(tmp_path: Path) -> None:
    assert FAKETIME is not None, "this test needs libfaketime (apt-get install libfaketime)"
    async with world(tmp_path) as w:
        await w.probes["eu"].end(signal.SIGTERM)
        w.probes["eu"].environment |= {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME": "+1h",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        with w.places.at("eu"):
            await w.probes["eu"].start()
        row = await w.online("eu")
        w.places.hide("shop", from_="eu")
        w.places.hide("shop", from_="us")
        await until(lambda: "incident.opened" in w.told(), within=BOUND_S, what="the outage")

        async def shown() -> bool:
            return abs((await known(w.program, row["id"]))["clock_skew_s"] - 3600) < 5

        await eventually(shown, within=10, what="the skew")


async def test_an_edit_reaches_a_probe_within_a_second_or_so(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        seen: set[str] = set()

        async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.add(writer.get_extra_info("peername")[0])
            await _answer(reader, writer)

        with w.places.at("shop"):
            other = await asyncio.start_server(note, w.places.address("shop"), PORT + 1)
        try:
            target = f"http://{w.places.address('shop')}:{PORT + 1}/"
            answer = await w.program.http.patch(f"/monitors/{w.monitor['id']}", json={"target": target})
            assert answer.status_code == 200
            wanted = {w.places.address(name) for name in ("primary", "eu", "us")}
            await until(lambda: seen == wanted, within=1.5, what="a check of what was edited, from everywhere")
        finally:
            other.close()


async def test_a_region_that_lost_its_network_loses_its_vote_and_delivers_later(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.places.unplug("eu")
        await w.wait_for("eu", online=False, within=GONE_S)
        assert (await w.status(), await w.incidents()) == ("up", [])
        w.places.plug_in("eu")
        await w.wait_for("eu", online=True, within=30)
        await w.says("eu", "up", within=30)
        assert await w.incidents() == []
