"""Runs the checks that the scheduler starts, decides on retries, and hands every result on."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

from asura import log
from asura.clock import Clock
from asura.domain import cadence
from asura.domain.result import Outcome, Result
from asura.domain.status import Finding
from asura.net.network import Network
from asura.running.execute import execute, failed
from asura.running.plan import Plan
from asura.running.scheduler import Scheduler

Sink = Callable[[Result], Awaitable[None] | None]


class Runner:
    """Turns plans into results from one region. `sink` gets each of them, tries that are retried included."""

    def __init__(
        self, clock: Clock, net: Network, sink: Sink, *, region: str = "local", max_concurrent: int = 5000
    ) -> None:
        self._clock = clock
        self._net = net
        self._sink = sink
        self._tasks: set[asyncio.Task[None]] = set()
        self.region = region
        self.scheduler = Scheduler(clock, self._start, max_concurrent=max_concurrent)
        self.processed = 0
        self.failures = 0

    async def drain(self) -> None:
        """Wait until no check runs; what tests and a slow stop need."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            # What has ended leaves the set at the loop's next turn, and from Python 3.12 on gather gives it none.
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Forget the schedule, cancel what runs and wait for it."""
        self.scheduler.clear()
        for task in self._tasks:
            task.cancel()
        await self.drain()

    async def run_once(self, plan: Plan, *, keep_evidence: bool = False) -> Result:
        """Check now, outside the schedule, and return the result without handing it on."""
        at = self._clock.now()
        outcome = await execute(plan.check, plan.job, self._net, expect=plan.expect, keep_evidence=keep_evidence)
        return self._result(plan, at, outcome, counted=True)

    async def hand_on(self, result: Result) -> None:
        """Count a result and give it to whoever takes them, also when the schedule did not make it."""
        self.processed += 1
        self.failures += result.finding in (Finding.DOWN, Finding.DEGRADED)
        handed = self._sink(result)
        if handed is not None:
            await handed

    def _start(self, plan: Plan, attempt: int) -> None:
        task = asyncio.get_running_loop().create_task(self._check(plan, attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self, plan: Plan, attempt: int) -> None:
        retrying = False
        # Each check is a task with a context of its own, so that this needs no undoing.
        log.check_id.set(f"{plan.monitor_id}.{attempt}")
        try:
            at = self._clock.now()
            outcome = await execute(plan.check, plan.job, self._net, expect=plan.expect)
            bad = failed(outcome)
            retrying = bad and attempt < plan.retries
            await self.hand_on(self._result(plan, at, outcome, counted=not retrying))
        finally:
            # Whatever happened, the place is freed and the monitor has a next turn.
            if retrying:
                delay = cadence.retry_delay(plan.retry_interval, attempt, random.random())
                self.scheduler.again(plan, attempt + 1, delay)
            else:
                self.scheduler.finished(plan)

    def _result(self, plan: Plan, at: datetime, outcome: Outcome, *, counted: bool) -> Result:
        return Result(
            plan.monitor_id,
            plan.generation,
            self.region,
            at,
            outcome.finding,
            outcome.reason,
            outcome.message,
            outcome.latency_ms,
            outcome.code,
            outcome.phases,
            counted,
            outcome.evidence,
            outcome.certificate_days,
        )
