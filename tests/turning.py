"""A clock that tests turn by hand, and an engine whose loops are called as the supervisor would call them."""

import asyncio
from datetime import UTC, datetime, timedelta

from asura.engine.engine import Engine
from asura.engine.supervisor import LONGEST_SLEEP_S, Loop
from tests import canary

START = canary.begins_at(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
STEP_S = 0.5
ROUNDING_S = 1e-6


class FakeClock:
    """A clock that stands still until it is turned. Wall, monotonic and boot time can be set apart."""

    def __init__(self, at: datetime = START) -> None:
        self.wall = at
        self.ran = 1000.0
        self.slept = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ran

    def boottime(self) -> float:
        return self.ran + self.slept

    def turn(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ran += seconds


class Turning:
    """An engine on such a clock: time passes when a test says so, and what is due then is done at once."""

    engine: Engine

    def __init__(self) -> None:
        self.clock = FakeClock()
        # Until when (monotonic seconds) each loop sleeps that nobody wakes.
        self._sleeps: dict[Loop, float] = {}
        self._notify_at: datetime | None = None

    async def advance(self, seconds: float) -> None:
        """Let time pass in steps of half a second. A loop is called when it wished to be or is woken, and last."""
        left = seconds
        while left > 0:
            step = min(STEP_S, left)
            self.clock.turn(step)
            left -= step
            await self._settle(everybody=left <= 0)

    async def settle(self) -> None:
        """Do everything that is due at this instant, and ask every loop."""
        await self._settle(everybody=True)

    async def _settle(self, *, everybody: bool) -> None:
        engine, now = self.engine, self.clock.now()
        # What goes on beside has its turn.
        await asyncio.sleep(0)
        engine.auditor.observe()
        await self._tick(engine.keeper, everybody)
        due = engine.runner.scheduler.tick()
        await engine.runner.drain()
        while due <= self.clock.monotonic():
            due = engine.runner.scheduler.tick()
            await engine.runner.drain()
        if everybody or engine.judge._inbox:
            await engine.judge.judge(now)
        for loop in (engine.watcher, engine.roster, engine.voting, engine.reminder, engine.publisher):
            await self._tick(loop, everybody)
        while engine.notifier.wake.is_set() or (self._notify_at is not None and self._notify_at <= self.clock.now()):
            engine.notifier.wake.clear()
            self._notify_at = await engine.notifier.tick(now)
            await engine.notifier.drain()

    async def _tick(self, loop: Loop, everybody: bool) -> None:
        if not (everybody or loop.wake.is_set() or self._sleeps.get(loop, 0.0) <= self.clock.ran + ROUNDING_S):
            return
        if not everybody:
            loop.wake.clear()
        # One that fails is called again.
        self._sleeps.pop(loop, None)
        now = self.clock.now()
        wake_at = await loop.tick(now)
        while wake_at == now and loop is self.engine.voting:
            wake_at = await loop.tick(now)
        pause = LONGEST_SLEEP_S if wake_at is None else min((wake_at - now).total_seconds(), LONGEST_SLEEP_S)
        self._sleeps[loop] = self.clock.ran + pause
