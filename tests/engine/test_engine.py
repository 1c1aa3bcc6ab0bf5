"""The whole engine on a real clock for a moment: it starts, runs, tells how it is, and stops."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from asura.channels import channel_types
from asura.checks import check_types
from asura.clock import SystemClock
from asura.domain.channel import Channel
from asura.domain.message import Message
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.net.network import open_network
from asura.store.db import Store
from tests.engine.kit import found, rows
from tests.engine.post import post
from tests.running.kit import Scripted, make_plan
from tests.world import DOWN, FakeChannel, FakeCheck, world

LOOPS = {
    "roster",
    "voting",
    *("auditor", "backups", "sentinel", "judge", "watcher", "notifier", "reminder", "janitor", "herald"),
    *("keeper", "publisher", "subscribers"),
}


async def until(holds: Callable[[], object], *, within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.01)


async def test_it_watches_believes_and_tells_by_itself_and_stops_when_asked(tmp_path: Path) -> None:
    check, sent = FakeCheck(), []
    check_types()["fake"], channel_types()["fake"] = check, FakeChannel()
    store, net = Store.open(tmp_path, clock=SystemClock()), open_network()

    async def send(channel: Channel, message: Message) -> str:
        sent.append(message.title)
        return "accepted"

    engine = Engine(store, net, SystemClock(), EngineOptions(), send=send)
    try:
        await engine.start()
        running = asyncio.create_task(engine.run())
        await until(lambda: set(engine.supervisor.health) >= LOOPS)
        await engine.channels.create(engine.channels.prepare({"name": "ops", "type": "fake", "default": True}))
        check.says["shop"] = DOWN
        body = {"name": "Shop", "type": "fake", "target": "shop", "retries": 0, "failure_threshold": 1}
        await engine.monitors.create(engine.monitors.prepare(body))
        await until(lambda: sent)
        assert sent == ["DOWN: Shop"]
        health = engine.health()
        assert set(health) == LOOPS | {"scheduler", "store", "self"}
        assert all(part["ok"] for part in health.values()), health
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.wait_for(engine.stop(), 5)
        assert await rows(store, "SELECT status FROM notifications") == [("sent",)]
    finally:
        await net.close()
        await store.close()
        check_types().pop("fake")
        channel_types().pop("fake")


async def test_stopping_judges_what_has_arrived(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(retries=0, failure_threshold=1)
        w.engine.judge.offer(found(shop, DOWN, at=w.clock.now()))
        await w.engine.stop()
        assert await rows(w.store, "SELECT status FROM incidents") == [("open",)]


async def test_stopping_does_not_wait_for_a_check_that_hangs(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        hanging = Scripted(lambda *_: asyncio.sleep(300))
        w.engine.runner.scheduler.add(make_plan(99, check=hanging, timeout=300), at_once=True)
        w.engine.runner.scheduler.tick()
        await asyncio.sleep(0)
        assert hanging.running == 1
        async with asyncio.timeout(5):
            await w.engine.stop()
        assert (hanging.running, w.engine.runner.scheduler.in_flight) == (0, 0)


async def test_a_delivery_that_hangs_does_not_hold_the_end_up_and_is_sent_after_it(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        w.hanging.add("ops")
        w.say(DOWN)
        body = {"name": "Shop", "type": "fake", "target": "shop", "retries": 0, "failure_threshold": 1}
        await w.engine.monitors.create(w.engine.monitors.prepare(body))
        w.engine.runner.scheduler.tick()
        await w.engine.runner.drain()
        await w.engine.judge.judge(w.clock.now())
        await w.deliver()
        assert w.stuck == 1
        await w.engine.stop(patience_s=0.1)
        await w.close()
        w.hanging.clear()
        await w.start()
        await w.deliver()
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_before_it_runs_nothing_is_checked(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor()
        w.check.made.clear()
        await w.restart(after=3600)
        await asyncio.sleep(0.05)
        assert w.check.made == []


async def test_health_tells_of_what_waits_too_long(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(interval=60)
        assert w.engine.health()["scheduler"]["ok"]
        w.clock.turn(75)
        part = w.engine.health()["scheduler"]
        assert not part["ok"]
        assert "late" in part["detail"]
