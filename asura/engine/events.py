"""What the dashboard hears: a bounded memory of events, and a queue for each listener."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

REMEMBERED = 5000
QUEUE = 2000


class ServerEvent(NamedTuple):
    """One event: `boot-seq`, its kind, its content, and whom it is about.

    Kinds are `monitor`, `incident`, `ping`, `probe` and `reset`. `monitors` are not told: they say who may hear of it.
    """

    id: str
    kind: str
    data: dict[str, Any]
    monitors: tuple[int, ...] = ()


class EventHub:
    """Publishes events to listeners. A listener that is too slow, or away too long, is told to start anew."""

    def __init__(self, boot_id: str) -> None:
        self._boot = boot_id
        self._seq = 0
        self._past: deque[ServerEvent] = deque(maxlen=REMEMBERED)
        self._queues: set[asyncio.Queue[ServerEvent]] = set()

    @property
    def latest_id(self) -> str:
        """Return the id of the newest event, which a page that was just loaded goes on from."""
        return f"{self._boot}-{self._seq}"

    @property
    def listeners(self) -> int:
        """Return how many listen."""
        return len(self._queues)

    def publish(self, kind: str, data: dict[str, Any], *, monitors: tuple[int, ...] = ()) -> None:
        """Tell everybody who may hear of these monitors; never waits."""
        self._seq += 1
        event = ServerEvent(f"{self._boot}-{self._seq}", kind, data, monitors)
        self._past.append(event)
        for queue in self._queues:
            if queue.full():
                _start_anew(queue, event.id)
            else:
                queue.put_nowait(event)

    def skip(self) -> None:
        """Note that something happened that nobody listened to: whoever comes back later has to start anew."""
        self._seq += 1
        self._past.clear()

    async def subscribe(self, last_id: str | None = None) -> AsyncIterator[ServerEvent]:
        """Yield the events after `last_id`, then each new one; `reset` first when that id is no longer known."""
        queue: asyncio.Queue[ServerEvent] = asyncio.Queue(QUEUE)
        missed = self._since(last_id)
        self._queues.add(queue)
        try:
            for event in missed:
                yield event
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)

    def _since(self, last_id: str | None) -> list[ServerEvent]:
        if last_id is None:
            return []
        boot, _, number = last_id.rpartition("-")
        oldest = self._seq - len(self._past)
        if boot != self._boot or not number.isdecimal() or len(number) > 18 or not oldest <= int(number) <= self._seq:
            return [ServerEvent(self.latest_id, "reset", {})]
        return list(self._past)[int(number) - oldest :]


def _start_anew(queue: asyncio.Queue[ServerEvent], event_id: str) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(ServerEvent(event_id, "reset", {}))
