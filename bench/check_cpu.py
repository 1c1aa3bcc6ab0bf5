"""CPU per check, all in: schedule, check on a fresh connection, judge, durable store; at 100 and 1,000 a second."""

import asyncio
import sys

import uvloop

from bench import rig

SECONDS = 15.0


class Exchange(asyncio.Protocol):
    """The least that an HTTP check can be: connect, ask, read to the end. Stores nothing, decides nothing."""

    def __init__(self, ended: asyncio.Future[None]) -> None:
        self._ended = ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        transport.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")  # type: ignore[attr-defined]

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if not self._ended.done():
            self._ended.set_result(None)


async def bare(rate: int) -> float:
    """Return the CPU milliseconds of a bare exchange at a rate: what this machine asks of anybody, today."""
    loop = asyncio.get_running_loop()

    async def one(port: int) -> None:
        ended: asyncio.Future[None] = loop.create_future()
        await loop.create_connection(lambda: Exchange(ended), "127.0.0.1", port)
        await ended

    with rig.target() as (port, _):
        tasks: set[asyncio.Task[None]] = set()
        cpu, count, began = rig.cpu_s(), 0, loop.time()
        while (now := loop.time()) < began + SECONDS / 3:
            while count < (now - began) * rate:
                task = loop.create_task(one(port))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                count += 1
            await asyncio.sleep(0.02)
        await asyncio.gather(*tasks)
        return (rig.cpu_s() - cpu) / count * 1000


async def measure(rate: int, *, tls: bool) -> None:
    """Print the CPU milliseconds per check at a rate, with lateness and memory."""
    interval = 5.0
    count = int(rate * interval)
    # Before the engine runs, in the same process: what counts is how many times this it takes.
    least = await bare(rate)
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
            rig.figure(f"{name}_bare_exchange", least, "ms")
            rig.figure(f"{name}_over_bare", spent / done * 1000 / least, "times")
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
