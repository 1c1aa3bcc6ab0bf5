"""The copy of a database that is kept from before a migration: its name, its room on the disk, and how it is made."""

import contextlib
import logging
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from asura.errors import StoreUnavailable
from asura.store import connections, folder, twin
from asura.store.checkpoints import TRUNCATE

LOG = logging.getLogger(__name__)

# What the steps write: they do not read the past (see docs/patterns.md), so it is little beside the copy.
_SHARE, _SPARE = 8, 64 * 1024 * 1024
_SCHEMA = re.compile(r"-schema-(\d+)-[^/]*\.partial$")


def name(path: Path, schema: object, at: str) -> str:
    """Return what such a copy is called."""
    return f"{path.stem}-schema-{schema}-{at}.db"


def keep(path: Path, before: int, after: int, *, now: datetime, later: bool = False) -> Path | None:
    """Copy a database before its migration; nobody of this process has it open, the folder is locked.

    What takes time may be left for later: then nothing is made, and what is to be made is returned.
    """
    target = path.parent / folder.BACKUPS / name(path, before, f"{now:%Y%m%dT%H%M%SZ}")
    folder.make_private(target.parent)
    settled = _settle(path)
    size = path.stat().st_size
    look_at_room(path, 0)
    with failing_in_words(target):
        if settled and twin.share(path, target):
            LOG.info("migrating schema %d to %d; a copy shares its blocks: %s", before, after, target)
            return None
    look_at_room(path, size)
    if settled and later:
        LOG.info("migrating schema %d to %d; %s are copied afterwards: %s", before, after, in_words(size), target)
        return target
    LOG.info("migrating schema %d to %d; a copy of %s is written first: %s", before, after, in_words(size), target)
    with failing_in_words(target):
        try:
            if not settled:
                raise twin.Changed
            twin.copy(path, target)
        except twin.Changed:
            # Somebody else has it open, a tool that replicates it perhaps: SQLite copies around him, and takes longer.
            backup(path, target)
    return None


def unfinished(path: Path, in_file: int, schema: int) -> Path | None:
    """Return the copy that a migration left unfinished, if it can still be made; what else was left is removed.

    It can while the database file is of the schema of before, and what changed it is in its log alone.
    """
    for left in partials(path):
        found = _SCHEMA.search(left.name)
        if found and int(found[1]) == in_file < schema:
            return left.with_name(left.name.removesuffix(twin.PARTIAL))
        if found and int(found[1]) < in_file:
            LOG.error("%s: was not whole yet when something else brought the log into the database: removed", left)
        left.unlink(missing_ok=True)
    return None


def partials(path: Path) -> list[Path]:
    """Return the copies that have a file, but are not whole."""
    return sorted((path.parent / folder.BACKUPS).glob(f"{name(path, '*', '*')}{twin.PARTIAL}"))


def finish(path: Path, target: Path) -> None:
    """Make an unfinished copy now; nobody has the database open, the folder is locked."""
    look_at_room(path, path.stat().st_size - twin.partial_of(target).stat().st_size)
    with failing_in_words(target):
        twin.copy(path, target, beside_log=True)


def backup(path: Path, target: Path) -> None:
    """Copy a database that others may have open, as it is at one moment; the file appears only when it is whole."""
    partial = twin.partial_of(target)
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


def _settle(path: Path) -> bool:
    """Bring the log into the database; return whether nothing is left in it."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        # Not by the connection that writes: opening that one is a first change.
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(TRUNCATE).fetchone()
    return not log.exists() or not log.stat().st_size


@contextlib.contextmanager
def failing_in_words(target: Path) -> Iterator[None]:
    """Say what it means when a copy cannot be written."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"{target}: the copy before the migration could not be written: {error.strerror}. Nothing was changed."
        ) from error
