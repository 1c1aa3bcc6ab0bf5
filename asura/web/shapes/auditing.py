"""Answers for those who look after asura: who changed what, and how it is itself."""

from typing import Any

import msgspec

from asura.web.shapes.common import Instant
from asura.web.shapes.keeping import BackupState


class AuditRow(msgspec.Struct):
    """One change. `before` and `after` hold only the fields that changed, secrets as stars; null: there was nothing."""

    id: int
    at: Instant
    actor: str
    address: str
    action: str
    entity: str
    entity_id: int | None
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str


class AuditVerdict(msgspec.Struct):
    """Whether every row is as it was written; `hash` is that of the last row that is."""

    ok: bool
    rows: int
    broken_at: int | None
    hash: str


class Change(msgspec.Struct):
    """One change of a monitor, and the names of the fields that it touched."""

    at: Instant
    actor: str
    action: str
    fields: list[str]


class Changes(msgspec.Struct):
    """Changes of a monitor, newest first."""

    data: list[Change]


class PartHealth(msgspec.Struct):
    """How one part of asura is."""

    ok: bool
    detail: str


class Storage(msgspec.Struct):
    """What the store takes, and what is free on its disk."""

    database_bytes: int
    wal_bytes: int
    free_bytes: int
    oldest_result_at: Instant | None


class Hold(msgspec.Struct):
    """Since a restore nothing is sent: from when on, and how many messages wait."""

    since: Instant
    waiting: int


class Released(msgspec.Struct):
    """Messages go again; so many were dropped instead."""

    dropped: int


class System(msgspec.Struct):
    """How this asura is: its versions, its parts, its storage, its load. `retention` is in days."""

    version: str
    uptime_s: float
    python: str
    sqlite: str
    boot_id: str
    parts: dict[str, PartHealth]
    storage: Storage
    monitors: int
    checks_per_s: float
    streams: int
    retention: dict[str, int]
    held: Hold | None
    backup: BackupState
