"""The real program as a process of its own, and real receivers for what it sends: for tests that kill and measure."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from asura.engine.key_desk import hash_token

KEY = "test-key-of-an-admin"
SURROUNDINGS = """
network:
  canaries: []
  allow_private_channels: [127.0.0.0/8]
server:
  rate_limit_per_sec: 0
"""
AUTH = """
auth:
  api_keys:
    - {{name: tests, hash: {hash}, role: admin}}
"""
CONFIG = SURROUNDINGS + AUTH


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Asura:
    """One asura on a folder; it can be killed and started again on the same data and port.

    `base` is the configuration that `config` is added to; `prefix` is a command that runs asura in other surroundings.
    """

    def __init__(
        self,
        folder: Path,
        *,
        config: str = "",
        base: str = CONFIG,
        prefix: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.folder = folder
        self.host = host
        self.data = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.base = base.format(hash=hash_token(KEY))
        self.config = folder / "config.yaml"
        self.configure(config)
        self.prefix = tuple(prefix)
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self.process: asyncio.subprocess.Process | None = None
        self.http = httpx2.AsyncClient(base_url=f"{self.url}/api/v1", headers={"X-API-Key": KEY}, timeout=30)
        self.log = folder / "asura.log"

    def configure(self, config: str) -> None:
        """Write the configuration file anew."""
        self.config.write_text(self.base + config)

    async def launch(self) -> asyncio.subprocess.Process:
        """Start the process and wait for nothing."""
        arguments = ("--config", str(self.config), "--data", str(self.data), "--listen", f"{self.host}:{self.port}")
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.prefix,
                sys.executable,
                "-m",
                "asura",
                *arguments,
                stdout=log,
                stderr=log,
                env=self.environment,
            )
        return self.process

    async def start(self) -> float:
        """Start it and wait until it answers; returns the seconds that took."""
        began = time.monotonic()
        process = await self.launch()
        while time.monotonic() < began + 30:
            if process.returncode is not None:
                break
            try:
                if (await self.http.get("/health")).status_code == 200:
                    return time.monotonic() - began
            except httpx2.HTTPError:
                await asyncio.sleep(0.02)
        raise AssertionError(f"asura did not start:\n{self.log.read_text()[-3000:]}")

    async def refuse(self) -> tuple[int, str]:
        """Start it where it has to give up; returns its exit status and what it wrote."""
        before = self.log.stat().st_size if self.log.exists() else 0
        process = await self.launch()
        try:
            async with asyncio.timeout(15):
                status = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return status, self.log.read_bytes()[before:].decode()

    async def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def terminate(self) -> int:
        """Ask it to stop and return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            return await self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def memory(self) -> float:
        """Return its resident memory in MB."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    async def metrics(self) -> dict[str, float]:
        """Return what /metrics says, by name and labels as written there."""
        answer = await self.http.get(f"{self.url}/metrics")
        assert answer.is_success, answer.text
        rows = (line.rpartition(" ") for line in answer.text.splitlines() if line and line[0] != "#")
        return {name: float(value) for name, _, value in rows}

    async def post(self, path: str, body: Any = None) -> Any:
        """POST and return the answer; anything but success fails the test."""
        answer = await self.http.post(path, json=body if body is not None else {})
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json()

    async def get(self, path: str) -> Any:
        """GET and return the answer."""
        answer = await self.http.get(path)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json()


@asynccontextmanager
async def asura(
    folder: Path,
    *,
    config: str = "",
    base: str = CONFIG,
    prefix: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[Asura]:
    """Run asura; whatever the test did, no process stays."""
    one = Asura(folder, config=config, base=base, prefix=prefix, environment=environment, host=host)
    try:
        await one.start()
        yield one
    finally:
        if one.process is not None and one.process.returncode is None:
            one.process.kill()
            await one.process.wait()
        await one.http.aclose()


class Call(NamedTuple):
    """One webhook as it came in."""

    at: float
    headers: dict[str, str]
    body: bytes


class Target:
    """An HTTP server that can be stopped and started again on its port; it keeps what was posted to it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.calls: list[Call] = []
        self.status = "200 OK"
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Hang up; connections are refused from now on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(": ") for line in head[1:] if line)
            headers = {name.lower(): value for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            if head[0].startswith("POST"):
                self.calls.append(Call(time.monotonic(), headers, body))
            writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK".encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def target() -> AsyncIterator[Target]:
    """Run a target on this loop, and leave no listener behind."""
    one = Target()
    await one.start()
    try:
        yield one
    finally:
        await one.stop()


class Mailbox:
    """A real SMTP server that keeps what it was given."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[tuple[float, bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        content = envelope.content
        self.mails.append((time.monotonic(), content if isinstance(content, bytes) else (content or "").encode()))
        return "250 kept"


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """Run a mailbox on this loop."""
    box = Mailbox()
    controller = UnthreadedController(box, hostname="127.0.0.1", port=box.port, loop=asyncio.get_running_loop())
    server = await asyncio.get_running_loop().create_server(controller.factory, "127.0.0.1", box.port)
    try:
        yield box
    finally:
        server.close()


async def until(condition: Callable[[], bool], *, within: float, what: str) -> float:
    """Wait until a condition holds and return the seconds that took; the test fails when it takes too long."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"{what}: not within {within} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def eventually(condition: Callable[[], Awaitable[bool]], *, within: float, what: str) -> float:
    """Wait as `until` does for a condition that has to be asked for."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() - began < within, f"{what}: not within {within} s"
        await asyncio.sleep(0.05)
    return time.monotonic() - began
