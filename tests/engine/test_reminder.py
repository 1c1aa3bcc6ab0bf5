"""Reminders: on time, once, and only while nobody has taken the incident."""

from datetime import timedelta
from pathlib import Path

import pytest

from asura.errors import StoreUnavailable
from tests.engine.kit import break_commits, mend_commits, offer
from tests.world import DOWN, UP, world

EVERY = {"retries": 0, "failure_threshold": 1, "interval": 60, "reminder_interval": 600}


async def test_it_sleeps_until_the_first_reminder_of_all(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        reminder, began = w.engine.reminder, w.clock.now()
        assert await reminder.tick(began) is None
        shop = await w.monitor("shop", **{**EVERY, "reminder_interval": 900})
        blog = await w.monitor("blog", **EVERY)
        await w.monitor("quiet", **{**EVERY, "reminder_interval": 0})
        await offer(w, (shop, DOWN), (blog, DOWN))
        assert await reminder.tick(w.clock.now()) == began + timedelta(seconds=600)


async def test_a_reminder_comes_when_it_is_due_and_not_before(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**EVERY)
        w.say(DOWN)
        await offer(w, (shop, DOWN))
        await w.settle()
        w.take()
        w.clock.turn(599.9)
        await w.settle()
        assert w.take() == []
        w.clock.turn(0.1)
        await w.settle()
        await w.settle()
        assert w.take() == [("ops", "STILL DOWN: Shop, for 10 min")]


async def test_after_a_long_sleep_one_reminder_is_sent_and_not_all_that_were_missed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**EVERY)
        await offer(w, (shop, DOWN))
        await w.settle()
        w.take()
        w.clock.turn(6000)
        assert await w.engine.reminder.tick(w.clock.now()) == w.clock.now() + timedelta(seconds=600)
        async with w.store.read() as reader:
            cursor = await reader.execute_fetchall("SELECT count(*) FROM events WHERE type = 'incident.reminder'")
        assert [tuple(row) for row in cursor] == [(1,)]
        w.engine.notifier.wake.set()
        await w.engine.notifier.tick(w.clock.now())
        await w.engine.notifier.drain()
        assert len(w.take()) == 1


async def test_an_edit_that_asks_for_no_reminders_ends_them(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**EVERY)
        await offer(w, (shop, DOWN))
        desk = w.engine.monitors
        await desk.replace(shop.id, desk.prepare({"reminder_interval": 0}, old=shop.config, partial=True))
        w.clock.turn(600)
        assert await w.engine.reminder.tick(w.clock.now()) is None
        (incident,) = w.engine.live.open_incidents()
        assert incident.next_reminder_at is None


async def test_an_ended_incident_reminds_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**EVERY)
        await offer(w, (shop, DOWN), (shop, UP))
        assert await w.engine.reminder.tick(w.clock.now()) is None


async def test_a_reminder_that_cannot_be_stored_comes_later(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**EVERY)
        w.say(DOWN)
        await offer(w, (shop, DOWN))
        await w.settle()
        w.take()
        w.clock.turn(600)
        await break_commits(w.store, "events")
        with pytest.raises(StoreUnavailable):
            await w.engine.reminder.tick(w.clock.now())
        await mend_commits(w.store)
        await w.settle()
        await w.settle()
        assert w.take() == [("ops", "STILL DOWN: Shop, for 10 min")]
