"""What the tests of the store share: a real store in a folder, and things to put into it."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asura.clock import SystemClock
from asura.domain.channel import Notification
from asura.domain.incident import Incident
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Phases, Result
from asura.domain.status import Finding
from asura.store import monitors
from asura.store.db import Store
from tests.fresh import begin

START = datetime(2026, 3, 1, tzinfo=UTC)


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    """A store that is loaded, and closed at the end."""
    store = Store.open(begin(folder), clock=SystemClock())
    try:
        await store.write(store.results.load)
        yield store
    finally:
        await store.close()


def after(**length: float) -> datetime:
    return START + timedelta(**length)


def up(monitor_id: int, at: datetime, **other: Any) -> Result:
    values = {"latency_ms": 20.0, "code": 200, "phases": Phases(dns=1.0, connect=2.0), "region": "local"} | other
    return Result(monitor_id, at=at, finding=Finding.UP, reason=Reason.OK, **({"generation": 1} | values))


def down(monitor_id: int, at: datetime, message: str = "refused", **other: Any) -> Result:
    values = {"region": "local", "generation": 1, "message": message} | other
    return Result(monitor_id, at=at, finding=Finding.DOWN, reason=Reason.CONNECT_REFUSED, **values)


async def add_monitor(store: Store, slug: str = "shop", **config: Any) -> Monitor:
    made = MonitorConfig(**({"name": slug, "type": "http", "target": "https://shop.example"} | config))
    return await store.write(lambda db: monitors.insert(db, store.vault, slug=slug, config=made, now=START))


async def add_monitors(store: Store, count: int) -> list[int]:
    def change(db: Any) -> list[int]:
        config = MonitorConfig(name="n", type="http", target="https://shop.example")
        return [monitors.insert(db, store.vault, slug=f"n-{n}", config=config, now=START).id for n in range(count)]

    return await store.write(change)


async def append(store: Store, *results: Result) -> None:
    await store.write(lambda db: store.results.append(db, results))


async def pack_all(store: Store, now: datetime, *, limit: int = 60) -> int:
    """Pack until there is no more; returns how many calls that took."""
    calls = 1
    while await store.write(lambda db: store.results.pack(db, now, limit=limit)):
        calls += 1
    return calls


async def rows(store: Store, query: str, *values: Any) -> list[tuple[Any, ...]]:
    async with store.read() as db:
        return [tuple(row) for row in await db.execute_fetchall(query, values)]


def incident(*monitor_ids: int, **other: Any) -> Incident:
    values = {
        "severity": "critical",
        "title": "shop is down",
        "cause": "connect_refused",
        "started_at": START,
        "detected_at": after(seconds=60),
    }
    return Incident(monitor_ids=monitor_ids, **(values | other))


def notification(channel_id: int = 1, incident_id: int | None = None, **other: Any) -> Notification:
    values: dict[str, Any] = {
        "monitor_id": None,
        "event": "incident.opened",
        "key": "k",
        "thread": "t",
        "payload": {"text": "shop is down"},
        "reason": "listed",
        "created_at": START,
        "next_attempt_at": START,
    }
    return Notification(channel_id=channel_id, incident_id=incident_id, **(values | other))
