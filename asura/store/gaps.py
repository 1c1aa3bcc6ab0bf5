"""Our own gaps: stretches in which asura could not watch. One table for all monitors."""

import sqlite3
from datetime import datetime
from typing import Any

import aiosqlite

from asura.clock import at_ms, from_ms
from asura.domain.span import Gap
from asura.store import columns

BEGIN = "INSERT INTO gaps (from_at, to_at, reason) VALUES (?, NULL, ?)"
END = "UPDATE gaps SET to_at = ? WHERE id = ?"
OPEN = "SELECT id, from_at, reason FROM gaps WHERE to_at IS NULL ORDER BY id DESC LIMIT 1"
# What only kept pings from us says nothing about what we checked: see DEAF_REASONS.
BETWEEN = (
    "SELECT from_at, to_at, reason FROM gaps WHERE to_at > :from_at AND from_at < :to_at "
    "AND reason NOT IN ('restarted', 'own_store') "
    "UNION ALL SELECT from_at, to_at, reason FROM gaps WHERE to_at IS NULL AND from_at < :to_at ORDER BY from_at"
)
ENDED_SINCE = "SELECT from_at, to_at, reason FROM gaps WHERE to_at > ? ORDER BY to_at"


def begin(db: sqlite3.Connection, at: datetime, reason: str) -> int:
    """Begin a gap and return its id."""
    return int(db.execute(BEGIN, (at_ms(at), str(reason))).lastrowid or 0)


def end(db: sqlite3.Connection, gap_id: int, at: datetime) -> None:
    """End a gap."""
    db.execute(END, (at_ms(at), gap_id))


def open_gap(db: sqlite3.Connection) -> tuple[int, Gap] | None:
    """Return the gap that has no end yet, with its id."""
    row = db.execute(OPEN).fetchone()
    return None if row is None else (int(row[0]), Gap(from_ms(row[1]), None, row[2]))


def ended_since(db: sqlite3.Connection, at: datetime) -> list[Gap]:
    """Return every gap that ended later than `at`, those too in which only pings were missed."""
    return [_gap(row) for row in db.execute(ENDED_SINCE, (at_ms(at),))]


async def between(reader: aiosqlite.Connection, from_at: datetime, to_at: datetime) -> list[Gap]:
    """Return the gaps that reach into a window, uncut, by their begin; not those in which only pings were missed."""
    rows = await reader.execute_fetchall(BETWEEN, {"from_at": at_ms(from_at), "to_at": at_ms(to_at)})
    return [_gap(row) for row in rows]


def _gap(row: Any) -> Gap:
    return Gap(from_ms(row[0]), columns.instant(row[1]), row[2])
