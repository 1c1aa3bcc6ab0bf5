"""The scheduler: spread, in order, each monitor on its own grid, nothing dropped and nothing twice at once."""

import asyncio
import random
from collections import Counter

from asura.clock import SystemClock
from asura.running.plan import Plan
from asura.running.scheduler import Scheduler
from tests.running.kit import Stage, make_plan
from tests.world import FakeClock


def test_starts_are_spread_evenly_over_the_interval() -> None:
    stage = Stage()
    now = stage.clock.now().timestamp()
    for monitor_id in range(1, 601):
        stage.scheduler.add(make_plan(monitor_id), at_once=False, last_at=now)
    per_tenth = [len(stage.run(6)) for _ in range(10)]
    assert sum(per_tenth) == 600
    assert all(55 <= count <= 65 for count in per_tenth), per_tenth


def test_each_monitor_runs_once_an_interval_whatever_its_interval_is() -> None:
    stage = Stage()
    for monitor_id, interval in enumerate((5, 20, 60, 300), start=1):
        stage.scheduler.add(make_plan(monitor_id, interval=interval), at_once=False)
    assert Counter(stage.run(1200)) == {1: 240, 2: 60, 3: 20, 4: 4}


def test_what_is_added_at_once_runs_at_the_next_tick_and_then_on_its_grid() -> None:
    stage = Stage()
    stage.scheduler.add(make_plan(7), at_once=True)
    due = stage.scheduler.tick()
    assert stage.take() == [7]
    assert due > stage.clock.monotonic()
    stage.finish(7)
    assert stage.run(60) == [7]


def test_the_grid_belongs_to_the_wall_clock_and_not_to_the_start_of_the_process() -> None:
    first, second = Stage(), Stage(clock=FakeClock())
    second.clock.ran = 77_777.7
    second.scheduler.clock_was_set()
    for stage in (first, second):
        stage.scheduler.add(make_plan(3), at_once=False)
    offsets = []
    for stage in (first, second):
        wait = stage.scheduler.tick() - stage.clock.monotonic()
        offsets.append(round(wait, 6))
    assert offsets[0] == offsets[1]


def test_a_turn_of_an_older_generation_never_runs() -> None:
    stage = Stage()
    stage.scheduler.add(make_plan(1, generation=1), at_once=False)
    stage.scheduler.add(make_plan(1, generation=2, interval=30), at_once=False)
    stage.clock.turn(60)
    stage.scheduler.tick()
    assert {generation for _, generation, _ in stage.began} == {2}


def test_a_retry_of_an_older_generation_never_runs() -> None:
    stage = Stage()
    old = make_plan(1, generation=1)
    stage.scheduler.add(old, at_once=True)
    stage.scheduler.tick()
    stage.scheduler.add(make_plan(1, generation=2, interval=600), at_once=False)
    stage.scheduler.again(old, 1, 5)
    stage.take()
    assert stage.run(10) == []


def test_a_removed_monitor_never_runs_and_a_running_check_of_it_ends_in_nothing() -> None:
    stage = Stage()
    stage.scheduler.add(make_plan(1), at_once=True)
    stage.scheduler.add(make_plan(2), at_once=False)
    stage.scheduler.tick()
    stage.scheduler.remove(1)
    stage.scheduler.remove(2)
    assert (stage.take(), len(stage.scheduler), stage.scheduler.in_flight) == ([1], 0, 1)
    stage.finish(1)
    assert stage.scheduler.in_flight == 0
    assert stage.run(300) == []


def test_a_monitor_that_comes_back_runs_again() -> None:
    stage = Stage()
    stage.scheduler.add(make_plan(1), at_once=True)
    stage.scheduler.remove(1)
    stage.scheduler.add(make_plan(1, generation=2), at_once=True)
    stage.scheduler.tick()
    assert stage.began == [(1, 2, 0)]


