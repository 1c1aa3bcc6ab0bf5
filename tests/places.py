"""Several machines in networks of their own behind one router, and probes that run on them. Needs root."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from tests import namespaces
from tests.namespaces import _here, _ip, _needs, _stand_in, _standing_in, _unshare_network
from tests.process import Asura


class Places:
    """Machines by name; the test's own thread stands in the first one. Each reaches all others through the router."""

    def __init__(self, own: int, router: int, machines: dict[str, int]) -> None:
        self._own = own
        self._router = router
        self._machines = machines
        self._names = list(machines)

    def address(self, name: str) -> str:
        """Return the address of a machine."""
        return f"10.80.{self._names.index(name) + 1}.2"

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Stand on a machine: what is started or bound meanwhile is there."""
        with _standing_in(self._machines[name], then=self._own):
            yield

    def unplug(self, name: str) -> None:
        """Cut a machine off from everything, without telling it."""
        with _standing_in(self._router, then=self._own):
            _ip("link", "set", f"to-{name}", "down")

    def plug_in(self, name: str) -> None:
        """Connect it again."""
        with _standing_in(self._router, then=self._own):
            _ip("link", "set", f"to-{name}", "up")

    def hide(self, name: str, *, from_: str) -> None:
        """Let whatever a machine answers to another one get lost on the way: for that one it is gone."""
        with self.at(name):
            _ip("route", "add", "blackhole", f"{self.address(from_)}/32")

    def show(self, name: str, *, to: str) -> None:
        """Let it be reached again."""
        with self.at(name):
            _ip("route", "del", "blackhole", f"{self.address(to)}/32")


@contextmanager
def places(*names: str) -> Iterator[Places]:
    """Make machines and the router between them, and stand on the first; everything is gone at the end."""
    _needs("ip")
    with contextlib.ExitStack() as stack:
        outside = _here(stack)
        stack.callback(_stand_in, outside)
        _unshare_network()
        router = _here(stack)
        _ip("link", "set", "lo", "up")
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
        machines: dict[str, int] = {}
        there = f"/proc/{os.getpid()}/fd/{router}"
        for number, name in enumerate(names, start=1):
            _unshare_network()
            machines[name] = _here(stack)
            _ip("link", "set", "lo", "up")
            _ip("link", "add", "uplink", "type", "veth", "peer", "name", f"to-{name}", "netns", there)
            _ip("address", "add", f"10.80.{number}.2/24", "dev", "uplink")
            _ip("link", "set", "uplink", "up")
            _ip("route", "add", "default", "via", f"10.80.{number}.1")
            with _standing_in(router, then=machines[name]):
                _ip("address", "add", f"10.80.{number}.1/24", "dev", f"to-{name}")
                _ip("link", "set", f"to-{name}", "up")
        own = machines[names[0]]
        _stand_in(own)
        yield Places(own, router, machines)


class Probe:
    """One probe as a process of its own, on a machine; it can be killed, held up, and started again."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        primary: str,
        key: str,
        prefix: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        canaries: str = "[]",
    ) -> None:
        self.name = name
        self.log = folder / f"probe-{name}.log"
        self.config = folder / f"probe-{name}.yaml"
        self.config.write_text(f"network:\n  canaries: {canaries}\n")
        self.arguments = ("--config", str(self.config), "--mode", "probe", "--primary", primary)
        self.environment = {**os.environ, "ASURA_KEY": key, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self.prefix = tuple(prefix)
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *more: str) -> None:
        """Start the process and wait for nothing."""
        command = (*self.prefix, sys.executable, "-m", "asura", *self.arguments, *more)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, env=self.environment, cwd=namespaces.ROOT
            )

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    async def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End it by a signal and return its exit status."""
        self.send(number)
        assert self.process is not None
        async with asyncio.timeout(15):
            return await self.process.wait()


@asynccontextmanager
async def probe(folder: Path, name: str, **more: Any) -> AsyncIterator[Probe]:
    """Lend a probe that is not started; whatever the test did, no process stays."""
    one = Probe(folder, name, **more)
    try:
        yield one
    finally:
        if one.process is not None and one.process.returncode is None:
            one.process.kill()
            await one.process.wait()


async def enrol(program: Asura, region: str, name: str) -> dict[str, Any]:
    """Return a new probe of a primary, with its key."""
    made: dict[str, Any] = await program.post("/probes", {"region": region, "name": name})
    return made


async def known(program: Asura, probe_id: int) -> dict[str, Any]:
    """Return how a probe does, as its primary says."""
    rows: list[dict[str, Any]] = (await program.get("/probes"))["data"]
    return next(row for row in rows if row["id"] == probe_id)
