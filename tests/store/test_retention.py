"""Retention works in small steps, keeps what is young, and gives space back."""

import sqlite3
from pathlib import Path

import msgspec

from asura.domain.channel import Delivery, NotificationStatus
from asura.domain.incident import IncidentStatus
from asura.domain.status import Finding
from asura.store import incidents, meta, outbox, retention
from asura.store.db import Store
from asura.store.retention import Retention
from tests.store.kit import START, add_monitors, after, append, incident, notification, opened, pack_all, rows, up

KEEP = Retention(raw_days=30, hourly_days=400, evidence_days=90, incident_days=500, notification_days=200)


async def sweep(store: Store, days: float, limit: int = 200) -> int:
    calls = 1
    while await store.write(lambda db: retention.sweep(db, after(days=days), KEEP, limit=limit)):
        calls += 1
    return calls


async def count(store: Store, table: str) -> int:
    return (await rows(store, f"SELECT count(*) FROM {table}"))[0][0]


async def test_results_go_first_then_hours_and_days_never(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 2)
        await append(store, *(up(one, after(hours=hour)) for hour in range(48) for one in ids))
        await pack_all(store, after(days=3))
        assert await sweep(store, 30) == 1
        assert await count(store, "blobs") == 96
        assert await sweep(store, 31, limit=10) > 5
        assert await rows(store, "SELECT count(*), min(id) >> 43 FROM blobs") == [
            (48, (START.timestamp() // 3600) + 24)
        ]
        await sweep(store, 399)
        assert [await count(store, table) for table in ("blobs", "hours", "days")] == [0, 96, 4]
        await sweep(store, 999)
        assert [await count(store, table) for table in ("hours", "days", "monitors")] == [0, 4, 2]


async def test_resolved_incidents_and_told_messages_go_and_open_ones_stay(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:

        def fill(db: sqlite3.Connection) -> None:
            active = incidents.save(db, incident(1))
            over = incidents.save(
                db, msgspec.structs.replace(incident(1), status=IncidentStatus.RESOLVED, resolved_at=START)
            )
            for n, one in enumerate((active, over)):
                incidents.save_evidence(db, one.id, "local", START, Finding.DOWN, "timeout", "m", None)
                waiting = outbox.add(db, notification(incident_id=one.id, key=f"waiting-{n}"))
                told = outbox.add(db, notification(incident_id=one.id, key=f"told-{n}"))
                assert waiting.id < told.id
                delivery = Delivery(notification_id=told.id, at=START, ok=True, answer="", duration_ms=1)
                outbox.finish(db, told.id, delivery, status=NotificationStatus.SENT)

        await store.write(fill)
        tables = ("incidents", "evidence", "notifications", "deliveries")
        await sweep(store, 89)
        assert [await count(store, table) for table in tables] == [2, 2, 4, 2]
        await sweep(store, 100)
        assert [await count(store, table) for table in tables] == [2, 0, 4, 2]
        await sweep(store, 300)
        assert [await count(store, table) for table in tables] == [2, 0, 2, 0]
        await sweep(store, 600)
        assert [await count(store, table) for table in tables] == [1, 0, 1, 0]


async def test_a_file_that_is_mostly_free_shrinks_in_steps(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for n in range(30):
            await store.write(lambda db, n=n: meta.put(db, str(n), "x" * 1_000_000))
        await store.write(lambda db: db.execute("DELETE FROM meta"))
        before = await rows(store, "PRAGMA page_count")
        assert await store.write(lambda db: retention.sweep(db, START, KEEP))
        assert 256 <= before[0][0] - (await rows(store, "PRAGMA page_count"))[0][0] <= 260
        await sweep(store, 0)
        assert (await rows(store, "PRAGMA freelist_count"))[0][0] < 4096
