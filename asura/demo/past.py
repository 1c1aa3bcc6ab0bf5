"""What became of the outages of the past: spans, incidents with their events and evidence, and who was told."""

import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from asura.demo import names
from asura.demo.cast import Seed
from asura.demo.outages import Outage, paused_at
from asura.domain.channel import Channel, Delivery, Notification, NotificationStatus
from asura.domain.incident import Event, EventType, Incident, IncidentStatus, Severity
from asura.domain.monitor import Monitor
from asura.domain.reason import Reason
from asura.domain.result import Certificate, Evidence, Phases
from asura.domain.status import Finding, Status
from asura.store import incidents, outbox, spans

WHO = "mia"
NOTES = ("Looking at it.", "On it.", "Known: the provider works on it.", "Restarting it.")
ANSWERS = {"slack": "200 ok", "ntfy": "200 OK", "email": "250 2.0.0 Ok: queued"}


class Lived(NamedTuple):
    """One monitor with what happened to it."""

    seed: Seed
    monitor: Monitor
    outages: Sequence[Outage]


def happen(
    db: sqlite3.Connection, lived: Sequence[Lived], channels: Sequence[Channel], begin: datetime, now: datetime
) -> None:
    """Store what happened to everything that is watched."""
    for one in lived:
        _spans(db, one, begin, now)
    happened = sorted(((one, outage) for one in lived for outage in one.outages), key=lambda pair: pair[1].from_at)
    # Incidents have numbers in the order in which they began.
    for number, (one, outage) in enumerate(happened):
        _Story(db, one, outage, channels, number).tell()


def _spans(db: sqlite3.Connection, one: Lived, begin: datetime, now: datetime) -> None:
    def switch(status: Status, reason: str, at: datetime) -> None:
        spans.switch(db, one.monitor.id, "", status, reason, at)

    switch(Status.UP, Reason.OK, begin + timedelta(seconds=30))
    for outage in one.outages:
        switch(outage.status, outage.reason, outage.from_at)
        if outage.to_at is not None:
            switch(Status.UP, Reason.OK, outage.to_at)
    if one.seed.now is Status.PAUSED:
        switch(Status.PAUSED, Reason.PAUSED, paused_at(now))


class _Story:
    """One incident of the past, or one that is open."""

    def __init__(
        self, db: sqlite3.Connection, one: Lived, outage: Outage, channels: Sequence[Channel], number: int
    ) -> None:
        self._db, self._one, self._outage, self._channels = db, one, outage, channels
        self._note = NOTES[number % len(NOTES)]
        open_ = outage.to_at is None
        self._acknowledged = outage.status is Status.DEGRADED if open_ else number % 2 == 0
        self._severity: Severity = "critical" if outage.status is Status.DOWN else "warning"
        self._detected = outage.from_at + timedelta(seconds=32)
        if not open_ and outage.to_at is not None:
            self._detected = min(self._detected, outage.from_at + (outage.to_at - outage.from_at) / 2)

    def tell(self) -> None:
        """Store it with everything that belongs to it."""
        outage = self._outage
        incident = incidents.save(self._db, self._incident())
        down = self._severity == "critical"
        reason = "failure_confirmed" if down else "degradation_confirmed"
        told: dict[str, Any] = {"message": outage.message, "cause": outage.reason, "routing": self._routing()}
        self._event(incident, EventType.OPENED, reason, self._detected, **told)
        seen = _evidence(self._one.seed, outage) if self._one.seed.type == "http" else None
        finding = Finding.DOWN if down else Finding.DEGRADED
        incidents.save_evidence(
            self._db, incident.id, "local", outage.from_at, finding, outage.reason, outage.message, seen
        )
        if incident.acknowledged_at is not None:
            self._event(
                incident, EventType.ACKNOWLEDGED, "acknowledged", incident.acknowledged_at, WHO, note=self._note
            )
        if outage.to_at is not None:
            lasted = (outage.to_at - outage.from_at).total_seconds()
            over: dict[str, Any] = {"duration_s": lasted, "routing": self._routing()}
            self._event(incident, EventType.RESOLVED, "recovery_confirmed", outage.to_at, **over)

    def _incident(self) -> Incident:
        outage = self._outage
        after = min(timedelta(minutes=3), ((outage.to_at or self._detected + timedelta(hours=1)) - self._detected) / 2)
        ongoing = IncidentStatus.ACKNOWLEDGED if self._acknowledged else IncidentStatus.OPEN
        word = "down" if self._severity == "critical" else "degraded"
        return Incident(
            monitor_ids=(self._one.monitor.id,),
            severity=self._severity,
            title=f"{self._one.seed.name} is {word}",
            cause=outage.reason,
            message=outage.message,
            status=IncidentStatus.RESOLVED if outage.to_at else ongoing,
            started_at=outage.from_at,
            detected_at=self._detected,
            acknowledged_at=self._detected + after if self._acknowledged else None,
            acknowledged_by=WHO if self._acknowledged else None,
            resolved_at=outage.to_at,
            regions=("local",),
        )

    def _routing(self) -> list[dict[str, Any]]:
        return [_choice(channel, self._one.monitor) for channel in self._channels]

    def _event(
        self, incident: Incident, kind: EventType, reason: str, at: datetime, actor: str | None = None, **detail: Any
    ) -> None:
        row = Event(incident_id=incident.id, at=at, type=kind, reason=reason, actor=actor, detail=detail)
        incidents.add_event(self._db, row)
        for choice in detail.get("routing", ()):
            if choice["told"]:
                channel = next(one for one in self._channels if one.id == choice["channel_id"])
                _told(self._db, incident, channel, kind, (at, choice["reason"]))


