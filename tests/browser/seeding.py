"""Fills a data folder with months of history by the store's own functions: the same for the same arguments."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from asura.clock import SystemClock
from asura.domain.channel import Channel, ChannelConfig, Delivery, Notification, NotificationStatus
from asura.domain.incident import Event, EventType, Incident, IncidentStatus, Severity
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Phases, Result
from asura.domain.status import Finding, Status
from asura.store import channels, incidents, monitors, outbox, spans
from asura.store.db import Store
from tests.browser import seeds
from tests.browser.internet import Internet
from tests.browser.seeding_jobs import call_in
from tests.browser.seeds import FAILURES, Seed

EVERY = timedelta(minutes=1)
# What lies further back is kept in figures of hours anyway.
EVERY_BEFORE = timedelta(minutes=10)
FRESH = timedelta(days=2)
SAMPLES = 400


class Outage(NamedTuple):
    """A stretch in which a monitor was not well; the last one may not have ended."""

    from_at: datetime
    to_at: datetime | None
    status: Status
    reason: Reason
    message: str
    code: int


class Seeded(NamedTuple):
    """One monitor with what happened to it."""

    seed: Seed
    monitor: Monitor
    outages: list[Outage]


def seed(folder: Path, *, count: int = 30, days: int = 90, internet: Internet | None = None) -> None:
    """Fill an empty data folder. With an internet the monitors find what the history leads up to."""
    # In a thread of its own: where a browser is driven, the main one has a loop that runs already.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_seed(folder, count=count, days=days, internet=internet))).result()


async def _seed(folder: Path, *, count: int, days: int, internet: Internet | None) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    store = Store.open(folder, clock=SystemClock())
    try:
        await store.write(store.results.load)
        chance = random.Random(4)
        begin = now - timedelta(days=days)
        wanted = seeds.numbered(count)

        def make(db: sqlite3.Connection) -> tuple[list[Seeded], list[Channel]]:
            told = [_channel(db, store, name, begin, number) for number, name in enumerate(("Shop team", "Pager"))]
            return [_monitor(db, store, one, begin, now, (chance, internet)) for one in wanted], told

        everything, told = await store.write(make)
        await _results(store, [one for one in everything if one.seed.type != "heartbeat"], begin, now)
        await store.write(lambda db: _happened(db, everything, told, begin, now))
        for one in everything:
            if one.seed.type == "heartbeat":
                await store.write(lambda db, one=one: call_in(db, store, one.monitor, one.seed.now, begin, now))
        while await store.write(lambda db: store.results.pack(db, now, limit=5_000)):
            pass
    finally:
        await store.close()


def _channel(db: sqlite3.Connection, store: Store, name: str, at: datetime, number: int) -> Channel:
    config = ChannelConfig(
        name=name, type="webhook", settings={"url": "https://hooks.example.com/asura"}, default=number == 0,
        enabled=number == 0,
    )  # fmt: skip
    return channels.insert(db, store.vault, slug=name.lower().replace(" ", "-"), config=config, now=at)


def _monitor(
    db: sqlite3.Connection,
    store: Store,
    one: Seed,
    begin: datetime,
    now: datetime,
    world: tuple[random.Random, Internet | None],
) -> Seeded:
    chance, internet = world
    fields: dict[str, Any] = {"interval": 60.0, **one.more}
    if one.type == "http" and internet is not None:
        fields["settings"] = {"proxy": internet.proxy, "ca_pem": internet.ca_pem}
    config = MonitorConfig(
        name=one.name, type=one.type, target=one.target.format(port=internet.port if internet else 9),
        group=one.group, tags=one.tags, enabled=one.now is not Status.PAUSED, **fields,
    )  # fmt: skip
    made = monitors.insert(db, store.vault, slug=one.name.lower().replace(" ", "-"), config=config, now=begin)
    return Seeded(one, made, _outages(one, begin, now, chance))


def _outages(one: Seed, begin: datetime, now: datetime, chance: random.Random) -> list[Outage]:
    length = (now - begin) / timedelta(hours=1)
    found: list[Outage] = []
    for place in sorted(chance.uniform(3, length - 8) for _ in range(chance.choice((1, 2, 3, 5)))):
        start = begin + timedelta(hours=place)
        if found and found[-1].to_at is not None and start < found[-1].to_at + timedelta(hours=1):
            continue
        reason, message, code = chance.choice(FAILURES)
        slow = chance.random() < 0.3
        if one.type == "heartbeat":
            reason, message, code, slow = Reason.PING_MISSED, "No ping came in time.", 0, False
        status = Status.DEGRADED if slow else Status.DOWN
        said = (Reason.SLOW, "Answered in 1.4 s, slower than 800 ms.", 200) if slow else (reason, message, code)
        end = start + timedelta(minutes=chance.lognormvariate(2.6, 0.8))
        found.append(Outage(_whole(start), _whole(end), status, *said))
    if one.now in (Status.DOWN, Status.DEGRADED):
        found.append(_present(one, now))
    return found


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _present(one: Seed, now: datetime) -> Outage:
    if one.type == "heartbeat":
        message = "The job failed with exit status 3: no space left on device."
        return Outage(now - timedelta(minutes=26), None, Status.DOWN, Reason.JOB_FAILED, message, 0)
    if one.now is Status.DEGRADED:
        message = "Answered in 940 ms, slower than 800 ms."
        return Outage(now - timedelta(minutes=47), None, Status.DEGRADED, Reason.SLOW, message, 200)
    reason, message, code = FAILURES[0]
    return Outage(now - timedelta(minutes=4, seconds=20), None, Status.DOWN, reason, message, code)


async def _results(store: Store, everything: list[Seeded], begin: datetime, now: datetime) -> None:
    sources = [(one, list(_samples(one.seed))) for one in everything]
    day = begin
    while day < now:
        end = min(day + timedelta(days=1), now)
        batch = [result for one, samples in sources for result in _of_a_day(one, samples, day, end, now)]
        await store.write(lambda db, batch=batch: store.results.append(db, batch))
        while await store.write(lambda db, end=end: store.results.pack(db, end, limit=5_000)):
            pass
        day = end


def _samples(one: Seed) -> Iterator[Phases]:
    chance = random.Random(one.name)
    for _ in range(SAMPLES):
        yield seeds.phases(one.type, one.base_ms, chance)


def _of_a_day(one: Seeded, samples: list[Phases], day: datetime, end: datetime, now: datetime) -> Iterator[Result]:
    chance = random.Random(f"{one.seed.name} {(now - day).days}")
    phase = timedelta(seconds=random.Random(one.seed.name).uniform(0, 60))
    ill = [outage for outage in one.outages if outage.from_at < end and (outage.to_at or now) > day]
    at = day + phase
    while at < end:
        found = next((outage for outage in ill if outage.from_at <= at < (outage.to_at or now)), None)
        # By day more people are about.
        busy = 1 + 0.35 * max(0.0, 1 - abs(at.hour + at.minute / 60 - 14) / 8)
        for region, farther in one.seed.regions:
            slower = busy * farther * (3 if chance.random() < 0.004 else 1)
            yield _result((one.monitor.id, region), at, found, chance.choice(samples), slower)
        at += EVERY if now - at < FRESH else EVERY_BEFORE


def _result(place: tuple[int, str], at: datetime, outage: Outage | None, phases: Phases, slower: float) -> Result:
    monitor_id, region = place
    each = {name: None if ms is None else ms * slower for name, ms in msgspec.structs.asdict(phases).items()}
    if outage is not None and each["ttfb"] is not None:
        each["ttfb"] *= 9
    found = Phases(**each)
    latency = sum(ms for ms in each.values() if ms is not None)
    if outage is None:
        return Result(monitor_id, 1, region, at, Finding.UP, Reason.OK, "", latency, 200, found)
    finding = Finding.DOWN if outage.status is Status.DOWN else Finding.DEGRADED
    return Result(monitor_id, 1, region, at, finding, outage.reason, outage.message, latency, outage.code, found)


def _happened(
    db: sqlite3.Connection, everything: list[Seeded], told: list[Channel], begin: datetime, now: datetime
) -> None:
    happened: list[tuple[Seeded, Outage]] = []
    for one in everything:
        _switch(db, one, begin, now)
        happened += [(one, outage) for outage in one.outages]
    # Incidents have numbers in the order in which they began.
    for number, (one, outage) in enumerate(sorted(happened, key=lambda pair: pair[1].from_at)):
        acknowledged = outage.status is Status.DEGRADED if outage.to_at is None else number % 2 == 0
        _incident(db, one, outage, told, acknowledged=acknowledged)


def _switch(db: sqlite3.Connection, one: Seeded, begin: datetime, now: datetime) -> None:
    def switch(status: Status, reason: str, at: datetime) -> None:
        spans.switch(db, one.monitor.id, "", status, reason, at)

    switch(Status.UP, Reason.OK, begin + timedelta(seconds=30))
    for outage in one.outages:
        switch(outage.status, outage.reason, outage.from_at)
        if outage.to_at is not None:
            switch(Status.UP, Reason.OK, outage.to_at)
    if one.seed.now is Status.PAUSED:
        switch(Status.PAUSED, Reason.PAUSED, now - timedelta(days=6))


def _incident(db: sqlite3.Connection, one: Seeded, outage: Outage, told: list[Channel], *, acknowledged: bool) -> None:
    severity: Severity = "critical" if outage.status is Status.DOWN else "warning"
    detected = outage.from_at + timedelta(seconds=32)
    after = min(timedelta(minutes=3), (outage.to_at or detected + timedelta(hours=1)) - detected)
    acknowledged_at = detected + after if acknowledged else None
    status = IncidentStatus.ACKNOWLEDGED if acknowledged else IncidentStatus.OPEN
    title = f"{one.seed.name} is {'down' if severity == 'critical' else 'degraded'}"
    incident = incidents.save(
        db,
        Incident(
            monitor_ids=(one.monitor.id,), severity=severity, title=title, cause=outage.reason, message=outage.message,
            status=IncidentStatus.RESOLVED if outage.to_at else status, started_at=outage.from_at, detected_at=detected,
            acknowledged_at=acknowledged_at, acknowledged_by="mia" if acknowledged else None,
            resolved_at=outage.to_at, regions=("local",),
        ),
    )  # fmt: skip
    routing = [_choice(channel, number == 0) for number, channel in enumerate(told)]

    def event(type_: EventType, reason: str, at: datetime, actor: str | None = None, **detail: Any) -> None:
        row = Event(incident_id=incident.id, at=at, type=type_, reason=reason, actor=actor, detail=detail)
        incidents.add_event(db, row)
        if "routing" in detail:
            _told(db, incident, told[0], type_, at)

    reason = "failure_confirmed" if severity == "critical" else "degradation_confirmed"
    event(EventType.OPENED, reason, detected, message=outage.message, cause=outage.reason, routing=routing)
    _evidence(db, one.seed, incident, outage)
    if acknowledged_at:
        event(EventType.ACKNOWLEDGED, "acknowledged", acknowledged_at, "mia", note="Looking at it.")
    if outage.to_at:
        lasted = (outage.to_at - outage.from_at).total_seconds()
        event(EventType.RESOLVED, "recovery_confirmed", outage.to_at, duration_s=lasted, routing=routing)


def _evidence(db: sqlite3.Connection, one: Seed, incident: Incident, outage: Outage) -> None:
    seen = None
    if one.type == "http":
        phases = Phases(dns=6.0, connect=18.0, tls=31.0, ttfb=1900.0, transfer=1.0)
        seen = seeds.evidence(one, phases, outage.from_at)
    finding = Finding.DOWN if incident.severity == "critical" else Finding.DEGRADED
    incidents.save_evidence(
        db, incident.id, "local", outage.from_at, finding, outage.reason, outage.message, seen
    )  # fmt: skip


def _choice(channel: Channel, told: bool) -> dict[str, Any]:
    reason = "default_channel" if told else "channel_disabled"
    return {"channel_id": channel.id, "channel": channel.config.name, "told": told, "reason": reason}


def _told(db: sqlite3.Connection, incident: Incident, channel: Channel, type_: EventType, at: datetime) -> None:
    wanted = Notification(
        channel_id=channel.id, incident_id=incident.id, monitor_id=incident.monitor_ids[0], event=type_.value,
        key=f"{incident.id} {type_} {at}", thread=f"incident-{incident.id}", payload={}, reason="default_channel",
        created_at=at, next_attempt_at=at,
    )  # fmt: skip
    saved = outbox.add(db, wanted)
    delivery = Delivery(
        notification_id=saved.id, at=at + timedelta(seconds=0.6), ok=True, answer="200 OK", duration_ms=412
    )
    outbox.finish(db, saved.id, delivery, status=NotificationStatus.SENT)
