"""A copy of a database that nobody has open, made by the kernel: with shared blocks where the file system can."""

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from asura.errors import StoreUnavailable
from asura.store import folder

# From <linux/fs.h>: both files refer to the same blocks until one of them is written.
FICLONE = 0x40049409
_AT_ONCE = 64 * 1024 * 1024
_CANNOT = frozenset({errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EBADF})
# Bytes of the header by which SQLite tells a database, its page size, and how many pages it has.
_HEADER = 100


class Changed(Exception):
    """Somebody wrote to the database while it was copied."""


def copy(path: Path, target: Path, *, room: Callable[[], None]) -> bool:
    """Copy a database to a file that appears only when it is whole and durable; return whether the blocks are shared.

    No connection of this process may be open on it: closing a file gives back the locks that SQLite holds on it.
    `room` is called before blocks are written, and raises where there are too few. Raises Changed when somebody
    wrote meanwhile.
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    folder.make_private_file(partial)
    try:
        with path.open("rb") as source, partial.open("r+b") as made:
            before = _state(path, source.fileno())
            shared = _clone(source.fileno(), made.fileno())
            if not shared:
                room()
                _fill(source.fileno(), made.fileno(), before[0])
            os.fsync(made.fileno())
            _compare(path, source.fileno(), made.fileno(), before)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(target)
    folder.sync_folder(target.parent)
    return shared


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


def _clone(source: int, made: int) -> bool:
    try:
        fcntl.ioctl(made, FICLONE, source)
    except OSError as error:
        if error.errno in _CANNOT:
            return False
        raise
    return True


def _fill(source: int, made: int, size: int) -> None:
    done = 0
    while done < size:
        done += _some(source, made, done, min(_AT_ONCE, size - done))


def _some(source: int, made: int, at: int, count: int) -> int:
    """Copy some bytes without bringing them here, and return how many."""
    try:
        moved = os.copy_file_range(source, made, count, at, at)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        os.lseek(made, at, os.SEEK_SET)
        moved = os.sendfile(made, source, at, count)
    if not moved:
        raise StoreUnavailable("the database became shorter while it was copied. Nothing was changed.")
    return moved


def _state(path: Path, source: int) -> tuple[int, int, int]:
    """Return what changes whenever somebody writes: size and time of the file, and size of its log."""
    about, log = os.fstat(source), path.with_name(f"{path.name}-wal")
    return about.st_size, about.st_mtime_ns, log.stat().st_size if log.exists() else 0


def _compare(path: Path, source: int, made: int, before: tuple[int, int, int]) -> None:
    """Raise Changed when the database is not what it was, and StoreUnavailable when the copy is not like it."""
    if _state(path, source) != before or before[2]:
        raise Changed
    size, head = os.fstat(made).st_size, os.pread(made, _HEADER, 0)
    if size != before[0] or head != os.pread(source, _HEADER, 0) or not _is_whole(head, size):
        raise StoreUnavailable(f"the copy of {path} is not like it. Nothing was changed; is the disk sound?")


def _is_whole(head: bytes, size: int) -> bool:
    """Return whether a file is as long as its header says; a page size of 65,536 is written as 1."""
    page = int.from_bytes(head[16:18], "big")
    return head.startswith(b"SQLite format 3\0") and size == int.from_bytes(head[28:32], "big") * (
        page if page > 1 else 65536
    )