def test_beyond_max_concurrent_everything_waits_in_order_and_nothing_is_dropped() -> None:
    stage = Stage(max_concurrent=2)
    for monitor_id in range(1, 6):
        stage.scheduler.add(make_plan(monitor_id), at_once=True)
        stage.clock.turn(0.001)
    stage.scheduler.tick()
    assert (stage.take(), stage.scheduler.waiting, stage.scheduler.in_flight) == ([1, 2], 3, 2)
    stage.clock.turn(3)
    stage.scheduler.tick()
    assert stage.take() == []
    stage.finish(2)
    assert stage.take() == [3]
    stage.finish(1, 3)
    assert stage.take() == [4, 5]
    assert (stage.scheduler.waiting, stage.scheduler.late) == (0, 3)


def test_what_waits_for_a_place_is_passed_over_when_it_is_edited_or_removed() -> None:
    stage = Stage(max_concurrent=1)
    for monitor_id in (1, 2, 3, 4):
        stage.scheduler.add(make_plan(monitor_id), at_once=True)
    stage.scheduler.tick()
    stage.scheduler.remove(2)
    stage.scheduler.add(make_plan(3, generation=2, interval=3600), at_once=False)
    stage.take()
    stage.finish(1)
    assert stage.take() == [4]


def test_a_check_that_lasts_longer_than_its_interval_never_runs_twice_at_once() -> None:
    stage = Stage()
    stage.scheduler.add(make_plan(1, interval=10), at_once=True)
    stage.scheduler.tick()
    assert stage.take() == [1]
    assert stage.run(35, finish=False) == []
    stage.finish(1)
    stage.scheduler.tick()
    assert stage.take() == [1], "what was missed is made up for once"
    stage.finish(1)
    assert len(stage.run(30)) == 3, "and then the grid goes on"


def test_adding_the_same_monitor_twice_does_not_run_it_twice() -> None:
    stage = Stage()
    plan = make_plan(1)
    stage.scheduler.add(plan, at_once=True)
    stage.scheduler.add(plan, at_once=True)
    stage.scheduler.tick()
    assert stage.take() == [1]
    stage.finish(1)
    assert len(stage.run(600)) == 10


def test_a_retry_comes_after_its_delay_with_its_number() -> None:
    stage = Stage()
    plan = make_plan(1)
    stage.scheduler.add(plan, at_once=True)
    stage.scheduler.tick()
    stage.scheduler.again(plan, 1, 5.0)
    stage.take()
    assert stage.run(4.5, finish=False) == []
    stage.clock.turn(0.5)
    stage.scheduler.tick()
    assert stage.began == [(1, 1, 1)]


def test_retries_do_not_move_the_grid() -> None:
    stage, quiet = Stage(), Stage()
    for one in (stage, quiet):
        one.scheduler.add(make_plan(1), at_once=False)
        one.clock.turn(60)
        one.scheduler.tick()
    stage.clock.turn(1)
    stage.scheduler.again(stage.plans[1], 1, 3)
    stage.clock.turn(3)
    stage.scheduler.tick()
    stage.finish(1)
    quiet.clock.turn(4)
    quiet.finish(1)
    assert stage.scheduler.tick() == quiet.scheduler.tick()


def test_a_daily_check_is_not_starved_by_restarts() -> None:
    clock = FakeClock()
    last_at, ran = clock.now().timestamp() - 3600, []
    for _ in range(4 * 24):
        stage = Stage(clock=clock)
        stage.scheduler.add(make_plan(5, interval=86_400), at_once=False, last_at=last_at)
        for _ in range(90):
            clock.turn(10)
            stage.scheduler.tick()
            if stage.take():
                stage.finish(5)
                last_at = clock.now().timestamp()
                ran.append(last_at)
    assert 1 <= len(ran) <= 2, "once in its day of quarter hours, however often the process starts"


def test_a_check_that_was_missed_while_nothing_ran_is_made_up_for_within_a_minute() -> None:
    stage = Stage()
    now = stage.clock.now().timestamp()
    stage.scheduler.add(make_plan(5, interval=86_400), at_once=False, last_at=now - 100_000)
    assert stage.run(60) == [5]


