"""What a server prints goes out from threads of their own: a pipe or a terminal that nobody reads holds nobody up."""

import atexit
import io
import logging
import os
import select
import stat
import sys
import threading
import time
from collections import deque
from typing import Any, TextIO

LOG = logging.getLogger("asura")

# So much waits for whoever reads; what comes on top of it is lost, and counted.
MOST_WAITING = 1024 * 1024
# At the end the last words have so long to be read.
PATIENCE_S = 1.0
_AT_ONCE = 64 * 1024


class Outlet(io.BufferedIOBase):
    """A stream that takes everything at once and writes it to a file descriptor from its own thread."""

    def __init__(self, descriptor: int, name: str) -> None:
        self.name = name
        self._descriptor = descriptor
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._lost = 0
        self._writing = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def isatty(self) -> bool:
        """Return whether a person reads it."""
        return os.isatty(self._descriptor)

    def fileno(self) -> int:
        """Return the descriptor itself, for those that write past it: a crash in C, a command that is run."""
        return self._descriptor

    def write(self, given: Any, /) -> int:
        """Take something to be written, and wait for nobody; what is too much is lost."""
        text = bytes(given)
        with self._changed:
            if self._size + len(text) > MOST_WAITING:
                self._lost += 1
                return len(text)
            self._waiting.append(text)
            self._size += len(text)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="output", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return len(text)

    def finish(self, patience_s: float = PATIENCE_S) -> bool:
        """Wait until all is written, but not for long; returns whether it is."""
        until = time.monotonic() + patience_s
        with self._changed:
            while self._waiting or self._writing:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return False
        return True

    def _run(self) -> None:
        while True:
            self._put(self._next())
            with self._changed:
                self._writing = False
                # What was lost would have come after what waited.
                lost = 0 if self._waiting else self._lost
                self._lost -= lost
                self._changed.notify_all()
            if lost:
                LOG.warning("%d lines of output are missing here: for a while nobody read them", lost)

    def _next(self) -> bytes:
        """Return what waits, or some of it, as soon as something does."""
        with self._changed:
            while not self._waiting:
                self._changed.wait()
            taken = [self._waiting.popleft()]
            size = len(taken[0])
            while self._waiting and size + len(self._waiting[0]) <= _AT_ONCE:
                taken.append(self._waiting.popleft())
                size += len(taken[-1])
            self._size -= size
            self._writing = True
            return b"".join(taken)

    def _put(self, text: bytes) -> None:
        """Write all of it, however long that takes. Where the reader has gone for good, there is nobody to tell."""
        rest = memoryview(text)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                # Somebody else who has this pipe wants it so.
                select.select((), (self._descriptor,), (), PATIENCE_S)
            except OSError:
                return


def hold_nobody_up() -> None:
    """From here on, nothing that this process prints or logs waits for a reader; a regular file needs none."""
    sys.stdout, sys.stderr = _through(sys.stdout), _through(sys.stderr)


def _through(stream: TextIO) -> TextIO:
    try:
        descriptor = stream.fileno()
        if isinstance(getattr(stream, "buffer", None), Outlet) or stat.S_ISREG(os.fstat(descriptor).st_mode):
            return stream
        stream.flush()
    except (OSError, ValueError, AttributeError):
        return stream
    outlet = Outlet(descriptor, stream.name)
    atexit.register(outlet.finish)
    return io.TextIOWrapper(outlet, stream.encoding, errors=stream.errors, write_through=True)
