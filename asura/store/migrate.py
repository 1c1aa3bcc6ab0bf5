"""Bringing a database to the shape that this version knows: forward only, in one transaction, after a copy of it."""

import contextlib
import logging
import shutil
import sqlite3
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from asura.clock import SystemClock
from asura.errors import Conflict, StoreUnavailable
from asura.store import connections, folder, twin

LOG = logging.getLogger(__name__)

VERSION = "PRAGMA user_version"
CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)"
# What the steps write: they do not read the past (see docs/patterns.md), so it is little beside the copy.
_SHARE, _SPARE = 8, 64 * 1024 * 1024
_WAL_HEADER, _FRAME_HEADER = 32, 24


class Step(NamedTuple):
    """One migration: its number, its name, and its SQL."""

    number: int
    name: str
    sql: str


def steps() -> list[Step]:
    """Return all migrations in order."""
    return list(_read())


@cache
def _read() -> tuple[Step, ...]:
    files = [file for file in resources.files("asura.store.migrations").iterdir() if file.name.endswith(".sql")]
    found = [Step(int(file.name[:4]), file.name, file.read_text("utf-8")) for file in files]
    return tuple(sorted(found))


def newest() -> int:
    """Return the schema that this version makes."""
    return steps()[-1].number


def schema_of(path: Path) -> int:
    """Return the schema of a database from its files alone, so that nothing is touched; 0: there is none yet.

    The newest header may still be in the write-ahead log.
    """
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\0"):
        raise StoreUnavailable(f"{path}: this is no database. Restore a backup, or move the file away.")
    in_log = _in_log(path.with_name(f"{path.name}-wal"))
    return int.from_bytes(head[60:64], "big") if in_log is None else in_log


def refuse_newer(path: Path, known: int) -> int:
    """Return the schema of a database; Conflict when it was made by a newer version. Nothing of it is changed."""
    found = schema_of(path)
    if found > known:
        raise Conflict(
            f"{path}: made by a newer asura (schema {found}; this one knows {known}). It was left untouched. "
            f"Use the newer executable again, or go back to what it kept before it migrated: stop asura, put the file "
            f"{path.parent / folder.BACKUPS / _name(path, '*', '*')} from before in its place, and remove "
            f"{path.name}-wal and {path.name}-shm."
        )
    return found


def opened(path: Path, *, now: datetime, known: list[Step] | None = None, copied: bool = False) -> sqlite3.Connection:
    """Return the connection that writes, on a database of the newest schema. The folder is locked by the caller.

    1. A newer database is refused, untouched. 2. Of an older one a copy is made, unless it is `copied` already.
    3. What is missing is applied.
    """
    known = steps() if known is None else known
    before, after = refuse_newer(path, known[-1].number), known[-1].number
    for left in (path.parent / folder.BACKUPS).glob(f"{_name(path, '*', '*')}.partial"):
        # Of a start that was killed while it copied.
        left.unlink(missing_ok=True)
    began = SystemClock().monotonic()
    if 0 < before < after and not copied:
        keep_copy(path, after, now=now)
    kept = SystemClock().monotonic()
    folder.make_private_file(path)
    db = connections.open_writer(path)
    try:
        migrate(db, path, known=known)
    except BaseException:
        db.close()
        raise
    if 0 < before < after:
        took = SystemClock().monotonic() - kept
        LOG.info("migrated schema %d to %d in %.1f s, the copy took %.1f s", before, after, took, kept - began)
    return db


def migrate(db: sqlite3.Connection, path: Path, *, known: list[Step] | None = None) -> list[str]:
    """Apply what is missing, all of it or nothing, and return the names of the steps."""
    version = int(db.execute(VERSION).fetchone()[0])
    missing = [step for step in (steps() if known is None else known) if step.number > version]
    if not missing:
        return []
    whole = "\n;".join([step.sql for step in missing])
    try:
        db.executescript(f"BEGIN IMMEDIATE;\n{whole}\n;PRAGMA user_version={missing[-1].number};\nCOMMIT;")
    except sqlite3.Error as error:
        _undo(db)
        raise StoreUnavailable(
            f"{path}: it could not be migrated from schema {version} to {missing[-1].number}: {error}. It is as it "
            "was: give it room on the disk if that is what is missing and start again, or use the older executable."
        ) from error
    except BaseException:
        _undo(db)
        raise
    return [step.name for step in missing]


