"""CPU per check, all in: schedule, check on a fresh connection, judge, durable store; at 100 and 1,000 a second."""

import asyncio
import sys

import uvloop

from bench import rig

SECONDS = 15.0


async def measure(rate: int, *, tls: bool) -> None:
    """Print the CPU milliseconds per check at a rate, with lateness and memory."""
    interval = 5.0
    count = int(rate * interval)
    with rig.target(tls=tls) as (port, authority):
        scheme = "https" if tls else "http"
        async with rig.engine(authority) as made:
            await rig.add_monitors(made, count, f"{scheme}://127.0.0.1:{port}/", interval=interval)
            await rig.settle(made, 6)
            scheduler = made.runner.scheduler
            scheduler.lateness = type(scheduler.lateness)()
            checks, cpu = made.runner.processed, rig.cpu_s()
            await asyncio.sleep(SECONDS)
            done, spent = made.runner.processed - checks, rig.cpu_s() - cpu
            name = f"{scheme}_{rate}_a_second"
            rig.figure(f"{name}_cpu_per_check", spent / done * 1000, "ms")
            rig.figure(f"{name}_rate", done / SECONDS, "checks/s")
            rig.figure(f"{name}_within_100_ms", scheduler.lateness.share_within(0.1), "share")
            rig.figure(f"{name}_not_up", count - made.live.counts()["up"], "monitors")
            rig.figure(f"{name}_resident", rig.resident_mb(), "MB")


async def main() -> None:
    """Measure what the command line names, or everything."""
    wanted = sys.argv[1:]
    for tls in (False, True):
        for rate in (100, 1000):
            if not wanted or f"{'https' if tls else 'http'}{rate}" in wanted:
                await measure(rate, tls=tls)


if __name__ == "__main__":
    uvloop.run(main())
