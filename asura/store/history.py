"""Reading results back, newest first, from memory and blobs alike."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import aiosqlite

from asura.domain import packing
from asura.domain.instant import at_ms
from asura.domain.packing import HOUR_MS, Notes
from asura.domain.result import Result
from asura.domain.status import Finding
from asura.store import columns, row_ids
from asura.store.memory import Open

if TYPE_CHECKING:
    from asura.store.db import Store

# The blobs of one monitor lie an hour apart: one look-up for each hour, in the order of the hours.
BLOBS = """
    WITH RECURSIVE stretch (hour) AS (SELECT :from_hour UNION ALL SELECT hour + 1 FROM stretch WHERE hour < :to_hour)
    SELECT blobs.id, blobs.upto, blobs.packed FROM stretch CROSS JOIN blobs
    ON blobs.id BETWEEN ((stretch.hour << 43) | (:monitor << 12)) AND ((stretch.hour << 43) | (:monitor << 12) | 4095)
"""
FIRST = "SELECT id FROM blobs ORDER BY id LIMIT 1"
LAST = "SELECT id FROM blobs ORDER BY id DESC LIMIT 1"
_FIRST_STRETCH = 8
_LONGEST_STRETCH = 256

# (hour, region) -> what is known of it
Bodies = dict[tuple[int, int], tuple[bytes, Notes]]
Place = tuple[int, str, int]


async def page(
    store: "Store",
    monitor_id: int,
    *,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    region: str | None = None,
    findings: Collection[Finding] | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> tuple[list[Result], str | None]:
    """Return results in [from_at, to_at), newest first, and the cursor of the next page; None when there is none."""
    before = _place(cursor)
    low = 0 if from_at is None else max(0, at_ms(from_at))
    high = (row_ids.TIMES * HOUR_MS if to_at is None else at_ms(to_at)) - 1
    if before is not None:
        high = min(high, before[0])
    found: list[tuple[Place, Result]] = []
    open_parts = store.results.unpacked(monitor_id, region, from_hour=low // HOUR_MS, to_hour=max(0, high) // HOUR_MS)
    async with store.read() as db:
        first = await first_hour(db, open_parts)
        last = min(high // HOUR_MS, await _last_hour(db, open_parts))
        for from_hour, to_hour in _stretches(max(low // HOUR_MS, first), last):
            bodies = await read_bodies(
                store, db, monitor_id, hours=(from_hour, to_hour), region=region, parts=open_parts
            )
            found += await asyncio.to_thread(_matching, store, monitor_id, bodies, (low, high, before, findings))
            if len(found) > limit:
                break
    next_cursor = columns.cursor_of(*found[limit - 1][0]) if len(found) > limit else None
    return [result for _, result in found[:limit]], next_cursor


async def read_bodies(
    store: "Store",
    db: aiosqlite.Connection,
    monitor_id: int,
    *,
    hours: tuple[int, int],
    region: str | None,
    parts: Iterable[Open],
) -> Bodies:
    """Return everything known of a stretch of hours, inclusive: blobs, and the parts that are in none of them."""
    numbers = set(store.results.region_numbers(region))
    rows = await db.execute_fetchall(BLOBS, {"from_hour": hours[0], "to_hour": hours[1], "monitor": monitor_id})
    packed = {(row_ids.time_of(row[0]), row_ids.region_of(row[0])): (row[1], row[2]) for row in rows}
    inside = [part for part in parts if hours[0] <= part.hour <= hours[1]]
    return await asyncio.to_thread(joined, packed, inside, numbers)


async def first_hour(db: aiosqlite.Connection, parts: Iterable[Open]) -> int:
    """Return the oldest hour of which results are kept; beyond every hour when there are none."""
    rows = list(await db.execute_fetchall(FIRST))
    hours = [row_ids.time_of(row[0]) for row in rows] + [part.hour for part in parts]
    return min(hours, default=row_ids.TIMES)


async def _last_hour(db: aiosqlite.Connection, parts: Iterable[Open]) -> int:
    rows = list(await db.execute_fetchall(LAST))
    return max([row_ids.time_of(row[0]) for row in rows] + [part.hour for part in parts], default=-1)


def joined(packed: Mapping[tuple[int, int], tuple[int, bytes]], parts: Iterable[Open], regions: set[int]) -> Bodies:
    """Return blobs and parts by hour and region; a part that was packed meanwhile is not counted twice."""
    bodies = {key: packing.unpack(blob) for key, (_, blob) in packed.items() if key[1] in regions}
    for part in parts:
        key = (part.hour, part.region)
        if key in packed and packed[key][0] >= part.upto:
            continue
        more = (part.body, part.notes)
        bodies[key] = packing.joined([bodies[key], more] if key in bodies else [more])
    return bodies


def _matching(
    store: "Store",
    monitor_id: int,
    bodies: Bodies,
    wanted: tuple[int, int, Place | None, Collection[Finding] | None],
) -> list[tuple[Place, Result]]:
    """Return what is wanted of some bodies, newest first, each with its place."""
    low, high, before, findings = wanted
    found: list[tuple[Place, Result]] = []
    for (hour, region), (body, notes) in bodies.items():
        results = store.results.decode((hour, monitor_id, region), body, notes)
        found += [
            (place, result)
            for place, result in _placed(results)
            if low <= place[0] <= high
            and (before is None or place < before)
            and (findings is None or result.finding in findings)
        ]
    return sorted(found, key=lambda item: item[0], reverse=True)


def _placed(results: Iterable[Result]) -> Iterator[tuple[Place, Result]]:
    """Yield results of one region in order of time, each with its instant, region, and number among its instant's."""
    instant, number = -1, 0
    for result in results:
        at = at_ms(result.at)
        number = number + 1 if at == instant else 0
        instant = at
        yield (at, result.region, number), result


def _stretches(from_hour: int, to_hour: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of hours, newest first: short ones before, since the first page is mostly enough."""
    length = _FIRST_STRETCH
    while to_hour >= from_hour:
        start = max(from_hour, to_hour - length + 1)
        yield start, to_hour
        to_hour = start - 1
        length = min(_LONGEST_STRETCH, length * 4)


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    at, region, number = columns.cursor_values(cursor, int, str, int)
    return at, region, number
