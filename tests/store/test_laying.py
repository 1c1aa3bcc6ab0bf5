"""What is laid down at once is stored as if each result had come by itself and been packed."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asura.clock import SystemClock
from asura.domain import packing
from asura.domain.monitor import MonitorConfig
from asura.domain.packing import KEY, KEY_SIZE
from asura.domain.reason import Reason
from asura.domain.result import Phases, Result
from asura.domain.status import Finding
from asura.store import laying, monitors
from asura.store.db import Store

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TABLES = ("hours", "days", "carry", "blobs", "words")


def results() -> list[Result]:
    """Return a check every five minutes of a day and a half, one of which failed."""
    found = []
    for number in range(36 * 12):
        at = NOW - timedelta(hours=36) + timedelta(minutes=5 * number, seconds=7)
        fails = number == 100
        found.append(
            Result(
                1,
                1,
                "local",
                at,
                Finding.DOWN if fails else Finding.UP,
                Reason.HTTP_STATUS if fails else Reason.OK,
                "answered 503" if fails else "",
                20.0 + number % 7,
                503 if fails else 200,
                Phases(connect=5.0, ttfb=15.0 + number % 7),
            )
        )
    return found


def lay(db: sqlite3.Connection, store: Store) -> None:
    hours: dict[int, tuple[bytearray, dict[int, str]]] = {}
    for one in results():
        region, reason = store.results.numbers(db, one.region, one.reason)
        record = packing.record(one, region=region, reason=reason)
        body, notes = hours.setdefault(KEY.unpack(record[:KEY_SIZE])[0], (bytearray(), {}))
        if one.message:
            notes[len(body) // packing.BODY_SIZE] = one.message
        body += record[KEY_SIZE:]
    found = [((hour, 1, 1), laying.made(bytes(body), notes)) for hour, (body, notes) in sorted(hours.items())]
    assert laying.hours(db, found) == len(results())
    by_day: dict[int, list[laying.Laid]] = {}
    for (hour, _, _), laid in found:
        by_day.setdefault(hour // 24, []).append(laid)
    laying.days(db, [((day, 1, 1), laying.total(parts)) for day, parts in by_day.items()])
    laying.carried(db, found)


async def stored(folder: Path, *, at_once: bool) -> dict[str, list[Any]]:
    store = Store.open(folder, clock=SystemClock())
    config = MonitorConfig(name="Shop", type="http", target="https://shop.example/")
    try:
        await store.write(store.results.load)
        await store.write(lambda db: monitors.insert(db, store.vault, slug="shop", config=config, now=NOW))
        if at_once:
            await store.write(lambda db: lay(db, store))
        else:
            await store.write(lambda db: store.results.append(db, results()))
            while await store.write(lambda db: store.results.pack(db, NOW + timedelta(hours=1))):
                pass
    finally:
        await store.close()
    with sqlite3.connect(folder / "asura.db") as db:
        # Up to which row of the tail a blob goes is another matter.
        columns = {"blobs": "id, packed", "words": "kind, word"}
        return {
            table: db.execute(f"SELECT {columns.get(table, '*')} FROM {table} ORDER BY 1, 2").fetchall()
            for table in TABLES
        }


def test_it_is_the_same_as_what_is_appended_and_packed(tmp_path: Path) -> None:
    laid = asyncio.run(stored(tmp_path / "laid", at_once=True))
    packed = asyncio.run(stored(tmp_path / "packed", at_once=False))
    assert laid == packed
    assert len(laid["hours"]) == 36


def test_of_old_hours_only_the_figures_are_kept(tmp_path: Path) -> None:
    async def counts() -> tuple[int, int]:
        store = Store.open(tmp_path / "data", clock=SystemClock())
        try:
            empty = laying.made(b"")
            found = [((hour, 1, 1), empty) for hour in range(100, 110)]
            await store.write(lambda db: laying.hours(db, found, blobs_from=107))
            return await store.write(
                lambda db: (
                    db.execute("SELECT count(*) FROM hours").fetchone()[0],
                    db.execute("SELECT count(*) FROM blobs").fetchone()[0],
                )
            )
        finally:
            await store.close()

    assert asyncio.run(counts()) == (10, 3)
    assert laying.total([]).checks == 0
