"""Who checks what: here, and each probe of a region its share. Each is told what changed; secrets go nowhere else."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.region import RegionRule
from asura.domain.status import Status
from asura.engine.dispatch import DIVIDED_AT_ONCE
from asura.engine.division import LEFT_FOR_S
from asura.engine.monitor_state import MonitorState
from asura.engine.options import EngineOptions, ProbeOptions
from asura.errors import Conflict
from tests.engine.probes_kit import Place, edit, ids, place, saw
from tests.world import START, World, world


def here(w: World, monitor: Monitor) -> bool:
    return monitor.id in w.engine.runner.scheduler._plans


def crowd(w: World, count: int, **fields: Any) -> list[int]:
    """Monitors that nobody stored, for figures alone."""
    config = MonitorConfig(name="one of many", type="fake", **fields)
    for number in range(1, count + 1):
        monitor = Monitor(
            id=number,
            slug=f"m{number}",
            config=config,
            generation=1,
            managed_by=None,
            created_at=START,
            updated_at=START,
        )
        w.engine.live.put(MonitorState(monitor, status=Status.UP, since=START, reason="ok"))
    return list(range(1, count + 1))


async def test_heartbeats_and_paused_monitors_are_with_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        eu = await place(w)
        await w.heartbeat()
        shop = await w.monitor()
        assert ids(eu.pull()) == [shop.id] and here(w, shop)
        await w.engine.monitors.pause(shop.id)
        changed = eu.pull()
        assert changed is not None and changed.gone == (shop.id,) and not here(w, shop)
        await w.engine.monitors.resume(shop.id)
        assert ids(eu.pull()) == [shop.id] and here(w, shop)


async def test_regions_say_where_a_monitor_is_checked(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        eu, us = await place(w, "eu"), await place(w, "us")
        shop = await w.monitor("shop")
        blog = await w.monitor("blog", regions=["eu"])
        assert (ids(eu.pull()), ids(us.pull())) == ([shop.id, blog.id], [shop.id])
        assert here(w, shop) and not here(w, blog)
        await edit(w, shop, regions=["us"])
        assert eu.told().gone == (shop.id,)
        assert ids(us.pull()) == [shop.id] and not here(w, shop)
        await edit(w, shop, regions=["local"])
        assert us.told().gone == (shop.id,)
        assert eu.pull() is None and here(w, shop)


async def test_asura_itself_checks_nothing_where_that_is_set(tmp_path: Path) -> None:
    options = EngineOptions(url="https://asura.example", probes=ProbeOptions(rule=RegionRule(local=False)))
    async with world(tmp_path, options) as w:
        shop = await w.monitor()
        assert not here(w, shop) and w.check.made == []
        eu = await place(w)
        assert ids(Place(w, eu.probe).pull()) == [shop.id]


async def test_a_new_region_takes_part_in_what_is_checked_everywhere(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor("shop")
        await w.monitor("blog", regions=["local"])
        told: list[str] = []
        w.engine.dispatch.placed = lambda states: told.extend(state.monitor.slug for state in states)
        eu = await place(w)
        view = w.engine.live.find(shop.id)
        assert view is not None and view.electorate.regions == ("local", "eu")
        assert told == ["shop"] and here(w, shop)
        await w.engine.probes.delete(eu.probe.id)
        assert view.electorate.regions == ("local",)
        assert told == ["shop", "shop"]


async def test_probes_of_a_region_divide_its_monitors_and_few_move_when_one_goes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        everything = set(crowd(w, 300))
        places = [await place(w, "eu", f"p{number}") for number in range(3)]
        probes, dispatch = [one.probe for one in places], w.engine.dispatch
        there = frozenset(probe.id for probe in probes)

        def shares() -> list[set[int]]:
            return [set(dispatch.held(probe.id)) for probe in probes]

        dispatch.divide(probes, there)
        before = shares()
        assert set().union(*before) == everything and sum(map(len, before)) == 300 and min(map(len, before)) > 60
        places[0].pull(), places[1].pull(), places[2].pull()
        dispatch.divide(probes, there - {probes[0].id})
        after = shares()
        assert after[0] == set() and before[1] < after[1] and before[2] < after[2]
        moved = after[1] - before[1]
        changed = places[1].pull()
        assert changed is not None and not changed.full and set(ids(changed)) == moved
        assert set(places[0].told().gone) == before[0]
        dispatch.divide(probes, there)
        assert shares() == before


async def test_who_sees_shares_a_region_else_who_is_there_else_everybody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        crowd(w, 100)
        probes = [(await place(w, "eu", f"p{number}")).probe for number in range(3)]
        a, b, c = (probe.id for probe in probes)
        dispatch = w.engine.dispatch

        def having() -> set[int]:
            return {probe.id for probe in probes if dispatch.count(probe.id)}

        dispatch.divide(probes, frozenset({a}), frozenset({a, b}))
        assert having() == {a}
        dispatch.divide(probes, frozenset(), frozenset({a, b}))
        assert having() == {a, b}
        dispatch.divide(probes, frozenset(), frozenset())
        assert having() == {a, b, c}


async def test_many_monitors_are_divided_in_steps_between_which_others_have_their_turn(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        count = DIVIDED_AT_ONCE * 3 + 10
        crowd(w, count)
        # They have not called yet: nothing was divided among them before.
        probes = [(await w.engine.probes.create("eu", f"p{number}", by="tests"))[0] for number in range(2)]
        dispatch, there = w.engine.dispatch, frozenset(probe.id for probe in probes)
        dispatch.divide(probes, there)
        at_first = sum(dispatch.count(probe.id) for probe in probes)
        assert at_first < count
        # Another change before the end begins anew, and nothing is lost.
        dispatch.divide(probes, frozenset({probes[0].id}))
        dispatch.divide(probes, there)
        for _ in range(10):
            await asyncio.sleep(0)
        shares = [set(dispatch.held(probe.id)) for probe in probes]
        assert sum(map(len, shares)) == count == len(shares[0] | shares[1])


async def test_what_a_probe_may_say_of_a_monitor(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, blog = await w.monitor("shop"), await w.monitor("blog", regions=["us"])
        eu, other, us = await place(w, "eu", "a"), await place(w, "eu", "b"), await place(w, "us")
        dispatch = w.engine.dispatch
        mine, its = sorted((eu, other), key=lambda one: shop.id not in dispatch.held(one.probe.id))
        assert dispatch.standing_of(mine.probe.id, shop.id) is True
        assert dispatch.standing_of(its.probe.id, shop.id) is False
        assert dispatch.standing_of(mine.probe.id, blog.id) is None
        assert dispatch.standing_of(us.probe.id, blog.id) is True
        assert dispatch.standing_of(us.probe.id, 999) is None
        assert dispatch.standing_of(999, shop.id) is None
        await edit(w, blog, regions=["eu"])
        assert dispatch.standing_of(us.probe.id, blog.id) is False
        w.clock.turn(LEFT_FOR_S + 1)
        assert dispatch.standing_of(us.probe.id, blog.id) is None


async def test_a_check_at_once_is_asked_of_those_who_are_there(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(regions=["eu"])
        assert not w.engine.dispatch.ask(shop.id, w.clock.now())
        eu = await place(w)
        before = Place(w, eu.probe).pull()
        eu.pull()
        assert w.engine.dispatch.ask(shop.id, w.clock.now())
        after = eu.pull()
        assert before is not None and after is not None and after.monitors[0].asked > before.monitors[0].asked
        w.engine.dispatch.divide([eu.probe], frozenset())
        assert not w.engine.dispatch.ask(shop.id, w.clock.now())


async def test_check_now_waits_for_the_result_of_a_probe_which_is_judged_by_then(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(regions=["eu"])
        with pytest.raises(Conflict, match="checked from eu alone, and no probe is there"):
            await w.engine.monitors.check_now(shop.id)
        eu = await place(w)
        asking = asyncio.ensure_future(w.engine.monitors.check_now(shop.id))
        await asyncio.sleep(0)
        old = w.clock.now()
        w.clock.turn(0.5)
        await eu.deliver(saw(shop, at=old), saw(shop, at=w.clock.now(), latency_ms=7.0))
        result = await asyncio.wait_for(asking, 1)
        assert (result.region, result.latency_ms, w.status()) == ("eu", 12.5, "up")


async def test_who_asked_for_a_check_gives_up_when_no_result_comes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(regions=["eu"], timeout=1, retries=0)
        await place(w)
        with pytest.raises(Conflict, match="eu was asked to check the monitor, and no result came within"):
            await w.engine.dispatch.check(shop, more_s=-0.95)
