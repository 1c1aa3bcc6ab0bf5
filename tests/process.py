"""The real program as a process of its own, and real receivers for what it sends: for tests that kill and measure."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from asura.engine.key_desk import hash_token

KEY = "test-key-of-an-admin"
CONFIG = """
network:
  canaries: []
  allow_private_channels: [127.0.0.0/8]
server:
  rate_limit_per_sec: 0
auth:
  api_keys:
    - {{name: tests, hash: {hash}, role: admin}}
"""


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Asura:
    """One asura on a folder; it can be killed and started again on the same data and port."""

    def __init__(self, folder: Path, *, config: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "config.yaml"
        self.config.write_text(CONFIG.format(hash=hash_token(KEY)) + config)
        self.process: asyncio.subprocess.Process | None = None
        self.http = httpx2.AsyncClient(base_url=f"{self.url}/api/v1", headers={"X-API-Key": KEY}, timeout=30)
        self.log = folder / "asura.log"

    async def start(self) -> float:
        """Start it and wait until it answers; returns the seconds that took."""
        began = time.monotonic()
        arguments = (
            "--config",
            str(self.config),
            "--data",
            str(self.folder / "data"),
            "--listen",
            f"127.0.0.1:{self.port}",
        )
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "asura",
                *arguments,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        while time.monotonic() < began + 30:
            if self.process.returncode is not None:
                break
            try:
                if (await self.http.get("/health")).status_code == 200:
                    return time.monotonic() - began
            except httpx2.HTTPError:
                await asyncio.sleep(0.02)
        raise AssertionError(f"asura did not start:\n{self.log.read_text()[-3000:]}")

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
async def asura(folder: Path, *, config: str = "") -> AsyncIterator[Asura]:
    """Run asura; whatever the test did, no process stays."""
    one = Asura(folder, config=config)
    await one.start()
    try:
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
