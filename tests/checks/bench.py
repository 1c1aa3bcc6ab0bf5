"""A test bench: real servers on loopback, and checks run against them as the product runs them."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from asura.checks.base import CheckType, Job
from asura.domain.fields import convert
from asura.domain.monitor import Assertion
from asura.domain.result import Outcome
from asura.net.network import open_network
from asura.running.execute import execute

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def attempt(
    check: CheckType,
    target: str,
    settings: dict[str, Any] | None = None,
    *assertions: Assertion,
    timeout: float = 5,
) -> Outcome:
    """Return what one check of a target found, with its evidence."""
    params = convert(settings or {}, check.params)
    check.validate(target, params)
    net = open_network()
    try:
        job = Job(target, params, timeout, assertions)
        return await execute(check, job, net, keep_evidence=True)
    finally:
        await net.close()


@asynccontextmanager
async def served(handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Give the port of a server that answers each connection by `handler`; ends what still runs at the end."""
    running: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            # The check hung up, or the test is over: both end a conversation here.
            pass
        finally:
            running.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(connected, host, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection off with a reset instead of an orderly end."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept, and never say anything."""
    await asyncio.sleep(60)


@contextmanager
def served_bluntly(tls: ssl.SSLContext) -> Iterator[int]:
    """Give the port of a TLS server on blocking sockets: unlike asyncio's it tells the client why a handshake fails."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            with suppress(OSError), plain, tls.wrap_socket(plain, server_side=True) as secure:
                secure.settimeout(5)
                secure.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)
