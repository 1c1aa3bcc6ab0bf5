"""Answers about backups."""

import msgspec

from asura.web.shapes.common import Instant, Ratio


class Backup(msgspec.Struct):
    """A backup that is there. `verified` and `uploaded` are what is known of those that asura made by itself."""

    name: str
    at: Instant
    bytes: int
    encrypted: bool
    verified: bool
    uploaded: bool


class Backups(msgspec.Struct):
    """Backups, newest first, and how far one is that is being made."""

    data: list[Backup]
    next_cursor: None
    running: bool
    stage: str
    progress_ratio: Ratio


class LastBackup(msgspec.Struct):
    """The last good one."""

    at: Instant
    name: str
    bytes: int
    encrypted: bool
    took_s: float
    uploaded: bool


class FailedBackup(msgspec.Struct):
    """The last attempt, where it failed: when, and why."""

    at: Instant
    message: str


class BackupState(msgspec.Struct):
    """How it stands with backups. `every_s` 0: none are made by themselves."""

    every_s: float
    dir_ok: bool
    last: LastBackup | None
    failed: FailedBackup | None
    running: bool
    progress_ratio: Ratio
    next_at: Instant | None
