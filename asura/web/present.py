"""From domain values to answers: the only place where fields of the API are filled."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asura.domain.channel import Channel, Delivery, Notification
from asura.domain.fields import STARS, conceal, is_credential
from asura.domain.heartbeat import BEAT_FIELDS
from asura.domain.incident import Event, Incident, IncidentStatus
from asura.domain.result import Evidence, Phases, Result
from asura.web import shapes

if TYPE_CHECKING:
    from asura.engine.key_desk import Actor
    from asura.engine.live import MonitorView
    from asura.store.incidents import Sighting
    from asura.store.keys import ApiKey
    from asura.store.tallies import Tally

# Of a notification nobody needs to know when it would have been tried next once it is over.
UNFINISHED = frozenset({"pending", "failed"})


def instant(at: datetime) -> str:
    """Return an instant as RFC 3339 in UTC with milliseconds."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"


def maybe_instant(at: datetime | None) -> str | None:
    """Return an instant, or None."""
    return None if at is None else instant(at)


def milliseconds(value: float | None) -> float | None:
    """Return a latency to the microsecond."""
    return None if value is None else round(value, 3)


def without_places(text: str, *folders: Path) -> str:
    """Return a message of the system without the whole paths of folders of ours: where they lie is nobody's business.

    A folder that was named by a relative path says nothing of that, and its name may be a part of any word.
    """
    for folder in sorted({str(one.absolute()) for one in folders}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w./-]){re.escape(folder)}(?![\w-]|\.\w)", "…", text)
    return text


def phases(found: Phases) -> shapes.PhasesMs:
    """Return the phases of a check."""
    return shapes.PhasesMs(
        dns=milliseconds(found.dns),
        connect=milliseconds(found.connect),
        tls=milliseconds(found.tls),
        ttfb=milliseconds(found.ttfb),
        transfer=milliseconds(found.transfer),
    )


def result(found: Result, *, maintenance: bool = False) -> shapes.Result:
    """Return a result without its evidence."""
    return shapes.Result(**_result_fields(found), maintenance=maintenance)


def checked_result(found: Result, *, maintenance: bool = False) -> shapes.CheckedResult:
    """Return a result that somebody asked for, with its evidence."""
    return shapes.CheckedResult(**_result_fields(found), evidence=evidence(found.evidence), maintenance=maintenance)


def _result_fields(found: Result) -> dict[str, Any]:
    return {
        "at": instant(found.at),
        "region": found.region,
        "status": found.finding.status.value,
        "latency_ms": milliseconds(found.latency_ms),
        "code": found.code,
        "reason": str(found.reason),
        "message": found.message,
        "phases_ms": phases(found.phases),
        "counted": found.counted,
    }


def evidence(seen: Evidence | None) -> dict[str, Any] | None:
    """Return what was seen, as plain data with readable words and instants."""
    if seen is None:
        return None
    plain: dict[str, Any] = readable(conceal(seen))
    for assertion in plain.get("assertions", ()):
        assertion["severity"] = _finding_word(assertion["severity"])
    return plain


def _finding_word(number: int) -> str:
    return {0: "up", 1: "degraded", 2: "down", 3: "unknown"}.get(number, "unknown")


def monitor(
    view: "MonitorView",
    now: datetime,
    *,
    to: "Actor | None" = None,
    heartbeat: shapes.Heartbeat | None = None,
    region_warning: str | None = None,
) -> shapes.Monitor:
    """Return a monitor as configured and as it is; secrets are stars.

    Who may not edit does not see credentials in headers either, though they were not written as secrets.
    """
    stored, config = view.monitor, view.monitor.config
    plain = conceal(config)
    if heartbeat is not None:
        plain["heartbeat"] = heartbeat
    else:
        for name in BEAT_FIELDS:
            del plain[name]
    headers = plain["settings"].get("headers")
    if isinstance(headers, dict) and (to is None or to.role == "viewer"):
        shown = {name: STARS if is_credential(name) else value for name, value in headers.items()}
        plain["settings"]["headers"] = shown
    return shapes.Monitor(
        **plain,
        id=stored.id,
        slug=stored.slug,
        managed_by=stored.managed_by,
        status=view.status.value,
        status_reason=str(view.reason),
        status_message=view.message,
        since=instant(view.since),
        last_result=None if view.last is None else result(view.last),
        incident_id=view.incident_id,
        uptime_24h_ratio=ratio(view.uptime_24h(now)),
        certificate_days=certificate_days(view.last, now),
        checked_from=view.electorate.regions,
        region_warning=region_warning,
        created_at=instant(stored.created_at),
        updated_at=instant(stored.updated_at),
    )


def certificate_days(last: Result | None, now: datetime) -> float | None:
    """Return for how many days the certificate of a target is still valid; None when no check has seen it yet."""
    if last is None or last.certificate_days is None:
        return None
    return round(last.certificate_days - (now - last.at).total_seconds() / 86_400, 2)


def ratio(value: float | None) -> float | None:
    """Return a ratio that sums of floats cannot have pushed over one."""
    return None if value is None else min(1.0, max(0.0, round(value, 6)))


