"""Answers about who changed what."""

from typing import Any

import msgspec

from asura.web.shapes.common import Instant


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
