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
        self._slots = asyncio.Semaphore(_CONNECTIONS)
        self._closed = False
        self.durations = Durations()

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        """Lend a connection that sees the database as it is now, until it is given back."""
        clock = SystemClock()
        async with self._slots:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            db = self._idle.pop() if self._idle else await self._connect()
            start = clock.monotonic()
            try:
                await db.execute(BEGIN)
                async with db.execute(PIN) as cursor:
                    await cursor.fetchall()
                yield db
            finally:
                self.durations.add(clock.monotonic() - start)
                await self._give_back(db)

    async def close(self) -> None:
        """Close all connections, also those that somebody still holds."""
        self._closed = True
        for db in list(self._open):
            await self._drop(db)
        self._idle.clear()

    async def _connect(self) -> aiosqlite.Connection:
        db = await aiosqlite.connect(connections.reader_uri(self._path), uri=True, isolation_level=None)
        self._open.add(db)
        for pragma in connections.READER_PRAGMAS:
            await db.execute(pragma)
        return db

    async def _give_back(self, db: aiosqlite.Connection) -> None:
        """End the transaction. Shielded, because a reader that is cancelled twice must not leak the connection."""
        await asyncio.shield(self._end(db))

    async def _end(self, db: aiosqlite.Connection) -> None:
        try:
            if db.in_transaction:
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
