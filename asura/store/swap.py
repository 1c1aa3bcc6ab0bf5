"""Puts a restored database in the place of another one, so that one of the two is there whenever it is interrupted.

A mark in the folder says what is to happen: whoever opens the folder next, and holds its lock, finishes it.
"""

import errno
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

import msgspec

from asura.errors import StoreUnavailable
from asura.store import folder, turns

MARK = "restore-in-progress"
INCOMING, REPLACED = ".incoming-", "replaced-"
# The log goes first: beside another database it would be taken for that one's.
OLD = (f"{folder.DATABASE}-wal", f"{folder.DATABASE}-shm", folder.DATABASE, folder.KEY)
NEW = (folder.KEY, folder.DATABASE)
# What a mark may name: folders that lie where it lies, and are called as `swap` calls them.
_INCOMING = re.compile(rf"{re.escape(INCOMING)}[A-Za-z0-9_-]{{1,64}}")
_REPLACED = re.compile(rf"{REPLACED}[0-9]{{8}}T[0-9]{{6}}Z(-[0-9]{{1,6}})?")


class Mark(msgspec.Struct, frozen=True):
    """What is being put in place: the folder it comes from, the folder of the old, and whether the old has gone."""

    incoming: str
    replaced: str
    old_gone: bool = False


def swap(data: Path, prepared: Path, *, at: datetime) -> Path | None:
    """Put what a folder inside `data` holds in place, and return the folder in which the old is kept, if there was any.

    The caller holds the lock of `data`, and everything in `prepared` is durable.
    """
    incoming = data / f"{INCOMING}{prepared.name.lstrip('.')}"
    kept = _free(data / f"{REPLACED}{at:%Y%m%dT%H%M%SZ}")
    prepared.rename(incoming)
    folder.sync_folder(data)
    _put(data, Mark(incoming.name, kept.name))
    finish(data)
    try:
        kept.rmdir()
    except OSError:
        return kept
    return None


def finish(data: Path) -> bool:
    """Finish what was begun, and return whether there was anything; the caller holds the lock.

    What killed runs of backups, restores and rehearsals left goes away too: it holds the key.
    """
    mark = data / MARK
    try:
        found = msgspec.json.decode(mark.read_bytes(), type=Mark) if mark.exists() else None
        if found is not None:
            _refuse_strange(data, found)
            _finish(data, found)
        for left in data.glob(f"{INCOMING}*"):
            shutil.rmtree(left, ignore_errors=True)
        for place in (data, data / folder.BACKUPS):
            turns.sweep(place)
    except (OSError, msgspec.MsgspecError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise StoreUnavailable(
            f"{mark}: a restore was interrupted and cannot be finished: {what}. Repair that, and start again: "
            f"it goes on where it was. What was here before is in {data}/{REPLACED}*."
        ) from error
    return found is not None


def _refuse_strange(data: Path, mark: Mark) -> None:
    """Raise OSError where a mark was not written by `swap`, or what it names leads elsewhere."""
    if not _INCOMING.fullmatch(mark.incoming) or not _REPLACED.fullmatch(mark.replaced):
        raise OSError(errno.EINVAL, "it names other folders than a restore makes")
    for path in (data / mark.incoming, data / mark.replaced, *(data / mark.incoming / name for name in NEW)):
        if path.is_symlink():
            raise OSError(errno.ELOOP, f"{path} is a link")


def _finish(data: Path, mark: Mark) -> None:
    incoming, kept = data / mark.incoming, data / mark.replaced
    if not mark.old_gone:
        kept.mkdir(mode=0o700, exist_ok=True)
        for name in OLD:
            if (data / name).exists():
                (data / name).rename(kept / name)
        folder.sync_folder(kept)
        folder.sync_folder(data)
        _put(data, msgspec.structs.replace(mark, old_gone=True))
    for name in NEW:
        if (incoming / name).exists():
            folder.give_to_owner(incoming / name, data)
            (incoming / name).rename(data / name)
    folder.sync_folder(data)
    (data / MARK).unlink()
    folder.sync_folder(data)


def _put(data: Path, mark: Mark) -> None:
    """Write the mark so that it is whole whenever it has its name."""
    partial = data / f"{MARK}.new"
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(mark))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(data / MARK)
    folder.sync_folder(data)


def _free(path: Path) -> Path:
    """Return a path that is not taken."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found
