"""Single facts about this installation, by name."""

import sqlite3

import aiosqlite

GET = "SELECT value FROM meta WHERE key = ?"
REMOVE = "DELETE FROM meta WHERE key = ?"
PUT = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

# Written by a restore: since then nobody is told anything until somebody says so.
HELD_SINCE = "held_since"

# Which asura this is, by eight random digits: of what lies in a bucket, only its own is deleted. A restored one is
# another.
INSTALLATION = "installation"


async def get(reader: aiosqlite.Connection, key: str) -> str | None:
    """Return a fact; None when it was never put."""
    rows = list(await reader.execute_fetchall(GET, (key,)))
    return str(rows[0][0]) if rows else None


def stored(db: sqlite3.Connection, key: str) -> str | None:
    """Return a fact inside a change; None when it was never put."""
    row = db.execute(GET, (key,)).fetchone()
    return None if row is None else str(row[0])


def put(db: sqlite3.Connection, key: str, value: str) -> None:
    """Keep a fact."""
    db.execute(PUT, (key, value))


def remove(db: sqlite3.Connection, key: str) -> None:
    """Forget a fact."""
    db.execute(REMOVE, (key,))
