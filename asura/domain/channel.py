"""A channel as configured: where messages go, and which."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

DEFAULT_EVENTS = (
    "incident.opened",
    "incident.severity_changed",
    "incident.acknowledged",
    "incident.escalated",
    "incident.reminder",
    "incident.resolved",
    "self.blind",
    "probe.offline",
    "probe.online",
    "backup.failed",
    "backup.succeeded",
)


class ChannelConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a channel that a person decides. Secrets in `settings` are `Secret` values."""

    name: str
    type: str
    enabled: bool = True
    settings: dict[str, Any] = {}
    events: tuple[str, ...] = DEFAULT_EVENTS
    default: bool = True


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A stored channel."""

    id: int
    slug: str
    config: ChannelConfig
    managed_by: str | None
    created_at: datetime
    updated_at: datetime


class NotificationStatus(StrEnum):
    """How far a notification has come."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    DROPPED = "dropped"


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One message about one event to one channel, in the outbox. `id` is 0 until it is stored.

    `failed` is pending again after at least one failed attempt; `dead` was given up; `dropped` was decided against.
    `reason` is why this channel is told (or, when dropped, why not). One to a subscriber of a status page names it, and
    its `channel_id` is then no channel but a lane: see `domain/subscription.py`.
    """

    id: int = 0
    channel_id: int
    incident_id: int | None
    monitor_id: int | None
    event: str
    key: str
    thread: str
    payload: dict[str, Any]
    status: NotificationStatus = NotificationStatus.PENDING
    reason: str
    created_at: datetime
    next_attempt_at: datetime
    attempts: int = 0
    finished_at: datetime | None = None
    subscriber_id: int | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to deliver a notification, with the provider's answer."""

    notification_id: int
    at: datetime
    ok: bool
    answer: str
    duration_ms: float
