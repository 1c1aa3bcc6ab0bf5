"""Gaps: stretches in which asura, or a region of its probes, could not watch. One table for all monitors."""

import sqlite3
from datetime import datetime
from typing import Any

import aiosqlite

from asura.domain.instant import at_ms, from_ms
from asura.domain.span import Gap
from asura.store import columns

BEGIN = "INSERT INTO gaps (from_at, to_at, reason, region) VALUES (?, NULL, ?, ?)"
END = "UPDATE gaps SET to_at = ? WHERE id = ?"
OPEN = "SELECT id, from_at, reason FROM gaps WHERE to_at IS NULL AND region = ? ORDER BY id DESC LIMIT 1"
OPEN_REGIONS = "SELECT id, region, reason FROM gaps WHERE to_at IS NULL AND region <> '' ORDER BY id"
# What only kept pings from us says nothing about what we checked: see DEAF_REASONS.
BETWEEN = (
    "SELECT from_at, to_at, reason FROM gaps WHERE to_at > :from_at AND from_at < :to_at "
    "AND reason NOT IN ('restarted', 'own_store') AND region IN ('', :region) "
    "UNION ALL SELECT from_at, to_at, reason FROM gaps WHERE to_at IS NULL AND from_at < :to_at "
    "AND region IN ('', :region) ORDER BY from_at"
)
ENDED_SINCE = "SELECT from_at, to_at, reason FROM gaps WHERE to_at > ? AND region = '' ORDER BY to_at"


def begin(db: sqlite3.Connection, at: datetime, reason: str, region: str = "") -> int:
    """Begin a gap of ours, or of one region, and return its id."""
    return int(db.execute(BEGIN, (at_ms(at), str(reason), region)).lastrowid or 0)


def end(db: sqlite3.Connection, gap_id: int, at: datetime) -> None:
    """End a gap."""
    db.execute(END, (at_ms(at), gap_id))


def open_gap(db: sqlite3.Connection, region: str = "") -> tuple[int, Gap] | None:
    """Return the gap of ours (or of one region) that has no end yet, with its id."""
    row = db.execute(OPEN, (region,)).fetchone()
    return None if row is None else (int(row[0]), Gap(from_ms(row[1]), None, row[2]))


def open_regions(db: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """Return the gaps of regions that have no end yet: id, region and reason."""
    return [(int(row[0]), row[1], row[2]) for row in db.execute(OPEN_REGIONS)]


def ended_since(db: sqlite3.Connection, at: datetime) -> list[Gap]:
    """Return every gap that ended later than `at`, those too in which only pings were missed."""
    return [_gap(row) for row in db.execute(ENDED_SINCE, (at_ms(at),))]


async def between(reader: aiosqlite.Connection, from_at: datetime, to_at: datetime, *, region: str = "") -> list[Gap]:
    """Return our gaps (and those of a region) that reach into a window, uncut, by their begin; not those in which only
    pings were missed.
    """
    query = {"from_at": at_ms(from_at), "to_at": at_ms(to_at), "region": region}
    rows = await reader.execute_fetchall(BETWEEN, query)
    return [_gap(row) for row in rows]


def _gap(row: Any) -> Gap:
    return Gap(from_ms(row[0]), columns.instant(row[1]), row[2])
