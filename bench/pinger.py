"""Pings heartbeats over HTTP from a process of its own: each connection as fast as it is answered, or at a pace.

At a pace, pings come as from jobs that know nothing of each other (a Poisson process), over connections that are kept
open, each by the one that has been idle for longest. A ping counts from when it was due: it also waits while none is
idle. Plain sockets, because what the client costs is taken from the server that is measured beside it.
"""

import json
import random
import select
import socket
import sys
import time
from collections import deque
from typing import Any

OK = b"HTTP/1.1 200 "
END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length: "
LONGEST_ANSWER = 65_536
# So long the last answers are waited for.
PATIENCE_S = 60.0
SEED = 5


class Line:
    """A connection, and since when its ping counts."""

    __slots__ = ("answer", "since", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.since = 0.0
        self.answer = b""


class Pinger:
    """Sends pings over some connections until the time is over, or until its stdin is closed."""

    def __init__(self, task: dict[str, Any]) -> None:
        host = f"127.0.0.1:{task['port']}"
        agent = "User-Agent: curl/7.88.1\r\nAccept: */*\r\n"
        paths = [f"/api/v1/heartbeat/{token}" for token in task["tokens"]]
        self._requests = [f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{agent}\r\n".encode() for path in paths]
        self._lines = {line.socket.fileno(): line for line in (Line(task["port"]) for _ in range(task["connections"]))}
        self._idle = deque(self._lines.values())
        self._rate = task.get("rate") or 0.0
        self._chance = random.Random(SEED)
        self._ready = select.epoll()
        for descriptor in self._lines:
            self._ready.register(descriptor, select.EPOLLIN)
        self.began = self._due = time.perf_counter()
        self.until = self.began + task.get("seconds", float("inf"))
        self._sent = 0
        # How long the answer of a ping that was taken is, as the first one was.
        self._usual = 0
        self.took: list[float] = []
        # For how long at most nobody was answered while somebody waited.
        self.pause = 0.0
        self._answered = self.began
        self.refused = 0

    def run(self) -> None:
        """Ping."""
        if self.until == float("inf"):
            self._ready.register(sys.stdin.fileno(), select.EPOLLHUP | select.EPOLLIN)
        while (now := time.perf_counter()) < self.until or (self._rate and self._due < self.until):
            self._send_due(now)
            self._hear(self._pause(now))
        while len(self._idle) < len(self._lines) and time.perf_counter() < self.until + PATIENCE_S:
            self._hear(1.0)

    def _pause(self, now: float) -> float:
        """Return for how long there is nothing to send. The kernel counts in whole milliseconds here."""
        return min(1.0, max(0.0, self._due - now)) if self._idle else 1.0

    def _send_due(self, now: float) -> None:
        """Send what is due, as far as there are connections for it."""
        while self._idle and self._due <= now:
            if self._rate and self._due >= self.until:
                return
            line = self._idle.popleft()
            line.since = self._due if self._rate else time.perf_counter()
            line.socket.send(self._requests[self._sent % len(self._requests)])
            self._sent += 1
            if self._rate:
                self._due += self._chance.expovariate(self._rate)

    def _hear(self, pause: float) -> None:
        """Take what has been answered."""
        for descriptor, _ in self._ready.poll(pause):
            line = self._lines.get(descriptor)
            if line is None:
                self.until = time.perf_counter()
                self._ready.unregister(descriptor)
                continue
            line.answer += line.socket.recv(LONGEST_ANSWER)
            if len(line.answer) == self._usual or self._is_whole(line.answer):
                now = time.perf_counter()
                self.took.append(now - line.since)
                self.pause = max(self.pause, now - max(line.since, self._answered))
                self._answered = now
                self.refused += not line.answer.startswith(OK)
                line.answer = b""
                self._idle.append(line)

    def _is_whole(self, answer: bytes) -> bool:
        """Return whether an answer has come to its end; what is as long as the first good one has."""
        head, end, body = answer.partition(END)
        if not answer:
            raise SystemExit("the server has hung up")
        if not end:
            return False
        if len(body) < int(head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]):
            return False
        if not self._usual and head.startswith(OK):
            self._usual = len(answer)
        return True


def main() -> None:
    """Read the task from stdin as JSON, ping, and print what came of it as JSON."""
    pinger = Pinger(json.loads(sys.stdin.readline()))
    pinger.run()
    lasted = min(time.perf_counter(), pinger.until) - pinger.began
    told = {"took": sorted(pinger.took), "refused": pinger.refused, "pause": pinger.pause, "seconds": lasted}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
