"""One transition, one transaction: the incident, its events, who is told, and the messages to them."""

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from asura.domain import routing, wording
from asura.domain.channel import Channel, Notification
from asura.domain.incident import Event, Incident
from asura.domain.lifecycle import Effect
from asura.domain.monitor import Monitor
from asura.domain.result import Result
from asura.store import incidents, outbox

log = logging.getLogger(__name__)


class Move(msgspec.Struct, frozen=True):
    """An incident as it is to become, what follows from it, and what was seen."""

    incident: Incident
    effects: tuple[Effect, ...]
    monitor: Monitor | None
    status: str
    seen: tuple[Result, ...] = ()
    was_active: bool = False

    @property
    def monitor_id(self) -> int | None:
        """Return whose transition it is; None when the monitor is not known any more."""
        return self.monitor.id if self.monitor else None


class Recorded(msgspec.Struct, frozen=True):
    """What a transition became once stored."""

    incident: Incident
    events: tuple[Event, ...]
    notified: int


def record(db: sqlite3.Connection, move: Move, now: datetime, *, channels: Sequence[Channel], url: str) -> Recorded:
    """Store a transition with all that follows from it, inside the caller's transaction."""
    incident = incidents.save(db, move.incident)
    events, notified = [], 0
    # When every listed channel was deleted since, the default ones are told: rather too many than nobody.
    existing = {channel.id for channel in channels}
    listed = move.monitor.config.channel_ids if move.monitor else ()
    wanted = tuple(one for one in listed if one in existing)
    for effect in move.effects:
        choices = routing.recipients(channels, wanted, effect.type) if effect.tell else []
        event = incidents.add_event(db, _event(incident, effect, now, choices))
        events.append(event)
        message = wording.compose(
            incident, effect, event_id=event.id, at=now, monitor=move.monitor, status=move.status, url=url
        )
        for choice in choices:
            if choice.told:
                outbox.add(db, _notification(message, choice, event=event, monitor_id=move.monitor_id, now=now))
                notified += 1
    for result in move.seen:
        if result.evidence is not None:
            _keep(db, incident, result)
    return Recorded(incident, tuple(events), notified)


def _keep(db: sqlite3.Connection, incident: Incident, result: Result) -> None:
    """Store what was seen. What cannot be written down is left out: it must not hold up what it is evidence of."""
    try:
        incidents.save_evidence(
            db,
            incident.id,
            result.region,
            result.at,
            result.finding,
            result.reason,
            result.message,
            result.evidence,
        )
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        why = type(error).__name__
        log.warning("what %s saw of incident %d cannot be stored, and is left out: %s", result.region, incident.id, why)


def _event(incident: Incident, effect: Effect, now: datetime, choices: list[routing.Choice]) -> Event:
    detail = dict(effect.detail)
    if effect.tell:
        detail["routing"] = [msgspec.to_builtins(choice) for choice in choices]
    return Event(
        incident_id=incident.id, at=now, type=effect.type, reason=effect.reason, actor=effect.actor, detail=detail
    )


def _notification(
    message: Any, choice: routing.Choice, *, event: Event, monitor_id: int | None, now: datetime
) -> Notification:
    key = wording.message_key(event.incident_id, event.id, choice.channel_id)
    return Notification(
        channel_id=choice.channel_id,
        incident_id=event.incident_id,
        monitor_id=monitor_id,
        event=event.type.value,
        key=key,
        thread=message.thread,
        payload=msgspec.to_builtins(msgspec.structs.replace(message, key=key)),
        reason=choice.reason.value,
        created_at=now,
        next_attempt_at=now,
    )
