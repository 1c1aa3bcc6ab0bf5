"""What tests of probes share: probes of a world that ask for their monitors and deliver what they found."""

import asyncio
from datetime import datetime
from typing import Any

from asura.domain import wire
from asura.domain.instant import at_ms
from asura.domain.monitor import Monitor
from asura.domain.probe import Probe
from asura.domain.result import Outcome, Result
from asura.engine.assignments import encoded
from asura.store import history
from tests.world import UP, World

BOOT = "0b5e7c1a-77d2"


class Place:
    """One process of a probe, as the primary sees it: its clock is that of the world."""

    def __init__(self, w: World, probe: Probe, *, boot: str = BOOT) -> None:
        self.w = w
        self.probe = probe
        self.boot = boot
        self.seq = 0
        self.tag = ""

    def pull(self) -> wire.Assigned | None:
        """Ask for what has changed, as it comes out of the wire."""
        dispatch = self.w.engine.dispatch
        self.w.engine.roster.greet(self.probe.id, self.boot, "0.1.0", wall=None)
        assigned = dispatch.assigned(self.probe, self.tag)
        if assigned is None:
            return None
        self.tag = assigned.tag
        return wire.read(encoded(assigned), wire.Assigned)

    def told(self) -> wire.Assigned:
        """Return what has changed, where something has."""
        assigned = self.pull()
        assert assigned is not None
        return assigned

    def everything(self) -> wire.Assigned:
        """Return everything that it is to check, as it would be told after a start."""
        self.tag = ""
        return self.told()

    def batch(self, *found: wire.Finding, seq: int | None = None, **other: Any) -> wire.Batch:
        """Return a batch; each without a number of its own has the next one."""
        if seq is None:
            seq, self.seq = self.seq, self.seq + 1
        return wire.Batch(boot=self.boot, seq=seq, results=found, **other)

    def send(self, batch: wire.Batch, *, sent_at: float | None = None) -> "asyncio.Task[wire.Taken]":
        """Deliver a batch, and go on while it is on its way."""
        w, now = self.w, self.w.clock.now()
        sent = now.timestamp() if sent_at is None else sent_at
        return asyncio.ensure_future(
            w.engine.intake.take(self.probe, batch, sent_at=sent, wall=now.timestamp(), received_at=now)
        )

    async def deliver(self, *found: wire.Finding, **other: Any) -> wire.Taken:
        """Deliver what was found, let the judge commit, and return the answer."""
        return await self.take(self.batch(*found, **other))

    async def take(self, batch: wire.Batch, *, sent_at: float | None = None) -> wire.Taken:
        """Deliver a batch, let the judge commit, and return the answer."""
        taking = self.send(batch, sent_at=sent_at)
        await asyncio.sleep(0)
        if not taking.done():
            await self.w.engine.judge.judge(self.w.clock.now())
        return await taking


async def place(w: World, region: str = "eu", name: str = "", *, boot: str = BOOT) -> Place:
    """Enrol a probe that is there and can see."""
    number = len(w.engine.probes.list()) + 1
    probe, _ = await w.engine.probes.create(region, name or f"probe {number}", by="tests")
    one = Place(w, probe, boot=boot)
    one.pull()
    return one


def saw(monitor: Monitor, outcome: Outcome = UP, *, at: datetime, **other: Any) -> wire.Finding:
    """Return what a probe found, as it travels."""
    values: dict[str, Any] = {
        "monitor_id": monitor.id,
        "generation": monitor.generation,
        "at": at_ms(at),
        "finding": int(outcome.finding),
        "reason": outcome.reason.value,
        "message": outcome.message,
        "latency_ms": outcome.latency_ms,
        "code": outcome.code,
        "evidence": outcome.evidence,
    }
    return wire.Finding(**(values | other))


async def stored(w: World, monitor: Monitor, region: str = "eu") -> list[Result]:
    """Everything that is stored of a monitor from one region, oldest first."""
    found, _ = await history.page(w.store, monitor.id, region=region, limit=1000)
    return found[::-1]


def ids(assigned: wire.Assigned | None) -> list[int]:
    """Return which monitors a probe is told of."""
    assert assigned is not None
    return sorted(one.id for one in assigned.monitors)


async def edit(w: World, monitor: Monitor, **fields: Any) -> Monitor:
    """Change some fields of a monitor as people do."""
    config = w.engine.monitors.prepare(fields, old=monitor.config, partial=True)
    return await w.engine.monitors.replace(monitor.id, config)
