"""What a probe is told: everything first, then what changed, at once; its secrets go to it and nowhere else."""

import asyncio
import logging
import time
from pathlib import Path

import msgspec
import pytest

from asura.domain import wire
from asura.domain.fields import Secret
from asura.domain.monitor import Assertion, Monitor, MonitorConfig
from asura.engine.assignments import MOST_GONE, Listing, encoded
from asura.running.plan import plan
from tests.engine.kit import found
from tests.engine.probes_kit import Place, edit, ids, place, saw
from tests.world import World, world

PASSWORD = "hunter2-of-the-shop"


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
