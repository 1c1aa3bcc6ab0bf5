"""What blocks for long, on a thread of its own.

It is to wait for others (a disk, a process) and not to compute: Python's lock would be taken from those who check. Nor
has it a lower priority: a humble thread that the system lets wait while it holds that lock holds up everybody.
"""

import asyncio
import contextlib
import errno
import os
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T], *, name: str) -> T:
    """Return what `work` returns; whoever stops waiting does not stop the work. OSError where there is no thread."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def done(set_outcome: Callable[[], None]) -> None:
        # A loop that is closed, or a future that was given up, has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if future.done() else set_outcome())

    def run() -> None:
        try:
            value = work()
        except BaseException as error:
            failure = error
            done(lambda: future.set_exception(failure))
        else:
            done(lambda: future.set_result(value))

    try:
        threading.Thread(target=run, name=name, daemon=True).start()
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, f"{os.strerror(errno.EAGAIN)} (a thread)") from error
    return await future