def test_after_the_clock_was_set_no_check_is_moved_and_the_grid_follows_the_calendar() -> None:
    from datetime import timedelta

    stage = Stage()
    stage.scheduler.add(make_plan(1), at_once=False)
    due = stage.scheduler.tick()
    stage.clock.wall += timedelta(seconds=1234.5)
    stage.scheduler.clock_was_set()
    assert stage.scheduler.tick() == due
    stage.clock.turn(due - stage.clock.monotonic())
    stage.scheduler.tick()
    stage.finish(1)
    fresh = Stage(clock=stage.clock)
    fresh.scheduler.add(make_plan(1), at_once=False)
    assert abs(stage.scheduler.tick() - fresh.scheduler.tick()) < 1e-3


def test_lateness_is_counted_in_buckets() -> None:
    stage = Stage()
    for monitor_id, late in enumerate((0.0, 0.015, 0.15, 3.0), start=1):
        stage.scheduler.add(make_plan(monitor_id, interval=3600), at_once=True)
        stage.clock.turn(late)
        stage.scheduler.tick()
        stage.finish(monitor_id)
    seen = stage.scheduler.lateness
    assert (seen.total, stage.scheduler.late, round(seen.max_s, 6)) == (4, 1, 3.0)
    assert [round(seen.share_within(bound), 2) for bound in (0.001, 0.02, 0.2, 5.0)] == [0.25, 0.5, 0.75, 1.0]
    assert Stage().scheduler.lateness.share_within(0.1) == 1.0


def test_overdue_tells_how_long_the_earliest_has_waited() -> None:
    stage = Stage(max_concurrent=1)
    assert stage.scheduler.overdue_s() == 0
    stage.scheduler.add(make_plan(1), at_once=True)
    stage.scheduler.add(make_plan(2), at_once=True)
    stage.clock.turn(4)
    assert stage.scheduler.overdue_s() == 4
    stage.scheduler.tick()
    stage.clock.turn(3)
    assert stage.scheduler.overdue_s() == 7, "what waits for a place is overdue too"


def test_cleared_it_starts_nothing_any_more() -> None:
    stage = Stage(max_concurrent=1)
    for monitor_id in (1, 2, 3):
        stage.scheduler.add(make_plan(monitor_id), at_once=True)
    stage.scheduler.tick()
    stage.scheduler.clear()
    stage.take()
    stage.finish(1)
    assert stage.run(120) == []


def test_under_any_load_limits_hold_and_everybody_gets_a_turn() -> None:
    chance = random.Random(7)
    stage = Stage(max_concurrent=3)
    for monitor_id in range(1, 31):
        stage.scheduler.add(make_plan(monitor_id, interval=10), at_once=False)
    busy: dict[int, float] = {}
    counts: Counter[int] = Counter()
    for _ in range(4000):
        stage.clock.turn(0.1)
        stage.scheduler.tick()
        now = stage.clock.monotonic()
        for monitor_id in [one for one, until in busy.items() if until <= now]:
            del busy[monitor_id]
            stage.finish(monitor_id)
        for monitor_id in stage.take():
            assert monitor_id not in busy, "never twice at once"
            busy[monitor_id] = now + chance.uniform(0.1, 2.5)
            counts[monitor_id] += 1
        assert len(busy) == stage.scheduler.in_flight <= 3
    assert len(counts) == 30
    assert max(counts.values()) - min(counts.values()) <= 4, "in order, so nobody is starved"


async def test_the_loop_sleeps_until_something_is_added() -> None:
    began = asyncio.Event()
    scheduler: Scheduler

    def start(plan: Plan, attempt: int) -> None:
        scheduler.finished(plan)
        began.set()

    scheduler = Scheduler(SystemClock(), start, max_concurrent=5)
    running = asyncio.create_task(scheduler.run())
    await asyncio.sleep(0.05)
    scheduler.add(make_plan(1, interval=3600), at_once=True)
    await asyncio.wait_for(began.wait(), 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
