"""The runner: retries, hand-over, and a place that is freed whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asura.clock import SystemClock
from asura.domain.reason import Reason
from asura.domain.result import Outcome, Result
from asura.domain.status import Finding
from asura.net.network import open_network
from asura.running.runner import Runner
from tests.running.kit import Scripted, make_plan
from tests.world import DEGRADED, DOWN, UP, FakeClock

UNKNOWN = Outcome(Finding.UNKNOWN, Reason.NOT_PERMITTED, "Not permitted here.")


@asynccontextmanager
async def runner(sink: Any = None, **options: Any) -> AsyncIterator[tuple[Runner, FakeClock, list[Result]]]:
    clock, results = FakeClock(), []
    net = open_network()
    one = Runner(clock, net, sink or results.append, **options)
    try:
        yield one, clock, results
    finally:
        await one.stop()
        await net.close()


async def turn(one: Runner) -> float:
    """Tick once, let what began end, and return the seconds until the next turn."""
    one.scheduler.tick()
    await one.drain()
    return one.scheduler._heap[0].due - one.scheduler._clock.monotonic() if one.scheduler._heap else 60.0


async def test_a_failure_is_tried_again_by_the_heap_with_growing_pauses_and_jitter() -> None:
    async with runner() as (one, clock, results):
        plan = make_plan(interval=3600, retries=2, retry_interval=20, check=Scripted(lambda *_: DOWN))
        one.scheduler.add(plan, at_once=True)
        pauses = []
        for _ in range(2):
            pause = await turn(one)
            pauses.append(pause)
            clock.turn(pause)
        await turn(one)
        assert 18 <= pauses[0] <= 22
        assert 36 <= pauses[1] <= 44
        assert [result.counted for result in results] == [False, False, True]
        assert (one.processed, one.failures, one.scheduler.in_flight) == (3, 3, 0)


async def test_pauses_between_retries_are_not_all_the_same() -> None:
    async with runner() as (one, _, _):
        pauses = set()
        for generation in range(1, 8):
            plan = make_plan(generation=generation, retries=1, check=Scripted(lambda *_: DOWN))
            one.scheduler.add(plan, at_once=True)
            pauses.add(round(await turn(one), 6))
            one.scheduler.remove(1)
            one.scheduler.clear()
        assert len(pauses) > 1


async def test_a_retry_that_succeeds_ends_the_matter() -> None:
    said = [DEGRADED, UP]
    async with runner() as (one, clock, results):
        one.scheduler.add(make_plan(retries=3, check=Scripted(lambda *_: said.pop(0))), at_once=True)
        clock.turn(await turn(one))
        pause = await turn(one)
        assert [(result.finding, result.counted) for result in results] == [
            (Finding.DEGRADED, False),
            (Finding.UP, True),
        ]
        assert pause > 5, "the next turn is the grid's"


async def test_our_own_fault_is_not_tried_again() -> None:
    async with runner() as (one, _, results):
        one.scheduler.add(make_plan(retries=3, check=Scripted(lambda *_: UNKNOWN)), at_once=True)
        await turn(one)
        assert [(result.finding, result.counted) for result in results] == [(Finding.UNKNOWN, True)]
        assert (one.processed, one.failures) == (1, 0)


async def test_results_carry_who_where_when_and_which_generation() -> None:
    async with runner(region="eu-west") as (one, clock, results):
        one.scheduler.add(make_plan(9, generation=4), at_once=True)
        at = clock.now()
        await turn(one)
        (result,) = results
        assert (result.monitor_id, result.generation, result.region, result.at) == (9, 4, "eu-west", at)


async def test_a_sink_that_raises_costs_neither_the_place_nor_the_next_turn() -> None:
    def sink(result: Result) -> None:
        raise RuntimeError("no room")

    async with runner(sink, max_concurrent=1) as (one, clock, _):
        check = Scripted()
        one.scheduler.add(make_plan(check=check), at_once=True)
        pause = await turn(one)
        assert one.scheduler.in_flight == 0
        clock.turn(pause)
        await turn(one)
        assert len(check.ran) == 2


async def test_the_place_is_held_until_the_result_is_handed_over() -> None:
    gate = asyncio.Event()

    async def sink(result: Result) -> None:
        await gate.wait()

    async with runner(sink) as (one, _, _):
        one.scheduler.add(make_plan(), at_once=True)
        one.scheduler.tick()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert one.scheduler.in_flight == 1
        gate.set()
        await one.drain()
        assert one.scheduler.in_flight == 0


async def test_a_check_by_hand_hands_nothing_on_and_keeps_its_evidence() -> None:
    async with runner() as (one, _, results):
        result = await one.run_once(make_plan(retries=5, check=Scripted(lambda *_: UP)), keep_evidence=True)
        assert (result.finding, result.counted, results) == (Finding.UP, True, [])
        assert result.evidence is not None


async def test_stopping_cancels_what_runs_and_starts_nothing_that_waits() -> None:
    check = Scripted(lambda *_: asyncio.sleep(300))
    async with runner(max_concurrent=5) as (one, _, results):
        for monitor_id in range(1, 51):
            one.scheduler.add(make_plan(monitor_id, check=check), at_once=True)
        one.scheduler.tick()
        await asyncio.sleep(0.01)
        assert (check.running, one.scheduler.waiting) == (5, 45)
        await asyncio.wait_for(one.stop(), 2)
        assert (check.running, len(check.ran), results) == (0, 5, [])


async def test_a_monitor_that_was_removed_while_its_check_ran_gets_no_more_turns() -> None:
    check = Scripted(lambda *_: DOWN)
    async with runner() as (one, clock, _):
        one.scheduler.add(make_plan(retries=5, check=check), at_once=True)
        one.scheduler.tick()
        one.scheduler.remove(1)
        await one.drain()
        clock.turn(600)
        await turn(one)
        assert len(check.ran) == 1


async def test_ten_thousand_hanging_checks_delay_nobody_else() -> None:
    hanging, quick = Scripted(lambda *_: asyncio.sleep(300)), Scripted()
    async with runner(max_concurrent=10_100) as (one, _, results):
        for monitor_id in range(1, 10_001):
            one.scheduler.add(make_plan(monitor_id, check=hanging, timeout=200), at_once=True)
        one.scheduler.tick()
        await asyncio.sleep(0)
        assert (hanging.running, one.scheduler.waiting) == (10_000, 0)
        for monitor_id in range(20_001, 20_101):
            one.scheduler.add(make_plan(monitor_id, check=quick), at_once=True)
        one.scheduler.tick()
        while len(results) < 100:
            await asyncio.sleep(0)
        assert one.scheduler.lateness.max_s == 0
        assert {result.monitor_id for result in results} == set(range(20_001, 20_101))


async def test_hanging_checks_beyond_the_limit_give_their_places_back_and_everybody_is_checked() -> None:
    hanging, quick = Scripted(lambda *_: asyncio.sleep(300)), Scripted()
    net, results = open_network(), []
    one = Runner(SystemClock(), net, results.append, max_concurrent=100)
    for monitor_id in range(1, 201):
        one.scheduler.add(make_plan(monitor_id, check=hanging, timeout=0.1, interval=3600), at_once=True)
    for monitor_id in range(201, 211):
        one.scheduler.add(make_plan(monitor_id, check=quick, interval=3600), at_once=True)
    one.scheduler.tick()
    await one.drain()
    assert {result.monitor_id for result in results} == set(range(1, 211))
    assert hanging.most_running == 100
    await one.stop()
    await net.close()
