"""A server for thousands of checks, as a process of its own so that it costs the measured one nothing.

`python -m tests.crowd` prints two ports, of a server that answers and of one that never does. For each line that it
reads it prints, as JSON, when each path was asked (monotonic seconds, which all processes share), and forgets it.
"""

import asyncio
import json
import resource
import sys
import time
from collections import defaultdict

import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"
ASKED: dict[str, list[float]] = defaultdict(list)


class Answers(asyncio.Protocol):
    """Answers every request with OK, and notes when it came."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer; requests of checks come in one piece."""
        ASKED[data.split(b" ", 2)[1].decode("latin-1")].append(time.monotonic())
        self.transport.write(ANSWER)  # type: ignore[attr-defined]
        self.transport.close()


class Silent(Answers):
    """Takes every request and says nothing."""

    def data_received(self, data: bytes) -> None:
        """Only note it."""
        ASKED[data.split(b" ", 2)[1].decode("latin-1")].append(time.monotonic())


async def serve() -> None:
    """Serve until stdin ends."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(kind, "127.0.0.1", 0, backlog=4096) for kind in (Answers, Silent)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(ASKED), flush=True)
        ASKED.clear()


if __name__ == "__main__":
    uvloop.run(serve())
