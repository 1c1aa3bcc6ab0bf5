"""What watching heartbeats costs: 100,000 of which none changes, and 10,000 that are overdue at once."""

import asyncio
import time

import uvloop

from bench import rig

QUIET = 100_000
OVERDUE = 10_000
QUIET_S = 30.0


async def add(made: rig.Engine, count: int, *, interval: float, grace: float) -> None:
    """Create heartbeats as fast as the store takes them."""
    for start in range(0, count, 500):
        bodies = [
            {"name": f"job {n}", "type": "heartbeat", "interval": interval, "grace": grace, "alert_if_never": True}
            for n in range(start, min(start + 500, count))
        ]
        for body in bodies:
            body.pop("alert_if_never")
        await made.monitors.create_all([(f"job-{start + n}", made.monitors.prepare(b)) for n, b in enumerate(bodies)])


async def quiet() -> None:
    """Print what it costs to watch heartbeats of which none changes."""
    async with rig.engine() as made:
        before = rig.resident_mb()
        await add(made, QUIET, interval=86_400, grace=3600)
        await asyncio.sleep(5)
        looks, cpu = made.watcher.looks, rig.cpu_s()
        await asyncio.sleep(QUIET_S)
        rig.figure("quiet_cpu_share", (rig.cpu_s() - cpu) / QUIET_S, "cores")
        rig.figure("quiet_looks", made.watcher.looks - looks, "looks")
        rig.figure("quiet_memory_each", (rig.resident_mb() - before) * 1e6 / QUIET, "B")


async def overdue() -> None:
    """Print how long it takes until every one of many heartbeats that are overdue at once is down and told."""
    async with rig.engine() as made:
        channel = {"name": "nobody", "type": "webhook", "settings": {"url": "https://192.0.2.1/"}, "default": True}
        await made.channels.create(made.channels.prepare(channel), slug="nobody")
        await add(made, OVERDUE, interval=30, grace=5)
        due_at = max(beat.heart.since for beat in made.beats).timestamp() + 35
        await asyncio.sleep(max(0.0, due_at - time.time()) - 0.5)
        made.auditor.lag_max_s = 0.0
        cpu = rig.cpu_s()
        while made.live.counts()["down"] < OVERDUE:
            await asyncio.sleep(0.02)
        rig.figure("overdue_all_told_after", time.time() - due_at, "s")
        rig.figure("overdue_cpu_each", (rig.cpu_s() - cpu) / OVERDUE * 1000, "ms")
        rig.figure("overdue_loop_lag_max", made.auditor.lag_max_s * 1000, "ms")


async def main() -> None:
    """Run both."""
    await overdue()
    await quiet()


if __name__ == "__main__":
    uvloop.run(main())
