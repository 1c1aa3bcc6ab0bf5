"""A small service manager: it hears what a process says of itself, keeps its sockets, and starts it again with them."""

import asyncio
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.process import until

ROOT = Path(__file__).resolve().parents[1]
# Sockets lie here meanwhile, out of the way of the numbers from 3 on where the process looks for them.
ASIDE = 200


class ServiceManager:
    """Runs one command as systemd runs a service of Type=notify with a store for descriptors."""

    def __init__(
        self, folder: Path, *words: str, command: Sequence[str] = (sys.executable, "-m", "asura"), watchdog_s: float = 0
    ) -> None:
        self.command = (*command, *words)
        self.environment: dict[str, str] = {name: v for name, v in os.environ.items() if not name.startswith("ASURA_")}
        self.environment |= {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
        self.folder, self.log = folder, folder / "service.log"
        self.process: asyncio.subprocess.Process | None = None
        # Every piece of news with its second, and the sockets that are kept, by name.
        self.news: list[tuple[float, dict[str, str]]] = []
        self.kept: dict[str, int] = {}
        self._way = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # An abstract address, of which nothing is left when we are gone.
        self._way.bind(f"\0asura-tests-{os.getpid()}-{id(self)}")
        self._way.setblocking(False)
        self.environment["NOTIFY_SOCKET"] = "@" + self._way.getsockname()[1:].decode()
        if watchdog_s:
            self.environment["WATCHDOG_USEC"] = str(int(watchdog_s * 1e6))
        asyncio.get_running_loop().add_reader(self._way.fileno(), self._hear)

    async def start(self, more: Mapping[str, str] | None = None, *, within: float = 40) -> float:
        """Start the process and wait until it says that it is ready; return the seconds that took."""
        began = await self.launch(more)
        await until(lambda: self.said("READY", since=began) or self.ended, within=within, what="ready")
        assert not self.ended, self.log.read_text()[-3000:]
        return time.monotonic() - began

    async def launch(self, more: Mapping[str, str] | None = None) -> float:
        """Start the process with what is kept and wait for nothing; return the second."""
        names, numbers = list(self.kept), list(self.kept.values())
        placed = " ".join(f"{3 + at}<&{number} {number}<&-" for at, number in enumerate(numbers))
        script = f'exec {placed}; LISTEN_PID=$$ exec "$@"' if names else 'exec "$@"'
        handed = {"LISTEN_FDS": str(len(names)), "LISTEN_FDNAMES": ":".join(names)} if names else {}
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *("bash", "-c", script, "launcher", *self.command),
                env=self.environment | handed | dict(more or {}),
                stdout=log,
                stderr=log,
                cwd=self.folder,
                pass_fds=numbers,
                start_new_session=True,
            )
        return began

    async def end(self, number: signal.Signals = signal.SIGTERM, *, within: float = 40) -> int:
        """End every process of the service and return its exit status."""
        assert self.process is not None
        self.send(number)
        async with asyncio.timeout(within):
            return await self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal: one that kills to every process of the service, all others to the main one."""
        assert self.process is not None
        if number is signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    @property
    def ended(self) -> bool:
        """Return whether the process has ended."""
        return self.process is not None and self.process.returncode is not None

    def said(self, name: str, *, since: float = 0.0) -> list[str]:
        """Return what was said under a name, in its order."""
        return [words[name] for at, words in self.news if name in words and at >= since]

    def now(self) -> float:
        """Return the second by which news are dated."""
        return time.monotonic()

    def close(self) -> None:
        """Leave nothing behind."""
        asyncio.get_running_loop().remove_reader(self._way.fileno())
        self._way.close()
        for number in self.kept.values():
            os.close(number)
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def _hear(self) -> None:
        while True:
            try:
                message, numbers, _, _ = socket.recv_fds(self._way, 8192, 8)
            except BlockingIOError:
                return
            words = dict(line.split("=", 1) for line in message.decode().splitlines())
            self.news.append((time.monotonic(), words))
            name = words.get("FDNAME", "")
            if "FDSTOREREMOVE" in words and name in self.kept:
                os.close(self.kept.pop(name))
            for number in numbers:
                if "FDSTORE" in words and name not in self.kept:
                    self.kept[name] = _aside(number)
                else:
                    os.close(number)


def _aside(number: int) -> int:
    moved = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, ASIDE)
    os.close(number)
    return moved


@asynccontextmanager
async def service_manager(folder: Path, *words: str, **more: object) -> AsyncIterator[ServiceManager]:
    """Lend a manager of one service that is not started; whatever the test did, no process stays."""
    one = ServiceManager(folder, *words, **more)  # type: ignore[arg-type]
    try:
        yield one
    finally:
        one.close()
        if one.process is not None:
            await one.process.wait()
