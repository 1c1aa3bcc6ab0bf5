"""Who is told of an event, and whether a message still is to go out: each answer with its reason."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from asura.domain.channel import Channel, Notification
from asura.domain.incident import EventType, Incident

# Deliveries are tried again for this long, then given up and shown as dead letters.
GIVE_UP_AFTER = timedelta(hours=24)
LEAST_TRIES = 8
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 900.0


class Why(StrEnum):
    """Why a channel is or is not told."""

    LISTED = "listed_by_monitor"
    DEFAULT = "default_channel"
    NOT_LISTED = "not_listed_by_monitor"
    NOT_DEFAULT = "not_a_default_channel"
    DISABLED = "channel_disabled"
    EVENT_UNWANTED = "event_not_wanted"
    DELETED = "channel_deleted"
    SNOOZED = "snoozed"
    DUE = "due"
    RESOLVED_MEANWHILE = "resolved_meanwhile"
    RESTORED = "restored"
    DEMO = "demo"


class Release(StrEnum):
    """Which of the messages that wait since a restore may go out."""

    NEW = "new"  # those that were written since then
    ALL = "all"
    NONE = "none"


class Choice(msgspec.Struct, frozen=True):
    """One channel, whether it is told of an event, and why."""

    channel_id: int
    channel: str
    told: bool
    reason: Why


class Send(msgspec.Struct, frozen=True):
    """Deliver now."""

    reason: Why = Why.DUE


class Hold(msgspec.Struct, frozen=True):
    """Keep it until an instant."""

    until: datetime
    reason: Why


class Drop(msgspec.Struct, frozen=True):
    """Do not deliver it at all."""

    reason: Why


def recipients(channels: Iterable[Channel], wanted: tuple[int, ...], event: EventType) -> list[Choice]:
    """Return for every channel whether it is told: the listed ones, or the default ones where none is listed."""
    return [_choose(channel, wanted, event) for channel in channels]


def decide(
    notification: Notification,
    now: datetime,
    *,
    channel: Channel | None,
    incident: Incident | None,
    demo: bool = False,
) -> Send | Hold | Drop:
    """Return what to do with a message whose turn has come; in a demo nobody is told."""
    if channel is None:
        return Drop(Why.DELETED)
    if not channel.config.enabled:
        return Drop(Why.DISABLED)
    if demo:
        return Drop(Why.DEMO)
    if incident is None:
        return Send()
    if notification.event == EventType.REMINDER and incident.resolved_at is not None:
        return Drop(Why.RESOLVED_MEANWHILE)
    quiet = incident.snoozed_until is not None and incident.snoozed_until > now and incident.resolved_at is None
    if quiet and notification.event in _SNOOZABLE and incident.snoozed_until is not None:
        return Hold(incident.snoozed_until, Why.SNOOZED)
    return Send()


def retry_at(notification: Notification, now: datetime, *, retry_after: float | None, chance: float) -> datetime | None:
    """Return when to try a failed delivery again: exponential with jitter (`chance` in 0..1), None when to give up."""
    pause = min(FIRST_PAUSE_S * 2.0 ** min(notification.attempts, 16), LONGEST_PAUSE_S) * (0.75 + 0.5 * chance)
    again = now + timedelta(seconds=max(pause, min(retry_after or 0.0, 3600.0)))
    # One that somebody asks to be tried again after the day has a few more tries.
    old = again > notification.created_at + GIVE_UP_AFTER
    return None if old and notification.attempts >= LEAST_TRIES else again


_SNOOZABLE = frozenset({EventType.REMINDER, EventType.ESCALATED, EventType.SEVERITY_CHANGED})


def _choose(channel: Channel, wanted: tuple[int, ...], event: EventType) -> Choice:
    candidate = channel.id in wanted if wanted else channel.config.default
    if not candidate:
        told, reason = False, Why.NOT_LISTED if wanted else Why.NOT_DEFAULT
    elif not channel.config.enabled:
        told, reason = False, Why.DISABLED
    elif event.value not in channel.config.events:
        told, reason = False, Why.EVENT_UNWANTED
    else:
        told, reason = True, Why.LISTED if wanted else Why.DEFAULT
    return Choice(channel.id, channel.config.name, told, reason)
