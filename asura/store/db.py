"""The store: one folder, one database, one writer thread, a few readers, and the results of the open hour in memory."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from asura.clock import Clock, SystemClock
from asura.errors import StoreUnavailable
from asura.store import connections, folder, migrate, swap
from asura.store.keeping import Keeping
from asura.store.readers import Readers
from asura.store.results import Results
from asura.store.seal import Vault
from asura.store.writer import Change, Writer

T = TypeVar("T")


class Store:
    """Everything that is kept. Made by `Store.open`."""

    def __init__(self, path: Path, db: sqlite3.Connection, keeping: Keeping | None, *, held: int) -> None:
        self.path = path
        self._held = held
        self._keeping = keeping
        self._closed = False
        self._writer = Writer(path, db, may_checkpoint=lambda: keeping is None or keeping.done)
        self._readers = Readers(path)
        self.vault = Vault(path.parent)
        self.results = Results(self.after_commit)

    @classmethod
    def open(cls, data: Path, *, clock: Clock) -> "Store":
        """Open the store in a folder, which is made when missing.

        1. Lock the folder (Conflict when another process has it), and finish a restore that was interrupted.
        2. Refuse to begin anew where a database was lost, and a newer one (Conflict). 3. Migrate. The copy of before
        may still be written after this.
        StoreUnavailable where the disk does not let us.
        """
        try:
            folder.make_private(data)
            held = folder.lock(data)
        except OSError as error:
            raise StoreUnavailable(
                f"{data}: {error.strerror}. asura needs a folder that it may write to; choose one with --data."
            ) from error
        path = data / folder.DATABASE
        try:
            swap.finish(data)
            if was := folder.lost(data):
                anew = f"To begin anew, move {folder.KEY} and {folder.BACKUPS}/ away."
                raise StoreUnavailable(f"{was}. Restore a backup (`asura restore FILE`), or put the file back. {anew}")
            db, keeping = migrate.opened_at_once(path, now=clock.now())
            try:
                connections.prove_writable(db)
                return cls(path, db, keeping, held=held)
            except BaseException:
                _end(db, keeping)
                raise
        except BaseException as error:
            folder.unlock(held)
            if isinstance(error, (OSError, sqlite3.Error)):
                what = getattr(error, "strerror", None) or str(error)
                writable = "It must be a file that asura may write to, on a disk with room."
                advice = connections.RESTORE if connections.is_damaged(error) else writable
                raise StoreUnavailable(f"{path}: {what}. {advice}") from error
            raise

    async def write(self, change: Callable[[sqlite3.Connection], T], *, urgent: bool = True) -> T:
        """Run `change` on the writer thread and return its value once it is durable.

        It is committed together with all others that wait, and fails alone; StoreUnavailable when the commit fails.
        A change that is not urgent waits up to a second for company. A cancelled caller does not cancel the change.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        # On the writer's thread it is still known who acts, and in which request.
        context = copy_context()
        self._writer.submit(Change(lambda db: context.run(change, db), urgent=urgent, future=future))
        value: T = await future
        return value

    def read(self) -> contextlib.AbstractAsyncContextManager[aiosqlite.Connection]:
        """Lend a read-only connection inside one read transaction."""
        return self._readers.read()

    def after_commit(self, hook: Callable[[], None]) -> None:
        """Inside a change: run `hook` on the writer thread once the change is durable."""
        self._writer.after_commit(hook)

    @property
    def healthy(self) -> bool:
        """Return whether the last commit went well."""
        return not self._writer.failing

    def commit_s(self) -> float:
        """Return for how many seconds the commit that runs now has been at it; 0 when none does."""
        began = self._writer.began
        return SystemClock().monotonic() - began if began is not None else 0.0

    def stats(self) -> dict[str, Any]:
        """Return the counters of the store and, for `read` and `write`, how long queries took."""
        writer = self._writer
        return {
            "rows": self.results.appended,
            "open_results": self.results.held(),
            "changes": writer.changes,
            "commits": writer.commits,
            "failed_commits": writer.failures,
            "seconds": writer.busy_seconds,
            "wal_bytes": writer.wal_bytes(),
            "database_bytes": self.path.stat().st_size,
            "queries": {"read": self._readers.durations.view(), "write": writer.durations.view()},
        }

    async def close(self) -> None:
        """Write what is queued, checkpoint, and give the folder back."""
        if self._closed:
            return
        self._closed = True
        await self._readers.close()
        if self._keeping is not None:
            await asyncio.to_thread(self._keeping.stop)
        await asyncio.to_thread(self._writer.close)
        if self._keeping is not None:
            self._keeping.close()
        folder.unlock(self._held)


def _end(db: sqlite3.Connection, keeping: Keeping | None) -> None:
    if keeping is not None:
        keeping.stop()
    db.close()
    if keeping is not None:
        keeping.close()
