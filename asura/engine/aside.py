"""Long work on a thread of its own, which the system runs only when nobody else wants the processor."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
# Of the 20 steps between a usual thread and the humblest one.
NICENESS = 15


async def aside(work: Callable[[], T], *, name: str) -> T:
    """Return what `work` returns; whoever stops waiting does not stop the work."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def done(set_outcome: Callable[[], None]) -> None:
        # A loop that is closed, or a future that was given up, has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if future.done() else set_outcome())

    def run() -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        try:
            value = work()
        except BaseException as error:
            failure = error
            done(lambda: future.set_exception(failure))
        else:
            done(lambda: future.set_result(value))

    threading.Thread(target=run, name=name, daemon=True).start()
    return await future
