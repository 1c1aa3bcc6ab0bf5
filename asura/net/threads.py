"""Threads for calls that block: started when needed, daemons, so that a hanging call never holds up the exit."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Work = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class Threads:
    """A pool of at most `size` daemon threads. Who submits more than that waits inside the queue."""

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._threads = 0
        self._busy = 0

    def run(self, call: Callable[[], T]) -> "asyncio.Future[T]":
        """Return a future of what `call` returns or raises, in a thread. Only for the loop's own thread."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        future.add_done_callback(self._free)
        self._busy += 1
        if self._busy > self._threads and self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._work, name=f"{self._name}-{self._threads}", daemon=True).start()
        self._queue.put((call, loop, future))
        return future

    def close(self) -> None:
        """Let idle threads end; busy ones end with their call, or with the process."""
        for _ in range(self._threads):
            self._queue.put(None)
        self._threads = 0

    def _free(self, _: "asyncio.Future[Any]") -> None:
        self._busy -= 1

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            call, loop, future = work
            try:
                outcome, error = call(), None
            except Exception as exc:
                outcome, error = None, exc
            # When the loop has closed, nobody waits any more; the thread is there for the next call.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, future, outcome, error)
            del call, loop, future, outcome, error, work


def _settle(future: "asyncio.Future[Any]", outcome: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(outcome)
    else:
        future.set_exception(error)
