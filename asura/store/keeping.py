"""The database as it was before a migration, copied to a file while the migrated one is already in use.

A migration is written to the log. As long as nothing of the log is moved into the database file, that file is the
database as it was before, whatever kills asura meanwhile: so it is copied in peace, and the log waits. A start that
finds an unfinished copy begins it anew.
"""

import contextlib
import logging
import os
import sqlite3
import threading
from pathlib import Path

from asura.clock import SystemClock
from asura.errors import StoreUnavailable
from asura.store import connections, readers, twin
from asura.store.snapshot import BYTES_A_SYNC, LONGEST_PAUSE_S, Stopped

LOG = logging.getLogger(__name__)

# So much is still copied when asura is to stop; what is more is left to the next start.
_LITTLE = 64 * 1024 * 1024


class Keeping:
    """One such copy. Made before the database is opened: 1. `pin` 2. migrate 3. `begin`; at the end `stop`, `close`."""

    def __init__(self, path: Path, target: Path) -> None:
        """Make the room for it; OSError where there is none. Nobody has the database open, and its log is empty."""
        self._path, self._target = path, target
        # Open until every connection is closed: closing a file gives back the locks that SQLite holds on it.
        self._source = path.open("rb")
        self._reader: sqlite3.Connection | None = None
        self._clock, self._stopping = SystemClock(), threading.Event()
        self._step_at = 0.0
        self._thread = threading.Thread(target=self._work, name="asura-keeping", daemon=True)
        # Once it is, the log may be moved into the database.
        self.done = False
        try:
            twin.reserve(target, self._source.seek(0, 2))
        except BaseException:
            self._source.close()
            raise

    def pin(self) -> None:
        """Read the database as it is: nobody moves the log past what somebody reads. It has been opened by now."""
        self._reader = connections.open_reader(self._path)
        self._reader.execute(readers.BEGIN)
        self._reader.execute(readers.PIN).fetchall()

    def begin(self) -> None:
        """Begin to copy."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the copy if little is missing, and else leave it to the next start."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def close(self, *, needed: bool = True) -> None:
        """Let go of the database, after everybody else: who only reads moves nothing when he is the last one."""
        self._unpin()
        self._source.close()
        if not needed:
            twin.partial_of(self._target).unlink(missing_ok=True)

    def _work(self) -> None:
        began = self._step_at = self._clock.monotonic()
        try:
            self._copy()
        except Stopped:
            LOG.info("%s: not whole yet; the next start makes it anew", self._target)
            return
        except (OSError, StoreUnavailable, twin.Changed) as error:
            twin.partial_of(self._target).unlink(missing_ok=True)
            reason = str(error) or "something else moved the log into the database"
            LOG.error("%s: there will be no copy from before the migration: %s", self._target, reason)
        else:
            took = self._clock.monotonic() - began
            LOG.info("%s: the copy from before the migration is whole, after %.1f s", self._target, took)
        self._unpin()
        self.done = True

    def _copy(self) -> None:
        source = self._source.fileno()
        with twin.partial_of(self._target).open("r+b") as file:
            made, before = file.fileno(), twin.state(source)
            twin.fill(source, made, lambda done, size: self._step(made, size - done), at_once=BYTES_A_SYNC)
            twin.finish(source, made, self._target, before)

    def _step(self, made: int, left: int) -> None:
        """Make durable what was copied, so that no heap of it holds others up, and rest as long as that took."""
        os.fdatasync(made)
        if self._stopping.is_set():
            if left > _LITTLE:
                raise Stopped("stopped")
            return
        self._stopping.wait(_rest_after(self._clock.monotonic() - self._step_at))
        self._step_at = self._clock.monotonic()

    def _unpin(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            with contextlib.suppress(sqlite3.Error):
                reader.close()


def _rest_after(step_s: float) -> float:
    return min(step_s, LONGEST_PAUSE_S)
