"""Runs a command for `asura ping`: its output passes through, its end is told, its exit status is ours."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

KEPT = 100_000
PIECE = 65_536
START_PATIENCE_S = 10.0
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
NOT_FOUND, NOT_EXECUTABLE = 127, 126

Call = Callable[[str, bytes], Awaitable[bool]]


class Tail:
    """The last bytes of what was printed, in the order in which it came."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._pieces: deque[bytes] = deque()
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Keep a piece, and let go of what is too old."""
        self._pieces.append(piece)
        self._size += len(piece)
        while self._size - len(self._pieces[0]) >= self._limit:
            self._size -= len(self._pieces.popleft())

    def text(self) -> bytes:
        """Return what is kept."""
        return b"".join(self._pieces)[-self._limit :]


async def run(command: Sequence[str], call: Call, *, start: bool = True, output: bool = True) -> int:
    """Run a command and return its exit status (128 + n for a signal), having told its start and its end."""
    starting = asyncio.ensure_future(call("start", b"")) if start else None
    tail = Tail()
    status = await _execute(command, tail, output=output)
    if starting is not None:
        # A start that comes after the end would be of a run that never ends.
        with suppress(TimeoutError):
            async with asyncio.timeout(START_PATIENCE_S):
                await starting
    await call(str(status), tail.text())
    return status


async def _execute(command: Sequence[str], tail: Tail, *, output: bool) -> int:
    kind = asyncio.subprocess.PIPE if output else None
    try:
        process = await asyncio.create_subprocess_exec(*command, stdout=kind, stderr=kind)
    except FileNotFoundError:
        return _refused(command[0], "command not found", tail, NOT_FOUND)
    except (PermissionError, OSError) as error:
        return _refused(command[0], error.strerror or str(error), tail, NOT_EXECUTABLE)
    loop = asyncio.get_running_loop()
    for number in FORWARDED:
        loop.add_signal_handler(number, _forward, process, number)
    streams = [(process.stdout, sys.stdout.fileno()), (process.stderr, sys.stderr.fileno())]
    passing = [asyncio.ensure_future(_pass(stream, to, tail)) for stream, to in streams if stream is not None]
    try:
        status = await process.wait()
        if passing:
            # A daemon that the command left behind may hold its output open for ever.
            await asyncio.wait(passing, timeout=1.0)
    finally:
        for task in passing:
            task.cancel()
        for number in FORWARDED:
            loop.remove_signal_handler(number)
    return 128 - status if status < 0 else status


async def _pass(stream: asyncio.StreamReader, to: int, tail: Tail) -> None:
    loop = asyncio.get_running_loop()
    while piece := await stream.read(PIECE):
        tail.add(piece)
        # Whoever reads our output may be slow, and the pings have to go on.
        await loop.run_in_executor(None, _write, to, piece)


def _write(to: int, piece: bytes) -> None:
    view = memoryview(piece)
    with suppress(BrokenPipeError):
        while view:
            view = view[os.write(to, view) :]


def _forward(process: asyncio.subprocess.Process, number: int) -> None:
    if number == signal.SIGINT and sys.stdin is not None and sys.stdin.isatty():
        # The terminal has told the command already.
        return
    with suppress(ProcessLookupError):
        process.send_signal(number)


def _refused(name: str, why: str, tail: Tail, status: int) -> int:
    text = f"asura ping: {name}: {why}\n"
    sys.stderr.write(text)
    tail.add(text.encode("utf-8", "surrogateescape"))
    return status
