"""The supervisor: loops run alone, fail alone with growing pauses, and say how they are."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from asura.clock import SystemClock
from asura.engine.supervisor import Loop, LoopHealth, Supervisor


class Ticking:
    """A loop that does as it is told and remembers when it was called."""

    def __init__(self, name: str, act: Callable[[datetime], Any]) -> None:
        self.name = name
        self.act = act
        self.wake = asyncio.Event()
        self.at: list[float] = []
        self.changed = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        self.at.append(asyncio.get_running_loop().time())
        self.changed.set()
        found = self.act(now)
        return await found if asyncio.iscoroutine(found) else found

    async def until(self, ticks: int) -> None:
        async with asyncio.timeout(10):
            while len(self.at) < ticks:
                self.changed.clear()
                await self.changed.wait()


def fail(now: datetime) -> None:
    raise ValueError("broken")


@asynccontextmanager
async def supervised(*loops: Ticking):  # type: ignore[no-untyped-def]
    one = Supervisor(SystemClock())
    watched: list[Loop] = list(loops)
    tasks = [asyncio.create_task(one.run(loop)) for loop in watched]
    try:
        yield one
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_loop_is_called_again_when_it_asked_to_be() -> None:
    loop = Ticking("a", lambda now: now + timedelta(milliseconds=30))
    async with supervised(loop):
        await loop.until(4)
    pauses = [after - before for before, after in zip(loop.at, loop.at[1:], strict=False)]
    assert min(pauses) >= 0.025


async def test_a_loop_that_asks_for_nothing_sleeps_until_it_is_woken() -> None:
    loop = Ticking("a", lambda now: None)
    async with supervised(loop):
        await loop.until(1)
        await asyncio.sleep(0.05)
        assert len(loop.at) == 1
        loop.wake.set()
        await loop.until(2)


async def test_being_woken_while_it_works_is_not_lost() -> None:
    loop = Ticking("a", lambda now: None)

    async def work() -> None:
        if len(loop.at) == 1:
            loop.wake.set()
            await asyncio.sleep(0.01)

    loop.act = lambda now: work()
    async with supervised(loop):
        await loop.until(2)


async def test_a_failing_loop_is_run_again_after_growing_pauses_and_harms_no_other() -> None:
    broken, fine = Ticking("broken", fail), Ticking("fine", lambda now: now + timedelta(milliseconds=10))
    async with supervised(broken, fine) as one:
        await broken.until(3)
        await fine.until(20)
        health = one.health["broken"]
        assert (health.ticks, health.failing >= 2, health.last_error) == (0, True, "ValueError: broken")
        assert one.health["fine"].failures == 0
    pauses = [after - before for before, after in zip(broken.at, broken.at[1:], strict=False)]
    assert pauses[0] >= 0.35
    assert pauses[1] >= 0.75


async def test_a_loop_that_recovers_is_healthy_again() -> None:
    said: list[Callable[[datetime], Any]] = [fail]
    loop = Ticking("a", lambda now: said.pop()(now) if said else None)
    async with supervised(loop) as one:
        await loop.until(2)
        await asyncio.sleep(0)
        assert (one.health["a"].failures, one.health["a"].failing, one.health["a"].ticks) == (1, 0, 1)


async def test_cancelling_ends_a_loop_at_once_even_inside_a_tick() -> None:
    loop = Ticking("a", lambda now: asyncio.sleep(60))
    async with supervised(loop):
        await loop.until(1)
    assert len(loop.at) == 1


async def test_a_tick_that_hangs_is_seen() -> None:
    loop = Ticking("a", lambda now: asyncio.sleep(60))
    async with supervised(loop) as one:
        await loop.until(1)
        health, now = one.health["a"], SystemClock().monotonic()
        assert health.fine(now)
        assert not health.fine(now + 11)
        assert health.stuck_s(now + 11) >= 11


@pytest.mark.parametrize(("failing", "fine"), [(0, True), (2, True), (3, False), (50, False)])
def test_three_failures_in_a_row_are_not_fine(failing: int, fine: bool) -> None:
    health = LoopHealth("a")
    health.failures = health.failing = failing
    health.ticks = 1
    assert health.fine(0.0) is fine


def test_a_loop_that_never_ran_is_not_fine() -> None:
    assert not LoopHealth("a").fine(0.0)
