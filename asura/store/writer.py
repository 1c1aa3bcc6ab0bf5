"""The one thread that writes: it takes all changes that wait, commits them together, and then answers."""

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asura.clock import SystemClock
from asura.errors import StoreUnavailable
from asura.store import connections
from asura.store.checkpoints import Checkpoints
from asura.store.durations import Durations

BEGIN = "BEGIN IMMEDIATE"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"
SAVEPOINT = "SAVEPOINT change"
RELEASE = "RELEASE change"
ROLLBACK_TO = "ROLLBACK TO change"

Run = Callable[[sqlite3.Connection], Any]
Hook = Callable[[], None]

_MOST_CHANGES = 512
# What is wrong with the database or the disk, not with one change: the whole batch fails.
_FATAL = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class Change:
    """One thing to write, and who waits for it."""

    __slots__ = ("error", "future", "hooks", "loop", "run", "urgent", "value")

    def __init__(self, run: Run, *, urgent: bool, future: asyncio.Future[Any]) -> None:
        self.run = run
        self.urgent = urgent
        self.future = future
        self.loop = future.get_loop()
        self.hooks: list[Hook] = []
        self.value: Any = None
        self.error: BaseException | None = None


class Writer:
    """Owns the connection that writes; every use of it happens on its thread."""

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        *,
        linger: float = 1.0,
        may_checkpoint: Callable[[], bool] = lambda: True,
    ) -> None:
        self._path = path
        self._checkpoints = Checkpoints(path, allowed=may_checkpoint)
        self._db = db
        self._linger = linger
        self._queue: deque[Change] = deque()
        self._urgent = 0
        self._wake = threading.Condition()
        self._closing = False
        self._current: Change | None = None
        self.durations = Durations()
        self.commits = self.changes = self.failures = 0
        self.failing = False
        self.busy_seconds = 0.0
        # When the commit that runs now began, in monotonic seconds.
        self.began: float | None = None
        self._thread = threading.Thread(target=self._work, name="asura-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Change) -> None:
        """Queue a change; StoreUnavailable when the store is closed."""
        with self._wake:
            if self._closing:
                raise StoreUnavailable("the store is closed")
            self._queue.append(change)
            self._urgent += change.urgent
            self._wake.notify()

    def after_commit(self, hook: Hook) -> None:
        """Run `hook` on this thread once the change that is running now is committed."""
        if self._current is None:
            raise RuntimeError("after_commit is called inside a change")
        self._current.hooks.append(hook)

    def close(self) -> None:
        """Write what is queued, checkpoint everything, and end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def wal_bytes(self) -> int:
        """Return the size of the write-ahead log."""
        return self._checkpoints.wal_bytes()

    def _work(self) -> None:
        while batch := self._next_batch():
            self._write(batch)
            self._checkpoints.after_commit(self._db)
        self._checkpoints.at_end(self._db)
        self._db.close()
        self._checkpoints.close()

    def _next_batch(self) -> list[Change]:
        """Return what is to be committed together; plain changes wait a while for company. Empty at the end."""
        with self._wake:
            self._wake.wait_for(lambda: self._queue or self._closing)
            if not self._urgent:
                enough = _MOST_CHANGES
                self._wake.wait_for(
                    lambda: self._urgent or self._closing or len(self._queue) >= enough, timeout=self._linger
                )
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), _MOST_CHANGES))]
            self._urgent -= sum(change.urgent for change in batch)
            return batch

    def _write(self, batch: list[Change]) -> None:
        """Commit a batch and answer each change: its value, its own error, or StoreUnavailable for all."""
        clock = SystemClock()
        start = self.began = clock.monotonic()
        try:
            self._db.execute(BEGIN)
            if len(batch) == 1:
                # It fails with its transaction: no savepoint, and two turns of Python's lock less.
                self._db.execute(COMMIT if self._try(batch[0]) else ROLLBACK)
            else:
                for change in batch:
                    self._run(change)
                self._db.execute(COMMIT)
        except Exception as error:
            self._give_up(batch, error)
        else:
            self.failing = False
            self.commits += 1
            self.changes += len(batch)
            self._after(batch)
        self.began = None
        spent = clock.monotonic() - start
        self.busy_seconds += spent
        self.durations.add(spent)
        _answer(batch)

    def _run(self, change: Change) -> None:
        """Run one of several changes, so that it fails alone."""
        self._db.execute(SAVEPOINT)
        if not self._try(change):
            self._db.execute(ROLLBACK_TO)
        self._db.execute(RELEASE)

    def _try(self, change: Change) -> bool:
        """Run one change and return whether it did well; what is wrong with the whole database is raised."""
        self._current = change
        try:
            change.value = change.run(self._db)
        except Exception as error:
            if _is_fatal(error) or not self._db.in_transaction:
                raise
            change.error = error
            change.hooks.clear()
            return False
        finally:
            self._current = None
        return True

    def _give_up(self, batch: list[Change], error: Exception) -> None:
        """Roll back, and let every change of the batch know that nothing was stored."""
        self.failures += 1
        self.failing = True
        advice = f". {connections.RESTORE}" if connections.is_damaged(error) else ""
        for change in batch:
            change.error = StoreUnavailable(f"the database cannot commit: {error}{advice}")
            change.error.__cause__ = error
        try:
            if self._db.in_transaction:
                self._db.execute(ROLLBACK)
        except sqlite3.Error:
            self._reopen()

    def _reopen(self) -> None:
        """Replace a connection that cannot even roll back; the old one goes first, so that only one ever writes."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
        with contextlib.suppress(sqlite3.Error):
            self._db = connections.open_writer(self._path)

    def _after(self, batch: list[Change]) -> None:
        for change in batch:
            for hook in change.hooks:
                try:
                    hook()
                except Exception as error:
                    # The rows are durable, but memory is not what the caller thinks: he has to know.
                    change.error = change.error or error


def _is_fatal(error: Exception) -> bool:
    if not isinstance(error, sqlite3.Error):
        return isinstance(error, MemoryError)
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _FATAL


def _answer(batch: list[Change]) -> None:
    """Resolve the futures, with one wake-up for each loop that waits."""
    loops: dict[asyncio.AbstractEventLoop, list[Change]] = {}
    for change in batch:
        loops.setdefault(change.loop, []).append(change)
    for loop, changes in loops.items():
        # A loop that is closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, changes)


def _resolve(changes: list[Change]) -> None:
    for change in changes:
        if change.future.done():
            continue
        if change.error is not None:
            change.future.set_exception(change.error)
        else:
            change.future.set_result(change.value)
