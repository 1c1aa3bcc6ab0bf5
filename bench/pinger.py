"""Pings heartbeats over HTTP from a process of its own, each connection as fast as it is answered, or at a pace.

At a pace, a ping counts from when it was to be sent: whoever holds one up holds up all behind it.
"""

import asyncio
import json
import sys
import time

import uvloop


class Lane(asyncio.Protocol):
    """One connection. It takes the next token from the ring that all share."""

    def __init__(
        self,
        requests: list[bytes],
        lane: int,
        lanes: int,
        until: float,
        done: asyncio.Future[None],
        *,
        every: float = 0.0,
    ) -> None:
        self.requests = requests
        self.every = every
        self.next = lane
        self.lanes = lanes
        self.until = until
        self.done = done
        self.took: list[float] = []
        self.refused = 0
        self.sent_at = 0.0
        self.answer = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        self.transport = transport
        self.sent_at = time.perf_counter() + self.every * self.next / self.lanes
        self.send()

    def send(self) -> None:
        """Send the next ping, or hang up when the time is over."""
        now = time.perf_counter()
        if now >= self.until:
            self.transport.close()
            return
        if self.every:
            self.sent_at += self.every
            asyncio.get_running_loop().call_later(max(0.0, self.sent_at - now), self.write)
            return
        self.sent_at = now
        self.write()

    def write(self) -> None:
        """Put the next ping on the wire."""
        self.transport.write(self.requests[self.next % len(self.requests)])
        self.next += self.lanes

    def data_received(self, data: bytes) -> None:
        """Note how long the answer took, once it is whole."""
        self.answer += data
        if b"\r\n\r\n" not in self.answer or self.answer.endswith(b"\r\n\r\n"):
            return
        self.took.append(time.perf_counter() - self.sent_at)
        self.refused += b" 200 " not in self.answer[:20]
        self.answer = b""
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if not self.done.done():
            self.done.set_result(None)


async def main() -> None:
    """Read the task from stdin as JSON, ping, and print what came of it as JSON."""
    task = json.loads(sys.stdin.readline())
    host = f"127.0.0.1:{task['port']}"
    agent = "User-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    requests = [
        f"GET /api/v1/heartbeat/{token} HTTP/1.1\r\nHost: {host}\r\n{agent}\r\n".encode() for token in task["tokens"]
    ]
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + task["seconds"]
    lanes, ends = [], []
    for number in range(task["connections"]):
        done: asyncio.Future[None] = loop.create_future()
        every = task["connections"] / task["rate"] if task.get("rate") else 0.0
        lane = Lane(requests, number, task["connections"], until, done, every=every)
        await loop.create_connection(lambda lane=lane: lane, "127.0.0.1", task["port"])  # type: ignore[misc]
        lanes.append(lane)
        ends.append(done)
    await asyncio.gather(*ends)
    took = sorted(second for lane in lanes for second in lane.took)
    print(json.dumps({"took": took, "refused": sum(lane.refused for lane in lanes)}))


if __name__ == "__main__":
    uvloop.run(main())
