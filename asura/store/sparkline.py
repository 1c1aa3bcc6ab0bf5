"""The latencies of the last day as sixty averages, for the rows in view."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from asura.domain import packing
from asura.domain.instant import at_ms
from asura.domain.packing import HOUR_MS
from asura.store import rollups, row_ids
from asura.store.memory import Open

if TYPE_CHECKING:
    from asura.store.db import Store

CELLS = 60
CELL_MS = 24 * HOUR_MS // CELLS
SPARKS = """
    WITH RECURSIVE stretch (hour) AS (SELECT :from_hour UNION ALL SELECT hour + 1 FROM stretch WHERE hour < :to_hour)
    SELECT hours.id, hours.spark FROM json_each(:ids) AS monitor CROSS JOIN stretch CROSS JOIN hours
    ON hours.id BETWEEN ((stretch.hour << 43) | (monitor.value << 12))
        AND ((stretch.hour << 43) | (monitor.value << 12) | 4095)
"""
UPTOS = "SELECT id, upto FROM blobs WHERE id IN (SELECT value FROM json_each(?))"

Drawn = tuple[int, int, bytes]


async def sparkline(store: "Store", ids: Sequence[int], now: datetime) -> dict[int, list[float | None]]:
    """Return sixty average latencies in ms of the last 24 hours for each monitor, oldest first; None where nothing was.

    The cells lie on whole multiples of 24 minutes, the last one holds `now`. Averages are within 4 %.
    """
    last = at_ms(now) // CELL_MS
    from_hour, to_hour = (last - CELLS + 1) * CELL_MS // HOUR_MS, at_ms(now) // HOUR_MS
    parts = [part for one in ids for part in store.results.unpacked(one, None, from_hour=from_hour, to_hour=to_hour)]
    query = {"from_hour": from_hour, "to_hour": to_hour, "ids": msgspec.json.encode(ids).decode()}
    async with store.read() as db:
        rows = [(row[0], row[1]) for row in await db.execute_fetchall(SPARKS, query)]
        keys = [row_ids.row_id(part.hour, part.monitor_id, part.region) for part in parts]
        found = await db.execute_fetchall(UPTOS, (msgspec.json.encode(keys).decode(),))
        uptos = {row[0]: row[1] for row in found}
    return await asyncio.to_thread(_draw, ids, last, rows=rows, parts=parts, uptos=uptos)


def _draw(
    ids: Sequence[int], last: int, *, rows: Iterable[tuple[int, bytes]], parts: Iterable[Open], uptos: dict[int, int]
) -> dict[int, list[float | None]]:
    drawn: list[Drawn] = [(row_ids.monitor_of(row), row_ids.time_of(row), spark) for row, spark in rows]
    for part in parts:
        if uptos.get(row_ids.row_id(part.hour, part.monitor_id, part.region), -1) < part.upto:
            spark = rollups.spark(packing.figures(part.hour, part.body))
            drawn.append((part.monitor_id, part.hour, spark))
    sums: dict[int, list[list[float]]] = {one: [[] for _ in range(CELLS)] for one in ids}
    for monitor_id, hour, spark in drawn:
        for index, byte in enumerate(spark):
            cell = (hour * HOUR_MS + index * rollups.SPARK_MS) // CELL_MS - last + CELLS - 1
            latency = packing.phase_ms(byte)
            if latency is not None and 0 <= cell < CELLS:
                sums[monitor_id][cell].append(latency)
    return {one: [_average(cell) for cell in cells] for one, cells in sums.items()}


def _average(latencies: Sequence[float]) -> float | None:
    return round(sum(latencies) / len(latencies), 3) if latencies else None
