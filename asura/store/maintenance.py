"""Maintenance windows as planned, and which of their times were ended early."""

import sqlite3

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.domain.maintenance import Occurrence, Window, WindowConfig
from asura.errors import NotFound

INSERT = "INSERT INTO maintenance (config, ended, created_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
UPDATE = "UPDATE maintenance SET config = ?, ended = ?, updated_at = ? WHERE id = ?"
ALL = "SELECT id, config, ended, created_by, created_at, updated_at FROM maintenance ORDER BY id"
IS_AS_IT_WAS = "SELECT 1 FROM maintenance WHERE id = ? AND updated_at = ?"
DELETE = "DELETE FROM maintenance WHERE id = ?"


def insert(db: sqlite3.Connection, window: Window) -> Window:
    """Store a new window and return it with its id."""
    values = (*_blobs(window), window.created_by, at_ms(window.created_at), at_ms(window.updated_at))
    cursor = db.execute(INSERT, values)
    return msgspec.structs.replace(window, id=int(cursor.lastrowid or 0))


def update(db: sqlite3.Connection, window: Window) -> None:
    """Store a window as it is now; NotFound when it is gone."""
    if not db.execute(UPDATE, (*_blobs(window), at_ms(window.updated_at), window.id)).rowcount:
        raise NotFound(f"there is no maintenance window {window.id}")


def delete(db: sqlite3.Connection, window_id: int) -> None:
    """Delete a window."""
    db.execute(DELETE, (window_id,))


def is_as_it_was(db: sqlite3.Connection, window: Window) -> bool:
    """Return whether nobody has changed or deleted a window meanwhile."""
    return db.execute(IS_AS_IT_WAS, (window.id, at_ms(window.updated_at))).fetchone() is not None


def load_all(db: sqlite3.Connection) -> list[Window]:
    """Return all windows, by id."""
    return [
        Window(
            id=window_id,
            config=msgspec.json.decode(config, type=WindowConfig),
            ended=msgspec.json.decode(ended, type=tuple[Occurrence, ...]),
            created_by=created_by,
            created_at=from_ms(created_at),
            updated_at=from_ms(updated_at),
        )
        for window_id, config, ended, created_by, created_at, updated_at in db.execute(ALL)
    ]


def _blobs(window: Window) -> tuple[bytes, bytes]:
    return msgspec.json.encode(window.config), msgspec.json.encode(window.ended)
