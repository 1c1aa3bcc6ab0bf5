"""Answers about incidents, and about telling people of them."""

from typing import Any, Literal

import msgspec

from asura.web.shapes.common import Instant, NotificationWord, StatusWord


class Incident(msgspec.Struct):
    """What is wrong, since when, how bad."""

    id: int
    monitor_ids: tuple[int, ...]
    status: Literal["open", "acknowledged", "resolved"]
    severity: Literal["critical", "warning"]
    title: str
    cause: str
    message: str
    started_at: Instant
    detected_at: Instant
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    resolved_at: Instant | None
    resolved_by: str | None
    snoozed_until: Instant | None
    next_reminder_at: Instant | None
    duration_s: float | None
    regions: tuple[str, ...]


class IncidentEvent(msgspec.Struct):
    """One thing that happened to an incident."""

    at: Instant
    type: str
    reason: str
    actor: str | None
    detail: dict[str, Any]


class IncidentWithEvents(Incident):
    """An incident with its timeline, oldest first."""

    events: list[IncidentEvent] = []


class Sighting(msgspec.Struct):
    """What one region saw at a moment of an incident."""

    region: str
    at: Instant
    status: StatusWord
    reason: str
    message: str
    evidence: dict[str, Any] | None


class Sightings(msgspec.Struct):
    """What was seen during an incident, oldest first."""

    data: list[Sighting]


class Channel(msgspec.Struct):
    """Where messages go. Secret settings are stars."""

    id: int
    slug: str
    name: str
    type: str
    enabled: bool
    settings: dict[str, Any]
    events: tuple[str, ...]
    default: bool
    managed_by: str | None
    created_at: Instant
    updated_at: Instant


class TestOutcome(msgspec.Struct):
    """How a test message went."""

    ok: bool
    error: str | None
    duration_ms: float


class Attempt(msgspec.Struct):
    """One attempt to deliver, with the provider's answer."""

    at: Instant
    ok: bool
    answer: str
    duration_ms: float


class Notification(msgspec.Struct):
    """One message about one event to one channel."""

    id: int
    channel_id: int
    incident_id: int | None
    monitor_id: int | None
    event: str
    key: str
    status: NotificationWord
    reason: str
    created_at: Instant
    next_attempt_at: Instant | None
    finished_at: Instant | None
    attempts: list[Attempt]
