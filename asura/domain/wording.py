"""What messages say: one title and one text for each event, in plain words."""

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from asura.domain.incident import EventType, Incident
from asura.domain.lifecycle import Effect
from asura.domain.message import Message
from asura.domain.monitor import Monitor

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def duration(seconds: float) -> str:
    """Return a duration as people say it, in its two largest units: `4 min 12 s`, `2 h 5 min`, `3 d 1 h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    for size, unit, smaller, name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit} {rest} {name}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def instant(at: datetime | None) -> str | None:
    """Return an instant as the contract writes it: UTC, to the millisecond, with a Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def message_key(incident_id: int | None, event_id: int, channel_id: int, subject: str = "") -> str:
    """Return the idempotency key of a message: the same for every try, and after every crash.

    `subject` is what a notice without an incident is about.
    """
    about = f"{incident_id}:{subject}" if subject else f"{incident_id}"
    return sha256(f"asura:{about}:{event_id}:{channel_id}".encode()).hexdigest()[:32]


def thread_key(incident_id: int | None, subject: str = "") -> str:
    """Return what all messages of one incident share, or all notices about one subject."""
    about = f"{incident_id}:{subject}" if subject else f"{incident_id}"
    return sha256(f"asura:thread:{about}".encode()).hexdigest()[:32]


def compose(
    incident: Incident, effect: Effect, *, event_id: int, at: datetime, monitor: Monitor | None, status: str, url: str
) -> Message:
    """Return the message about one event of an incident, as yet without a receiver (`id` 0, empty key)."""
    name = monitor.config.name if monitor else incident.title
    return Message(
        id=0,
        event=effect.type.value,
        at=at,
        title=_title(incident, effect, name),
        text=_text(incident, effect),
        severity=incident.severity,
        url=f"{url}/incidents/{incident.id}",
        key="",
        thread=thread_key(incident.id),
        incident=summary(incident),
        monitor=_monitor_summary(monitor, status),
    )


def addressed(message: Message, *, notification_id: int, key: str) -> Message:
    """Return a message made out to one receiver."""
    return msgspec.structs.replace(message, id=notification_id, key=key)


def summary(incident: Incident) -> dict[str, Any]:
    """Return an incident as messages and the API carry it."""
    end = incident.resolved_at
    return {
        "id": incident.id,
        "monitor_ids": list(incident.monitor_ids),
        "status": incident.status.value,
        "severity": incident.severity,
        "title": incident.title,
        "cause": incident.cause,
        "message": incident.message,
        "started_at": instant(incident.started_at),
        "detected_at": instant(incident.detected_at),
        "acknowledged_at": instant(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by,
        "resolved_at": instant(end),
        "duration_s": round((end - incident.started_at).total_seconds(), 3) if end else None,
        "regions": list(incident.regions),
    }


def without_credentials(target: str) -> str:
    """Return a target without the user and password that may stand in its address."""
    return _CREDENTIALS.sub("", target)


def _monitor_summary(monitor: Monitor | None, status: str) -> dict[str, Any] | None:
    if monitor is None:
        return None
    config = monitor.config
    return {
        "id": monitor.id,
        "slug": monitor.slug,
        "name": config.name,
        "type": config.type,
        "target": without_credentials(config.target),
        "status": status,
    }


def _title(incident: Incident, effect: Effect, name: str) -> str:
    state = "down" if incident.severity == "critical" else "degraded"
    match effect.type:
        case EventType.RESOLVED:
            if effect.actor:
                return f"RESOLVED: {name} (by {effect.actor})"
            return f"UP: {name}, after {duration(effect.detail.get('duration_s', 0))}"
        case EventType.ACKNOWLEDGED:
            return f"ACKNOWLEDGED: {name} (by {effect.actor})"
        case EventType.REMINDER:
            return f"STILL {state.upper()}: {name}, for {duration(effect.detail.get('open_for_s', 0))}"
        case _ if alone := effect.detail.get("alone"):
            return f"DOWN FROM {alone} ALONE: {name}"
        case _:
            return f"{state.upper()}: {name}"


def _works(effect: Effect) -> str:
    """Return that it is over, and for whom it is not."""
    failing = (effect.detail.get("agreement") or {}).get("failing")
    if not failing:
        return "It works again."
    return f"Enough regions see it working again. It still fails from {', '.join(failing)}."


def _text(incident: Incident, effect: Effect) -> str:
    began = f"{incident.started_at:%Y-%m-%d %H:%M:%S} UTC"
    match effect.type:
        case EventType.RESOLVED if effect.actor:
            return f"{effect.actor} resolved it. It began at {began}: {incident.message}"
        case EventType.RESOLVED:
            lasted = duration(effect.detail.get("duration_s", 0))
            return f"{_works(effect)} It began at {began} and lasted {lasted}. It was: {incident.message}"
        case EventType.ACKNOWLEDGED:
            note = effect.detail.get("note")
            return f"{effect.actor} takes care of it." + (f" {note}" if note else "") + f" Failing since {began}."
        case EventType.SEVERITY_CHANGED:
            return f"{incident.message} Failing since {began}; was {effect.detail.get('from')}."
        case _:
            return f"{incident.message} Failing since {began}."
