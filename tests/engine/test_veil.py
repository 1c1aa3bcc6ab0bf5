"""Planned work over a monitor: what is found under it, and what is owed when it ends."""

from datetime import timedelta
from pathlib import Path

from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding, Status
from asura.engine.monitor_state import MonitorState
from tests.engine.kit import found, offer
from tests.engine.planning import QUICK, plan, seconds, timeline, titles
from tests.world import DEGRADED, DOWN, UP, World, world

OURS = Outcome(Finding.UNKNOWN, Reason.INTERNAL_ERROR, "asura itself failed.")
# Nothing is due by itself: what is found is what the test says.
SELDOM = {**QUICK, "interval": 86_400}
AT_ONCE = {**SELDOM, "failure_threshold": 1}


def shop(w: World) -> MonitorState:
    (state,) = w.engine.live.states()
    return state


def spans(w: World) -> list[tuple[str, str]]:
    return [(span.status.value, span.reason) for span in shop(w).spans]


async def lift(w: World, seconds: float = 600) -> None:
    """Let the time of a window pass as if no check had been due meanwhile, and let go of the monitor."""
    quiet(w, seconds)
    await w.engine.keeper.tick(w.clock.now())


def quiet(w: World, seconds: float) -> None:
    """Let time pass in which we run smoothly and nothing is due."""
    for _ in range(round(seconds * 2)):
        w.clock.turn(0.5)
        w.engine.auditor.observe()


async def test_what_is_found_meanwhile_stands_in_the_spans(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await w.monitor(**AT_ONCE)
        await w.advance(1)
        await plan(w)
        for outcome in (DOWN, DEGRADED, UP, UP):
            quiet(w, 60)
            await offer(w, (monitor, outcome))
        assert spans(w)[1:] == [
            ("maintenance", "maintenance"),
            ("maintenance", "maintenance_down"),
            ("maintenance", "maintenance_degraded"),
            ("maintenance", "maintenance_up"),
        ]
        assert seconds(w)["maintenance"] == 240
        assert shop(w).message == "Under maintenance (Database) until 2026-03-02 12:10 UTC."


async def test_our_own_fault_does_not_show_through(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await w.monitor(**AT_ONCE)
        await w.advance(1)
        await plan(w)
        await offer(w, (monitor, OURS))
        assert (shop(w).status, len(spans(w))) == (Status.MAINTENANCE, 2)
        await lift(w)
        assert (shop(w).status, shop(w).reason) == (Status.UNKNOWN, "internal_error")
        w.clock.turn(1)
        await offer(w, (monitor, UP))
        assert shop(w).status is Status.UP


async def test_what_was_resolved_by_hand_before_is_not_opened_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**AT_ONCE)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        await w.engine.incidents.resolve(1, "ann")
        await w.settle()
        assert len(w.take()) == 2
        await plan(w)
        await lift(w)
        assert (shop(w).status, shop(w).reason) == (Status.DOWN, "connect_refused")
        w.say(DOWN)
        await w.advance(200)
        assert w.engine.live.open_incidents() == []


async def test_a_check_that_began_under_it_says_nothing_of_the_time_after_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**{**AT_ONCE, "interval": 660})
        await plan(w)
        began = w.clock.now() + timedelta(seconds=595)
        await lift(w, 605)
        w.engine.judge.offer(found(monitor, DOWN, at=began))
        await w.engine.judge.judge(w.clock.now())
        assert (shop(w).status, shop(w).reason) == (Status.DOWN, "after_maintenance")
        assert w.engine.live.open_incidents() == []
        w.say(DOWN)
        await w.advance(61)
        assert titles(w) == ["DOWN: Shop"]
        assert w.engine.live.open_incidents()[0].started_at == began + timedelta(seconds=5)


async def test_what_is_owed_outlives_our_own_faults_and_doubts(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**{**AT_ONCE, "success_threshold": 3})
        await plan(w)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        await lift(w, 540)
        for outcome in (OURS, UP, OURS, UP):
            w.clock.turn(5)
            await offer(w, (monitor, outcome))
        assert (shop(w).status, w.engine.live.open_incidents()) == (Status.DOWN, [])
        w.clock.turn(5)
        await offer(w, (monitor, DOWN))
        w.say(DOWN)
        await w.settle()
        assert titles(w) == ["DOWN: Shop"]
        assert shop(w).reason == "connect_refused"


async def test_what_is_owed_is_carried_into_the_next_window(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**AT_ONCE)
        await plan(w)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        await lift(w, 540)
        assert shop(w).reason == "after_maintenance"
        await plan(w)
        assert spans(w)[-1] == ("maintenance", "maintenance_down")
        w.say(DOWN)
        await w.advance(601)
        assert titles(w) == ["DOWN: Shop"]
        assert await timeline(w) == ["outlived_maintenance"]


async def test_nothing_is_dated_back_into_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**SELDOM)
        await plan(w)
        quiet(w, 590)
        await offer(w, (monitor, DOWN))
        await lift(w, 10)
        assert shop(w).status is Status.UP
        ended = w.clock.now()
        quiet(w, 50)
        await offer(w, (monitor, DOWN))
        await w.settle()
        assert titles(w) == ["DOWN: Shop"]
        (incident,) = w.engine.live.open_incidents()
        assert (incident.started_at, seconds(w)["maintenance"]) == (ended, 600)


async def test_what_was_doubted_before_is_known_at_the_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**SELDOM)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        await plan(w)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        assert spans(w)[-1][1] == "maintenance_down"
        w.say(DOWN)
        await w.advance(541)
        assert titles(w) == ["DOWN: Shop"]
        assert seconds(w)["maintenance"] == 600


async def test_an_incident_that_is_acknowledged_meanwhile_stays_so_and_has_no_reminders(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**AT_ONCE, reminder_interval=60)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        w.say(DOWN)
        await w.settle()
        assert titles(w) == ["DOWN: Shop"]
        await plan(w)
        await w.engine.incidents.acknowledge(1, "ann")
        await w.settle()
        assert titles(w) == ["ACKNOWLEDGED: Shop (by ann)"]
        await w.advance(900)
        assert w.engine.live.incidents[1].next_reminder_at is None


async def test_a_snooze_that_ends_meanwhile_reminds_only_after_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**AT_ONCE, reminder_interval=120)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        w.say(DOWN)
        await w.settle()
        assert titles(w) == ["DOWN: Shop"]
        await plan(w)
        await w.engine.incidents.snooze(1, w.clock.now() + timedelta(seconds=60), "ann")
        assert await w.engine.reminder.tick(w.clock.now()) is None
        await w.advance(719)
        assert w.take() == []
        await w.advance(2)
        assert titles(w) == ["STILL DOWN: Shop"]


async def test_what_is_paused_under_it_withdraws_its_incident_without_a_word(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(**AT_ONCE)
        quiet(w, 60)
        await offer(w, (monitor, DOWN))
        await w.settle()
        assert titles(w) == ["DOWN: Shop"]
        await plan(w)
        await w.engine.monitors.pause(monitor.id)
        assert w.engine.live.open_incidents() == []
        await lift(w)
        assert shop(w).status is Status.PAUSED
