"""The data folder: private to its owner, and held by one process at a time."""

import errno
import fcntl
import os
from pathlib import Path

from asura.errors import Conflict, StoreUnavailable

DATABASE = "asura.db"
LOCK = "asura.lock"
KEY = "secret.key"
BACKUPS = "backups"


def make_private(folder: Path) -> None:
    """Make the folder when it is missing, and let nobody but its owner into it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def lock(folder: Path) -> int:
    """Take the folder for this process and return the lock's descriptor; Conflict when another process has it."""
    descriptor = _open_lock(folder / LOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Conflict(
            f"{folder}: another asura is running on this data. Stop it first, or choose another folder with --data."
        ) from None
    except OSError:
        os.close(descriptor)
        raise
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def _open_lock(path: Path) -> int:
    """Return the file that is written to, and never what somebody has laid a link to."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise StoreUnavailable(f"{path}: is a link, and has to be a file. Remove it.") from None
        raise


def lost(folder: Path) -> str:
    """Return what was lost: a database that is gone or empty beside what only a used one leaves; else nothing."""
    path = folder / DATABASE
    if path.exists() and path.stat().st_size > 0:
        return ""
    backups = sorted(one for one in (folder / BACKUPS).glob("*") if one.is_file() and one.suffix != ".partial")
    left = [*([folder / KEY] if (folder / KEY).exists() else []), *backups[-1:]]
    what = "is empty" if path.exists() else "is gone"
    return f"{path}: {what}, and here was data before: there is {left[-1]}" if left else ""


def unlock(descriptor: int) -> None:
    """Give the folder back. The file stays: removing it would let two processes hold two locks of one name."""
    os.close(descriptor)


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner reads; SQLite gives the files beside it the same rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def read_key(folder: Path) -> bytes | None:
    """Return the key of a data folder, if it has one; one that lies elsewhere is nobody's to copy."""
    path = folder / KEY
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise StoreUnavailable(f"{path}: is a link. Put the file itself there, owned as the folder is.") from None
        raise
    with open(descriptor, "rb") as file:
        return file.read()


def give_to_owner(path: Path, like: Path) -> None:
    """As root, give a file to whom another one belongs: what root leaves in a folder of asura must be asura's."""
    if os.geteuid() == 0 and os.path.lexists(path):
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
