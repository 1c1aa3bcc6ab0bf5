"""`asura doctor` looks at the data folder: whose it is, on what disk, with how much room, and who holds it."""

import os
import pwd
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from asura.cli.doctor_disk import file_system, fsync_ms
from asura.cli.doctor_finding import Finding, amount, ok, problem, warn
from asura.store import folder

# SQLite's write-ahead log needs memory that all processes share, and locks that hold.
NETWORK_DISKS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "afs", "beegfs", "fuse"}
FLEETING_DISKS = {"tmpfs", "ramfs"}
LAYERS = {"overlay", "aufs"}
LITTLE_ROOM, NO_ROOM, FULL = 1 << 30, 128 << 20, 1 << 20
FEW_INODES = 1000
SLOW_FSYNC_MS = 50.0


class DataFolder(msgspec.Struct, frozen=True, kw_only=True):
    """What the data folder is. Sizes are bytes; `disk` is the type of its file system."""

    path: str
    there: bool
    mode: int = 0o700
    owner: str = ""
    strangers: tuple[str, ...] = ()
    # Whose the strangers are, where that is one user.
    strangers_of: str = ""
    disk: str = ""
    read_only: bool = False
    writable: bool = True
    # Whether we may look into it: else nobody knows who holds it.
    open_to_us: bool = True
    free: int = 0
    inodes: int | None = None
    database: int = 0
    fsync_ms: float | None = None
    holder: int | None = None
    holder_user: str = ""
    we: str = ""
    leftovers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


def look(data: Path) -> DataFolder:
    """Return what is there; a file is written for a moment to see how long the disk takes."""
    path = data.absolute()
    we = user(os.geteuid())
    try:
        found = path.stat()
    except OSError as error:
        above = next(one for one in path.parents if _may(one, os.X_OK))
        hidden = isinstance(error, PermissionError)
        writable, disk = not hidden and _may(above, os.W_OK), _disk(above)
        return DataFolder(
            path=str(path), there=hidden, owner="?", we=we, writable=writable, open_to_us=not hidden, **disk
        )
    holder = lock_holder(path / folder.LOCK)
    open_to_us = _may(path, os.R_OK | os.X_OK)
    names = [one for one in path.iterdir() if not one.is_symlink()] if open_to_us else []
    database = path / folder.DATABASE
    strangers = {one.name: user(one.stat().st_uid) for one in names if one.stat().st_uid != found.st_uid}
    return DataFolder(
        path=str(path),
        there=True,
        mode=stat.S_IMODE(found.st_mode),
        owner=user(found.st_uid),
        strangers=tuple(sorted(strangers)),
        strangers_of=next(iter(strangers.values())) if len(set(strangers.values())) == 1 else "",
        writable=open_to_us and _may(path, os.W_OK),
        open_to_us=open_to_us,
        database=database.stat().st_size if open_to_us and database.exists() else 0,
        fsync_ms=fsync_ms(path),
        holder=holder,
        holder_user=user(_user_of(holder)) if holder else "",
        we=we,
        leftovers=_leftovers(path) if open_to_us else (),
        links=tuple(one.name for one in names if one.name in ("setup-link", "first-admin-key")),
        replaced=tuple(sorted(one.name for one in names if one.name.startswith("replaced-"))),
        **_disk(path),
    )


def judge(seen: DataFolder) -> Iterator[Finding]:
    """Yield what is to be said about the folder."""
    yield _looked_as(seen)
    name = "data folder"
    if not seen.there:
        if not seen.writable or seen.read_only:
            yield problem(name, f"{seen.path} is not there, and {seen.we} may not make it", _give(seen))
        else:
            yield warn(name, f"{seen.path} is not there; the first start makes it", "asura")
    else:
        yield from _rights(seen)
        yield from _holding(seen)
        yield from _remains(seen)
    yield _on_disk(seen)
    yield _room(seen)
    if seen.fsync_ms is not None:
        text = f"{seen.fsync_ms:.1f} ms until a write is durable"
        slow = seen.fsync_ms > SLOW_FSYNC_MS
        more = f"{text}: each ping and each change waits for that", "move the data to an SSD (server.data)"
        yield warn("disk speed", *more) if slow else ok("disk speed", text)


def _looked_as(seen: DataFolder) -> Finding:
    """Return with whose eyes all this was seen: root's see what asura's do not."""
    if seen.we != "root" or seen.owner in ("root", "?", ""):
        return ok("looked as", seen.we)
    owner = seen.owner
    return ok("looked as", f"root, who may read more than {owner}, as whom asura runs; as that one: {_as(owner)}")


def _as(owner: str) -> str:
    # `sudo` of some systems does not look where the one file lies.
    return f"sudo -u {owner} {sys.executable if getattr(sys, 'frozen', False) else 'asura'} doctor"


def _rights(seen: DataFolder) -> Iterator[Finding]:
    name = "data folder"
    if seen.mode & 0o077:
        yield problem(name, f"{seen.path} is open to others ({seen.mode:04o})", f"chmod 700 {seen.path}")
    if seen.owner == "root" and seen.strangers_of:
        text = f"{seen.path} belongs to root, and {', '.join(seen.strangers[:4])} in it to {seen.strangers_of}"
        yield problem(name, text, f"chown -R {seen.strangers_of}: {seen.path}")
    elif seen.strangers:
        text = f"{', '.join(seen.strangers[:4])} do not belong to {seen.owner}, as the folder does"
        yield problem(name, text, f"chown -R {seen.owner}: {seen.path}")
    if seen.read_only:
        yield problem(name, f"{seen.path} is on a disk that is mounted read-only", f"mount -o remount,rw {seen.path}")
    elif seen.we in (seen.owner, "root") and closed_to_owner(seen.mode, seen.owner):
        yield problem(name, f"{seen.path} is closed to its owner ({seen.mode:04o})", f"chmod 700 {seen.path}")
    elif not seen.writable:
        text = f"{seen.path} belongs to {seen.owner}, and {seen.we} may not write to it"
        yield problem(name, text, _as("asura" if seen.owner == "?" else seen.owner))
    elif not seen.mode & 0o077 and not seen.strangers:
        yield ok(name, f"{seen.path}, {seen.mode:04o}, of {seen.owner}")


