"""Spans as stored: one row for each stretch in one state; the open one has no end."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import aiosqlite

from asura.domain.instant import at_ms, from_ms
from asura.domain.span import Due, Span, apply_gaps, clip, planned_over
from asura.domain.status import Status
from asura.store import columns, gaps

LAST_BEFORE = (
    "SELECT from_at, to_at, status, reason FROM spans "
    "WHERE monitor_id = ? AND region = ? AND from_at < ? ORDER BY from_at DESC LIMIT 1"
)
CUT_AWAY = "DELETE FROM spans WHERE monitor_id = ? AND region = ? AND from_at >= ?"
END = "UPDATE spans SET to_at = ? WHERE monitor_id = ? AND region = ? AND from_at = ?"
BEGIN = "INSERT INTO spans (monitor_id, region, from_at, to_at, status, reason) VALUES (?, ?, ?, NULL, ?, ?)"
COLUMNS = "monitor_id, region, from_at, to_at, status, reason"
OPEN = f"SELECT {COLUMNS} FROM spans WHERE to_at IS NULL"
ENDED_SINCE = f"SELECT {COLUMNS} FROM spans WHERE to_at > ?"
# Spans do not overlap: the last one that began before the window is the first that can reach into it.
READ = f"""
    SELECT {COLUMNS} FROM spans
    WHERE monitor_id = :monitor AND region = :region AND from_at < :to_at AND from_at >= coalesce(
        (SELECT max(from_at) FROM spans WHERE monitor_id = :monitor AND region = :region AND from_at <= :from_at),
        :from_at)
    ORDER BY from_at
"""


def switch(db: sqlite3.Connection, monitor_id: int, region: str, status: Status, reason: str, at: datetime) -> None:
    """End the open span at `at` and begin the next there; what began later is gone, the same state goes on."""
    key, start = (monitor_id, region), at_ms(at)
    db.execute(CUT_AWAY, (*key, start))
    last = db.execute(LAST_BEFORE, (*key, start)).fetchone()
    if last is not None:
        from_at, to_at, old_status, old_reason = last
        if to_at is None or to_at >= start:
            same = (old_status, old_reason) == (status.value, str(reason))
            db.execute(END, (None if same else start, *key, from_at))
            if same:
                return
    db.execute(BEGIN, (*key, start, status.value, str(reason)))


def open_spans(db: sqlite3.Connection) -> list[Span]:
    """Return the open span of each monitor and region."""
    return sorted(_spans(db.execute(OPEN)), key=lambda span: (span.monitor_id, span.region))


def recent(db: sqlite3.Connection, since: datetime) -> list[Span]:
    """Return the spans that end after an instant, and the open ones, by monitor, region and time."""
    found = _spans(db.execute(ENDED_SINCE, (at_ms(since),))) + open_spans(db)
    return sorted(found, key=lambda span: (span.monitor_id, span.region, span.from_at))


async def read(
    reader: aiosqlite.Connection,
    monitor_id: int,
    from_at: datetime,
    to_at: datetime,
    region: str | None = None,
    due: Due | None = None,
) -> list[Span]:
    """Return the spans of a window, cut to it, our own gaps applied; without a region what is believed of the whole.

    `due(gap)` tells whether a check was due inside a gap; without it every gap counts.
    """
    query = {"monitor": monitor_id, "region": region or "", "from_at": at_ms(from_at), "to_at": at_ms(to_at)}
    found = _spans(await reader.execute_fetchall(READ, query))
    if region:
        found = planned_over(found, _spans(await reader.execute_fetchall(READ, {**query, "region": ""})))
    ours = await gaps.between(reader, from_at, to_at, region=region or "")
    return clip(apply_gaps(found, ours, due), from_at, to_at)


def _spans(rows: Iterable[Any]) -> list[Span]:
    return [
        Span(monitor_id, region, Status(status), reason, from_ms(from_at), columns.instant(to_at))
        for monitor_id, region, from_at, to_at, status, reason in rows
    ]
