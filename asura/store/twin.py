"""A copy of a database file, made by the kernel: with shared blocks where the file system can, else block by block."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from asura.errors import StoreUnavailable
from asura.store import folder

PARTIAL = ".partial"
# From <linux/fs.h>: both files refer to the same blocks until one of them is written.
FICLONE = 0x40049409
_AT_ONCE = 64 * 1024 * 1024
_CANNOT = frozenset({errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EBADF})
# Bytes of the header by which SQLite tells a database, its page size, and how many pages it has.
_HEADER = 100


class Changed(Exception):
    """Somebody wrote to the database while it was copied."""


def partial_of(target: Path) -> Path:
    """Return what a copy is called before it is whole."""
    return target.with_name(f"{target.name}{PARTIAL}")


def copy(path: Path, target: Path, *, beside_log: bool = False) -> None:
    """Copy a database that nobody has open to a file that appears only when it is whole and durable.

    No connection of this process may be open on it: closing a file gives back the locks that SQLite holds on it.
    Raises Changed when somebody wrote meanwhile, and when there is a log, unless it is wanted without.
    """
    with path.open("rb") as source, _begun(target) as made:
        before = state(source.fileno())
        fill(source.fileno(), made, lambda done, size: None)
        if not beside_log and _has_log(path):
            raise Changed
        finish(source.fileno(), made, target, before)


def share(path: Path, target: Path) -> bool:
    """Do the same at once, if the file system lets two files share blocks; else leave nothing, and return False."""
    with path.open("rb") as source, _begun(target) as made:
        before = state(source.fileno())
        if not _clone(source.fileno(), made):
            partial_of(target).unlink()
            return False
        if _has_log(path):
            raise Changed
        finish(source.fileno(), made, target, before)
    return True


def reserve(target: Path, size: int) -> None:
    """Make the file that a copy will be, with room for all of it; OSError where there is none, and nothing is left."""
    with _begun(target) as made:
        os.posix_fallocate(made, 0, size)
        os.fsync(made)
    folder.sync_folder(target.parent)


def fill(source: int, made: int, pace: Callable[[int, int], None], *, at_once: int = _AT_ONCE) -> None:
    """Copy all bytes of one open file to another, without bringing them here; `pace` is told the bytes done and all."""
    done, size = 0, os.fstat(source).st_size
    while done < size:
        done += _some(source, made, done, min(at_once, size - done))
        pace(done, size)


def finish(source: int, made: int, target: Path, before: tuple[int, int]) -> None:
    """Give a copy its name, once it is durable; Changed when the database is not what it was `before`."""
    os.fsync(made)
    if state(source) != before:
        raise Changed
    size, head = os.fstat(made).st_size, os.pread(made, _HEADER, 0)
    if size != before[0] or head != os.pread(source, _HEADER, 0) or not _is_whole(head, size):
        raise StoreUnavailable(f"{target}: this copy is not like the database. Is the disk sound?")
    partial_of(target).replace(target)
    folder.sync_folder(target.parent)


def state(source: int) -> tuple[int, int]:
    """Return what changes whenever somebody writes to an open file: its size and its time."""
    about = os.fstat(source)
    return about.st_size, about.st_mtime_ns


def can_share(directory: Path) -> bool:
    """Return whether files in a folder can share their blocks, tried on two that have no names."""
    try:
        source, made = (os.open(directory, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600) for _ in range(2))
    except OSError:
        return False
    try:
        os.write(source, bytes(65536))
        return _clone(source, made)
    except OSError:
        return False
    finally:
        os.close(source)
        os.close(made)


@contextlib.contextmanager
def _begun(target: Path) -> Iterator[int]:
    """Yield the descriptor of an empty file that will be a copy; it is gone when that fails.

    One that was there before stays, without its bytes: it says that a copy is still to be made.
    """
    partial = partial_of(target)
    unfinished = partial.exists()
    folder.make_private_file(partial)
    try:
        with partial.open("r+b") as made:
            os.ftruncate(made.fileno(), 0)
            yield made.fileno()
    except BaseException:
        if unfinished:
            os.truncate(partial, 0)
        else:
            partial.unlink(missing_ok=True)
        raise


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _clone(source: int, made: int) -> bool:
    try:
        fcntl.ioctl(made, FICLONE, source)
    except OSError as error:
        if error.errno in _CANNOT:
            return False
        raise
    return True


def _some(source: int, made: int, at: int, count: int) -> int:
    """Copy some bytes and return how many."""
    try:
        moved = os.copy_file_range(source, made, count, at, at)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        os.lseek(made, at, os.SEEK_SET)
        moved = os.sendfile(made, source, at, count)
    if not moved:
        raise StoreUnavailable("the database became shorter while it was copied. Is the disk sound?")
    return moved


def _is_whole(head: bytes, size: int) -> bool:
    """Return whether a file is as long as its header says; a page size of 65,536 is written as 1."""
    page = int.from_bytes(head[16:18], "big")
    return head.startswith(b"SQLite format 3\0") and size == int.from_bytes(head[28:32], "big") * (
        page if page > 1 else 65536
    )
