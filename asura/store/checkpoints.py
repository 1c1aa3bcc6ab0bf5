"""Bringing the log into the database: by the thread that writes while it is short, and beside it when it is long."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from asura.clock import SystemClock
from asura.store import connections

PASSIVE = "PRAGMA wal_checkpoint(PASSIVE)"
TRUNCATE = "PRAGMA wal_checkpoint(TRUNCATE)"
BY_HAND = "PRAGMA wal_autocheckpoint=0"

_COMMITS = 500
# Commits wait while this much is brought in, some 40 ms; what is more is brought in beside them.
LONG = 16 * 1024 * 1024
# A long log that somebody still reads is tried again this often.
_AGAIN_S = 1.0


class Checkpoints:
    """Decides when the log of a database is brought in, and by whom. Used by the thread that writes alone."""

    def __init__(self, path: Path, *, allowed: Callable[[], bool]) -> None:
        self._path = path
        self._wal = path.with_name(path.name + "-wal")
        self._allowed = allowed
        self._commits = 0
        self._clock = SystemClock()
        # Until the connections are closed: closing a file gives back the locks that SQLite holds on it.
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._beside: threading.Thread | None = None
        self._began = 0.0
        self._little_left = False

    def wal_bytes(self) -> int:
        """Return the size of the log."""
        try:
            return os.stat(self._wal).st_size
        except FileNotFoundError:
            return 0

    def after_commit(self, db: sqlite3.Connection) -> None:
        """Bring the log in after enough commits or bytes; whoever committed has been answered."""
        self._commits += 1
        size = self.wal_bytes()
        # After a whole checkpoint the next commit cuts the log to the limit: it is longer only when it is full again.
        if (self._commits < _COMMITS and size <= connections.WAL_LIMIT) or not self._allowed():
            return
        if self._beside is not None and self._beside.is_alive():
            return
        if size > LONG and not self._little_left:
            self._begin_beside()
            return
        with contextlib.suppress(sqlite3.Error):
            db.execute(PASSIVE).fetchall()
        self._commits, self._little_left = 0, False

    def at_end(self, db: sqlite3.Connection) -> None:
        """Bring in everything."""
        if self._beside is not None:
            self._beside.join()
        if self._allowed():
            with contextlib.suppress(sqlite3.Error):
                db.execute(TRUNCATE).fetchall()

    def close(self) -> None:
        """Let go of the database, which is closed."""
        os.close(self._file)

    def _begin_beside(self) -> None:
        now = self._clock.monotonic()
        if self._beside is None or now >= self._began + _AGAIN_S:
            self._began = now
            self._beside = threading.Thread(target=self._bring_in, name="asura-checkpoint", daemon=True)
            self._beside.start()

    def _bring_in(self) -> None:
        """Bring in what there is while others commit, and make it durable: then little is left for the next one.

        SQLite itself makes it durable only when nothing was committed meanwhile.
        """
        with contextlib.suppress(sqlite3.Error, OSError):
            with contextlib.closing(sqlite3.connect(self._path, isolation_level=None)) as db:
                db.execute(BY_HAND).fetchall()
                _, pages, brought_in = db.execute(PASSIVE).fetchone()
            if brought_in == pages:
                os.fsync(self._file)
                self._little_left = True