def incident(stored: Incident) -> shapes.Incident:
    """Return an incident; it has a duration when it is over."""
    return shapes.Incident(**_incident_fields(stored))


def incident_with_events(stored: Incident, events: Iterable[Event]) -> shapes.IncidentWithEvents:
    """Return an incident with its timeline."""
    return shapes.IncidentWithEvents(**_incident_fields(stored), events=[event(one) for one in events])


def _incident_fields(stored: Incident) -> dict[str, Any]:
    lasted = None if stored.resolved_at is None else (stored.resolved_at - stored.started_at).total_seconds()
    return {
        "id": stored.id,
        "monitor_ids": stored.monitor_ids,
        "status": stored.status.value,
        "severity": stored.severity,
        "title": stored.title,
        "cause": stored.cause,
        "message": stored.message,
        "started_at": instant(stored.started_at),
        "detected_at": instant(stored.detected_at),
        "acknowledged_at": maybe_instant(stored.acknowledged_at),
        "acknowledged_by": stored.acknowledged_by,
        "resolved_at": maybe_instant(stored.resolved_at),
        "resolved_by": stored.resolved_by,
        "snoozed_until": None if stored.status is IncidentStatus.RESOLVED else maybe_instant(stored.snoozed_until),
        "next_reminder_at": maybe_instant(stored.next_reminder_at) if stored.status is IncidentStatus.OPEN else None,
        "duration_s": None if lasted is None else max(0.0, round(lasted, 3)),
        "regions": stored.regions,
    }


def event(stored: Event) -> shapes.IncidentEvent:
    """Return one row of a timeline."""
    return shapes.IncidentEvent(
        at=instant(stored.at),
        type=stored.type.value,
        reason=stored.reason,
        actor=stored.actor,
        detail=conceal(stored.detail),
    )


def sighting(seen: "Sighting") -> shapes.Sighting:
    """Return what one region saw."""
    return shapes.Sighting(
        region=seen.region,
        at=instant(seen.at),
        status=seen.finding.status.value,
        reason=seen.reason,
        message=seen.message,
        evidence=evidence(seen.evidence),
    )


def channel(stored: Channel) -> shapes.Channel:
    """Return a channel; secrets are stars."""
    return shapes.Channel(
        **conceal(stored.config),
        id=stored.id,
        slug=stored.slug,
        managed_by=stored.managed_by,
        created_at=instant(stored.created_at),
        updated_at=instant(stored.updated_at),
    )


def notification(stored: Notification, deliveries: Iterable[Delivery]) -> shapes.Notification:
    """Return a notification with every attempt; what it said stays inside."""
    return shapes.Notification(
        id=stored.id,
        channel_id=stored.channel_id,
        incident_id=stored.incident_id,
        monitor_id=stored.monitor_id,
        event=stored.event,
        key=stored.key,
        status=stored.status.value,
        reason=stored.reason,
        created_at=instant(stored.created_at),
        next_attempt_at=instant(stored.next_attempt_at) if stored.status.value in UNFINISHED else None,
        finished_at=maybe_instant(stored.finished_at),
        attempts=[attempt(one) for one in deliveries],
    )


def tally(found: "Tally") -> shapes.ChannelTally:
    """Return how a channel fares."""
    last, counts = found.last, found.counts
    shown = None
    if last is not None:
        shown = shapes.LastAttempt(instant(last.at), last.ok, last.answer, round(last.duration_ms, 3), last.event)
    return shapes.ChannelTally(
        channel_id=found.channel_id,
        last=shown,
        sent_24h=counts.get("sent", 0),
        dead_24h=counts.get("dead", 0),
        waiting=counts.get("pending", 0),
        failing=counts.get("failed", 0),
    )


def attempt(delivery: Delivery) -> shapes.Attempt:
    """Return one attempt to deliver."""
    return shapes.Attempt(
        at=instant(delivery.at), ok=delivery.ok, answer=delivery.answer, duration_ms=round(delivery.duration_ms, 3)
    )


def key(stored: "ApiKey") -> shapes.Key:
    """Return an API key; neither the key nor its hash leaves."""
    return shapes.Key(**_key_fields(stored))


def new_key(stored: "ApiKey", token: str) -> shapes.NewKey:
    """Return an API key that was just made, this once with the key itself."""
    return shapes.NewKey(**_key_fields(stored), key=token)


def _key_fields(stored: "ApiKey") -> dict[str, Any]:
    return {
        "id": stored.id,
        "name": stored.name,
        "role": str(stored.role),
        "scopes": tuple(sorted(stored.scopes)),
        "created_at": instant(stored.created_at),
        "last_used_at": maybe_instant(stored.last_used_at),
        "expires_at": maybe_instant(stored.expires_at),
        "rate_per_sec": stored.rate_per_sec,
    }


def readable(value: Any) -> Any:
    """Return plain data with each instant in it as the API writes instants."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, dict):
        return {name: readable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [readable(item) for item in value]
    return value
