"""What subscribers of status pages were told of planned work, so that nothing is told twice."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from asura.domain.instant import at_ms, from_ms
from asura.store import columns

MARK = "INSERT OR IGNORE INTO maintenance_told (page_id, window_id, starts_at, what) VALUES (?, ?, ?, ?)"
ALL = "SELECT page_id, window_id, starts_at, what FROM maintenance_told"
OF_WINDOW = """
    SELECT page_id, window_id, starts_at, what FROM maintenance_told
    WHERE page_id IN (SELECT value FROM json_each(?)) AND window_id = ?
"""
TAKE_BACK = "DELETE FROM maintenance_told WHERE (page_id, window_id, starts_at, what) = (?, ?, ?, ?)"
FORGET = "DELETE FROM maintenance_told WHERE starts_at < ?"

# The page, the window, when that time of it begins, and what was told.
Told = tuple[int, int, datetime, str]


def mark(db: sqlite3.Connection, told: Told) -> bool:
    """Note that something was told; return whether it was not before."""
    page_id, window_id, starts_at, what = told
    return bool(db.execute(MARK, (page_id, window_id, at_ms(starts_at), what)).rowcount)


def take_back(db: sqlite3.Connection, told: Told) -> None:
    """Note that something is to be told again."""
    page_id, window_id, starts_at, what = told
    db.execute(TAKE_BACK, (page_id, window_id, at_ms(starts_at), what))


def of_window(db: sqlite3.Connection, page_ids: Iterable[int], window_id: int) -> set[Told]:
    """Return everything that some pages told of a window."""
    query = columns.to_json(list(page_ids)).decode(), window_id
    return {(page_id, id_, from_ms(at), what) for page_id, id_, at, what in db.execute(OF_WINDOW, query)}


def load(db: sqlite3.Connection, since: datetime) -> set[Told]:
    """Return what was told of times that began since an instant, and forget all that is older."""
    db.execute(FORGET, (at_ms(since),))
    return {(page_id, window_id, from_ms(at), what) for page_id, window_id, at, what in db.execute(ALL)}
