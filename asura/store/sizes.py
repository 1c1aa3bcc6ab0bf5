"""How much the store holds, and how much more the disk takes."""

import asyncio
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from asura.domain.instant import from_ms
from asura.domain.packing import HOUR_MS
from asura.store import history, row_ids

if TYPE_CHECKING:
    from asura.store.db import Store


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of the database and its log, bytes that are free on its disk, and from when the oldest result is."""

    database_bytes: int
    wal_bytes: int
    free_bytes: int
    oldest_result_at: datetime | None


async def sizes(store: "Store") -> Sizes:
    """Return what the store takes; the disk is asked off the event loop."""
    database, wal, free = await asyncio.to_thread(_on_disk, store.path)
    async with store.read() as reader:
        packed = await history.first_hour(reader, ())
    hour = min(packed, row_ids.TIMES if (open_ := store.results.first_hour()) is None else open_)
    oldest = None if hour >= row_ids.TIMES else from_ms(hour * HOUR_MS)
    return Sizes(database_bytes=database, wal_bytes=wal, free_bytes=free, oldest_result_at=oldest)


def sqlite_version() -> str:
    """Return the version of SQLite that runs."""
    return sqlite3.sqlite_version


def _on_disk(path: Path) -> tuple[int, int, int]:
    wal = path.with_name(f"{path.name}-wal")
    return path.stat().st_size, wal.stat().st_size if wal.exists() else 0, shutil.disk_usage(path.parent).free
