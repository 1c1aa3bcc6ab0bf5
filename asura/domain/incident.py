"""An incident, from the first failing check to its end, and how events move it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

Severity = Literal["critical", "warning"]


class IncidentStatus(StrEnum):
    """How far people have come with an incident."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class EventType(StrEnum):
    """One thing that happened to an incident. Those with a dot are also what channels subscribe to."""

    OPENED = "incident.opened"
    SEVERITY_CHANGED = "incident.severity_changed"
    ACKNOWLEDGED = "incident.acknowledged"
    ESCALATED = "incident.escalated"
    REMINDER = "incident.reminder"
    RESOLVED = "incident.resolved"
    SNOOZED = "incident.snoozed"
    NOTED = "incident.noted"
    BLIND = "self.blind"
    PROBE_OFFLINE = "probe.offline"
    PROBE_ONLINE = "probe.online"
    REGION_FAILING = "region.failing"
    REGION_RECOVERED = "region.recovered"
    BACKUP_FAILED = "backup.failed"
    BACKUP_SUCCEEDED = "backup.succeeded"
    TEST = "test"


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, since when, how bad. `id` is 0 until it is stored."""

    id: int = 0
    monitor_ids: tuple[int, ...]
    status: IncidentStatus = IncidentStatus.OPEN
    severity: Severity
    title: str
    cause: str
    message: str = ""
    started_at: datetime
    detected_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    snoozed_until: datetime | None = None
    next_reminder_at: datetime | None = None
    regions: tuple[str, ...] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an incident's timeline. `id` is 0 until it is stored."""

    id: int = 0
    incident_id: int
    at: datetime
    type: EventType
    reason: str
    actor: str | None = None
    detail: dict[str, Any] = {}