def _choice(channel: Channel, monitor: Monitor) -> dict[str, Any]:
    listed = monitor.config.channel_ids
    wanted = channel.id in listed if listed else channel.config.default
    if not wanted:
        told, reason = False, "not_listed_by_monitor" if listed else "not_a_default_channel"
    elif not channel.config.enabled:
        told, reason = False, "channel_disabled"
    else:
        told, reason = True, "listed_by_monitor" if listed else "default_channel"
    return {"channel_id": channel.id, "channel": channel.config.name, "told": told, "reason": reason}


def _told(
    db: sqlite3.Connection, incident: Incident, channel: Channel, kind: EventType, when: tuple[datetime, str]
) -> None:
    at, reason = when
    wanted = Notification(
        channel_id=channel.id,
        incident_id=incident.id,
        monitor_id=incident.monitor_ids[0],
        event=kind.value,
        key=f"{incident.id} {kind} {channel.id} {at}",
        thread=f"incident-{incident.id}",
        payload={},
        reason=reason,
        created_at=at,
        next_attempt_at=at,
    )
    saved = outbox.add(db, wanted)
    took = 180.0 + saved.id * 37 % 400
    delivery = Delivery(
        notification_id=saved.id,
        at=at + timedelta(milliseconds=80),
        ok=True,
        answer=ANSWERS.get(channel.config.type, "200 OK"),
        duration_ms=took,
    )
    outbox.finish(db, saved.id, delivery, status=NotificationStatus.SENT)


def _evidence(seed: Seed, outage: Outage) -> Evidence:
    """Return what a failing check saw."""
    host, _, path = seed.target.removeprefix("https://").partition("/")
    request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: asura\r\n"
    address = names.ADDRESSES[host]
    if outage.code == 0:
        return Evidence(address=address, resolved=(address,), phases_ms=Phases(dns=0.05 * seed.base_ms))
    usual = [share * seed.base_ms for share in (0.05, 0.13, 0.24, 0.55, 0.03)]
    said = re.search(r"Answered in (\d+) ms", outage.message)
    # Either the sentence says how long it took, or the answer alone took nine times as long.
    answer = float(said[1]) - sum(usual) + usual[3] if said else 9 * usual[3]
    phases = [*usual[:3], answer, usual[4]]
    leaf = Certificate(
        subject=f"CN={host}",
        issuer="CN=Demo CA R1,O=asura demo",
        names=(host,),
        not_before=outage.from_at - timedelta(days=26.6),
        not_after=outage.from_at + timedelta(days=63.4),
        days_left=63.4,
        fingerprint_sha256="ab" * 32,
    )
    return Evidence(
        address=address,
        resolved=(address,),
        request=request,
        response=_RESPONSES[outage.code],
        tls_version="TLSv1.3",
        tls_cipher="TLS_AES_256_GCM_SHA384",
        certificates=(leaf,),
        latency_ms=sum(phases),
        phases_ms=Phases(*phases),
    )


_RESPONSES = {
    200: "HTTP/1.1 200 OK\r\nserver: envoy\r\ncontent-length: 15\r\n\r\n" + '{"status":"ok"}',
    503: (
        "HTTP/1.1 503 Service Unavailable\r\nserver: envoy\r\ncontent-length: 91\r\n\r\n"
        "upstream connect error or disconnect/reset before headers. reset reason: connection timeout"
    ),
}
