"""What the tests of running share: plans around checks that do as they are told."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from asura.checks.base import Job
from asura.domain.result import Outcome, Result
from asura.net.network import Network
from asura.net.trace import Trace
from asura.running.execute import Expectation
from asura.running.plan import Plan
from asura.running.scheduler import Scheduler
from tests.world import UP, FakeClock, FakeParams

Act = Callable[[Job, Trace], Any]


class Scripted:
    """A check whose `act` returns an outcome, raises, or returns something to await first."""

    name = "scripted"
    title = "Scripted"
    target_help = "Any word."
    params = FakeParams
    assertable: frozenset[str] = frozenset()

    def __init__(self, act: Act = lambda job, trace: UP) -> None:
        self.act = act
        self.running = 0
        self.most_running = 0
        self.ran: list[str] = []

    def validate(self, target: str, params: Any) -> None:
        return

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        self.ran.append(job.target)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            found = self.act(job, trace)
            return await found if asyncio.iscoroutine(found) else found
        finally:
            self.running -= 1


def make_plan(
    monitor_id: int = 1,
    *,
    generation: int = 1,
    interval: float = 60.0,
    retries: int = 0,
    retry_interval: float = 20.0,
    timeout: float = 10.0,
    target: str = "shop",
    check: Scripted | None = None,
    expect: Expectation | None = None,
) -> Plan:
    job = Job(target, FakeParams(), timeout)
    return Plan(monitor_id, generation, interval, retries, retry_interval, check or Scripted(), job, expect)


def made(outcome: Outcome = UP, *, at: datetime, monitor_id: int = 1, **other: Any) -> Result:
    """Return what a check found from a region."""
    seen = {name: getattr(outcome, name) for name in Outcome.__struct_fields__}
    return Result(monitor_id=monitor_id, generation=1, region="eu-west", at=at, **(seen | other))


class Stage:
    """A scheduler on a clock turned by hand; checks begin when it says so and end when the test says so."""

    def __init__(self, *, max_concurrent: int = 5000, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.began: list[tuple[int, int, int]] = []
        self.at: list[float] = []
        self.plans: dict[int, Plan] = {}
        self.scheduler = Scheduler(self.clock, self._start, max_concurrent=max_concurrent)

    def _start(self, plan: Plan, attempt: int) -> None:
        self.began.append((plan.monitor_id, plan.generation, attempt))
        self.at.append(self.clock.monotonic())
        self.plans[plan.monitor_id] = plan

    def take(self) -> list[int]:
        """Return which monitors began since the last look."""
        ids = [monitor_id for monitor_id, _, _ in self.began]
        self.began.clear()
        return ids

    def finish(self, *monitor_ids: int) -> None:
        for monitor_id in monitor_ids:
            self.scheduler.finished(self.plans[monitor_id])

    def run(self, seconds: float, *, step: float = 0.5, finish: bool = True) -> list[int]:
        """Let time pass; what begins ends at once unless told otherwise. Returns what began, in order."""
        seen: list[int] = []
        for _ in range(round(seconds / step)):
            self.clock.turn(step)
            self.scheduler.tick()
            ids = self.take()
            seen += ids
            if finish:
                self.finish(*ids)
        return seen
