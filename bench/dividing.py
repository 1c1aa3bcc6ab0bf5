"""What it costs to divide the monitors of a region among its probes: `python -m bench.dividing [monitors] [probes]`."""

import asyncio
import gc
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from asura.clock import SystemClock
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.probe import Probe
from asura.domain.status import Status
from asura.engine.assignments import encoded
from asura.engine.engine import Engine
from asura.engine.monitor_state import MonitorState
from asura.engine.options import EngineOptions
from asura.net.network import open_network
from asura.store.db import Store
from bench import rig


class Lag:
    """Notes for how long at most nobody else had a turn."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        """Watch until cancelled."""
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last), now


def fill(made: Engine, count: int) -> None:
    """Make monitors that are not stored."""
    now = made.clock.now()
    config = MonitorConfig(name="one of many", type="http", target="https://shop.example/health")
    for number in range(1, count + 1):
        monitor = Monitor(
            id=number, slug=f"m{number}", config=config, generation=1, managed_by=None, created_at=now, updated_at=now
        )
        made.live.put(MonitorState(monitor, status=Status.UP, since=now, reason="ok"))


async def divided(made: Engine, probes: Sequence[Probe], name: str) -> None:
    """Divide, and print what that took."""
    lag = Lag()
    watching = asyncio.ensure_future(lag.watch())
    await asyncio.sleep(0.01)
    lag.longest, cpu, began = 0.0, time.process_time(), time.perf_counter()
    made.dispatch.divide(probes, frozenset(probe.id for probe in probes))
    await made.dispatch.settled()
    rig.figure(f"{name}_cpu", (time.process_time() - cpu) * 1000, "ms")
    rig.figure(f"{name}_took", (time.perf_counter() - began) * 1000, "ms")
    rig.figure(f"{name}_longest", lag.longest * 1000, "ms")
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def main() -> None:
    """Divide, let a probe go and come back, and tell one of them everything."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    several = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with TemporaryDirectory() as folder:
        clock = SystemClock()
        store, net = Store.open(Path(folder), clock=clock), open_network()
        made = Engine(store, net, clock, EngineOptions())
        fill(made, count)
        # As the program has it when it runs.
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        probes = [
            Probe(id=number, region="eu", name=f"p{number}", hash="", created_by="", created_at=clock.now())
            for number in range(1, several + 1)
        ]
        await divided(made, probes, "first")
        await divided(made, probes[1:], "one_goes")
        await divided(made, probes, "one_comes")
        began = time.perf_counter()
        assigned = made.dispatch.assigned(probes[0], "")
        assert assigned is not None
        rig.figure("told_monitors", len(assigned.monitors), "monitors")
        rig.figure("told", (time.perf_counter() - began) * 1000, "ms")
        began = time.perf_counter()
        body = encoded(assigned)
        rig.figure("encoded", (time.perf_counter() - began) * 1000, "ms")
        rig.figure("bytes_per_monitor", len(body) / max(1, len(assigned.monitors)), "B")
        await net.close()
        await store.close()


if __name__ == "__main__":
    asyncio.run(main())
