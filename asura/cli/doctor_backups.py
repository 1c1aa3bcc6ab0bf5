"""`asura doctor` looks at the backups: whether there are any, how old the last is, and whether one can be written."""

import os
import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from asura.cli.doctor_commands import BackupsTold
from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.cli.doctor_folder import user
from asura.settings import Settings
from asura.settings_backup import everybody_reads

DAY_S = 86_400.0


class Backups(msgspec.Struct, frozen=True, kw_only=True):
    """Where backups go, how often (0: never by itself), and how old the newest is.

    `there` is false where the settings name a folder that is not there; `owner` is the user that asura runs as.
    `told` is what the asura says that runs: it may write less than we may; None where none runs.
    """

    folder: str
    every_s: float
    age_s: float | None = None
    count: int = 0
    there: bool = True
    owner: str = "asura"
    writable: bool = True
    elsewhere: bool = False
    beside: bool = True
    open_key_file: str = ""
    told: BackupsTold | None = None


def look(settings: Settings, now: datetime, told: BackupsTold | None = None) -> Backups:
    """Return what is there."""
    wanted, data = settings.backup, settings.server.data
    path = wanted.folder(data)
    nearest = next((one for one in (path, *path.absolute().parents) if one.is_dir()), Path("/"))
    try:
        made = [one.stat().st_mtime for one in path.glob("asura-*.backup*") if not one.name.endswith(".partial")]
        # The folder beside the data is made by the first backup.
        there = path.is_dir() or not wanted.dir
    except OSError:
        made, there = [], False
    return Backups(
        folder=str(path),
        every_s=wanted.every,
        age_s=now.timestamp() - max(made) if made else None,
        count=len(made),
        there=there,
        owner=user(data.stat().st_uid) if data.is_dir() else "asura",
        writable=os.access(nearest, os.W_OK | os.X_OK),
        open_key_file=wanted.key_file if wanted.key_file and everybody_reads(Path(wanted.key_file)) else "",
        elsewhere=bool(wanted.s3.bucket),
        beside=data.is_dir() and nearest.stat().st_dev == data.stat().st_dev,
        told=told,
    )


def judge(seen: Backups) -> Iterator[Finding]:
    """Yield what is to be said about the backups."""
    name = "backups"
    yield from _place(seen)
    if seen.open_key_file:
        text = f"{seen.open_key_file} holds their passphrase and can be read by everybody"
        yield problem(name, text, f"chmod 600 {seen.open_key_file}")
    if not seen.there:
        return
    if seen.told is None or not (seen.told.closed or seen.told.failed):
        yield from _age(seen)
    if seen.every_s and seen.beside and not seen.elsewhere:
        text = "they lie on the same disk as the data, and are lost with it"
        yield warn(name, text, "set backup.dir to another disk, or backup.s3")


def _place(seen: Backups) -> Iterator[Finding]:
    """Yield why none can be written: what the running asura says counts, and else what we see."""
    name, told = "backups", seen.told or BackupsTold()
    make = f"install -d -m 700 -o {seen.owner} {shlex.quote(seen.folder)}"
    if not seen.there:
        yield problem(name, f"the folder {seen.folder} is not there", f"mount its disk and restart asura; or: {make}")
    elif told.closed:
        yield problem(name, f"{told.closed}, so no backup can be made", told.todo)
    elif not seen.writable:
        yield problem(name, f"nothing can be written to {seen.folder}", make)
    if told.failed:
        often = f"{told.times} have failed since {told.since}" if told.times > 1 else f"one failed at {told.since}"
        text = f"{often}: {told.failed.partition('. ')[0] if told.closed else told.failed}"
        yield problem(name, text, "put that right; it is tried again by itself, within an hour")


def _age(seen: Backups) -> Iterator[Finding]:
    name = "backups"
    if not seen.every_s:
        if seen.age_s is None:
            yield warn(name, "none is made by itself, and there is none", "backup: {every: 1d}, or: asura backup FILE")
        else:
            text = f"none is made by itself; the last is {_days(seen.age_s)} old"
            yield warn(name, text, "backup: {every: 1d}")
        return
    if seen.age_s is None:
        yield warn(name, f"none yet in {seen.folder}", "asura backup")
    elif seen.age_s > 2 * seen.every_s + DAY_S / 24:
        text = f"the last is {_days(seen.age_s)} old, and one was to be made every {_days(seen.every_s)}"
        yield problem(name, text, "journalctl -u asura | grep -i backup")
    else:
        yield ok(name, f"{seen.count} in {seen.folder}, the last {_days(seen.age_s)} old")


def _days(seconds: float) -> str:
    if seconds >= 2 * DAY_S:
        return f"{seconds / DAY_S:.0f} days"
    return f"{seconds / 3600:.0f} hours" if seconds >= 7200 else f"{seconds / 60:.0f} minutes"
