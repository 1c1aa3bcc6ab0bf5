"""Bringing a database to the shape that this version knows: forward only, one transaction a step, after a backup."""

import shutil
import sqlite3
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from asura.errors import Conflict, StoreUnavailable
from asura.store import connections, folder

VERSION = "PRAGMA user_version"
# A step may rewrite every table, and the backup is a copy of all of it.
_ROOM = 3
_SPARE = 32 * 1024 * 1024


class Step(NamedTuple):
    """One migration: its number, its name, and its SQL."""

    number: int
    name: str
    sql: str


def steps() -> list[Step]:
    """Return all migrations in order."""
    files = [file for file in resources.files("asura.store.migrations").iterdir() if file.name.endswith(".sql")]
    found = [Step(int(file.name[:4]), file.name, file.read_text("utf-8")) for file in files]
    return sorted(found)


def refuse_newer(path: Path, known: int) -> None:
    """Raise Conflict when the database was made by a newer version. Nothing of it is changed."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        head = file.read(100)
    found = int.from_bytes(head[60:64], "big")
    if found <= known:
        # The newest header may still be in the write-ahead log.
        db = connections.open_reader(path)
        try:
            found = int(db.execute(VERSION).fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"{path}: {error}. Restore a backup, or move the file away.") from error
        finally:
            db.close()
    if found > known:
        raise Conflict(
            f"{path}: made by a newer asura (schema {found}; this one knows {known}). "
            "It was left untouched. Use the newer executable, or restore the backup made before its migration."
        )


def migrate(db: sqlite3.Connection, path: Path, *, now: datetime, known: list[Step] | None = None) -> list[str]:
    """Apply what is missing and return the names of the steps; a database with content is backed up first."""
    version = int(db.execute(VERSION).fetchone()[0])
    missing = [step for step in (steps() if known is None else known) if step.number > version]
    if missing and version > 0:
        _look_at_free_disk(path)
        target = path.parent / folder.BACKUPS / f"{path.stem}-schema-{version}-{now:%Y%m%dT%H%M%SZ}.db"
        backup(path, target)
    for step in missing:
        _apply(db, step)
    return [step.name for step in missing]


def backup(path: Path, target: Path) -> None:
    """Copy a database, as it is at one moment, to a file that appears only when it is whole."""
    folder.make_private(target.parent) if target.parent.name == folder.BACKUPS else None
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    folder.make_private_file(partial)
    source, copy = connections.open_reader(path), sqlite3.connect(partial, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    finally:
        copy.close()
        source.close()
    partial.replace(target)
    folder.sync_folder(target.parent)


def _look_at_free_disk(path: Path) -> None:
    size = path.stat().st_size
    free = shutil.disk_usage(path.parent).free
    needed = _ROOM * size + _SPARE
    if free < needed:
        raise StoreUnavailable(
            f"{path.parent}: {free // 2**20} MiB free, a migration needs {needed // 2**20} MiB. Nothing was changed."
        )


def _apply(db: sqlite3.Connection, step: Step) -> None:
    """Run one step and set the version, in one transaction."""
    try:
        db.executescript(f"BEGIN IMMEDIATE;\n{step.sql}\n;PRAGMA user_version={step.number};\nCOMMIT;")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
