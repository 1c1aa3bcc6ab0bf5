"""Bringing a backup back: everything is verified beside what is there, before anything of it is touched."""

import contextlib
import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from asura.domain import backup
from asura.errors import AsuraError, Conflict, StoreUnavailable
from asura.store import access, archive_reading, audit, connections, folder, genuine, meta, migrate, sealed, snapshot
from asura.store.access import Access
from asura.store.age import Key
from asura.store.archive_reading import Manifest, Unreadable
from asura.store.audit import Entry
from asura.store.snapshot import Shape, Task

SPARE = 32 * 1024 * 1024
_PIECE = 1 << 20


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A verified backup: what it is, and from when. `version` is empty where the file does not say."""

    kind: str
    version: str
    schema: int
    made_at: datetime
    monitors: int
    rows: int


def unpack(path: Path, key: Key, place: Path, task: Task, *, beside: Path | None = None) -> Found:
    """Put what a backup holds into an empty folder, and return what it is; AsuraError unless all of it is good.

    `beside`: the folder whose key opens the secrets of a plain database, which has none with it.
    """
    try:
        kind = archive_reading.kind_of(path)
        if kind == "database":
            return _unpack_database(path, place, task, beside)
        manifest = archive_reading.look(path, key, task, into=place, admit=lambda one: _admit(path, one, place))
    except OSError as error:
        raise StoreUnavailable(
            f"{error.filename or place}: {error.strerror or error}. Nothing was restored."
        ) from error
    copy = place / folder.DATABASE
    _verify(path, copy, task, Shape(manifest.schema, manifest.rows))
    return Found(
        kind=kind,
        version=manifest.version,
        schema=manifest.schema,
        made_at=manifest.made_at.astimezone(UTC),
        monitors=snapshot.monitors_in(copy),
        rows=sum(manifest.rows.values()),
    )


def hold(place: Path, *, at: datetime, made_at: datetime) -> Access:
    """Write into a restored database that nobody is to be told anything yet, and that it was restored.

    Who was signed in then is not any more, and links of then are void. Returns who comes in by what is stored.
    """
    with contextlib.closing(sqlite3.connect(place / folder.DATABASE, isolation_level=None)) as db:
        db.execute(snapshot.UNTRUSTED)
        db.execute(snapshot.FULL)
        db.execute(snapshot.BEGIN_WRITING)
        meta.put(db, meta.HELD_SINCE, at.isoformat())
        meta.remove(db, meta.INSTALLATION)
        access.end_what_is_open(db)
        if int(db.execute(snapshot.SCHEMA).fetchone()[0]) == newest_schema():
            after = {"made_at": made_at.isoformat()}
            entry = Entry(at=at, actor="command line", address="", action="restore", entity="backup", after=after)
            audit.append(db, entry)
        if meta.stored(db, meta.HELD_SINCE) != at.isoformat():
            db.execute(connections.ROLLBACK)
            raise Unreadable("the restored database does not keep that its messages are held. Nothing was restored.")
        found = access.read(db)
        db.execute(snapshot.COMMIT)
    for path in place.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    folder.sync_folder(place)
    return found


def newest_schema() -> int:
    """Return the newest schema that this version knows."""
    return max(step.number for step in migrate.steps())


def _admit(path: Path, manifest: Manifest, place: Path) -> None:
    _refuse_newer(path, manifest.schema, manifest.version)
    _look_at_room(place, manifest.bytes)


def _refuse_newer(path: Path, schema: int, version: str) -> None:
    if schema > newest_schema():
        said = "".join(one for one in version if one.isprintable())[:40]
        by = f"asura {said}" if said else "a newer asura"
        raise StoreUnavailable(
            f"{path}: made by {by} (schema {schema}; this one knows {newest_schema()}). "
            "Restore it with that version, or a newer one."
        )


def _look_at_room(place: Path, needed: int) -> None:
    free = shutil.disk_usage(place).free
    if free < needed + SPARE:
        raise StoreUnavailable(
            f"{place.parent}: {free // 2**20} MiB free, what is inside needs {(needed + SPARE) // 2**20} MiB. "
            "Nothing was restored."
        )


def refuse_open(path: Path) -> None:
    """Raise Unreadable where a log lies beside a database: what was written last is in there."""
    for log in (f"{path}-wal", f"{path}-journal"):
        if os.path.exists(log) and os.path.getsize(log):
            raise Unreadable(f"{path}: {log} belongs to it, and an open database is no backup. Use asura backup.")


def _unpack_database(path: Path, place: Path, task: Task, beside: Path | None) -> Found:
    """Copy a plain database, as migrations leave them, with the key that is in use."""
    copy, size = place / folder.DATABASE, path.stat().st_size
    refuse_open(path)
    _look_at_room(place, size)
    folder.make_private_file(copy)
    done = 0
    with path.open("rb") as source, copy.open("wb") as target:
        while piece := source.read(_PIECE):
            target.write(piece)
            done += len(piece)
            task.at("unpacking", done / size)
    if beside is not None and (content := folder.read_key(beside)) is not None:
        folder.make_private_file(place / folder.KEY)
        (place / folder.KEY).write_bytes(content)
    shape = _verify(path, copy, task, None, beside=beside)
    made_at = backup.of_migration(path.name) or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    rows, monitors = sum(shape.rows.values()), snapshot.monitors_in(copy)
    return Found(kind="database", version="", schema=shape.schema, made_at=made_at, monitors=monitors, rows=rows)


def _verify(path: Path, copy: Path, task: Task, expected: Shape | None, *, beside: Path | None = None) -> Shape:
    """Return what is in a database that was unpacked; AsuraError in words about the backup."""
    try:
        if (wrong := genuine.fault(copy)) is not None:
            raise StoreUnavailable(f"it holds a database, and {wrong}")
        shape = snapshot.verify(copy, task, expected=expected)
    except StoreUnavailable as error:
        raise Unreadable(f"{path}: {str(error).removeprefix(f'{copy}: ')}. It was not used.") from error
    _refuse_newer(path, shape.schema, "")
    try:
        sealed.verify(copy)
    except StoreUnavailable as error:
        if expected is None:
            where = f"the one in {beside}" if (copy.parent / folder.KEY).exists() else "none"
            raise Unreadable(
                f"{path}: its secrets open only with the secret.key that belongs to it, and there is {where}. "
                "Put that key file into the data folder first."
            ) from error
        raise Unreadable(f"{path}: its secrets do not open with the key inside. It was not used.") from error
    return shape


def refuse_running(data: Path) -> int:
    """Take the lock of a data folder, made where it is missing; Conflict in words about a restore."""
    try:
        folder.make_private(data)
        return folder.lock(data)
    except Conflict:
        raise Conflict(
            f"{data}: asura is running on this data. Stop it (systemctl stop asura), restore, and start it again."
        ) from None
    except OSError as error:
        raise AsuraError(f"{data}: {error.strerror}. Run this as the user that asura runs as.") from error
