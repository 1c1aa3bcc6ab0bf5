"""How events move an incident: from the first believed failure to its end."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from asura.domain.incident import EventType, Incident, IncidentStatus, Severity
from asura.domain.reason import Reason
from asura.domain.status import Status


class Subject(msgspec.Struct, frozen=True):
    """What an incident needs to know of the monitor that it is about."""

    monitor_id: int
    name: str
    reminder_interval: float = 0


class Believed(msgspec.Struct, frozen=True):
    """The judge believes a new status. `since` is the first result of it; `regions` saw it.

    `cautious`: one region alone says so, where several were to: a warning. `detail` is kept with the event.
    """

    status: Status
    since: datetime
    reason: Reason
    message: str
    why: str
    regions: tuple[str, ...] = ()
    cautious: bool = False
    detail: dict[str, Any] = {}

    @property
    def severity(self) -> Severity | None:
        """Return how bad it is; None when it is well."""
        severity = _SEVERITIES.get(self.status)
        return "warning" if severity is not None and self.cautious else severity


class Acknowledge(msgspec.Struct, frozen=True):
    """Somebody takes care of it."""

    actor: str
    note: str = ""


class Resolve(msgspec.Struct, frozen=True):
    """Somebody says that it is over."""

    actor: str


class Note(msgspec.Struct, frozen=True):
    """Somebody writes something down."""

    actor: str
    text: str


class Snooze(msgspec.Struct, frozen=True):
    """Somebody asks for quiet until an instant."""

    actor: str
    until: datetime


class Withdraw(msgspec.Struct, frozen=True):
    """The monitor was paused or deleted: the incident ends without telling anybody."""

    actor: str
    why: str


class Remind(msgspec.Struct, frozen=True):
    """The time of a reminder has come."""


class Replan(msgspec.Struct, frozen=True):
    """The monitor's reminder interval was edited."""


class Hold(msgspec.Struct, frozen=True):
    """Planned work began: nobody is reminded until it ends."""

    text: str


class Release(msgspec.Struct, frozen=True):
    """The planned work is over, and it is as bad as before."""

    text: str


class Moved(StrEnum):
    """Why an incident did or did not move."""

    OPENED = "opened"
    RAISED = "raised"
    LOWERED = "lowered"
    RECOVERED = "recovered"
    UNCHANGED = "unchanged"
    NOTHING_OPEN = "nothing_open"
    ACKNOWLEDGED = "acknowledged"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    RESOLVED_BY_HAND = "resolved_by_hand"
    ALREADY_RESOLVED = "already_resolved"
    NOTED = "noted"
    SNOOZED = "snoozed"
    WITHDRAWN = "withdrawn"
    REMINDED = "reminded"
    NOT_DUE = "not_due"
    REPLANNED = "replanned"
    HELD = "held_by_maintenance"
    RELEASED = "maintenance_over"
    OUTLIVED = "outlived_maintenance"


class Effect(msgspec.Struct, frozen=True):
    """One event to be recorded, and whether people are to be told of it."""

    type: EventType
    reason: str
    tell: bool
    actor: str | None = None
    detail: dict[str, Any] = {}


class Step(msgspec.Struct, frozen=True):
    """The incident after an event, what follows from it, and why."""

    incident: Incident | None
    effects: tuple[Effect, ...]
    reason: Moved


# What is written on a timeline by ourselves.
OURSELVES = "asura"
Happening = Believed | Acknowledge | Resolve | Note | Snooze | Withdraw | Remind | Replan | Hold | Release
_SEVERITIES: dict[Status, Severity] = {Status.DOWN: "critical", Status.DEGRADED: "warning"}
SEVERITY_WORDS = {Status.DOWN: "is down", Status.DEGRADED: "is degraded"}


def step(incident: Incident | None, happening: Happening, now: datetime, *, subject: Subject) -> Step:
    """Return the incident after `happening`; an incident that has ended does not move any more."""
    if isinstance(happening, Believed):
        return _believe(incident, happening, now, subject)
    if incident is None:
        return Step(None, (), Moved.NOTHING_OPEN)
    if isinstance(happening, Note):
        effect = Effect(EventType.NOTED, Moved.NOTED, False, happening.actor, {"text": happening.text})
        return Step(incident, (effect,), Moved.NOTED)
    if incident.status is IncidentStatus.RESOLVED:
        return Step(incident, (), Moved.ALREADY_RESOLVED)
    if isinstance(happening, Acknowledge):
        return _acknowledge(incident, happening, now)
    if isinstance(happening, Snooze):
        return _snooze(incident, happening, subject)
    if isinstance(happening, Remind):
        return _remind(incident, now, subject)
    if isinstance(happening, Replan):
        at = _next_reminder(now, subject) if incident.status is IncidentStatus.OPEN else None
        return Step(msgspec.structs.replace(incident, next_reminder_at=at), (), Moved.REPLANNED)
    if isinstance(happening, Hold | Release):
        return _hold(incident, happening, now, subject)
    return _end_by_hand(incident, happening, now)


def changes_at(incident: Incident) -> datetime | None:
    """Return when an incident next does something by itself: its reminder."""
    return incident.next_reminder_at if incident.status is not IncidentStatus.RESOLVED else None


