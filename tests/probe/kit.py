"""A primary small enough to lie, to be slow and to go away, and what tests of probes need besides."""

import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from asura.clock import Clock, SystemClock
from asura.domain import wire
from asura.domain.fields import Secret
from asura.net.network import Network, NetworkConfig, open_network
from asura.probe.agent import Agent
from asura.probe.client import Client
from asura.probe.clock import ProbeClock
from tests.process import free_port

KEY = "key-of-a-probe-0123456789"
REGION = "eu-west"
MONITORS, RESULTS = "/api/v1/internal/monitors", "/api/v1/internal/results"


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered instead of the truth; `instead` writes the answer itself."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    instead: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None


def problem(status: int, detail: str, **headers: str) -> Reply:
    """Return an error as asura answers it."""
    body = msgspec.json.encode({"title": "Something", "status": status, "detail": detail})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, body, {"Content-Type": "application/problem+json", **named})


class Primary:
    """Gives out monitors and takes batches, as the wire says. `lies` are replies by path, `delay` seconds by path."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.port = free_port()
        self.base = ""
        self.key = KEY
        self.region = REGION
        self.requests: list[Request] = []
        self.batches: list[tuple[float, wire.Batch]] = []
        self.bodies: list[bytes] = []
        self.lies: dict[str, Reply] = {}
        self.delay: dict[str, float] = {}
        self.clock_ahead = 0.0
        self.connections = 0
        self._boot = "boot1"
        self._version = 1
        self._monitors: dict[int, tuple[int, wire.Assignment]] = {}
        self._gone: dict[int, int] = {}
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Return the address to give to a probe."""
        place = "https://localhost" if self.tls else "http://127.0.0.1"
        return f"{place}:{self.port}{self.base}"

    @property
    def tag(self) -> str:
        """Return the tag of what is assigned now."""
        return f"{self._boot}-{self._version}"

    def assign(self, *monitors: wire.Assignment) -> None:
        """Add monitors, or replace them."""
        self._version += 1
        self._monitors |= {one.id: (self._version, one) for one in monitors}
        for one in monitors:
            self._gone.pop(one.id, None)
        self._wake()

    def take_away(self, *ids: int) -> None:
        """Let monitors go."""
        self._version += 1
        for monitor_id in ids:
            del self._monitors[monitor_id]
            self._gone[monitor_id] = self._version
        self._wake()

    def results(self, monitor_id: int | None = None) -> list[wire.Finding]:
        """Return every result that came, once each, in the order in which they came."""
        seen: dict[int, wire.Batch] = {}
        for _, batch in self.batches:
            seen.setdefault(batch.seq, batch)
        found = [one for batch in seen.values() for one in batch.results]
        return [one for one in found if monitor_id in (None, one.monitor_id)]

    def asked(self, path: str) -> list[Request]:
        """Return the requests of a path."""
        return [one for one in self.requests if one.path == path]

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)

    async def stop(self) -> None:
        """Hang up on everybody; connections are refused from now on."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def restart(self) -> None:
        """Come back as another process, which knows no tag of the one before."""
        self._boot = f"{self._boot}x"
        await self.start()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections += 1
        self._writers.add(writer)
        self._tasks.add(task)
        try:
            while True:
                await self._answer(await _request(reader, self.base), writer)
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass  # The far end hung up, or this server ends.
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        await asyncio.sleep(self.delay.get(request.path, 0))
        reply = self.lies.get(request.path)
        if reply is None:
            reply = await self._truth(request)
        if reply.instead is not None:
            await reply.instead(writer)
            return
        length = {} if reply.status == 304 else {"Content-Length": str(len(reply.body))}
        lines = [f"{name}: {value}" for name, value in (length | reply.headers).items()]
        writer.write("\r\n".join([f"HTTP/1.1 {reply.status} So", *lines, "", ""]).encode() + reply.body)
        await writer.drain()

    async def _truth(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return problem(401, "Sign in, or send an API key as Authorization: Bearer KEY.")
        if request.query.get("region", self.region) != self.region:
            return problem(409, f"this key is for a probe of the region '{self.region}', not of another one")
        if request.path == MONITORS and request.method == "GET":
            return await self._monitors_since(request)
        if request.path == RESULTS and request.method == "POST":
            return self._take(request)
        return problem(404, "There is no such thing.")

    async def _monitors_since(self, request: Request) -> Reply:
        until = time.monotonic() + int(request.query.get("wait", "0"))
        since = request.query.get("since", "")
        while since == self.tag and (left := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                break
        if since == self.tag:
            return Reply(304)
        boot, _, version = since.partition("-")
        known = int(version) if boot == self._boot else None
        fresh = [one for at, one in self._monitors.values() if known is None or at > known]
        assigned = wire.Assigned(
            tag=self.tag,
            full=known is None,
            monitors=tuple(fresh),
            gone=() if known is None else tuple(one for one, at in self._gone.items() if at > known),
            probe_id=1,
            region=self.region,
            name="one",
            version="9.9.9",
            now=time.time() + self.clock_ahead,
        )
        return Reply(200, msgspec.json.encode(assigned), {"ETag": f'"{self.tag}"'})

    def _take(self, request: Request) -> Reply:
        assert request.headers["content-encoding"] == "gzip"
        batch = wire.read(gzip.decompress(request.body), wire.Batch)
        known = any(one.seq == batch.seq and one.boot == batch.boot for _, one in self.batches)
        self.batches.append((request.at, batch))
        self.bodies.append(request.body)
        now = time.time() + self.clock_ahead
        return Reply(200, msgspec.json.encode(wire.Taken(news=len(batch.results), known=known, tag=self.tag, now=now)))


async def _request(reader: asyncio.StreamReader, base: str) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(time.monotonic(), method, parts.path.removeprefix(base), query, headers, body)


def http(monitor_id: int, url: str, **more: Any) -> wire.Assignment:
    """Return an HTTP monitor as a primary assigns it."""
    fields: dict[str, Any] = {"generation": 1, "type": "http", "interval": 60, "timeout": 2, "retries": 0} | more
    return wire.Assignment(id=monitor_id, target=url, **fields)


@asynccontextmanager
async def primary(*monitors: wire.Assignment, tls: ssl.SSLContext | None = None) -> AsyncIterator[Primary]:
    """Run a primary with some monitors, and leave nothing behind."""
    one = Primary(tls)
    if monitors:
        one.assign(*monitors)
    await one.start()
    try:
        yield one
    finally:
        await one.stop()


@asynccontextmanager
async def client_of(
    url: str, *, key: str = KEY, region: str = "", clock: ProbeClock | None = None, ca_file: str = ""
) -> AsyncIterator[tuple[Client, ProbeClock, Network]]:
    """Lend the client of a probe, with its clock and its way out."""
    net = open_network(NetworkConfig(ca_file=ca_file))
    clock = clock or ProbeClock(SystemClock())
    client = Client(net, clock, primary=url, key=Secret(key), region=region, name="one", boot="b0")
    try:
        yield client, clock, net
    finally:
        await client.close()
        await net.close()


@asynccontextmanager
async def agent_of(
    url: str, *, key: str = KEY, region: str = "", system: Clock | None = None, **more: Any
) -> AsyncIterator[Agent]:
    """Lend an agent that does not work yet."""
    clock = ProbeClock(system or SystemClock())
    async with client_of(url, key=key, region=region, clock=clock) as (client, _, net):
        wanted: dict[str, Any] = {"boot": "b0", "canaries": lambda: (), "region": region} | more
        yield Agent(net, clock, client, **wanted)


@asynccontextmanager
async def working(url: str, **more: Any) -> AsyncIterator[Agent]:
    """Lend an agent that works meanwhile; it is stopped without a goodbye when the test did not say it."""
    async with agent_of(url, **more) as agent:
        task = asyncio.create_task(agent.run())
        try:
            yield agent
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await agent.runner.stop()
