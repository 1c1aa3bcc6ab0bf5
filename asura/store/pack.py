"""Packing: what is in memory of a closed hour becomes one blob, its figures, and what is carried over."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from asura.domain import packing
from asura.domain.instant import at_ms
from asura.domain.packing import HOUR_MS, KEY
from asura.store import carry, rollups, row_ids
from asura.store.memory import Memory, Part

IS_MONITOR = "SELECT 1 FROM monitors WHERE id = ?"
BLOB = "SELECT packed FROM blobs WHERE id = ?"
PUT = (
    "INSERT INTO blobs (id, upto, packed) VALUES (?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET upto = excluded.upto, packed = excluded.packed"
)
TRIM = "DELETE FROM tail WHERE id IN (SELECT id FROM tail WHERE id < ? ORDER BY id LIMIT ?)"
# A check is stored under the instant it began, and may last five minutes: an hour is closed a little later.
GRACE = timedelta(minutes=6)
_TRIM_ROWS = 500


class Packer:
    """Works through the closed hours, a few parts a transaction."""

    def __init__(self, memory: Memory, after_commit: Callable[[Callable[[], None]], None]) -> None:
        self._memory = memory
        self._after_commit = after_commit
        self._queue: list[bytes] = []

    def pack(self, db: sqlite3.Connection, now: datetime, *, limit: int) -> bool:
        """Pack up to `limit` parts; when there are none, trim the tail. Return whether there may be more to do."""
        if not self._queue:
            closed = at_ms(now - GRACE) // HOUR_MS
            self._queue = self._memory.sorted_keys(before_hour=closed)[::-1]
        if not self._queue:
            return self._trim(db)
        keys = [self._queue.pop() for _ in range(min(limit, len(self._queue)))]
        for key in keys:
            part = self._memory.part(key)
            if part is not None:
                self._pack(db, key, part)
        return True

    def _pack(self, db: sqlite3.Connection, key: bytes, part: Part) -> None:
        hour, monitor_id, region = KEY.unpack(key)
        length, upto = len(part.body), part.upto
        if db.execute(IS_MONITOR, (monitor_id,)).fetchone() is not None:
            body, notes = packing.in_order(bytes(part.body), dict(part.notes))
            row = row_ids.row_id(hour, monitor_id, region)
            found = db.execute(BLOB, (row,)).fetchone()
            whole = (body, notes) if found is None else packing.joined([packing.unpack(found[0]), (body, notes)])
            db.execute(PUT, (row, upto, packing.pack(*whole)))
            rollups.add(db, (hour, monitor_id, region), body, whole=whole[0])
            carry.add(db, (hour, monitor_id, region), (body, notes))
        self._after_commit(lambda: self._memory.drop(key, length=length, upto=upto))

    def _trim(self, db: sqlite3.Connection) -> bool:
        # The oldest row that is needed is kept, and with it the last one: ids are made from it.
        return db.execute(TRIM, (self._memory.first_tail_id(), _TRIM_ROWS)).rowcount == _TRIM_ROWS
