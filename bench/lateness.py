"""How late checks begin with 10,000 monitors at 60 s, what they cost in memory, and what the disk gets."""

import asyncio
import sys
import time

import uvloop

from bench import rig

SECONDS = 60.0


async def main() -> None:
    """Print lateness, memory, bytes written per result and the lag of the event loop."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with rig.target() as (port, _):
        async with rig.engine() as made:
            rig.figure("resident_before", rig.resident_mb(), "MB")
            began = time.monotonic()
            await rig.add_monitors(made, count, f"http://127.0.0.1:{port}/", interval=60)
            rig.figure("created", count / (time.monotonic() - began), "monitors/s")
            await rig.settle(made, 60)
            scheduler, auditor = made.runner.scheduler, made.auditor
            scheduler.lateness = type(scheduler.lateness)()
            auditor.lag_max_s = 0.0
            checks, cpu, written = made.runner.processed, rig.cpu_s(), rig.written_bytes()
            await asyncio.sleep(SECONDS)
            done = made.runner.processed - checks
            rig.figure("checks", done, "checks")
            rig.figure("cpu_share", (rig.cpu_s() - cpu) / SECONDS, "cores")
            rig.figure("within_50_ms", scheduler.lateness.share_within(0.05), "share")
            rig.figure("within_100_ms", scheduler.lateness.share_within(0.1), "share")
            rig.figure("latest", scheduler.lateness.max_s * 1000, "ms")
            rig.figure("loop_lag_max", auditor.lag_max_s * 1000, "ms")
            rig.figure("resident", rig.resident_mb(), "MB")
            rig.figure("written_per_result", (rig.written_bytes() - written) / done, "B")
            rig.figure("not_up", count - made.live.counts()["up"], "monitors")


if __name__ == "__main__":
    uvloop.run(main())