def keep_copy(path: Path, after: int, *, now: datetime) -> Path:
    """Copy a database before its migration, and return where; nobody has it open, the folder is locked."""
    target_folder = path.parent / folder.BACKUPS
    folder.make_private(target_folder)
    settled = _settle(path)
    before, size = schema_of(path), path.stat().st_size
    target = target_folder / _name(path, str(before), f"{now:%Y%m%dT%H%M%SZ}")
    LOG.info("migrating schema %d to %d; a copy of %s is written first: %s", before, after, in_words(size), target)
    look_at_room(path, 0)
    try:
        if not settled:
            raise twin.Changed
        twin.copy(path, target, room=lambda: look_at_room(path, size))
    except twin.Changed:
        # Somebody else has it open, a tool that replicates it perhaps: SQLite copies around him, which takes longer.
        look_at_room(path, size)
        backup(path, target)
    except OSError as error:
        raise StoreUnavailable(
            f"{target}: the copy before the migration could not be written: {error.strerror}. Nothing was changed."
        ) from error
    return target


def backup(path: Path, target: Path) -> None:
    """Copy a database that others may have open, as it is at one moment; the file appears only when it is whole."""
    folder.make_private(target.parent) if target.parent.name == folder.BACKUPS else None
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    folder.make_private_file(partial)
    source, made = connections.open_reader(path), sqlite3.connect(partial, isolation_level=None)
    try:
        source.backup(made)
        made.execute("PRAGMA journal_mode=DELETE").fetchall()
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    finally:
        made.close()
        source.close()
    partial.replace(target)
    folder.sync_folder(target.parent)


def room_needed(path: Path, *, shared: bool) -> int:
    """Return how many bytes must be free for a migration; a copy that shares its blocks takes none."""
    size = path.stat().st_size
    return (0 if shared else size) + size // _SHARE + _SPARE


def look_at_room(path: Path, copied: int) -> None:
    """Raise StoreUnavailable when the disk has no room for a migration and so many bytes of a copy."""
    free, needed = shutil.disk_usage(path.parent).free, copied + room_needed(path, shared=True)
    if free < needed:
        raise StoreUnavailable(
            f"{path.parent}: {in_words(free)} are free, a migration needs {in_words(needed)}. Nothing was changed."
        )


def in_words(size: int) -> str:
    """Return a number of bytes for a person."""
    if size >= 10**9:
        return f"{size / 10**9:.1f} GB"
    return f"{size / 10**6:.1f} MB" if size >= 10**6 else f"{size / 1000:.0f} kB"


def _name(path: Path, schema: str, at: str) -> str:
    return f"{path.stem}-schema-{schema}-{at}.db"


def _settle(path: Path) -> bool:
    """Bring the log into the database; return whether nothing is left in it."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        # Not by the connection that writes: opening that one is a first change.
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(CHECKPOINT).fetchone()
    return not log.exists() or not log.stat().st_size


def _undo(db: sqlite3.Connection) -> None:
    with contextlib.suppress(sqlite3.Error):
        if db.in_transaction:
            db.execute("ROLLBACK")


def _in_log(log: Path) -> int | None:
    """Return the schema in the newest header of a write-ahead log that was committed; None when there is none."""
    try:
        file = log.open("rb")
    except FileNotFoundError:
        return None
    found = committed = None
    with file:
        head = file.read(_WAL_HEADER)
        if len(head) < _WAL_HEADER:
            return None
        page = int.from_bytes(head[8:12], "big")
        at, size = _WAL_HEADER, log.stat().st_size
        while at + _FRAME_HEADER + page <= size:
            file.seek(at)
            frame = file.read(_FRAME_HEADER + 64)
            # Frames of an earlier round have other salts.
            if frame[8:16] != head[16:24]:
                break
            if int.from_bytes(frame[:4], "big") == 1:
                found = int.from_bytes(frame[_FRAME_HEADER + 60 : _FRAME_HEADER + 64], "big")
            if int.from_bytes(frame[4:8], "big"):
                committed = found
            at += _FRAME_HEADER + page
    return committed
