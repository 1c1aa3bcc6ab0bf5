"""A look at a database from outside, by whoever does not hold it: nothing is written, and nobody waits for it."""

import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from asura.domain.instant import at_ms
from asura.errors import AsuraError
from asura.store import connections, folder, meta, migrate
from asura.store.seal import Vault

VERSION = "PRAGMA user_version"
CHECK = "PRAGMA quick_check(5)"
SEALED = """\
SELECT config FROM channels WHERE instr(CAST(config AS TEXT), '"$sealed"') > 0
UNION ALL
SELECT config FROM monitors WHERE instr(CAST(config AS TEXT), '"$sealed"') > 0 AND archived_at IS NULL
LIMIT 1"""
CHANNELS = "SELECT slug, config FROM channels"
DEAD = """\
SELECT count(*) FROM notifications
WHERE finished_at IS NOT NULL AND subscriber_id IS NULL AND finished_at > ? AND status = 'dead'"""
FACT = "SELECT value FROM meta WHERE key = ?"
MOST_CHANNELS = 1000
DAY_MS = 86_400_000
# So many steps of SQLite's machine lie between two looks at the clock.
STEPS = 20_000
CHECKED, TOO_LONG = "ok", "too long"


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What a database is: `check` is "ok", "too long", or what is broken; sizes are bytes.

    `sealed`: whether a stored secret opens with the key beside it; None where none is stored, else what is wrong.
    `dead` are the messages that were given up within a day, `channels` settings by slug, with the secrets that open;
    neither is looked for in a database that waits for its migration.
    """

    error: str = ""
    schema: int = 0
    known: int = 0
    check: str = ""
    size: int = 0
    wal: int = 0
    sealed: str | None = None
    held_since: str = ""
    dead: int = 0
    channels: tuple[tuple[str, dict[str, object]], ...] = ()


def inspect(path: Path, *, within: float, now: datetime, still: bool = False) -> Inspection:
    """Return what a database is; its pages are looked at for `within` seconds at most.

    `still`: nobody writes, and its log is empty: then SQLite makes no files beside it either.
    """
    log = path.with_name(f"{path.name}-wal")
    known = max(step.number for step in migrate.steps())
    sizes: dict[str, Any] = {
        "known": known,
        "size": path.stat().st_size,
        "wal": log.stat().st_size if log.exists() else 0,
    }
    try:
        db = connections.open_still(path) if still else connections.open_reader(path)
        try:
            schema = int(db.execute(VERSION).fetchone()[0])
            if schema == 0 or schema > known:
                return Inspection(schema=schema, **sizes)
            current = schema == known
            return Inspection(
                schema=schema,
                check=_check(db, within),
                sealed=_sealed(db, path),
                held_since=_fact(db, meta.HELD_SINCE),
                dead=_dead(db, now) if current else 0,
                channels=_channels(db, path) if current else (),
                **sizes,
            )
        finally:
            db.close()
    except sqlite3.Error as error:
        return Inspection(error=str(error), **sizes)


def _check(db: sqlite3.Connection, within: float) -> str:
    until = time.monotonic() + within
    db.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        rows = [str(row[0]) for row in db.execute(CHECK)]
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            return TOO_LONG
        raise
    finally:
        db.set_progress_handler(None, 0)
    return CHECKED if rows == ["ok"] else "; ".join(" ".join(row.split()) for row in rows)


def _sealed(db: sqlite3.Connection, path: Path) -> str | None:
    row = db.execute(SEALED).fetchone()
    if row is None:
        return None
    try:
        Vault(path.parent).unseal(msgspec.json.decode(row[0]))
    except AsuraError as error:
        return str(error)
    except OSError as error:
        return f"{path.parent / folder.KEY}: {error.strerror}"
    return ""


def _fact(db: sqlite3.Connection, key: str) -> str:
    row = db.execute(FACT, (key,)).fetchone()
    return "" if row is None else str(row[0])


def _dead(db: sqlite3.Connection, now: datetime) -> int:
    return int(db.execute(DEAD, (at_ms(now) - DAY_MS,)).fetchone()[0])


def _channels(db: sqlite3.Connection, path: Path) -> tuple[tuple[str, dict[str, object]], ...]:
    vault, found = Vault(path.parent), []
    for slug, config in db.execute(CHANNELS).fetchmany(MOST_CHANNELS):
        try:
            found.append((str(slug), vault.unseal(msgspec.json.decode(config))))
        except (AsuraError, OSError):
            continue
    return tuple(found)
