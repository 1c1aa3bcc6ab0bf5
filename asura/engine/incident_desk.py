"""What people do with incidents, and why things were decided as they were."""

import sqlite3
from datetime import datetime
from functools import partial
from typing import Any

from asura.clock import Clock
from asura.domain import agreement, wording
from asura.domain.channel import Delivery, Notification, NotificationStatus
from asura.domain.incident import Event, Incident
from asura.domain.lifecycle import Acknowledge, Happening, Moved, Note, Resolve, Snooze, Subject, step
from asura.domain.monitor import Monitor
from asura.engine import trail
from asura.engine.judge import Judge
from asura.engine.ledger import Move
from asura.engine.live import Live
from asura.errors import Conflict, Fault, Invalid, NotFound
from asura.store import incidents, outbox
from asura.store.db import Store

NOTE_LIMIT = 10_000


class IncidentDesk:
    """Acknowledges, notes, snoozes and resolves; each move is a transition like any other."""

    def __init__(self, store: Store, live: Live, judge: Judge, clock: Clock) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._clock = clock

    async def acknowledge(self, incident_id: int, actor: str, note: str | None = None) -> Incident:
        """Say that somebody takes care of it; Conflict when somebody does already, or it has ended."""
        return await self._move(incident_id, Acknowledge(actor, _checked(note or "", "note", required=False)))

    async def resolve(self, incident_id: int, actor: str) -> Incident:
        """Say that it is over. The monitor opens a new one only after it has been up again."""
        return await self._move(incident_id, Resolve(actor))

    async def note(self, incident_id: int, actor: str, text: str) -> Incident:
        """Write something on the timeline, also after the end."""
        return await self._move(incident_id, Note(actor, _checked(text, "note")))

    async def snooze(self, incident_id: int, until: datetime, actor: str) -> Incident:
        """Keep quiet about it until an instant in the future."""
        if until <= self._clock.now():
            raise Invalid(Fault("until", "must lie in the future"))
        return await self._move(incident_id, Snooze(actor, until))

    async def _move(self, incident_id: int, happening: Happening) -> Incident:
        async with self._judge.lock:
            incident = self._live.incidents.get(incident_id) or await self._stored(incident_id)
            state = self._live.state(incident.monitor_ids[0]) if incident.monitor_ids else None
            # The monitor may have been put away since: its incident still takes notes.
            monitor = state.monitor if state else None
            stepped = step(incident, happening, self._clock.now(), subject=_subject(incident, monitor))
            if stepped.incident is None or not stepped.effects:
                raise Conflict(_REFUSALS.get(stepped.reason, "the incident does not allow that now"))
            status = state.status.value if state else ""
            move = Move(stepped.incident, stepped.effects, monitor, status)
            told = partial(_told_of, happening, incident, stepped.incident, self._clock.now())
            return (await self._judge.apply([move], also=told))[0].incident

    async def _stored(self, incident_id: int) -> Incident:
        async with self._store.read() as reader:
            incident = await incidents.get(reader, incident_id)
        if incident is None:
            raise NotFound(f"there is no incident {incident_id}")
        return incident


async def explain(store: Store, incident_id: int) -> list[dict[str, Any]]:
    """Return each decision about an incident, oldest first: its reason, who was told, and what they answered."""
    async with store.read() as reader:
        if await incidents.get(reader, incident_id) is None:
            raise NotFound(f"there is no incident {incident_id}")
        events = await incidents.events(reader, incident_id)
        told = await outbox.of_incident(reader, incident_id)
    return [_explained(event, told) for event in events]


_ACTIONS = {Acknowledge: "acknowledge", Resolve: "resolve", Note: "note", Snooze: "snooze"}


def _told_of(happening: Happening, old: Incident, new: Incident, now: datetime, db: sqlite3.Connection) -> None:
    action = _ACTIONS.get(type(happening), "update")
    note = happening.text if isinstance(happening, Note) else getattr(happening, "note", "")
    trail.incident(db, action, old, new, now, note=note)


_REFUSALS = {
    Moved.ALREADY_ACKNOWLEDGED: "the incident is acknowledged already",
    Moved.ALREADY_RESOLVED: "the incident is resolved already",
}


def _subject(incident: Incident, monitor: Monitor | None) -> Subject:
    if monitor is None:
        return Subject(0, incident.title)
    return Subject(monitor.id, monitor.config.name, monitor.config.reminder_interval)


def _explained(event: Event, told: list[tuple[Notification, list[Delivery]]]) -> dict[str, Any]:
    detail = dict(event.detail)
    choices = detail.pop("routing", [])
    return {
        "at": wording.instant(event.at),
        "event": event.type.value,
        "rule": event.reason,
        "actor": event.actor,
        "detail": detail,
        "agreement": agreement.told(detail) or None,
        "channels": [_told(choice, event, told) for choice in choices],
    }


def _told(choice: dict[str, Any], event: Event, told: list[tuple[Notification, list[Delivery]]]) -> dict[str, Any]:
    answer: dict[str, Any] = {**choice, "outcome": "sent" if choice["told"] else "not_told", "attempts": []}
    for notification, deliveries in told:
        same = notification.channel_id == choice["channel_id"] and notification.event == event.type.value
        if same and notification.created_at == event.at:
            answer["outcome"] = notification.status.value
            if notification.status is NotificationStatus.DROPPED:
                # It was to be told, and something came between.
                answer["reason"] = notification.reason
            answer["notification_id"] = notification.id
            answer["attempts"] = [_attempt(one) for one in deliveries]
    return answer


def _attempt(delivery: Delivery) -> dict[str, Any]:
    return {
        "at": wording.instant(delivery.at),
        "ok": delivery.ok,
        "answer": delivery.answer,
        "duration_ms": round(delivery.duration_ms, 1),
    }


def _checked(text: str, path: str, *, required: bool = True) -> str:
    if required and not text.strip():
        raise Invalid(Fault(path, "must not be empty"))
    if len(text) > NOTE_LIMIT:
        raise Invalid(Fault(path, f"must be at most {NOTE_LIMIT} characters"))
    return text
