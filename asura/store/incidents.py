"""Incidents, what happened to them, and what was seen."""

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import aiosqlite
import msgspec

from asura.domain.incident import Event, EventType, Incident, IncidentStatus, Severity
from asura.domain.instant import at_ms, from_ms
from asura.domain.result import Evidence
from asura.domain.status import Finding
from asura.errors import NotFound
from asura.store import columns

FIELDS = (
    "status, severity, title, cause, message, started_at, detected_at, acknowledged_at, acknowledged_by, "
    "resolved_at, resolved_by, snoozed_until, next_reminder_at, regions"
)
INSERT = f"INSERT INTO incidents ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
UPDATE = f"UPDATE incidents SET ({FIELDS}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?"
ADD_MEMBER = "INSERT OR IGNORE INTO incident_monitors (incident_id, monitor_id) VALUES (?, ?)"
DROP_MEMBERS = (
    "DELETE FROM incident_monitors WHERE incident_id = ? AND monitor_id NOT IN (SELECT value FROM json_each(?))"
)
MEMBERS = "(SELECT json_group_array(monitor_id) FROM incident_monitors WHERE incident_id = incidents.id)"
SELECT = f"SELECT id, {MEMBERS}, {FIELDS} FROM incidents"
GET = f"{SELECT} WHERE id = ?"
ACTIVE = f"{SELECT} WHERE status <> 'resolved' ORDER BY id"
MATCHING = """
    (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
    AND (:severity IS NULL OR severity = :severity)
    AND (:within IS NULL OR EXISTS (SELECT 1 FROM incident_monitors AS member WHERE member.incident_id = incidents.id
        AND member.monitor_id IN (SELECT value FROM json_each(:within))))
    AND (:from_at IS NULL OR resolved_at IS NULL OR resolved_at > :from_at) AND (:to_at IS NULL OR started_at < :to_at)
    ORDER BY id DESC LIMIT :count
"""
PAGE = f"{SELECT} WHERE id < :before AND {MATCHING}"
PAGE_ACTIVE = f"{SELECT} WHERE id < :before AND status <> 'resolved' AND {MATCHING}"
PAGE_OF_MONITOR = f"""
    {SELECT} WHERE id IN (
        SELECT incident_id FROM incident_monitors WHERE monitor_id = :monitor AND incident_id < :before)
    AND {MATCHING}
"""
ADD_EVENT = "INSERT INTO events (incident_id, at, type, reason, actor, detail) VALUES (?, ?, ?, ?, ?, ?)"
EVENTS = "SELECT id, incident_id, at, type, reason, actor, detail FROM events WHERE incident_id = ? ORDER BY id"
ADD_EVIDENCE = (
    "INSERT INTO evidence (incident_id, region, at, finding, reason, message, seen) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
EVIDENCE = (
    "SELECT region, at, finding, reason, message, seen FROM evidence WHERE incident_id = ? ORDER BY id LIMIT 1000"
)
_BEYOND = 1 << 62


class Sighting(msgspec.Struct, frozen=True):
    """What one region saw at a moment of an incident."""

    region: str
    at: datetime
    finding: Finding
    reason: str
    message: str
    evidence: Evidence | None


def save(db: sqlite3.Connection, incident: Incident) -> Incident:
    """Store an incident as it is now and return it with its id, which is given when it was 0."""
    values = _values(incident)
    if incident.id == 0:
        cursor = db.execute(INSERT, values)
        incident = msgspec.structs.replace(incident, id=int(cursor.lastrowid or 0))
    elif not db.execute(UPDATE, (*values, incident.id)).rowcount:
        raise NotFound(f"there is no incident {incident.id}")
    else:
        db.execute(DROP_MEMBERS, (incident.id, columns.to_json(incident.monitor_ids).decode()))
    db.executemany(ADD_MEMBER, [(incident.id, monitor_id) for monitor_id in incident.monitor_ids])
    return incident


def add_event(db: sqlite3.Connection, event: Event) -> Event:
    """Store one thing that happened, and return it with its id."""
    actor = None if event.actor is None else columns.text(event.actor)
    values = (event.incident_id, at_ms(event.at), event.type.value, columns.text(event.reason), actor)
    cursor = db.execute(ADD_EVENT, (*values, columns.to_json(event.detail)))
    return msgspec.structs.replace(event, id=int(cursor.lastrowid or 0))


def save_evidence(
    db: sqlite3.Connection,
    incident_id: int,
    region: str,
    at: datetime,
    finding: Finding,
    reason: str,
    message: str,
    evidence: Evidence | None,
) -> None:
    """Keep what a region saw when an incident changed."""
    seen = None if evidence is None else columns.to_json(evidence)
    db.execute(
        ADD_EVIDENCE,
        (incident_id, columns.text(region), at_ms(at), int(finding), str(reason), columns.text(message), seen),
    )


def load_active(db: sqlite3.Connection) -> list[Incident]:
    """Return the incidents that are not resolved, oldest first."""
    return [_incident(row) for row in db.execute(ACTIVE)]


async def get(reader: aiosqlite.Connection, incident_id: int) -> Incident | None:
    """Return an incident; None when there is no such."""
    rows = await reader.execute_fetchall(GET, (incident_id,))
    return next((_incident(row) for row in rows), None)


async def page(
    reader: aiosqlite.Connection,
    *,
    statuses: Collection[IncidentStatus] | None = None,
    severity: Severity | None = None,
    monitor_id: int | None = None,
    within: Collection[int] | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> tuple[list[Incident], str | None]:
    """Return incidents (of monitors `within`) that lasted into [from_at, to_at), newest first, and the next cursor."""
    before = _BEYOND if cursor is None else columns.cursor_values(cursor, int)[0]
    wanted = set(statuses) if statuses else None
    query = {
        "before": before,
        "monitor": monitor_id,
        "severity": severity,
        "within": None if within is None else columns.to_json(sorted(within)).decode(),
        "statuses": None if wanted is None else columns.to_json(sorted(status.value for status in wanted)).decode(),
        "from_at": columns.ms(from_at),
        "to_at": columns.ms(to_at),
        "count": limit + 1,
    }
    text = PAGE_ACTIVE if wanted is not None and IncidentStatus.RESOLVED not in wanted else PAGE
    rows = await reader.execute_fetchall(text if monitor_id is None else PAGE_OF_MONITOR, query)
    found = [_incident(row) for row in rows]
    return found[:limit], columns.cursor_of(found[limit - 1].id) if len(found) > limit else None


async def events(reader: aiosqlite.Connection, incident_id: int) -> list[Event]:
    """Return what happened to an incident, in order."""
    rows = await reader.execute_fetchall(EVENTS, (incident_id,))
    return [
        Event(
            id=row[0],
            incident_id=row[1],
            at=from_ms(row[2]),
            type=EventType(row[3]),
            reason=row[4],
            actor=row[5],
            detail=columns.from_json(row[6]),
        )
        for row in rows
    ]


async def evidence(reader: aiosqlite.Connection, incident_id: int) -> list[Sighting]:
    """Return what was seen during an incident, in order."""
    rows = await reader.execute_fetchall(EVIDENCE, (incident_id,))
    return [
        Sighting(
            region,
            from_ms(at),
            Finding(finding),
            reason,
            message,
            None if seen is None else msgspec.json.decode(seen, type=Evidence),
        )
        for region, at, finding, reason, message, seen in rows
    ]


def _values(incident: Incident) -> tuple[Any, ...]:
    return (
        incident.status.value,
        incident.severity,
        columns.text(incident.title),
        columns.text(incident.cause),
        columns.text(incident.message),
        at_ms(incident.started_at),
        at_ms(incident.detected_at),
        columns.ms(incident.acknowledged_at),
        _optional(incident.acknowledged_by),
        columns.ms(incident.resolved_at),
        _optional(incident.resolved_by),
        columns.ms(incident.snoozed_until),
        columns.ms(incident.next_reminder_at),
        columns.to_json(incident.regions),
    )


def _optional(value: str | None) -> str | None:
    return None if value is None else columns.text(value)


def _incident(row: Iterable[Any]) -> Incident:
    found = list(row)
    return Incident(
        id=found[0],
        monitor_ids=tuple(sorted(columns.from_json(found[1]))),
        status=IncidentStatus(found[2]),
        severity=found[3],
        title=found[4],
        cause=found[5],
        message=found[6],
        started_at=from_ms(found[7]),
        detected_at=from_ms(found[8]),
        acknowledged_at=columns.instant(found[9]),
        acknowledged_by=found[10],
        resolved_at=columns.instant(found[11]),
        resolved_by=found[12],
        snoozed_until=columns.instant(found[13]),
        next_reminder_at=columns.instant(found[14]),
        regions=tuple(columns.from_json(found[15])),
    )
