"""`asura doctor` looks at the database and at the key that its secrets are sealed with."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from asura.cli.doctor_finding import Finding, amount, ok, problem, warn
from asura.cli.doctor_folder import is_still, user
from asura.clock import SystemClock
from asura.store import folder
from asura.store.inspection import CHECKED, TOO_LONG, Inspection, inspect

CHECK_WITHIN_S = 5.0
KEY_BYTES = 32
# The writer folds its log in after every few MB: one that is as large as this is not folded in.
LARGE_LOG = 256 << 20
RESTORE = "asura restore FILE, with the newest good backup"


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """What the database and its key file are; `found` is None when there is no database, `key` when there is none.

    `meant_for`: where we may not read the key, whose the data folder is, and so the key should be.
    """

    path: str
    found: Inspection | None = None
    key: tuple[int, int] | None = None
    unreadable: str = ""
    lost: str = ""
    meant_for: str = ""


def look(data: Path) -> Database:
    """Return what is there: the database is only read, for a few seconds."""
    path, key = data / folder.DATABASE, data / folder.KEY
    try:
        if not path.exists() or path.stat().st_size == 0:
            return Database(path=str(path), lost=folder.lost(data))
        size = (key.stat().st_size, stat.S_IMODE(key.stat().st_mode)) if key.exists() else None
        closed = size is not None and not os.access(key, os.R_OK, effective_ids=True)
        return Database(
            path=str(path),
            found=_inspected(path),
            key=size,
            meant_for=user(data.stat().st_uid) if closed else "",
        )
    except OSError as error:
        return Database(path=str(path), unreadable=f"{path}: {error.strerror}")


def _inspected(path: Path) -> Inspection:
    """Return what the database is; where nobody has it open, no file appears beside it."""
    if is_still(path.parent):
        found = inspect(path, within=CHECK_WITHIN_S, now=SystemClock().now(), still=True)
        if is_still(path.parent):
            return found
        # An asura began to write meanwhile: what was read may be of two moments.
    return inspect(path, within=CHECK_WITHIN_S, now=SystemClock().now())


def judge(seen: Database) -> Iterator[Finding]:
    """Yield what is to be said about the database."""
    found = seen.found
    if seen.unreadable:
        yield problem("database", seen.unreadable, "run this as root, or as the user that asura runs as")
    elif seen.lost:
        yield problem("database", seen.lost, f"{RESTORE}; to begin anew, move the rest away")
    elif found is None:
        yield ok("database", "there is none yet")
    elif found.error:
        yield problem("database", f"{seen.path}: {found.error}", RESTORE)
    elif found.schema > found.known:
        text = f"{seen.path}: made by a newer asura (schema {found.schema}; this one knows {found.known})"
        yield problem("database", text, "use the newer executable, or restore the backup made before the upgrade")
    else:
        yield from _contents(seen.path, found)
    if found is not None and not found.error:
        yield from _key(seen, found)


def _contents(path: str, found: Inspection) -> Iterator[Finding]:
    text = f"{amount(found.size)}, schema {found.schema}"
    if found.check == TOO_LONG:
        whole = f"stop asura, then: sqlite3 {path} 'PRAGMA integrity_check'"
        yield warn("database", f"{text}; too large to look at all of it in {CHECK_WITHIN_S:g} s", whole)
    elif found.check != CHECKED:
        yield problem("database", f"{path} is broken: {found.check}", RESTORE)
    elif found.schema < found.known:
        yield warn("database", f"{text}; the next start upgrades it to {found.known}", "asura upgrade --check")
    else:
        yield ok("database", f"{text}, whole")
    if found.wal > LARGE_LOG:
        yield warn("database log", f"{amount(found.wal)}: it is not folded in", "systemctl restart asura")
    if found.dead:
        text = f"{found.dead} were given up within the last day: somebody was not told"
        yield warn(
            "notifications", text, "see the dashboard: Notifications, Undelivered; mend the channel, then Try again"
        )
    if found.held_since:
        text = f"restored from a backup, and telling nobody anything since {found.held_since}"
        yield problem("notifications", text, "asura release")


def _key(seen: Database, found: Inspection) -> Iterator[Finding]:
    name, path = "secret.key", str(Path(seen.path).with_name(folder.KEY))
    if seen.meant_for:
        todo = f"chown {seen.meant_for}: {path} && chmod 600 {path}"
        yield problem(name, f"{path} cannot be read: its owner or its rights are wrong", todo)
        return
    if found.sealed:
        yield problem(name, found.sealed, f"put the right {path} back from a backup: asura restore FILE")
        return
    if seen.key is None:
        yield ok(name, "there is none, and nothing is sealed with one")
        return
    size, mode = seen.key
    if size != KEY_BYTES:
        yield problem(name, f"{path} has {size} bytes, not {KEY_BYTES}", "put the right file back from a backup")
    elif mode & 0o077:
        yield problem(name, f"{path} can be read by others ({mode:04o})", f"chmod 600 {path}")
    else:
        yield ok(name, f"{mode:04o}, {'opens what is stored' if found.sealed == '' else 'nothing is sealed with it'}")
