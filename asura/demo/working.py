"""The jobs of the demo at work: they call in when they are due, and now and then one fails."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

from asura.demo import jobs
from asura.demo.jobs import JOBS, Job
from asura.demo.script import Mood, Script
from asura.domain.ping import Ping, PingKind
from asura.engine.engine import Engine
from asura.errors import NotFound, StoreUnavailable

# How often a job whose monitor cannot be pinged is looked at again.
LOOK_AGAIN_S = 20.0
_FROM: dict[str, Any] = {"method": "POST", "user_agent": "curl/8.5.0", "source": "203.0.113.77"}


class Worker:
    """One job. It is due when its monitor expects it, whatever a visitor made of the schedule."""

    def __init__(self, engine: Engine, script: Script, slug: str) -> None:
        self._engine = engine
        self._script = script
        self._slug = slug
        self._job: Job = JOBS[slug]
        self._chance = random.Random()

    async def run(self) -> None:
        """Work until cancelled; a job whose monitor is gone waits for another one of that name."""
        while True:
            try:
                await self._once()
            except (NotFound, StoreUnavailable):
                await asyncio.sleep(LOOK_AGAIN_S)

    async def _once(self) -> None:
        monitor_id = self._monitor_id()
        now = self._engine.clock.now()
        heart = self._engine.pings.view(monitor_id, now).heart
        if heart.runs:
            # The run that goes on since before the demo began.
            left = timedelta(seconds=self._job.usual_s) - (now - heart.runs[-1].started_at)
            await asyncio.sleep(max(0.0, left.total_seconds()))
            await self._end(heart.runs[-1].id, heart.runs[-1].started_at)
            return
        await asyncio.sleep(min(LOOK_AGAIN_S, max(0.0, _until(heart.expected_at, now))))
        if heart.expected_at is None or self._engine.clock.now() < heart.expected_at:
            return
        await self._work()

    async def _work(self) -> None:
        if not self._job.starts:
            failing = self._script.mood(self._slug, self._engine.clock.now()) is Mood.FAILING
            body = jobs.STUCK if failing else b""
            await self._ping(PingKind.FAIL if failing else PingKind.SUCCESS, body=body, body_bytes=len(body))
            await asyncio.sleep(1.0)
            return
        run = f"run-{self._chance.randrange(10_000, 99_999)}"
        started = self._engine.clock.now()
        await self._ping(PingKind.START, run_id=run)
        await asyncio.sleep(self._job.usual_s * self._chance.uniform(0.9, 1.1))
        await self._end(run, started)

    async def _end(self, run: str, started: datetime) -> None:
        took = (self._engine.clock.now() - started).total_seconds()
        body = self._job.body
        more = {"exit_status": 0, "duration_s": took, "body": body, "body_bytes": len(body)}
        await self._ping(PingKind.SUCCESS, run_id=run, **more)

    async def _ping(self, kind: PingKind, **more: Any) -> None:
        await self._engine.pings.ping(self._monitor_id(), Ping(at=self._engine.clock.now(), kind=kind, **more, **_FROM))

    def _monitor_id(self) -> int:
        found = self._engine.pings.by_slug(self._slug)
        if found is None:
            raise NotFound("this job is watched by nobody")
        return found


def _until(at: datetime | None, now: datetime) -> float:
    return LOOK_AGAIN_S if at is None else (at - now).total_seconds()
