"""Monitors as configured."""

import sqlite3
from datetime import datetime
from typing import Any

from asura.domain.instant import at_ms, from_ms
from asura.domain.monitor import Monitor, MonitorConfig
from asura.errors import Conflict, NotFound
from asura.store import heartbeats, purge, row_ids
from asura.store.seal import Vault

COLUMNS = "id, slug, config, generation, managed_by, created_at, updated_at, version"
INSERT = (
    "INSERT INTO monitors (slug, config, generation, managed_by, created_at, updated_at, version) "
    "VALUES (?, ?, 1, ?, ?, ?, 1)"
)
UPDATE = (
    "UPDATE monitors SET slug = ?, config = ?, generation = ?, managed_by = ?, updated_at = ?, version = ? WHERE id = ?"
)
ARCHIVE = "UPDATE monitors SET archived_at = ? WHERE id = ? AND archived_at IS NULL"
UNARCHIVE = "UPDATE monitors SET archived_at = NULL, updated_at = ? WHERE id = ?"
ALL = f"SELECT {COLUMNS} FROM monitors WHERE archived_at IS NULL ORDER BY id"
ARCHIVED = (
    f"SELECT {COLUMNS} FROM monitors WHERE slug = ? AND archived_at IS NOT NULL ORDER BY archived_at DESC LIMIT 1"
)
DELETE = "DELETE FROM monitors WHERE id = ?"
DELETE_SPANS = "DELETE FROM spans WHERE monitor_id = ?"
DELETE_CARRY = "DELETE FROM carry WHERE id BETWEEN ? AND ?"
# An incident that others share stays, without this monitor; its own go, and with them their events and messages.
DELETE_INCIDENTS = """
    DELETE FROM incidents WHERE id IN (SELECT incident_id FROM incident_monitors WHERE monitor_id = :monitor)
    AND NOT EXISTS (SELECT 1 FROM incident_monitors AS other
        WHERE other.incident_id = incidents.id AND other.monitor_id <> :monitor)
"""
DELETE_MEMBERSHIPS = "DELETE FROM incident_monitors WHERE monitor_id = ?"


def insert(
    db: sqlite3.Connection,
    vault: Vault,
    *,
    slug: str,
    config: MonitorConfig,
    now: datetime,
    managed_by: str | None = None,
) -> Monitor:
    """Store a new monitor; Conflict when the slug is taken."""
    stamp = at_ms(now)
    try:
        cursor = db.execute(INSERT, (slug, vault.dump(config), managed_by, stamp, stamp))
    except sqlite3.IntegrityError:
        raise Conflict(f"the slug {slug!r} is taken by another monitor") from None
    return Monitor(
        id=int(cursor.lastrowid or 0),
        slug=slug,
        config=config,
        generation=1,
        managed_by=managed_by,
        created_at=from_ms(stamp),
        updated_at=from_ms(stamp),
    )


def update(db: sqlite3.Connection, vault: Vault, monitor: Monitor) -> None:
    """Store a monitor as it is now; Conflict when its slug is taken, NotFound when it is gone."""
    values = (
        monitor.slug,
        vault.dump(monitor.config),
        monitor.generation,
        monitor.managed_by,
        at_ms(monitor.updated_at),
        monitor.version,
        monitor.id,
    )
    try:
        changed = db.execute(UPDATE, values).rowcount
    except sqlite3.IntegrityError:
        raise Conflict(f"the slug {monitor.slug!r} is taken by another monitor") from None
    if not changed:
        raise NotFound(f"there is no monitor {monitor.id}")


def archive(db: sqlite3.Connection, monitor_id: int, now: datetime) -> None:
    """Put a monitor away with its history; its slug is free again."""
    db.execute(ARCHIVE, (at_ms(now), monitor_id))


def unarchive(db: sqlite3.Connection, monitor_id: int, now: datetime) -> None:
    """Take an archived monitor up again; Conflict when its slug was given away."""
    try:
        db.execute(UNARCHIVE, (at_ms(now), monitor_id))
    except sqlite3.IntegrityError:
        raise Conflict("the slug of the archived monitor is taken by another monitor") from None


def delete(db: sqlite3.Connection, monitor_id: int) -> None:
    """Delete a monitor and everything that is stored of it; call `Results.forget` in the same change.

    What is left of a long history, which nobody can ask for any more, is deleted by the sweep.
    """
    key = {"monitor": monitor_id}
    db.execute(DELETE_INCIDENTS, key)
    db.execute(DELETE_MEMBERSHIPS, (monitor_id,))
    db.execute(DELETE_SPANS, (monitor_id,))
    first = row_ids.series_id(monitor_id, 0)
    db.execute(DELETE_CARRY, (first, first + row_ids.REGIONS - 1))
    purge.begin(db, monitor_id)
    heartbeats.delete(db, monitor_id)
    db.execute(DELETE, (monitor_id,))


def load_all(db: sqlite3.Connection, vault: Vault) -> list[Monitor]:
    """Return all monitors that are not archived, by id."""
    return [_monitor(row, vault) for row in db.execute(ALL)]


def find_archived(db: sqlite3.Connection, vault: Vault, slug: str) -> Monitor | None:
    """Return the monitor that was archived last under a slug."""
    row = db.execute(ARCHIVED, (slug,)).fetchone()
    return None if row is None else _monitor(row, vault)


def _monitor(row: tuple[Any, ...], vault: Vault) -> Monitor:
    monitor_id, slug, config, generation, managed_by, created_at, updated_at, version = row
    return Monitor(
        id=monitor_id,
        slug=slug,
        config=vault.load(config, MonitorConfig),
        generation=generation,
        managed_by=managed_by,
        created_at=from_ms(created_at),
        updated_at=from_ms(updated_at),
        version=version,
    )
