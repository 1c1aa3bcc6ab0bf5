"""Response times of whole days in any zone, from the figures of the hours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import aiosqlite

from asura.domain import histogram
from asura.domain.instant import at_ms
from asura.domain.packing import HOUR_MS
from asura.store import row_ids
from asura.store.series import HOURS

# The sum of some response times in microseconds, and how many they were.
Timed = tuple[int, int]


async def daily(
    reader: aiosqlite.Connection, monitor_id: int, starts: Sequence[datetime], until: datetime
) -> list[Timed]:
    """Return the response times of each stretch from one start to the next, the last one up to `until`.

    An hour belongs to the stretch in which it begins; one that is still open is not in it.
    """
    edges = [at_ms(start) for start in starts]
    found = [(0, 0)] * len(edges)
    if not edges:
        return found
    key = {"monitor": monitor_id, "first": edges[0] // HOUR_MS, "last": (at_ms(until) - 1) // HOUR_MS}
    index = 0
    rows: list[Any] = list(await reader.execute_fetchall(HOURS, key))
    for row_id, _, _, latency_us, raw in sorted(rows, key=lambda row: int(row[0])):
        begin = row_ids.time_of(row_id) * HOUR_MS
        if begin < edges[0]:
            continue
        while index + 1 < len(edges) and edges[index + 1] <= begin:
            index += 1
        total, count = found[index]
        found[index] = (total + latency_us, count + histogram.load(raw).total)
    return found
