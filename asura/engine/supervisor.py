"""Keeps the loops alive: each runs alone, fails alone, and says how it is."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Protocol

from asura.clock import Clock
from asura.errors import AsuraError

log = logging.getLogger(__name__)

TICK_DEADLINE_S = 60.0
STUCK_AFTER_S = 10.0
FIRST_BACKOFF_S = 0.2
LONGEST_BACKOFF_S = 30.0
LONGEST_SLEEP_S = 60.0


class Loop(Protocol):
    """One loop of the engine. `wake` is set by whoever has work for it."""

    name: str
    wake: asyncio.Event

    def tick(self, now: datetime) -> Awaitable[datetime | None]:
        """Do what is due at `now` and return when to be called next; None: when woken."""
        ...


class LoopHealth:
    """How one loop fares: for health, metrics, and whoever wonders."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ticks = 0
        self.failures = 0
        self.failing = 0
        self.last_error = ""
        self.busy_s = 0.0
        self.began: float | None = None
        # When it last began or ended a tick, and how often in a row the deadline ended one.
        self.moved_at = 0.0
        self.cut_off = 0

    def stuck_s(self, now: float) -> float:
        """Return for how many seconds the present tick has run; 0 between ticks."""
        return now - self.began if self.began is not None else 0.0

    def fine(self, now: float) -> bool:
        """Return whether the loop makes progress; one that never ran does not."""
        return self.ran and self.failing < 3 and self.stuck_s(now) < STUCK_AFTER_S

    def still_s(self, now: float) -> float:
        """Return for how many seconds it has neither begun nor ended a tick."""
        return now - self.moved_at

    @property
    def ran(self) -> bool:
        """Return whether the loop was ever run."""
        return bool(self.ticks or self.failures) or self.began is not None


class Supervisor:
    """Runs loops as tasks of one group; a loop that raises is run again after a growing pause."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.health: dict[str, LoopHealth] = {}

    def expect(self, names: Iterable[str]) -> None:
        """Name the loops that are to run: until they do, they are not fine."""
        for name in names:
            self.health.setdefault(name, LoopHealth(name))

    async def run(self, loop: Loop) -> None:
        """Run one loop for ever."""
        health = self.health.setdefault(loop.name, LoopHealth(loop.name))
        while True:
            loop.wake.clear()
            wake_at = await self._tick(loop, health)
            if wake_at is None and health.failing:
                await asyncio.sleep(min(FIRST_BACKOFF_S * 2.0 ** min(health.failing, 10), LONGEST_BACKOFF_S))
                continue
            await self._sleep(loop, wake_at)

    async def _tick(self, loop: Loop, health: LoopHealth) -> datetime | None:
        health.began = health.moved_at = self._clock.monotonic()
        deadline = asyncio.timeout(TICK_DEADLINE_S)
        try:
            async with deadline:
                wake_at = await loop.tick(self._clock.now())
        except Exception as error:
            health.failures += 1
            health.failing += 1
            health.cut_off = health.cut_off + 1 if deadline.expired() else 0
            health.last_error = f"{type(error).__name__}: {error}"
            _complain(loop.name, health.failing, error)
            return None
        finally:
            health.moved_at = self._clock.monotonic()
            health.busy_s += health.moved_at - health.began
            health.began = None
        health.ticks += 1
        health.failing = health.cut_off = 0
        return wake_at

    async def _sleep(self, loop: Loop, wake_at: datetime | None) -> None:
        pause = LONGEST_SLEEP_S
        if wake_at is not None:
            pause = min(max((wake_at - self._clock.now()).total_seconds(), 0.0), LONGEST_SLEEP_S)
        try:
            async with asyncio.timeout(pause):
                await loop.wake.wait()
        except TimeoutError:
            return


def _complain(name: str, times: int, error: Exception) -> None:
    """Write down a failure: what the surroundings did in one line, our own with its traceback; ever more seldom."""
    if times & (times - 1):
        return
    known = isinstance(error, AsuraError)
    log.error("the %s loop failed, %d in a row: %s", name, times, error, exc_info=None if known else error)
