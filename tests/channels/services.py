"""Fake providers that are real servers: HTTP with scripted answers, and SMTP by aiosmtpd."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asura.domain.message import Message
from asura.errors import DeliveryError
from asura.net.network import Network, NetworkConfig, open_network

Misbehaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]

NOW = datetime(2026, 11, 20, 17, 32, 5, 123000, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """What the fake answers once: a status with headers and body, or a misbehaviour instead."""

    status: int = 200
    body: bytes | str | dict[str, Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    instead: Misbehaviour | None = None

    def content(self) -> bytes:
        if isinstance(self.body, dict):
            return json.dumps(self.body).encode()
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Provider:
    """An HTTP server that gives its replies in order, the last one again and again, and remembers what it got."""

    def __init__(self, replies: Iterable[Reply]) -> None:
        self.replies = list(replies)
        self.received: list[Received] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def elsewhere(self, status: int = 302) -> Reply:
        """Return a reply that redirects to this server."""
        return Reply(status, headers={"Location": f"{self.url}/"})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.received.append(await _request(reader))
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            if reply.instead is not None:
                await reply.instead(writer)
            else:
                writer.write(_encoded(reply))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Received(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def _encoded(reply: Reply) -> bytes:
    body = reply.content()
    headers = {"Content-Length": str(len(body)), "Connection": "close", **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def silence(writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.sleep(30)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close without an answer."""


async def flood(writer: asyncio.StreamWriter) -> None:
    """Answer with a body that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"2000\r\n" + b"x" * 8192 + b"\r\n")
        await writer.drain()


async def trickle(writer: asyncio.StreamWriter) -> None:
    """Answer one byte at a time, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


@asynccontextmanager
async def provider(*replies: Reply, tls: ssl.SSLContext | None = None) -> AsyncIterator[Provider]:
    """Run a fake provider on loopback."""
    fake = Provider(replies or [Reply()])
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        await fake.serve(reader, writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def network(*allowed: str, ca_file: str = "") -> AsyncIterator[Network]:
    """Open a real network whose channels may reach what is allowed (all of loopback when nothing is said)."""
    config = NetworkConfig(
        own_listeners=(), allow_private_channels=allowed or ("127.0.0.0/8", "::1/128"), ca_file=ca_file
    )
    net = open_network(config)
    try:
        yield net
    finally:
        await net.close()


async def outcome(channel: Any, params: Any, net: Network, about: Message | None = None) -> str | DeliveryError:
    """Return what came of sending: the answer, or the error."""
    try:
        return await channel.send(params, about or message(), net)
    except DeliveryError as failed:
        return failed


def verdict(came: str | DeliveryError) -> tuple[str, float | None]:
    """Return an outcome as `sent`, `permanent` or `transient`, with the wait that was asked for."""
    if isinstance(came, str):
        return "sent", None
    return ("permanent" if came.permanent else "transient"), came.retry_after


def message(**changes: Any) -> Message:
    """Return a message as the judge would write it about an outage."""
    values: dict[str, Any] = {
        "id": 7,
        "event": "incident.opened",
        "at": NOW,
        "title": "DOWN: Checkout API",
        "text": "The connection to 10.1.2.3 port 443 was refused. Failing since 2026-11-20 17:30:01 UTC.",
        "severity": "critical",
        "url": "https://asura.example/incidents/3",
        "key": "5f3c9a" + "0" * 26,
        "thread": "77aa" + "0" * 28,
        "incident": {
            "id": 3,
            "monitor_ids": [1],
            "status": "open",
            "severity": "critical",
            "title": "Checkout API",
            "cause": "connect_refused",
            "started_at": "2026-11-20T17:30:01.000Z",
            "detected_at": datetime(2026, 11, 20, 17, 32, 4, tzinfo=UTC),
            "acknowledged_at": None,
            "acknowledged_by": None,
            "resolved_at": None,
            "duration_s": None,
            "regions": ["local", "eu-west"],
        },
        "monitor": {
            "id": 1,
            "slug": "checkout",
            "name": "Checkout API",
            "type": "http",
            "target": "https://user:hunter2@checkout.example/health",
            "status": "down",
        },
    }
    return Message(**(values | changes))


def resolved() -> Message:
    """Return the message that ends the outage."""
    before = message()
    incident = {**before.incident, "status": "resolved", "resolved_at": "2026-11-20T17:34:13Z", "duration_s": 252.0}
    title = "UP: Checkout API, after 4 min 12 s"
    return message(event="incident.resolved", title=title, text="It works again.", incident=incident, key="b" * 32)
