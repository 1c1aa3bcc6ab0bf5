"""What `asura upgrade --check` looks at before an executable takes over the data of another. Nothing is changed."""

import asyncio
import http.client
import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from asura import __version__
from asura.cli import doctor_folder
from asura.cli.doctor_finding import Finding, State, ok, problem
from asura.cli.doctor_folder import closed_to_owner, lock_holder, user
from asura.cli.health import asked
from asura.cli.local import NotRunning
from asura.clock import SystemClock
from asura.errors import AsuraError
from asura.settings import Settings
from asura.store import copies, folder, migrate, twin
from asura.store.inspection import CHECKED, TOO_LONG, inspect
from asura.store.seal import KEY_BYTES

# The oldest that the statements of asura are written for.
OLDEST_SQLITE = (3, 34, 0)
ASK_WITHIN_S = 3.0
LOOK_WITHIN_S = 5.0
# Without a migration too: a start writes, and so does everything after it.
LEAST_ROOM = 32 * 10**6


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What is there and what a migration needs. Schema 0: no database yet; `shared`: its copy takes no room."""

    data: str
    configuration: str = ""
    before: int = 0
    after: int = 0
    size: int = 0
    needed: int = 0
    free: int = 0
    shared: bool = False
    running: bool = False
    running_version: str = ""
    owner: str = ""
    we: str = ""
    sqlite: str = sqlite3.sqlite_version
    faults: tuple[str, ...] = ()
    looked_at_all: bool = True
    key_fault: str = ""
    rights: tuple[str, ...] = ()
    # What to do about them.
    todo: str = ""


def look(settings: Settings) -> Outlook:
    """Return what is there: the files alone are read, so that a database of any version stays as it is."""
    data = settings.server.data.absolute()
    told = Outlook(data=str(data), configuration=str(settings.origin.path or ""), after=migrate.newest())
    try:
        found = data.stat()
    except OSError:
        return _unseen(told, data)
    owner = user(found.st_uid)
    closed = closed_to_owner(stat.S_IMODE(found.st_mode), owner)
    told = msgspec.structs.replace(
        told,
        owner=owner,
        we=user(os.geteuid()),
        rights=_rights(data),
        todo=f"chmod 700 {data}" if closed else f"chown -R {owner}: {data}",
        needed=LEAST_ROOM,
        free=shutil.disk_usage(data).free,
    )
    path = data / folder.DATABASE
    try:
        before = migrate.schema_of(path)
    except AsuraError as error:
        return msgspec.structs.replace(told, faults=(str(error),))
    except OSError as error:
        return msgspec.structs.replace(told, faults=(f"{path}: {error.strerror}",))
    running, version = _running(data, settings)
    told = msgspec.structs.replace(told, before=before, running=running, running_version=version)
    if not before:
        return msgspec.structs.replace(told, faults=tuple(filter(None, (folder.lost(data),))))
    if before <= told.after and not told.rights:
        told = _inspected(told, path)
    shared = twin.can_share(data)
    return msgspec.structs.replace(
        told,
        size=path.stat().st_size,
        shared=shared,
        needed=max(LEAST_ROOM, copies.room_needed(path, shared=shared) if before < told.after else 0),
    )


def _unseen(told: Outlook, data: Path) -> Outlook:
    """Add why a folder that is not there, or is hidden from us, is none that a start could use; nothing where it is."""
    in_the_way = [one for one in doctor_folder.judge(doctor_folder.look(data)) if one.state is State.PROBLEM]
    here = [one for one in in_the_way if one.subject == "data folder"]
    rights = tuple(one.seen for one in here)
    return msgspec.structs.replace(told, we=user(os.geteuid()), rights=rights, todo=here[0].todo if here else "")


def _inspected(told: Outlook, path: Path) -> Outlook:
    """Add what a start would stumble over: broken pages, and a key that does not open what is sealed."""
    log, key = path.with_name(f"{path.name}-wal"), path.with_name(folder.KEY)
    try:
        still = not told.running and (not log.exists() or log.stat().st_size == 0)
        found = inspect(path, within=LOOK_WITHIN_S, now=SystemClock().now(), still=still)
        key_fault = found.sealed or ""
        if not key_fault and key.exists() and key.stat().st_size != KEY_BYTES:
            key_fault = f"{key}: has {key.stat().st_size} bytes, not {KEY_BYTES}"
    except OSError as error:
        return msgspec.structs.replace(told, faults=(f"{error.filename or path}: {error.strerror}",))
    broken = found.error or (found.check if found.check not in (CHECKED, TOO_LONG) else "")
    return msgspec.structs.replace(
        told,
        faults=(f"{path}: {broken}",) if broken else (),
        looked_at_all=found.check == CHECKED,
        key_fault=key_fault,
    )


def judge(seen: Outlook) -> Iterator[Finding]:
    """Yield what is to be said of it."""
    yield ok("configuration", f"{seen.configuration or 'no file, all defaults'}: accepted by asura {__version__}")
    if seen.rights:
        yield problem("data folder", "; ".join(seen.rights), seen.todo)
    elif not seen.owner:
        yield ok("data folder", f"{seen.data} is not there; the first start makes it")
    if not seen.owner:
        return
    if not seen.rights:
        yield ok("data folder", f"{seen.data}, of {seen.owner}")
    for fault in seen.faults:
        yield problem("database", fault, "asura restore FILE, with the newest good backup")
    if seen.key_fault:
        again = f"put the right {folder.KEY} back, or a backup, which has it: asura restore FILE"
        yield problem(folder.KEY, seen.key_fault, again)
    if not seen.faults:
        yield _schema(seen)
        yield _running_words(seen)
        yield from _room(seen)
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        yield problem("SQLite", f"{seen.sqlite}, and {needed} is needed", "use the executable, which brings its own")
    else:
        yield ok("SQLite", seen.sqlite)


def _schema(seen: Outlook) -> Finding:
    if seen.before == 0:
        return ok("database", "there is none yet")
    if seen.before > seen.after:
        text = f"made by a newer asura: schema {seen.before}, and this one knows {seen.after}"
        return problem("database", text, "use the newer executable, or the copy that it kept before it migrated")
    part = "" if seen.looked_at_all else f"; not all of it was looked at, which takes longer than {LOOK_WITHIN_S:g} s"
    text = f"{copies.in_words(seen.size)}, schema {seen.before}"
    if seen.before == seen.after:
        return ok("database", f"{text}: nothing to migrate{part}")
    return ok("database", f"{text}, will be {seen.after}{part}")


def _running_words(seen: Outlook) -> Finding:
    if not seen.running:
        return ok("running", "no asura runs on this data")
    version = f"asura {seen.running_version}" if seen.running_version else "an asura"
    return ok("running", f"{version} runs on this data, and may go on until it is replaced")


def _room(seen: Outlook) -> Iterator[Finding]:
    needed, free, migrated = copies.in_words(seen.needed), copies.in_words(seen.free), 0 < seen.before < seen.after
    what = "a migration" if migrated else "a start"
    if seen.needed > seen.free:
        why = ": a copy is kept of what was before" if migrated else " to write to"
        text = f"{free} are free, {what} needs {needed}{why}"
        yield problem("disk", text, f"make room, or move old files away from {seen.data}/{folder.BACKUPS}")
        return
    yield ok("disk", f"{free} are free, {what} needs {needed}")
    if not migrated:
        return
    kept = "its file system makes the copy at once" if seen.shared else "the copy is written while it runs"
    yield ok("how long", f"as long as a start, or some seconds more (--rehearse measures it); {kept}")


def _rights(data: Path) -> tuple[str, ...]:
    """Return what the user who runs asura could not open. Root may open everything, and asks for the owner."""
    found = data.stat()
    owner, faults = found.st_uid, []
    if closed_to_owner(stat.S_IMODE(found.st_mode), user(owner)) and os.geteuid() in (owner, 0):
        return (f"{data} is closed to its owner ({stat.S_IMODE(found.st_mode):04o})",)
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return (f"{data} belongs to {user(owner)}, and {user(os.geteuid())} may not write to it",)
    names = (folder.DATABASE, f"{folder.DATABASE}-wal", f"{folder.DATABASE}-shm", folder.KEY, folder.LOCK)
    for path in (*(data / name for name in names), data / folder.BACKUPS):
        if path.exists() and path.stat().st_uid != owner:
            faults.append(f"{path.name} belongs to {user(path.stat().st_uid)}, the folder to {user(owner)}")
        elif path.exists() and not os.access(path, os.R_OK | os.W_OK):
            faults.append(f"{path.name} may not be read and written")
    return tuple(faults)


def _running(data: Path, settings: Settings) -> tuple[bool, str]:
    """Return whether an asura runs on the data, and its version where it says so; older ones say it by HTTP alone."""
    try:
        return True, str(asyncio.run(asked(data, ASK_WITHIN_S))["version"])
    except NotRunning:
        return lock_holder(data / folder.LOCK) is not None, ""
    except AsuraError:
        return True, _by_http(settings)


def _by_http(settings: Settings) -> str:
    host, port = settings.server.address
    if settings.server.tls_cert or not port:
        return ""
    told = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=ASK_WITHIN_S)
    with suppress(OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        told.request("GET", f"{settings.server.base_path.rstrip('/')}/api/v1/health")
        return str(json.loads(told.getresponse().read(10_000))["version"])
    return ""
