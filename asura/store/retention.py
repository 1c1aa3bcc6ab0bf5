"""What is too old goes, in small steps."""

import sqlite3
from datetime import datetime, timedelta

import msgspec

from asura.domain.instant import at_ms
from asura.domain.packing import HOUR_MS
from asura.store import bulletins, pings, posts, purge, row_ids, subscribers

BLOBS = "DELETE FROM blobs WHERE id IN (SELECT id FROM blobs WHERE id < ? ORDER BY id LIMIT ?)"
HOURS = "DELETE FROM hours WHERE id IN (SELECT id FROM hours WHERE id < ? ORDER BY id LIMIT ?)"
EVIDENCE = "DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE at < ? LIMIT ?)"
NOTIFICATIONS = """
    DELETE FROM notifications WHERE id IN (
        SELECT id FROM notifications WHERE finished_at < ? AND subscriber_id IS NULL LIMIT ?)
"""
INCIDENTS = "DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE resolved_at < ? LIMIT ?)"
FREE_PAGES = "PRAGMA freelist_count"
PAGES = "PRAGMA page_count"
VACUUM = "PRAGMA incremental_vacuum(1)"
# A quarter of the file may be free: the tail of the next hour needs it again.
_FREE_SHARE = 4
_FREE_ENOUGH = 4096
_PAGES_A_STEP = 256


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """For how many days each kind of thing is kept; days' figures, spans and gaps stay for ever."""

    raw_days: int = 30
    hourly_days: int = 400
    evidence_days: int = 90
    incident_days: int = 1095
    notification_days: int = 400
    ping_days: int = 90


def sweep(db: sqlite3.Connection, now: datetime, keep: Retention, *, limit: int = 200) -> bool:
    """Delete up to `limit` rows of one kind that are too old or orphaned; return whether there may be more to do."""
    steps = (
        (BLOBS, _hour_id(now, keep.raw_days)),
        (HOURS, _hour_id(now, keep.hourly_days)),
        (EVIDENCE, _instant(now, keep.evidence_days)),
        (NOTIFICATIONS, _instant(now, keep.notification_days)),
        (INCIDENTS, _instant(now, keep.incident_days)),
    )
    for query, before in steps:
        if db.execute(query, (before, limit)).rowcount:
            return True
    if posts.sweep(db, now - timedelta(days=keep.incident_days), limit=limit):
        return True
    if subscribers.sweep(db, now, limit=limit) or bulletins.sweep(db, now, limit=limit):
        return True
    if purge.go_on(db) or pings.sweep(db, now, days=keep.ping_days, limit=limit):
        return True
    return _give_back(db)


def _give_back(db: sqlite3.Connection) -> bool:
    """Give some free pages back to the disk when a good part of the file is free."""
    free, pages = (int(db.execute(query).fetchone()[0]) for query in (FREE_PAGES, PAGES))
    if free < _FREE_ENOUGH or free * _FREE_SHARE < pages:
        return False
    # Executed like this the pragma frees one page, whatever number it is given.
    for _ in range(_PAGES_A_STEP):
        db.execute(VACUUM)
    return True


def _instant(now: datetime, days: int) -> int:
    return at_ms(now - timedelta(days=days))


def _hour_id(now: datetime, days: int) -> int:
    return row_ids.row_id(max(0, _instant(now, days) // HOUR_MS), 0, 0)
