"""The phases of checks over time, from the results themselves; of a long stretch only some hours are read."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import aiosqlite

from asura.domain import phasing
from asura.domain.packing import HOUR_MS
from asura.domain.result import Phases
from asura.store import history, row_ids
from asura.store.memory import Open

if TYPE_CHECKING:
    from asura.store.db import Store

SOME = """
    WITH RECURSIVE stretch (hour) AS (
        SELECT :from_hour UNION ALL SELECT hour + :stride FROM stretch WHERE hour + :stride <= :to_hour)
    SELECT blobs.id, blobs.upto, blobs.packed FROM stretch CROSS JOIN blobs
    ON blobs.id BETWEEN ((stretch.hour << 43) | (:monitor << 12)) AND ((stretch.hour << 43) | (:monitor << 12) | 4095)
"""
# A month of hours: what lies in a longer stretch is told well enough by some of its hours.
MOST_HOURS = 24 * 31


async def averages(
    store: "Store",
    db: aiosqlite.Connection,
    monitor_id: int,
    *,
    window: tuple[int, int],
    step_ms: int,
    region: str | None,
    parts: Sequence[Open],
) -> dict[int, Phases]:
    """Return the average phases of each step that has any, by its start; both in milliseconds since the epoch.

    What is older than the results that are kept has none.
    """
    low, high = window
    first, last = max(low // HOUR_MS, await history.first_hour(db, parts)), (high - 1) // HOUR_MS
    if first > last:
        return {}
    stride = min(-(-(last - first + 1) // MOST_HOURS), max(1, step_ms // HOUR_MS))
    query = {"from_hour": first, "to_hour": last, "stride": stride, "monitor": monitor_id}
    rows = await db.execute_fetchall(SOME, query)
    packed = {(row_ids.time_of(row[0]), row_ids.region_of(row[0])): (row[1], row[2]) for row in rows}
    numbers = set(store.results.region_numbers(region))
    return await asyncio.to_thread(_averages, packed, parts, numbers, window, step_ms)


def _averages(
    packed: dict[tuple[int, int], tuple[int, bytes]],
    parts: Sequence[Open],
    numbers: set[int],
    window: tuple[int, int],
    step_ms: int,
) -> dict[int, Phases]:
    sums: phasing.Sums = {}
    for (hour, _), (body, _) in history.joined(packed, parts, numbers).items():
        phasing.add(sums, hour, body, window=window, step_ms=step_ms)
    return phasing.averages(sums)
