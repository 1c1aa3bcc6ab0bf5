"""A small pool of connections that only read, each inside one read transaction at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite

from asura.clock import SystemClock
from asura.errors import StoreUnavailable
from asura.store import connections
from asura.store.durations import Durations

BEGIN = "BEGIN"
ROLLBACK = "ROLLBACK"
# Without a first read the snapshot would be taken only later.
PIN = "SELECT 1 FROM meta LIMIT 1"
_CONNECTIONS = 4


class Readers:
    """Opens its connections when they are first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[aiosqlite.Connection] = []
        self._open: set[aiosqlite.Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_CONNECTIONS)
        self._closed = False
        self.durations = Durations()

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        """Lend a connection that sees the database as it is now, until it is given back.

        Lending and taking back are tasks of their own, so that a cancelled reader leaks no connection.
        """
        clock = SystemClock()
        await self._slots.acquire()
        lending = asyncio.ensure_future(self._lend())
        start = clock.monotonic()
        try:
            yield await asyncio.shield(lending)
        finally:
            self.durations.add(clock.monotonic() - start)
            taking_back = asyncio.ensure_future(self._take_back(lending))
            self._tasks.add(taking_back)
            taking_back.add_done_callback(self._tasks.discard)
            await asyncio.shield(taking_back)

    async def close(self) -> None:
        """Close all connections, also those that somebody still holds."""
        self._closed = True
        for db in list(self._open):
            await self._drop(db)
        self._idle.clear()

    async def _lend(self) -> aiosqlite.Connection:
        """Return a connection inside a read transaction whose moment is now."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        db = self._idle.pop() if self._idle else await self._connect()
        try:
            await db.execute(BEGIN)
            await db.execute_fetchall(PIN)
        except BaseException:
            await self._drop(db)
            raise
        return db

    async def _connect(self) -> aiosqlite.Connection:
        db = await aiosqlite.connect(connections.reader_uri(self._path), uri=True, isolation_level=None)
        self._open.add(db)
        for pragma in connections.READER_PRAGMAS:
            await db.execute(pragma)
        return db

    async def _take_back(self, lending: asyncio.Future[aiosqlite.Connection]) -> None:
        """End the transaction and make room for the next reader; a connection that cannot end it is thrown away."""
        try:
            db = await lending
        except (aiosqlite.Error, ValueError, StoreUnavailable):
            # The reader himself got this error.
            return
        else:
            await self._end(db)
        finally:
            self._slots.release()

    async def _end(self, db: aiosqlite.Connection) -> None:
        try:
            await db.execute(ROLLBACK)
        except (aiosqlite.Error, ValueError):
            await self._drop(db)
        else:
            if not self._closed:
                self._idle.append(db)

    async def _drop(self, db: aiosqlite.Connection) -> None:
        if db in self._open:
            self._open.discard(db)
            with contextlib.suppress(aiosqlite.Error, ValueError):
                await db.close()