def _believe(incident: Incident | None, belief: Believed, now: datetime, subject: Subject) -> Step:
    severity = belief.severity
    if incident is None:
        return Step(None, (), Moved.NOTHING_OPEN) if severity is None else _open(belief, severity, now, subject)
    if severity is None:
        return _recover(incident, belief)
    if severity == incident.severity:
        return Step(incident, (), Moved.UNCHANGED)
    moved = Moved.RAISED if severity == "critical" else Moved.LOWERED
    changed = msgspec.structs.replace(
        incident,
        severity=severity,
        title=f"{subject.name} {SEVERITY_WORDS[belief.status]}",
        cause=belief.reason.value,
        message=belief.message,
        regions=belief.regions or incident.regions,
    )
    detail = {"from": incident.severity, "to": severity, "message": belief.message, **belief.detail}
    return Step(changed, (Effect(EventType.SEVERITY_CHANGED, moved, True, None, detail),), moved)


def _open(belief: Believed, severity: Severity, now: datetime, subject: Subject) -> Step:
    opened = Incident(
        monitor_ids=(subject.monitor_id,),
        severity=severity,
        title=f"{subject.name} {SEVERITY_WORDS[belief.status]}",
        cause=belief.reason.value,
        message=belief.message,
        started_at=belief.since,
        detected_at=now,
        next_reminder_at=_next_reminder(now, subject),
        regions=belief.regions,
    )
    detail = {"message": belief.message, "cause": belief.reason.value, "regions": list(belief.regions), **belief.detail}
    return Step(opened, (Effect(EventType.OPENED, belief.why, True, None, detail),), Moved.OPENED)


def _recover(incident: Incident, belief: Believed) -> Step:
    ended_at = max(belief.since, incident.started_at)
    ended = _ended(incident, ended_at, by=None)
    detail = {"duration_s": (ended_at - incident.started_at).total_seconds(), **belief.detail}
    return Step(ended, (Effect(EventType.RESOLVED, belief.why, True, None, detail),), Moved.RECOVERED)


def _acknowledge(incident: Incident, wish: Acknowledge, now: datetime) -> Step:
    if incident.status is IncidentStatus.ACKNOWLEDGED:
        return Step(incident, (), Moved.ALREADY_ACKNOWLEDGED)
    taken = msgspec.structs.replace(
        incident,
        status=IncidentStatus.ACKNOWLEDGED,
        acknowledged_at=now,
        acknowledged_by=wish.actor,
        next_reminder_at=None,
    )
    detail = {"note": wish.note} if wish.note else {}
    return Step(
        taken, (Effect(EventType.ACKNOWLEDGED, Moved.ACKNOWLEDGED, True, wish.actor, detail),), Moved.ACKNOWLEDGED
    )


def _snooze(incident: Incident, wish: Snooze, subject: Subject) -> Step:
    reminder = wish.until if incident.status is IncidentStatus.OPEN and subject.reminder_interval else None
    quiet = msgspec.structs.replace(incident, snoozed_until=wish.until, next_reminder_at=reminder)
    detail = {"until": wish.until.isoformat()}
    return Step(quiet, (Effect(EventType.SNOOZED, Moved.SNOOZED, False, wish.actor, detail),), Moved.SNOOZED)


def _remind(incident: Incident, now: datetime, subject: Subject) -> Step:
    if incident.next_reminder_at is None or now < incident.next_reminder_at:
        return Step(incident, (), Moved.NOT_DUE)
    reminded = msgspec.structs.replace(incident, next_reminder_at=_next_reminder(now, subject))
    if incident.status is not IncidentStatus.OPEN or not subject.reminder_interval:
        return Step(msgspec.structs.replace(incident, next_reminder_at=None), (), Moved.NOT_DUE)
    detail = {"open_for_s": (now - incident.started_at).total_seconds()}
    return Step(reminded, (Effect(EventType.REMINDER, Moved.REMINDED, True, None, detail),), Moved.REMINDED)


def _hold(incident: Incident, happening: Hold | Release, now: datetime, subject: Subject) -> Step:
    """Write down that planned work began or ended; reminders wait meanwhile, and are planned anew after it."""
    moved, at = Moved.HELD, None
    if isinstance(happening, Release):
        moved = Moved.RELEASED
        if incident.status is IncidentStatus.OPEN and subject.reminder_interval:
            asked = incident.snoozed_until
            at = asked if asked is not None and asked > now else _next_reminder(now, subject)
    effect = Effect(EventType.NOTED, moved, False, OURSELVES, {"text": happening.text})
    return Step(msgspec.structs.replace(incident, next_reminder_at=at), (effect,), moved)


def _end_by_hand(incident: Incident, wish: Resolve | Withdraw, now: datetime) -> Step:
    ended = _ended(incident, now, by=wish.actor)
    duration = {"duration_s": (now - incident.started_at).total_seconds()}
    if isinstance(wish, Withdraw):
        detail = {**duration, "why": wish.why}
        return Step(ended, (Effect(EventType.RESOLVED, Moved.WITHDRAWN, False, wish.actor, detail),), Moved.WITHDRAWN)
    effect = Effect(EventType.RESOLVED, Moved.RESOLVED_BY_HAND, True, wish.actor, duration)
    return Step(ended, (effect,), Moved.RESOLVED_BY_HAND)


def _ended(incident: Incident, at: datetime, *, by: str | None) -> Incident:
    return msgspec.structs.replace(
        incident, status=IncidentStatus.RESOLVED, resolved_at=at, resolved_by=by, next_reminder_at=None
    )


def _next_reminder(now: datetime, subject: Subject) -> datetime | None:
    return now + timedelta(seconds=subject.reminder_interval) if subject.reminder_interval else None
