"""Probes as they are enrolled, their keys as hashes, and which of their batches were taken."""

import sqlite3
from datetime import datetime

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.domain.probe import Probe
from asura.errors import Conflict, NotFound
from asura.store import columns

INSERT = "INSERT INTO probes (region, name, hash, created_by, created_at, version) VALUES (?, ?, ?, ?, ?, ?)"
UPDATE = "UPDATE probes SET name = ?, hash = ? WHERE id = ?"
TOUCH = "UPDATE probes SET version = ?, last_seen_at = ? WHERE id = ?"
DELETE = "DELETE FROM probes WHERE id = ?"
DELETE_BATCHES = "DELETE FROM probe_batches WHERE probe_id = ?"
ALL = "SELECT id, region, name, hash, created_by, created_at, version, last_seen_at FROM probes ORDER BY id"
TAKEN = "SELECT probe_id, boot, taken FROM probe_batches"
# A batch of a probe that was revoked meanwhile leaves nothing behind.
SAVE_TAKEN = """
    INSERT INTO probe_batches (probe_id, boot, taken, last_at)
    SELECT :probe_id, :boot, :taken, :at WHERE EXISTS (SELECT 1 FROM probes WHERE id = :probe_id)
    ON CONFLICT (probe_id, boot) DO UPDATE SET taken = excluded.taken, last_at = excluded.last_at
"""
PURGE = "DELETE FROM probe_batches WHERE last_at < ?"


def insert(db: sqlite3.Connection, probe: Probe) -> Probe:
    """Store a new probe and return it with its id; Conflict when its region has one of that name."""
    values = (probe.region, probe.name, probe.hash, probe.created_by, at_ms(probe.created_at), probe.version)
    try:
        cursor = db.execute(INSERT, values)
    except sqlite3.IntegrityError:
        raise _taken(probe) from None
    return msgspec.structs.replace(probe, id=int(cursor.lastrowid or 0))


def update(db: sqlite3.Connection, probe: Probe) -> None:
    """Store the name and the key of a probe; Conflict when the name is taken, NotFound when it is gone."""
    try:
        changed = db.execute(UPDATE, (probe.name, probe.hash, probe.id)).rowcount
    except sqlite3.IntegrityError:
        raise _taken(probe) from None
    if not changed:
        raise NotFound(f"there is no probe {probe.id}")


def touch(db: sqlite3.Connection, probe_id: int, version: str, at: datetime) -> None:
    """Note when a probe was last heard, and its version; callers do so once a minute at most."""
    db.execute(TOUCH, (version, at_ms(at), probe_id))


def delete(db: sqlite3.Connection, probe_id: int) -> None:
    """Delete a probe, and what is known of its batches; what it found stays."""
    db.execute(DELETE_BATCHES, (probe_id,))
    db.execute(DELETE, (probe_id,))


def load_all(db: sqlite3.Connection) -> list[Probe]:
    """Return all probes, by id."""
    return [
        Probe(
            id=probe_id,
            region=region,
            name=name,
            hash=digest,
            created_by=created_by,
            created_at=from_ms(created_at),
            version=version,
            last_seen_at=columns.instant(seen_at),
        )
        for probe_id, region, name, digest, created_by, created_at, version, seen_at in db.execute(ALL)
    ]


def load_taken(db: sqlite3.Connection) -> dict[tuple[int, str], bytes]:
    """Return which batches were taken, by probe and process, as `save_taken` was given it."""
    return {(probe_id, boot): taken for probe_id, boot, taken in db.execute(TAKEN)}


def save_taken(db: sqlite3.Connection, probe_id: int, boot: str, taken: bytes, at: datetime) -> None:
    """Store which batches of a probe's process were taken."""
    db.execute(SAVE_TAKEN, {"probe_id": probe_id, "boot": boot, "taken": taken, "at": at_ms(at)})


def purge(db: sqlite3.Connection, before: datetime) -> int:
    """Forget the processes whose last batch came before an instant, and return how many these were."""
    return db.execute(PURGE, (at_ms(before),)).rowcount


def _taken(probe: Probe) -> Conflict:
    return Conflict(f"the region {probe.region!r} has a probe that is called {probe.name!r} already")
