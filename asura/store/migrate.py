"""Bringing a database to the shape that this version knows: forward only, in one transaction, after a copy of it."""

import contextlib
import logging
import sqlite3
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from asura.clock import SystemClock
from asura.errors import Conflict, StoreUnavailable
from asura.store import connections, copies, folder
from asura.store.keeping import Keeping

LOG = logging.getLogger(__name__)

VERSION = "PRAGMA user_version"
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
    in_file = schema_in_file(path)
    in_log = _in_log(path.with_name(f"{path.name}-wal")) if path.exists() and path.stat().st_size else None
    return in_file if in_log is None else in_log


def schema_in_file(path: Path) -> int:
    """Return the schema of the database file alone, without its log; 0: there is none yet."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\0"):
        raise StoreUnavailable(f"{path}: this is no database. Restore a backup, or move the file away.")
    return int.from_bytes(head[60:64], "big")


def refuse_newer(path: Path, known: int) -> int:
    """Return the schema of a database; Conflict when it was made by a newer version. Nothing of it is changed."""
    found = schema_of(path)
    if found > known:
        raise Conflict(
            f"{path}: made by a newer asura (schema {found}; this one knows {known}). It was left untouched. "
            f"Use the newer executable again, or go back to what it kept before it migrated: stop asura, put the file "
            f"{path.parent / folder.BACKUPS / copies.name(path, '*', '*')} from before in its place, and remove "
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
    if (left := copies.unfinished(path, schema_in_file(path), before)) is not None:
        copies.finish(path, left)
    if 0 < before < after and not copied:
        copies.keep(path, before, after, now=now)
    return _opened(path, None, known)


def opened_at_once(path: Path, *, now: datetime) -> tuple[sqlite3.Connection, Keeping | None]:
    """Do the same, but copy while the database is already in use, where a copy takes time.

    Nothing of the log may be moved into the database until what is returned beside the connection is `done`.
    """
    known = steps()
    before, after = refuse_newer(path, known[-1].number), known[-1].number
    left = copies.unfinished(path, schema_in_file(path), before)
    if 0 < before < after:
        if left is not None:
            copies.finish(path, left)
        left = copies.keep(path, before, after, now=now, later=True)
    if left is None:
        return _opened(path, None, known), None
    with copies.failing_in_words(left):
        keeping = Keeping(path, left)
    try:
        db = _opened(path, keeping, known)
    except BaseException:
        # Where nothing was migrated, the room is given back.
        keeping.close(needed=schema_of(path) > schema_in_file(path))
        raise
    keeping.begin()
    return db, keeping


def _opened(path: Path, keeping: Keeping | None, known: list[Step]) -> sqlite3.Connection:
    began = SystemClock().monotonic()
    folder.make_private_file(path)
    db = connections.open_writer(path)
    try:
        if keeping is not None:
            keeping.pin()
        # All of them: it is a new one.
        if 0 < len(migrate(db, path, known=known)) < len(known):
            LOG.info("at schema %d, after %.1f s", known[-1].number, SystemClock().monotonic() - began)
    except BaseException:
        db.close()
        raise
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
