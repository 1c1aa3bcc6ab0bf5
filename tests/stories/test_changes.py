"""What people change while something is down; each story ends with nothing else having been sent."""

from pathlib import Path
from typing import Any

from asura.domain.monitor import Monitor
from asura.errors import DeliveryError
from tests.engine.kit import count, rows
from tests.world import DOWN, UP, World, world

QUICK = {"interval": 60, "retries": 0, "failure_threshold": 2}


async def patch(w: World, monitor: Monitor, **fields: Any) -> Monitor:
    desk = w.engine.monitors
    view = w.engine.live.find(monitor.id)
    assert view is not None
    return await desk.replace(monitor.id, desk.prepare(fields, old=view.monitor.config, partial=True))


async def test_a_corrected_target_ends_the_outage_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        w.say(DOWN)
        await w.advance(121)
        assert w.take() == [("ops", "DOWN: Shop")]
        await patch(w, shop, target="shop-2")
        await w.advance(1)
        assert w.status() == "up"
        ((_, title),) = w.take()
        assert title.startswith("UP: Shop, after ")
        await w.advance(300)


async def test_a_target_that_is_as_broken_goes_on_with_the_same_incident(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        w.say(DOWN)
        w.say(DOWN, "shop-2")
        await w.advance(121)
        assert w.take() == [("ops", "DOWN: Shop")]
        (incident,) = w.open_incidents()
        await patch(w, shop, target="shop-2")
        await w.advance(300)
        assert (w.status(), [one.id for one in w.open_incidents()]) == ("down", [incident.id])


async def test_doubt_about_the_old_target_is_no_doubt_about_the_new_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        w.say(DOWN)
        await w.advance(61)
        assert w.status() == "up"
        w.say(DOWN, "shop-2")
        await patch(w, shop, target="shop-2")
        await w.advance(1)
        assert w.status() == "up", "one failure of the new target"
        w.say(UP, "shop-2")
        await w.advance(300)
        assert w.open_incidents() == []


async def test_deleting_what_is_down_ends_it_without_a_word(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        before = await count(w.store, "incidents")
        shop = await w.monitor("shop", **QUICK, reminder_interval=60)
        await w.monitor("blog", **QUICK)
        w.say(DOWN)
        await w.advance(121)
        assert w.take() == [("ops", "DOWN: Shop")]
        await w.engine.monitors.delete(shop.id)
        assert (w.open_incidents(), await count(w.store, "incidents")) == ([], before)
        made = w.check.made.count("shop")
        await w.advance(600)
        assert w.check.made.count("shop") == made
        await w.restart(after=5)
        assert {view.monitor.slug for view in w.engine.live.monitors() if view.monitor.id not in w.before.monitors} == {
            "blog"
        }
        await w.advance(300)


async def test_what_was_still_to_be_told_of_a_deleted_monitor_is_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        w.refusing["ops"] = DeliveryError("503")
        w.say(DOWN)
        await w.advance(121)
        (incident,) = w.open_incidents()
        await w.engine.monitors.delete(shop.id)
        w.refusing.clear()
        await w.advance(600)
        assert await rows(w.store, f"SELECT count(*) FROM notifications WHERE incident_id = {incident.id}") == [(0,)]


async def test_a_threshold_lowered_in_doubt_counts_at_the_next_failure(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(interval=60, retries=0, failure_threshold=10)
        w.say(DOWN)
        await w.advance(241)
        assert w.status() == "up"
        await patch(w, shop, failure_threshold=3)
        await w.advance(60)
        assert w.status() == "down"
        assert w.take() == [("ops", "DOWN: Shop")]
        (incident,) = w.open_incidents()
        assert (incident.detected_at - incident.started_at).total_seconds() >= 180


async def test_a_channel_made_in_an_outage_hears_of_its_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        w.say(DOWN)
        await w.advance(121)
        await w.channel("late")
        await w.advance(120)
        w.say(UP)
        await w.advance(61)
        ((channel, title),) = w.take()
        assert (channel, title.split(",")[0]) == ("late", "UP: Shop")
