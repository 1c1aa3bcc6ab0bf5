"""The history of a deleted monitor goes in steps: its rows lie an hour apart, each on a page of its own."""

import sqlite3
from collections.abc import Mapping

TABLES = ("blobs", "hours", "days")
# A step of this many hours (or days) takes some 10 ms when the monitor has been checked in each of them.
SLOTS = 500
DELETES: Mapping[str, str] = {
    table: f"""
    WITH RECURSIVE stretch (time) AS (SELECT :first UNION ALL SELECT time + 1 FROM stretch WHERE time < :last)
    DELETE FROM {table} WHERE id IN (
        SELECT found.id FROM stretch CROSS JOIN {table} AS found ON found.id
        BETWEEN ((stretch.time << 43) | (:monitor << 12)) AND ((stretch.time << 43) | (:monitor << 12) | 4095))
    """
    for table in TABLES
}
BOUNDS: Mapping[str, str] = {
    table: f"SELECT (SELECT min(id) FROM {table}) >> 43, (SELECT max(id) FROM {table}) >> 43" for table in TABLES
}
NEXT = "SELECT monitor_id, source, next FROM purges ORDER BY monitor_id LIMIT 1"
PUT = (
    "INSERT INTO purges (monitor_id, source, next) VALUES (?, ?, ?) "
    "ON CONFLICT (monitor_id, source) DO UPDATE SET next = excluded.next"
)
DONE = "DELETE FROM purges WHERE monitor_id = ? AND source = ?"


def begin(db: sqlite3.Connection, monitor_id: int) -> None:
    """Delete the first stretch of each table, and note where `go_on` has to go on. A young history is gone at once."""
    for table in TABLES:
        _step(db, table, monitor_id, start=0)


def go_on(db: sqlite3.Connection) -> bool:
    """Delete one more stretch; return whether there was one."""
    row = db.execute(NEXT).fetchone()
    if row is None:
        return False
    monitor_id, table, start = row
    _step(db, table, monitor_id, start=start)
    return True


def _step(db: sqlite3.Connection, table: str, monitor_id: int, *, start: int) -> None:
    first, last = db.execute(BOUNDS[table]).fetchone()
    begin_at = None if first is None else max(first, start)
    if begin_at is None or begin_at > last:
        db.execute(DONE, (monitor_id, table))
        return
    end = min(last, begin_at + SLOTS - 1)
    db.execute(DELETES[table], {"first": begin_at, "last": end, "monitor": monitor_id})
    if end < last:
        db.execute(PUT, (monitor_id, table, end + 1))
    else:
        db.execute(DONE, (monitor_id, table))
