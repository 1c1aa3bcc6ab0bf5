"""Who checks what: here, and each probe of a region its share. Each is told what changed; secrets go nowhere else."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain import wire
from asura.domain.fields import Secret
from asura.domain.monitor import Assertion, Monitor, MonitorConfig
from asura.domain.region import RegionRule
from asura.domain.status import Status
from asura.engine.assignments import MOST_GONE, Listing, encoded
from asura.engine.dispatch import DIVIDED_AT_ONCE
from asura.engine.division import LEFT_FOR_S
from asura.engine.monitor_state import MonitorState
from asura.engine.options import EngineOptions, ProbeOptions
from asura.errors import Conflict
from asura.running.plan import plan
from tests.engine.kit import found
from tests.engine.probes_kit import Place, place, saw
from tests.world import START, World, world

PASSWORD = "hunter2-of-the-shop"


def ids(assigned: wire.Assigned | None) -> list[int]:
    assert assigned is not None
    return sorted(one.id for one in assigned.monitors)


def here(w: World, monitor: Monitor) -> bool:
    return monitor.id in w.engine.runner.scheduler._plans


async def edit(w: World, monitor: Monitor, **fields: Any) -> Monitor:
    config = w.engine.monitors.prepare(fields, old=monitor.config, partial=True)
    return await w.engine.monitors.replace(monitor.id, config)


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


async def test_a_probe_is_told_everything_first_and_then_what_changed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor("shop")
        eu = await place(w)
        again = Place(w, eu.probe)
        first = again.pull()
        assert first is not None and first.full and ids(first) == [shop.id]
        assert (first.probe_id, first.region, first.now) == (eu.probe.id, "eu", w.clock.now().timestamp())
        assert again.pull() is None
        blog = await w.monitor("blog")
        changed = again.pull()
        assert changed is not None and not changed.full and ids(changed) == [blog.id]
        await w.engine.monitors.delete(shop.id)
        changed = again.pull()
        assert changed is not None and (changed.monitors, changed.gone) == ((), (shop.id,))
        assert w.engine.dispatch.count(eu.probe.id) == 1


async def test_an_edit_changes_that_monitor_alone_and_asks_for_it_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, blog = await w.monitor("shop"), await w.monitor("blog")
        eu = await place(w)
        before = {one.id: one for one in eu.everything().monitors}
        edited = await edit(w, shop, interval=30)
        changed = eu.pull()
        assert ids(changed) == [shop.id] and changed is not None
        (one,) = changed.monitors
        assert (one.interval, one.generation) == (30, edited.generation) and one.asked > before[shop.id].asked
        await edit(w, blog, name="The blog")
        assert eu.pull() is None


@pytest.mark.parametrize("tag", ["", "nonsense", "-", "0badb007-5", "{boot}-", "{boot}-1", "{boot}-9" + "9" * 18])
async def test_who_has_another_tag_gets_everything(tmp_path: Path, tag: str) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        eu = await place(w)
        eu.tag = tag.format(boot=w.engine.boot_id)
        assigned = eu.pull()
        assert assigned is not None and assigned.full and ids(assigned) == [shop.id]


async def test_after_a_restart_everything_is_told_anew_and_asked_numbers_go_on_growing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        eu = await place(w)
        w.engine.dispatch.ask(shop.id, w.clock.now())
        before = eu.told().monitors[0].asked
        await w.restart(after=1)
        assert eu.told().full
        w.engine.dispatch.ask(shop.id, w.clock.now())
        assert eu.told().monitors[0].asked > before


async def test_what_was_dropped_is_forgotten_once_it_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        made = [await w.monitor(f"m{number}") for number in range(3)]
        eu = await place(w)
        eu.everything()
        before = eu.tag
        for monitor in made[:2]:
            await w.engine.monitors.delete(monitor.id)
            assert eu.told().gone == (monitor.id,)
        eu.tag = before
        assert eu.told().full


def test_with_too_many_dropped_monitors_everything_is_told_anew() -> None:
    listing = Listing("eu", 1)
    for monitor_id in range(MOST_GONE + 1):
        listing.put(monitor_id, 2)
    for monitor_id in range(MOST_GONE):
        listing.drop(monitor_id, 3)
    assert listing.knows(2) and len(listing.gone(2)) == MOST_GONE
    listing.drop(MOST_GONE, 4)
    assert not listing.knows(2) and not listing.knows(3) and listing.knows(4) and not listing.knows(5)
    assert listing.gone(4) == () and len(listing) == 0


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


async def test_who_takes_a_monitor_over_is_told_when_its_region_checked_it_last(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        eu = await place(w)
        assert eu.everything().monitors[0].last_at is None
        w.clock.turn(5)
        await eu.deliver(saw(shop, at=w.clock.now()))
        assert eu.everything().monitors[0].last_at == w.clock.now().timestamp()
        await edit(w, shop, interval=45)
        # As it is now it was never checked there.
        assert eu.told().monitors[0].last_at is None


async def test_whoever_waits_is_woken_by_an_edit_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        eu = await place(w)
        waiting = asyncio.ensure_future(w.engine.dispatch.wait(eu.probe.id, eu.tag, seconds=30))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await w.monitor()
        began = time.monotonic()
        await waiting
        assert time.monotonic() - began < 0.05
        # What has changed already is not waited for.
        await asyncio.wait_for(w.engine.dispatch.wait(eu.probe.id, eu.tag, seconds=30), 1)


async def test_whoever_waits_is_woken_when_its_probe_is_revoked_and_else_waits_for_its_time(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        eu = await place(w)
        began = time.monotonic()
        await w.engine.dispatch.wait(eu.probe.id, eu.tag, seconds=0.05)
        assert time.monotonic() - began >= 0.04
        waiting = asyncio.ensure_future(w.engine.dispatch.wait(eu.probe.id, eu.tag, seconds=30))
        await asyncio.sleep(0)
        await w.engine.probes.delete(eu.probe.id)
        await asyncio.wait_for(waiting, 1)
        assert w.engine.dispatch.tag(eu.probe.id) == "" and not w.engine.dispatch.held(eu.probe.id)


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


async def secretive(w: World) -> Monitor:
    body = {
        "name": "Shop",
        "type": "http",
        "target": "https://shop.example/",
        "settings": {"auth": {"type": "basic", "username": "ada", "password": PASSWORD}},
        "assertions": [{"on": "status", "op": "eq", "value": 200}],
        "latency_threshold_ms": 800,
        "regions": ["eu"],
    }
    return await w.engine.monitors.create(w.engine.monitors.prepare(body), slug="shop")


async def test_secrets_reach_the_probe_that_needs_them_and_show_nowhere_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with world(tmp_path) as w:
        await secretive(w)
        eu, us = await place(w, "eu"), await place(w, "us")
        mine, others = (w.engine.dispatch.assigned(one.probe, "") for one in (eu, us))
        assert mine is not None and others is not None
        assert PASSWORD.encode() in encoded(mine) and PASSWORD.encode() not in encoded(others)
        assert PASSWORD not in repr(mine) and PASSWORD not in str(mine.monitors[0].settings)
        with pytest.raises(TypeError, match="Secret"):
            # Nobody makes them text without meaning it.
            msgspec.json.encode(mine)
        assert PASSWORD not in caplog.text


async def test_a_probe_can_run_what_it_is_told_as_it_was_configured(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await secretive(w)
        eu = await place(w)
        (one,) = eu.everything().monitors
        config = MonitorConfig(
            name="",
            **{name: getattr(one, name) for name in wire.Assignment.__struct_fields__ if hasattr(shop.config, name)},
        )
        there, at_home = plan(one.id, one.generation, config), plan(shop.id, shop.generation, shop.config)
        assert there == at_home and there.expect == at_home.expect
        assert one.assertions == (Assertion(on="status", op="eq", value=200),)
        assert Secret(PASSWORD) in [getattr(there.job.params.auth, name, None) for name in ("password", "secret")]


async def test_what_this_version_cannot_encode_is_no_secret(tmp_path: Path) -> None:
    odd = wire.Assigned(
        tag="",
        full=True,
        monitors=(wire.Assignment(id=1, generation=1, type="http", settings={"a": object()}),),
        probe_id=1,
        region="eu",
        now=0,
    )
    with pytest.raises(NotImplementedError, match="no encoder"):
        encoded(odd)


async def test_a_result_of_here_says_nothing_of_when_a_region_checked(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        eu = await place(w)
        w.engine.judge.offer(found(shop, at=w.clock.now()))
        await w.settle()
        assert eu.everything().monitors[0].last_at is None