def _holding(seen: DataFolder) -> Iterator[Finding]:
    if seen.holder is None:
        yield ok("lock", "nobody has the data open: no asura runs on it")
    elif seen.holder_user and seen.holder_user != seen.owner:
        text = f"process {seen.holder} runs as {seen.holder_user}, the folder is {seen.owner}'s"
        yield warn("lock", text, f"run asura as {seen.owner}")
    else:
        yield ok("lock", f"an asura runs on it, process {seen.holder}")


def _remains(seen: DataFolder) -> Iterator[Finding]:
    if seen.leftovers:
        paths = " ".join(f"{seen.path}/{one}" for one in seen.leftovers[:4])
        yield warn("leftovers", f"{len(seen.leftovers)} files that were never finished", f"rm {paths}")
    if "setup-link" in seen.links:
        yield warn("set-up", "there is no account yet", f"open the link that stands in it: cat {seen.path}/setup-link")
    elif "first-admin-key" in seen.links:
        text = "the first key of an administrator was never used"
        yield warn("set-up", text, f"use it, or: rm {seen.path}/first-admin-key && asura key revoke 1")
    if seen.replaced:
        text = f"{', '.join(seen.replaced)}: what was here before a backup was restored"
        yield warn("leftovers", text, f"when all is well: rm -r {seen.path}/{seen.replaced[0]}")


def _on_disk(seen: DataFolder) -> Finding:
    name, kind = "disk", seen.disk or "unknown"
    if kind.partition(".")[0] in NETWORK_DISKS:
        text = f"{kind}: SQLite's log needs a local disk, on this one the database breaks sooner or later"
        return problem(name, text, "move the data to a local disk (server.data)")
    if kind in FLEETING_DISKS:
        return warn(name, f"{kind}: all is lost when the machine restarts", "move the data to a disk (server.data)")
    if kind in LAYERS:
        text = f"{kind}: the container's own layer, all is lost when the container is made anew"
        return warn(name, text, "mount a volume at the data folder")
    return ok(name, kind)


def _room(seen: DataFolder) -> Finding:
    name, text = "room", f"{amount(seen.free)} free"
    todo = "make room, or shorten database.retention_days"
    if seen.inodes == 0:
        return problem(name, "no inodes are left: no file can be made any more", todo)
    if seen.inodes is not None and seen.inodes < FEW_INODES:
        return problem(name, f"{seen.inodes} inodes left: no new files soon", todo)
    if seen.free < FULL:
        return problem(name, f"the disk is full ({text}): nothing can be stored any more", todo)
    if seen.free < NO_ROOM:
        return problem(name, f"{text}: soon nothing can be stored", todo)
    if seen.free < LITTLE_ROOM:
        return warn(name, text, todo)
    if seen.free < 3 * seen.database:
        return warn(name, f"{text}: an upgrade may need {amount(3 * seen.database)}", todo)
    return ok(name, text)


def closed_to_owner(mode: int, owner: str) -> bool:
    """Return whether a folder's mode keeps its owner out, as it does not keep root."""
    return owner not in ("root", "?") and mode & 0o700 != 0o700


def _may(path: Path, how: int) -> bool:
    """Return whether we may do this with a path: by the user that we are now."""
    return os.access(path, how, effective_ids=True)


def _give(seen: DataFolder) -> str:
    return f"install -d -m 700 -o {'asura' if seen.we == 'root' else seen.we} {seen.path}"


def _disk(path: Path) -> dict[str, Any]:
    disk = os.statvfs(path)
    return {
        "disk": file_system(path),
        "read_only": bool(disk.f_flag & os.ST_RDONLY),
        "free": disk.f_bavail * disk.f_frsize,
        # Some file systems count no inodes.
        "inodes": disk.f_favail if disk.f_files else None,
    }


def lock_holder(lock: Path, table: Path = Path("/proc/locks")) -> int | None:
    """Return the process that holds the lock of a folder, without touching it; None when nobody does."""
    try:
        found, rows = lock.stat(), [line.split() for line in table.read_text("ascii").splitlines()]
    except OSError:
        return None
    device = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    inode = f":{found.st_ino}"
    held = [row for row in rows if len(row) > 5 and row[1] == "FLOCK" and row[5].endswith(inode)]
    # Some file systems (btrfs, overlay) have another number of the device there: the inode alone must do.
    exact = [row for row in held if row[5] == device] or held
    return next((int(row[4]) for row in exact if int(row[4]) > 0), None)


def is_still(data: Path) -> bool:
    """Return whether nobody has the data open and its log is empty: then it can be read without a file beside it."""
    log = data / f"{folder.DATABASE}-wal"
    return lock_holder(data / folder.LOCK) is None and not (log.exists() and log.stat().st_size)


def user(number: int) -> str:
    """Return the name of a user, or the number of one that has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _user_of(pid: int) -> int:
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return os.geteuid()


def _leftovers(path: Path) -> tuple[str, ...]:
    patterns = ("backups/*.partial", "*.partial", f"{folder.KEY}.*", "*.new", ".doctor-*")
    old = time.time() - 600
    found = [one for pattern in patterns for one in path.glob(pattern) if one.is_file() and one.stat().st_mtime < old]
    return tuple(sorted(str(one.relative_to(path)) for one in found))
