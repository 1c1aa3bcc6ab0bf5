"""What the benchmarks share: a target process, an engine on a real store, and figures of one process."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from asura.clock import SystemClock
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.net.network import NetworkConfig, open_network
from asura.store.db import Store


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure as `name value unit`."""
    print(f"{name} {value:.4g} {unit}", flush=True)


def cpu_s() -> float:
    """Return the CPU seconds of this process, all its threads included."""
    times = os.times()
    return times.user + times.system


def resident_mb() -> float:
    """Return the resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def written_bytes() -> int:
    """Return how many bytes this process caused to be written to disk."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])


@contextmanager
def target(*, tls: bool = False) -> Iterator[tuple[int, str]]:
    """Run the target as its own process; yields its port and its authority's file (empty without TLS)."""
    command = [sys.executable, str(Path(__file__).with_name("target.py")), *(["--tls"] if tls else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        port, _, authority = process.stdout.readline().strip().partition(" ")
        try:
            yield int(port), authority
        finally:
            process.stdin.close()


@asynccontextmanager
async def engine(ca_file: str = "") -> AsyncIterator[Engine]:
    """Run an engine on a store in a temporary folder, with the machine's clock."""
    with tempfile.TemporaryDirectory() as folder:
        clock = SystemClock()
        store = Store.open(Path(folder), clock=clock)
        net = open_network(NetworkConfig(ca_file=ca_file))
        made = Engine(store, net, clock, EngineOptions())
        await made.start()
        running = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await made.stop()
            await net.close()
            await store.close()


async def add_monitors(made: Engine, count: int, url: str, *, interval: float) -> None:
    """Create monitors of one target, as fast as the store takes them."""
    for start in range(0, count, 200):
        bodies = [
            made.monitors.prepare({"name": f"m{n}", "type": "http", "target": url, "interval": interval})
            for n in range(start, min(start + 200, count))
        ]
        for config in bodies:
            await made.monitors.create(config)


async def settle(made: Engine, seconds: float) -> None:
    """Wait until every monitor was checked once, and a little longer."""
    deadline = time.monotonic() + 120
    while made.live.counts()["pending"] and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    await asyncio.sleep(seconds)
