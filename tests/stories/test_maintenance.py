"""Maintenance windows, as tales of a whole process; each ends with nothing else having been sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from asura.domain.status import Status
from asura.store import incidents
from tests.engine.planning import QUICK, plan, seconds, timeline, titles
from tests.world import DEGRADED, DOWN, START, UP, World, world


async def test_an_outage_that_ends_inside_is_told_to_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        await w.advance(300)
        await plan(w)
        assert w.status() == "maintenance"
        w.say(DOWN)
        await w.advance(300)
        view = w.engine.live.find("shop")
        assert view is not None
        assert (view.status, view.last.finding.name) == (Status.MAINTENANCE, "DOWN")  # type: ignore[union-attr]
        assert view.message.startswith(
            f"Under maintenance (Database) until {START:%Y-%m-%d} 12:15 UTC. Connection refused"
        )
        assert w.open_incidents() == []
        w.say(UP)
        await w.advance(305)
        assert w.status() == "up"
        assert "down" not in seconds(w)
        assert seconds(w)["maintenance"] == 600
        await w.advance(600)


async def test_an_outage_that_outlives_it_is_told_once_at_the_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        await w.advance(300)
        begun = w.clock.now()
        await plan(w)
        w.say(DOWN)
        await w.advance(599)
        assert w.take() == []
        await w.advance(1)
        assert titles(w) == ["DOWN: Shop"]
        (incident,) = w.open_incidents()
        assert incident.started_at == begun + timedelta(seconds=600)
        assert incident.message.endswith("It failed already during the maintenance.")
        assert await timeline(w) == ["outlived_maintenance"]
        assert w.status() == "down"
        await w.advance(600)
        w.say(UP)
        await w.advance(61)
        assert titles(w) == ["UP: Shop"]


async def test_what_came_back_just_before_the_end_is_checked_before_anybody_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        await w.advance(290)
        await plan(w)
        w.say(DOWN)
        await w.advance(595)
        w.say(UP)
        await w.advance(10)
        assert w.status() == "up"
        await w.advance(600)


async def test_what_was_down_before_is_held_and_told_at_the_end_when_it_came_back(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK, reminder_interval=120)
        w.say(DOWN)
        await w.advance(121)
        assert titles(w) == ["DOWN: Shop"]
        await plan(w)
        assert await timeline(w) == ["failure_confirmed", "held_by_maintenance"]
        await w.advance(300)
        w.say(UP)
        await w.advance(299)
        assert w.take() == [], "no reminder, and not yet that it came back"
        await w.advance(2)
        ((_, title),) = w.take()
        assert title.startswith("UP: Shop, after ")
        (incident,) = [one async for one in stored(w)]
        assert incident.resolved_at is not None
        assert incident.resolved_at < w.clock.now() - timedelta(seconds=200), "when it answered, not when that was told"
        await w.advance(600)


async def stored(w: World) -> Any:
    async with w.store.read() as reader:
        for one in (await incidents.page(reader, limit=10))[0]:
            if not w.before.monitors.intersection(one.monitor_ids):
                yield one


async def test_what_was_down_before_and_still_is_goes_on_with_its_reminders(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK, reminder_interval=120)
        w.say(DOWN)
        await w.advance(121)
        assert titles(w) == ["DOWN: Shop"]
        await plan(w)
        await w.advance(601)
        assert w.take() == []
        assert (w.status(), len(w.open_incidents())) == ("down", 1)
        await w.advance(118)
        assert w.take() == []
        await w.advance(2)
        assert titles(w) == ["STILL DOWN: Shop"]
        assert await timeline(w) == ["failure_confirmed", "held_by_maintenance", "maintenance_over", "reminded"]


async def test_what_was_degraded_before_and_is_down_after_is_told_as_worse(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        w.say(DEGRADED)
        await w.advance(121)
        assert titles(w) == ["DEGRADED: Shop"]
        await plan(w)
        w.say(DOWN)
        await w.advance(601)
        assert titles(w) == ["DOWN: Shop"]
        assert len(w.open_incidents()) == 1
        await w.advance(300)


async def test_a_restart_in_the_middle_forgets_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        await w.advance(300)
        await plan(w)
        w.say(DOWN)
        await w.advance(200)
        await w.restart(after=30)
        await w.advance(1)
        view = w.engine.live.find("shop")
        assert view is not None
        assert (w.status(), view.since) == ("maintenance", START + timedelta(seconds=300))
        assert view.message.startswith("Under maintenance (Database)")
        await w.advance(365)
        assert w.take() == []
        await w.advance(5)
        assert titles(w) == ["DOWN: Shop"]
        assert await timeline(w) == ["outlived_maintenance"]
        await w.advance(300)


async def test_one_that_ended_while_we_were_off_is_judged_by_the_first_check(tmp_path: Path) -> None:
    for found, told in ((DOWN, ["DOWN: Shop"]), (UP, [])):
        async with world(tmp_path / found.finding.name) as w:
            await w.channel()
            await w.monitor(**QUICK)
            await w.advance(300)
            await plan(w)
            w.say(DOWN)
            await w.advance(300)
            await w.stop()
            w.clock.turn(3600)
            w.say(found)
            await w.start()
            await w.advance(5)
            assert titles(w) == told
            assert w.status() == ("down" if told else "up")
            assert seconds(w)["maintenance"] == 600
            await w.advance(300)


async def test_one_that_began_while_we_were_off_holds_from_its_beginning(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        starts = w.clock.now() + timedelta(seconds=600)
        await plan(w, starts_at=starts, length=3600)
        await w.advance(300)
        w.say(DOWN)
        await w.restart(after=900)
        await w.advance(5)
        assert w.status() == "maintenance"
        assert w.engine.live.find("shop").since == starts  # type: ignore[union-attr]
        await w.advance(600)
        w.say(UP)
        await w.advance(2400)
        assert w.status() == "up"


async def test_a_crash_between_the_end_and_the_first_check_loses_no_outage(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        await w.advance(300)
        await plan(w)
        w.say(DOWN)
        await w.advance(599)
        w.clock.turn(2)
        await w.engine.keeper.tick(w.clock.now())
        assert (w.status(), w.engine.live.find("shop").reason) == ("down", "after_maintenance")  # type: ignore[union-attr]
        await w.close()
        await w.start()
        await w.advance(61)
        assert titles(w) == ["DOWN: Shop"]
        await w.advance(300)


async def test_ended_early_it_is_over_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        window = await plan(w, length=86_400)
        w.say(DOWN)
        await w.advance(300)
        await w.engine.maintenance.end(window.id)
        assert w.status() == "down"
        await w.advance(1)
        assert titles(w) == ["DOWN: Shop"]
        await w.advance(300)


@pytest.mark.starts_empty("is about one night, in which the clock changes")
async def test_a_nightly_one_keeps_its_hour_when_the_clock_changes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**{**QUICK, "interval": 900, "failure_threshold": 1})
        await plan(w, cron="30 2 * * *", duration_s=5400, timezone="Europe/Berlin")
        opened: list[str] = []
        for night in (28, 29, 30):
            w.clock.turn((datetime(2026, 3, night, tzinfo=UTC) - w.clock.now()).total_seconds())
            for _ in range(14):
                w.clock.turn(900)
                await w.settle()
                (state,) = w.engine.live.states()
                if w.status() == "maintenance":
                    opened.append(f"{w.clock.now():%d %H:%M}")
                inside = state.veil is not None and state.veil.until > w.clock.now() + timedelta(seconds=900)
                w.say(DOWN if inside else UP)
        # At 02:30 in winter; on the 29th the clock skips that, and it begins an hour later on the clock; then summer.
        assert opened == [
            *("28 01:30", "28 01:45", "28 02:00", "28 02:15", "28 02:30", "28 02:45"),
            *("29 01:30", "29 01:45", "29 02:00", "29 02:15", "29 02:30", "29 02:45"),
            *("30 00:30", "30 00:45", "30 01:00", "30 01:15", "30 01:30", "30 01:45"),
        ]
