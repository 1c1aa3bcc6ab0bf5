"""Asks for one thing over HTTP from a process of its own, each connection as fast as it is answered."""

import asyncio
import json
import re
import sys
import time

import uvloop

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Visitor(asyncio.Protocol):
    """One connection. It asks again as soon as it has the whole answer."""

    def __init__(self, request: bytes, status: bytes, until: float, done: asyncio.Future[None]) -> None:
        self.request = request
        self.status = status
        self.until = until
        self.done = done
        self.took: list[float] = []
        self.refused = 0
        self.sent_at = 0.0
        self.left = -1
        self.head = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        """Ask once more, or hang up when the time is over."""
        self.sent_at = time.perf_counter()
        self.left, self.head = -1, b""
        if self.sent_at >= self.until:
            self.transport.close()
            return
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Note how long the answer took, once it is whole."""
        if self.left < 0:
            self.head += data
            head, end, body = self.head.partition(b"\r\n\r\n")
            if not end:
                return
            length = LENGTH.search(head)
            self.left = (int(length[1]) if length and b" 304 " not in head[:16] else 0) - len(body)
            self.refused += self.status not in head[:16]
        else:
            self.left -= len(data)
        if self.left <= 0:
            self.took.append(time.perf_counter() - self.sent_at)
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if not self.done.done():
            self.done.set_result(None)


async def main() -> None:
    """Read the task from stdin as JSON, ask, and print what came of it as JSON."""
    task = json.loads(sys.stdin.readline())
    lines = [f"GET {task['path']} HTTP/1.1", f"Host: 127.0.0.1:{task['port']}", "User-Agent: visitor", *task["headers"]]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + task["seconds"]
    visitors, ends = [], []
    for _ in range(task["connections"]):
        done: asyncio.Future[None] = loop.create_future()
        visitor = Visitor(request, f" {task['status']} ".encode(), until, done)
        await loop.create_connection(lambda visitor=visitor: visitor, "127.0.0.1", task["port"])  # type: ignore[misc]
        visitors.append(visitor)
        ends.append(done)
    await asyncio.gather(*ends)
    took = sorted(second for visitor in visitors for second in visitor.took)
    print(json.dumps({"took": took, "refused": sum(visitor.refused for visitor in visitors)}))


if __name__ == "__main__":
    uvloop.run(main())
