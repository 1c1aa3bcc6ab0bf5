"""The web server at its end: whoever is heard is answered, the last answer says so, and nobody is waited for long."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn

from asura.web.protocol import LINGER_S, BoundedProtocol
from asura.web.server import Server
from tests.web.harness import Asura, asura

ASK = b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n"


@contextlib.asynccontextmanager
async def serving(site: Asura, listener: socket.socket) -> AsyncIterator[tuple[Server, "asyncio.Task[None]"]]:
    """Serve on a socket of the test's; whatever it does, no server stays."""
    config = uvicorn.Config(
        site.app, http=BoundedProtocol, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=3
    )
    answering = asyncio.Event()
    server = Server(config, answering=answering.set)
    task = asyncio.ensure_future(server.serve(sockets=[listener.dup()]))
    async with asyncio.timeout(10):
        await answering.wait()
    try:
        yield server, task
    finally:
        server.should_exit = True
        await task


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Return the head of one answer, with its body read."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return head


async def test_a_request_that_comes_while_it_stops_is_the_last_one_and_is_answered(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        where = listener.getsockname()[:2]
        async with asura(tmp_path) as site, serving(site, listener) as (server, task):
            known, fresh = [await asyncio.open_connection(*where) for _ in range(2)]
            known[1].write(ASK)
            assert b"connection: close" not in await answer(known[0])
            await asyncio.sleep(0.05)
            server.should_exit = True
            async with asyncio.timeout(10):
                while not server.server_state.stopping:
                    await asyncio.sleep(0.005)
            for reader, writer in (known, fresh):
                writer.write(ASK)
                assert b"connection: close" in await answer(reader)
                assert await reader.read() == b"", "and then it hangs up"
                writer.close()
            late = await asyncio.open_connection(*where)
            late[1].write(ASK)
            await task
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(100) == ASK, "whoever comes later waits in the queue of who keeps the socket"
        late[1].close()


async def test_whoever_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with asura(tmp_path) as site, serving(site, listener) as (server, task):
            reader, writer = await asyncio.open_connection(*listener.getsockname()[:2])
            await asyncio.sleep(0.05)
            began = time.monotonic()
            server.should_exit = True
            await task
            assert await reader.read() == b""
            assert LINGER_S <= time.monotonic() - began < 3
            writer.close()
